"""Every output has a form for an encoding of ASCII alone, and one that is plain on a terminal too."""

from __future__ import annotations

import io
import shlex
from unittest import mock

import pytest

from gradcli.cli.environment import Environment
from gradcli.cli.main import main
from tests.cli.runner import PROVER, PROVES, gradcli


class AsciiTerminal(io.StringIO):
    """A terminal whose encoding has no box characters."""

    encoding = "ascii"

    def isatty(self) -> bool:
        return True


class AsciiPipe(AsciiTerminal):
    """A pipe of that encoding."""

    def isatty(self) -> bool:
        return False


def written(words: str, stream: type[io.StringIO]) -> str:
    """What a command writes to such a stream, which takes ASCII alone."""
    stdout, stderr = stream(), stream()
    environment = Environment(AsciiPipe(), stdout, stderr, {"GRADCLI_CONFIG": "", "NO_COLOR": "1"}, 80)
    with mock.patch(PROVER, PROVES):
        main(shlex.split(words), environment)
    return stdout.getvalue() + stderr.getvalue()


COMMANDS = (
    'grad "x**2*y" --x 3 --y 2 --no-check',
    'grad "[x**2, x*y]" --x 2 --y 3 --seed ones --no-check',
    'grad "sum(x)" --x "linspace(0, 1, 300)" --no-check',
    'grad "abs(x)" --x 0 --no-check',
    'grad "relu(x) - relu(-x)" --x 0 --no-check',
    'grad "sin(x)/x" --x 0 --no-check --anomaly off',
    'jacobian "x*linspace(0, 1, 60)" --x 2 --no-check',
    'hessian "x**2*y" --x 3 --y 2 --no-check',
    'vjp "[x*y, x]" --x 2 --y 3 --seed ones --no-check',
    'derivative "sin(x)/x" --x 0 --order 4 --series --no-check --anomaly off',
    'check "x*sin(x)" --x 2',
    'diff "sqrt(x)/theta + abs(x)*floor(x)*pi" --format pretty --no-check --simplify off',
    'diff "where(x <= 1, x, x/theta)*ceil(x)*norm([x, 1])" --format pretty --no-check --simplify off',
    'diff "sqrt(x)/theta" --format mathml --no-check --simplify off',
    'diff "x**2*theta" --no-check --simplify off',
    'graph "a = w + x; b = w + 1; a*b*abs(w)" --w 0 --x 2',
    'explain "x*sin(x)" --x 2 --no-check',
    'explain "exp(x*sin(x))/x" --no-check',
    'explain "x*sin(x)" --x 2 --no-check --format markdown',
    'propagate "x*y" --x 3.0+/-0.1 --y 2+/-5% --no-check --draws 0',
    "ops sqrt",
    "ops atan2",
)


def clean(shown: str) -> bool:
    return shown.isascii() and not any(escape in shown for escape in ("\\u", "\\x", "\\U"))


@pytest.mark.parametrize("words", COMMANDS)
def test_nothing_is_beyond_ascii_and_nothing_escaped(words: str) -> None:
    assert clean(written(words, AsciiTerminal))


@pytest.mark.parametrize("words", [w for w in COMMANDS if w.startswith(("propagate", "explain")) or "--format" in w])
def test_neither_in_a_pipe(words: str) -> None:
    assert clean(written(words, AsciiPipe))


def test_formulas_in_lines_of_ascii() -> None:
    shown = written('diff "(x + 1)/sqrt(theta)" --wrt x --format pretty --no-check --simplify off', AsciiPipe)
    assert shown == "             1\ndf/dx = -----------\n        sqrt(theta)\n"
    shown = written('diff "sqrt(x)/theta" --wrt x --format mathml --no-check', AsciiPipe)
    assert "<mo>&#8901;</mo>" in shown


@pytest.mark.parametrize("words", [w for w in COMMANDS if "--format" not in w and "check" in w and w[:5] != "check"])
def test_plain_is_the_same_on_a_terminal(words: str) -> None:
    shown = gradcli(f"{words} --format plain", terminal=True).stdout
    assert "\x1b" not in shown
    assert not set("─│┌└├⎛⎞√█✓") & set(shown)
    if words.startswith(("jacobian", "explain", "propagate")):
        assert shown == gradcli(f"{words} --format plain").stdout
