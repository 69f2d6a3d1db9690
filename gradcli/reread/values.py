"""What numbers are: Python's scalars, NumPy's arrays, and lists that become arrays where they are computed with.

All numbers are float64, as documented. A Python int is kept, so that it can be an index or an axis, as long as float64
holds it exactly: so `7//2` is 3, and `2**1000` is the float64 of that name.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.reread.outside import Outside

__all__ = ["floats", "is_truth", "kept_array", "operand", "plain", "scalar_truth", "whole"]

_EXACT = 2**53


def plain(value: Any) -> Any:
    """A result without NumPy's scalars: bools, ints, floats, arrays of at least one axis, tuples of them.

    Raises:
        Outside: for what is no real number.

    >>> plain(np.float64(2.0)), plain(np.array(3))
    (2.0, 3)
    """
    if isinstance(value, tuple | list):
        return tuple(plain(part) for part in value)  # of one level: what functions of several results give
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        value = value.item()
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "fiub":
            raise Outside("a number of it is not real")
        return value.astype(np.float64) if value.dtype.kind == "f" else value
    if isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if abs(value) <= _EXACT else float(value)
    raise Outside("a number of it is not real")


def operand(value: Any) -> Any:
    """A value to compute with: a scalar, or an array.

    Raises:
        Outside: for None, texts, slices, and lists of unequal rows.
    """
    if isinstance(value, bool | int | float | np.ndarray):
        return value
    if isinstance(value, list | tuple):
        return kept_array(value)
    raise Outside(f"{value!r} is no number")


def kept_array(value: Any) -> Any:
    """A value as an array of the type that it has: truth values, whole numbers, or float64."""
    if isinstance(value, str | slice) or value is None or value is ...:
        raise Outside(f"{value!r} is no number")
    try:
        array = np.asarray(value)
    except (ValueError, OverflowError):
        raise Outside("the rows of a list are unequal") from None
    if array.dtype.kind not in "fiub":
        raise Outside("a list holds what is no real number")
    return array.astype(np.float64) if array.dtype.kind == "f" else array


def floats(value: Any) -> Any:
    """A value as float64: a scalar of NumPy's, whose arithmetic never raises, or an array."""
    found = operand(value)
    return found.astype(np.float64) if isinstance(found, np.ndarray) else np.float64(found)


def is_truth(value: Any) -> bool:
    """Whether a value is a truth value, or an array of them."""
    return isinstance(value, bool) or (isinstance(value, np.ndarray) and value.dtype == bool)


def whole(value: Any) -> bool:
    """Whether a value is a whole number by its type, or an array of them; truth values are none."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "iu"
    return isinstance(value, int) and not isinstance(value, bool)


def scalar_truth(value: Any) -> bool:
    """What `if`, `and`, `or` and `not` take a value for.

    Raises:
        Outside: for an array: Python finds its truth ambiguous.
    """
    found = operand(value)
    if isinstance(found, np.ndarray):
        raise Outside("Python finds the truth of an array ambiguous")
    return bool(found)
