"""A task at blocks of rows, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gradcli.batch import Cells
from gradcli.batch.jit import Jit
from gradcli.batch.native import Native
from gradcli.errors import Problem, UsageProblem
from gradcli.ops.calls.operands import Kind
from gradcli.ops.calls.stacks import NoRule
from gradcli.transforms.rows.compiled import Compiled, compiled
from gradcli.transforms.rows.found import Found
from gradcli.transforms.rows.layout import Column, layout
from gradcli.transforms.rows.task import Task

if TYPE_CHECKING:
    from gradcli.transforms.rows.abreast import SideBySide

__all__ = ["Computer"]

Shape: TypeAlias = tuple[int, ...]

_WIDE = 32
"""Entries of a row from which on arrays are quicker than each entry by itself, in values and gradients."""

_COMPARED = 10_000
"""Rows on which compiled code must agree before it is taken."""


@dataclass
class Computer:
    """Computes a task block by block, and remembers its straight-line code.

    Attributes:
        task: what is computed.
        kinds: for each column what it holds.
        threads: that compute at the same time.
        build: makes compiled code of straight-line code; None for none.
        after: rows that are computed before that is worth while.
        refused: why straight-line code is not compiled, where it is not, as a fragment of a sentence.
        one_by_one: why rows are computed one by one, where they are; as a fragment of a sentence.
        inputs: the variables that are differentiated by; None before the first row is seen.
    """

    task: Task
    kinds: Mapping[str, Kind]
    threads: int = 1
    build: Callable[[Compiled], Native | Jit] | None = None
    after: int = 0
    refused: str = ""
    one_by_one: str = ""
    inputs: tuple[str, ...] | None = None
    _known: dict[tuple[Shape, ...], Compiled | str | Problem] = field(default_factory=dict)
    _abreast: dict[tuple[Shape, ...], SideBySide] = field(default_factory=dict)
    _refused: set[tuple[Shape, ...]] = field(default_factory=set)
    _rows: int = 0
    _like: dict[str, NDArray[Any]] = field(default_factory=dict)

    def layout(self, shapes: Mapping[str, Shape]) -> tuple[Column, ...] | None:
        """The columns of results for entries of some shapes; None where they are not known before a row is computed.

        Raises:
            Problem: if the program does not fit the shapes.
        """
        made = self._made(tuple(shapes[name] for name in self.task.columns))
        if isinstance(made, Problem):
            raise made
        return made.columns if isinstance(made, Compiled) else None

    def compute(self, cells: Mapping[str, Cells], rows: int) -> Found:
        """The results of a block of rows.

        Args:
            cells: of each column of the task.
            rows: how many there are.

        Raises:
            Problem: if the program does not fit the columns; where rows have shapes of their own, it is told of those.
        """
        blank = np.zeros(rows, bool)
        for name in self.task.columns:
            missing = cells[name].blank
            if missing is not None:
                blank |= missing
        if rows and self._like and blank.all():
            return Found({name: _nothing(like, rows) for name, like in self._like.items()}, blank, ~blank, {})
        if all(cells[name].values.dtype != object for name in self.task.columns):
            made = self._made(tuple(cells[name].values.shape[1:] for name in self.task.columns))
            if isinstance(made, Problem):  # no row is different
                if rows and blank.all():
                    return Found({}, blank, ~blank, {})
                raise made
        groups = self._groups(cells, np.flatnonzero(~blank) if blank.any() else None, rows)
        if len(groups) == 1 and groups[0][1] is None:
            found = self._group(cells, groups[0][0], rows)
            self._like = self._like or {name: array[:0].copy() for name, array in found.columns.items()}
            return found
        found = Found({}, blank, np.zeros(rows, bool), {})
        for shapes, places in groups:
            assert places is not None
            some = {name: Cells(_picked(cells[name].values, places), cells[name].kind) for name in self.task.columns}
            part = self._group(some, shapes, len(places))
            found.kinked[places] = part.kinked
            found.blank[places] = part.blank
            found.failed.update((int(places[row]), why) for row, why in part.failed.items())
            _fill(found.columns, part.columns, places, rows, len(groups) == 1)
        if not blank.all():
            self._like = self._like or {name: array[:0].copy() for name, array in found.columns.items()}
        return found

    def _groups(
        self, cells: Mapping[str, Cells], rows: NDArray[Any] | None, count: int
    ) -> list[tuple[tuple[Shape, ...], NDArray[Any] | None]]:
        """The rows by the shapes of their entries; None stands for all."""
        names = self.task.columns
        if all(cells[name].values.dtype != object for name in names):
            return [(tuple(cells[name].values.shape[1:] for name in names), rows)]
        groups: dict[tuple[Shape, ...], list[int]] = {}
        for row in range(count) if rows is None else rows.tolist():
            groups.setdefault(tuple(cells[name].shape(row) for name in names), []).append(row)
        return [(shapes, np.array(places)) for shapes, places in groups.items()]

    def _made(self, shapes: tuple[Shape, ...]) -> Compiled | str | Problem:
        made = self._known.get(shapes)
        if made is None:
            by_name = dict(zip(self.task.columns, shapes, strict=True))
            try:
                if self.inputs is None:
                    self.inputs = self.task.inputs(self.kinds, by_name)
                made = compiled(self.task, self.inputs, by_name, self.kinds)
            except Problem as problem:
                made = problem
            self._known[shapes] = made
        return made

    def _group(self, cells: Mapping[str, Cells], shapes: tuple[Shape, ...], rows: int) -> Found:
        """The results of rows whose entries have the same shapes."""
        made = self._made(shapes)
        blank = np.zeros(rows, bool)
        if isinstance(made, Problem):
            return Found({}, ~blank, blank, dict.fromkeys(range(rows), made.message))
        values = {name: cells[name].values for name in self.task.columns}
        if isinstance(made, str):
            return self._without_code(made, values, shapes, rows)
        if self._is_wide(shapes) and rows:
            try:
                return self._as_arrays(made, values, shapes, rows)
            except (NoRule, Problem):
                self._refused.add(shapes)
        self._rows += rows
        if self.build is not None and made.native is None and self._rows > self.after and not self.refused:
            self._compile(made, values, rows)
        try:
            columns, kinked = made.run(values, self.task.constants, rows, self.threads)
        except Problem:  # an operation does not take the numbers of a row
            return self._in_parts(made, values, rows)
        return self._settled(made, values, Found(columns, blank, kinked, {}))

    def _settled(self, made: Compiled | SideBySide, values: Mapping[str, NDArray[Any]], found: Found) -> Found:
        """What was found, with the derivative in rows at a kink where a convention is not it."""
        places = np.flatnonzero(found.kinked & ~found.blank)
        if not len(places) or not self.inputs:
            return found
        from gradcli.transforms.rows.conventions import doubtful
        from gradcli.transforms.rows.singly import looked_into  # with the engine

        def compute(values: Mapping[str, NDArray[Any]], constants: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
            return made.run(values, constants, len(places), self.threads)[0]

        columns = {name: array[places] for name, array in found.columns.items()}
        some = {name: array[places] for name, array in values.items()}
        shapes = {name: array.shape[1:] for name, array in values.items()}
        shapes |= {name: array.shape for name, array in self.task.constants.items()}
        made_of = {
            column.name: column.of for column in layout(self.task, columns["value"].shape[1:], self.inputs, shapes)
        }
        odd = doubtful(columns, made_of, some, self.task.constants, self.inputs, compute)
        looked_into(self.task, self.inputs, values, found, places[odd])
        return found

    def _is_wide(self, shapes: tuple[Shape, ...]) -> bool:
        """Whether rows have so many entries that to take each by itself takes longer than their arrays together."""
        by_arrays = self.build is None and self.task.part in ("value", "gradient") and shapes not in self._refused
        constants = sum(self.task.constants[name].size for name in self.inputs or () if name in self.task.constants)
        return by_arrays and sum(map(prod, shapes)) + constants >= _WIDE

    def _as_arrays(
        self, made: Compiled, values: Mapping[str, NDArray[Any]], shapes: tuple[Shape, ...], rows: int
    ) -> Found:
        """The results of rows side by side; those that are not finite, or at a kink, by straight-line code."""
        columns, kinked, finite = self._of_shapes(shapes).run(values, self.task.constants, rows, self.threads)
        places = np.flatnonzero(kinked | ~finite)
        if len(places):
            some = {name: array[places] for name, array in values.items()}
            again, kinked[places] = made.run(some, self.task.constants, len(places), self.threads)
            for name, array in again.items():
                columns[name][places] = array
        return self._settled(made, values, Found(columns, np.zeros(rows, bool), kinked, {}))

    def _of_shapes(self, shapes: tuple[Shape, ...]) -> SideBySide:
        """What computes rows of some shapes side by side."""
        from gradcli.transforms.rows.abreast import SideBySide  # with the engine

        assert self.inputs is not None
        if shapes not in self._abreast:
            by_name = dict(zip(self.task.columns, shapes, strict=True))
            self._abreast[shapes] = SideBySide(self.task, self.inputs, by_name)
        return self._abreast[shapes]

    def _without_code(
        self, why: str, values: Mapping[str, NDArray[Any]], shapes: tuple[Shape, ...], rows: int
    ) -> Found:
        """The results of rows for which there is no straight-line code: side by side, or else one by one."""
        from gradcli.transforms.rows.singly import mended, one_by_one  # with the engine

        assert self.inputs is not None
        if shapes not in self._refused and rows:
            try:
                found = self._side_by_side(self._of_shapes(shapes), values, rows)
                return mended(self.task, self.inputs, values, found)
            except NoRule:
                self._refused.add(shapes)
        self.one_by_one = why
        return one_by_one(self.task, self.inputs, values, rows)

    def _side_by_side(self, made: SideBySide, values: Mapping[str, NDArray[Any]], rows: int) -> Found:
        try:
            columns, kinked, _ = made.run(values, self.task.constants, rows, self.threads)
        except Problem:
            return self._in_parts(made, values, rows)
        return self._settled(made, values, Found(columns, np.zeros(rows, bool), kinked, {}))

    def _in_parts(self, made: Compiled | SideBySide, values: Mapping[str, NDArray[Any]], rows: int) -> Found:
        """The results of rows of which some fail; these are found by halving."""
        if isinstance(made, Compiled):  # no row's own fault?
            made.run({name: array[:0] for name, array in values.items()}, self.task.constants, 0, 1)
        found = Found({}, np.zeros(rows, bool), np.zeros(rows, bool), {})
        waiting = [(0, rows)]
        while waiting:
            first, last = waiting.pop()
            part = {name: array[first:last] for name, array in values.items()}
            try:
                columns, found.kinked[first:last], *_ = made.run(part, self.task.constants, last - first, self.threads)
            except Problem as problem:
                middle = (first + last) // 2
                if middle > first:
                    waiting += [(middle, last), (first, middle)]
                else:
                    found.failed[first] = problem.message
                    found.blank[first] = True
                continue
            for name, array in columns.items():
                if name not in found.columns:
                    found.columns[name] = _nothing(array, rows)
                found.columns[name][first:last] = array
        return self._settled(made, values, found)

    def _compile(self, made: Compiled, values: Mapping[str, NDArray[Any]], rows: int) -> None:
        """Compile straight-line code; it is taken if it agrees on these rows."""
        assert self.build is not None
        try:
            made.native = self.build(made)
        except (UsageProblem, OSError) as problem:
            self.refused = problem.message if isinstance(problem, UsageProblem) else str(problem)
            return
        some = min(rows, _COMPARED)
        if not made.agrees({name: array[:some] for name, array in values.items()}, self.task.constants, some):
            made.native = None
            self.refused = "the compiled code gives other numbers on the first rows"


def _nothing(like: NDArray[Any], rows: int) -> NDArray[Any]:
    """Results of rows that have none, of the type of others."""
    filler = None if like.dtype == object else False if like.dtype == bool else np.nan
    return np.full((rows, *like.shape[1:]), filler, like.dtype)


def _picked(values: NDArray[Any], places: NDArray[Any]) -> NDArray[Any]:
    """Some rows; of objects that have one shape an array with an axis for the rows."""
    some = values[places]
    return np.stack(list(some)) if values.dtype == object else some


def _fill(
    columns: dict[str, NDArray[Any]], part: Mapping[str, NDArray[Any]], places: NDArray[Any], rows: int, alone: bool
) -> None:
    """Put the results of a group of rows in their places; what is not there is not-a-number."""
    for name, array in part.items():
        if alone:
            whole = np.zeros((rows, *array.shape[1:]), array.dtype)
            if array.dtype != bool:
                whole[...] = np.nan
            whole[places] = array
            columns[name] = whole
            continue
        whole = columns.setdefault(name, np.full(rows, None, object))
        for row, entry in zip(places.tolist(), array, strict=True):
            whole[row] = entry
