"""Lines break between words: no word, option or name is broken inside, however narrow the terminal."""

from __future__ import annotations

import re
import shlex

import pytest

from gradcli.ops import TABLE
from gradcli.ops.table.lookup import INTERNAL
from tests.cli.runner import gradcli

WIDTHS = (30, 40, 60, 80, 120, 200)


def words(text: str) -> list[str]:
    return text.split()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("command", ["grad", "check"])
def test_help_breaks_no_word(command: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    whole = gradcli([command, "--help"]).stdout
    monkeypatch.setenv("COLUMNS", str(width))
    assert words(gradcli([command, "--help"]).stdout) == words(whole)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_functions_break_no_word(width: int) -> None:
    whole = gradcli(["ops"]).stdout
    text = gradcli(["ops"], terminal=True, width=width).stdout
    assert words(text) == words(whole)
    longest = max(map(len, words(text)))
    lines = [line for line in text.splitlines() if line.startswith(" ")]
    assert max(map(len, lines)) <= max(width, longest + 6)


def test_every_function_stands_under_a_heading_once() -> None:
    lines = [line for line in gradcli(["ops"]).stdout.splitlines() if line.startswith("  ")]
    assert len(lines) == len([op for op in TABLE.values() if op.name not in INTERNAL])


@pytest.mark.parametrize(
    ("word", "found"),
    [("+", "add(x, y)"), ("^", "pow(x, y)"), ("BESSEL", "jv(n, x)"), ("arcsin", "asin(x)"), ("softmax", "out*(t - ")],
)
def test_a_word_finds_functions(word: str, found: str) -> None:
    outcome = gradcli(["ops", word])
    assert (outcome.status, outcome.stderr) == (0, "")
    assert found in outcome.stdout


def test_a_word_that_finds_nothing_is_an_unknown_function() -> None:
    assert gradcli(["ops", "("]).status == 2
    outcome = gradcli(["ops", "flurb"])
    assert (outcome.status, outcome.stdout) == (2, "")
    assert outcome.stderr.startswith("error: unknown function 'flurb'")


SHOWN = [
    'grad "x**2-2*x+1" --x 0',
    'grad "x_long*sin(theta)" --x_long 1234.5678 --theta 0.123456789 --no-check',
    'grad "x*y + abs(x - 1)" --x 1 --y 2 --no-check',
    'jacobian "[x1**2+3*x2, x2**2+2*x1]" --x1 2 --x2 3.33333333 --no-check',
    'jacobian "[x*y, x]" --x 2 --y 3 --show-seeds --no-check',
    'hessian "x**2*exp(y)" --x 3 --y 2.1 --no-check',
    'vjp "[x*y, x]" --x 2 --y 3 --seed "[1, 2]" --no-check',
    'jvp "[x*y, x]" --x 2 --y 3 --tangent x=1 --no-check',
    'hvp "x**2*y" --x 2 --y 3 --vector x=1 --no-check',
    'derivative "sin(x)" --x 0.3 --order 3 --no-check',
    'check "x*sin(x)" --x 2',
    'check "x*y" --claim x=2*y --claim y=x',
    'graph "a = w + x; b = w + 1; a*b" --w 1 --x 2',
    "ops softmax",
    "ops",
]
ABOUT_WIDTH = {
    *("rounded", "to", "digits", "all", "numbers", "or", "--json", "value", "tangent", "vector", "derivative"),
    *("and", "are", "shown", "of", "them", "more", "node", "nodes"),
}
WORD = re.compile(r"--[a-z][a-z-]+|[^\W\d][^\W\d]+")


def told(text: str) -> set[str]:
    return set(WORD.findall(re.sub(r"\x1b\[[0-9;]*m", "", text)))


@pytest.mark.slow
@pytest.mark.parametrize("command", SHOWN)
def test_results_break_no_word(command: str) -> None:
    words_of_it = told(gradcli(shlex.split(command), terminal=True, width=300).stdout) | ABOUT_WIDTH
    for width in (20, *WIDTHS):
        text = gradcli(shlex.split(command), terminal=True, width=width).stdout
        assert told(text) <= words_of_it, width


def test_no_number_of_a_value_is_broken() -> None:
    text = gradcli('eval "[x/3, 2*x]" --x 5', terminal=True, width=20).stdout
    assert text == "[1.6666666666666667,\n 10.0]\n"
    text = gradcli('grad "[x/3, 2*x]" --x 5 --seed ones --no-check', terminal=True, width=22).stdout
    assert "=\n[1.6666666666666667,\n 10.0]\n" in re.sub(r"\x1b\[[0-9;]*m", "", text)


ERRORS = [
    'grad "sin(x)**2 + sine(x)" --x 2',
    'grad "x**2" --y 2',
    'grad "1/x" --x 0 --no-check',
    'check "k*y" --claim y=k --assume "k!=0"',
    'grad "exp(-t/tau)" --t 1 --no-check',
]


@pytest.mark.parametrize("command", ERRORS)
@pytest.mark.parametrize("width", [20, *WIDTHS])
def test_messages_break_between_words_and_code_does_not_break(command: str, width: int) -> None:
    piped = gradcli(shlex.split(command)).stderr
    text = re.sub(r"\x1b\[[0-9;]*m", "", gradcli(shlex.split(command), errors_to_terminal=True, width=width).stderr)
    assert words(text) == words(piped)
    code = [line for line in piped.splitlines() if line.startswith("  ")]
    assert [line for line in text.splitlines() if line in code] == code
    longest = max(map(len, words(piped)))
    sentences = [line for line in text.splitlines() if line not in code]
    assert max(map(len, sentences)) <= max(width, longest + len("warning: "))
