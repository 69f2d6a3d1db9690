"""Numbers from the texts of a table's cells."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.batch import Cells
from gradcli.ops.calls.operands import Kind

__all__ = [
    "MISSING",
    "cells_of_objects",
    "cells_of_texts",
    "kind_of",
    "object_of",
    "plain_object",
    "scalars_in",
    "stacked",
    "together",
]

MISSING = frozenset({"", "na", "n/a", "null", "none", "#n/a"})
"""Texts, in small letters, that say that nothing is there."""

_TRUTHS = {"true": True, "false": False}


def cells_of_texts(texts: Sequence[str], kind: str = "") -> tuple[Cells, dict[int, str]]:
    """The numbers of a column's cells.

    Args:
        texts: one for each row.
        kind: what the column holds, from the rows before; "" where these are the first.

    Returns:
        The cells, and for each row whose cell holds nothing that fits what is wrong with it.

    >>> cells_of_texts(["1.5", "", "x"])
    (Cells(values=array([1.5, nan, nan]), kind='real', blank=array([False,  True,  True])), {2: "is no number: 'x'"})
    """
    if kind not in ("truth", "list"):
        try:
            values = np.array(list(map(float, texts)))
        except ValueError:
            pass
        else:
            if np.isfinite(values).all() and not any("_" in text for text in texts if len(text) > 2):
                return Cells(values, kind_of(values, kind)), {}
    return cells_of_objects([object_of(text) for text in texts], kind)


def object_of(text: str) -> Any:
    """A cell's text as a number, a truth value, a list, or None; the text itself where it is nothing of that.

    >>> [object_of(text) for text in ("1.5", "true", "[1, 2]", "", "a_1")]
    [1.5, True, [1, 2], None, 'a_1']
    """
    stripped = text.strip()
    small = stripped.lower()
    if small in MISSING:
        return None
    if small in _TRUTHS:
        return _TRUTHS[small]
    if stripped.startswith("["):
        try:
            return json.loads(stripped)
        except (ValueError, RecursionError):
            return stripped
    if "_" in stripped:
        return stripped
    try:
        number = float(stripped)
    except ValueError:
        return stripped
    return stripped if math.isinf(number) and any(map(str.isdecimal, stripped)) else number


def plain_object(text: str) -> Any:
    """A cell's text as `object_of` has it, if nothing of it is lost; a whole number as an int.

    >>> [plain_object(text) for text in ("9007199254740993", "01234", "+49", "1.50", "-0")]
    [9007199254740993, '01234', '+49', 1.5, -0.0]
    """
    found = object_of(text)
    if isinstance(found, float):
        if _PLAIN_WHOLE.fullmatch(text):
            return int(text)
        return text if _NOT_PLAIN.match(text.strip()) else found
    return found


_PLAIN_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,17}")  # -0 has a sign that no int has
_NOT_PLAIN = re.compile(r"\+|-?[0-9]{19}|-?0[0-9]")


def cells_of_objects(objects: Sequence[Any], kind: str = "") -> tuple[Cells, dict[int, str]]:
    """The numbers of a column of Python's objects: numbers, truth values, lists of them, None; a text is bad.

    Args:
        objects: one for each row.
        kind: what the column holds, from the rows before; "" where these are the first.
    """
    first = next((found for found in objects if found is not None and not isinstance(found, str)), None)
    kind = kind or ("list" if isinstance(first, list) else "truth" if isinstance(first, bool) else "")
    if kind == "list":
        return _lists(objects)
    wanted: tuple[type, ...] = (bool,) if kind == "truth" else (int, float)
    bad: dict[int, str] = {}
    blank = np.zeros(len(objects), bool)
    numbers = []
    for row, found in enumerate(objects):
        fits = isinstance(found, wanted) and (kind == "truth" or not isinstance(found, bool))
        number = _float(found) if fits else None
        if number is None:
            blank[row] = True
            if found is not None:
                bad[row] = _wrong(found, "truth value" if kind == "truth" else "number")
        numbers.append(math.nan if number is None else number)
    values = np.array(numbers, np.float64)
    if kind == "truth":
        return Cells(np.where(blank, False, values).astype(bool), "truth", blank if blank.any() else None), bad
    return Cells(values, kind_of(values[~blank], kind), blank if blank.any() else None), bad


def scalars_in(values: Sequence[Any]) -> set[str]:
    """Whether values are numbers, truth values, or both, also in lists: libraries take truth values for ones and zeros.

    >>> sorted(scalars_in([1.5, None, "a", [[True]]])), scalars_in([[1], [2.5]])
    (['number', 'truth'], {'number'})
    """
    found = set()
    level = values
    while True:
        kinds = set(map(type, level))
        if bool in kinds:
            found.add("truth")
        if kinds & {int, float}:
            found.add("number")
        if list not in kinds:
            return found
        level = [entry for value in level if type(value) is list for entry in value]


def _float(found: Any) -> float | None:
    try:
        return float(found)
    except OverflowError:
        return None


def _wrong(found: Any, what: str) -> str:
    text = found if isinstance(found, str) else json.dumps(found, default=str)
    short = text if len(text) <= 40 else f"{text[:40]}..."
    if isinstance(found, int) and not isinstance(found, bool) and what == "number":
        return f"overflows float64: {short}"
    if isinstance(found, str) and found[:1] in "+-0123456789." and what == "number":
        try:
            if math.isinf(float(found)):
                return f"overflows float64: {short}"
        except ValueError:
            pass
        if _WITH_COMMAS.fullmatch(found):
            return f"is no number: '{short}'; decimals have a point, and thousands no comma"
    return f"is no {what}: '{short}'"


_WITH_COMMAS = re.compile(r"\s*[-+]?\d[\d.' ]*(?:,\d+)+(?:\.\d*)?(?:[eE][-+]?\d+)?\s*")
"""A number as many countries write it, `1,5` and `1.234,5`, or with thousands apart, `1,234.5`."""


def _lists(objects: Sequence[Any]) -> tuple[Cells, dict[int, str]]:
    """Lists as arrays; of one shape as one array."""
    bad: dict[int, str] = {}
    blank = np.zeros(len(objects), bool)
    arrays: list[NDArray[Any] | None] = []
    for row, found in enumerate(objects):
        array = _array(found)
        if array is None:
            blank[row] = True
            if found is not None:
                bad[row] = _wrong(found, "list of numbers")
        arrays.append(array)
    return together(arrays, blank), bad


def _array(found: Any) -> NDArray[Any] | None:
    if not isinstance(found, list):
        return None
    try:
        array = np.array(found)
    except ValueError:
        return None
    if array.dtype.kind not in "iufb" or (array.size == 0 and array.ndim > 1):
        return None
    return array if array.dtype == bool else array.astype(np.float64)


def together(arrays: Sequence[NDArray[Any] | None], blank: NDArray[np.bool_]) -> Cells:
    """An array for each row as one column.

    >>> together([np.array([1.0]), None], np.array([False, True])).values
    array([[ 1.],
           [nan]])
    """
    there = [array for array in arrays if array is not None]
    shapes = {array.shape for array in there}
    truths = bool(there) and all(array.dtype == bool for array in there)
    if len(shapes) == 1:
        (shape,) = shapes
        filler = np.full(shape, False if truths else np.nan)
        values = np.stack([filler if array is None else array for array in arrays])
    else:
        values = np.full(len(arrays), None, object)
        for row, array in enumerate(arrays):
            values[row] = np.zeros(0) if array is None else array
    whole = not truths and bool(there) and all((array == np.floor(array)).all() for array in there)
    return Cells(values, "truth" if truths else "whole" if whole else "real", blank if blank.any() else None)


def stacked(parts: Sequence[Cells], shape: tuple[int, ...]) -> Cells:
    """Columns of entries as one of vectors or matrices.

    >>> stacked([Cells(np.array([1.0, 2.0])), Cells(np.array([3.0, 4.0]))], (2,)).values.tolist()
    [[1.0, 3.0], [2.0, 4.0]]
    """
    blanks = [part.blank for part in parts if part.blank is not None]
    values = np.stack([part.values for part in parts], axis=1).reshape(-1, *shape)
    kind: Kind = "whole" if all(part.kind == "whole" for part in parts) else "real"
    return Cells(values, kind, np.logical_or.reduce(blanks) if blanks else None)


def kind_of(values: NDArray[np.float64], known: str = "") -> Any:
    """Whether numbers are whole ones; what is known from the rows before stays.

    >>> kind_of(np.array([1.0, 2.0])), kind_of(np.array([1.0, 2.5])), kind_of(np.array([2.0]), "real")
    ('whole', 'real', 'real')
    """
    if known in ("real", "whole"):
        return known
    return "whole" if len(values) and bool((values == np.floor(values)).all()) else "real"
