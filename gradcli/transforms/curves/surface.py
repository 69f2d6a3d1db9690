"""A program and its gradient on a grid of two variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradcli.batch import Cells
from gradcli.errors import ShapeProblem, UsageProblem
from gradcli.lang import Program, parse
from gradcli.transforms.curves.curve import MOST_POINTS, check_axis
from gradcli.transforms.curves.sampler import check_between
from gradcli.transforms.program.output_names import outputs_of
from gradcli.transforms.program.variables import check_functions, check_names
from gradcli.transforms.results.plot import Axis, Surface
from gradcli.transforms.results.value import plain
from gradcli.transforms.rows.compute import Computer
from gradcli.transforms.rows.task import Task, task

__all__ = ["surface"]

_COUNT = 201


def surface(
    expression: str | Program,
    axes: tuple[Axis, Axis],
    fixed: Mapping[str, Any] | None = None,
    *,
    points: int | None = None,
    gradient: bool = True,
) -> Surface:
    """A program's value, and its gradient, on a grid.

    Args:
        expression: text of the language, or a parsed program.
        axes: the ranges of both variables; one with a count has so many values.
        fixed: values of the other variables.
        points: how many values each variable takes where its range has no count.
        gradient: whether it is computed.

    Raises:
        Problem: about the expression, the values or the ranges.

    >>> found = surface("x*y", (Axis("x", 0.0, 2.0, 3), Axis("y", 0.0, 1.0, 2)))
    >>> found.value
    array([[0., 0., 0.],
           [0., 1., 2.]])
    """
    program = parse(expression) if isinstance(expression, str) else expression
    names = [axis.name for axis in axes]
    for axis in axes:
        check_axis(axis)
    check_functions(program)
    check_names(program, [*names, *(fixed or {})])
    counts = [axis.count or points or _COUNT for axis in axes]
    if not min(counts) >= 2 or counts[0] * counts[1] > MOST_POINTS:
        told = f"{counts[0]:,} times {counts[1]:,} places"
        raise UsageProblem(f"{told} are too few or too many", hint=f"2 each at least, {MOST_POINTS:,} in all at most")
    x, y = (np.linspace(axis.start, axis.stop, count) for axis, count in zip(axes, counts, strict=True))
    made = task(program, names, fixed or {}, None, "value")
    check_between(made, names)
    _check_shape(made, names)
    if gradient:
        made = task(program, names, fixed or {}, names, "gradient")
    grid = dict(zip(names, (np.tile(x, len(y)), np.repeat(y, len(x))), strict=True))
    computer = Computer(made, dict.fromkeys(names, "real"))
    found = computer.compute({name: Cells(grid[name]) for name in made.columns}, len(x) * len(y))
    shape = (len(y), len(x))
    if found.columns["value"].shape != (shape[0] * shape[1],):
        raise ShapeProblem("the value is no single number, and a map shows one", hint="plot an entry: (EXPR)[0]")
    if found.columns["value"].dtype == bool:
        raise UsageProblem("the value is a truth value, which has no map", hint="plot where(CONDITION, 1, 0)")
    slopes = [found.columns[f"d_{name}"].reshape(shape) for name in names] if gradient else []
    notes = (f"the places are computed one by one: {computer.one_by_one}",) if computer.one_by_one else ()
    return Surface(
        program.source,
        axes,
        {name: plain(value) for name, value in made.constants.items()},
        x,
        y,
        found.columns["value"].reshape(shape),
        np.array(slopes) if slopes else np.empty((0, *shape)),
        outputs_of(program, [*names, *made.constants], ()),
        notes,
    )


def _check_shape(made: Task, names: Sequence[str]) -> None:
    """See that a value is one number, where that can be told beforehand, before a gradient is asked of it."""
    columns = Computer(made, dict.fromkeys(names, "real")).layout(dict.fromkeys(made.columns, ()))
    if columns is not None and columns[0].shape:
        raise ShapeProblem(
            f"the value has shape {columns[0].shape}, and a map shows one number",
            hint="plot an entry, as in (EXPR)[0], or one number made of all, as in sum(EXPR)",
        )
