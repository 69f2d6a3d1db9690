"""A task at many rows side by side, by the engine: for programs of arrays without straight-line code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.sweeps import backward
from gradcli.engine.tape.abreast import Abreast, everywhere
from gradcli.engine.tape.abreast_call import call_abreast
from gradcli.engine.tape.tensor import Tensor, unwrap
from gradcli.lang import Call
from gradcli.ops import Op
from gradcli.ops.calls.interpreter import Interpreter
from gradcli.ops.calls.numeric_errors import explain
from gradcli.ops.calls.stacks import NoRule
from gradcli.transforms.program.execute import choose, compute, number, to_number
from gradcli.transforms.program.prepare import Prepared, prepare
from gradcli.transforms.rows.abreast_kinks import KinksAbreast
from gradcli.transforms.rows.layout import layout
from gradcli.transforms.rows.task import Task

__all__ = ["Rows", "SideBySide"]

_ENTRIES = 1 << 22
"""Numbers of all variables together in the rows that are computed at a time: as many as make the start of each
operation cheap, and few enough for memory."""


class _Mixed(Exception):
    """A conditional that takes its first branch in some rows and its second in others."""

    def __init__(self, first: NDArray[np.bool_]) -> None:
        self.first = first


class Rows(NamedTuple):
    """What was computed for some rows.

    Attributes:
        columns: the results, with an axis for rows before their own.
        kinked: which rows are at a kink of an operation.
        finite: which rows have no result that is infinite, or not a number; a sum that overflows counts as one.
    """

    columns: dict[str, NDArray[Any]]
    kinked: NDArray[np.bool_]
    finite: NDArray[np.bool_]


class SideBySide:
    """Computes rows that have entries of the same shapes.

    Args:
        task: what is computed.
        inputs: the variables to differentiate by.
        shapes: of each column's entry in a row.
    """

    def __init__(self, task: Task, inputs: tuple[str, ...], shapes: Mapping[str, tuple[int, ...]]) -> None:
        self.task = task
        self.inputs = inputs
        entries = sum(map(prod, shapes.values())) + sum(task.constants[n].size for n in inputs if n in task.constants)
        self._rows = max(_ENTRIES // max(entries, 1), 16)
        self._prepared: Prepared | None = None

    def run(
        self, values: Mapping[str, NDArray[Any]], constants: Mapping[str, NDArray[Any]], rows: int, threads: int
    ) -> Rows:
        """The results of some rows.

        Args:
            values: for each column its values, with an axis for rows before its own.
            constants: the variables that are the same in all rows.
            rows: how many there are.
            threads: that compute at the same time.

        Raises:
            NoRule: if an operation is not computed in this way.
            Problem: if the program does not fit a row.
        """
        kinked, finite = np.zeros(rows, bool), np.ones(rows, bool)
        blocks = [np.arange(first, min(first + self._rows, rows)) for first in range(0, rows, self._rows)]

        def work(places: NDArray[Any]) -> dict[str, NDArray[Any]]:
            return self._at(places, values, constants, kinked, finite)

        if not blocks:
            return Rows({}, kinked, finite)
        self._program(values, constants)
        found = work(blocks[0])
        if len(blocks) == 1:
            return Rows(found, kinked, finite)
        columns: dict[str, NDArray[Any]] = {}
        _put(columns, found, blocks[0], rows)
        if threads > 1:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(lambda places: _put(columns, work(places), places, rows), blocks[1:]))
        else:
            for places in blocks[1:]:
                _put(columns, work(places), places, rows)
        return Rows(columns, kinked, finite)

    def _at(
        self,
        places: NDArray[Any],
        values: Mapping[str, NDArray[Any]],
        constants: Mapping[str, NDArray[Any]],
        kinked: NDArray[np.bool_],
        finite: NDArray[np.bool_],
    ) -> dict[str, NDArray[Any]]:
        """The results of the rows at some places; where a conditional parts them, those of each branch by themselves.

        What is told of the rows is filled in.
        """
        at = _slice(places)
        try:
            found, kinked[at] = self._some({n: array[at] for n, array in values.items()}, constants, len(places))
        except _Mixed as mixed:
            together: dict[str, NDArray[Any]] = {}
            for part in (places[mixed.first], places[~mixed.first]):
                some = self._at(part, values, constants, kinked, finite)
                _put(together, some, np.searchsorted(places, part), len(places))
            return together
        for array in found.values():  # while they are at hand
            finite[at] &= _finite(array)
        return found

    def _some(
        self, values: Mapping[str, NDArray[Any]], constants: Mapping[str, NDArray[Any]], rows: int
    ) -> tuple[dict[str, NDArray[Any]], NDArray[np.bool_]]:
        prepared = self._program(values, constants)
        tensors: dict[str, Any] = {}
        for name, given in prepared.values.items():
            wanted = name in self.inputs
            if name in values:
                tensors[name] = Abreast(Tensor(np.asarray(values[name], np.float64), wanted))
            elif wanted:
                tensors[name] = Abreast(Tensor(np.broadcast_to(given, (rows, *given.shape)), True))
            else:
                tensors[name] = Tensor(given)
        kinks = KinksAbreast(rows)
        interpreter = Interpreter(
            number=number, apply=kinks.watching(_computed), argument=_as_number, choose=_chosen, explain=explain
        )
        with np.errstate(all="ignore"):
            result = interpreter.run(prepared.program, tensors)
            if not isinstance(result, Abreast | Tensor | np.ndarray | np.generic | float):
                raise NoRule("a value that is no array")
            value = everywhere(result, rows)
            leaves = [tensors[name].value for name in self.inputs]
            derivatives = self._derivatives(value, leaves)
        shapes = {name: tensors[name].shape for name in self.inputs}
        made = layout(self.task, value.shape, self.inputs, shapes)
        arrays = [np.asarray(unwrap(value.value)), *derivatives]
        if prepared.kind == "truth":
            arrays[0] = arrays[0].astype(bool)
        return {
            column.name: array.reshape(rows, *column.shape) for column, array in zip(made, arrays, strict=True)
        }, kinks.found

    def _program(self, values: Mapping[str, NDArray[Any]], constants: Mapping[str, NDArray[Any]]) -> Prepared:
        """The program for entries of these shapes, unrolled and resolved."""
        if self._prepared is None:
            row = {name: array[0] for name, array in values.items()}
            self._prepared = prepare(self.task.program, {**constants, **row}, self.inputs)
        return self._prepared

    def _derivatives(self, value: Abreast, leaves: list[Tensor]) -> list[NDArray[Any]]:
        """The columns after the value."""
        part, size = self.task.part, prod(value.shape)
        if part == "value":
            return []
        if part == "jacobian":
            pulls = [_gradients(value.value, seed, leaves) for seed in _one_hot(value)]
            return [np.stack([pull[i] for pull in pulls], axis=1) for i in range(len(leaves))]
        if part == "derivative":
            return [self._nth(value, leaves[0])]
        if part == "gradient" and self.task.seed is not None:
            weights = np.asarray(self.task.seed, np.float64)
            seed = np.broadcast_to(weights, (value.rows, *value.shape))
            return _gradients(value.value, seed, leaves)
        if size != 1:
            raise NoRule("a gradient of several entries")  # which one row tells
        ones = np.ones((value.rows, *value.shape))
        if part == "gradient":
            return _gradients(value.value, ones, leaves)
        first = _pulled(value.value, ones, leaves, create_graph=True)
        gradients = [_array(found, leaf) for found, leaf in zip(first, leaves, strict=True)]
        for i, found in enumerate(first):
            rows: list[list[NDArray[Any]]] = []
            for seed in _one_hot(Abreast(leaves[i])):
                pulled: list[Tensor | None] = [None] * len(leaves) if found is None else _pulled(found, seed, leaves)
                rows.append([_array(one, leaf) for one, leaf in zip(pulled, leaves, strict=True)])
            gradients += [np.stack([row[j] for row in rows], axis=1) for j in range(i, len(leaves))]
        return gradients

    def _nth(self, value: Abreast, leaf: Tensor) -> NDArray[Any]:
        if leaf.array.ndim != 1:
            raise NoRule("a derivative by an array")
        columns = []
        for seed in _one_hot(value):
            found: Tensor | None = value.value
            weights = seed
            for order in range(self.task.order):
                if found is not None:
                    (found,) = _pulled(found, weights, [leaf], create_graph=order + 1 < self.task.order)
                    weights = np.ones(value.rows)
            columns.append(_array(found, leaf))
        return np.stack(columns, axis=1)


def _finite(array: NDArray[Any]) -> Any:
    """Whether the numbers of each row are finite: then so is their sum, unless it overflows."""
    if array.dtype != np.float64:
        return True
    flat = array.reshape(len(array), prod(array.shape[1:]))
    return np.isfinite(flat @ np.ones(flat.shape[1]))


def _put(columns: dict[str, NDArray[Any]], found: Mapping[str, NDArray[Any]], places: NDArray[Any], rows: int) -> None:
    """Put the results of some rows in their places among all.

    Raises:
        NoRule: if they have other shapes than those that are there.
    """
    for name, array in found.items():
        if name not in columns:
            columns[name] = np.empty((rows, *array.shape[1:]), array.dtype)
        if columns[name].shape[1:] != array.shape[1:]:
            raise NoRule("a value whose shape differs from row to row")
        columns[name][_slice(places)] = array


def _slice(places: NDArray[Any]) -> Any:
    """Positions in order, as a slice where they lie side by side."""
    whole = bool(len(places)) and places[-1] - places[0] + 1 == len(places)
    return slice(int(places[0]), int(places[-1]) + 1) if whole else places


def _computed(node: Call, op: Op, params: list[Any], statics: dict[str, Any]) -> Any:
    held = [*params, *statics.values()]
    if not any(isinstance(value, Abreast | tuple) for value in held):
        return compute(node, op, params, statics)
    if not any(isinstance(value, Abreast) for value in params) and not _moving(statics):
        return compute(node, op, params, statics)
    return call_abreast(op, params, statics)


def _moving(statics: Mapping[str, Any]) -> bool:
    return any(
        isinstance(part, Abreast)
        for value in statics.values()
        for part in (value if isinstance(value, tuple) else (value,))
    )


def _as_number(op: Op, value: Any) -> Any:
    if not isinstance(value, Abreast):
        return to_number(op, value)
    made = to_number(op, value.value)
    return value if made is value.value else Abreast(made)


def _chosen(node: Call, condition: Any) -> bool:
    """The branch that all rows take."""
    if not isinstance(condition, Abreast):
        return choose(node, condition)
    if condition.ndim:
        raise NoRule("an array as a condition")
    first = np.asarray(unwrap(condition.value)).astype(bool)
    if first.all() or not first.any():
        return bool(len(first)) and bool(first[0])
    raise _Mixed(first)


def _pulled(value: Any, seed: Any, leaves: list[Tensor], create_graph: bool = False) -> list[Tensor | None]:
    """The cotangents of the leaves; None where nothing arrives."""
    if not isinstance(value, Tensor) or not value.requires_grad or not leaves:
        return [None] * len(leaves)
    return list(backward.grad(value, leaves, seed, retain_graph=True, create_graph=create_graph, allow_unused=True))


def _gradients(value: Any, seed: Any, leaves: list[Tensor]) -> list[NDArray[Any]]:
    """The gradients by the leaves; zeros where nothing arrives."""
    found: list[Any] = [None] * len(leaves)
    if isinstance(value, Tensor) and value.requires_grad and leaves:
        found = backward.arriving(value, seed, leaves)
    return [
        np.zeros(leaf.shape) if one is None else np.asarray(one, np.float64)
        for one, leaf in zip(found, leaves, strict=True)
    ]


def _array(found: Tensor | None, leaf: Tensor) -> NDArray[Any]:
    return np.zeros(leaf.shape) if found is None else np.asarray(found.array, np.float64)


def _one_hot(value: Abreast) -> Iterator[NDArray[np.float64]]:
    """For each entry of a row the seed that is one there, in all rows."""
    for i in range(prod(value.shape)):
        seed = np.zeros((value.rows, prod(value.shape)))
        seed[:, i] = 1.0
        yield seed.reshape(value.rows, *value.shape)
