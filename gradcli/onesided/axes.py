"""Reductions, scans and orderings of one-sided series along axes, and matrices by elimination."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cmp_to_key
from typing import Any

import numpy as np

from gradcli.onesided.functions import apply
from gradcli.onesided.series import OneSidedSeries, World
from gradcli.ops import TABLE
from gradcli.ops.calls.axes import along_axis, axes_of, over_axes

__all__ = ["AXES"]


def _call(world: World, name: str, *args: OneSidedSeries) -> OneSidedSeries:
    return apply(world, TABLE[name], list(args))


def _total(world: World, entries: list[OneSidedSeries]) -> OneSidedSeries:
    return sum(entries, world.number(0))


def _largest(world: World, entries: list[OneSidedSeries], name: str) -> OneSidedSeries:
    result = entries[0]
    for entry in entries[1:]:
        result = _call(world, name, result, entry)
    return result


def _ordered(entries: list[OneSidedSeries]) -> list[OneSidedSeries]:
    """In ascending order for small t; with an entry that has no value none has a known one."""
    fault = next((e for e in entries if e.fault), None)
    return [fault] * len(entries) if fault else sorted(entries, key=cmp_to_key(_compare))


def _compare(a: OneSidedSeries, b: OneSidedSeries) -> int:
    return (a - b).sign()


def _mean(world: World, entries: list[OneSidedSeries]) -> OneSidedSeries:
    return _total(world, entries) * world.number(Fraction(1, len(entries)))


def _variance(world: World, entries: list[OneSidedSeries], ddof: int) -> OneSidedSeries:
    mean = _mean(world, entries)
    squares = [(entry - mean) * (entry - mean) for entry in entries]
    return _total(world, squares) / world.number(len(entries) - ddof)


def _median(world: World, entries: list[OneSidedSeries]) -> OneSidedSeries:
    ordered = _ordered(entries)
    return _mean(world, [ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]])


def _norm(world: World, entries: list[OneSidedSeries], order: Any) -> OneSidedSeries:
    if order is None or order in (2, "fro"):
        return _call(world, "sqrt", _total(world, [e * e for e in entries]))
    sizes = [_call(world, "abs", e) for e in entries]
    if order in (float("inf"), -float("inf")):
        return _largest(world, sizes, "maximum" if order > 0 else "minimum")
    if isinstance(order, str):
        return OneSidedSeries.bad(world, "unknown")
    if order == 0:
        return _total(world, [_flag(world, e) for e in entries])
    power = world.number(float(order))
    return _call(world, "pow", _total(world, [_call(world, "pow", s, power) for s in sizes]), world.number(1) / power)


def _flag(world: World, entry: OneSidedSeries) -> OneSidedSeries:
    return _call(world, "not_equal", entry, world.number(0))


def _norm_over(world: World, x: Any, ord: Any, axis: Any, keepdims: bool) -> Any:
    if len(axes_of(axis, x.ndim)) > 1 and ord not in (None, "fro"):
        raise NotImplementedError  # the caller knows what to make of it
    return over_axes(x, axis, keepdims, lambda entries: _norm(world, entries, ord))


def _softmax(world: World, entries: list[OneSidedSeries]) -> list[OneSidedSeries]:
    powers = [_call(world, "exp", entry) for entry in entries]
    total = _total(world, powers)
    return [power / total for power in powers]


def _pick(world: World, entries: list[OneSidedSeries], name: str) -> OneSidedSeries:
    best = 0
    for i, entry in enumerate(entries):
        if entry.fault:
            return entry
        if i and _call(world, name, entry, entries[best]).sign():
            best = i
    return world.number(best)


Rule = Callable[..., Any]


def _reducing(function: Callable[..., OneSidedSeries]) -> Rule:
    def rule(world: World, x: Any, axis: Any, keepdims: bool, **statics: Any) -> Any:
        return over_axes(x, axis, keepdims, lambda entries: function(world, entries, **statics))

    return rule


AXES: dict[str, Rule] = {
    "sum": _reducing(_total),
    "mean": _reducing(_mean),
    "prod": _reducing(lambda world, entries: np.prod(np.array(entries, dtype=object), initial=world.number(1))),
    "max": _reducing(lambda world, entries: _largest(world, entries, "maximum")),
    "min": _reducing(lambda world, entries: _largest(world, entries, "minimum")),
    "var": _reducing(_variance),
    "std": _reducing(lambda world, entries, ddof: _call(world, "sqrt", _variance(world, entries, ddof))),
    "logsumexp": _reducing(
        lambda world, entries: _call(world, "log", _total(world, [_call(world, "exp", e) for e in entries]))
    ),
    "median": _reducing(_median),
    "norm": _norm_over,
    "any": _reducing(lambda world, entries: _flag(world, _total(world, [_flag(world, e) for e in entries]))),
    "all": _reducing(lambda world, entries: np.prod(np.array([_flag(world, e) for e in entries], dtype=object))),
    "count_nonzero": _reducing(lambda world, entries: _total(world, [_flag(world, e) for e in entries])),
    "argmax": _reducing(lambda world, entries: _pick(world, entries, "greater")),
    "argmin": _reducing(lambda world, entries: _pick(world, entries, "less")),
    "softmax": lambda world, x, axis: along_axis(x, axis, lambda entries: _softmax(world, entries)),
    "log_softmax": lambda world, x, axis: along_axis(
        x, axis, lambda entries: [_call(world, "log", e) for e in _softmax(world, entries)]
    ),
    "sort": lambda world, x, axis: along_axis(x, axis, _ordered),
}
"""By the operation's name: (world, array, the static arguments) -> array, or a single series."""
