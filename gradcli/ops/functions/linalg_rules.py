"""Determinants, inverses and Cholesky factors: values and rules, on the last two axes.

Written with functions that record on Tensors: every rule can be differentiated again.
Source of the rules: M. Giles, "An extended collection of matrix derivative results for forward and reverse
mode algorithmic differentiation" (2008); of Cholesky's: I. Murray, "Differentiation of the Cholesky
decomposition" (2016); of the pseudoinverse's: G. Golub, V. Pereyra, SIAM J. Numer. Anal. 10 (1973) 413-432.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradcli.errors import DomainProblem, ShapeProblem
from gradcli.ops.functions.numeric import getitem, scatter, stack
from gradcli.ops.functions.protocol import Array, plain, protocol
from gradcli.ops.functions.transposes import unbroadcast

_NO_RANK = 1e-15
"""Of the largest singular value: what is not larger counts as 0 in a pseudoinverse."""

_MINORS = 4
"""Up to this order cofactors are computed by minors, n*n determinants, which can be differentiated again."""


def swap(x: Array) -> Array:
    """The transposed matrices."""
    return np.swapaxes(x, -1, -2)


def square(x: Array, name: str) -> int:
    """The order of square matrices.

    Raises:
        ShapeProblem: for other arrays.
    """
    shape = np.shape(x)
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise ShapeProblem(f"{name} takes a square matrix, not an array of shape {shape}")
    return int(shape[-1])


def _scalars(g: Array) -> Array:
    """Numbers as matrices of one entry, to be multiplied with matrices."""
    return np.reshape(g, (*np.shape(g), 1, 1))


def _inner(a: Array, b: Array) -> Array:
    """The sums of the products of corresponding entries, as matrices of one entry."""
    return np.sum(a * b, axis=(-2, -1), keepdims=True)


def singular(name: str) -> DomainProblem:
    """The error for a matrix that has no inverse, as far as elimination in float64 can tell."""
    return DomainProblem(
        f"{name} cannot take its argument: the matrix is singular, or too near to a singular one for float64"
    )


@protocol
def det(x: Array) -> Array:
    """The determinants of matrices."""
    square(x, "det")
    return np.linalg.det(x)


def det_pull(g: Array, x: Array) -> Array:
    """g times the cofactors, which singular matrices have too."""
    return _scalars(g) * _by_minors(x)


def det_push(t: Array, x: Array) -> Array:
    """sum(cofactors(x)*t)."""
    return np.sum(_by_minors(x) * t, axis=(-2, -1))


def _by_minors(x: Array) -> Array:
    """The cofactors as a function that can be differentiated again, for singular matrices too if they are small."""
    n = np.shape(x)[-1]
    if n == 1:
        return np.ones(np.shape(x))
    if isinstance(x, np.ndarray) or n > _MINORS:
        return cofactors(x)
    entries = [sign * det(getitem(x, rest)) for sign, rest in _rests(n)]
    return np.reshape(stack(*entries, axis=-1), np.shape(x))


def _rests(n: int) -> list[tuple[float, tuple[Any, ...]]]:
    """For each entry of a matrix the sign of its cofactor, and the index of all other rows and columns."""
    return [
        ((-1.0) ** (i + j), (Ellipsis, np.delete(np.arange(n), i)[:, np.newaxis], np.delete(np.arange(n), j)))
        for i, j in np.ndindex(n, n)
    ]


def of_finite(compute: Callable[[Array], Array], x: Array) -> Array:
    """The value of a decomposition; NaN for each matrix that has an entry which is not finite.

    LAPACK does not converge on those, writes to standard output, or gives numbers as if all were well.

    >>> of_finite(np.linalg.eigvalsh, np.array([[[2.0]], [[np.nan]]]))
    array([[ 2.],
           [nan]])
    """
    return all_of_finite(lambda a: (compute(a),), x)[0]


def all_of_finite(compute: Callable[[Array], Sequence[Array]], x: Array) -> tuple[Array, ...]:
    """The values of a decomposition into several parts; NaN for each matrix that is not finite."""
    good = np.isfinite(x).all(axis=(-2, -1))
    if good.all():
        return tuple(compute(x))
    parts = compute(np.where(good[..., np.newaxis, np.newaxis], x, 1.0))
    return tuple(
        np.where(np.reshape(good, good.shape + (1,) * (np.ndim(part) - good.ndim)), part, np.nan) for part in parts
    )


@protocol
def cofactors(x: Array) -> Array:
    """The matrix of cofactors: of small matrices by their minors, of larger ones by their singular values."""
    n = square(x, "cofactors")
    if n == 1:
        return np.ones_like(x)
    if n <= _MINORS:
        return _minors(np.asarray(x), n)
    return of_finite(_cofactors_of_singular_values, x)


def _cofactors_of_singular_values(x: Array) -> Array:
    """Cofactors by x = U S V': each singular value is replaced by the product of the others."""
    u, s, vh = np.linalg.svd(x)
    n = x.shape[-1]
    others = np.where(np.eye(n, dtype=bool), 1.0, s[..., np.newaxis, :]).prod(axis=-1)
    sign = np.linalg.det(u) * np.linalg.det(vh)
    return sign[..., np.newaxis, np.newaxis] * ((u * others[..., np.newaxis, :]) @ vh)


def _minors(x: Array, n: int) -> Array:
    """Cofactors of small matrices: determinants without one row and one column, with their signs."""
    out = np.empty_like(x, dtype=float)
    for i, j in np.ndindex(n, n):
        rest = np.delete(np.delete(x, i, axis=-2), j, axis=-1)
        out[..., i, j] = (-1) ** (i + j) * (rest[..., 0, 0] if n == 2 else np.linalg.det(rest))
    return out


def cofactors_pull(g: Array, x: Array, out: Array) -> Array:
    """By the minors of a small matrix; else <out, g> A - out g' A, where A is the transposed inverse."""
    n = np.shape(x)[-1]
    total: Array = np.zeros(np.shape(x))
    if n == 1:
        return total
    if n <= _MINORS:
        for k, (sign, rest) in enumerate(_rests(n)):
            weight = sign * getitem(g, (Ellipsis, k // n, k % n))
            total = total + scatter(_scalars(weight) * _by_minors(getitem(x, rest)), rest, np.shape(x))
        return total
    a = swap(np.linalg.inv(x))
    return _inner(out, g) * a - out @ swap(g) @ a


def cofactors_push(t: Array, x: Array, out: Array) -> Array:
    """By the minors of a small matrix; else <A, t> out - A t' out, where A is the transposed inverse."""
    n = np.shape(x)[-1]
    if n == 1:
        return np.zeros(np.shape(x))
    if n <= _MINORS:
        entries = [sign * det_push(getitem(t, rest), getitem(x, rest)) for sign, rest in _rests(n)]
        return np.reshape(stack(*entries, axis=-1), np.shape(x))
    a = swap(np.linalg.inv(x))
    return _inner(a, t) * out - a @ swap(t) @ out


def inverse_or_infinity(x: Array) -> Array:
    """The inverses; for singular matrices the transposed cofactors divided by 0, infinite with their signs."""
    try:
        return np.linalg.inv(x)
    except (np.linalg.LinAlgError, DomainProblem):
        lost = np.reshape(np.linalg.slogdet(plain(x))[0] == 0, (*np.shape(x)[:-2], 1, 1))
        with np.errstate(all="ignore"):
            infinite = swap(_by_minors(x)) / _scalars(det(x) + 0.0)  # not over -0.0
        return np.where(lost, infinite, np.linalg.inv(np.where(lost, np.eye(np.shape(x)[-1]), x)))


def logabsdet_pull(g: Array, x: Array) -> Array:
    """The transposed inverse times g."""
    return _scalars(g) * swap(inverse_or_infinity(x))


def logabsdet_push(t: Array, x: Array) -> Array:
    """trace(inv(x) t)."""
    return np.sum(swap(inverse_or_infinity(x)) * t, axis=(-2, -1))


@protocol
def logabsdet(x: Array) -> Array:
    """The logarithms of the absolute values of determinants, without overflow."""
    square(x, "logabsdet")
    return np.linalg.slogdet(x)[1]


@protocol
def inv(x: Array) -> Array:
    """The inverses of matrices."""
    square(x, "inv")
    try:
        return np.linalg.inv(x)
    except np.linalg.LinAlgError:
        raise singular("inv") from None


def inv_pull(g: Array, out: Array) -> Array:
    """-out' g out'."""
    return -(swap(out) @ g @ swap(out))


def inv_push(t: Array, out: Array) -> Array:
    """-out t out."""
    return -(out @ t @ out)


@protocol
def pinv(x: Array) -> Array:
    """The Moore-Penrose inverses of matrices; singular values up to 1e-15 of the largest count as 0."""
    return of_finite(lambda a: np.linalg.pinv(a, rcond=_NO_RANK), x)


def _outside(x: Array, out: Array) -> tuple[Array, Array]:
    """1 - x out and 1 - out x, the projections on what x leaves out of its columns' and of its rows' space.

    Of full rank it leaves out nothing: multiplied out, what is 0 would be rounding, magnified by the condition twice.
    """
    sizes = of_finite(lambda a: np.linalg.svd(a, compute_uv=False), plain(x))
    rank = np.sum(sizes > _NO_RANK * np.max(sizes, axis=-1, keepdims=True, initial=0.0), axis=-1)[..., None, None]
    rows, columns = np.shape(x)[-2:]
    left = np.where(rank == rows, 0.0, np.eye(rows) - x @ out)
    return left, np.where(rank == columns, 0.0, np.eye(columns) - out @ x)


def pinv_push(t: Array, x: Array, out: Array) -> Array:
    """-out t out + out out' t' (1 - x out) + (1 - out x) t' out' out, which holds while the rank stays the same."""
    left, right = _outside(x, out)
    return -(out @ t @ out) + out @ swap(out) @ swap(t) @ left + right @ swap(t) @ swap(out) @ out


def pinv_pull(g: Array, x: Array, out: Array) -> Array:
    """The transpose of the push, term by term."""
    left, right = _outside(x, out)
    first = swap(out) @ g @ swap(out)
    return -first + left @ swap(g) @ out @ swap(out) + swap(out) @ out @ swap(g) @ right


@protocol
def solve(a: Array, b: Array) -> Array:
    """The solution x of a @ x = b; b is a vector if it has one axis, and a matrix (or a stack of them) otherwise."""
    square(a, "solve")
    columns = np.reshape(b, (-1, 1)) if np.ndim(b) == 1 else b
    try:
        out = np.linalg.solve(a, columns)
    except np.linalg.LinAlgError:
        raise singular("solve") from None
    return out[..., 0] if np.ndim(b) == 1 else out


def times_matrix(a: Array, out: Array, b: Array) -> Array:
    """The product a @ out, which `solve` undoes."""
    product = a @ _columns(out, b)
    return product[..., 0] if np.ndim(b) == 1 else product


def over_matrix(a: Array, product: Array, b: Array) -> Array:
    """The columns of which `times_matrix` gives this product."""
    solved = solve(a, _columns(product, b))
    return solved[..., 0] if np.ndim(b) == 1 else solved


def _columns(x: Array, b: Array) -> Array:
    """A vector as a matrix of one column, where b is a vector."""
    return np.reshape(x, (*np.shape(x), 1)) if np.ndim(b) == 1 else x


def _solved(a: Array, g: Array, b: Array) -> Array:
    """The columns solve(a', g)."""
    columns = _columns(g, b)
    return solve(swap(a), columns) if np.ndim(columns) > 1 else columns


def solve_a(g: Array, a: Array, b: Array, out: Array) -> Array:
    """-solve(a', g) out'."""
    return unbroadcast(-(_solved(a, g, b) @ swap(_columns(out, b))), np.shape(a))


def solve_b(g: Array, a: Array, b: Array) -> Array:
    """solve(a', g)."""
    solved = _solved(a, g, b)
    return unbroadcast(getitem(solved, (Ellipsis, 0)) if np.ndim(b) == 1 else solved, np.shape(b))


def solve_push_a(t: Array, a: Array, b: Array, out: Array) -> Array:
    """-solve(a, t out)."""
    product = t @ _columns(out, b)
    solved = -solve(a, product)
    return getitem(solved, (Ellipsis, 0)) if np.ndim(b) == 1 else solved


def solve_push_b(t: Array, a: Array) -> Array:
    """solve(a, t)."""
    return solve(a, t)


def symmetric(x: Array) -> Array:
    """The symmetric parts (x + x')/2 of matrices."""
    return (x + swap(x)) / 2


def _lower_half(x: Array) -> Array:
    """The lower triangle, with half of the diagonal."""
    n = np.shape(x)[-1]
    return x * (np.tril(np.ones((n, n)), -1) + np.eye(n) / 2)


@protocol
def cholesky(x: Array) -> Array:
    """The lower triangular factors of the symmetric parts, which must be positive definite."""
    square(x, "cholesky")
    try:
        return np.linalg.cholesky(symmetric(x))
    except np.linalg.LinAlgError:
        raise DomainProblem("cholesky takes a positive definite matrix, and this one is not") from None


def from_cholesky(out: Array) -> Array:
    """The matrix that has this factor."""
    return out @ swap(out)


def cholesky_pull(g: Array, out: Array) -> Array:
    """The symmetric part of out'^-1 lower_half(out' g) out^-1."""
    inverse = np.linalg.inv(out)
    return symmetric(swap(inverse) @ _lower_half(swap(out) @ g) @ inverse)


def cholesky_push(t: Array, out: Array) -> Array:
    """out lower_half(out^-1 t out'^-1)."""
    inverse = np.linalg.inv(out)
    return out @ _lower_half(inverse @ symmetric(t) @ swap(inverse))
