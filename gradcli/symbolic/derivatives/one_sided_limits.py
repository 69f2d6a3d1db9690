"""One-sided derivatives: what the derivative tends to when inputs move towards their values along a line.

The limit is read off three values at distances that shrink very fast. Close to a point the derivative of nearly every
program goes with c*t**q*log(t)**k, t being the distance and q rational. At t = 2**-100, 2**-200 and 2**-400 such a
term stays the same (q = k = 0), is smaller by far each time (q > 0), or larger (q < 0, or q = 0 and k > 0). What does
none of these has no limit that can be told. This is evidence and no proof; exact one-sided derivatives are the business
of `gradcli.onesided`, which shares nothing with this.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

from mpmath import mp

from gradcli.symbolic.numbers.adaptive_precision import SAME, Point, is_finite
from gradcli.symbolic.numbers.evaluate import Evaluation
from gradcli.symbolic.numbers.level import Value

__all__ = ["OneSidedLimit", "Way", "one_sided_limit"]

Way: TypeAlias = Mapping[Any, Any]
"""A direction: for the symbol of each input that moves its component, an mpmath number other than 0."""

_STEPS = (100, 200, 400)
"""The distances are 2 to the minus these, relative to the inputs: each is the square of the one before."""

_PREC = 1400
"""Bits: thrice those of the smallest distance, which 1 + t**3 needs to differ from 1, and 200 to compare."""

_MOST = 8 * _PREC
"""Bits: where a sum cancels, as in 1 - cos(x**3) at the smallest distance, twice as many are tried, up to these."""

_ROUNDING = -900
"""Binary exponent of what may be rounding: below the square of the smallest distance, 2**-800, and far above what is
left of rounding in 1,400 bits."""

_SMALLEST = mp.ldexp(1, -300)
"""The size against which rounding is measured where the value itself is smaller."""

_ULP = 52
"""Bits: a float64 has so many after its first."""

_STEADY = 20
"""Bits, 6 digits, in which two differences from the value at the point agree if the value jumps."""

_SHRINKS = 10
"""Slopes that tend to 0 shrink by a factor of 2 to the minus this from the second distance to the third, or more: those
that go with t**(1/20) do."""

_GROWS = 1.5
"""Slopes that grow without bound have differences that grow by this factor or more: those of log(t) double, as its
values do, while the differences of slopes that tend to a limit shrink."""

_RESULT_BITS = 200
"""Bits of a limit: what is beyond agreement anyway is rounded off."""


class OneSidedLimit(NamedTuple):
    """One side of a point.

    Attributes:
        slope: the derivative's limit, possibly infinite; None where there is none.
        jumps: whether the value there tends to something else than the value at the point.
    """

    slope: Value
    jumps: bool


def one_sided_limit(
    point: Point,
    value: Any,
    derivative: Any,
    way: Way,
    side: int,
    ties: frozenset[Any],
    continued: Value = None,
) -> OneSidedLimit:
    """Evaluate a derivative closer and closer to the point, on one side of it.

    Args:
        point: the values of all symbols.
        value: the expression whose derivative it is.
        derivative: its derivative by the symbol.
        way: the inputs that move, and how fast.
        side: 1 for the side that the way points to, -1 for the other.
        ties: nodes that are tied at the point and depend on no input that moves.
        continued: the value at the point where it is known better than by the expression, which is a derivative itself,
            and may have the number of a convention there.
    """
    at = Evaluation(point.bindings, _PREC, ties).value(value) if continued is None else continued
    starts = {symbol: point.bindings[symbol] for symbol in way}
    values, slopes = [], []
    for step in _STEPS:
        with mp.workprec(_PREC):
            size = min((abs(start) if start else mp.one) / abs(way[symbol]) for symbol, start in starts.items())
            distance = side * mp.ldexp(size, -step)
            there = {symbol: start + distance * way[symbol] for symbol, start in starts.items()}
            near, slope = _near({**point.bindings, **there}, (value, derivative), ties)
            # A number that is known otherwise has too few bits to be subtracted from so near a one.
            if is_finite(near) and is_finite(at) and continued is None and not is_finite(slope):
                slope = (near - at) / distance  # the derivative's expression may have no value even beside the point
        values.append(near)
        slopes.append(slope)
    if not all(is_finite(v) for v in values):
        return OneSidedLimit(None, False)
    with mp.workprec(_PREC):
        return OneSidedLimit(_limit(slopes), is_finite(at) and _jumps(at, values))


def _near(bindings: Mapping[Any, Any], expressions: tuple[Any, Any], ties: frozenset[Any]) -> tuple[Value, Value]:
    """The values of two expressions, with bits enough for what does not cancel entirely."""
    prec = _PREC
    while True:
        level = Evaluation(bindings, prec, ties)
        first, second = map(level.value, expressions)
        if not level.cancelled or prec >= _MOST:
            return first, second
        prec *= 2


def _jumps(at: Value, values: list[Value]) -> bool:
    """Whether the differences from the value at the point stop shrinking before rounding makes them up.

    Rounding of literals, too: what is less than a unit in the last place of a float64 is none of the expression's.
    """
    second, third = values[1] - at, values[2] - at
    size = max(abs(at), abs(values[2]))
    rounding = max(mp.ldexp(max(size, _SMALLEST), _ROUNDING), mp.ldexp(size, -_ULP))
    return bool(abs(third) > rounding and abs(third - second) <= mp.ldexp(abs(third), -_STEADY))


def _limit(slopes: list[Value]) -> Value:
    """The limit of a sequence taken at the three distances; None if it has none that can be told."""
    if not all(is_finite(s) for s in slopes):
        return None
    first, second, third = slopes
    if abs(third - second) <= mp.ldexp(abs(third), -SAME):
        with mp.workprec(_RESULT_BITS):
            return +third
    if abs(third) < max(mp.ldexp(abs(second), -_SHRINKS), mp.ldexp(1, _ROUNDING)):
        return mp.zero
    growth = abs(third) > abs(second) > abs(first) and third * second > 0
    if growth and abs(third - second) > _GROWS * abs(second - first):
        return mp.inf if third > 0 else -mp.inf
    return None
