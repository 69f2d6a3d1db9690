"""Sums of sizes."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["total"]


def total(terms: Any) -> float:
    """The sum of the finite terms' sizes.

    >>> total([1.0, -2.0, float("inf")])
    3.0
    """
    sizes = np.abs(np.asarray(terms, dtype=float))
    return float(np.sum(sizes[np.isfinite(sizes)]))
