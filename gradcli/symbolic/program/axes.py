"""Counterparts of the operations along axes: reductions, norms, softmax, orderings.

Each takes what combines entries, object arrays of entries and the operation's static arguments, and gives an
object array of entries or a single one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import sympy

from gradcli.ops import TABLE
from gradcli.ops.calls.axes import along_axes, along_axis, axes_of, over_axes
from gradcli.symbolic.functions.order_statistics import Ranked
from gradcli.symbolic.numbers.errors import Inexpressible
from gradcli.symbolic.program.decompositions import svdvals
from gradcli.symbolic.program.entries import call, dot, each, total
from gradcli.symbolic.program.scalars import Scalars

__all__ = ["AXES"]


def _softmax(scalars: Scalars, x: Any, axis: Any) -> Any:
    return along_axes(x, axis, lambda entries: _shares(scalars, entries))


def _log_softmax(scalars: Scalars, x: Any, axis: Any) -> Any:
    return along_axes(x, axis, lambda entries: [call(scalars, "log", e) for e in _shares(scalars, entries)])


def _shares(scalars: Scalars, entries: list[Any]) -> list[Any]:
    powers = [call(scalars, "exp", entry) for entry in entries]
    normalizer = scalars.arithmetic.compact(total(scalars, powers))
    return [scalars.arithmetic.divide(power, normalizer) for power in powers]


def _var(scalars: Scalars, x: Any, axis: Any, keepdims: bool, ddof: int) -> Any:
    return over_axes(x, axis, keepdims, lambda entries: _variance(scalars, entries, ddof))


def _std(scalars: Scalars, x: Any, axis: Any, keepdims: bool, ddof: int) -> Any:
    return over_axes(x, axis, keepdims, lambda entries: call(scalars, "sqrt", _variance(scalars, entries, ddof)))


def _variance(scalars: Scalars, entries: list[Any], ddof: int) -> Any:
    arithmetic, count = scalars.arithmetic, len(entries)
    mean = arithmetic.compact(arithmetic.divide(total(scalars, entries), scalars.constants.of(float(count))))
    deviations = [arithmetic.compact(arithmetic.subtract(entry, mean)) for entry in entries]
    return arithmetic.divide(dot(scalars, deviations, deviations), scalars.constants.of(float(count - ddof)))


def _nonzero(scalars: Scalars, entry: Any) -> Any:
    return call(scalars, "where", call(scalars, "not_equal", entry, scalars.constants.of(0.0)),
                  scalars.constants.of(1.0), scalars.constants.of(0.0))  # fmt: skip


def _count_nonzero(scalars: Scalars, x: Any, axis: Any, keepdims: bool) -> Any:
    return over_axes(x, axis, keepdims, lambda entries: total(scalars, [_nonzero(scalars, e) for e in entries]))


def _any(scalars: Scalars, x: Any, axis: Any, keepdims: bool) -> Any:
    return over_axes(x, axis, keepdims, lambda entries: _nonzero(scalars, total(scalars, _flags(scalars, entries))))


def _all(scalars: Scalars, x: Any, axis: Any, keepdims: bool) -> Any:
    def every(entries: list[Any]) -> Any:
        product = scalars.constants.of(1.0)
        for flag in _flags(scalars, entries):
            product = scalars.arithmetic.multiply(product, flag)
        return product

    return over_axes(x, axis, keepdims, every)


def _flags(scalars: Scalars, entries: list[Any]) -> list[Any]:
    return [_nonzero(scalars, e) for e in entries]


def _numbers(scalars: Scalars, entries: Sequence[Any]) -> list[Any]:
    """The entries' values, to tell which is larger."""
    found = [scalars.constants.point.number(scalars.arithmetic.compact(e)) for e in entries]
    if any(number is None for number in found):
        raise Inexpressible("what has no real value has no place in an order")
    return found


def _argmax(scalars: Scalars, x: Any, axis: Any, keepdims: bool) -> Any:
    return over_axes(x, axis, keepdims, lambda entries: _first(scalars, entries, max))


def _argmin(scalars: Scalars, x: Any, axis: Any, keepdims: bool) -> Any:
    return over_axes(x, axis, keepdims, lambda entries: _first(scalars, entries, min))


def _first(scalars: Scalars, entries: list[Any], extreme: Callable[..., Any]) -> Any:
    numbers = _numbers(scalars, entries)
    return scalars.constants.of(float(numbers.index(extreme(numbers))))


def _sort(scalars: Scalars, x: Any, axis: int | None) -> Any:
    def in_order(entries: list[Any]) -> list[Any]:
        solid = [scalars.arithmetic.compact(e) for e in entries]
        return [Ranked(sympy.Integer(k), *solid) for k in range(len(solid))]

    return along_axis(x, axis, in_order)


def _argsort(scalars: Scalars, x: Any, axis: int | None) -> Any:
    def positions(entries: list[Any]) -> list[Any]:
        numbers = _numbers(scalars, entries)
        return [scalars.constants.of(float(i)) for i in sorted(range(len(numbers)), key=lambda i: numbers[i])]

    return along_axis(x if x.ndim else x.reshape(1), axis, positions)


def _cross(scalars: Scalars, a: Any, b: Any) -> Any:
    import numpy as np

    a, b = np.broadcast_arrays(a, b)
    out = np.array(a)
    for index in np.ndindex(out.shape):
        i, j = (index[-1] + 1) % 3, (index[-1] + 2) % 3
        lead = index[:-1]
        products = [scalars.arithmetic.multiply(a[*lead, p], b[*lead, q]) for p, q in ((i, j), (j, i))]
        out[index] = scalars.arithmetic.subtract(*products)
    return out


def _norm(scalars: Scalars, x: Any, ord: Any, axis: Any, keepdims: bool) -> Any:
    axes = axes_of(axis, x.ndim)
    if ord is None or ord == "fro" or (ord == 2 and len(axes) == 1):
        return over_axes(x, axes, keepdims, lambda entries: call(scalars, "sqrt", dot(scalars, entries, entries)))
    if isinstance(ord, str) or (len(axes) == 2 and abs(ord) == 2):
        return _spectral_norm(scalars, x, ord, axes, keepdims)
    sizes = each(scalars, lambda entry: call(scalars, "abs", entry), x)
    if len(axes) == 1:
        return over_axes(sizes, axes, keepdims, lambda entries: _vector_norm(scalars, entries, ord))
    summed, compared = axes if abs(ord) == 1 else axes[::-1]
    sums = over_axes(sizes, summed, True, lambda entries: total(scalars, entries))
    sums = over_axes(sums, compared, True, lambda entries: _extreme(scalars, entries, "max" if ord > 0 else "min"))
    return sums if keepdims else over_axes(sums, axes, False, lambda entries: entries[0])


def _spectral_norm(scalars: Scalars, x: Any, ord: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    """The sum of the singular values, the largest or the smallest."""
    import numpy as np

    matrices = np.moveaxis(x, axes, (-2, -1))
    out = np.empty(matrices.shape[:-2], dtype=object)
    for index in np.ndindex(out.shape):
        values = svdvals(scalars, matrices[index])
        out[index] = total(scalars, values) if ord == "nuc" else values[0 if ord > 0 else -1]
    out = np.expand_dims(out, axes) if keepdims else out
    return out if out.ndim else out[()]


def _vector_norm(scalars: Scalars, sizes: list[Any], ord: float) -> Any:
    if math.isinf(ord):
        return _extreme(scalars, sizes, "max" if ord > 0 else "min")
    if ord == 0:
        return total(scalars, _flags(scalars, sizes))
    arithmetic, order = scalars.arithmetic, scalars.constants.of(float(ord))
    powers = [arithmetic.power(size, order) for size in sizes]
    return arithmetic.power(total(scalars, powers), arithmetic.divide(scalars.constants.of(1.0), order))


def _extreme(scalars: Scalars, entries: list[Any], name: str) -> Any:
    return scalars.reduce(TABLE[name], entries)


def _vdot(scalars: Scalars, a: Any, b: Any) -> Any:
    return dot(scalars, list(a.ravel()), list(b.ravel()))


AXES: dict[str, Callable[..., Any]] = {
    "all": _all,
    "any": _any,
    "argmax": _argmax,
    "argmin": _argmin,
    "argsort": _argsort,
    "count_nonzero": _count_nonzero,
    "cross": _cross,
    "log_softmax": _log_softmax,
    "norm": _norm,
    "softmax": _softmax,
    "sort": _sort,
    "std": _std,
    "var": _var,
    "vdot": _vdot,
}
