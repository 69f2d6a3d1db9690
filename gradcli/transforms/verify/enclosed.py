"""The engine's numbers against their enclosures, in whole numbers and fractions alone.

A ball's ends are whole numbers times a power of two, and so is a float64: the distance between them is exact.
"""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import NamedTuple

from gradcli.address import EntryAddress
from gradcli.enclosures.protocol import Ball
from gradcli.symbolic import Truth

__all__ = ["Enclosed", "bounds_text", "digits_text", "enclosed", "spelled"]

_DIGITS = 40
"""Bounds are told with so many significant digits at most, rounded outward."""

_EXACT = Context(prec=2500)
"""Digits of any number of at most 1100 binary places before the point and 1200 after it."""


class Enclosed(NamedTuple):
    """A float64, and the bounds of what it stands for.

    Attributes:
        lower: at most the exact number.
        upper: at least that.
    """

    address: EntryAddress
    number: float
    lower: Fraction
    upper: Fraction

    @property
    def ulps(self) -> float:
        """How far the float64 is from the exact number at most, in units in that one's last place, rounded up.

        >>> Enclosed(EntryAddress(0), 1.0, Fraction(1), 1 + Fraction(1, 2**52)).ulps
        1.0
        """
        if not math.isfinite(self.number):
            return math.inf
        unit = Fraction(math.ulp(_nearest(min(self.lower, self.upper, key=abs))))
        return _rounded_up(self.distance / unit)

    @property
    def distance(self) -> Fraction:
        """How far a float64 that is finite is from the exact number at most."""
        number = Fraction(self.number)
        return max(abs(number - self.lower), abs(number - self.upper))

    def farthest(self) -> Truth:
        """The truth at the end that is farther away: whatever is right there is right."""
        number = Fraction(self.number) if math.isfinite(self.number) else self.lower
        return self._truth(max(self.lower, self.upper, key=lambda end: abs(number - end)))

    def nearest(self) -> Truth:
        """The truth as near as it can be: whatever is wrong there is wrong."""
        if not math.isfinite(self.number):
            return self._truth(self.lower)
        return self._truth(min(max(Fraction(self.number), self.lower), self.upper))

    def _truth(self, exact: Fraction) -> Truth:
        high = _nearest(exact)
        low = float(exact - Fraction(high)) if math.isfinite(high) else 0.0
        return Truth(self.address, "number", high, low)

    def excludes(self, truth: Truth) -> bool:
        """Whether another witness's number is outside, by more than a hundredth of a unit in the last place."""
        if not math.isfinite(truth.high):
            return math.isfinite(_nearest(self.lower)) and math.isfinite(_nearest(self.upper))
        exact = Fraction(truth.high) + Fraction(truth.low)
        slack = Fraction(math.ulp(truth.high)) / 100
        return exact < self.lower - slack or exact > self.upper + slack


def enclosed(number: float, ball: Ball) -> Enclosed:
    """A float64 and the ball that the exact number is in."""
    scale = Fraction(2) ** ball.exponent
    return Enclosed(ball.address, number, ball.low * scale, ball.high * scale)


def bounds_text(lower: Fraction, upper: Fraction, digits: int = _DIGITS) -> tuple[str, str]:
    """Both bounds as decimals, the lower one rounded down and the upper one up; what is exact and short stays so.

    Args:
        lower: a dyadic fraction.
        upper: another.
        digits: significant ones, of the larger bound at most.

    >>> bounds_text(Fraction(1, 4), Fraction(1, 4)), bounds_text(Fraction(21, 64), Fraction(23, 64))
    (('0.25', '0.25'), ('0.328', '0.360'))
    """
    exact = (_decimal(lower), _decimal(upper))
    place = max((number.adjusted() for number in exact if number), default=0) - digits + 1
    if lower != upper:
        place = max(place, _EXACT.subtract(exact[1], exact[0]).adjusted() - 1)
    unit = Decimal(1).scaleb(place)
    return _spelled(exact[0], unit, ROUND_FLOOR), _spelled(exact[1], unit, ROUND_CEILING)


def digits_text(ball: Ball, digits: int) -> str:
    """The number to so many significant digits, if the bounds agree in them; "" if they do not.

    >>> digits_text(Ball(EntryAddress(0), 4 * 10**20, 4 * 10**20 + 1, -70), 5)
    '0.33881'
    >>> digits_text(Ball(EntryAddress(0), -1, 1, 0), 5)
    ''
    """
    entry = enclosed(0.0, ball)
    rounded = {Context(prec=digits, rounding=ROUND_HALF_EVEN).plus(_decimal(end)) for end in entry[2:]}
    return spelled(rounded.pop()) if len(rounded) == 1 else ""


def _spelled(number: Decimal, unit: Decimal, rounding: str) -> str:
    context = Context(prec=2500, rounding=rounding)
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    kept = number if exponent >= unit.adjusted() else number.quantize(unit, context=context)
    return spelled(kept)


def spelled(number: Decimal) -> str:
    """A decimal as Python writes floats: with a point, and with an exponent where it is far from one.

    >>> [spelled(Decimal(text)) for text in ("3", "0.00012", "1.5E-7", "12345678901234567890123E+20", "0E-5", "-1E+3")]
    ['3.0', '0.00012', '1.5e-7', '1.2345678901234567890123e+42', '0.0', '-1e+3']
    """
    if not number:
        return "0.0"
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    if exponent <= 0 and number.adjusted() >= -5:
        text = f"{number:f}"
        return text if "." in text else f"{text}.0"
    shown = "".join(map(str, digits))
    point = "." if len(shown) > 1 else ""
    return f"{'-' if number < 0 else ''}{shown[0]}{point}{shown[1:]}e{number.adjusted():+d}"


def _decimal(exact: Fraction) -> Decimal:
    """A fraction whose denominator is a power of two, exactly."""
    return _EXACT.divide(Decimal(exact.numerator), Decimal(exact.denominator))


def _nearest(exact: Fraction) -> float:
    try:
        return float(exact)
    except OverflowError:
        return math.inf if exact > 0 else -math.inf


def _rounded_up(exact: Fraction) -> float:
    found = _nearest(exact)
    return found if math.isinf(found) or Fraction(found) >= exact else math.nextafter(found, math.inf)
