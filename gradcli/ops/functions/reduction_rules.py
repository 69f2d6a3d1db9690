"""Values and weights of reductions, and the values of those that pass no gradient."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from gradcli.ops.functions.protocol import Array, plain, protocol, quiet

__all__ = ["deviation", "logsumexp", "median_weight", "softmax_weight", "standardised"]


@protocol
@quiet
def logsumexp(x: Array, axis: Any = None, keepdims: bool = False) -> Array:
    """log(sum(exp(x))) over axes; the largest entry is taken out of the sum against overflow."""
    x = x if np.asarray(x).dtype.kind == "f" else np.asarray(x, dtype=float)
    largest = np.maximum.reduce(x, axis=axis, keepdims=True, initial=-np.inf)
    shift = largest if np.isfinite(largest).all() else np.where(np.isfinite(largest), largest, 0.0)
    total = np.log(np.add.reduce(np.exp(x - shift), axis=axis, keepdims=True)) + shift
    return total if keepdims else total.squeeze(axis)[()]


def softmax_weight(x: Array, out: Array, axis: Any) -> Array:
    """exp(x - out), divided by its sum, which is 1 but for what rounding has done to out.

    Where out is infinite the entries that are so too have no derivative, NaN, and the others have 0.
    """
    finite = np.isfinite(plain(out))
    powers = np.exp(x - out)
    total = np.sum(powers, axis=axis, keepdims=True)
    return powers / (total if finite.all() else np.where(finite, total, 1.0))


def deviation(x: Array, axis: Any, ddof: int) -> Array:
    """The derivative of the variance: 2*(x - mean(x))/(n - ddof)."""
    return 2 * _centred(x, axis) / (_count(x, axis) - ddof)


def standardised(x: Array, out: Array, axis: Any, ddof: int) -> Array:
    """The derivative of the standard deviation: (x - mean(x))/((n - ddof)*out).

    Where all entries are equal it is 0, as a constant is: its own derivative is 0 too, as in PyTorch.
    """
    return _centred(x, axis) / (np.where(np.equal(out, 0), np.inf, out) * (_count(x, axis) - ddof))


def median_weight(x: Array, axis: Any) -> Array:
    """1/2 for each of the two middle entries (1 where there is one), shared by all entries equal to it."""
    numbers = plain(x)
    if not np.size(numbers):
        return np.zeros(np.shape(numbers))
    axes = tuple(range(np.ndim(numbers))) if axis is None else axis
    low = np.quantile(numbers, 0.5, axis=axes, keepdims=True, method="lower")
    high = np.quantile(numbers, 0.5, axis=axes, keepdims=True, method="higher")
    return (_share(numbers, low, axes) + _share(numbers, high, axes)) / 2


def _share(x: Array, value: Array, axes: Any) -> Array:
    """1 shared by the entries that are equal to a value."""
    equal = x == value
    return equal / np.sum(equal, axis=axes, keepdims=True)


def _centred(x: Array, axis: Any) -> Array:
    """The differences from the mean."""
    if type(x) is np.ndarray and x.dtype == np.float64 and x.size:
        return x - np.add.reduce(x, axis=axis, keepdims=True) / _count(x, axis)
    return x - np.mean(x, axis=axis, keepdims=True)


def _count(x: Array, axis: Any) -> int:
    """The number of entries that are reduced to one."""
    shape = np.shape(x)
    axes = range(len(shape)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    return prod([shape[a] for a in axes])
