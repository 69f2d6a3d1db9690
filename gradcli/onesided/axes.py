"""Reductions, scans and orderings of one-sided series along axes, and matrices by elimination."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cmp_to_key
from typing import Any

import numpy as np

from gradcli.onesided.functions import apply
from gradcli.onesided.series import Context, OneSidedSeries
from gradcli.ops import TABLE
from gradcli.ops.calls.axes import along_axes, along_axis, axes_of, over_axes

__all__ = ["AXES"]


def _call(context: Context, name: str, *args: OneSidedSeries) -> OneSidedSeries:
    return apply(context, TABLE[name], list(args))


def _total(context: Context, entries: list[OneSidedSeries]) -> OneSidedSeries:
    return sum(entries, context.number(0))


def _largest(context: Context, entries: list[OneSidedSeries], name: str) -> OneSidedSeries:
    result = entries[0]
    for entry in entries[1:]:
        result = _call(context, name, result, entry)
    return result


def _ordered(entries: list[OneSidedSeries]) -> list[OneSidedSeries]:
    """In ascending order for small t; with an entry that has no value none has a known one."""
    failure = next((e for e in entries if e.failure), None)
    return [failure] * len(entries) if failure else sorted(entries, key=cmp_to_key(_compare))


def _compare(a: OneSidedSeries, b: OneSidedSeries) -> int:
    return (a - b).sign()


def _mean(context: Context, entries: list[OneSidedSeries]) -> OneSidedSeries:
    return _total(context, entries) * context.number(Fraction(1, len(entries)))


def _variance(context: Context, entries: list[OneSidedSeries], ddof: int) -> OneSidedSeries:
    mean = _mean(context, entries)
    squares = [(entry - mean) * (entry - mean) for entry in entries]
    return _total(context, squares) / context.number(len(entries) - ddof)


def _median(context: Context, entries: list[OneSidedSeries]) -> OneSidedSeries:
    ordered = _ordered(entries)
    return _mean(context, [ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]])


def _norm(context: Context, entries: list[OneSidedSeries], order: Any) -> OneSidedSeries:
    if order is None or order in (2, "fro"):
        return _call(context, "sqrt", _total(context, [e * e for e in entries]))
    sizes = [_call(context, "abs", e) for e in entries]
    if order in (float("inf"), -float("inf")):
        return _largest(context, sizes, "maximum" if order > 0 else "minimum")
    if isinstance(order, str):
        return OneSidedSeries.failed(context, "unknown")
    if order == 0:
        return _total(context, [_flag(context, e) for e in entries])
    power = context.number(float(order))
    return _call(
        context, "pow", _total(context, [_call(context, "pow", s, power) for s in sizes]), context.number(1) / power
    )


def _flag(context: Context, entry: OneSidedSeries) -> OneSidedSeries:
    return _call(context, "not_equal", entry, context.number(0))


def _norm_over(context: Context, x: Any, ord: Any, axis: Any, keepdims: bool) -> Any:
    axes = axes_of(axis, x.ndim)
    if len(axes) == 2 and ord in _BY_SUMS:
        return _matrix_norm(context, x, ord, axes, keepdims)
    if len(axes) > 1 and ord not in (None, "fro"):
        raise NotImplementedError  # the caller knows what to make of it
    return over_axes(x, axis, keepdims, lambda entries: _norm(context, entries, ord))


_BY_SUMS = (1, -1, float("inf"), -float("inf"))


def _matrix_norm(context: Context, x: Any, order: float, axes: Sequence[int], keepdims: bool) -> Any:
    """The largest or smallest sum of absolute values, of a column for the orders 1 and -1, of a row for the others."""
    summed, compared = axes if abs(order) == 1 else (axes[1], axes[0])
    name = "maximum" if order > 0 else "minimum"
    sums = over_axes(x, summed, True, lambda entries: _norm(context, entries, 1))
    found = over_axes(sums, compared, True, lambda entries: _largest(context, entries, name))
    return found if keepdims else np.squeeze(found, axis=tuple(axes))[()]


def _softmax(context: Context, entries: list[OneSidedSeries]) -> list[OneSidedSeries]:
    powers = [_call(context, "exp", entry) for entry in entries]
    total = _total(context, powers)
    return [power / total for power in powers]


def _pick(context: Context, entries: list[OneSidedSeries], name: str) -> OneSidedSeries:
    best = 0
    for i, entry in enumerate(entries):
        if entry.failure:
            return entry
        if i and _call(context, name, entry, entries[best]).sign():
            best = i
    return context.number(best)


Rule = Callable[..., Any]


def _reducing(function: Callable[..., OneSidedSeries]) -> Rule:
    def rule(context: Context, x: Any, axis: Any, keepdims: bool, **statics: Any) -> Any:
        return over_axes(x, axis, keepdims, lambda entries: function(context, entries, **statics))

    return rule


AXES: dict[str, Rule] = {
    "sum": _reducing(_total),
    "mean": _reducing(_mean),
    "prod": _reducing(lambda context, entries: np.prod(np.array(entries, dtype=object), initial=context.number(1))),
    "max": _reducing(lambda context, entries: _largest(context, entries, "maximum")),
    "min": _reducing(lambda context, entries: _largest(context, entries, "minimum")),
    "var": _reducing(_variance),
    "std": _reducing(lambda context, entries, ddof: _call(context, "sqrt", _variance(context, entries, ddof))),
    "logsumexp": _reducing(
        lambda context, entries: _call(context, "log", _total(context, [_call(context, "exp", e) for e in entries]))
    ),
    "median": _reducing(_median),
    "norm": _norm_over,
    "any": _reducing(lambda context, entries: _flag(context, _total(context, [_flag(context, e) for e in entries]))),
    "all": _reducing(lambda context, entries: np.prod(np.array([_flag(context, e) for e in entries], dtype=object))),
    "count_nonzero": _reducing(lambda context, entries: _total(context, [_flag(context, e) for e in entries])),
    "argmax": _reducing(lambda context, entries: _pick(context, entries, "greater")),
    "argmin": _reducing(lambda context, entries: _pick(context, entries, "less")),
    "softmax": lambda context, x, axis: along_axes(x, axis, lambda entries: _softmax(context, entries)),
    "log_softmax": lambda context, x, axis: along_axes(
        x, axis, lambda entries: [_call(context, "log", e) for e in _softmax(context, entries)]
    ),
    "sort": lambda context, x, axis: along_axis(x, axis, _ordered),
}
"""By the operation's name: (context, array, the static arguments) -> array, or a single series."""
