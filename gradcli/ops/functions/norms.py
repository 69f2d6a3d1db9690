"""Norms of vectors and matrices: value and rules.

Written with functions that record on Tensors: every rule can be differentiated again.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.errors import UsageProblem
from gradcli.ops.functions.linalg_rules import of_finite
from gradcli.ops.functions.numeric import euclidean
from gradcli.ops.functions.protocol import Array, plain, protocol, quiet
from gradcli.ops.functions.spectral_rules import singular_vectors, svdvals
from gradcli.ops.functions.transposes import share_of_ties

_MATRIX = ("fro", "nuc", 1, -1, 2, -2, float("inf"), -float("inf"))
_SPECTRAL = ("nuc", 2, -2)


@protocol
@quiet
def norm(x: Array, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Array:
    """The norm of a vector or a matrix, over one axis or two; the norm of all entries without `ord` and `axis`."""
    kind = _kind(ord, axis, np.ndim(x))
    if kind == "euclidean":
        return euclidean(x, axis=axis, keepdims=keepdims)
    if kind == "matrix" and ord in _SPECTRAL:
        axes = (0, 1) if axis is None else axis
        matrices = np.moveaxis(x, axes, (-2, -1))
        out = of_finite(lambda a: np.linalg.norm(a, ord=ord, axis=(-2, -1)), matrices)
        return np.expand_dims(out, tuple(i % np.ndim(x) for i in axes)) if keepdims else out[()]
    return np.linalg.norm(x, ord=ord, axis=axis, keepdims=keepdims)


def _kind(ord: Any, axis: Any, ndim: int) -> str:
    """Which norm is meant: the Euclidean one, another one of vectors, or another one of matrices."""
    count = ndim if axis is None else len(axis) if isinstance(axis, tuple) else 1
    if ord is None or (ord == 2 and count == 1) or (ord == "fro" and count == 2):
        return "euclidean"
    if count == 1 and isinstance(ord, int | float | np.number):
        return "vector"
    if count == 2 and isinstance(ord, str | int | float | np.number) and ord in _MATRIX:
        return "matrix"
    raise UsageProblem(
        f"norm has no order {ord!r} for {count} axes",
        hint="vectors: any number; matrices: 'fro', 'nuc', 1, -1, 2, -2, inf, -inf",
    )


def norm_weight(x: Array, out: Array, axis: Any, ord: Any) -> Array:
    """The derivative by each entry; of vectors sign(x)*(abs(x)/out)**(ord - 1), and 0 where the norm is 0."""
    kind = _kind(ord, axis, np.ndim(x))
    if kind == "euclidean":
        return x / np.where(np.equal(out, 0), np.inf, out)  # 0 at 0, and so is its own derivative, as in PyTorch
    if kind == "vector":
        return _vector_weight(x, out, axis, ord)
    rows, columns = (i % np.ndim(x) for i in (axis or (0, 1)))
    if ord in _SPECTRAL:
        matrices = np.moveaxis(x, (rows, columns), (-2, -1))
        return np.moveaxis(_spectral_weight(matrices, ord), (-2, -1), (rows, columns))
    summed, compared = (rows, columns) if abs(ord) == 1 else (columns, rows)
    sums = np.sum(np.abs(x), axis=summed, keepdims=True)
    return np.sign(x) * share_of_ties(sums, out, compared)


def _vector_weight(x: Array, out: Array, axis: Any, ord: float) -> Array:
    """The derivative of a norm of vectors that is not the Euclidean one."""
    if np.isinf(ord):
        return np.sign(x) * share_of_ties(np.abs(x), out, axis)
    if ord in (0, 1):
        return np.sign(x) * ord
    scale = np.where(np.equal(out, 0), 1, out)
    if ord > 1:
        return np.sign(x) * (np.abs(x) / scale) ** (ord - 1)
    zero = np.equal(x, 0)  # where the power would be infinite; 0, as in PyTorch
    powers = np.sign(x) * (np.abs(np.where(zero, 1.0, x)) / scale) ** (ord - 1)
    return np.where(zero | np.equal(out, 0), 0.0, powers)


def norm_kinks(x: Array, ord: Any = None, axis: Any = None) -> Array:
    """Where a norm is not differentiable: for each entry whether the norm has a kink in it.

    For Euclidean norms a boolean for each norm, for those by singular values one for all; singular values
    count as equal, or as 0, within rounding.

    >>> norm_kinks(np.array([3.0, 0.0, -3.0]), ord=1)
    array([False,  True, False])
    >>> norm_kinks(np.array([3.0, 0.0, -3.0]), ord=np.inf)
    array([ True, False,  True])
    """
    kind = _kind(ord, axis, np.ndim(x))
    if kind == "euclidean":
        return np.equal(euclidean(x, axis=axis), 0)
    if not np.size(x):
        return np.zeros(np.shape(x), dtype=bool)
    sizes = np.abs(x)
    if kind == "vector":
        return _vector_kinks(sizes, axis, ord)
    rows, columns = (i % np.ndim(x) for i in (axis or (0, 1)))
    if ord in _SPECTRAL:
        return _spectral_kinks(np.moveaxis(x, (rows, columns), (-2, -1)), ord)
    summed, compared = (rows, columns) if abs(ord) == 1 else (columns, rows)
    sums = np.sum(sizes, axis=summed, keepdims=True)
    counts = np.equal(sums, _extreme(sums, compared, ord))
    return _extreme_kinks(sums, compared, ord) | (counts & np.equal(sizes, 0))


def _vector_kinks(sizes: Array, axis: Any, ord: float) -> Array:
    """The kinks of a norm of vectors, given the absolute values."""
    if np.isinf(ord):
        return _extreme_kinks(sizes, axis, ord)
    zero = np.equal(sizes, 0)
    return np.all(zero, axis=axis, keepdims=True) & zero if ord > 1 else zero


def _extreme(x: Array, axis: Any, ord: float) -> Array:
    """The largest or the smallest, by the sign of the order."""
    return np.max(x, axis=axis, keepdims=True) if ord > 0 else np.min(x, axis=axis, keepdims=True)


def _extreme_kinks(sizes: Array, axis: Any, ord: float) -> Array:
    """The largest (or smallest) sizes where several are equal, or where they are 0."""
    extreme = _extreme(sizes, axis, ord)
    counts = np.equal(sizes, extreme)
    return counts & ((np.sum(counts, axis=axis, keepdims=True) > 1) | np.equal(extreme, 0))


def _spectral_kinks(x: Array, ord: Any) -> Array:
    """Whether singular values that the norm depends on are 0, or equal where it takes one of them."""
    values = svdvals(x)
    nothing = _rounding(values, x)
    if ord == "nuc":
        return np.any(values <= nothing)
    ordered = values if ord > 0 else values[..., ::-1]
    tie = np.abs(ordered[..., :1] - ordered[..., 1:2]) <= nothing
    return np.any(tie) | np.any(ordered[..., :1] <= nothing)


def _rounding(values: Array, x: Array) -> Array:
    """The size below which a singular value may be nothing but rounding, as NumPy's `matrix_rank` has it."""
    return np.max(values, axis=-1, keepdims=True) * np.finfo(float).eps * max(np.shape(x)[-2:])


def _spectral_weight(x: Array, ord: Any) -> Array:
    """The sum of u v' over the singular values that the norm depends on."""
    values = svdvals(plain(x))
    if ord == "nuc":
        shares = (values > _rounding(values, x)) * 1.0
    else:
        extreme = np.max if ord > 0 else np.min
        shares = share_of_ties(values, extreme(values, axis=-1, keepdims=True), -1)
    left, right = singular_vectors(x)
    return (left * shares[..., np.newaxis, :]) @ np.swapaxes(right, -1, -2)
