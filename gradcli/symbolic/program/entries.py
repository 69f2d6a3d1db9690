"""Sums, products and functions of entries in arrays, for the counterparts of operations on whole arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gradcli.ops import TABLE
from gradcli.symbolic.program.scalars import Scalars

__all__ = ["call", "dot", "each", "entries_of", "matmul", "total"]


def matmul(scalars: Scalars, a: Any, b: Any) -> Any:
    """The product of two matrices, or of a matrix and a vector."""
    import numpy as np

    columns = b if b.ndim == 2 else b[:, np.newaxis]
    out = np.empty((a.shape[0], columns.shape[1]), dtype=object)
    for i, j in np.ndindex(out.shape):
        out[i, j] = dot(scalars, a[i], columns[:, j])
    return out if b.ndim == 2 else out[:, 0]


def dot(scalars: Scalars, x: Sequence[Any], y: Sequence[Any]) -> Any:
    """The sum of the products of two lists."""
    return total(scalars, [scalars.arithmetic.multiply(p, q) for p, q in zip(x, y, strict=True)])


def total(scalars: Scalars, terms: Sequence[Any]) -> Any:
    """The sum of a list."""
    added = scalars.constants.of(0.0)
    for term in terms:
        added = scalars.arithmetic.add(added, term)
    return added


def entries_of(array: Any) -> Any:
    """Each index of an array with its entry."""
    import numpy as np

    return [(index, array[index]) for index in np.ndindex(array.shape)]


def each(scalars: Scalars, function: Callable[[Any], Any], array: Any) -> Any:
    """A function of one entry, on all of an array."""
    out = array.copy()
    for index, entry in entries_of(array):
        out[index] = function(entry)
    return out


def call(scalars: Scalars, name: str, *entries: Any) -> Any:
    """An elementwise operation of the table on single entries."""
    return scalars.apply(TABLE[name], entries, {})
