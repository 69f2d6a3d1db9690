"""Linear algebra of enclosed numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from flint import arb, arb_mat

from gradcli.enclosures.functions.decide import Undecidable, absolute, sign
from gradcli.enclosures.functions.elementwise import divide, function
from gradcli.enclosures.numbers.entry import Entry, linear_combination
from gradcli.enclosures.numbers.tape import Tape
from gradcli.enclosures.program.arrays import numbers
from gradcli.enclosures.program.blocks import Matrix, Solve, solve
from gradcli.enclosures.program.products import matmul
from gradcli.enclosures.program.reductions import dot
from gradcli.ops.calls.stacks import over_stack

__all__ = ["LINALG", "square", "stacked"]

_LARGEST_MINORS = 24
"""Rows of a singular matrix whose determinant is differentiated by minors: n**2 determinants take n**5 steps."""


def stacked(combine: Callable[..., Any]) -> Callable[..., Any]:
    """A function of one matrix, applied to each of a stack of them."""

    def over(x: Any, **statics: Any) -> Any:
        if not x.size:
            raise Undecidable("there is no matrix, or none with entries", final=True)
        return over_stack(x, lambda matrix: combine(numbers(matrix), **statics))

    return over


def identity(tape: Tape, n: int) -> Any:
    """An object array of the identity matrix's entries."""
    out = np.empty((n, n), dtype=object)
    for i, j in np.ndindex(n, n):
        out[i, j] = Entry(tape, arb(int(i == j)))
    return out


def _tape(x: Any) -> Tape:
    tape: Tape = x.flat[0].tape
    return tape


def _matrix(x: Any) -> Matrix:
    return Matrix.of([e.value for e in x.ravel()], x.shape[0], x.shape[1], _tape(x).length)


def _places(x: Any) -> list[int]:
    return [e.place for e in x.ravel()]


def _solved(a: Any, b: Any) -> Any:
    """inv(a)*b of two matrices, recorded as one block."""
    tape, shape = _tape(a), b.shape
    of = _matrix(a)
    x = solve(of, _matrix(b))
    block = Solve(of, x, shape, [*_places(a), *_places(b)], tape.length)
    places = tape.record_block(block, b.size) if block.inputs else [-1] * b.size
    out = np.empty(shape, dtype=object)
    out.reshape(-1)[:] = [Entry(tape, value, place) for value, place in zip(x.entries(), places, strict=True)]
    return out


def _solve(a: Any, b: Any) -> Any:
    """Of stacks too, each matrix with its columns, as NumPy broadcasts them; a vector goes with every matrix."""
    a, b = numbers(a), numbers(b)
    columns = b[:, None] if b.ndim == 1 else b
    if not a.size or not b.size:
        raise Undecidable("there is no matrix to solve with", final=True)
    lead = np.broadcast_shapes(a.shape[:-2], columns.shape[:-2])
    of = np.broadcast_to(a, (*lead, *a.shape[-2:]))
    right = np.broadcast_to(columns, (*lead, *columns.shape[-2:]))
    out = np.empty(right.shape, dtype=object)
    for index in np.ndindex(lead):
        out[index] = _solved(of[index], right[index])
    return out[..., 0] if b.ndim == 1 else out


def inverse(x: Any) -> Any:
    """The inverse of a matrix."""
    return _solved(x, identity(_tape(x), x.shape[0]))


def determinant(x: Any) -> Entry:
    """The determinant; its derivative by an entry is the entry's cofactor.

    Raises:
        Undecidable: if a large matrix is singular, or not told from a singular one.
    """
    tape, n = _tape(x), x.shape[0]
    of = _matrix(x)
    if tape.length > 1:
        return _eliminated(x)
    value = of.parts[0].det()
    if not any(place >= 0 for place in _places(x)):
        return Entry(tape, value)
    if value != 0:
        cofactors = (of.parts[0].inv().transpose() * value).entries()
    elif n <= _LARGEST_MINORS:
        cofactors = _minors(of.parts[0], n)
    else:
        raise Undecidable("a large matrix is singular, or not told from a singular one")
    return linear_combination(tape, value, list(x.ravel()), cofactors)


def _minors(x: Any, n: int) -> list[arb]:
    entries = [[x[i, j] for j in range(n)] for i in range(n)]

    def cofactor(i: int, j: int) -> arb:
        rest = [row[:j] + row[j + 1 :] for k, row in enumerate(entries) if k != i]
        size = arb_mat(rest).det() if rest else arb(1)
        return -size if (i + j) % 2 else size

    return [cofactor(i, j) for i in range(n) for j in range(n)]


def _eliminated(x: Any) -> Entry:
    """The determinant as a sum of products, by Faddeev's and LeVerrier's recurrence: no division by an entry.

    Source: D. K. Faddeev, V. N. Faddeeva, Computational Methods of Linear Algebra (1963), paragraph 47.
    """
    tape, n = _tape(x), x.shape[0]
    product = identity(tape, n)
    coefficient = Entry(tape, arb(0))
    for k in range(1, n + 1):
        adjugate = product.copy()
        for i in range(n):
            adjugate[i, i] = adjugate[i, i] + coefficient
        product = matmul(x, adjugate)
        trace = sum((product[i, i] for i in range(1, n)), product[0, 0])
        coefficient = divide(-trace, Entry(tape, arb(k)))
    return coefficient if n % 2 == 0 else -coefficient


def square(combine: Callable[..., Any]) -> Callable[..., Any]:
    """The same of a function of one square matrix."""

    def of(x: Any, **statics: Any) -> Any:
        if x.shape[0] != x.shape[1]:
            raise ValueError(f"the matrix has shape {x.shape} and is not square")
        return combine(x, **statics)

    return stacked(of)


def _logabsdet(x: Any) -> Entry:
    return function("log", absolute(determinant(x)))


def _slogdet(x: Any) -> tuple[Entry, Entry]:
    found = determinant(x)
    return sign(found), function("log", absolute(found))


def _cofactors(x: Any) -> Any:
    return inverse(x).T * determinant(x)


def _pinv(x: Any) -> Any:
    """Of a matrix of full rank."""
    if x.shape[0] < x.shape[1]:
        return matmul(x.T, inverse(matmul(x, x.T)))
    return _solved(matmul(x.T, x), x.T)


def _power(x: Any, n: int) -> Any:
    base = x if n >= 0 else inverse(x)
    out = identity(_tape(x), x.shape[0])
    for bit in f"{abs(n):b}":
        out = matmul(out, out)
        out = matmul(out, base) if bit == "1" else out
    return out


def _cholesky(x: Any) -> Any:
    tape, n = _tape(x), x.shape[0]
    half = Entry(tape, arb(0.5))
    out = identity(tape, n)
    for i in range(n):
        for j in range(i + 1):
            rest = half * (x[i, j] + x[j, i])
            if j:
                rest = rest - dot(list(out[i, :j]), list(out[j, :j]))
            out[i, j] = divide(rest, out[j, j]) if j < i else function("sqrt", rest)
    return out


LINALG: dict[str, Callable[..., Any]] = {
    "cholesky": square(_cholesky),
    "cofactors": square(_cofactors),
    "det": square(determinant),
    "inv": square(inverse),
    "logabsdet": square(_logabsdet),
    "matrix_power": square(_power),
    "pinv": stacked(_pinv),
    "slogdet": square(_slogdet),
    "solve": _solve,
}
"""By the names of the table."""
