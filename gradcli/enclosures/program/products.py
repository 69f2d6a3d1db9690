"""Products of arrays of enclosed numbers, an entry of the result as one step on the tape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from flint import arb

from gradcli.enclosures.numbers.entry import Entry
from gradcli.enclosures.program.arrays import numbers
from gradcli.enclosures.program.blocks import Matrix, Product
from gradcli.enclosures.program.reductions import dot

__all__ = ["PRODUCTS", "cross", "matmul"]


def matmul(a: Any, b: Any) -> Any:
    """`a @ b`, with stacks of matrices as NumPy broadcasts them.

    Raises:
        ValueError: if the shapes do not fit.
    """
    left = a[None, :] if a.ndim == 1 else a
    right = b[:, None] if b.ndim == 1 else b
    if not a.ndim or not b.ndim or left.shape[-1] != right.shape[-2]:
        raise ValueError(f"shapes {a.shape} and {b.shape} do not fit")
    lead = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    left = np.broadcast_to(left, (*lead, *left.shape[-2:]))
    right = np.broadcast_to(right, (*lead, *right.shape[-2:]))
    out = np.empty((*lead, left.shape[-2], right.shape[-1]), dtype=object)
    for index in np.ndindex(lead):
        out[index] = _product(left[index], right[index])
    if b.ndim == 1:
        out = out[..., 0]
    if a.ndim == 1:
        out = out[..., 0] if b.ndim == 1 else out[..., 0, :]
    return out if out.ndim else out[()]


_WHOLE = 64
"""Multiplications from which a product of matrices is one block of the tape, and not a step an entry."""


def _product(a: Any, b: Any) -> Any:
    """The product of two matrices."""
    out = np.empty((a.shape[0], b.shape[1]), dtype=object)
    if out.size * a.shape[1] >= _WHOLE:
        entries = [*a.ravel(), *b.ravel()]
        tape = entries[0].tape
        length = tape.length if any(type(e.value) is not arb for e in entries) else 1
        left = Matrix.of([e.value for e in a.ravel()], a.shape[0], a.shape[1], length)
        right = Matrix.of([e.value for e in b.ravel()], b.shape[0], b.shape[1], length)
        block = Product(left, right, [e.place for e in entries], tape.length)
        values = (left * right).entries()
        places = tape.record_block(block, out.size) if block.inputs else [-1] * out.size
        out.reshape(-1)[:] = [Entry(tape, value, place) for value, place in zip(values, places, strict=True)]
        return out
    columns = [list(column) for column in b.T]
    for i, row in enumerate(a):
        entries = list(row)
        for j, column in enumerate(columns):
            out[i, j] = dot(entries, column)
    return out


def _dot(a: Any, b: Any) -> Any:
    if not a.ndim or not b.ndim:
        return a * b
    if b.ndim <= 2:
        return matmul(a, b)
    return np.dot(a, b)


def _vdot(a: Any, b: Any) -> Entry:
    return dot(list(a.ravel()), list(b.ravel()))


def cross(a: Any, b: Any) -> Any:
    """The cross product along the last axis."""
    a, b = np.broadcast_arrays(a, b)
    out = np.empty(a.shape, dtype=object)
    for index in np.ndindex(out.shape):
        i, j = (index[-1] + 1) % 3, (index[-1] + 2) % 3
        lead = index[:-1]
        out[index] = a[(*lead, i)] * b[(*lead, j)] - a[(*lead, j)] * b[(*lead, i)]
    return out


PRODUCTS: dict[str, Callable[..., Any]] = {
    "cross": lambda a, b: cross(numbers(a), numbers(b)),
    "dot": lambda a, b: _dot(numbers(a), numbers(b)),
    "matmul": lambda a, b: matmul(numbers(a), numbers(b)),
    "vdot": lambda a, b: _vdot(numbers(a), numbers(b)),
}
"""By the names of the table."""
