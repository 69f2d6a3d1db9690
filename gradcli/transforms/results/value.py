"""Numbers and arrays as results hold them."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gradcli.ops.calls.memory import check_empty

__all__ = ["Value", "plain", "plain_by_name"]

Value: TypeAlias = float | NDArray[np.float64]
"""A number, or a float64 array of at least one axis."""


def plain(array: Any) -> Value:
    """A Python float for a scalar, a float64 array otherwise.

    Raises:
        MemoryProblem: if it has no entries, and more rows than there is room for.

    >>> plain(np.float64(2.0)), plain(np.ones(2))
    (2.0, array([1., 1.]))
    """
    whole = np.asarray(array, dtype=np.float64)
    check_empty(whole.shape)
    return float(whole) if whole.ndim == 0 else whole


def plain_by_name(arrays: dict[str, Any]) -> dict[str, Value]:
    """`plain` of each array."""
    return {name: plain(array) for name, array in arrays.items()}
