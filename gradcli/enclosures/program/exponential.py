"""The exponential of a matrix, and of one of power series.

A matrix of power series acts on vectors of power series as the block matrix that has its coefficient k on the k-th
diagonal of blocks; exp of that has the coefficients of the exponential in its first row of blocks. What the
exponential changes by in a direction is the upper right block of exp([[A, T], [0, A]]).
Source: N. J. Higham, Functions of Matrices (2008), theorem 3.6 and equation 3.16.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import arb, arb_mat

from gradcli.enclosures.functions.decide import Undecidable
from gradcli.enclosures.numbers.entry import Entry
from gradcli.enclosures.numbers.tape import Number, Tape
from gradcli.enclosures.program.blocks import Matrix

__all__ = ["expm"]

_LARGEST = 200
"""Rows of the block matrix whose exponential is taken, which takes two seconds at the first precision."""


def expm(x: Any) -> Any:
    """The exponential of a square matrix.

    Raises:
        Undecidable: if the matrix is too large.
    """
    entries: list[Entry] = list(x.ravel())
    tape: Tape = entries[0].tape
    n, length = len(x), tape.length if any(type(e.value) is not arb for e in entries) else 1
    whole = Matrix.of([e.value for e in entries], n, n, tape.length)
    value = _exponential(Matrix(whole.parts[:length]))
    block = _Exponential(whole, [e.place for e in entries])
    places = tape.record_block(block, n * n) if block.inputs else [-1] * n * n
    out = np.empty((n, n), dtype=object)
    out.reshape(-1)[:] = [Entry(tape, v, place) for v, place in zip(value.entries(), places, strict=True)]
    return out


def _exponential(x: Matrix) -> Matrix:
    n, length = x.parts[0].nrows(), len(x.parts)
    if n * length > _LARGEST:
        raise Undecidable(f"an exponential of more than {_LARGEST} rows, with those of its power series", final=True)
    if length == 1:
        return Matrix([x.parts[0].exp()])
    zero = arb_mat(n, n)
    rows = [[x.parts[j - i] if j >= i else zero for j in range(length)] for i in range(length)]
    whole = _joined(rows).exp()
    return Matrix([_cut(whole, 0, k * n, n) for k in range(length)])


def _joined(blocks: list[list[Any]]) -> Any:
    """A matrix from square blocks of one size."""
    n = blocks[0][0].nrows()
    tables = [[block.tolist() for block in row] for row in blocks]
    return arb_mat([[e for table in row for e in table[i]] for row in tables for i in range(n)])


def _cut(x: Any, row: int, column: int, n: int) -> Any:
    return arb_mat(n, n, [x[row + i, column + j] for i in range(n) for j in range(n)])


class _Exponential:
    """exp(A) as one block of the tape.

    Attributes:
        inputs: the places of A's entries that are recorded.
    """

    def __init__(self, of: Matrix, places: Sequence[int]) -> None:
        self._of = of
        self._places = places
        self.inputs: Sequence[int] = [place for place in places if place >= 0]

    def pull(self, cotangents: Sequence[Number | None]) -> Sequence[Number]:
        """Cotangents of A's entries: the change of exp(A') in the direction of those of exp(A)."""
        n = self._of.parts[0].nrows()
        found = _change(self._of.transposed(), Matrix.of(cotangents, n, n, len(self._of.parts))).entries()
        return [part for part, place in zip(found, self._places, strict=True) if place >= 0]

    def push(self, tangents: Sequence[Number | None]) -> Sequence[Number]:
        """Tangents of exp(A)'s entries."""
        given = iter(tangents)
        both = [next(given) if place >= 0 else None for place in self._places]
        n = self._of.parts[0].nrows()
        return _change(self._of, Matrix.of(both, n, n, len(self._of.parts))).entries()


def _change(a: Matrix, direction: Matrix) -> Matrix:
    """What the exponential changes by."""
    n = a.parts[0].nrows()
    zero = arb_mat(n, n)
    doubled = [_joined([[p, t], [zero, p]]) for p, t in zip(a.parts, direction.parts, strict=True)]
    return Matrix([_cut(part, 0, n, n) for part in _exponential(Matrix(doubled)).parts])
