"""The simplest point at which a claim is still wrong: shrinking, as tests with random inputs know it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from gradcli.symbolic.protocol.inquiry import Inquiry, Interval

__all__ = ["shrink"]

_SIMPLE = (0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 3.0, -3.0, 10.0)
"""Simple numbers, the simplest first."""

_TRIES = 60
"""Points that are tried: all the simple numbers for each of six inputs."""

_LARGEST_ROUNDED = 1e15
"""A float64 beyond this has hardly a fractional part, and rounding makes it no simpler."""


def shrink(
    inquiry: Inquiry,
    found: int,
    fails: Callable[[Mapping[str, Any]], bool],
    settle: Callable[[dict[str, Any]], bool] = lambda point: True,
) -> dict[str, Any]:
    """A point at which the claim fails, number by number replaced by a simpler one as long as it still does.

    Args:
        inquiry: with the points, and the ranges that must not be left.
        found: the first point that fails.
        fails: tells of any other.
        settle: changes a point so that it satisfies what is assumed; tells whether it can be one.

    >>> inquiry = Inquiry("x", (), ({"x": 2.25, "y": [1.5]},), ("x", "y"))
    >>> shrink(inquiry, 0, lambda point: point["x"] > 1)
    {'x': 2.0, 'y': [0.0]}
    """
    point = deepcopy(inquiry.points[found])
    tries = 0
    for name in inquiry.free:
        if name in inquiry.indices:  # the points have them from the least on
            continue
        inside = Interval(*inquiry.ranges.get(name, Interval()))
        for place in _places(point, name):
            holder, key = _at(point, place)
            for new in _candidates(holder[key]):
                if not inside.holds(new):
                    continue
                if tries == _TRIES:
                    return point
                tries += 1
                other = deepcopy(point)
                holder, key = _at(other, place)
                holder[key] = new
                if settle(other) and fails(other):
                    point = other
                    break
    return point


def _candidates(number: float) -> list[float]:
    """Numbers that are simpler than this one, the simplest first."""
    order = [n for n in _SIMPLE if n == number]
    known = _SIMPLE.index(order[0]) if order else len(_SIMPLE)
    rounded = [float(round(number))] if not order and abs(number) < _LARGEST_ROUNDED and round(number) != number else []
    return [*_SIMPLE[:known], *(r for r in rounded if r not in _SIMPLE)]


def _places(point: dict[str, Any], name: str) -> list[tuple[Any, ...]]:
    """Where a variable's numbers stand: its name, and the indices."""
    places: list[tuple[Any, ...]] = []
    stack: list[tuple[Any, ...]] = [(name,)]
    while stack:
        place = stack.pop()
        holder, key = _at(point, place)
        if isinstance(holder[key], list):
            stack += [(*place, i) for i in reversed(range(len(holder[key])))]
        else:
            places.append(place)
    return places


def _at(point: dict[str, Any], place: tuple[Any, ...]) -> tuple[Any, Any]:
    """The mapping or list that holds a number, and the key in it."""
    holder: Any = point
    for key in place[:-1]:
        holder = holder[key]
    return holder, place[-1]
