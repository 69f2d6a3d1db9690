"""Shapes and selections: values where NumPy's function will not do, and transposes.

Written with functions that record on Tensors: every rule can be differentiated again. `g` is the cotangent
of the output, `shape` the shape of the argument.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from math import prod
from typing import Any

import numpy as np

from gradcli.errors import ShapeProblem, UsageProblem
from gradcli.ops.functions.numeric import concatenate, getitem, scatter
from gradcli.ops.functions.protocol import Array, in_shape, protocol
from gradcli.ops.functions.scan_rules import along
from gradcli.ops.functions.transposes import unbroadcast

Shape = tuple[int, ...]


def reshaped(g: Array, shape: Shape, /, **_: Any) -> Array:
    """The entries in the shape of the argument: the transpose of all that keeps them in their order."""
    return in_shape(g, shape)


def moveaxis_transpose(g: Array, shape: Shape, source: Any, destination: Any) -> Array:
    """The axes moved back."""
    return np.moveaxis(g, destination, source)


def swapaxes_transpose(g: Array, shape: Shape, axis1: int, axis2: int) -> Array:
    """The same axes exchanged again."""
    return np.swapaxes(g, axis1, axis2)


@protocol
def flip(x: Array, axis: Any = None) -> Array:
    """The entries in reverse order along axes, a copy, where NumPy's is a view."""
    return np.array(np.flip(x, axis))


def flip_transpose(g: Array, shape: Shape, axis: Any) -> Array:
    """The entries reversed again."""
    return np.flip(g, axis)


def roll_transpose(g: Array, shape: Shape, shift: Any, axis: Any) -> Array:
    """The entries shifted back."""
    return np.roll(g, tuple(-s for s in shift) if isinstance(shift, tuple) else -shift, axis)


def tile_transpose(g: Array, shape: Shape, reps: Any) -> Array:
    """The sum over the copies."""
    counts = reps if isinstance(reps, tuple) else (reps,)
    dims = max(len(counts), len(shape))
    counts = (1,) * (dims - len(counts)) + counts
    sizes = (1,) * (dims - len(shape)) + shape
    copies = np.reshape(g, tuple(n for pair in zip(counts, sizes, strict=True) for n in pair))
    return np.reshape(np.sum(copies, axis=tuple(range(0, 2 * dims, 2))), shape)


def repeat_transpose(g: Array, shape: Shape, repeats: Any, axis: int | None) -> Array:
    """For each entry the sum over its copies."""
    count = int(np.prod(shape, dtype=int)) if axis is None or not shape else shape[axis]
    return take_transpose(g, shape, np.repeat(np.arange(count), repeats), axis)


@protocol
def take(x: Array, indices: Any, axis: int | None = None) -> Array:
    """The entries, or slices along an axis, at these positions."""
    return np.take(x, np.asarray(indices, dtype=int), axis=axis)


def take_transpose(g: Array, shape: Shape, indices: Any, axis: int | None) -> Array:
    """Each cotangent added at the position that its entry came from."""
    index = np.asarray(indices, dtype=int)
    if axis is None or not shape:
        return np.reshape(scatter(g, (index,), (int(np.prod(shape, dtype=int)),)), shape)
    return scatter(g, (*(slice(None),) * (axis % len(shape)), index), shape)


@protocol
def take_along_axis(x: Array, indices: Any, axis: int | None = -1) -> Array:
    """The entries at positions on one axis, which may differ from place to place on the other axes."""
    array, places = np.asarray(x), np.asarray(indices, dtype=int)
    if axis is None or places.ndim != array.ndim:
        return np.take_along_axis(array, places, axis)
    return array[along(places, array.shape, axis)]


def take_along_axis_transpose(g: Array, shape: Shape, indices: Any, axis: int | None) -> Array:
    """Each cotangent added at the position that its entry came from."""
    if axis is None:
        flat = scatter(g, (np.asarray(indices, dtype=int),), (prod(shape),))
        return np.reshape(flat, shape)
    index = along(indices, shape, axis)
    if type(g) is np.ndarray and np.shape(indices)[axis] == 1:  # one position in each line: none occurs twice
        out = np.zeros(shape, g.dtype)
        out[index] = g
        return out
    return scatter(g, index, shape)


@protocol
def pad(x: Array, pad_width: Any) -> Array:
    """The array with zeros around it."""
    return np.pad(x, pad_width)


def pad_transpose(g: Array, shape: Shape, pad_width: Any) -> Array:
    """The cotangents without those of the zeros."""
    widths = np.broadcast_to(np.asarray(pad_width, dtype=int), (len(shape), 2)).tolist()
    return getitem(g, tuple(slice(before, before + n) for (before, _), n in zip(widths, shape, strict=True)))


def diag_transpose(g: Array, shape: Shape, k: int) -> Array:
    """The diagonal of the cotangent of a matrix, or a cotangent on the diagonal of a matrix of zeros."""
    return np.diag(g, k) if len(shape) == 1 else diagonal_transpose(g, shape, k, 0, 1)


@protocol
def diag(x: Array, k: int = 0) -> Array:
    """The matrix with a vector on its diagonal, or a copy of the diagonal of a matrix."""
    return np.array(np.diag(x, k))


@protocol
def diagonal(x: Array, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    """The diagonals of two axes, as the last axis: a view that can be written to if the array can."""
    array = np.asarray(x)
    shown = np.diagonal(array, offset, axis1, axis2)
    shown.flags.writeable = array.flags.writeable
    return shown


def diagonal_transpose(g: Array, shape: Shape, offset: int, axis1: int, axis2: int) -> Array:
    """Arrays of zeros with the cotangents on their diagonals."""
    if type(g) is np.ndarray:
        out = np.zeros(shape, g.dtype)
        shown = np.diagonal(out, offset, axis1, axis2)
        shown.flags.writeable = True
        shown[...] = g
        return out
    rows = np.arange(np.shape(g)[-1]) + max(-offset, 0)
    columns = np.arange(np.shape(g)[-1]) + max(offset, 0)
    kept = tuple(n for i, n in enumerate(shape) if i not in (axis1 % len(shape), axis2 % len(shape)))
    full = (*kept, shape[axis1], shape[axis2])
    return np.moveaxis(scatter(g, (*(slice(None),) * len(kept), rows, columns), full), (-2, -1), (axis1, axis2))


def tril_transpose(g: Array, shape: Shape, k: int) -> Array:
    """The lower triangle of the cotangent."""
    return unbroadcast(np.tril(g, k), shape)  # NumPy makes a matrix of a vector, each row the same


def triu_transpose(g: Array, shape: Shape, k: int) -> Array:
    """The upper triangle of the cotangent."""
    return unbroadcast(np.triu(g, k), shape)


@protocol
def split(x: Array, sections: Any, axis: int = 0) -> tuple[Array, ...]:
    """As many equal pieces as asked for, or the pieces between positions.

    Raises:
        ShapeProblem: if so many equal pieces do not make up the axis.
    """
    n = _length(x, axis)
    if isinstance(sections, int) and (sections < 1 or n % sections):
        raise ShapeProblem(
            f"an axis of length {n} does not split into {sections} equal pieces",
            hint="array_split makes pieces that differ by one; split(x, [2, 5]) makes x[:2], x[2:5] and x[5:]",
        )
    return tuple(np.split(x, sections, axis)) if isinstance(sections, int) else _pieces(x, sections, axis)


@protocol
def array_split(x: Array, sections: Any, axis: int = 0) -> tuple[Array, ...]:
    """As many pieces as asked for, whose lengths differ by one at most, or the pieces between positions."""
    _length(x, axis)
    if isinstance(sections, int) and sections < 1:
        raise ShapeProblem(f"an axis cannot be split into {sections} pieces")
    return tuple(np.array_split(x, sections, axis))


@protocol
def chunk(x: Array, chunks: int, axis: int = 0) -> tuple[Array, ...]:
    """Pieces of one length, of which the last may be shorter; fewer than asked for where that length makes fewer."""
    n = _length(x, axis)
    if chunks < 1:
        raise ShapeProblem(f"an axis cannot be cut into {chunks} pieces")
    size = max(1, -(-n // chunks))
    return _pieces(x, range(size, n, size), axis)


def _pieces(x: Array, positions: Iterable[int], axis: int) -> tuple[Array, ...]:
    """The pieces of an axis between positions: views."""
    lead = (slice(None),) * (axis % np.ndim(x))
    bounds = [None, *positions, None]
    return tuple([x[(*lead, slice(a, b))] for a, b in pairwise(bounds)])


def _length(x: Array, axis: int) -> int:
    """The length of an axis."""
    shape = np.shape(x)
    if not -len(shape) <= axis < len(shape):
        raise ShapeProblem(f"there is no axis {axis} in an array of shape {shape}")
    return int(shape[axis])


def joined(g: list[Array], shape: Shape, /, axis: int, **statics: Any) -> Array:
    """The cotangents of the pieces joined; added up where pieces overlap, as positions that go back make them."""
    if sum(np.shape(piece)[axis] for piece in g) == shape[axis]:
        return concatenate(*g, axis=axis)
    lead = (slice(None),) * (axis % len(shape))
    bounds = (0, *statics["sections"], shape[axis])
    total: Any = 0.0
    for piece, start, stop in zip(g, bounds, bounds[1:], strict=False):
        total = total + scatter(piece, (*lead, slice(start, stop)), shape)
    return total


@protocol
def meshgrid(*arrays: Array, indexing: str = "xy") -> tuple[Array, ...]:
    """For each vector an array with an axis for each: the vector along its own axis, the same along the others.

    Raises:
        ShapeProblem: for a matrix.
        UsageProblem: for another indexing than "xy" (the first vector runs along the columns) and "ij".
    """
    if indexing not in ("xy", "ij"):
        raise UsageProblem(f"meshgrid's indexing is 'xy' or 'ij', not {indexing!r}")
    if any(np.ndim(a) > 1 for a in arrays):
        raise ShapeProblem("meshgrid takes vectors", hint="ravel(x) makes one of any array")
    return tuple(np.meshgrid(*arrays, indexing=indexing))  # type: ignore[call-overload]  # seen to just above


def meshgrid_transpose(g: list[Array], shapes: list[Shape], indexing: str) -> list[Array]:
    """For each vector the sum over all axes but its own."""
    own = list(range(len(g)))
    if indexing == "xy" and len(g) > 1:
        own[:2] = [1, 0]
    return [
        np.reshape(np.sum(part, axis=tuple(i for i in range(len(g)) if i != k)), shape)
        for part, k, shape in zip(g, own, shapes, strict=True)
    ]


@protocol
def unpack(x: Array, place: int, count: int) -> Array:
    """One of the slices along the first axis, of which there must be as many as `count` says.

    Raises:
        ShapeProblem: if there are more or fewer.
    """
    shape = np.shape(x)
    if not shape:
        raise ShapeProblem(f"a number cannot be unpacked to {count} names")
    if shape[0] != count:
        raise ShapeProblem(f"an array of shape {shape} has {shape[0]} slices for {count} names")
    return getitem(x, (place,))


def unpack_transpose(g: Array, shape: Shape, /, place: int, **_: Any) -> Array:
    """Zeros with the cotangent in the place of the slice."""
    return scatter(g, (place,), shape)
