"""One-sided derivatives: what the derivative tends to when one input moves towards its value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from mpmath import mp

from gradcli.symbolic.numbers.adaptive_precision import Point, is_finite
from gradcli.symbolic.numbers.evaluate import Evaluation
from gradcli.symbolic.numbers.level import Value

__all__ = ["Side", "look"]

# Three distances, each the square of the one before, and bits enough for a difference of such numbers.
_STEPS = (100, 200, 400)
_PREC = 1400
_MOST = 11_200
"""Where a sum cancels, as in 1 - cos(x**3) at such a distance, twice the bits are tried, up to so many."""
_NEAR = 60
_DIGITS = 200
_ROUNDING = -900
_TINY = mp.ldexp(1, -300)


class Side(NamedTuple):
    """One side of a point.

    Attributes:
        slope: the derivative's limit, possibly infinite; None where there is none.
        jumps: whether the value there tends to something else than the value at the point.
    """

    slope: Value
    jumps: bool


def look(point: Point, value: Any, derivative: Any, symbol: Any, direction: int, ties: frozenset[Any]) -> Side:
    """Evaluate a derivative closer and closer to the point, on one side of it.

    Args:
        value: the expression whose derivative it is.
        symbol: the input that moves.
        direction: 1 for the side above, -1 for the side below.
        ties: nodes that are tied at the point and do not depend on the symbol.
    """
    at = Evaluation(point.bindings, _PREC, ties).value(value)
    start = point.bindings[symbol]
    values, slopes = [], []
    for step in _STEPS:
        with mp.workprec(_PREC):
            distance = direction * mp.ldexp(abs(start) if start else mp.one, -step)
            near, slope = _near({**point.bindings, symbol: start + distance}, (value, derivative), ties)
            if is_finite(near) and is_finite(at) and not is_finite(slope):
                slope = (near - at) / distance
        values.append(near)
        slopes.append(slope)
    if not all(is_finite(v) for v in values):
        return Side(None, False)
    with mp.workprec(_PREC):
        return Side(_limit(slopes), is_finite(at) and _jumps(at, values))


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
    """Whether the differences from the value at the point stop shrinking before rounding makes them up."""
    second, third = values[1] - at, values[2] - at
    rounding = mp.ldexp(max(abs(at), abs(values[2]), _TINY), _ROUNDING)
    return bool(abs(third) > rounding and abs(third - second) <= mp.ldexp(abs(third), -20))


def _limit(slopes: list[Value]) -> Value:
    """The limit of a sequence taken at 2**-100, 2**-200, 2**-400; None if it has none that can be told."""
    if not all(is_finite(s) for s in slopes):
        return None
    first, second, third = slopes
    if abs(third - second) <= mp.ldexp(abs(third), -_NEAR):
        with mp.workprec(_DIGITS):
            return +third
    if abs(third) < max(mp.ldexp(abs(second), -10), mp.ldexp(1, _ROUNDING)):
        return mp.zero
    growth = abs(third) > abs(second) > abs(first) and third * second > 0
    if growth and abs(third - second) > 1.5 * abs(second - first):
        return mp.inf if third > 0 else -mp.inf
    return None
