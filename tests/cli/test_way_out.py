"""Hints are about the user's own text, and what they say works."""

from __future__ import annotations

import re

import pytest

from tests.cli.runner import gradcli

LOOPS = [
    ("sum(t**2 for t in v)", "for t in range(len(v)), and take the elements as v[t]"),
    ("sum(i for i in A[0])", "for i in range(n), and take the elements as A[0][i]"),
    ("[t for t in v*2]", "for t in range(n), and take the elements as (v*2)[t]"),
    ("sum(t for t in [1, 2])", "for t in range(n), and take the elements as [1, 2][t]"),
]


@pytest.mark.parametrize(("text", "hint"), LOOPS)
def test_what_to_loop_over_is_told_of_the_array_itself(text: str, hint: str) -> None:
    outcome = gradcli(["eval", text, "--v", "[1, 2]"])
    assert outcome.status == 2
    assert f"hint: write {hint}\n" in outcome.stderr
    bound = re.search(r"range\(.*\)(?=, and)", hint)
    element = hint.partition("the elements as ")[2]
    index = element.rpartition("[")[2][:-1]
    assert bound is not None
    value = "[[1, 2], [3, 4]]" if "A" in text else "[1, 2]"
    name = ["--A", value] if "A" in text else ["--v", value] if "v" in text else []
    loop = f"sum({element} for {index} in {bound[0].replace('(n)', '(2)')})"
    assert gradcli(["eval", loop, *name]).status == 0


def test_a_long_expression_that_is_looped_over_is_not_repeated() -> None:
    outcome = gradcli(["eval", f"sum(t for t in {'+'.join(['v'] * 40)})", "--v", "[1]"])
    assert "hint: write for t in range(n), and take the elements as x[t]\n" in outcome.stderr


CHOICES = [
    ("x if y > 0", "x if y > 0 else 0"),
    ("2*x + (x**2 if y > 0) + 1", "x**2 if y > 0 else 0"),
    ("max(x, 3 if y > 0)", "3 if y > 0 else 0"),
    ("x + 1 if y > 0; 2", "x + 1 if y > 0 else 0"),
    ("1 if x > 0 else 2 if y > 0", "1 if x > 0 else 2 if y > 0 else 0"),
]


@pytest.mark.parametrize(("text", "choice"), CHOICES)
def test_a_choice_without_else_is_shown_with_one(text: str, choice: str) -> None:
    outcome = gradcli(["diff", text])
    assert outcome.status == 2
    assert outcome.stderr.endswith(f"hint: write {choice}\n")
    assert gradcli(["diff", choice, "--no-check"]).status == 0


@pytest.mark.parametrize("command", [["diff"], ["code", "--to", "numpy"]])
def test_letters_lift_the_limit_of_shapes(command: list[str]) -> None:
    outcome = gradcli([*command, "sum(x)", "--shape", "x=200"])
    assert outcome.stderr.startswith("error: the shape of 'x' must be whole numbers from 1 to 100, not 200\n")
    assert "hint: letters are for any size: --shape x=n\n" in outcome.stderr
    assert gradcli([*command, "sum(x)", "--shape", "x=n"]).status == 0


def test_a_shape_is_shown_as_it_was_written() -> None:
    outcome = gradcli(["check", "sum(A)", "--claim", "A=1", "--shape", "A=3,200"])
    assert not re.search(r"[\[\]]", outcome.stderr)
    assert "not 3,200" in outcome.stderr
