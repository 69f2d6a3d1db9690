"""From expressions to truths: the number, or what the point is instead of an ordinary one."""

from __future__ import annotations

import math
from typing import Any

from mpmath import mp

from gradcli.address import EntryAddress
from gradcli.symbolic.derivatives.dependence import Dependence
from gradcli.symbolic.derivatives.describe import culprit, describe
from gradcli.symbolic.derivatives.one_sided_limits import OneSidedLimit, Way, one_sided_limit
from gradcli.symbolic.numbers.adaptive_precision import SAME, Point, agree, is_finite
from gradcli.symbolic.numbers.floats import split, to_float
from gradcli.symbolic.numbers.level import Value
from gradcli.symbolic.protocol.question import Status, Truth

__all__ = ["classify_derivative", "classify_value"]


def classify_value(point: Point, expression: Any, value: Value, output: int) -> Truth:
    """One entry of the program's value, given its number."""
    if is_finite(value):
        return Truth(EntryAddress(output), "number", *split(value))
    status: Status = "complex" if value is None else "undefined" if mp.isnan(value) else "infinite"
    return Truth(EntryAddress(output), status, to_float(value), where=culprit(point, expression))


def classify_derivative(
    point: Point,
    dependence: Dependence,
    value: Any,
    derivative: Any,
    way: Way,
    address: EntryAddress,
    continued: Value = None,
) -> Truth:
    """One entry of the derivative, by one input or along a direction.

    The number of the derivative's expression is the answer where nothing at the point is tied: every function in it is
    smooth there then. Otherwise, or where the expression has no number, its limits from both sides decide: abs(x)**2
    is smooth at 0 although abs is not, and the derivative of sqrt(x**3) has the form 0/0 there. What is differentiated
    may be a derivative itself, and have another number at the point than beside it by a convention alone: that of
    relu(x) - relu(-x) is 1, and SymPy's formula may have another number at 0. Then its own limits are its value.

    Args:
        point: the values of all symbols.
        dependence: tells which ties the way can break; those of other inputs stay tied on both sides.
        value: the expression that was differentiated.
        derivative: its derivative by the symbol.
        way: the inputs that move.
        address: which entry it is.
        continued: the value at the point, as its own limits have it; None where it is the expression's.
    """
    slope, slope_ties = point.evaluate(derivative)
    _, value_ties = point.evaluate(value)
    ties = slope_ties | value_ties
    own = sorted((t for t in ties if not dependence.of(t).isdisjoint(way)), key=lambda t: t.sort_key())
    if not own and is_finite(slope):
        return Truth(address, "number", *split(slope))
    where = describe(own[0]) if own else culprit(point, derivative)
    if not own and slope is None:
        return Truth(address, "complex", math.nan, where=where)
    others = ties - set(own)
    below, above = (one_sided_limit(point, value, derivative, way, side, others, continued) for side in (-1, 1))
    if below.slope is None and above.slope is None and slope is not None and mp.isinf(slope):
        return Truth(address, "infinite", to_float(slope), where=where)
    return _from_limits(point.number(value), below, above, address, where)


def _from_limits(value: Value, below: OneSidedLimit, above: OneSidedLimit, address: EntryAddress, where: str) -> Truth:
    """A truth about an entry that its expression alone does not tell."""
    left, right = below.slope, above.slope
    truth = Truth(
        address,
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
    if mp.isfinite(value) and (below.jumps or above.jumps or not agree(known[0], known[-1], SAME)):
        return truth._replace(status="kink")
    if mp.isinf(value) or mp.isinf(known[0]):
        return truth._replace(status="infinite", high=to_float(known[0]))
    high, low = split(known[0])
    return truth._replace(status="number", high=high, low=low)
