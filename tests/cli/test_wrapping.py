"""Lines break between words: no word, option or name is broken inside, however narrow the terminal."""

from __future__ import annotations

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
