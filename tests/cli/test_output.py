"""`--format` and `-o FILE`: tables, LaTeX and arrays, and files that are whole or not touched."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import numpy as np
import pytest

from tests.cli.runner import Outcome, gradcli

JACOBIAN = ["jacobian", "u = x*y; [u, x/3]", "--x", "[1, 2]", "--y", "0.1", "--no-check"]
GRADIENT = ["grad", "sum(x*k)", "--x", "[1, 2]", "--k", "3", "--no-check"]


def refused(done: Outcome, told: str, status: int = 2) -> None:
    assert (done.status, done.stdout) == (status, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_jacobian_as_csv_has_its_labels_and_all_digits() -> None:
    header, *rows = csv.reader(io.StringIO(gradcli([*JACOBIAN, "--format", "csv"]).stdout))
    assert header == ["", "x[0]", "x[1]", "y"]
    assert [row[0] for row in rows] == ["u[0]", "u[1]", "f[1,0]", "f[1,1]"]
    exact = json.loads(gradcli([*JACOBIAN, "--json"]).stdout)["jacobian"]
    assert [[float(cell) for cell in row[1:]] for row in rows] == exact


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        ("grad x**2 --x 3 --no-check --json", '{"schema": '), ("grad x**2 --x 3 --no-check", "f = 9.0"),
        ("graph x**2 --x 3 --html", "<!doctype html>"), ("graph x**2 --x 3 --format svg", "<svg "),
        ("code x**2 --to c", "// f = x**2"), ("sparsity x**2 --json", "{"),
        ("explain x**2 --x 3 --no-check", "forward:"),
        ("batch x**2 --over x=0:1:3 --no-check", "x,value,d_x"),
        ("plot x**2 --x 0:1 --format csv --no-check", "x,value"),
    ],
)  # fmt: skip
def test_a_dash_is_standard_output(words: str, begins: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = gradcli([*words.split(), *(["-"] if words.endswith("--html") else ["-o", "-"])])
    assert done.status == 0, done.stderr
    assert done.stdout.startswith(begins)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["info", "cache"])
def test_what_is_plain_anyway_can_be_asked_to_be(command: str) -> None:
    assert gradcli([command, "--format", "plain"]).stdout == gradcli([command]).stdout
    assert gradcli([command, "--format", "json"]).stdout == gradcli([command, "--json"]).stdout
    refused(gradcli([command, "--format", "plain", "--json"]), "--format and --json both say how to write the result")


@pytest.mark.parametrize("command", ["grad x**2 --x 3", "hvp x**3 --x 2 --vector x=1", "eval x*2 --x [1,2]"])
def test_csv_holds_what_plain_tells(command: str) -> None:
    options = [] if command.startswith("eval") else ["--no-check"]
    rows = list(csv.reader(io.StringIO(gradcli([*command.split(), *options, "--format", "csv"]).stdout)))[1:]
    plain = gradcli([*command.split(), *options, "--format", "plain"]).stdout
    for name, number in rows:
        assert number in plain
        assert name.partition("[")[0] in plain or name.startswith("value")


def test_csv_with_proved_digits_has_them() -> None:
    words = ["grad", "exp(x)", "--x", "1", "--digits", "25", "--no-check"]
    done = gradcli([*words, "--format", "csv"])
    assert done.stdout == "name,value\nf,2.718281828459045235360287\ndf/dx,2.718281828459045235360287\n"
    latex = gradcli([*words, "--format", "latex"])
    number = "2.718281828459045235360287"
    assert latex.stdout == display(f"f &= {number}", rf"\frac{{\partial f}}{{\partial x}} &= {number}")


def display(*lines: str) -> str:
    """Equations under each other, as amsmath aligns them."""
    return "\\begin{align*}\n  " + " \\\\\n  ".join(lines) + "\n\\end{align*}\n"


@pytest.mark.parametrize(
    ("command", "lines"),
    [
        (
            'grad "theta*x_max" --theta 3 --x_max 2',
            [
                "f &= 6.0",
                r"\frac{\partial f}{\partial \theta} &= 2.0",
                r"\frac{\partial f}{\partial x_{\mathrm{max}}} &= 3.0",
            ],
        ),
        (
            'jacobian "u = x*y; v = x; [u, v]" --x 2 --y 3',
            [
                r"f &= \begin{pmatrix} 6.0 \\ 2.0 \end{pmatrix}",
                r"\frac{\partial (u, v)}{\partial (x, y)} &= \begin{pmatrix} 3.0 & 2.0 \\ 1.0 & 0.0 \end{pmatrix}",
            ],
        ),
        (
            'derivative "x1**2" --x1 3 --order 2',
            [
                "f &= 9.0",
                r"\frac{\partial f}{\partial x_{1}} &= 6.0",
                r"\frac{\partial^{2} f}{\partial {x_{1}}^{2}} &= 2.0",
            ],
        ),
        ('jvp "x*f" --x 2 --f 3 --tangent x=1', ["y &= 6.0", r"\mathrm{tangent}\ x &= 1.0", r"\mathrm{d} y &= 3.0"]),
        (
            'hvp "x**2" --x 3 --vector x=1',
            ["f &= 9.0", r"\mathrm{vector}\ x &= 1.0", r"\mathrm{d} \frac{\partial f}{\partial x} &= 2.0"],
        ),
        (
            'vjp "[x, x]" --x 2 --seed "[1, 2]"',
            [
                r"f &= \begin{pmatrix} 2.0 \\ 2.0 \end{pmatrix}",
                r"\mathrm{seed} &= \begin{pmatrix} 1.0 \\ 2.0 \end{pmatrix}",
                r"\frac{\partial \left(\sum \mathrm{seed} \cdot f\right)}{\partial x} &= 3.0",
            ],
        ),
    ],
)
def test_latex_is_a_display_with_labels(command: str, lines: list[str]) -> None:
    assert gradcli(f"{command} --no-check --format latex").stdout == display(*lines)


def test_words_for_forms_are_the_short_forms() -> None:
    for form, short in (("json", "--json"), ("jsonl", "--json"), ("quiet", "-q")):
        assert gradcli([*GRADIENT, "--format", form]) == gradcli([*GRADIENT, short])
    assert gradcli([*GRADIENT, "--format", "plain"]) == gradcli(GRADIENT)
    seen = gradcli([*GRADIENT, "--format", "rich"]).stdout
    assert "variable" in seen
    assert gradcli([*GRADIENT, "--format", "plain"], terminal=True) == gradcli(GRADIENT)


def test_latex_and_markdown() -> None:
    assert gradcli("eval [[1,-2e-7],[inf,4]] --format latex").stdout == (
        "\\begin{pmatrix} 1.0 & -2 \\cdot 10^{-7} \\\\ \\infty & 4.0 \\end{pmatrix}\n"
    )
    assert gradcli([*GRADIENT, "--format", "latex"]).stdout.endswith(
        "\\begin{pmatrix} 3.0 \\\\ 3.0 \\end{pmatrix} \\\\\n  \\frac{\\partial f}{\\partial k} &= 3.0\n\\end{align*}\n"
    )
    assert gradcli([*JACOBIAN, "--format", "markdown"]).stdout.splitlines()[:3] == [
        "|  | x[0] | x[1] | y |",
        "|:--|--:|--:|--:|",
        "| u[0] | 0.1 | 0.0 | 1.0 |",
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["graph", "x*2", "--x", "1", "--format", "csv"], "`graph` gives no table of numbers"),
        (["graph", "x*2", "--x", "1", "--format", "latex"], "`graph` gives more than numbers"),
        ([*GRADIENT, "--format", "npy", "-o", "g"], "and there are 2"),
        ([*GRADIENT, "--format", "csv", "--json"], "both say how to write"),
        ([*GRADIENT, "-q", "--format", "csv"], "both say how to write"),
        ([*GRADIENT, "-o", "g.xlsx"], "does not say in what format"),
        (["eval", "zeros([2,2,2])", "--format", "latex"], "no arrays of three axes"),
        (["check", "x**2", "--claim", "2*x", "--format", "npy"], "claims have verdicts"),
        (["grad", "x**2", "--x", "1", "--digits", "20", "--no-check", "-o", "g.npz"], "--digits asks for more"),
    ],
)
def test_what_a_format_does_not_have_is_refused(
    words: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    refused(gradcli(words), told)
    assert list(tmp_path.iterdir()) == []


def test_a_terminal_gets_no_bytes() -> None:
    refused(gradcli([*JACOBIAN, "--format", "npy"], terminal=True), "a terminal does not show arrays")


@pytest.mark.parametrize(("suffix", "form"), [("json", "json"), ("csv", "csv"), ("tsv", "tsv"), ("tex", "latex"),
                                              ("md", "markdown"), ("txt", "plain"), ("jsonl", "json")])  # fmt: skip
def test_a_suffix_chooses_the_format(suffix: str, form: str, tmp_path: Path) -> None:
    path = tmp_path / f"J.{suffix}"
    assert gradcli([*JACOBIAN, "-o", str(path)], terminal=True) == Outcome("", "", 0)
    assert path.read_text(encoding="utf-8") == gradcli([*JACOBIAN, "--format", form]).stdout
    assert [*tmp_path.iterdir()] == [path]


def test_arrays(tmp_path: Path) -> None:
    exact = json.loads(gradcli([*JACOBIAN, "--json"]).stdout)["jacobian"]
    assert gradcli([*JACOBIAN, "-o", str(tmp_path / "J.npy")]).status == 0
    np.testing.assert_array_equal(np.load(tmp_path / "J.npy"), exact)
    assert gradcli([*GRADIENT, "-o", str(tmp_path / "g.npz")]).status == 0
    with np.load(tmp_path / "g.npz", allow_pickle=False) as archive:
        assert sorted(archive) == ["gradients.k", "gradients.x", "value"]
    again = gradcli(["eval", "x*k", "--values", f"{tmp_path / 'g.npz'}:gradients", "-q"])
    assert again == Outcome("[9.0, 9.0]\n", "", 0)


def test_a_file_is_whole_or_not_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "g.csv"
    path.write_text("old")
    path.chmod(0o640)
    refused(gradcli(["grad", "sine(x)", "--x", "1", "-o", str(path)]), "unknown function")
    assert path.read_text() == "old"

    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        refused(gradcli([*GRADIENT, "-o", str(path)]), "cannot be written: no space left on device", 74)
    assert path.read_text() == "old"
    assert [*tmp_path.iterdir()] == [path]
    assert gradcli([*GRADIENT, "-o", str(path)]).status == 0
    assert path.read_text().startswith("name,value\n")
    assert path.stat().st_mode & 0o777 == 0o640
    refused(gradcli([*GRADIENT, "-o", str(tmp_path / "no" / "g.csv")]), "cannot be written: no such file", 74)


def test_what_is_not_checked_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "g.json"
    words = ["grad", "abs(x)*y", "--x", "0", "--y", "3", "--verify", "proof", "--check", "require"]
    done = gradcli([*words, "-o", str(path)])
    assert (done.status, done.stdout) == (4, "")
    assert "is not written, because the result is not checked" in done.stderr
    assert not path.exists()


@pytest.mark.skipif(os.name != "posix", reason="links and devices of POSIX")
def test_links_and_devices(tmp_path: Path) -> None:
    (tmp_path / "there.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to("there.csv")
    assert gradcli([*GRADIENT, "-o", str(tmp_path / "link.csv")]).status == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "there.csv").read_text().startswith("name,value\n")
    assert gradcli([*GRADIENT, "--format", "csv", "-o", os.devnull]) == Outcome("", "", 0)
    assert Path(os.devnull).is_char_device()


def test_what_is_wrong_is_told_beside_a_file(tmp_path: Path) -> None:
    path = tmp_path / "g.txt"
    done = gradcli(["grad", "abs(x)", "--x", "0", "--no-check", "-o", str(path)])
    assert done.stdout == ""
    assert "not differentiable" in done.stderr
    assert "df/dx = 0.0" in path.read_text()
