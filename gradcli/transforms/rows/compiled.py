"""A task as straight-line code for columns of given shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gradcli.batch import Plan, plan, run
from gradcli.batch.jit import Jit
from gradcli.batch.native import Argument, Native
from gradcli.batch.spare import Spare
from gradcli.errors import Problem, ShapeProblem
from gradcli.formulas import Entry, Meaning, gradient, hessian, jacobian, nth, vjp
from gradcli.ops.calls.operands import Kind
from gradcli.transforms.operators.diff import meaning_of
from gradcli.transforms.rows.kinks import kink_conditions
from gradcli.transforms.rows.layout import Column, layout
from gradcli.transforms.rows.task import Task

if TYPE_CHECKING:
    from gradcli.transforms.operators.code import Routine

__all__ = ["Compiled", "compiled"]

_LARGEST = 20_000
"""Entries of all variables together, up to which a program is written out entry by entry."""

_LONGEST = 50_000
"""Operations of straight-line code: to write more takes longer than most tables take row by row."""


@dataclass
class Compiled:
    """Straight-line code for a task.

    Attributes:
        plan: the code; after the columns' entries come the conditions of kinks.
        columns: what it computes.
        task: what it is for.
        meaning: what the program computes, with its derivatives.
        roots: the nodes of what the code computes, in its order.
        native: the same compiled, which is taken where it is there.
        spare: memory for results.
    """

    plan: Plan
    columns: tuple[Column, ...]
    task: Task
    meaning: Meaning
    roots: tuple[int, ...]
    native: Native | Jit | None = None
    spare: Spare = field(default_factory=Spare)

    def routine(self) -> Routine:
        """The code as a function with one result: all numbers, with 1 for what is true."""
        arithmetic = self.meaning.arithmetic
        truths = self.plan.truths
        nodes = tuple(
            arithmetic.where(root, arithmetic.one, arithmetic.zero) if is_truth else root
            for root, is_truth in zip(self.roots, truths, strict=True)
        )
        from gradcli.transforms.operators.code import Output, Parameter, Routine  # for compiled code alone

        parameters = tuple(Parameter(name, shape) for name, shape in self.meaning.shapes.items())
        output = Output("result", (len(nodes),), nodes, "", ("",) * len(nodes))
        return Routine(self.task.program.source, self.meaning, parameters, (output,))

    def arguments(self) -> tuple[Argument, ...]:
        """The arguments of that function."""
        varying = self.task.columns
        return tuple(Argument(name, shape, name in varying) for name, shape in self.meaning.shapes.items())

    def agrees(self, values: Mapping[str, NDArray[Any]], constants: Mapping[str, NDArray[Any]], rows: int) -> bool:
        """Whether the compiled code gives, for some rows, what this one gives."""
        native, self.native = self.native, None
        try:
            expected = self.run(values, constants, rows, 1)
        finally:
            self.native = native
        found = self.run(values, constants, rows, 1)
        pairs = [(found[0][name], array) for name, array in expected[0].items()]
        return np.array_equal(found[1], expected[1]) and all(_nearly(one, other) for one, other in pairs)

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
        if self.native is not None:
            numbers = self.native.run({**constants, **values}, rows, threads)
            found = [a.astype(bool) if truth else a for a, truth in zip(numbers, self.plan.truths, strict=True)]
        else:
            found = run(self.plan, rows, lambda entry: _column(values[entry.name], entry), fixed, threads, self.spare)
        results: dict[str, NDArray[Any]] = {}
        position = 0
        for column in self.columns:
            size = prod(column.shape)
            parts = found[position : position + size]
            joined = np.stack(parts, axis=1) if column.shape else parts[0]
            if column.of and joined.dtype == bool:  # of b*y by y, with a truth value b
                joined = joined.astype(np.float64)
            results[column.name] = joined.reshape(rows, *column.shape)
            position += size
        kinked = np.zeros(rows, bool)
        for condition in found[position:]:
            kinked |= condition
        return results, kinked


_NEARLY = 1e-9
"""Of the largest number of a column: what 4 ulps of each function become where a program cancels."""


def _nearly(found: NDArray[Any], expected: NDArray[Any]) -> bool:
    """Whether numbers are the same but for rounding."""
    finite = np.isfinite(expected)
    if found.dtype == bool or not np.array_equal(finite, np.isfinite(found)):
        return bool(np.array_equal(found, expected))
    if not np.array_equal(found[~finite], expected[~finite], equal_nan=True):
        return False
    size = np.abs(expected[finite])
    return bool(np.all(np.abs(found[finite] - expected[finite]) <= _NEARLY * (size + size.max(initial=0.0) * 1e-3)))


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
    made = plan(meaning.graph, roots, lambda entry: entry.name in varying, truths)
    return Compiled(made, columns, task, meaning, tuple(roots))


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
    meaning = replace(meaning, again=task.part == "hessian")  # so that first and second derivatives share
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
