"""The columns that a task gives, and what they are called."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations_with_replacement
from typing import NamedTuple

from gradcli.transforms.rows.task import Task, pair_column

__all__ = ["Column", "layout", "nth_column"]


class Column(NamedTuple):
    """A column of results.

    Attributes:
        name: such as "d_x".
        shape: of its entry in each row.
        of: what it is made of: () for the value, ("x",) for a derivative by x, ("x", "y") for a second one.
    """

    name: str
    shape: tuple[int, ...]
    of: tuple[str, ...]


def layout(
    task: Task, value: tuple[int, ...], inputs: tuple[str, ...], shapes: Mapping[str, tuple[int, ...]]
) -> tuple[Column, ...]:
    """The columns of results, in order.

    Args:
        task: what is wanted.
        value: the shape of the value.
        inputs: the variables that are differentiated by.
        shapes: of the variables.

    >>> from gradcli.lang import parse
    >>> from gradcli.transforms.rows.task import task
    >>> made = task(parse("x*y"), ["x", "y"], {}, part="hessian")
    >>> [column.name for column in layout(made, (), ("x", "y"), {"x": (), "y": ()})]
    ['value', 'd_x', 'd_y', 'd2_x_x', 'd2_x_y', 'd2_y_y']
    """
    columns = [Column("value", value, ())]
    if task.part == "derivative":
        columns.append(Column(nth_column(inputs[0], task.order), value, (inputs[0],)))
        return tuple(columns)
    before = value if task.part == "jacobian" else ()
    columns += [Column(f"d_{name}", (*before, *shapes[name]), (name,)) for name in inputs]
    if task.part == "hessian":
        columns += [
            Column(pair_column(first, second), (*shapes[first], *shapes[second]), (first, second))
            for first, second in combinations_with_replacement(inputs, 2)
        ]
    return tuple(columns)


def nth_column(name: str, order: int) -> str:
    """What the column of a derivative of some order is called.

    >>> nth_column("x", 1), nth_column("x", 3)
    ('d_x', 'd3_x')
    """
    return f"d_{name}" if order == 1 else f"d{order}_{name}"
