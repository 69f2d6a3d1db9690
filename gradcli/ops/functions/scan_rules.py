"""Cumulative sums and products, softmax and sorting: values and rules.

Written with functions that record on Tensors: every rule can be differentiated again.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from gradcli.ops.functions.numeric import concatenate, getitem, scatter
from gradcli.ops.functions.protocol import Array, plain, protocol, quiet

Shape = tuple[int, ...]


def cumsum_transpose(g: Array, shape: Shape, axis: int | None) -> Array:
    """The sums of g from each entry to the end."""
    along = 0 if axis is None else axis
    return np.reshape(np.flip(np.cumsum(np.flip(g, along), axis=along), along), shape)


def cumprod_pull(g: Array, x: Array, axis: int | None) -> Array:
    """By the recurrence r[k] = g[k] + x[k+1]*r[k+1], which is exact where entries are 0 too."""
    rows, cotangents = _rows(x, axis), _rows(g, 0 if axis is None else axis)
    ones = np.ones((*np.shape(rows)[:-1], 1))
    after = concatenate(getitem(rows, (Ellipsis, slice(1, None))), ones, axis=-1)
    sums = np.flip(_recurrence(np.flip(after, -1), np.flip(cotangents, -1)), -1)
    return _back(sums * _before(rows), np.shape(x), axis)


def cumprod_push(t: Array, x: Array, axis: int | None) -> Array:
    """By the recurrence s[k] = x[k]*s[k-1] + out[k-1]*t[k]."""
    rows = _rows(x, axis)
    sums = _recurrence(rows, _before(rows) * _rows(t, axis))
    return sums if axis is None or not np.ndim(x) else np.moveaxis(sums, -1, axis)


def _rows(x: Array, axis: int | None) -> Array:
    """The axis of a scan as the last one; all entries in a row without an axis."""
    return np.reshape(x, (-1,)) if axis is None or not np.ndim(x) else np.moveaxis(x, axis, -1)


def _back(rows: Array, shape: Shape, axis: int | None) -> Array:
    """The entries where `_rows` took them from."""
    return np.reshape(rows, shape) if axis is None or not shape else np.moveaxis(rows, -1, axis)


def _before(rows: Array) -> Array:
    """For each entry the product of all entries before it."""
    if type(rows) is np.ndarray:
        before = np.ones(rows.shape, dtype=np.result_type(rows, np.float64))
        before[..., 1:] = np.multiply.accumulate(rows[..., :-1], axis=-1)
        return before
    ones = np.ones((*np.shape(rows)[:-1], 1))
    return concatenate(ones, np.cumprod(getitem(rows, (Ellipsis, slice(None, -1))), axis=-1), axis=-1)


def _recurrence(a: Array, b: Array) -> Array:
    """s with s[k] = a[k]*s[k-1] + b[k] along the last axis, by a scan that doubles its stride.

    Source: W. D. Hillis, G. L. Steele, "Data parallel algorithms", CACM 29 (1986) 1170-1183.
    """
    stride, n = 1, np.shape(a)[-1]
    if type(a) is np.ndarray and type(b) is np.ndarray:
        return _recurrence_of_arrays(a.copy(), b.astype(np.result_type(a, b)))
    while stride < n:
        first, rest = slice(None, stride), slice(stride, None)
        tail = getitem(a, (Ellipsis, rest))
        reached = getitem(b, (Ellipsis, slice(None, -stride)))
        b = concatenate(getitem(b, (Ellipsis, first)), getitem(b, (Ellipsis, rest)) + tail * reached, axis=-1)
        a = concatenate(getitem(a, (Ellipsis, first)), tail * getitem(a, (Ellipsis, slice(None, -stride))), axis=-1)
        stride *= 2
    return b


def _recurrence_of_arrays(a: Array, b: Array) -> Array:
    """The same of arrays, with the same roundings, in their own memory."""
    stride, n = 1, a.shape[-1]
    while stride < n:
        b[..., stride:] += a[..., stride:] * b[..., :-stride]
        a[..., stride:] *= a[..., :-stride].copy()
        stride *= 2
    return b


@protocol
@quiet
def softmax(x: Array, axis: Any = -1) -> Array:
    """exp(x)/sum(exp(x)) over an axis, without overflow."""
    powers = np.exp(x - np.maximum.reduce(x, axis=axis, keepdims=True))
    return powers / np.add.reduce(powers, axis=axis, keepdims=True)


def softmax_pull(g: Array, out: Array, axis: Any) -> Array:
    """out*(t - sum(out*t)); the Jacobian is symmetric, so that both modes are one."""
    return out * (g - _total(out * g, axis))


def _total(x: Array, axis: Any) -> Array:
    """The sum along an axis, which is kept."""
    if type(x) is np.ndarray:
        return np.add.reduce(x, axis=axis, keepdims=True)
    return np.sum(x, axis=axis, keepdims=True)


@protocol
@quiet
def log_softmax(x: Array, axis: Any = -1) -> Array:
    """log(softmax(x)) without underflow."""
    shifted = x - np.maximum.reduce(x, axis=axis, keepdims=True)
    return shifted - np.log(np.add.reduce(np.exp(shifted), axis=axis, keepdims=True))


def log_softmax_pull(g: Array, out: Array, axis: Any) -> Array:
    """g minus softmax(x)*sum(g)."""
    return g - np.exp(out) * _total(g, axis)


def log_softmax_push(t: Array, out: Array, axis: Any) -> Array:
    """t - sum(softmax(x)*t)."""
    return t - np.sum(np.exp(out) * t, axis=axis, keepdims=True)


@protocol
def argsort(x: Array, axis: int | None = -1) -> Array:
    """Positions that sort the entries; equal entries stay in their order, which NumPy leaves to the processor."""
    return np.argsort(x, axis=axis, kind="stable")


def sort_pull(g: Array, x: Array, axis: int | None) -> Array:
    """The cotangent of each entry of the result, at the place that the entry came from."""
    numbers = plain(x)
    if axis is None:
        order = np.argsort(numbers, axis=None, kind="stable")
        return np.reshape(scatter(g, (order,), (numbers.size,)), numbers.shape)
    order = np.argsort(numbers, axis=axis, kind="stable")
    return scatter(g, along(order, numbers.shape, axis), numbers.shape)


def sort_push(t: Array, x: Array, axis: int | None) -> Array:
    """The tangents in the order that the entries have in the result."""
    numbers = plain(x)
    if axis is None:
        return getitem(np.reshape(t, (-1,)), (np.argsort(numbers, axis=None, kind="stable"),))
    return getitem(t, along(np.argsort(numbers, axis=axis, kind="stable"), numbers.shape, axis))


def along(indices: Any, shape: Shape, axis: int) -> tuple[Any, ...]:
    """The index that picks these positions on one axis, at every place of the other axes."""
    grid: list[Any] = [*grid_of(shape)]
    grid[axis] = np.asarray(indices, dtype=int)
    return tuple(grid)


@lru_cache(maxsize=64)
def grid_of(shape: Shape) -> tuple[Any, ...]:
    """For each axis the positions along it, with axes of length one in the place of the others."""
    return tuple(np.arange(n).reshape([-1 if i == k else 1 for k in range(len(shape))]) for i, n in enumerate(shape))
