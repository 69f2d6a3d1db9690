"""Coefficients of series: rational numbers as long as they stay short, mpmath's numbers where no rational will do.

Rational numbers are exact, so that what cancels is zero and not a remainder of rounding. But sqrt(2) is none, and one
of thousands of digits costs more than it tells.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, TypeAlias

from mpmath import mp

from gradcli.onesided.budget import TooMuchWork

__all__ = [
    "Coefficient",
    "as_fraction",
    "as_mpf",
    "bounded",
    "is_extreme",
    "magnitude",
    "plus",
    "power",
    "times",
]

Coefficient: TypeAlias = Any
"""A Fraction, or an mpf where no rational number will do."""

_LONGEST = 8_000
"""Bits of a numerator or a denominator, 2,400 digits: a longer rational number is rounded. The product of two of half
that length takes 0.2 ms, a hundred times as long as that of two mpf of 320 bits."""

_EXTREME = 8_192
"""Binary exponent beyond which a number is too large, or too small, to be the argument of a function: eight times that
of the largest float64, and as long as the longest rational number if written out."""

_WRITTEN_OUT = 100_000
"""Binary exponent beyond which no Fraction is made of a number: it would have as many bits, and exp(exp(exp(50))) more
than any memory."""

_INFINITE = 10**18
"""Stands for the binary exponent of infinity, and with a minus for that of 0."""

_EXACT_POWER = 64
"""The largest exponent by which a rational number is multiplied with itself."""

_EXACT_ROOT = 16
"""The same where it may be a perfect square under a root."""


def as_mpf(number: Coefficient) -> Any:
    """A coefficient as an mpf."""
    return mp.mpf(number.numerator) / number.denominator if isinstance(number, Fraction) else number


def as_fraction(number: Coefficient) -> Fraction:
    """A coefficient as a Fraction; of an mpf the number that it is.

    Raises:
        TooMuchWork: if it has too many digits to be written out.

    >>> as_fraction(mp.mpf(0.375))
    Fraction(3, 8)
    """
    if isinstance(number, Fraction):
        return number
    sign, mantissa, exponent, _ = number._mpf_
    if abs(exponent) > _WRITTEN_OUT:
        raise TooMuchWork
    return Fraction(-int(mantissa) if sign else int(mantissa)) * Fraction(2) ** int(exponent)


def is_extreme(number: Coefficient) -> bool:
    """Whether a number is so large, or so small, that as a Fraction it would fill the memory."""
    return not isinstance(number, Fraction) and abs(mp.mag(number)) > _EXTREME and number != 0


def magnitude(number: Coefficient) -> int:
    """About the binary exponent."""
    if isinstance(number, Fraction):
        return number.numerator.bit_length() - number.denominator.bit_length() + 1
    _, mantissa, exponent, bits = number._mpf_
    if mantissa:
        return int(exponent + bits)
    return _INFINITE if exponent else -_INFINITE


def plus(first: Coefficient, second: Coefficient) -> Coefficient:
    """The sum."""
    if isinstance(first, Fraction) and isinstance(second, Fraction):
        return bounded(first + second)
    return as_mpf(first) + as_mpf(second)


def times(first: Coefficient, second: Coefficient) -> Coefficient:
    """The product."""
    if isinstance(first, Fraction) and isinstance(second, Fraction):
        return bounded(first * second)
    return as_mpf(first) * as_mpf(second)


def power(number: Coefficient, exponent: Fraction) -> Coefficient:
    """A power, of a negative number with a whole exponent only; a Fraction where it is rational and short.

    >>> power(Fraction(9, 4), Fraction(1, 2))
    Fraction(3, 2)
    """
    if isinstance(number, Fraction):
        if exponent.denominator == 1 and abs(exponent) <= _EXACT_POWER:
            return bounded(number ** int(exponent))
        if number == 1:
            return number
    if exponent.denominator == 2 and isinstance(number, Fraction) and abs(exponent) <= _EXACT_ROOT:
        root = mp.sqrt(as_mpf(number))
        rational = as_fraction(root)
        if rational * rational == number:
            return bounded(rational ** int(exponent * 2))
        return root ** int(exponent * 2)
    value = as_mpf(number)
    if value < 0:
        return (-1 if exponent % 2 else 1) * mp.power(-value, int(exponent))
    return mp.power(value, as_mpf(exponent))


def bounded(number: Fraction) -> Coefficient:
    """A rational number, rounded if it has grown too long."""
    too_long = number.numerator.bit_length() > _LONGEST or number.denominator.bit_length() > _LONGEST
    return as_mpf(number) if too_long else number
