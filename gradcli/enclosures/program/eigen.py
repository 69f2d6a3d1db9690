"""Eigenvalues and eigenvectors of the symmetric part of a matrix, as implicit functions of its entries.

(A - t)*v = 0 and v'v = 1 define a simple eigenvalue t and its eigenvector v. What they change by with A solves

    [A - t  -v] [dv]   [-dA*v]
    [ -v'    0] [dt] = [  0  ]

whose matrix is symmetric, and regular just where t is simple. The same matrix gives the coefficients of their power
series one after the other, and takes cotangents back. No formula for a derivative of eigenvectors is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import arb, arb_mat, arb_series

from gradcli.enclosures.functions.decide import Undecidable
from gradcli.enclosures.numbers.entry import Entry, doubtful
from gradcli.enclosures.numbers.tape import Number, Tape
from gradcli.enclosures.program.blocks import Matrix, solve
from gradcli.enclosures.program.exact import exact_rank, has_equal_eigenvalues
from gradcli.enclosures.program.isolation import check_size, isolate

__all__ = ["Spectrum", "eigenvectors", "eigh", "eigvalsh", "floats", "undefined"]

_TOLD = 0.9
"""Cosine between an eigenvector and NumPy's beyond which the sign of the latter is taken: their angle is a rounding,
unless float64 does not tell the eigenvalue from another one."""


class Spectrum:
    """The eigenvalues of the symmetric part of a matrix, each recorded with its eigenvector once it is asked for.

    Args:
        x: a square object array of entries.
        what: the values' name, for reasons: "eigenvalues".

    Raises:
        Undecidable: if the matrix is too large, or the precision does not do.
    """

    def __init__(self, x: Any, what: str = "eigenvalues") -> None:
        n = len(x)
        check_size(n, what)
        self._what = what
        self._sources: list[Entry] = list(x.ravel())
        self._tape: Tape = self._sources[0].tape
        varying = any(type(e.value) is not arb for e in self._sources)
        given = Matrix.of([e.value for e in self._sources], n, n, self._tape.length if varying else 1)
        self._symmetric = Matrix([(part + part.transpose()) * arb(0.5) for part in given.parts])
        constant = self._symmetric.parts[0]
        self._isolated = isolate(constant)
        self._tied = not all(self._isolated.simple) and has_equal_eigenvalues(constant, self._isolated.clusters)
        self._values = _with_zeros(constant, self._isolated.values)
        self._places = [e.place for e in self._sources]
        self._pairs: dict[int, tuple[Entry, list[Entry]]] = {}

    @property
    def tape(self) -> Tape:
        """Where the matrix's entries are recorded."""
        return self._tape

    def ball(self, k: int) -> arb:
        """What encloses the k-th smallest eigenvalue."""
        return self._values[k]

    def value(self, k: int) -> Entry:
        """The k-th smallest eigenvalue; of one that is not told from another the derivative is in doubt."""
        if not self._isolated.simple[k]:
            return doubtful(self._tape, self._values[k], self._sources, *self._equal())
        return self._pair(k)[0]

    def vector(self, k: int, sign: Sequence[float]) -> list[Entry]:
        """The eigenvector of the k-th smallest eigenvalue.

        Args:
            k: which.
            sign: NumPy's eigenvector, whose sign it is given.
        """
        if not self._isolated.simple[k]:
            return [undefined(self._tape, self._sources, *self._equal()) for _ in sign]
        vector = self._pair(k)[1]
        cosine = sum(float(e.ball.mid()) * s for e, s in zip(vector, sign, strict=True))
        if not abs(cosine) > _TOLD:
            reason = f"float64 does not tell {self._what} apart, nor the sign of a vector"
            return [undefined(self._tape, self._sources, reason, True) for _ in sign]
        return vector if cosine > 0 else [-e for e in vector]

    def _equal(self) -> tuple[str, bool]:
        if self._tied:
            return f"{self._what} are equal", True
        return f"{self._what} are equal, or not told apart", False

    def _pair(self, k: int) -> tuple[Entry, list[Entry]]:
        if k not in self._pairs:
            value, vector = self._series(k)
            found = [*vector, value]
            pair = _Pair(self._symmetric, found, self._places, self._tape.length)
            places = self._tape.record_block(pair, len(found)) if pair.inputs else [-1] * len(found)
            *entries, last = [Entry(self._tape, number, place) for number, place in zip(found, places, strict=True)]
            self._pairs[k] = last, entries
        return self._pairs[k]

    def _series(self, k: int) -> tuple[Number, list[Number]]:
        """Eigenvalue and eigenvector, their power series coefficient by coefficient."""
        parts = self._symmetric.parts
        n = parts[0].nrows()
        vectors = [arb_mat(n, 1, [self._isolated.vectors[i, k] for i in range(n)])]
        values = [self._values[k]]
        if len(parts) == 1:
            return values[0], vectors[0].entries()
        inverse = _inverse(_bordered(parts[0], values[0], vectors[0].entries()))
        for order in range(1, len(parts)):
            right, square = arb_mat(n, 1), arb(0)
            for i in range(1, order + 1):
                right = right - parts[i] * vectors[order - i]
            for i in range(1, order):
                right = right + vectors[order - i] * values[i]
                square = square + (vectors[i].transpose() * vectors[order - i])[0, 0]
            found = (inverse * arb_mat(n + 1, 1, [*right.entries(), square / 2])).entries()
            vectors.append(arb_mat(n, 1, found[:n]))
            values.append(found[n])
        length = len(parts)
        columns = [vector.entries() for vector in vectors]
        series = [arb_series([column[i] for column in columns], prec=length) for i in range(n)]
        return arb_series(values, prec=length), series


def _with_zeros(x: Any, values: list[arb]) -> list[arb]:
    """Eigenvalues; those that cannot be 0 but exactly are that."""
    small = [value.contains(0) for value in values]
    rank = exact_rank(x) if any(small) else None
    if rank is None or len(values) - rank != sum(small):
        return values
    return [arb(0) if zero else value for zero, value in zip(small, values, strict=True)]


def _bordered(a: Any, value: arb, vector: Sequence[arb]) -> Any:
    n = len(vector)
    out = arb_mat(n + 1, n + 1)
    for i in range(n):
        for j in range(n):
            out[i, j] = a[i, j] - value if i == j else a[i, j]
        out[i, n] = out[n, i] = -vector[i]
    return out


def _inverse(x: Any) -> Any:
    try:
        return x.inv()
    except ZeroDivisionError:
        raise Undecidable("an eigenvalue is not told from another one") from None


class _Pair:
    """An eigenvector and its eigenvalue as one block of the tape.

    Attributes:
        inputs: the places of the matrix's entries that are recorded.
    """

    def __init__(self, symmetric: Matrix, found: Sequence[Number], places: Sequence[int], length: int) -> None:
        self._symmetric = symmetric
        self._found = found
        self._places = places
        self._length = length
        self.inputs: Sequence[int] = [place for place in places if place >= 0]
        self._system: Matrix | None = None

    def _column(self, numbers: Sequence[Number | None]) -> Matrix:
        return Matrix.of(numbers, len(numbers), 1, self._length)

    def _regular(self) -> Matrix:
        """The matrix of the linear equations for what changes, as a power series."""
        if self._system is None:
            vector, value = self._column(self._found[:-1]), self._column(self._found[-1:])
            n = len(self._found) - 1
            parts = []
            for k in range(self._length):
                of = self._symmetric.parts[k] if k < len(self._symmetric.parts) else arb_mat(n, n)
                parts.append(_bordered(of, value.parts[k][0, 0], vector.parts[k].entries()))
            self._system = Matrix(parts)
        return self._system

    def pull(self, cotangents: Sequence[Number | None]) -> Sequence[Number]:
        """Cotangents of the matrix's entries."""
        *of_vector, of_value = cotangents
        vector = self._column(self._found[:-1])
        if all(cotangent is None for cotangent in of_vector):
            # the solution is -v times the cotangent, as (A - t)*v = 0 and v'v = 1
            solved = -(vector * self._column([of_value]))
        else:
            both = solve(self._regular(), self._column(cotangents))
            solved = Matrix([arb_mat(p.nrows() - 1, 1, p.entries()[:-1]) for p in both.parts])
        found = solved * vector.transposed()
        symmetric = Matrix([(part + part.transpose()) * arb(-0.5) for part in found.parts]).entries()
        return [part for part, place in zip(symmetric, self._places, strict=True) if place >= 0]

    def push(self, tangents: Sequence[Number | None]) -> Sequence[Number]:
        """Tangents of the eigenvector and the eigenvalue."""
        given = iter(tangents)
        n = len(self._found) - 1
        of = Matrix.of([next(given) if place >= 0 else None for place in self._places], n, n, self._length)
        symmetric = Matrix([(part + part.transpose()) * arb(0.5) for part in of.parts])
        right = -(symmetric * self._column(self._found[:-1]))
        return solve(
            self._regular(), Matrix([arb_mat(n + 1, 1, [*p.entries(), arb(0)]) for p in right.parts])
        ).entries()


def undefined(tape: Tape, sources: Sequence[Entry], reason: str, final: bool) -> Entry:
    """A number that is not enclosed, nor its derivatives."""
    tape.doubt(reason, final)
    return doubtful(tape, arb("nan"), sources, reason, final)


def floats(x: Any) -> Any:
    """The float64 next to each entry of an object array.

    Raises:
        Undecidable: if one is beyond them.
    """
    return _finite(np.array([float(e.ball.mid()) for e in x.ravel()]).reshape(x.shape))


def _finite(found: Any) -> Any:
    if not np.isfinite(found).all():
        raise Undecidable("a matrix is not finite in float64")
    return found


def eigvalsh(x: Any) -> Any:
    """The eigenvalues of the symmetric part, in ascending order."""
    return _array([of.value(k) for of in [Spectrum(x)] for k in range(len(x))])


def eigh(x: Any) -> tuple[Any, Any]:
    """The same and the eigenvectors, as columns."""
    spectrum, numbers = Spectrum(x), floats(x)
    with np.errstate(over="ignore"):
        signs = np.linalg.eigh(_finite((numbers + numbers.T) / 2))[1]
    values, vectors = [], np.empty(x.shape, dtype=object)
    for k in range(len(x)):
        values.append(spectrum.value(k))
        vectors[:, k] = spectrum.vector(k, signs[:, k].tolist())
    return _array(values), vectors


def eigenvectors(x: Any) -> Any:
    """The eigenvectors of the symmetric part, as columns."""
    return eigh(x)[1]


def _array(entries: list[Entry]) -> Any:
    out = np.empty(len(entries), dtype=object)
    out[:] = entries
    return out
