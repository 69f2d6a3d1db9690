"""SymPy is never given a number that it could choke on."""

from __future__ import annotations

import math
import time

import pytest
import sympy

from gradcli.symbolic.numbers.adaptive_precision import Point
from gradcli.symbolic.numbers.constants import Constants
from tests.symbolic.asking import gradient, slope


@pytest.mark.parametrize(
    ("source", "x", "status", "high"),
    [
        ("9**9**9**9*x", 1.0, "infinite", math.inf),
        ("x**9**9**9", 2.0, "infinite", math.inf),
        ("x**9**9**9", 0.5, "number", 0.0),
        ("x**9**9", 1.0, "number", 9.0**9),
        ("(2*x)**9**9", 0.5, "number", 2 * 9.0**9),
        ("gamma(100000000)*0*x + x", 1.0, "number", 1.0),
        ("x*sin(10**300)", 1.0, "number", -0.985750425160377),
        ("2**(2**x)", 100.0, "number", math.inf),
    ],
)
def test_no_exact_arithmetic_with_large_numbers(source: str, x: float, status: str, high: float) -> None:
    start = time.process_time()
    truth = slope(source, x=x)
    assert (truth.status, truth.high) == (status, high)
    assert time.process_time() - start < 5


def test_small_numbers_are_shown_to_sympy() -> None:
    constants = Constants(Point())
    assert [constants.of(n) for n in (2.0, -0.5, 1e6, -0.0)] == [2, sympy.Rational(-1, 2), 1000000, 0]
    assert all(constants.of(n).is_Dummy for n in (0.1, 1e7, 2.0**-7, math.inf, math.nan))


def test_symbols_have_the_sign_of_their_number() -> None:
    constants = Constants(Point())
    assert constants.of(0.1).is_positive
    assert constants.of(-0.1).is_negative
    assert constants.of(math.nan).is_real is None


def test_equal_constants_cancel() -> None:
    answer = gradient("(a + 0.1)*x - (a + 0.1)*x", wrt=("x",), a=1e300, x=3.0)
    assert answer.derivatives[0].high == 0.0


def test_square_root_is_recognised() -> None:
    constants = Constants(Point())
    x = sympy.Symbol("x")
    assert sympy.Pow(x, constants.of(0.5)) == sympy.sqrt(x)
