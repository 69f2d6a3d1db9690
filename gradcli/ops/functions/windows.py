"""Parts of an array by where they lie in its memory: what a view shows of memory that has been changed since.

A window is (offset, sizes, strides), all counted in entries of the array in C order; None stands for the whole array.
An index picks from what the window shows, as NumPy's does.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from gradcli.ops.functions.numeric import getitem, scatter
from gradcli.ops.functions.protocol import Array, protocol

__all__ = ["Window", "copy_slices", "copy_slices_transpose", "gather", "gather_transpose", "shown"]

Window: TypeAlias = "tuple[int, tuple[int, ...], tuple[int, ...]] | None"
Shape: TypeAlias = "tuple[int, ...]"
Index: TypeAlias = "tuple[Any, ...]"


def shown(array: Array, window: Window) -> Array:
    """The window of an array in C order, without copying.

    >>> shown(np.arange(6.0).reshape(2, 3), (1, (2,), (3,)))
    array([1., 4.])
    """
    if window is None:
        return array
    offset, sizes, strides = window
    size = array.itemsize
    return np.ndarray(sizes, array.dtype, array, offset * size, tuple([size * stride for stride in strides]))


@protocol
def gather(x: Array, window: Window = None, index: Index = (Ellipsis,)) -> Array:
    """The entries that a window and an index pick."""
    return np.array(shown(np.ascontiguousarray(x), window)[index])


def gather_transpose(g: Array, shape: Shape, window: Window, index: Index) -> Array:
    """Zeros with the cotangents added at the places of the entries."""
    places = _places(shape, window, index)
    return np.reshape(scatter(np.reshape(g, (-1,)), (places,), (int(np.prod(shape, dtype=int)),)), shape)


@protocol
def copy_slices(base: Array, values: Array, window: Window = None, index: Index = (Ellipsis,)) -> Array:
    """A copy of an array with values put at the places that a window and an index pick."""
    out = np.array(base, order="C")
    shown(out, window)[index] = values
    return out


def copy_slices_transpose(g: Array, shapes: list[Shape], window: Window, index: Index) -> list[Array]:
    """The cotangent with zeros at the places, and the cotangents at the places."""
    kept = np.ones(shapes[0], dtype=bool)
    shown(kept, window)[index] = False
    values = getitem(np.reshape(g, (-1,)), (_places(shapes[0], window, index),))
    return [np.where(kept, g, 0.0), np.reshape(values, shapes[1])]


def _places(shape: Shape, window: Window, index: Index) -> Array:
    """The positions in C order, in a row."""
    return np.reshape(shown(np.arange(int(np.prod(shape, dtype=int))).reshape(shape), window)[index], (-1,))
