"""The uncertainty of the value at each row, from those of its inputs: propagated to first order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradcli.batch import Cells
from gradcli.errors import ShapeProblem, UsageProblem
from gradcli.transforms.rows.found import Found
from gradcli.transforms.rows.task import Task

__all__ = ["COLUMN", "Uncertain", "check_uncertain", "columns_of", "with_uncertainty"]

COLUMN = "u_value"
"""What the column is called."""


class Uncertain(NamedTuple):
    """The standard uncertainty of a variable.

    Attributes:
        column: the variable of the table that holds it; "" for one that is the same in all rows.
        size: of that one, in the shape of the variable or of a number.
    """

    column: str
    size: NDArray[np.float64]


def columns_of(uncertain: Mapping[str, Uncertain]) -> tuple[str, ...]:
    """The variables of the table that hold uncertainties."""
    return tuple(dict.fromkeys(one.column for one in uncertain.values() if one.column))


def check_uncertain(task: Task, uncertain: Mapping[str, Uncertain]) -> None:
    """See that a task has the derivatives that uncertainties take.

    Raises:
        UsageProblem: if it has none, or does not differentiate by a variable.
    """
    if not uncertain:
        return
    if task.part == "value" or (task.part == "derivative" and task.order > 1):
        option = "--value-only" if task.part == "value" else "--order"
        raise UsageProblem(f"--uncertainty takes first derivatives, which {option} leaves out")
    if task.seed is not None:
        raise UsageProblem("--uncertainty does not go with --seed", hint="--jacobian is for a value of several entries")
    for name in uncertain:
        if name not in task.columns and name not in task.constants:
            raise UsageProblem(f"--uncertainty {name}: the expression has no variable '{name}'")
        if task.wrt is not None and name not in task.wrt:
            raise UsageProblem(f"--uncertainty {name}: --wrt leaves '{name}' out")
        if task.wrt is None and name in task.constants:
            hint = f"--wrt {','.join((*task.columns, name))} differentiates by it"
            raise UsageProblem(f"--uncertainty {name}: '{name}' is the same in all rows", hint=hint)


def with_uncertainty(
    found: Found, cells: Mapping[str, Cells], uncertain: Mapping[str, Uncertain], rows: int, refusing: bool = False
) -> Found:
    """Results with the uncertainty of the value beside it.

    It is sqrt(sum((d_x*dx)**2)) over all entries of all inputs, which do not depend on each other. A row whose
    uncertainty is missing has no results; one whose uncertainty is negative, or has another shape than its variable,
    fails.

    Args:
        found: the results.
        cells: of all columns, those with uncertainties too.
        uncertain: for each variable its uncertainty.
        rows: how many there are.
        refusing: whether an uncertainty that is the same in all rows, and fits none of these, is an error.

    Raises:
        ShapeProblem: for such an uncertainty.

    >>> slopes = {"value": np.array([6.0]), "d_x": np.array([3.0]), "d_y": np.array([2.0])}
    >>> nothing = np.zeros(1, bool)
    >>> sizes = {"x": Uncertain("", np.array(1.0)), "y": Uncertain("dy", np.array(0.0))}
    >>> given = {"dy": Cells(np.array([2.0]))}
    >>> with_uncertainty(Found(slopes, nothing, nothing, {}), given, sizes, 1).columns["u_value"]
    array([5.])
    """
    value = found.columns.get("value")
    if value is None:
        return found
    blank, failed = found.blank.copy(), dict(found.failed)
    for name in columns_of(uncertain):
        _look(name, cells[name], blank, failed)
    slopes = {name: found.columns[f"d_{name}"] for name in uncertain}
    sizes = {name: cells[one.column].values for name, one in uncertain.items() if one.column}
    ragged = any(array.dtype == object for array in (value, *slopes.values(), *sizes.values()))
    total = np.full(rows, None, object) if value.dtype == object else np.full(value.shape, np.nan)
    for places in _alike([value, *slopes.values(), *sizes.values()], ~blank) if ragged else [slice(None)]:
        part = _entries(value, places)
        terms = []
        for name, one in uncertain.items():
            slope = _entries(slopes[name], places)
            size = np.asarray(_entries(sizes[name], places) if one.column else one.size[np.newaxis], np.float64)
            own, axes = size.shape[1:], slope.shape[part.ndim :]
            if own not in ((), axes):
                told = f"the uncertainty of '{name}' has the shape {own}, and '{name}' has the shape {axes}"
                if refusing and not one.column:
                    raise ShapeProblem(f"--uncertainty: {told}")
                left = np.arange(rows)[places]
                failed.update((row, told) for row in left[~blank[left]].tolist())
                blank[left] = True
                break
            wide = size.reshape(len(size), *(1,) * (part.ndim - 1), *(own or (1,) * len(axes)))
            with np.errstate(all="ignore"):
                terms.append((slope * wide).reshape(*part.shape, prod(axes)))
        else:
            _put(total, places, _root_of_squares(np.abs(np.concatenate(terms, axis=-1))))
    return Found({**found.columns, COLUMN: total}, blank, found.kinked, failed)


def _root_of_squares(terms: NDArray[np.float64]) -> NDArray[np.float64]:
    """sqrt(sum(terms**2)) over the last axis, of terms whose squares may leave float64."""
    with np.errstate(all="ignore"):
        largest = terms.max(axis=-1, initial=0.0)
        scale = np.where((largest > 0) & np.isfinite(largest), largest, 1.0)
        total: NDArray[np.float64] = scale * np.sqrt(np.square(terms / scale[..., np.newaxis]).sum(axis=-1))
    return total


def _alike(arrays: Sequence[NDArray[Any]], wanted: NDArray[np.bool_]) -> list[NDArray[np.intp]]:
    """The rows in groups, in each of which all arrays have entries of one shape."""
    groups: dict[tuple[tuple[int, ...], ...], list[int]] = {}
    for row in np.flatnonzero(wanted).tolist():
        groups.setdefault(tuple(np.shape(array[row]) for array in arrays), []).append(row)
    return [np.array(places) for places in groups.values()]


def _entries(array: NDArray[Any], places: NDArray[np.intp] | slice) -> NDArray[Any]:
    """Some rows, whose entries have one shape, with an axis for the rows first."""
    some = array[places]
    return np.stack(list(some)) if array.dtype == object else some


def _put(total: NDArray[Any], places: NDArray[np.intp] | slice, found: NDArray[np.float64]) -> None:
    """Put the results of some rows in their places."""
    if total.dtype != object:
        total[places] = found
    elif not isinstance(places, slice):
        for row, entry in zip(places.tolist(), found, strict=True):
            total[row] = entry


def _look(name: str, cells: Cells, blank: NDArray[np.bool_], failed: dict[int, str]) -> None:
    """Note the rows without an uncertainty in a column, or with one that is none."""
    if cells.blank is not None:
        blank |= cells.blank
    if cells.values.dtype == object:
        negative = np.array([bool((np.asarray(entry) < 0).any()) for entry in cells.values], bool) & ~blank
    else:
        negative = (cells.values < 0).reshape(len(cells.values), -1).any(axis=1) & ~blank
    for row in np.flatnonzero(negative).tolist():
        failed[row] = f"the uncertainty '{name}' is negative"
    blank |= negative
