"""Decompositions of matrices, which have several outputs: values and rules, on the last two axes.

Written with functions that record on Tensors: every rule can be differentiated again. A cotangent of None is
that of an output that was not used; only what does not depend on the arbitrary signs (and, of equal values, on the
arbitrary choice) of the vectors has a derivative.
Sources: M. Giles, "An extended collection of matrix derivative results for forward and reverse mode algorithmic
differentiation" (2008); S. F. Walter, L. Lehmann, "Algorithmic differentiation of linear algebra functions with
application in optimum experimental design" (2010), of QR; J. Townsend, "Differentiating the singular value
decomposition" (2016).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from gradcli.errors import AutogradError, DomainProblem, UsageProblem
from gradcli.ops.functions.linalg_rules import all_of_finite, inverse_or_infinity, solve, square, swap, symmetric
from gradcli.ops.functions.numeric import concatenate, getitem
from gradcli.ops.functions.protocol import Array, protocol
from gradcli.ops.functions.spectral_rules import column, over_gaps, row

Cotangents: TypeAlias = Sequence[Array | None]


@protocol
def slogdet(x: Array) -> tuple[Array, Array]:
    """The sign of the determinant and the logarithm of its absolute value."""
    square(x, "slogdet")
    sign, logarithm = np.linalg.slogdet(x)
    return sign, logarithm


def slogdet_pull(g: Cotangents, x: Array) -> Array:
    """The transposed inverse times g of the logarithm; the sign does not change."""
    if g[1] is None:
        return np.zeros(np.shape(x))
    return np.reshape(g[1], (*np.shape(g[1]), 1, 1)) * swap(inverse_or_infinity(x))


def slogdet_push(t: Array, x: Array) -> tuple[Array, Array]:
    """0 for the sign, and trace(inv(x) t) for the logarithm."""
    slope = np.sum(swap(inverse_or_infinity(x)) * t, axis=(-2, -1))
    return np.zeros(np.shape(slope)), slope


@protocol
def eigh(x: Array) -> tuple[Array, Array]:
    """The eigenvalues of the symmetric part in ascending order, and its eigenvectors as columns."""
    square(x, "eigh")
    values, vectors = all_of_finite(np.linalg.eigh, symmetric(x))
    return values, vectors


def from_eigh(out: tuple[Array, Array]) -> Array:
    """The matrix with these eigenvalues and eigenvectors."""
    return (out[1] * row(out[0])) @ swap(out[1])


def eigh_pull(g: Cotangents, out: tuple[Array, Array]) -> Array:
    """V (diag(g of the values) + skew(V' g of the vectors) over the eigenvalues' differences) V'."""
    values, vectors = out
    total: Any = np.zeros(np.shape(vectors))
    if g[0] is not None:
        total = (vectors * row(g[0])) @ swap(vectors)
    if g[1] is not None:
        turn = swap(vectors) @ g[1]
        total = total + vectors @ over_gaps((turn - swap(turn)) / 2, values) @ swap(vectors)
    return total


def eigh_push(t: Array, out: tuple[Array, Array]) -> tuple[Array, Array]:
    """The diagonal of V' t V, and V times the rest of V' t V over the eigenvalues' differences."""
    values, vectors = out
    turn = swap(vectors) @ symmetric(t) @ vectors
    beside = turn * (1 - np.eye(np.shape(turn)[-1]))
    return _diagonal(turn), vectors @ over_gaps(beside, values)


def _diagonal(x: Array) -> Array:
    """The diagonals of matrices."""
    return np.sum(x * np.eye(np.shape(x)[-1]), axis=-1)


@protocol
def svd(x: Array, full_matrices: bool = False) -> tuple[Array, Array, Array]:
    """U, S and Vh with x = U @ diag(S) @ Vh; with `full_matrices` U and Vh are square."""
    u, s, vh = all_of_finite(lambda a: np.linalg.svd(a, full_matrices=full_matrices), x)
    return u, s, vh


def from_svd(out: tuple[Array, Array, Array]) -> Array:
    """The matrix with these singular values and vectors."""
    u, s, vh = out
    k = np.shape(s)[-1]
    return (getitem(u, (Ellipsis, slice(None, k))) * row(s)) @ getitem(vh, (Ellipsis, slice(None, k), slice(None)))


def svd_pull(g: Cotangents, out: tuple[Array, Array, Array], full_matrices: bool) -> Array:
    """U (K + diag(g of S)) Vh, and for a matrix that is not square what g has outside the spaces of U and V."""
    u, s, vh = out
    gu, gs, gv = g
    m, n, k = np.shape(u)[-2], np.shape(vh)[-1], np.shape(s)[-1]
    if full_matrices and m != n and (gu is not None or gv is not None):
        raise AutogradError(
            "the singular vectors of svd(..., full_matrices=True) cannot be differentiated: they are not unique",
            hint="give full_matrices=False",
        )
    if full_matrices:
        u, vh = getitem(u, (Ellipsis, slice(None, k))), getitem(vh, (Ellipsis, slice(None, k), slice(None)))
    core: Any = np.zeros((*np.shape(s), k)) if gs is None else np.eye(k) * row(gs)
    if gu is not None:
        turn = swap(u) @ gu
        core = core + over_gaps(turn - swap(turn), s * s) * row(s)
    if gv is not None:
        turn = vh @ swap(gv)
        core = core + column(s) * over_gaps(turn - swap(turn), s * s)
    total = u @ core @ vh
    if gu is not None and m > k:
        outside = gu - u @ (swap(u) @ gu)
        total = total + (outside / row(s)) @ vh
    if gv is not None and n > k:
        outside = gv - (gv @ swap(vh)) @ vh
        total = total + u @ (outside / column(s))
    return total


def svd_push(t: Array, out: tuple[Array, Array, Array], full_matrices: bool) -> tuple[Array, Array, Array]:
    """The rotations of U and V that keep their columns orthonormal, and the diagonal of U' t V."""
    u, s, vh = out
    m, n, k = np.shape(u)[-2], np.shape(vh)[-1], np.shape(s)[-1]
    if full_matrices and m != n:
        raise AutogradError(
            "the singular vectors of svd(..., full_matrices=True) cannot be differentiated: they are not unique",
            hint="give full_matrices=False",
        )
    moved = swap(u) @ t @ swap(vh)
    beside = moved * (1 - np.eye(k))
    turn_u = over_gaps(beside * row(s) + column(s) * swap(beside), s * s)
    turn_v = over_gaps(column(s) * beside + swap(beside) * row(s), s * s)
    tu, tv = u @ turn_u, swap(vh) @ turn_v
    if m > k:
        outside = t @ swap(vh)
        tu = tu + (outside - u @ (swap(u) @ outside)) / row(s)
    if n > k:
        outside = swap(t) @ u
        tv = tv + (outside - swap(vh) @ (vh @ outside)) / row(s)
    return tu, _diagonal(moved), swap(tv)


@protocol
def qr(x: Array, mode: str = "reduced") -> tuple[Array, Array]:
    """Q with orthonormal columns and R, an upper triangular matrix, with x = Q @ R.

    Raises:
        UsageProblem: for another mode than "reduced" and "complete".
    """
    if mode not in ("reduced", "complete"):
        raise UsageProblem(f"qr's mode is 'reduced' or 'complete', not {mode!r}")
    q, r = np.linalg.qr(x, mode=mode)  # type: ignore[call-overload]  # seen to just above
    return q, r


def _refuse_complete(q: Array, r: Array, mode: str) -> None:
    """Raise where Q has columns that x does not determine."""
    if mode == "complete" and np.shape(r)[-2] > np.shape(r)[-1]:
        raise AutogradError(
            "qr(..., mode='complete') of a matrix with more rows than columns cannot be differentiated: "
            "Q is not unique",
            hint="give mode='reduced'",
        )


def _over(x: Array, r: Array) -> Array:
    """The product x inv(r), for a triangular r."""
    try:
        return swap(solve(swap(r), swap(x)))
    except DomainProblem:
        raise DomainProblem("qr cannot be differentiated here: the columns are linearly dependent") from None


def _left(x: Array, k: int) -> Array:
    """The first k columns."""
    return getitem(x, (Ellipsis, slice(None, k)))


def _right(x: Array, k: int) -> Array:
    """The columns from the k-th on."""
    return getitem(x, (Ellipsis, slice(k, None)))


def _lower(x: Array) -> Array:
    """The entries below the diagonal."""
    n = np.shape(x)[-1]
    return x * np.tril(np.ones((n, n)), -1)


def qr_pull(g: Cotangents, x: Array, out: tuple[Array, Array], mode: str) -> Array:
    """Q gR + (Q D + gQ - Q Q' gQ) inv(R)', where D is the lower triangle of Q' gQ - gR R', less its transpose.

    What a wide matrix has beyond its square part is x2 = Q r2.
    """
    q, r = out
    _refuse_complete(q, r, mode)
    k = min(np.shape(x)[-2:])
    gq: Any = np.zeros(np.shape(q)) if g[0] is None else g[0]
    gr: Any = np.zeros(np.shape(r)) if g[1] is None else g[1]
    if np.shape(x)[-1] == k:
        return _square_pull(gq, gr, q, r)
    beyond = _right(gr, k)
    first = _square_pull(gq + _right(x, k) @ swap(beyond), _left(gr, k), q, _left(r, k))
    return concatenate(first, q @ beyond, axis=-1)


def _square_pull(gq: Array, gr: Array, q: Array, r: Array) -> Array:
    """The cotangent of a matrix with as many columns as R has rows.

    Neither gR R' inv(R)' nor, of a square Q, gQ - Q Q' gQ is computed: of the one gR is left, of the other nothing, and
    rounding that the condition of R would magnify.
    """
    upper = gr - _lower(gr)
    turned = swap(q) @ gq
    inner = turned - upper @ swap(r)
    moved = q @ _lower(inner - swap(inner))
    if np.shape(q)[-2] > np.shape(q)[-1]:
        moved = moved + (gq - q @ turned)
    return q @ upper + _over(moved, swap(r))


def qr_push(t: Array, x: Array, out: tuple[Array, Array], mode: str) -> tuple[Array, Array]:
    """Q times a skew T with the lower triangle of Q' t inv(R), and the upper triangle of Q' t - T R."""
    q, r = out
    _refuse_complete(q, r, mode)
    k = min(np.shape(x)[-2:])
    scaled = _over(_left(t, k), _left(r, k))
    moved = swap(q) @ scaled
    turn = _lower(moved) - swap(_lower(moved))
    tq = q @ turn
    if np.shape(q)[-2] > k:
        tq = tq + (scaled - q @ moved)
    tr = swap(q) @ _left(t, k) - turn @ _left(r, k)
    tr = tr - _lower(tr)
    if np.shape(x)[-1] == k:
        return tq, tr
    return tq, concatenate(tr, swap(tq) @ _right(x, k) + swap(q) @ _right(t, k), axis=-1)
