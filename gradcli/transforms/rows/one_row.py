"""A task at one row, by the engine: for programs that straight-line code does not take, and to check what it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.transforms.operators.derivative import derivative
from gradcli.transforms.operators.evaluate import evaluate
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.operators.hessian import hessian
from gradcli.transforms.operators.jacobian import jacobian
from gradcli.transforms.results.base import Derived, Result
from gradcli.transforms.results.derivative import Derivative
from gradcli.transforms.results.gradient import Gradient
from gradcli.transforms.results.hessian import Hessian
from gradcli.transforms.results.jacobian import Jacobian
from gradcli.transforms.results.value import plain
from gradcli.transforms.rows.layout import Column, layout, nth_column
from gradcli.transforms.rows.task import Task, pair_column

__all__ = ["numbers_of", "result_at", "with_numbers"]


def result_at(task: Task, inputs: tuple[str, ...], values: Mapping[str, Any]) -> Result:
    """The result of a task at one row.

    Args:
        task: what is wanted.
        inputs: the variables to differentiate by.
        values: of the columns in this row.

    Raises:
        Problem: if the program does not fit the values.
    """
    point = {**task.constants, **values}
    if task.part == "value":
        return evaluate(task.program, point, explain=False)
    if task.part == "jacobian":
        return jacobian(task.program, point, inputs, explain=False)
    if task.part == "hessian":
        return hessian(task.program, point, inputs, explain=False)
    if task.part == "derivative":
        return derivative(task.program, point, task.order, inputs[0], explain=False)
    return grad(task.program, point, inputs, task.seed, explain=False)


def numbers_of(task: Task, inputs: tuple[str, ...], result: Result) -> dict[str, NDArray[Any]]:
    """The numbers of a result, under the names of a task's columns."""
    value = np.asarray(result.value)
    shapes = {name: np.shape(given) for name, given in result.inputs.items()}
    return {column.name: _number(column, value, result) for column in layout(task, value.shape, inputs, shapes)}


def _number(column: Column, value: NDArray[Any], result: Result) -> NDArray[Any]:
    if not column.of:
        return value
    if isinstance(result, Hessian) and len(column.of) == 2:
        rows, columns = (_places(result, name) for name in column.of)
        return np.reshape(result.hessian[np.ix_(rows, columns)], column.shape)
    if isinstance(result, Jacobian):
        found: Any = result.jacobians[column.of[0]]
    elif isinstance(result, Derivative):
        found = result.derivatives[-1]
    else:
        assert isinstance(result, Gradient | Hessian)
        found = result.gradients[column.of[0]]
    return np.asarray(found, np.float64).reshape(column.shape)


def _places(result: Hessian, name: str) -> list[int]:
    """Where the entries of a variable are among the rows of a Hessian."""
    start = 0
    for other in result.wrt():
        size = int(np.size(result.inputs[other]))
        if other == name:
            return list(range(start, start + size))
        start += size
    raise KeyError(name)


def with_numbers(result: Derived, numbers: Mapping[str, NDArray[Any]]) -> Derived:
    """A result with the numbers that a task's columns have, to be checked in place of its own."""
    value = plain(np.asarray(numbers["value"]))
    if isinstance(result, Gradient):
        found = result.gradients.items()  # by more variables than have columns, perhaps
        slopes = {name: plain(numbers.get(f"d_{name}", np.asarray(slope))) for name, slope in found}
        return replace(result, value=value, gradients=slopes)
    if isinstance(result, Jacobian):
        parts = {name: numbers[f"d_{name}"] for name in result.jacobians}
        size = int(np.size(value))
        matrix = np.concatenate([np.reshape(part, (size, -1)) for part in parts.values()], axis=1)
        return replace(result, value=value, jacobian=matrix, jacobians={n: plain(part) for n, part in parts.items()})
    if isinstance(result, Derivative):
        last = numbers[nth_column(result.variable, len(result.derivatives))]
        return replace(result, value=value, derivatives=(*result.derivatives[:-1], plain(last)))
    assert isinstance(result, Hessian)
    slopes = {name: plain(numbers[f"d_{name}"]) for name in result.gradients}
    matrix = result.hessian.copy()
    names = list(result.wrt())
    for i, first in enumerate(names):
        for second in names[i:]:
            rows, columns = _places(result, first), _places(result, second)
            block = np.reshape(numbers[pair_column(first, second)], (len(rows), len(columns)))
            matrix[np.ix_(rows, columns)] = block
            matrix[np.ix_(columns, rows)] = block.T
    return replace(result, value=value, gradients=slopes, hessian=matrix)
