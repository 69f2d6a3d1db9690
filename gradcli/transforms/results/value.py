"""Numbers and arrays as results hold them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gradcli.ops.calls.memory import check_empty

__all__ = ["Value", "Whole", "plain", "plain_by_name", "whole", "whole_by_name"]

Value: TypeAlias = float | NDArray[np.float64]
"""A number, or a float64 array of at least one axis."""

Whole: TypeAlias = int | NDArray[np.int64]
"""A whole number, or an array of them: what stands in an index, as it is shown."""

_LARGEST = 2.0**53
"""Beyond this a float64 is no count of anything."""


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


def whole(value: Any) -> Value | Whole:
    """What stands where a whole number must as whole numbers, 1 and not 1.0; what is none stays as it is.

    >>> whole(1.0), whole([0.0, 2.0]), whole(0.5)
    (1, array([0, 2]), 0.5)
    """
    numbers = plain(value)
    array = np.asarray(numbers)
    if not ((array.round() == array) & (abs(array) <= _LARGEST)).all():
        return numbers
    return int(array) if array.ndim == 0 else array.astype(np.int64)


def whole_by_name(values: Mapping[str, Any], names: Collection[str]) -> dict[str, Value | Whole]:
    """Values as they are shown, those of some names as whole numbers.

    >>> whole_by_name({"x": 1.0, "k": 1.0}, ["k"])
    {'x': 1.0, 'k': 1}
    """
    return {name: whole(value) if name in names else plain(value) for name, value in values.items()}
