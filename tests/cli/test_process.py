"""The installed command in real processes, pipes and a terminal."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest

from gradcli.version import __version__
from tests.cli.terminals import GRADCLI, terminal

POSIX = pytest.mark.skipif(os.name != "posix", reason="signals and terminals of POSIX")


def run(*words: str, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables}
    return subprocess.run(
        [GRADCLI, *words],
        input=stdin, capture_output=True, text=True, encoding="utf-8", env=environment, timeout=60, check=False,
    )  # fmt: skip


def test_the_first_example() -> None:
    done = run("grad", "x**2-2*x+1", "--x", "0")
    assert done.stderr == ""
    verdict = "verified: 1 of 1 entries, largest error 0 ulps; proved exact"
    assert done.stdout == f"f = 1.0\ndf/dx = -2.0\ncheck = {verdict}\n"
    assert done.returncode == 0


def test_python_dash_m() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gradcli", "--version"], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == f"gradcli {__version__}\n"


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["--version"],
        ["grad", "--help"],
        ["grad", "x*y", "--help"],
        ["jvp", "x", "--help"],
        ["hvp", "--help"],
    ],
)
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    code = (
        "import sys; from gradcli.cli.main import main; from gradcli.cli.environment import Environment; "
        f"main({words!r}, Environment.of_process()); "
        "heavy = {'numpy', 'scipy', 'sympy', 'mpmath', 'rich'} & sys.modules.keys(); print('heavy:', sorted(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.endswith("heavy: []\n")


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import sys, gradcli; print(sorted({'numpy', 'scipy', 'sympy', 'rich', 'click'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "[]\n"


def test_plain_output_imports_neither_rich_nor_sympy() -> None:
    code = (
        "import sys; from gradcli.cli.main import main; from gradcli.cli.environment import Environment; "
        "main(['grad', 'x**2', '--x', '3', '--no-check'], Environment.of_process()); "
        "print('heavy:', sorted({'scipy', 'sympy', 'mpmath', 'rich'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.endswith("heavy: []\n")


def test_quiet_values_read_back() -> None:
    matrix = run("jacobian", "[x1**2+3*x2, x2**2+2*x1]", "--x1", "2", "--x2", "3", "-q", "--no-check").stdout.strip()
    assert matrix == "[[4.0, 3.0], [2.0, 6.0]]"
    assert run("eval", "A", "--A", matrix, "-q").stdout.strip() == matrix
    point = run("grad", "x**3/7", "--x", "0.1", "-q", "--no-check").stdout.strip()
    assert run("eval", "x", "--x", point, "-q").stdout.strip() == point


def test_json_is_one_object_a_line() -> None:
    done = run("grad", "x*y", "--x", "2", "--y", "3", "--json")
    found = json.loads(done.stdout)
    assert done.stdout.count("\n") == 1
    assert found["gradients"] == {"x": 3.0, "y": 2.0}
    assert found["check"]["verdict"] == "verified"


def test_an_output_that_is_not_utf8() -> None:
    done = run("grad", "θ**2", "--θ", "3", "--no-check", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0
    assert done.stdout == "f = 9.0\ndf/d\\u03b8 = 6.0\n"


@POSIX
def test_a_reader_that_has_left() -> None:
    command = f'"{GRADCLI}" grad "sum(x)" --x "zeros(20)" -q --no-check; echo "status $?" >&2'
    done = subprocess.run(
        ["sh", "-c", f"{{ {command}; }} | true"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stderr == "status 141\n"


@POSIX
def test_interrupting_ends_quietly_and_leaves_no_process() -> None:
    child = subprocess.Popen(
        [GRADCLI, "grad", "-", "--x", "1"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    time.sleep(2.0)  # until it waits for its input
    for _ in range(20):  # an interrupt that meets Python in a finalizer is lost, and a person presses again
        os.killpg(child.pid, signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            child.wait(timeout=1.0)
            break
    stdout, stderr = child.communicate(timeout=20)
    assert child.returncode == 130
    assert stdout == ""
    assert "Traceback" not in stderr
    with pytest.raises(ProcessLookupError):
        os.killpg(child.pid, 0)


@POSIX
def test_a_terminal_gets_a_table_in_colour() -> None:
    text = terminal("grad", "x**2*y", "--x", "3", "--y", "2")
    assert "\x1b[" in text
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert re.search(r"^x +3\.0 +12\.0 *$", plain, flags=re.MULTILINE)
    assert "✓ both entries agree with SymPy's derivatives" in plain


@POSIX
def test_no_color_is_respected() -> None:
    text = terminal("grad", "x**2*y", "--x", "3", "--y", "2", "--no-check", NO_COLOR="1")
    assert "\x1b[" not in text
    assert "derivative" in text
    forced = terminal("grad", "x**2", "--x", "3", "--no-check", "--color", "always", NO_COLOR="1")
    assert "\x1b[" in forced


@POSIX
def test_a_narrow_terminal_is_filled_and_not_exceeded() -> None:
    text = terminal(
        "jacobian", "A @ x", "--A", "ones((8, 8))", "--x", "linspace(0, 1, 8)", "--no-check", columns=60, NO_COLOR="1"
    )
    assert max(map(len, text.splitlines())) <= 60
