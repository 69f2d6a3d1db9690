"""The uncertainty of the value at each row, from those of its inputs: propagated to first order."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import NamedTuple

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


def with_uncertainty(found: Found, cells: Mapping[str, Cells], uncertain: Mapping[str, Uncertain], rows: int) -> Found:
    """Results with the uncertainty of the value beside it.

    It is sqrt(sum((d_x*dx)**2)) over all entries of all inputs, which do not depend on each other. A row whose
    uncertainty is missing has no results, and one whose uncertainty is negative fails.

    Args:
        found: the results.
        cells: of all columns, those with uncertainties too.
        uncertain: for each variable its uncertainty.
        rows: how many there are.

    Raises:
        ShapeProblem: if an uncertainty has another shape than its variable.

    >>> slopes = {"value": np.array([6.0]), "d_x": np.array([3.0]), "d_y": np.array([2.0])}
    >>> nothing = np.zeros(1, bool)
    >>> sizes = {"x": Uncertain("", np.array(1.0)), "y": Uncertain("dy", np.array(0.0))}
    >>> given = {"dy": Cells(np.array([2.0]))}
    >>> with_uncertainty(Found(slopes, nothing, nothing, {}), given, sizes, 1).columns["u_value"]
    array([5.])
    """
    blank, failed, kept = found.blank.copy(), dict(found.failed), dict(found.columns)
    parts = []
    value = found.columns.get("value")
    if value is None:
        return found
    if value.dtype == object:
        raise ShapeProblem("--uncertainty takes rows of one shape")
    for name, one in uncertain.items():
        slope = found.columns[f"d_{name}"]
        size = one.size if not one.column else _of_column(one.column, cells[one.column], blank, failed)
        axes = slope.shape[value.ndim :]
        own = size.shape[1:] if one.column else size.shape
        if own not in ((), axes):
            raise ShapeProblem(f"--uncertainty {name} has the shape {own}, and {name} has the shape {axes}")
        lead = (rows,) if one.column else (1,)
        wide = size.reshape(*lead, *(1,) * (value.ndim - 1), *(own or (1,) * len(axes)))
        with np.errstate(all="ignore"):
            parts.append((slope * wide).reshape(*value.shape, prod(axes)))
    terms = np.abs(np.concatenate(parts, axis=-1))
    with np.errstate(all="ignore"):
        largest = terms.max(axis=-1, initial=0.0)  # squares of what is very small or large leave float64
        scale = np.where((largest > 0) & np.isfinite(largest), largest, 1.0)
        total = scale * np.sqrt(np.square(terms / scale[..., np.newaxis]).sum(axis=-1))
    kept[COLUMN] = total
    return Found(kept, blank, found.kinked, failed)


def _of_column(name: str, cells: Cells, blank: NDArray[np.bool_], failed: dict[int, str]) -> NDArray[np.float64]:
    """The uncertainties in a column; the rows without one, or with one that is none, are noted."""
    if cells.values.dtype == object:
        raise ShapeProblem(f"the uncertainties in '{name}' do not all have one shape")
    size = np.asarray(cells.values, np.float64)
    if cells.blank is not None:
        blank |= cells.blank
    negative = (size < 0).reshape(len(size), -1).any(axis=1) & ~blank
    for row in np.flatnonzero(negative).tolist():
        failed[row] = f"the uncertainty '{name}' is negative"
    blank |= negative
    return size
