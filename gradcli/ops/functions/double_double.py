"""Arithmetic with 106 bits, a number being the sum of two float64: for sums whose terms cancel.

The functions take and give pairs `(high, low)` of arrays or of Python's floats.

Sources: D. E. Knuth, The Art of Computer Programming 2, 4.2.2 (sums); T. J. Dekker, A floating-point technique for
extending the available precision, Numerische Mathematik 18, 1971 (products and quotients).
"""

from __future__ import annotations

from typing import Any, TypeAlias

__all__ = ["Pair", "add", "div", "mul", "pair", "product", "scaled", "total"]

Pair: TypeAlias = tuple[Any, Any]

_SPLIT = 134217729.0
"""2**27 + 1: times a number, it splits the number in two halves of 26 bits."""


def pair(x: Any) -> Pair:
    """A float64 as a pair."""
    return x, x * 0.0


def total(a: Any, b: Any) -> Pair:
    """a + b exactly.

    >>> total(1.0, 2.0**-60)
    (1.0, 8.673617379884035e-19)
    """
    high = a + b
    part = high - a
    return high, (a - (high - part)) + (b - part)


def product(a: Any, b: Any) -> Pair:
    """a*b exactly.

    >>> product(1 + 2.0**-30, 1 + 2.0**-30)[1] == 2.0**-60
    True
    """
    high = a * b
    a_high, a_low = _halves(a)
    b_high, b_low = _halves(b)
    return high, ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low


def _halves(a: Any) -> Pair:
    scaled = _SPLIT * a
    high = scaled - (scaled - a)
    return high, a - high


def _normal(high: Any, low: Any) -> Pair:
    first = high + low
    return first, low - (first - high)


def add(x: Pair, y: Pair) -> Pair:
    """x + y, right to 2**-104 of the larger one."""
    high, low = total(x[0], y[0])
    return _normal(high, low + (x[1] + y[1]))


def mul(x: Pair, y: Pair) -> Pair:
    """x*y."""
    high, low = product(x[0], y[0])
    return _normal(high, low + (x[0] * y[1] + x[1] * y[0]))


def scaled(x: Pair, a: Any) -> Pair:
    """x times a float64."""
    high, low = product(x[0], a)
    return _normal(high, low + x[1] * a)


def div(x: Pair, y: Pair) -> Pair:
    """x/y.

    >>> high, low = div((1.0, 0.0), (3.0, 0.0))
    >>> high == 1/3, abs(low - 1.850371707708594e-17) < 1e-32
    (True, True)
    """
    first = x[0] / y[0]
    rest = add(x, scaled(y, -first))
    second = rest[0] / y[0]
    rest = add(rest, scaled(y, -second))
    return add(_normal(first, second), pair(rest[0] / y[0]))
