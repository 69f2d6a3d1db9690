"""Transposes of linear maps and weights of reductions.

Written with NumPy functions only, so that on arrays they compute and on Tensors they record: every rule
can be differentiated again. `g` is the cotangent of the output; `shape` the shape of the argument.
"""

from __future__ import annotations

from functools import cache
from math import prod
from typing import Any

import numpy as np

from gradcli.ops.functions.numeric import concatenate, getitem, scatter, stack
from gradcli.ops.functions.protocol import Array, in_shape

Shape = tuple[int, ...]


def unbroadcast(g: Array, shape: Shape) -> Array:
    """The sum of a cotangent over the axes along which NumPy repeated an argument of this shape."""
    whole = np.shape(g)
    extra = len(whole) - len(shape)
    stretched = tuple(range(extra)) + tuple([i + extra for i, n in enumerate(shape) if n == 1 != whole[i + extra]])
    if not stretched:
        return in_shape(g, shape)
    if type(g) is np.ndarray:
        return np.add.reduce(g, axis=stretched, keepdims=True).reshape(shape)
    summed = np.sum(g, axis=stretched, keepdims=True)
    return summed if np.shape(summed) == shape else np.reshape(summed, shape)


_FEW = 1024
"""Entries that are copied in less time than NumPy takes to look at a shape."""


def repeated(g: Array, shape: Shape) -> Array:
    """`np.broadcast_to`, quicker for small arrays."""
    if type(g) is np.ndarray or type(g) is np.float64:
        if g.shape == shape:
            return g
        if prod(shape) <= _FEW:
            out = np.empty(shape, g.dtype)
            out[...] = g
            return out
    return np.broadcast_to(g, shape)


def spread(g: Array, shape: Shape, axis: Any) -> Array:
    """A reduction's cotangent (or value) with the reduced axes as axes of length one, where it has others."""
    if axis is None and not np.ndim(g):
        return g  # broadcasting gives it as many axes as are needed
    if type(axis) is int:
        at = axis % len(shape) if shape else 0
        return in_shape(g, (*shape[:at], 1, *shape[at + 1 :]) if shape else ())
    axes = range(len(shape)) if axis is None else (axis if isinstance(axis, tuple) else (axis,))
    reduced = {a % len(shape) for a in axes} if shape else set()
    return in_shape(g, tuple([1 if i in reduced else n for i, n in enumerate(shape)]))


def share_of_ties(x: Array, out: Array, axis: Any) -> Array:
    """1 shared equally by the entries that are equal to the extremum, as in PyTorch's amax."""
    ties = np.equal(x, out)
    return ties / np.sum(ties, axis=axis, keepdims=True)


def product_of_others(x: Array, out: Array, axis: Any) -> Array:
    """For each entry the product of all others over the axes, exact where entries are 0 too.

    Products of everything before times products of everything after, each by a scan that doubles its
    stride: log2(n) recorded multiplications.
    Source: W. D. Hillis, G. L. Steele, "Data parallel algorithms", CACM 29 (1986) 1170-1183.
    """
    shape = np.shape(x)
    if not shape:
        return np.ones_like(np.asarray(x, dtype=float)) if isinstance(x, np.ndarray | np.generic) else x * 0 + 1
    if 0 in shape:
        return np.ones(shape)
    axes = tuple(range(len(shape))) if axis is None else (axis if isinstance(axis, tuple) else (axis,))
    axes = tuple(a % len(shape) for a in axes)
    kept = tuple(i for i in range(len(shape)) if i not in axes)
    order = kept + axes
    if order == tuple(range(len(shape))):  # nothing moves
        rows = np.reshape(x, (*shape[: len(kept)], -1))
        return np.reshape(_exclusive_scan(rows) * _reverse(_exclusive_scan(_reverse(rows))), shape)
    flat = np.reshape(np.transpose(x, order), (*(shape[i] for i in kept), -1))
    others = _exclusive_scan(flat) * _reverse(_exclusive_scan(_reverse(flat)))
    return np.transpose(np.reshape(others, tuple(shape[i] for i in order)), tuple(int(i) for i in np.argsort(order)))


def _reverse(x: Array) -> Array:
    """The last axis reversed."""
    if type(x) is np.ndarray:
        return x[..., ::-1]
    return getitem(x, (Ellipsis, slice(None, None, -1)))


def _exclusive_scan(x: Array) -> Array:
    """For each entry the product of all entries before it on the last axis."""
    if type(x) is np.ndarray:
        return _exclusive_products(x)
    ones = np.ones((*np.shape(x)[:-1], 1))
    scan = concatenate(ones, getitem(x, (Ellipsis, slice(None, -1))), axis=-1)
    stride, n = 1, np.shape(scan)[-1]
    while stride < n:
        head = getitem(scan, (Ellipsis, slice(None, stride)))
        tail = getitem(scan, (Ellipsis, slice(stride, None))) * getitem(scan, (Ellipsis, slice(None, -stride)))
        scan = concatenate(head, tail, axis=-1)
        stride *= 2
    return scan


def _exclusive_products(x: Array) -> Array:
    """The same of an array, with the same roundings, in its own memory."""
    scan = np.ones(x.shape, dtype=np.result_type(x, np.float64))
    scan[..., 1:] = x[..., :-1]
    stride, n = 1, x.shape[-1]
    while stride < n:
        scan[..., stride:] *= scan[..., :-stride].copy()
        stride *= 2
    return scan


def _swap(x: Array) -> Array:
    """The transposed matrices."""
    if type(x) is np.ndarray:
        return x.swapaxes(-1, -2)
    return np.transpose(x, (*range(np.ndim(x) - 2), np.ndim(x) - 1, np.ndim(x) - 2))


def _columns(x: Array) -> Array:
    """Vectors as matrices of one column."""
    return in_shape(x, (*np.shape(x), 1))


def _rows(x: Array) -> Array:
    """Vectors as matrices of one row."""
    return in_shape(x, (*np.shape(x)[:-1], 1, np.shape(x)[-1]))


def matmul_a(g: Array, a: Array, b: Array) -> Array:
    """The cotangent g b' of the first argument, with vectors seen as matrices of one row or one column."""
    if np.ndim(a) == 2 == np.ndim(b):
        return np.matmul(g, _swap(b))
    if np.ndim(a) == 2 and np.ndim(b) == 1:
        return _columns(g) * b
    if np.ndim(a) == 1 == np.ndim(b):
        return g * b
    b2 = _columns(b) if np.ndim(b) == 1 else b
    g2 = _columns(g) if np.ndim(b) == 1 else g
    g3 = _rows(g2) if np.ndim(a) == 1 else g2
    product = np.matmul(g3, _swap(b2))
    return unbroadcast(np.reshape(product, _without_row(product, a)), np.shape(a))


def _without_row(product: Array, a: Array) -> Shape:
    """The shape of a product without the row that a vector was seen as."""
    shape = np.shape(product)
    return (*shape[:-2], shape[-1]) if np.ndim(a) == 1 else shape


def matmul_b(g: Array, a: Array, b: Array) -> Array:
    """The cotangent a' g of the second argument, with vectors seen as in `matmul_a`."""
    if np.ndim(a) == 2 and np.ndim(b) <= 2:
        return np.matmul(_swap(a), g)
    if np.ndim(a) == 1 == np.ndim(b):
        return g * a
    a2 = np.reshape(a, (1, np.shape(a)[0])) if np.ndim(a) == 1 else a
    g2 = _columns(g) if np.ndim(b) == 1 else g
    g3 = _rows(g2) if np.ndim(a) == 1 else g2
    product = np.matmul(_swap(a2), g3)
    shape = np.shape(product)
    return unbroadcast(np.reshape(product, shape[:-1]) if np.ndim(b) == 1 else product, np.shape(b))


def outer_a(g: Array, a: Array, b: Array) -> Array:
    """The matrix g times the vector b."""
    return np.reshape(np.matmul(g, np.reshape(b, (-1,))), np.shape(a))


def outer_b(g: Array, a: Array, b: Array) -> Array:
    """The vector a times the matrix g."""
    return np.reshape(np.matmul(np.reshape(a, (-1,)), g), np.shape(b))


def times_divisor(y: Array, out: Array, x: Array) -> Array:
    """The product y*out, which the quotient undoes."""
    return y * out


def over_divisor(y: Array, product: Array, x: Array) -> Array:
    """The quotient of which `times_divisor` gives this product."""
    return product / y


def trace_transpose(g: Array, shape: Shape) -> Array:
    """g on the diagonal of a matrix of zeros."""
    rest = shape[2:]
    return np.reshape(g, (1, 1, *rest)) * np.eye(shape[0], shape[1]).reshape(shape[0], shape[1], *(1 for _ in rest))


def transpose_transpose(g: Array, shape: Shape, axes: Any) -> Array:
    """The axes in the order that they had before."""
    if axes is None:
        return np.transpose(g)
    back = _inverse(axes)
    return g.transpose(back) if type(g) is np.ndarray else np.transpose(g, back)


@cache
def _inverse(axes: tuple[int, ...] | int) -> tuple[int, ...]:
    """The permutation that undoes one, of which axes may be counted from the end; of one axis it is a number."""
    every = axes if isinstance(axes, tuple) else (axes,)
    places = [int(axis) % len(every) for axis in every]
    return tuple(places.index(i) for i in range(len(every)))


def reshape_transpose(g: Array, shape: Shape, /, **_: Any) -> Array:
    """The cotangent in the shape of the argument."""
    return in_shape(g, shape)


def broadcast_transpose(g: Array, shape: Shape, /, **_: Any) -> Array:
    """The sum over the axes along which the argument was repeated."""
    return unbroadcast(g, shape)


def concatenate_transpose(g: Array, shapes: list[Shape], axis: int | None) -> list[Array]:
    """For each array its part of the cotangent."""
    if axis is None:  # each is laid out in a row before
        rows = concatenate_transpose(g, [(int(np.prod(shape, dtype=int)),) for shape in shapes], 0)
        return [np.reshape(row, shape) for row, shape in zip(rows, shapes, strict=True)]
    lead = (slice(None),) * (axis % len(shapes[0]))
    cotangents, start = [], 0
    for shape in shapes:
        stop = start + shape[axis]
        cotangents.append(g[(*lead, slice(start, stop))])
        start = stop
    return cotangents


def hstack_transpose(g: Array, shapes: list[Shape]) -> list[Array]:
    lines = [shape or (1,) for shape in shapes]
    parts = concatenate_transpose(g, lines, 0 if len(lines[0]) == 1 else 1)
    return [np.reshape(part, shape) for part, shape in zip(parts, shapes, strict=True)]


def vstack_transpose(g: Array, shapes: list[Shape]) -> list[Array]:
    rows = [shape if len(shape) > 1 else (1, *(shape or (1,))) for shape in shapes]
    parts = concatenate_transpose(g, rows, 0)
    return [np.reshape(part, shape) for part, shape in zip(parts, shapes, strict=True)]


def stack_transpose(g: Array, shapes: list[Shape], axis: int) -> list[Array]:
    """For each array its slice of the cotangent."""
    lead = (slice(None),) * (axis % (len(shapes[0]) + 1))
    return list(g) if type(g) is np.ndarray and not lead else [g[(*lead, i)] for i in range(len(shapes))]


def getitem_transpose(g: Array, shape: Shape, index: tuple[Any, ...]) -> Array:
    """Zeros with the cotangents added at the index."""
    return scatter(g, index, shape)


def scatter_transpose(g: Array, of: Shape, /, index: tuple[Any, ...], **_: Any) -> Array:
    """The cotangents at the index."""
    return np.broadcast_to(getitem(g, index), of)


def identity_transpose(g: Array, shape: Shape, **_: Any) -> Array:
    """The cotangent itself."""
    return g


def unbind_transpose(g: list[Array], shape: Shape, axis: int) -> Array:
    """The cotangents of the slices stacked."""
    return stack(*g, axis=axis)
