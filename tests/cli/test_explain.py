"""`gradcli explain` on the command line: formats, options, and the walk through the steps."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.runner import gradcli
from tests.render.test_document import VALIDATOR

SINE, COSINE, TWICE, SLOPE = "0.9092974268256817", "-0.4161468365471424", "-0.8322936730942848", "0.0770037537313969"


@pytest.mark.parametrize("width", [80, 200])
def test_three_numbers_are_shown_and_not_their_range(width: int) -> None:
    shown = gradcli(
        ["explain", "softmax(x)", "--x", "[1,2,3]", "--no-check", "--color", "never"], terminal=True, width=width
    ).stdout
    assert "3 entries" not in shown
    assert "= [0.08192506906499324, -0.022033044520174298, -0.05989202454481893]" in shown
    assert ("--format plain" in shown) == ("[0.0819251, -0.022033, -0.059892]" in shown) == (width == 80)


def test_that_arrays_are_shortened_is_said() -> None:
    words = ["explain", "sum(x**2)", "--x", str([*range(60)]), "--no-check", "--color", "never"]
    shown = gradcli(words, terminal=True, width=80).stdout
    assert "<60 entries, 0 … 118>" in shown
    assert "long arrays are shortened; all their entries: --format plain or --json" in shown


def test_plain() -> None:
    done = gradcli('explain "x*sin(x)" --x 2 --no-check')
    assert done.status == 0
    assert done.stdout.splitlines() == [
        "forward:",
        "  x = 2.0, leaf",
        "  v1 = sin(x) = 0.9092974268256817, SinBackward0",
        "  f = x*v1 = 1.8185948536513634, MulBackward0",
        "backward from f, seed 1.0:",
        f"  f to x: rule v1, partial {SINE}, cotangent 1.0, contribution {SINE}, sum so far {SINE}",
        "  f to v1: rule x, partial 2.0, cotangent 1.0, contribution 2.0, sum so far 2.0",
        f"  v1 to x: rule cos(x), partial {COSINE}, cotangent 2.0, contribution {TWICE}, sum so far {SLOPE}",
        "  df/dx = ∂f/∂x + ∂f/∂v1*∂v1/∂x",
        "    = v1 + x*cos(x)",
        "    = 0.9092974268256817 - 0.8322936730942848",
        "    = 0.0770037537313969",
        "f = 1.8185948536513634",
        "df/dx = 0.0770037537313969",
    ]


def test_a_terminal_has_tables_and_the_verdict() -> None:
    done = gradcli('explain "x*sin(x)" --x 2 --color never', terminal=True, width=120)
    assert "v1     2.0         x    cos(x)       -0.4161468365471424" in done.stdout
    assert "df/dx = ∂f/∂x + ∂f/∂v1*∂v1/∂x" in done.stdout
    assert "agrees with SymPy's derivative" in done.stdout


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_nothing_is_wider_than_the_terminal(width: int) -> None:
    for command in ('"a = w + x; b = w + 1; a*b" --w 1 --x 2', '"mean(A@x), std(x)" --A "[[1,2],[3,4]]" --x "[1,2]"',
                    '"exp(-k*t)*sin(w*t)"'):  # fmt: skip
        shown = gradcli(f"explain {command} --no-check --color never", terminal=True, width=width).stdout
        assert max(map(len, shown.splitlines())) <= width


@pytest.mark.parametrize(
    "words",
    [
        '"x*sin(x)" --x 2',
        '"x*y, x + y" --x 2 --y 3',
        '"x*y, x + y" --x 2 --y 3 --seed ones --accumulate',
        '"log(x)" --x 0',
        '"w, V = eigh(A); sum(w) + V[0, 0]" --A "[[2, 1], [1, 3]]"',
        '"x*sin(x)"',
        '"norm(x)" --shape x=2',
        "3",
    ],
)
def test_json_is_as_the_schema_says(words: str) -> None:
    done = gradcli(f"explain {words} --json{'' if words.endswith('ones --accumulate') else ' --no-check'}")
    VALIDATOR.validate(json.loads(done.stdout))


def test_json_has_all_digits_of_arrays_that_a_terminal_summarises() -> None:
    words = ["explain", "sum(x**2)", "--x", "linspace(0, 1, 200)", "--no-check"]
    found = json.loads(gradcli([*words, "--json"]).stdout)
    assert len(found["passes"][0]["steps"][1]["contribution"]) == 200
    assert "<200 entries, 0 … 2>" in gradcli(words, terminal=True, width=100).stdout


def test_markdown_and_latex() -> None:
    assert (
        "| `v1` | `2.0` | `x` | `cos(x)` |" in gradcli('explain "x*sin(x)" --x 2 --format markdown --no-check').stdout
    )
    latex = gradcli('explain "x*sin(x)" --x 2 --format latex --no-check').stdout
    assert r"v_{1} & 2.0 & x & \cos\left(x\right) &" in latex
    assert r"\frac{\partial f}{\partial v_{1}} \, \frac{\partial v_{1}}{\partial x}" in latex
    rules = gradcli('explain "x*sin(x)" --format latex --no-check').stdout
    assert r"&= \sin\left(x\right) + x \frac{\mathrm{d}}{\mathrm{d} x} \left[\sin\left(x\right)\right]" in rules
    for text in (latex, rules):
        assert text.count("{") == text.count("}")
        assert text.count(r"\begin") == text.count(r"\end")


def test_tables_and_bare_numbers() -> None:
    assert (
        gradcli('explain "x*sin(x)" --x 2 --format csv --no-check').stdout.splitlines()[1].startswith("1,f,f,1.0,x,v1")
    )
    assert gradcli('explain "x*sin(x)" --x 2 -q --no-check').stdout == "0.0770037537313969\n"
    assert gradcli('explain "x*sin(x)" -q --no-check').stdout == "sin(x) + x*cos(x)\n"
    assert gradcli('explain "x**2" --format tsv --no-check').stdout.splitlines()[1] == (
        "df/dx\t1\tx**2\tpower rule\t(u**n)' = n*u**(n - 1)*u'\t2*x\t2*x"
    )


def test_the_rules_are_confirmed_by_sympy() -> None:
    assert gradcli('explain "x**2*sin(x)"').stdout.splitlines()[-1] == "check = proved equal to SymPy's derivative"


@pytest.mark.parametrize("form", ["plain", "rich", "markdown", "latex", "json", "csv", "quiet"])
@pytest.mark.parametrize("expression", ["True", "[]", "3", "pi"])
def test_what_has_no_steps_is_written_too(expression: str, form: str) -> None:
    assert gradcli(["explain", expression, "--format", form, "--no-check"]).status == 0


def test_a_file(tmp_path: Path) -> None:
    target = tmp_path / "derivation.md"
    assert gradcli(["explain", "x**2", "-o", str(target), "--no-check"]).status == 0
    assert "| 1 | `x**2` | power rule |" in target.read_text("utf-8")


def test_rows() -> None:
    words = 'explain "[[x, y], [x*y, 2]]" --x 2 --y 3 --no-check'
    assert "backward from f[1,0], seed" in gradcli(f"{words} --row 1,0").stdout
    assert "backward 1 of 2 from f[0,0]" in gradcli(f"{words} --row 0 --row 2").stdout
    shown = gradcli('explain "x*[1, 2, 3, 4, 5, 6]" --x 2 --no-check', terminal=True, width=90).stdout
    assert "2 more passes; --row N shows one" in shown


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ('"x*y" --x 2', "variable 'y' has no value"),
        ('"x" --row 0', "variable 'x' has no value"),
        ('"x, x" --x 1 --row a', "--row takes a position"),
        ('"x, x" --x 1 --row 0,5', "there is no row 0,5"),
        ('"x" --rules --seed 1', "--rules is about rules, and --seed about numbers"),
        ('"x" --x 1 --shape x=2', "--shape is for a derivation without values"),
        ('"x**2" --format npy', "--format npy holds numbers"),
        ('"x" --x 1 --step', "--step needs a terminal"),
        ('"x" --step', "--step needs a terminal"),
        ('"x" --x 1 --step --json', "--step is a walk on a terminal, and --json is something to write"),
    ],
)
def test_what_does_not_go_is_refused(words: str, told: str) -> None:
    done = gradcli(f"explain {words} --no-check")
    assert (done.status, done.stdout) == (2, "")
    assert told in done.stderr


def test_a_terminal_without_box_characters() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "GRADCLI_CONFIG": "", "LC_ALL": "C"}
    for words in (["x*sin(x)", "--x", "2"], ["x*sin(x)"]):
        shown = subprocess.run(
            [sys.executable, "-m", "gradcli", "explain", *words, "--format", "rich", "--no-check"],
            capture_output=True, env=environment, timeout=60, check=True,
        ).stdout  # fmt: skip
        assert shown.isascii()
        assert b"df/dx = D(f, x) + D(f, v1)*D(v1, x)" in shown or len(words) == 1
        assert b"\\u" not in shown


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")
def test_a_walk_with_the_arrow_keys_gives_the_terminal_back() -> None:
    seen, status, before, after = walked(b"\x1b[C", b"\x1b[C", b"\x1b[C", b"\x1b[D", b"q")
    assert status == 0
    assert before == after
    assert b"1 of 8" in seen
    assert b"4 of 8" in seen
    assert b"is a leaf: its derivative is what is wanted" in seen
    assert b"the seed arrives at f" in seen
    assert seen.index(b"4 of 8") < seen.rindex(b"3 of 8")  # back again
    _, given_back, after_it = seen.partition(b"\x1b[?25h\x1b[?1049l")
    assert given_back
    assert b"agree" in after_it  # the answer and its verdict stay on the screen


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")
def test_ctrl_c_ends_a_walk() -> None:
    seen, status, before, after = walked(b"\x03")
    assert (status, before == after) == (130, True)
    assert seen.endswith(b"\x1b[?25h\x1b[?1049l")


def walked(*keys: bytes) -> tuple[bytes, int, object, object]:
    """What a walk draws as keys are pressed, its exit status, and the terminal's modes before and after."""
    import fcntl
    import pty
    import struct
    import termios
    from select import select

    reader, writer = pty.openpty()
    fcntl.ioctl(writer, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 90, 0, 0))
    before = termios.tcgetattr(writer)
    environment = {**os.environ, "TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8", "GRADCLI_CONFIG": ""}
    environment.pop("COLUMNS", None)
    command = [sys.executable, "-m", "gradcli", "explain", "x*sin(x)", "--x", "2", "--step"]
    seen = b""
    with subprocess.Popen(command, stdin=writer, stdout=writer, stderr=writer, env=environment) as child:
        try:
            for key in (b"", *keys):
                os.write(reader, key)
                shown, deadline = b"", time.monotonic() + 30
                while b"q ends" not in shown and time.monotonic() < deadline and child.poll() is None:
                    if select([reader], [], [], 0.2)[0]:
                        shown += os.read(reader, 65536)
                seen += shown
            while select([reader], [], [], 0.3)[0]:
                seen += os.read(reader, 65536)
            status = child.wait(timeout=30)
        finally:
            if child.poll() is None:
                child.send_signal(signal.SIGKILL)
    while select([reader], [], [], 0)[0]:
        seen += os.read(reader, 65536)
    after = termios.tcgetattr(writer)
    os.close(writer)
    os.close(reader)
    return seen, status, before, after
