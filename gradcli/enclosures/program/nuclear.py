"""The trace of the square root of a positive definite matrix, which is smooth also where eigenvalues are equal.

In the basis of approximate eigenvectors, which need not be right, the matrix G becomes B, and its root S becomes
T = D + U with a diagonal D near the roots of B's diagonal. T*T = B is U = (B - D*D - U*U)/(d[i] + d[j]), entry by
entry. Where B - D*D is at most e and 1/(d[i] + d[j]) at most h, the right side maps matrices of entries of at most
2*h*e into themselves if 4*n*h*h*e <= 1: by Brouwer's theorem one of them is U. With half of that bound T's eigenvalues
are near D by Gershgorin's theorem, and positive, so that S is the root that is meant.

S*dS + dS*S = dG, of which the trace of inv(S) times both sides makes trace(dS) = trace(inv(S)*dG)/2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from flint import arb, arb_mat, arb_series

from gradcli.enclosures.numbers.entry import Entry
from gradcli.enclosures.numbers.tape import Number, Tape
from gradcli.enclosures.program.blocks import Matrix, identity_series, solve
from gradcli.enclosures.program.isolation import largest, nearly_diagonal

__all__ = ["trace_of_root"]

_ROUNDS = 3
"""In which what solves an equation is narrowed: each multiplies what is not known of it by the size of U."""


def trace_of_root(g: Any) -> Entry | None:
    """The trace of the square root of a symmetric matrix; None where it is not known to be positive definite.

    Args:
        g: a square object array of entries, of which opposite ones are the same numbers.

    Raises:
        Undecidable: if the precision does not do for approximate eigenvectors.
    """
    entries: list[Entry] = list(g.ravel())
    n, tape = len(g), _tape(entries)
    length = tape.length if any(type(e.value) is not arb for e in entries) else 1
    given = Matrix.of([e.value for e in entries], n, n, length)
    root = _root(given.parts[0])
    if root is None:
        return None
    s = _series(root, given)
    coefficients = [part.trace() for part in s.parts]
    value: Number = coefficients[0] if length == 1 else arb_series(coefficients, prec=length)
    block = _TraceOfRoot(s, [e.place for e in entries], tape.length)
    return Entry(tape, value, tape.record_block(block, 1)[0] if block.inputs else -1)


def _tape(entries: list[Entry]) -> Tape:
    return entries[0].tape


class _Root(NamedTuple):
    """A square root, near a diagonal matrix in another basis.

    Attributes:
        weights: 1/(d[i] + d[j]).
        beside: U.
        root: S itself.
        basis: X; S is X*(D + U)*inv(X).
        inverse: inv(X).
        rate: a bound for how much of an error of dS, at each of its entries, the equation of dS gives back.
    """

    weights: list[arb]
    beside: Any
    root: Any
    basis: Any
    inverse: Any
    rate: arb


def _root(g: Any) -> _Root | None:
    n = g.nrows()
    b, x = nearly_diagonal(g)
    if not all(b[i, i] > 0 for i in range(n)):
        return None
    d = [b[i, i].mid().sqrt().mid() for i in range(n)]
    weights = [1 / (d[i] + d[j]) for i in range(n) for j in range(n)]
    diagonal = _diagonal(d)
    rest = b - diagonal * diagonal
    e, h = largest(rest.entries()), largest(weights)
    reach = 2 * h * e
    if not 8 * n * h * h * e <= 1:
        return None
    u = arb_mat(n, n, [arb(0, reach.upper())] * (n * n))
    for _ in range(_ROUNDS):
        u = _weighted(weights, rest - u * u)
    inverse = x.inv()
    return _Root(weights, u, x * (diagonal + u) * inverse, x, inverse, 2 * n * h * largest(u.entries()))


def _diagonal(d: list[arb]) -> Any:
    n = len(d)
    return arb_mat(n, n, [d[i] if i == j else 0 for i in range(n) for j in range(n)])


def _weighted(weights: list[arb], x: Any) -> Any:
    return arb_mat(x.nrows(), x.ncols(), [w * e for w, e in zip(weights, x.entries(), strict=True)])


def _series(root: _Root, g: Matrix) -> Matrix:
    """The power series of S: S0*S[k] + S[k]*S0 is what is left of G[k]."""
    parts = [root.root]
    for k in range(1, len(g.parts)):
        rest = g.parts[k]
        for i in range(1, k):
            rest = rest - parts[i] * parts[k - i]
        parts.append(_halved(root, rest))
    return Matrix(parts)


def _halved(root: _Root, c: Any) -> Any:
    """Z with S*Z + Z*S = c, by Z = (c - U*Z - Z*U)/(d[i] + d[j]) in the other basis, a contraction."""
    n = c.nrows()
    turned = root.inverse * c * root.basis
    first = largest(_weighted(root.weights, turned).entries())
    # a fixed point z of z = first + rate*z bounds every entry
    z = arb_mat(n, n, [arb(0, (first / (1 - root.rate)).upper())] * (n * n))
    for _ in range(_ROUNDS):
        z = _weighted(root.weights, turned - root.beside * z - z * root.beside)
    return root.basis * z * root.inverse


class _TraceOfRoot:
    """trace(S) as a block of the tape.

    Attributes:
        inputs: the places of G's entries that are recorded.
    """

    def __init__(self, s: Matrix, places: Sequence[int], length: int) -> None:
        self._s = s.padded(length)
        self._places = places
        self._length = length
        self._slopes: list[Number] | None = None
        self.inputs: Sequence[int] = [place for place in places if place >= 0]

    def _partials(self) -> list[Number]:
        """inv(S)/2, which is symmetric: the derivative by each entry of G."""
        if self._slopes is None:
            n = self._s.parts[0].nrows()
            inverse = solve(self._s, identity_series(n, self._length))
            half = Matrix([part * arb(0.5) for part in inverse.parts]).entries()
            self._slopes = [slope for slope, place in zip(half, self._places, strict=True) if place >= 0]
        return self._slopes

    def pull(self, cotangents: Sequence[Number | None]) -> Sequence[Number]:
        """Cotangents of G's entries."""
        (cotangent,) = cotangents
        return [slope * cotangent for slope in self._partials()]

    def push(self, tangents: Sequence[Number | None]) -> Sequence[Number]:
        """The tangent of the trace."""
        parts = [s * t for s, t in zip(self._partials(), tangents, strict=True) if t is not None]
        return [sum(parts[1:], parts[0])]
