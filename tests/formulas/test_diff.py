"""`diff` as a transform: every formula is confirmed or refuted by witnesses that it does not know."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gradcli.lang import parse
from gradcli.symbolic import Oracle
from gradcli.transforms.claims.confirm import confirm
from gradcli.transforms.operators.diff import diff
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.results.formula import Confirmation

CASES: list[tuple[str, dict[str, Any], str]] = [
    ("x**2*sin(x)", {}, "proved"),
    ("[x*y, x/y]", {"of": "jacobian"}, "proved"),
    ("x**2*y**3", {"of": "hessian"}, "proved"),
    ("exp(x)*x", {"of": "derivative", "order": 4}, "proved"),
    ("x**k", {"guarded": False}, "proved"),
    ("x**k", {}, "equal"),
    ("max(x, y)*x", {}, "equal"),
    ("norm(x)", {"shapes": {"x": (2,)}}, "equal"),
]


@pytest.mark.parametrize(("text", "asked", "verdict"), CASES)
def test_formulas_are_confirmed(text: str, asked: dict[str, Any], verdict: str) -> None:
    with Oracle.start() as oracle:
        assert confirm(diff(text, **asked), oracle, 60).verdict == verdict


def test_a_wrong_formula_is_refuted() -> None:
    found = diff("x**2")
    wrong = replace(found, formulas=(replace(found.formulas[0], program=parse("3*x")),))
    with Oracle.start() as oracle:
        told = confirm(wrong, oracle, 60)
    assert told == Confirmation("differs", 0, "df/dx is 2.0 at x = 1.0, the formula 3.0")


def test_too_many_entries_are_not_checked() -> None:
    with Oracle.start() as oracle:
        told = confirm(diff("sum(x*x)", shapes={"x": (500,)}), oracle, 60)
    assert told.verdict == "not checked"
    assert "500 entries" in told.reason


def test_the_shorter_mode_is_taken() -> None:
    assert diff("x**2*sin(x)").formulas[0].text == "x*(2*sin(x) + x*cos(x))"


def test_a_derivative_of_a_formula_is_that_of_the_expression() -> None:
    """What is printed can be differentiated again."""
    first = diff("exp(-x**2)*x**3").formulas[0].text
    again = diff(first).formulas[0]
    second = diff("exp(-x**2)*x**3", "derivative", order=2).formulas[0]
    from gradcli.transforms.operators.evaluate import evaluate

    for x in (0.3, -1.2, 2.0):
        one, two = (evaluate(formula.text, {"x": x}).value for formula in (again, second))
        assert one == pytest.approx(two, rel=1e-12)


@pytest.mark.parametrize(
    "text", ["sqrt(0*x) + x*y", "(x - x)**(1/3) + x*y", "cbrt(x - x) + y*x", "sqrt(0*exp(x)) + x*y"]
)
def test_what_is_0_whatever_the_variable_is_has_no_slope(text: str) -> None:
    by_x, by_y = diff(text).formulas
    assert (by_x.text, by_y.text) == ("y", "x")
    assert grad(text, {"x": 1.5, "y": 2.0}).gradients == {"x": 2.0, "y": 1.5}
