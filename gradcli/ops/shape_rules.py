"""Shapes and selections: values where NumPy's function will not do, and transposes.

Written with functions that record on Tensors: every rule can be differentiated again. `g` is the cotangent
of the output, `shape` the shape of the argument.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.numeric import getitem, scatter
from gradcli.ops.protocol import Array, protocol
from gradcli.ops.rules import unbroadcast
from gradcli.ops.scan_rules import along

Shape = tuple[int, ...]


def reshaped(g: Array, shape: Shape, /, **_: Any) -> Array:
    """The transpose of whatever keeps the entries in their order."""
    return np.reshape(g, shape)


def moveaxis_transpose(g: Array, shape: Shape, source: Any, destination: Any) -> Array:
    """The axes back where they were."""
    return np.moveaxis(g, destination, source)


def swapaxes_transpose(g: Array, shape: Shape, axis1: int, axis2: int) -> Array:
    """The same exchange."""
    return np.swapaxes(g, axis1, axis2)


def flip_transpose(g: Array, shape: Shape, axis: Any) -> Array:
    """The same reversal."""
    return np.flip(g, axis)


def roll_transpose(g: Array, shape: Shape, shift: Any, axis: Any) -> Array:
    """The opposite shift."""
    return np.roll(g, tuple(-s for s in shift) if isinstance(shift, tuple) else -shift, axis)


def tile_transpose(g: Array, shape: Shape, reps: Any) -> Array:
    """The sum of the copies."""
    counts = reps if isinstance(reps, tuple) else (reps,)
    dims = max(len(counts), len(shape))
    counts = (1,) * (dims - len(counts)) + counts
    sizes = (1,) * (dims - len(shape)) + shape
    copies = np.reshape(g, tuple(n for pair in zip(counts, sizes, strict=True) for n in pair))
    return np.reshape(np.sum(copies, axis=tuple(range(0, 2 * dims, 2))), shape)


def repeat_transpose(g: Array, shape: Shape, repeats: Any, axis: int | None) -> Array:
    """The sum of each entry's copies."""
    count = int(np.prod(shape, dtype=int)) if axis is None else shape[axis]
    return take_transpose(g, shape, np.repeat(np.arange(count), repeats), axis)


@protocol
def take(x: Array, indices: Any, axis: int | None = None) -> Array:
    """Entries, or slices along an axis, by their positions."""
    return np.take(x, np.asarray(indices, dtype=int), axis=axis)


def take_transpose(g: Array, shape: Shape, indices: Any, axis: int | None) -> Array:
    """Each cotangent added where its entry came from."""
    index = np.asarray(indices, dtype=int)
    if axis is None:
        return np.reshape(scatter(g, (index,), (int(np.prod(shape, dtype=int)),)), shape)
    return scatter(g, (*(slice(None),) * (axis % len(shape)), index), shape)


@protocol
def take_along_axis(x: Array, indices: Any, axis: int = -1) -> Array:
    """Entries by their positions on one axis, which may differ from place to place on the others."""
    return np.take_along_axis(x, np.asarray(indices, dtype=int), axis)


def take_along_axis_transpose(g: Array, shape: Shape, indices: Any, axis: int) -> Array:
    """Each cotangent added where its entry came from."""
    return scatter(g, along(indices, shape, axis), shape)


@protocol
def pad(x: Array, pad_width: Any) -> Array:
    """Zeros around the array."""
    return np.pad(x, pad_width)


def pad_transpose(g: Array, shape: Shape, pad_width: Any) -> Array:
    """The part within the zeros."""
    widths = np.broadcast_to(np.asarray(pad_width, dtype=int), (len(shape), 2)).tolist()
    return getitem(g, tuple(slice(before, before + n) for (before, _), n in zip(widths, shape, strict=True)))


def diag_transpose(g: Array, shape: Shape, k: int) -> Array:
    """The diagonal of a matrix, or a diagonal within zeros."""
    return np.diag(g, k) if len(shape) == 1 else diagonal_transpose(g, shape, k, 0, 1)


@protocol
def diagonal(x: Array, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    """The diagonals of two axes, as the last axis."""
    return np.array(np.diagonal(x, offset, axis1, axis2))


def diagonal_transpose(g: Array, shape: Shape, offset: int, axis1: int, axis2: int) -> Array:
    """Diagonals within zeros."""
    rows = np.arange(np.shape(g)[-1]) + max(-offset, 0)
    columns = np.arange(np.shape(g)[-1]) + max(offset, 0)
    kept = tuple(n for i, n in enumerate(shape) if i not in (axis1 % len(shape), axis2 % len(shape)))
    full = (*kept, shape[axis1], shape[axis2])
    return np.moveaxis(scatter(g, (*(slice(None),) * len(kept), rows, columns), full), (-2, -1), (axis1, axis2))


def tril_transpose(g: Array, shape: Shape, k: int) -> Array:
    """The same triangle."""
    return unbroadcast(np.tril(g, k), shape)  # NumPy makes a matrix of a vector, each row the same


def triu_transpose(g: Array, shape: Shape, k: int) -> Array:
    """The same triangle."""
    return unbroadcast(np.triu(g, k), shape)
