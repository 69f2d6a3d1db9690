"""A task as straight-line code for columns of given shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.batch import Plan, plan, run
from gradcli.errors import Problem, ShapeProblem
from gradcli.formulas import Entry, Meaning, gradient, hessian, jacobian, nth, vjp
from gradcli.ops.calls.operands import Kind
from gradcli.transforms.operators.diff import meaning_of
from gradcli.transforms.rows.kinks import kink_conditions
from gradcli.transforms.rows.layout import Column, layout
from gradcli.transforms.rows.task import Task

__all__ = ["Compiled", "compiled"]

_LARGEST = 20_000
"""Entries of all variables together, up to which a program is written out entry by entry."""

_LONGEST = 50_000
"""Operations of straight-line code: to write more takes longer than most tables take row by row."""


@dataclass(frozen=True)
class Compiled:
    """Straight-line code for a task.

    Attributes:
        plan: the code; after the columns' entries come the conditions of kinks.
        columns: what it computes.
    """

    plan: Plan
    columns: tuple[Column, ...]

    def run(
        self, values: Mapping[str, NDArray[Any]], constants: Mapping[str, NDArray[Any]], rows: int, threads: int
    ) -> tuple[dict[str, NDArray[Any]], NDArray[np.bool_]]:
        """The results of some rows, and which of them are at a kink of an operation.

        Args:
            values: for each variable its values, with an axis for rows before its own.
            constants: the variables that are the same in all rows.
            rows: how many there are.
            threads: that compute at the same time.
        """
        entries = [constant for constant in self.plan.constants if isinstance(constant, Entry)]
        fixed = {entry: float(constants[entry.name][entry.at]) for entry in entries}
        found = run(self.plan, rows, lambda entry: _column(values[entry.name], entry), fixed, threads)
        results: dict[str, NDArray[Any]] = {}
        position = 0
        for column in self.columns:
            size = prod(column.shape)
            parts = found[position : position + size]
            joined = np.stack(parts, axis=1) if column.shape else parts[0]
            results[column.name] = joined.reshape(rows, *column.shape)
            position += size
        kinked = np.zeros(rows, bool)
        for condition in found[position:]:
            kinked |= condition
        return results, kinked


def _column(values: NDArray[Any], entry: Entry) -> NDArray[Any]:
    where: tuple[Any, ...] = (slice(None), *entry.at)
    array = values[where]
    return array if array.dtype == bool else np.ascontiguousarray(array, np.float64)


def compiled(
    task: Task, inputs: tuple[str, ...], shapes: Mapping[str, tuple[int, ...]], kinds: Mapping[str, Kind]
) -> Compiled | str:
    """Straight-line code for columns of some shapes; or why there is none, as a fragment of a sentence.

    Args:
        task: what is wanted.
        inputs: the variables to differentiate by.
        shapes: of each column's entry in a row.
        kinds: for each column what it holds.

    Raises:
        Problem: if the program does not fit the shapes.
    """
    known = dict(shapes) | {name: array.shape for name, array in task.constants.items()}
    entries = sum(map(prod, known.values()))
    if entries > _LARGEST:
        return f"the variables have {entries:,} entries, and straight-line code takes {_LARGEST:,}"
    truths = [name for name, kind in kinds.items() if kind == "truth"]
    truths += [name for name, array in task.constants.items() if array.dtype == bool]
    try:
        meaning = meaning_of(task.program, known, truths)
        columns = layout(task, meaning.shape, inputs, known)
        roots = [*meaning.entries, *_derivatives(task, meaning, inputs, columns)]
        roots += kink_conditions(meaning)
    except ShapeProblem:
        raise
    except Problem as problem:
        return problem.message
    if len(meaning.graph) > _LONGEST:
        return f"the derivative takes {len(meaning.graph):,} operations, and straight-line code {_LONGEST:,}"
    varying = frozenset(task.columns)
    return Compiled(plan(meaning.graph, roots, lambda entry: entry.name in varying, truths), columns)


def _derivatives(task: Task, meaning: Meaning, inputs: tuple[str, ...], columns: tuple[Column, ...]) -> list[int]:
    """The nodes of the derivatives, in the order of the columns."""
    if task.part == "value":
        return []
    if task.part == "derivative":
        return nth(meaning, inputs[0], task.order)
    if task.part == "jacobian":
        rows = jacobian(meaning, inputs)
        sizes = [prod(meaning.shapes[name]) for name in inputs]
        starts = np.cumsum([0, *sizes])
        return [
            node
            for start, size in zip(starts, sizes, strict=False)
            for row in rows
            for node in row[start : start + size]
        ]
    found = gradient(meaning, inputs) if task.seed is None else vjp(meaning, inputs, _weights(task, meaning))
    if task.part == "gradient":
        return found
    second = hessian(meaning, inputs)
    places = {name: range(*_span(meaning, inputs, name)) for name in inputs}
    for column in columns:
        if len(column.of) == 2:
            found += [second[i][j] for i in places[column.of[0]] for j in places[column.of[1]]]
    return found


def _span(meaning: Meaning, inputs: tuple[str, ...], name: str) -> tuple[int, int]:
    """Where the entries of a variable are among those of all."""
    start = sum(prod(meaning.shapes[other]) for other in inputs[: inputs.index(name)])
    return start, start + prod(meaning.shapes[name])


def _weights(task: Task, meaning: Meaning) -> list[int]:
    """The seed's entries as nodes."""
    try:
        weights = np.broadcast_to(np.asarray(task.seed, np.float64), meaning.shape)
    except ValueError:
        shape = np.shape(task.seed)
        raise ShapeProblem(f"the seed has shape {shape} and the value has shape {meaning.shape}") from None
    return [meaning.arithmetic.number(float(weight)) for weight in weights.ravel()]
