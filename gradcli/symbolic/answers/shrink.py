"""The simplest point at which a claim is still wrong: shrinking, as tests with random inputs know it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from gradcli.symbolic.protocol.inquiry import Inquiry

__all__ = ["shrink"]

_SIMPLE = (0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 3.0, -3.0, 10.0)
"""Simple numbers, the simplest first."""

_TRIES = 60
"""Points that are tried: all the simple numbers for each of six inputs."""

_LARGEST_ROUNDED = 1e15
"""A float64 beyond this has hardly a fractional part, and rounding makes it no simpler."""


def shrink(inquiry: Inquiry, found: int, fails: Callable[[Mapping[str, Any]], bool]) -> dict[str, Any]:
    """A point at which the claim fails, number by number replaced by a simpler one as long as it still does.

    Args:
        inquiry: with the points, and the ranges that must not be left.
        found: the first point that fails.
        fails: tells of any other.

    >>> inquiry = Inquiry("x", (), ({"x": 2.25, "y": [1.5]},), ("x", "y"))
    >>> shrink(inquiry, 0, lambda point: point["x"] > 1)
    {'x': 2.0, 'y': [0.0]}
    """
    point = deepcopy(inquiry.points[found])
    tries = 0
    for name in inquiry.free:
        low, high = inquiry.ranges.get(name, (-float("inf"), float("inf")))
        for holder, key in list(_places(point, name)):
            old = holder[key]
            for new in _candidates(old):
                if not low <= new <= high:
                    continue
                if tries == _TRIES:
                    return point
                tries += 1
                holder[key] = new
                if fails(point):
                    break
                holder[key] = old
    return point


def _candidates(number: float) -> list[float]:
    """Numbers that are simpler than this one, the simplest first."""
    order = [n for n in _SIMPLE if n == number]
    known = _SIMPLE.index(order[0]) if order else len(_SIMPLE)
    rounded = [float(round(number))] if not order and abs(number) < _LARGEST_ROUNDED and round(number) != number else []
    return [*_SIMPLE[:known], *(r for r in rounded if r not in _SIMPLE)]


def _places(point: dict[str, Any], name: str) -> Iterator[tuple[Any, Any]]:
    """Where a variable's numbers stand: the mapping or list, and the key in it."""
    stack: list[tuple[Any, Any]] = [(point, name)]
    while stack:
        holder, key = stack.pop()
        if isinstance(holder[key], list):
            stack += [(holder[key], i) for i in reversed(range(len(holder[key])))]
        else:
            yield holder, key
