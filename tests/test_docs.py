"""The documentation says what is true: generated pages are fresh, examples give what they show."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import commands_page
from tests.cli.runner import gradcli
from tests.docs import OPS, PAGES, TOP
from tests.typeset import typeset

README = (TOP / "README.md").read_text(encoding="utf-8")
LANGUAGE = (TOP / "docs" / "language.md").read_text(encoding="utf-8")
TRUST = (TOP / "docs" / "trust.md").read_text(encoding="utf-8")
EXPLAIN = (TOP / "docs" / "explain.md").read_text(encoding="utf-8")
BATCH = (TOP / "docs" / "batch.md").read_text(encoding="utf-8")
GRAPHS = (TOP / "docs" / "graph.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", list(PAGES), ids=lambda p: p.name)
def test_generated_pages_are_fresh(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == PAGES[path](), "run `python -m tests.docs`"


def test_formulas_hold_no_pipe_that_would_end_a_cell() -> None:
    rows = [line for line in PAGES[OPS]().splitlines() if line.startswith("| `")]
    assert len(rows) > 150
    for row in rows:
        assert len(re.findall(r"(?<!\\)\|", row)) == 7, row
        assert row.count("$`") == row.count("`$")


@pytest.mark.parametrize(
    ("partial", "latex"),
    [
        ("-x/(1 + y)", r"\frac{-x}{1 + y}"),
        ("(x - 1)*(x + 1)**2", r"\left(x - 1\right) \cdot \left(x + 1\right)^{2}"),
        ("1 - (x - y)", r"1 - \left(x - y\right)"),
        ("where(x == 0, 1, 2)*abs(x)", r"\left(1 \text{ if } x = 0 \text{ else } 2\right) \cdot \lvert x \rvert"),
        ("exp(x)**2", r"\left(e^{x}\right)^{2}"),
    ],
)
def test_partials_are_typeset(partial: str, latex: str) -> None:
    assert typeset(partial) == latex


def examples(text: str) -> Iterator[tuple[str, str]]:
    """Each command of the console blocks, with what it is to print."""
    for block in re.findall(r"```console\n(.*?)```", text, flags=re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command.replace("scripts/gradcli", "gradcli"), output


def shell(command: str, folder: Path = TOP) -> subprocess.CompletedProcess[str]:
    """Run a command in a real shell and pipe, with the installed gradcli."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONWARNINGS": "default"}
    return subprocess.run(
        command,
        shell=True,
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment,
        timeout=120,
        cwd=folder,
    )


@pytest.mark.parametrize(("command", "output"), list(examples(README)), ids=lambda value: value.split("\n")[0][:50])
def test_readme_example(command: str, output: str) -> None:
    holds(command, output)


@pytest.mark.parametrize(("command", "output"), list(examples(TRUST)), ids=lambda value: value.split("\n")[0][:50])
def test_example_of_trust(command: str, output: str) -> None:
    done = shell(command)
    assert (done.stderr, done.returncode) == ("", 0)
    assert alike(done.stdout, output), done.stdout


def alike(text: str, other: str) -> bool:
    """Whether two texts are the same but for what the sine of another machine's library does to the last digit."""
    lines, others = ([re.split(r"[\s,]+", line) for line in whole.splitlines()] for whole in (text, other))
    pairs = [pair for line, same in zip(lines, others, strict=True) for pair in zip(line, same, strict=True)]
    return all(word == same or nearly(word, same) for word, same in pairs)


def nearly(word: str, other: str) -> bool:
    """Whether two numbers differ by a few ulps, or as counts of ulps by one."""
    try:
        a, b = float(word), float(other)
    except ValueError:
        return False
    return abs(a - b) <= 1e-13 * abs(b) or (len(other) <= len("13.5") and abs(a - b) <= 1.01)


@pytest.mark.parametrize("other", ["largest error 16.5 ulps", "largest fault 13.5 ulps", "largest error 13.5 bits"])
def test_other_figures_are_not_alike(other: str) -> None:
    assert alike("largest error 14.5 ulps", "largest error 13.5 ulps")
    assert not alike(other, "largest error 13.5 ulps")
    assert not alike("-8.3333334e-07", "-8.3333333e-07")
    assert alike("1.0,0.30955987565311216", "1.0,0.3095598756531122")
    assert not alike("1.0,0.3095598756", "1.0,0.3095598757")


@pytest.mark.parametrize(("command", "output"), list(examples(BATCH)), ids=lambda value: value.split("\n")[0][:50])
def test_example_of_batch(command: str, output: str) -> None:
    holds(command, output)


@pytest.mark.parametrize(("command", "output"), list(examples(GRAPHS)), ids=lambda value: value.split("\n")[0][:50])
def test_example_of_graphs(command: str, output: str, tmp_path: Path) -> None:
    done = shell(command, tmp_path)
    assert (done.stderr, done.stdout, done.returncode) == ("", output, 0)


@pytest.mark.parametrize(("command", "output"), list(examples(EXPLAIN)), ids=lambda value: value.split("\n")[0][:50])
def test_example_of_steps(command: str, output: str) -> None:
    done = shell(command)
    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout == output


@pytest.mark.parametrize(("command", "output"), list(examples(LANGUAGE)), ids=lambda value: value.split("\n")[0][:50])
def test_example_of_the_language(command: str, output: str, tmp_path: Path) -> None:
    if "--notation latex" in command:
        pytest.importorskip("pylatexenc", reason="LaTeX is read with pylatexenc, of the extra 'latex'")
    status, stdout, stderr = told(command.removesuffix(" 2>&1"), tmp_path)
    if command.endswith(" 2>&1"):
        assert status in (0, 2)
        stdout += stderr
    else:
        assert stderr in ("", PROVED)
    assert stdout == output


PIPELINES = re.findall(r"^.*gradcli batch.*$", "".join(re.findall(r"```sh\n(.*?)```", README, re.DOTALL)), re.MULTILINE)


@pytest.mark.parametrize("command", PIPELINES, ids=["mlr", "jq", "duckdb"])
def test_pipelines_of_the_readme(command: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    tool = request.node.callspec.id
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed")
    pa = pytest.importorskip("pyarrow", reason="Parquet needs pyarrow")
    from pyarrow import parquet

    rows = [{"x": 1.0, "y": 2.0}, {"x": 2.0, "y": 3.0}, {"x": 3.0, "y": 0.5}]
    (tmp_path / "points.csv").write_text("x,y\n" + "".join(f"{row['x']},{row['y']}\n" for row in rows))
    (tmp_path / "points.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    parquet.write_table(pa.Table.from_pylist(rows), tmp_path / "points.parquet")
    done = shell(command, tmp_path)
    assert done.returncode == 0, done.stderr
    assert {"mlr": "1.5", "jq": "3.5", "duckdb": "1.22"}[tool] in done.stdout


def holds(command: str, output: str) -> None:
    done = shell(command)
    assert done.stderr == ""
    assert alike(done.stdout, output), done.stdout
    assert done.returncode == 0


HELP_PAGES = ("", *(name for name in commands_page.names() if name != "tour"))  # tests/cli/test_tour.py runs it


PROVED = "check = proved equal to SymPy's derivative\n"
"""What follows a formula in a pipe."""


@pytest.mark.parametrize("page", HELP_PAGES)
def test_help_examples_run(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    help_text = gradcli(f"{page} --help").stdout
    commands = [line.strip() for line in help_text.splitlines() if re.match(r"\s+(gradcli|echo) .", line)]
    assert commands
    blocks = commands_page.recorded(commands_page.PAGE.read_text(encoding="utf-8")) if page else {}
    monkeypatch.chdir(tmp_path)
    commands_page.lay_out(tmp_path)
    for command in commands:
        status, stdout, stderr = told(command, tmp_path)
        assert status == 0, stderr
        assert stderr in ("", PROVED) or (page in ("batch", "plot") and stderr.startswith("note: "))
        assert stdout or re.search(r" (-o|--html) \S", command)
        assert not page or alike(commands_page.shown(command, stdout), blocks[command])


def told(command: str, folder: Path) -> tuple[int, str, str]:
    """What a command gives: run in this process, which is quicker, unless it needs a shell."""
    if command.startswith("gradcli "):
        outcome = gradcli(command.removeprefix("gradcli "))
        return outcome.status, outcome.stdout, outcome.stderr
    done = shell(command, folder)
    return done.returncode, done.stdout, done.stderr


def test_readme_session_runs_as_a_doctest() -> None:
    import doctest

    failures, tried = doctest.testfile(str(TOP / "README.md"), module_relative=False)
    assert tried > 5
    assert failures == 0


@pytest.mark.parametrize(
    ("script", "arguments", "last"),
    [
        ("gradient_descent", [], r"x 0\.9999\d*$"),
        ("newton", [], r"residual \d\.\d+e-1\d "),
        ("coprocess", [], r"x 1\.00000\d*  y -0\.5\d*$"),
    ],
)
def test_pipeline_examples_run(script: str, arguments: list[str], last: str) -> None:
    installed = Path(sys.executable).with_name("gradcli")
    environment = {**os.environ, "GRADCLI": str(installed), "PYTHON": sys.executable}
    done = subprocess.run(
        [f"scripts/examples/{script}", *arguments],
        capture_output=True, text=True, env=environment, cwd=TOP, timeout=120, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    assert done.returncode == 0
    assert re.search(last, done.stdout.splitlines()[-1])
