"""A task at rows one by one, where nothing else is known, or a number of a row is not finite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.errors import Problem
from gradcli.transforms.rows.found import Found
from gradcli.transforms.rows.one_row import numbers_of, result_at
from gradcli.transforms.rows.task import Task

__all__ = ["looked_into", "mended", "one_by_one"]


def one_by_one(task: Task, inputs: tuple[str, ...], values: Mapping[str, NDArray[Any]], rows: int) -> Found:
    """The results of rows.

    Args:
        task: what is computed.
        inputs: the variables to differentiate by.
        values: of each column, with an axis for rows before its own.
        rows: how many there are.
    """
    found = Found({}, np.zeros(rows, bool), np.zeros(rows, bool), {})
    results = [_at(task, inputs, values, row, found) for row in range(rows)]
    good = [numbers for numbers in results if numbers is not None]
    for name in good[0] if good else ():
        found.columns[name] = _joined([None if numbers is None else numbers[name] for numbers in results])
    return found


def mended(task: Task, inputs: tuple[str, ...], values: Mapping[str, NDArray[Any]], found: Found) -> Found:
    """The results with those rows computed again that have a number which is not finite.

    One row at a time, what a number does not depend on is left out of its way: 0 times an infinity is then 0.
    """
    odd = np.zeros(len(found.blank), bool)
    for array in found.columns.values():
        odd |= ~np.isfinite(array).reshape(len(array), -1).all(axis=1)
    looked_into(task, inputs, values, found, np.flatnonzero(odd & ~found.blank))
    return found


def looked_into(
    task: Task, inputs: tuple[str, ...], values: Mapping[str, NDArray[Any]], found: Found, places: NDArray[Any]
) -> None:
    """Put in the place of what was found for some rows what the engine gives for each by itself."""
    for name, array in found.columns.items():
        if len(places) and not array.flags.writeable:  # a number that is the same in all rows stands there once
            found.columns[name] = array.copy()
    for row in places.tolist():
        numbers = _at(task, inputs, values, row, found)
        for name, array in found.columns.items():
            array[row] = (np.nan if array.dtype != bool else False) if numbers is None else numbers[name]


def _at(
    task: Task, inputs: tuple[str, ...], values: Mapping[str, NDArray[Any]], row: int, found: Found
) -> dict[str, NDArray[Any]] | None:
    """The numbers of a row; None where the program does not fit it, which is noted."""
    try:
        result = result_at(task, inputs, {name: array[row] for name, array in values.items()})
    except Problem as problem:
        found.failed[row] = problem.message
        found.blank[row] = True
        return None
    found.kinked[row] = any(kink.kind == "kink" for kink in result.kinks)
    return numbers_of(task, inputs, result)


def _joined(entries: Sequence[NDArray[Any] | None]) -> NDArray[Any]:
    """Entries of rows as one array, if they have one shape."""
    shapes = {entry.shape for entry in entries if entry is not None}
    if len(shapes) == 1:
        (shape,) = shapes
        return np.stack([np.full(shape, np.nan) if entry is None else entry for entry in entries])
    found = np.full(len(entries), None, object)
    for row, entry in enumerate(entries):
        found[row] = entry
    return found
