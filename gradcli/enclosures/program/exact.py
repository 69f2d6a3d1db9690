"""Facts about matrices of exact numbers, by whole-number arithmetic: what no ball can tell, however narrow."""

from __future__ import annotations

from typing import Any

from flint import arb, fmpz_mat

__all__ = ["exact_rank", "has_equal_eigenvalues"]

_MOST_BITS = 4400
"""Bits of the whole numbers that a matrix is scaled to: a float64 has exponents from -1074 to 1023, and products of
two of them twice that."""


def exact_rank(x: Any) -> int | None:
    """The rank of a matrix (`arb_mat`), or None where its entries are not exact.

    >>> from flint import arb_mat
    >>> exact_rank(arb_mat([[0.5, 1], [0.25, 0.5]])), exact_rank(arb_mat([[arb(1)/3]]))
    (1, None)
    """
    whole = _scaled(x)
    return None if whole is None else int(whole.rank())


def has_equal_eigenvalues(x: Any, clusters: int) -> bool:
    """Whether a symmetric matrix is known to have just so many different eigenvalues.

    The characteristic polynomial over its greatest common divisor with its derivative has each of them once.

    Args:
        x: an `arb_mat`.
        clusters: into how many groups balls tell the eigenvalues apart.

    >>> from flint import arb_mat
    >>> has_equal_eigenvalues(arb_mat([[2, 0], [0, 2]]), 1), has_equal_eigenvalues(arb_mat([[2, 1], [1, 2]]), 1)
    (True, False)
    """
    whole = _scaled(x)
    if whole is None:
        return False
    polynomial = whole.charpoly()
    repeated = polynomial.gcd(polynomial.derivative()).degree()
    return bool(polynomial.degree() - repeated == clusters)


def _scaled(x: Any) -> Any:
    """The matrix times a power of two that makes its entries whole; None where they are not exact."""
    entries: list[arb] = x.entries()
    if not all(e.is_finite() and e.is_exact() for e in entries):
        return None
    dyadic = [(int(m), int(e)) for m, e in (entry.man_exp() for entry in entries)]
    exponents = [e for m, e in dyadic if m]
    lowest = min(exponents, default=0)
    if any(m.bit_length() + e - lowest > _MOST_BITS for m, e in dyadic if m):
        return None
    return fmpz_mat(x.nrows(), x.ncols(), [m << (e - lowest) if m else 0 for m, e in dyadic])
