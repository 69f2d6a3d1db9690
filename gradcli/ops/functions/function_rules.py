"""Functions of square matrices: values and rules, on the last two axes.

Written with functions that record on Tensors: every rule can be differentiated again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcli.ops.functions.linalg_rules import singular, square, swap
from gradcli.ops.functions.numeric import concatenate, getitem
from gradcli.ops.functions.protocol import Array, in_type_of, protocol


def _bordered(function: Callable[..., Any], x: Array, direction: Array, **statics: Any) -> Array:
    """The derivative of a matrix function in a direction: a corner of its value at a matrix of twice the order.

    Source: R. Mathias, "A chain rule for matrix functions and applications", SIAM J. Matrix Anal. Appl. 17 (1996).
    """
    n = np.shape(x)[-1]
    top = concatenate(x, direction, axis=-1)
    bottom = concatenate(np.zeros(np.shape(x)), x, axis=-1)
    value = function(concatenate(top, bottom, axis=-2), **statics)
    return getitem(value, (Ellipsis, slice(None, n), slice(n, None)))


@protocol
def expm(x: Array) -> Array:
    """The exponentials of matrices."""
    from scipy import linalg

    square(x, "expm")
    return in_type_of(x, linalg.expm(np.asarray(x, dtype=float)))


def expm_pull(g: Array, x: Array) -> Array:
    """The derivative at x' in the direction g: the upper right corner of expm([[x', g], [0, x']])."""
    return _bordered(expm, swap(x), g)


def expm_push(t: Array, x: Array) -> Array:
    """The upper right corner of expm([[x, t], [0, x]])."""
    return _bordered(expm, x, t)


@protocol
def matrix_power(x: Array, n: int) -> Array:
    """The n-th powers of matrices; for n < 0 the powers of their inverses."""
    square(x, "matrix_power")
    try:
        power = np.linalg.matrix_power(x, n)
    except np.linalg.LinAlgError:
        raise singular("matrix_power") from None
    return np.array(power) if n == 1 else power  # NumPy's is then the matrix itself


def matrix_power_pull(g: Array, x: Array, n: int) -> Array:
    """The derivative at x' in the direction g: the upper right corner of [[x', g], [0, x']]^n."""
    return _bordered(matrix_power, swap(x), g, n=n)


def matrix_power_push(t: Array, x: Array, n: int) -> Array:
    """The upper right corner of [[x, t], [0, x]]^n; for n = 2 it is x t + t x."""
    return _bordered(matrix_power, x, t, n=n)
