"""Eigenvalues and eigenvectors of a symmetric matrix of balls, told apart for certain.

With approximate eigenvectors X, which need not be right, B = inv(X)*A*X has the eigenvalues of A, in balls. By
Gershgorin's theorem a group of its discs that touches no other disc has as many eigenvalues as discs; those of a
symmetric matrix are real. The eigenvector u of B for the eigenvalue t in a disc that stands alone is largest in
that disc's component, since t lies in the disc of the largest one: with that component 1, all others are at most 1.
From there u[i] = -sum(B[i, j]*u[j], j != i)/(B[i, i] - t) and t = B[k, k] + sum(B[k, j]*u[j], j != k) narrow them.
Source: G. H. Golub, C. F. Van Loan, Matrix Computations, 4th edition (2013), 7.2.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from flint import acb_mat, arb, arb_mat

from gradcli.enclosures.functions.decide import Undecidable

__all__ = ["Isolated", "check_size", "isolate", "largest", "nearly_diagonal"]

_ROUNDS = 3
"""In which eigenvectors are narrowed: each multiplies their errors by those of X, which are a rounding."""


_LARGEST = 60
"""Eigenvalues of a matrix that is taken apart: the gradient of all eigenvectors of so many rows takes three seconds."""


class Isolated(NamedTuple):
    """The eigenvalues of a symmetric matrix, and the eigenvectors of those that are told from all others.

    Attributes:
        values: balls, in ascending order; of a group that is not told apart each is the ball of the whole group.
        simple: for each whether it is told from all others.
        clusters: how many groups there are.
        vectors: as columns, of length 1 and with any sign; without meaning where a value is not simple.
    """

    values: list[arb]
    simple: list[bool]
    clusters: int
    vectors: Any


def isolate(a: Any) -> Isolated:
    """The eigenvalues of a symmetric matrix of balls.

    Args:
        a: an `arb_mat`; the number that each pair of opposite entries stands for is the same.

    Raises:
        Undecidable: if the precision does not do for approximate eigenvectors.

    >>> found = isolate(arb_mat([[2, 1], [1, 2]]))
    >>> [round(float(value.mid()), 6) for value in found.values], found.simple
    ([1.0, 3.0], [True, True])
    """
    n = a.nrows()
    b, x = nearly_diagonal(a)
    center = [b[i, i] for i in range(n)]
    beside = arb_mat(n, n, [arb(0) if i == j else b[i, j] for i in range(n) for j in range(n)])
    discs = [center[i] + arb(0, sum((abs(beside[i, j]) for j in range(n)), arb(0)).upper()) for i in range(n)]
    if not all(disc.is_finite() for disc in discs):
        raise Undecidable("eigenvalues are not told apart")
    groups = _groups(discs)
    values: list[arb] = []
    for group in groups:
        values += [_union([discs[i] for i in group])] * len(group)
    alone = [len(group) == 1 for group in groups for _ in group]
    order = [i for group in groups for i in group]
    narrowed, u = _narrowed(center, beside, discs, [i for i, simple in zip(order, alone, strict=True) if simple])
    vectors = _normalized(x * u, order)
    values = [narrowed.get(i, value) for i, value in zip(order, values, strict=True)]
    return Isolated(values, alone, len(groups), vectors)


def check_size(rows: int, what: str) -> None:
    """See that a matrix is not too large to be taken apart.

    Args:
        rows: how many eigenvalues it has.
        what: their name, for the reason.

    Raises:
        Undecidable: if it is.
    """
    if rows > _LARGEST:
        raise Undecidable(f"{what} are enclosed up to {_LARGEST} of them", final=True)


def largest(balls: Sequence[arb]) -> arb:
    """A bound for the sizes of numbers; infinite where one of them is not known at all.

    >>> float(largest([arb(-2), arb(1)])), float(largest([arb(1), arb("nan")]))
    (2.0, inf)
    """
    if not all(ball.is_finite() for ball in balls):
        return arb("inf")
    return max((abs(ball).upper() for ball in balls), default=arb(0))


def nearly_diagonal(a: Any) -> tuple[Any, Any]:
    """A symmetric matrix in the basis of approximate eigenvectors: B and X with B = inv(X)*A*X.

    Args:
        a: an `arb_mat`.

    Raises:
        Undecidable: if the precision does not do for approximate eigenvectors.
    """
    n = a.nrows()
    try:
        _, right = acb_mat(a.mid()).eig(right=True, algorithm="approx", nonstop=True)
        x = arb_mat(n, n, [e.real.mid() for e in right.entries()])
        return x.inv() * a * x, x
    except (ValueError, ZeroDivisionError):
        raise Undecidable("eigenvalues are not told apart") from None


def _groups(discs: list[arb]) -> list[list[int]]:
    """The discs that touch each other, directly or by way of others, in ascending order."""
    order = sorted(range(len(discs)), key=lambda i: discs[i].lower())
    groups: list[list[int]] = []
    reach = arb(0)
    for i in order:
        if groups and not discs[i].lower() > reach:
            groups[-1].append(i)
            reach = reach.max(discs[i].upper())
        else:
            groups.append([i])
            reach = discs[i].upper()
    return groups


def _union(balls: list[arb]) -> arb:
    found = balls[0]
    for ball in balls[1:]:
        found = found.union(ball)
    return found


def _narrowed(center: list[arb], beside: Any, discs: list[arb], alone: list[int]) -> tuple[dict[int, arb], Any]:
    """Eigenvalues of discs that stand alone, and the columns of their eigenvectors; other columns are 0."""
    n = len(discs)
    within, values = arb(0, 1), {k: discs[k] for k in alone}
    columns = {k: [arb(1) if i == k else within for i in range(n)] for k in alone}
    for _ in range(_ROUNDS):
        u = arb_mat(n, n, [columns[k][i] if k in columns else arb(0) for i in range(n) for k in range(n)])
        sums = beside * u
        for k in alone:
            columns[k] = [arb(1) if i == k else -sums[i, k] / (center[i] - values[k]) for i in range(n)]
            values[k] = center[k] + sums[k, k]
    u = arb_mat(n, n, [columns[k][i] if k in columns else arb(0) for i in range(n) for k in range(n)])
    return values, u


def _normalized(x: Any, order: list[int]) -> Any:
    """Columns in this order and of length 1."""
    n = len(order)
    columns = [[x[i, k] for i in range(n)] for k in order]
    lengths = [sum((e * e for e in column), arb(0)).sqrt() for column in columns]
    return arb_mat(n, n, [columns[k][i] / lengths[k] for i in range(n) for k in range(n)])
