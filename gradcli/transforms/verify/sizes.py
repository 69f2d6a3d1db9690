"""Sums of sizes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

__all__ = ["total"]


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
