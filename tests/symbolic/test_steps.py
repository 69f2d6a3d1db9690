"""Functions with kinks as SymPy expressions: slopes of every order where they are smooth."""

from __future__ import annotations

from typing import Any

import pytest
import sympy
from mpmath import mp

from gradcli.symbolic.functions.piecewise import Abs, Ceil, Floor, Max, Min, Round, Sign, Where
from gradcli.symbolic.functions.predicates import And, Eq, Ge, Gt, Le, Lt, Ne, Not, Or
from gradcli.symbolic.numbers.evaluate import Evaluation

x, y = sympy.symbols("x y", real=True)
ZERO, ONE = sympy.S.Zero, sympy.S.One


def at(expression: Any, number: float, other: float = 0.0) -> float:
    return float(Evaluation({x: mp.mpf(number), y: mp.mpf(other)}, 128).value(expression))


@pytest.mark.parametrize(
    ("expression", "number", "values"),
    [
        (Abs(x**3), -2.0, [8.0, -12.0, 12.0]),
        (Max(x**3, ONE), 2.0, [8.0, 12.0, 12.0]),
        (Max(x**3, ONE), -2.0, [1.0, 0.0, 0.0]),
        (Min(x**3, ONE), -2.0, [-8.0, 12.0, -12.0]),
        (Where(Gt(x, ZERO), x**3, x**2), 2.0, [8.0, 12.0, 12.0]),
        (Where(Gt(x, ZERO), x**3, x**2), -2.0, [4.0, -4.0, 2.0]),
        (x**2 * Sign(x), -3.0, [-9.0, 6.0, -2.0]),
        (x * Floor(x), 2.5, [5.0, 2.0, 0.0]),
        (Max(Abs(x), x**2), -3.0, [9.0, -6.0, 2.0]),
    ],
    ids=str,
)
def test_value_and_two_derivatives(expression: Any, number: float, values: list[float]) -> None:
    found = [expression, sympy.diff(expression, x), sympy.diff(expression, x, 2)]
    assert [at(f, number) for f in found] == values


@pytest.mark.parametrize(
    ("function", "values"),
    [
        (Floor, [-2, -1, -1, 0, 0, 1, 1]),
        (Ceil, [-1, -1, 0, 0, 1, 1, 2]),
        (Round, [-2, -1, 0, 0, 0, 1, 2]),
    ],
)
def test_roundings(function: Any, values: list[int]) -> None:
    assert [at(function(x), n) for n in (-1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5)] == values


@pytest.mark.parametrize(
    ("function", "values"),
    [(Lt, [1, 0, 0]), (Le, [1, 1, 0]), (Gt, [0, 0, 1]), (Ge, [0, 1, 1]), (Eq, [0, 1, 0]), (Ne, [1, 0, 1])],
)
def test_comparisons(function: Any, values: list[int]) -> None:
    assert [at(function(x, y), n, 2.0) for n in (1.0, 2.0, 3.0)] == values
    assert at(function(x, y), float("nan"), 2.0) == (1 if function is Ne else 0)


def test_logic_takes_any_number_but_zero_for_true() -> None:
    pairs = [(0.0, 0.0), (0.0, 2.0), (2.0, 0.0), (-1.0, 2.0)]
    assert [at(And(x, y), *p) for p in pairs] == [0, 0, 0, 1]
    assert [at(Or(x, y), *p) for p in pairs] == [0, 1, 1, 1]
    assert [at(Not(x), *p) for p in pairs] == [1, 1, 0, 0]


def test_the_branch_that_is_not_chosen_may_have_no_value() -> None:
    assert at(Where(Gt(x, ZERO), sympy.log(x), ONE), -1.0) == 1


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (Abs(x + 1), "abs(x + 1)"),
        (Max(x, y), "max(x, y)"),
        (Lt(x, y), "x < y"),
        (And(Lt(x, y), Gt(x, ZERO)), "(x < y) and (x > 0)"),
        (Not(x), "not (x)"),
        (Where(Eq(x, ONE), x, y), "where(x == 1, x, y)"),
    ],
)
def test_text_is_the_languages(expression: Any, text: str) -> None:
    assert str(expression) == text
