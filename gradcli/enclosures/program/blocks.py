"""Matrices of balls or of power series of balls, and the two solves that are differentiated as a whole.

Of A(t) = A0 + A1*t + ... the inverse is solved for coefficient by coefficient, so that only A0 is ever factored, by
FLINT. A*X = B gives A*dX = dB - dA*X, and back through it G = inv(A).T*cotangent is that of B, and -G*X.T that of A.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import arb, arb_mat, arb_series

from gradcli.enclosures.functions.decide import Undecidable
from gradcli.enclosures.numbers.tape import Number

__all__ = ["Matrix", "Product", "Solve", "identity_series", "solve"]


class Matrix:
    """A matrix whose entries are power series: one matrix of balls for each coefficient.

    >>> Matrix.of([arb(2)], 1, 1, 1).entries()
    [2.00000000000000]
    """

    def __init__(self, parts: list[Any]) -> None:
        self.parts = parts

    @classmethod
    def of(cls, values: Sequence[Number | None], rows: int, columns: int, length: int) -> Matrix:
        """From entries in C order; None stands for zero."""
        zero = arb(0)

        def part(value: Number | None, k: int) -> arb:
            if value is None:
                return zero
            if isinstance(value, arb):
                return value if k == 0 else zero
            coefficient: arb = value[k]
            return coefficient

        return cls([arb_mat(rows, columns, [part(v, k) for v in values]) for k in range(length)])

    def entries(self) -> list[Number]:
        """The entries in C order."""
        lists = [part.entries() for part in self.parts]
        if len(lists) == 1:
            found: list[Number] = lists[0]
            return found
        return [arb_series(list(coefficients), prec=len(lists)) for coefficients in zip(*lists, strict=True)]

    def padded(self, length: int) -> Matrix:
        """The same with more coefficients, which are 0."""
        rows, columns = self.parts[0].nrows(), self.parts[0].ncols()
        return Matrix([*self.parts, *[arb_mat(rows, columns) for _ in range(length - len(self.parts))]])

    def transposed(self) -> Matrix:
        """Its transpose."""
        return Matrix([part.transpose() for part in self.parts])

    def __mul__(self, other: Matrix) -> Matrix:
        parts = []
        for k in range(len(self.parts)):
            found = self.parts[0] * other.parts[k]
            for i in range(1, k + 1):
                found = found + self.parts[i] * other.parts[k - i]
            parts.append(found)
        return Matrix(parts)

    def __add__(self, other: Matrix) -> Matrix:
        return Matrix([a + b for a, b in zip(self.parts, other.parts, strict=True)])

    def __sub__(self, other: Matrix) -> Matrix:
        return Matrix([a - b for a, b in zip(self.parts, other.parts, strict=True)])

    def __neg__(self) -> Matrix:
        return Matrix([-part for part in self.parts])


def identity_series(n: int, length: int) -> Matrix:
    """The identity matrix."""
    return Matrix([arb_mat(n, n, [int(i == j) for i in range(n) for j in range(n)])]).padded(length)


def solve(a: Matrix, b: Matrix) -> Matrix:
    """X with a*X = b.

    Raises:
        Undecidable: if the balls of `a` contain a singular matrix.
    """
    parts: list[Any] = []
    for k, right in enumerate(b.parts):
        known = right
        for i in range(1, k + 1):
            known = known - a.parts[i] * parts[k - i]
        try:
            parts.append(a.parts[0].solve(known))
        except ZeroDivisionError:
            raise Undecidable("a matrix is singular, or not told from a singular one") from None
    return Matrix(parts)


class Solve:
    """X = inv(A)*B as one block of the tape.

    Attributes:
        inputs: the places of A's entries, then those of B's, in C order; -1 for constants.
    """

    def __init__(self, a: Matrix, x: Matrix, shape: tuple[int, int], inputs: Sequence[int], length: int) -> None:
        self._a = a
        self._x = x
        self._rows, self._columns = shape
        self._places = inputs
        self._length = length
        self.inputs = [place for place in inputs if place >= 0]

    def pull(self, cotangents: Sequence[Number | None]) -> Sequence[Number]:
        """Cotangents of A's and B's entries."""
        given = Matrix.of(cotangents, self._rows, self._columns, self._length)
        of_right = solve(self._a.transposed(), given)
        of_left = -(of_right * self._x.transposed())
        both = [*of_left.entries(), *of_right.entries()]
        return [part for part, place in zip(both, self._places, strict=True) if place >= 0]

    def push(self, tangents: Sequence[Number | None]) -> Sequence[Number]:
        """Tangents of X's entries."""
        given = iter(tangents)
        both = [next(given) if place >= 0 else None for place in self._places]
        n = self._rows
        of_left = Matrix.of(both[: n * n], n, n, self._length)
        of_right = Matrix.of(both[n * n :], n, self._columns, self._length)
        return solve(self._a, of_right - of_left * self._x).entries()


class Product:
    """A*B as one block of the tape.

    Attributes:
        inputs: the places of A's entries, then those of B's, in C order, as far as they are recorded.
    """

    def __init__(self, a: Matrix, b: Matrix, places: Sequence[int], length: int) -> None:
        self._a = a.padded(length)
        self._b = b.padded(length)
        self._places = places
        self._length = length
        self._rows, self._inner = a.parts[0].nrows(), a.parts[0].ncols()
        self._columns = b.parts[0].ncols()
        self.inputs: Sequence[int] = [place for place in places if place >= 0]

    def pull(self, cotangents: Sequence[Number | None]) -> Sequence[Number]:
        """Cotangents of A's and B's entries."""
        given = Matrix.of(cotangents, self._rows, self._columns, self._length)
        split = self._rows * self._inner
        found: list[Number] = []
        for left, places in ((True, self._places[:split]), (False, self._places[split:])):
            if any(place >= 0 for place in places):
                of = given * self._b.transposed() if left else self._a.transposed() * given
                found += [part for part, place in zip(of.entries(), places, strict=True) if place >= 0]
        return found

    def push(self, tangents: Sequence[Number | None]) -> Sequence[Number]:
        """Tangents of the product's entries."""
        given = iter(tangents)
        both = [next(given) if place >= 0 else None for place in self._places]
        split = self._rows * self._inner
        of_a = Matrix.of(both[:split], self._rows, self._inner, self._length)
        of_b = Matrix.of(both[split:], self._inner, self._columns, self._length)
        return (of_a * self._b + self._a * of_b).entries()
