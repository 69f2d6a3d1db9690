"""From expressions to truths: the number, or what the point is instead of an ordinary one."""

from __future__ import annotations

import math
from typing import Any

from mpmath import mp

from gradcli.symbolic.derivatives.dependence import Dependence
from gradcli.symbolic.derivatives.describe import culprit, describe
from gradcli.symbolic.derivatives.one_sided_limits import Side, look
from gradcli.symbolic.numbers.adaptive_precision import Point, agree, is_finite
from gradcli.symbolic.numbers.floats import split, to_float
from gradcli.symbolic.numbers.level import Value
from gradcli.symbolic.protocol.question import Status, Truth

__all__ = ["derivative_truth", "value_truth"]

_SAME = 60


def value_truth(point: Point, expression: Any, value: Value, output: int) -> Truth:
    """One entry of the program's value, given its number."""
    if is_finite(value):
        return Truth(output, "", 0, "number", *split(value))
    status: Status = "complex" if value is None else "undefined" if mp.isnan(value) else "infinite"
    return Truth(output, "", 0, status, to_float(value), where=culprit(point, expression))


def derivative_truth(
    point: Point, dependence: Dependence, value: Any, derivative: Any, symbol: Any, place: tuple[int, str, int]
) -> Truth:
    """One entry of the derivative.

    Args:
        value: the expression that was differentiated.
        place: the output's index, the variable, and the index into it.
    """
    slope, slope_ties = point.settle(derivative)
    _, value_ties = point.settle(value)
    ties = slope_ties | value_ties
    own = sorted((t for t in ties if symbol in dependence.of(t)), key=lambda t: t.sort_key())
    if not own and is_finite(slope):
        return Truth(*place, "number", *split(slope))
    where = describe(own[0]) if own else culprit(point, derivative)
    if not own and slope is None:
        return Truth(*place, "complex", math.nan, where=where)
    others = ties - set(own)
    below = look(point, value, derivative, symbol, -1, others)
    above = look(point, value, derivative, symbol, 1, others)
    left, right = below.slope, above.slope
    if left is None and right is None and slope is not None and mp.isinf(slope):
        return Truth(*place, "infinite", to_float(slope), where=where)
    return _from_sides(point.number(value), below, above, place, where)


def _from_sides(value: Value, below: Side, above: Side, place: tuple[int, str, int], where: str) -> Truth:
    left, right = below.slope, above.slope
    truth = Truth(
        *place,
        "undefined",
        math.nan,
        left=None if left is None else to_float(left),
        right=None if right is None else to_float(right),
        where=where,
    )
    known = [s for s in (right, left) if s is not None]
    if value is None:
        return truth._replace(status="complex")
    if mp.isnan(value) or not known:
        return truth
    if mp.isfinite(value) and (below.jumps or above.jumps or not agree(known[0], known[-1], _SAME)):
        return truth._replace(status="kink")
    if mp.isinf(value) or mp.isinf(known[0]):
        return truth._replace(status="infinite", high=to_float(known[0]))
    high, low = split(known[0])
    return truth._replace(status="number", high=high, low=low)
