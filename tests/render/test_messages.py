"""Errors and warnings."""

from __future__ import annotations

import re

import pytest

from gradcli.errors import NameProblem, Problem
from gradcli.render import render_error, render_origin, render_warning
from gradcli.transforms.results.findings import Origin
from tests.render import samples

SINE = NameProblem("unknown function 'sine'", source="2*sine(x) + 1", span=(2, 6), hint="did you mean 'sin'?")
PROBLEMS = (
    SINE,
    Problem("there is nothing to do"),
    Problem("there is nothing to do", hint="give an expression"),
    Problem("expected a value", source="a = 1;\nb = ", span=(11, 11)),
    Problem("too long", source="x + " * 100, span=(200, 201)),
)


def test_an_error_with_its_place_and_the_way_out() -> None:
    assert render_error(SINE, color=False) == (
        "error: unknown function 'sine'\n  2*sine(x) + 1\n    ^^^^\nhint: did you mean 'sin'?\n"
    )


def test_colours() -> None:
    assert render_error(SINE, color=True) == (
        "\x1b[1;31merror:\x1b[0m unknown function 'sine'\n"
        "  2*sine(x) + 1\n"
        "    \x1b[1;31m^^^^\x1b[0m\n"
        "\x1b[36mhint:\x1b[0m did you mean 'sin'?\n"
    )


@pytest.mark.parametrize("problem", PROBLEMS, ids=str)
def test_an_error_reads_as_the_problem_itself(problem: Problem) -> None:
    assert render_error(problem, color=False) == f"error: {problem}\n"


@pytest.mark.parametrize("problem", PROBLEMS, ids=str)
def test_colours_change_no_letter(problem: Problem) -> None:
    assert re.sub(r"\x1b\[[\d;]*m", "", render_error(problem, color=True)) == render_error(problem, color=False)


def test_the_origin_of_a_number_that_is_not_finite() -> None:
    origin = samples.POLE.origin
    assert origin is not None
    assert render_origin(origin, color=False) == (
        "warning: division is not finite at (1.0, 0.0)\n  1/x\n  ^^^\nhint: keep x away from 0\n"
    )
    assert render_origin(Origin("bad", "1/x", (2, 3)), color=True) == (
        "\x1b[1;33mwarning:\x1b[0m bad\n  1/x\n    \x1b[1;33m^\x1b[0m\n"
    )


def test_a_warning() -> None:
    assert render_warning("nothing depends on x", color=False) == "warning: nothing depends on x\n"
    assert render_warning("so", color=True) == "\x1b[1;33mwarning:\x1b[0m so\n"


def test_control_characters_of_the_user_are_shown_and_not_obeyed() -> None:
    problem = Problem("unknown '\x1b[2J'", source="x # \x1b[2J\x07", span=(0, 1), hint="\x9b1m")
    text = render_error(problem, color=False)
    assert text == "error: unknown '\ufffd[2J'\n  x # \ufffd[2J\ufffd\n  ^\nhint: \ufffd1m\n"
