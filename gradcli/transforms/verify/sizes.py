"""Sums of sizes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

__all__ = ["total", "total_product"]

_LARGEST = float(np.finfo(float).max)


def total(terms: Any) -> float:
    """The sum of the finite terms' sizes.

    >>> total([1.0, -2.0, float("inf")])
    3.0
    >>> total(-2.0), total(float("nan"))
    (2.0, 0.0)
    """
    sizes = np.abs(np.asarray(terms, dtype=float))
    if sizes.ndim == 0:  # as of each step of a program of scalars
        size = float(sizes)
        return size if math.isfinite(size) else 0.0
    return float(np.sum(sizes[np.isfinite(sizes)]))


def total_product(adjoint: Any, value: Any) -> float:
    """The sum of the sizes of products; one that overflows is the largest number, one of what is not finite nothing.

    >>> total_product([2.0, float("inf")], [-3.0, 1.0])
    6.0
    >>> total_product(1e200, 1e200) == float(np.finfo(float).max)
    True
    """
    with np.errstate(all="ignore"):
        sizes = np.abs(np.multiply(adjoint, value, dtype=float))
    if np.all(np.isfinite(sizes)):
        return float(np.sum(sizes))
    overflows = np.isinf(sizes) & np.isfinite(adjoint) & np.isfinite(value)
    return min(total(sizes) + _LARGEST * int(np.count_nonzero(overflows)), _LARGEST)
