"""Fields of typed tables as JSON has them."""

from __future__ import annotations

from base64 import b64encode
from decimal import Decimal
from math import isfinite
from typing import Any

import numpy as np

__all__ = ["plain"]


def plain(value: Any) -> Any:
    """A field as JSON has it: numbers, texts, truth values, None, and lists and objects of these.

    What is not finite becomes None, also within lists and objects; bytes become text in base64, a map becomes a list of
    pairs, an interval of months, days and nanoseconds an object. A decimal that is no float, a date and what else JSON
    has no type for become texts.

    >>> plain({"a": float("nan"), "b": [b"ab", (1, 2)]})
    {'a': None, 'b': ['YWI=', [1, 2]]}
    """
    holder: list[Any] = [value]
    places: list[tuple[Any, Any]] = [(holder, 0)]
    while places:
        within, key = places.pop()
        found = within[key] = _unwrapped(within[key])
        if isinstance(found, list):
            places += [(found, i) for i in range(len(found))]
        elif isinstance(found, dict):
            places += [(found, name) for name in found]
    return holder[0]


def _unwrapped(value: Any) -> Any:
    """A value, of which what it holds is still as it was."""
    if isinstance(value, np.ndarray | np.generic):
        value = _of_numpy(value)
    if isinstance(value, float):
        return value if isfinite(value) else None
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, list):
        return list(value)
    if isinstance(value, dict):
        return {str(name): held for name, held in value.items()}
    if isinstance(value, Decimal):
        number = float(value)
        return number if Decimal(repr(number)) == value else str(value) if value.is_finite() else None
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, tuple):
        interval = {name: getattr(value, name, None) for name in ("months", "days", "nanoseconds")}
        return list(value) if None in interval.values() else interval
    return str(value)


def _of_numpy(value: Any) -> Any:
    """NumPy's arrays as lists, and its numbers as Python's; its texts of bytes are texts, its times keep all digits."""
    if value.dtype.kind == "S":
        return np.char.decode(value, "utf-8", "backslashreplace").tolist()
    return value.astype(str).tolist() if value.dtype.kind in "mM" else value.tolist()
