"""When two numbers that were computed with different precision, or in different ways, are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mpmath import mp

from gradcli.symbolic.numbers.floats import NEGLIGIBLE

if TYPE_CHECKING:
    from gradcli.symbolic.numbers.level_protocol import Value

__all__ = ["FIRST", "GAP", "LAST", "LOST", "SAME", "agree", "is_finite", "same"]

FIRST = 128
"""Bits of the first level: 25 digits, and 45 bits that may get lost.

Of 1,340 expressions from the tests' corpora, values and derivatives, 1,336 agree with those of 256 bits.
"""

LAST = 4096
"""Bits of the last level that is compared with one of twice as many: 8,192 are more than 2,400 digits.

The binary exponents of products of two float64 numbers differ by at most 4,196, so that 8,192 bits hold such a sum
and all the digits of its terms.
"""

SAME = 60
"""Bits in which numbers that were computed in different ways are the same: more than the 53 of a float64."""

_AGREE = 83
"""Bits in which two levels have to agree: 25 digits."""

GAP = 20
"""Bits, 6 digits, in which two levels have to agree on how far apart compared numbers are: its sign is then sure."""

LOST = 1100
"""Bits to which every float64 shows beside 1: the smallest is 2**-1074."""


def agree(first: Value, second: Value, bits: int = _AGREE) -> bool:
    """Whether two values are the same but for rounding; None and not-a-number are themselves alone."""
    if first is None or second is None:
        return first is second
    if mp.isnan(first) or mp.isnan(second):
        return bool(mp.isnan(first) and mp.isnan(second))
    if mp.isinf(first) or mp.isinf(second):
        return bool(first == second)
    return bool(abs(first - second) <= mp.ldexp(abs(second), -bits))


def same(first: Value, second: Value) -> bool:
    """Whether two values that were computed in different ways are one number; below all of float64 all are 0."""
    if is_finite(first) and is_finite(second) and max(mp.mag(first), mp.mag(second)) < NEGLIGIBLE:
        return True
    return agree(first, second, SAME)


def is_finite(value: Value) -> bool:
    """Whether a value is a real number."""
    return value is not None and bool(mp.isfinite(value))
