"""From mpmath's numbers to the nearest float64."""

from __future__ import annotations

import math
from typing import Any

from mpmath import mp

__all__ = ["NEGLIGIBLE", "split", "to_float"]

NEGLIGIBLE = -1100
"""Binary exponent of what counts as 0: the smallest float64 is 2**-1074, and half of it still rounds to 0."""

_OVERFLOW = 1025
"""Binary exponent, as `mp.mag` tells it, beyond that of the largest float64, which is 1024."""

_EXACT = 4096
"""Bits in which a number's difference from the float64 next to it is taken: it loses none of the float64's digits,
however small the float64 is, and leaves many more than the 53 that `low` takes of it."""


def to_float(value: Any) -> float:
    """The nearest float64, subnormal or infinite if need be; not-a-number for None.

    >>> to_float(mp.mpf("1e400")), to_float(mp.mpf(0.1))
    (inf, 0.1)
    """
    if value is None or mp.isnan(value):
        return math.nan
    if mp.isinf(value) or mp.mag(value) > _OVERFLOW:
        return math.inf if value > 0 else -math.inf
    if value == 0 or mp.mag(value) < NEGLIGIBLE:
        return 0.0
    sign, mantissa, exponent, _ = value._mpf_
    integer = int(-mantissa if sign else mantissa)
    try:
        # Division of integers rounds once, also where the result is subnormal.
        return float(integer * 2**exponent) if exponent >= 0 else integer / 2**-exponent
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def split(value: Any) -> tuple[float, float]:
    """A real number as high + low, high being the nearest float64.

    >>> with mp.workprec(200):
    ...     split(mp.mpf(1) / 3)
    (0.3333333333333333, 1.850371707708594e-17)
    """
    high = to_float(value)
    if math.isinf(high):
        return high, 0.0
    with mp.workprec(_EXACT):
        return high, to_float(value - mp.mpf(high))
