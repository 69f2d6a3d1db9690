"""The common type of operands, where PyTorch's choice is not NumPy's.

Operands count in three groups: those with axes, those without, and Python's numbers. A later group has a
say only if it is of a higher kind (bool, integer, float): float32 entries times a float64 scalar are float32.

Source: PyTorch's documentation of torch.dtype, "Type promotion".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["promote", "result_type"]

_KINDS = "biufc"
"""NumPy's letters for kinds of types, lowest first; i and u count as one."""

_USUAL = {np.dtype(np.float64), float, int}
"""Types of which NumPy's choice is PyTorch's."""

_CONDITIONAL = "where"
"""The operation whose first argument, a condition, has no say."""


def promote(values: Sequence[Any], name: str) -> Sequence[Any]:
    """The operands of an operation, arrays among them cast to their common type."""
    kinds = {getattr(value, "dtype", type(value)) for value in values}
    if kinds <= _USUAL:
        return values
    first = 1 if name == _CONDITIONAL else 0
    common = result_type(values[first:])
    return (*values[:first], *(_cast(value, common) for value in values[first:]))


def result_type(values: Sequence[Any]) -> np.dtype[Any]:
    """The common type of arrays and Python's numbers.

    >>> result_type([np.ones(2, np.float32), np.float64(3)])
    dtype('float32')
    >>> result_type([np.ones(2, np.float32), np.ones(2, np.int64), 2.5])
    dtype('float32')
    >>> result_type([np.ones(2, np.int64), 2.5])
    dtype('float64')
    """
    arrays = [v for v in values if isinstance(v, np.ndarray | np.generic)]
    numbers = [np.asarray(v) for v in values if not isinstance(v, np.ndarray | np.generic)]
    common: np.dtype[Any] | None = None
    for group in ([v for v in arrays if v.ndim], [v for v in arrays if not v.ndim], numbers):
        own = _within_group([v.dtype for v in group])
        if common is None or (own is not None and _kind(own) > _kind(common)):
            common = own
    assert common is not None, "an operation has operands"
    return common


def _within_group(dtypes: list[np.dtype[Any]]) -> np.dtype[Any] | None:
    common: np.dtype[Any] | None = None
    for dtype in dtypes:
        if common is None or _kind(dtype) > _kind(common):
            common = dtype
        elif _kind(dtype) == _kind(common):
            common = np.promote_types(dtype, common)
    return common


def _kind(dtype: np.dtype[Any]) -> int:
    return min(_KINDS.find(dtype.kind), 1) if dtype.kind in "iu" else _KINDS.find(dtype.kind)


def _cast(value: Any, common: np.dtype[Any]) -> Any:
    if not isinstance(value, np.ndarray | np.generic) or value.dtype == common:
        return value
    return value.astype(common)
