"""Numbers that double precision, or a fixed number of digits, gets wrong."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp

from gradcli.symbolic.numbers.errors import Inexpressible
from gradcli.symbolic.numbers.evaluate import Evaluation
from gradcli.symbolic.numbers.floats import split, to_float
from gradcli.symbolic.numbers.values import VALUES, _function
from tests.symbolic.asking import gradient, numbers, slope


@pytest.mark.parametrize(
    ("source", "x", "value", "derivative"),
    [
        ("1 - cos(x)", 1e-8, 5e-17, 1e-8),
        ("1 - cos(x)", 1e-100, 5e-201, 1e-100),
        ("(1 - cos(x))/x**2 + 1", 1e-100, 1.5, -1e-100 / 12),
        ("exp(x) - 1 - x", 1e-200, 0.0, 1e-200),
        ("sin(x)**2 + cos(x)**2", 0.7, 1.0, 0.0),
        ("log(1 + exp(x))", 5000.0, 5000.0, 1.0),
        ("(x + 1e300) - 1e300", 1.0, 1.0, 1.0),
        ("(x**2 + 1e300) - (1e300 - 1e-300)", 1e-150, 2e-300, 2e-150),
        ("sin(x)", 1e300, -0.8178819121159085, -0.5753861119575491),
        ("tanh(x)", 30.0, 1.0, 3.502604305078608e-26),
    ],
)
def test_cancellation(source: str, x: float, value: float, derivative: float) -> None:
    answer = gradient(source, x=x)
    assert numbers(answer.values) == [value]
    assert numbers(answer.derivatives) == [derivative]


def test_inputs_and_literals_are_the_float64_ones() -> None:
    (value,) = gradient("x - 0.1", x=0.1).values
    assert (value.high, value.low) == (0.0, 0.0)
    (value,) = gradient("10*x - 1", x=0.1).values
    assert value.high == float(10 * Fraction(0.1) - 1)


def test_constants_are_the_float64_ones() -> None:
    (value,) = gradient("sin(pi*x)", x=1.0).values
    assert value.high == pytest.approx(1.2246467991473532e-16, rel=1e-15)


def test_comparisons_are_exact() -> None:
    assert slope("abs(3*x - 0.3)", x=0.1).high == 3.0
    assert slope("floor(x*3)", x=1 / 3).status == "number"
    assert slope("abs(sqrt(2)*sqrt(2)*x - 2)", x=1.0).status == "kink"
    assert slope("abs(sqrt(2)**2*x - 2 + 1e-40)", x=1.0).high == 2.0


def test_low_part_extends_the_digits() -> None:
    (value,) = gradient("x/3", x=1.0).values
    assert abs(Fraction(value.high) + Fraction(value.low) - Fraction(1, 3)) < Fraction(1, 10**32)


@given(st.floats(allow_nan=False), st.floats(min_value=0.5, max_value=1.0))
def test_split_is_exact(number: float, factor: float) -> None:
    with mp.workprec(2200):
        high, low = split(mp.mpf(number))
        assert (high, low) == (number, 0.0) if math.isfinite(number) else high == number
        if math.isfinite(number) and abs(number) > 1e-280:
            product = mp.mpf(number) * mp.mpf(factor)
            high, low = split(product)
            assert Fraction(high) + Fraction(low) == Fraction(number) * Fraction(factor)


@given(st.fractions())
def test_nearest_float(number: Fraction) -> None:
    with mp.workprec(400):
        assert to_float(mp.mpf(number.numerator) / number.denominator) == float(number)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1e400", math.inf), ("-1e400", -math.inf), ("1e-400", 0.0), ("2.6e-324", 5e-324), ("2.4e-324", 0.0),
     ("1.7976931348623158079e308", 1.7976931348623157e308), ("1.797693134862315808e308", math.inf)],
)  # fmt: skip
def test_ends_of_the_range(text: str, expected: float) -> None:
    with mp.workprec(400):
        assert to_float(mp.mpf(text)) == expected


@pytest.mark.parametrize(
    ("source", "point", "value", "slopes"),
    [
        # erfc(x) is exp(-x**2)/(x*sqrt(pi)) there but for a part in x**2: exp(1e340) has no float64, and is a number.
        ("erfcx(x)", {"x": 1e100}, 1e-100 / math.sqrt(math.pi), [-1e-200 / math.sqrt(math.pi)]),
        ("erfcx(x)", {"x": 1e170}, 1e-170 / math.sqrt(math.pi), [0.0]),
        ("x*exp(x**2)*erfc(x)", {"x": 1e160}, 1 / math.sqrt(math.pi), [0.0]),
        ("erfc(x)", {"x": 1e300}, 0.0, [0.0]),
        ("ndtr(x)", {"x": -1e200}, 0.0, [0.0]),
        ("gelu(x)", {"x": -1e200}, 0.0, [0.0]),
        ("log_ndtr(x)", {"x": -1e150}, -5e299, [1e150]),
        # The sum of the two is rounded to the larger one with fewer than 333 bits.
        (
            "beta(x, y)",
            {"x": 1e100, "y": 2.0},
            1e-200,
            [-2e-300, (1 - 0.5772156649015329 - 100 * math.log(10)) * 1e-200],
        ),
        ("gamma(x + y)/gamma(x)", {"x": 1e60, "y": 2.0}, 1e120, [2e60, 60 * math.log(10) * 1e120]),
        ("exp(x + y)/exp(x)", {"x": 1e60, "y": 2.0}, math.exp(2), [0.0, math.exp(2)]),
    ],
)
def test_the_huge_times_the_tiny(source: str, point: dict[str, Any], value: float, slopes: list[float]) -> None:
    answer = gradient(source, **point)
    assert numbers(answer.values) == pytest.approx([value], rel=1e-13, abs=0)
    assert numbers(answer.derivatives) == pytest.approx(slopes, rel=1e-13, abs=0)


@pytest.mark.parametrize("bits", [128, 700])
@pytest.mark.parametrize("exponent", [101, 150, 300])
def test_erfc_far_out_is_the_integral(bits: int, exponent: int) -> None:
    """Laplace's continued fraction (7.9.2 of the NIST Digital Library of Mathematical Functions) has them, too."""
    with mp.workprec(bits):
        x = mp.ldexp(mp.mpf(4) / 3, exponent)
        found = Evaluation({}, bits).value(sympy.erfc(sympy.Float(x, precision=bits)))
    with mp.workprec(2 * bits + 4 * exponent):
        x, tail = +x, mp.zero
        for k in range(20, 0, -1):
            tail = mp.mpf(k) / 2 / (x + tail)
        expected = mp.exp(-x * x) / mp.sqrt(mp.pi) / (x + tail)
        assert abs(found / expected - 1) < mp.ldexp(1, 8 - bits)


def test_what_overflows_on_the_way_is_not_known() -> None:
    """A pole is a number divided by 0, and not one that mpmath cannot take in."""

    def overflowing(*values: object) -> None:
        raise OverflowError("int too large to convert to float")

    rule = _function(overflowing)
    with pytest.raises(Inexpressible, match="no value of Exp1 at numbers of such a size"):
        rule(Evaluation({}, 128), sympy.E, [mp.mpf(1)])


@pytest.mark.parametrize("base", [1.5, -1.5, 1 - 2.0**-50, -3.0])
@pytest.mark.parametrize("exponent", [2**70 + 2**20, -(2**90) + 1])
def test_powers_with_huge_whole_exponents_have_all_their_digits(base: float, exponent: int) -> None:
    with mp.workprec(256):
        found = VALUES["pow"](Evaluation({}, 256), sympy.E, [mp.mpf(base), mp.mpf(exponent)])
    with mp.workprec(600):
        assert abs(found / mp.power(mp.mpf(base), exponent) - 1) < mp.ldexp(1, -250)


@pytest.mark.parametrize("x", [1e30, -1e30, 2.0**70 + 2.0**20, 1e3])
def test_exp_of_huge_whole_numbers_has_all_its_digits(x: float) -> None:
    with mp.workprec(256):
        found = VALUES["exp"](Evaluation({}, 256), sympy.E, [mp.mpf(x)])
    with mp.workprec(600):
        assert abs(found / mp.exp(mp.mpf(x)) - 1) < mp.ldexp(1, -250)
