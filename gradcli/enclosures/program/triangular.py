"""Q and R as implicit functions of a matrix, with the signs that NumPy gives the diagonal of R.

A = Q*R, Q'Q = 1 and a triangular R with a diagonal of known signs define both where A has full rank. An approximate
R, which need not be right, takes A to M = A*inv(R), whose columns are nearly orthonormal: M'M = 1 + E. The triangular
T = 1 + U with T'T = M'M is near 1. U = up(E - U'U), where up takes the upper triangle and half of the diagonal, maps
matrices of entries of at most r into themselves if those of E are at most r/2 <= 1/(4*n): by Brouwer's theorem one of
them is U.

What Q and R change by with A follows from dA = dQ*R + Q*dR and dQ'Q + Q'dQ = 0: with Z = dR*inv(R), which is
triangular, and P = dA*inv(R) it is Z = up(Q'P + P'Q) and dQ = P - Q*Z.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import arb, arb_mat

from gradcli.enclosures.functions.decide import Undecidable
from gradcli.enclosures.numbers.entry import Entry
from gradcli.enclosures.numbers.tape import Number, Tape
from gradcli.enclosures.program.blocks import Matrix, identity_series, solve
from gradcli.enclosures.program.eigen import floats, undefined
from gradcli.enclosures.program.exact import exact_rank
from gradcli.enclosures.program.isolation import largest
from gradcli.enclosures.program.products import matmul

__all__ = ["qr"]

_LARGEST = 60
"""Rows and columns of what is decomposed: of so many the gradient takes a second at the first precision."""

_ROUNDS = 2
"""In which U is narrowed: each squares what is not known of it."""


def qr(x: Any, mode: str) -> tuple[Any, Any]:
    """Q with orthonormal columns and an upper triangular R, with x = Q*R.

    Raises:
        Undecidable: if the columns are linearly dependent, or not told from such.
    """
    m, n = x.shape
    if max(m, n) > _LARGEST:
        raise Undecidable(f"Q and R are enclosed of matrices of up to {_LARGEST} rows and columns", final=True)
    count, tape = min(m, n), _tape(x)
    diagonal = np.diagonal(np.linalg.qr(floats(x), mode=mode)[1])  # type: ignore[call-overload]  # bound before
    left, square = _factors(x[:, :count], [-1 if d < 0 else 1 for d in diagonal.tolist()])
    beyond = m if mode == "complete" else count
    q = np.empty((m, beyond), dtype=object)
    r = np.empty((beyond, n), dtype=object)
    r.reshape(-1)[:] = [Entry(tape, arb(0)) for _ in range(r.size)]
    q[:, :count], r[:count, :count] = left, square
    if n > count:
        r[:, count:] = matmul(left.T, x[:, count:])
    reason = "some columns of Q of qr(..., mode='complete') are not unique"
    for j in range(count, beyond):
        q[:, j] = [undefined(tape, list(x.ravel()), reason, True) for _ in range(m)]
    return q, r


def _tape(x: Any) -> Tape:
    tape: Tape = x.flat[0].tape
    return tape


def _factors(x: Any, signs: list[int]) -> tuple[Any, Any]:
    """Q and R of a matrix that has no more columns than rows, recorded as one block."""
    m, n = x.shape
    entries: list[Entry] = list(x.ravel())
    tape, varying = _tape(x), any(type(e.value) is not arb for e in entries)
    given = Matrix.of([e.value for e in entries], m, n, tape.length if varying else 1)
    q, r = _series(given, signs)
    # what is below the diagonal is exactly 0, whatever x is
    above = [i <= j for i in range(n) for j in range(n)]
    kept = [number for number, up in zip(r.entries(), above, strict=True) if up]
    numbers = [*q.entries(), *kept]
    block = _Factors(q, r, [e.place for e in entries], tape.length)
    places = tape.record_block(block, len(numbers)) if block.inputs else [-1] * len(numbers)
    found = [Entry(tape, number, place) for number, place in zip(numbers, places, strict=True)]
    left, square = np.empty((m, n), dtype=object), np.empty((n, n), dtype=object)
    left.reshape(-1)[:] = found[: m * n]
    square.reshape(-1)[:] = [Entry(tape, arb(0)) for _ in range(n * n)]
    square[np.triu_indices(n)] = found[m * n :]
    return left, square


def _series(a: Matrix, signs: list[int]) -> tuple[Matrix, Matrix]:
    """Q and R, their power series coefficient by coefficient."""
    q0, r0 = _constant(a.parts[0], signs)
    q, r = [q0], [r0]
    inverse = r0.inv() if len(a.parts) > 1 else None
    for k in range(1, len(a.parts)):
        rest, turn = a.parts[k], arb_mat(q0.ncols(), q0.ncols())
        for i in range(1, k):
            rest = rest - q[i] * r[k - i]
            turn = turn + q[i].transpose() * q[k - i]
        scaled = rest * inverse
        inner = q0.transpose() * scaled
        z = _up(inner + inner.transpose() + turn)
        q.append(scaled - q0 * z)
        r.append(z * r0)
    return Matrix(q), Matrix(r)


def _constant(a: Any, signs: list[int]) -> tuple[Any, Any]:
    """Q and R of a matrix of balls."""
    n = a.ncols()
    try:
        near = _approximate(a, signs)
        scaled = a * near.inv()
    except ZeroDivisionError:
        raise _dependent(a) from None
    one = identity_series(n, 1).parts[0]
    error = scaled.transpose() * scaled - one
    size = largest(error.entries())
    if not size * (4 * n) <= 1:
        raise _dependent(a)
    reach = arb(0, 2 * size)
    u = arb_mat(n, n, [reach if i <= j else 0 for i in range(n) for j in range(n)])
    for _ in range(_ROUNDS):
        u = _up(error - u.transpose() * u)
    try:
        return scaled * (one + u).inv(), (one + u) * near
    except ZeroDivisionError:
        raise _dependent(a) from None


def _dependent(a: Any) -> Undecidable:
    rank = exact_rank(a)
    if rank is not None and rank < a.ncols():
        return Undecidable("columns are linearly dependent, where qr is not differentiable", final=True)
    return Undecidable("columns are linearly dependent, or not told from such")


def _approximate(a: Any, signs: list[int]) -> Any:
    """An exact triangular matrix near R, by Gram's and Schmidt's process.

    Raises:
        ZeroDivisionError: if a column is left with nothing.
    """
    m, n = a.nrows(), a.ncols()
    rest = [arb_mat(m, 1, [a[i, j].mid() for i in range(m)]) for j in range(n)]
    r = arb_mat(n, n)
    for j in range(n):
        column = rest[j]
        length = (column.transpose() * column)[0, 0].mid().sqrt().mid()
        if not length > 0:
            raise ZeroDivisionError
        r[j, j] = length * signs[j]
        base = (column * (1 / r[j, j]).mid()).mid()
        for k in range(j + 1, n):
            r[j, k] = (base.transpose() * rest[k])[0, 0].mid()
            rest[k] = (rest[k] - base * r[j, k]).mid()
    return r


def _up(x: Any) -> Any:
    """The upper triangle with half of the diagonal."""
    n = x.nrows()
    half = arb(0.5)
    return arb_mat(
        n, n, [x[i, j] if i < j else x[i, j] * half if i == j else arb(0) for i in range(n) for j in range(n)]
    )


def _up_of(x: Matrix) -> Matrix:
    return Matrix([_up(part) for part in x.parts])


class _Factors:
    """Q, and R from its diagonal up, as one block of the tape.

    Attributes:
        inputs: the places of the matrix's entries that are recorded.
    """

    def __init__(self, q: Matrix, r: Matrix, places: Sequence[int], length: int) -> None:
        self._m, self._n = q.parts[0].nrows(), q.parts[0].ncols()
        self._length = length
        self._q, self._r = q.padded(length), r.padded(length)
        self._places = places
        self.inputs: Sequence[int] = [place for place in places if place >= 0]
        self._inverse: Matrix | None = None

    def _over_r(self, x: Matrix, transposed: bool) -> Matrix:
        """x*inv(R), or x*inv(R')."""
        if self._inverse is None:
            self._inverse = solve(self._r, identity_series(self._n, self._length))
        return x * (self._inverse.transposed() if transposed else self._inverse)

    def _triangle(self, numbers: Sequence[Number | None]) -> Matrix:
        given = iter(numbers)
        n = self._n
        return Matrix.of([next(given) if i <= j else None for i in range(n) for j in range(n)], n, n, self._length)

    def pull(self, cotangents: Sequence[Number | None]) -> Sequence[Number]:
        """Cotangents of the matrix's entries.

        Where g of Q and h of R come back, g.dQ + h.dR is g.P + Y.Z with Y = h*R' - Q'g. Of a triangular Z the
        product Y.Z is W.(Q'P + P'Q) with W = up(Y), so that all of it is (g + Q*(W + W')).P.
        """
        split = self._m * self._n
        g = Matrix.of(cotangents[:split], self._m, self._n, self._length)
        h = self._triangle(cotangents[split:])
        w = _up_of(h * self._r.transposed() - self._q.transposed() * g)
        found = self._over_r(g + self._q * (w + w.transposed()), transposed=True).entries()
        return [part for part, place in zip(found, self._places, strict=True) if place >= 0]

    def push(self, tangents: Sequence[Number | None]) -> Sequence[Number]:
        """Tangents of Q's entries, and of R's from its diagonal up."""
        given = iter(tangents)
        both = [next(given) if place >= 0 else None for place in self._places]
        p = self._over_r(Matrix.of(both, self._m, self._n, self._length), transposed=False)
        inner = self._q.transposed() * p
        z = _up_of(inner + inner.transposed())
        n = self._n
        of_r = (z * self._r).entries()
        return [*(p - self._q * z).entries(), *(of_r[i * n + j] for i in range(n) for j in range(i, n))]
