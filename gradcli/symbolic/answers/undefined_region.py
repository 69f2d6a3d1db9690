"""Where a claim has no value although the derivative exists, said as a condition on the variable."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from gradcli.symbolic.protocol.inquiry import Inquiry, Outcome

__all__ = ["undefined_region"]

_STEPS = 60
"""Halvings of the interval that holds the edge: more than the 52 that a float64's digits allow."""

_NEAR = 1e-9
"""How near the edge is to a fraction with a small denominator to be that: 1/3, and not 0.33333333331."""

_DENOMINATOR = 100
"""The largest denominator of such a fraction."""


def undefined_region(inquiry: Inquiry, outcomes: Sequence[Outcome], status: Callable[[Mapping[str, Any]], str]) -> str:
    """Something like "x < 0"; "" unless one number is free, and a single place parts where the claim has a value.

    Args:
        inquiry: with the points.
        outcomes: one for each.
        status: of the outcome at any other point.

    >>> inquiry = Inquiry("x*log(x**2)", (), ({"x": 1.0}, {"x": -1.0}), ("x",))
    >>> outcomes = [Outcome("agree", ()), Outcome("undefined", ())]
    >>> undefined_region(inquiry, outcomes, lambda point: "agree" if point["x"] > 0 else "undefined")
    'x <= 0'
    """
    if (
        len(inquiry.free) != 1
        or inquiry.assume
        or inquiry.indices
        or isinstance(inquiry.points[0][inquiry.free[0]], list | tuple)
    ):
        return ""
    name = inquiry.free[0]
    parted: dict[str, list[float]] = {"agree": [], "undefined": []}
    for point, outcome in zip(inquiry.points, outcomes, strict=True):
        if outcome.status in parted:
            parted[outcome.status].append(float(point[name]))
    good, bad = parted["agree"], parted["undefined"]
    if not good or not bad:
        return ""
    below = max(bad) < min(good)
    if not below and not max(good) < min(bad):
        return ""
    inside, outside = (max(bad), min(good)) if below else (min(bad), max(good))
    edge = _edge(inside, outside, lambda x: status({**inquiry.points[0], name: x}) == "undefined")
    return f"{name} {'<' if below else '>'}{'=' if edge[1] else ''} {_text(edge[0])}"


def _edge(inside: float, outside: float, undefined: Callable[[float], bool]) -> tuple[float, bool]:
    """The place between a number without a value and one with, and whether it is without itself."""
    for _ in range(_STEPS):
        middle = (inside + outside) / 2
        if middle in (inside, outside) or abs(outside - inside) < _NEAR / 100:
            break
        inside, outside = (middle, outside) if undefined(middle) else (inside, middle)
    simple = float(Fraction(inside).limit_denominator(_DENOMINATOR))
    edge = simple if abs(simple - inside) < _NEAR * max(1.0, abs(inside)) else inside
    return edge, undefined(edge)


def _text(number: float) -> str:
    return str(int(number)) if number.is_integer() else f"{number:.10g}"
