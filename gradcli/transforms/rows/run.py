"""A task at all rows of a table, from its reader to its writer."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gradcli.batch import Cells
from gradcli.batch.jit import Jit
from gradcli.batch.native import Native
from gradcli.batch.table import Bad, Block, Lacking, Sink, Table, check_usable
from gradcli.errors import InputProblem, UsageProblem
from gradcli.ops.calls.operands import Kind
from gradcli.transforms.rows.compiled import Compiled
from gradcli.transforms.rows.compute import Computer
from gradcli.transforms.rows.found import Found
from gradcli.transforms.rows.kept import Kept
from gradcli.transforms.rows.layout import layout
from gradcli.transforms.rows.pipeline import Behind, ahead
from gradcli.transforms.rows.report import NAMED, Report
from gradcli.transforms.rows.task import Task
from gradcli.transforms.rows.uncertainty import COLUMN, Uncertain, check_uncertain, columns_of, with_uncertainty

__all__ = ["OnError", "Outputs", "run"]

OnError: TypeAlias = Literal["fail", "null", "skip"]

_HELD = 16
"""Blocks that are kept until one tells what the columns hold."""


class Outputs(NamedTuple):
    """What a table of results is to look like.

    Attributes:
        sink: makes what takes the rows, given for each result the shape of an entry; None for a list in one cell.
        prefix: of the results' names.
        kinks: the name of a column that tells which rows are at a kink; "" for none.
    """

    sink: Callable[[Mapping[str, tuple[int, ...] | None]], Sink]
    prefix: str = ""
    kinks: str = ""


def run(
    task: Task,
    table: Table,
    outputs: Outputs,
    *,
    threads: int = 1,
    on_error: OnError = "null",
    samples: int = 0,
    build: Callable[[Compiled], Native | Jit] | None = None,
    after: int = 0,
    at_once: bool = False,
    uncertain: Mapping[str, Uncertain] | None = None,
    progress: Callable[[int], None] = lambda rows: None,
) -> Report:
    """Compute a task at all rows of a table.

    Args:
        task: what is computed.
        table: its rows.
        outputs: where the results go.
        threads: that compute at the same time.
        on_error: whether a row with a bad cell ends the run, has no results, or is left out.
        samples: how many rows are kept for a check: the first, the last, and others by chance.
        build: makes compiled code of straight-line code; None for none.
        after: rows that are computed before that is worth while.
        at_once: whether rows are written before it is known what the columns hold.
        uncertain: for variables their uncertainties, which are propagated to the value.
        progress: is told how many rows are done.

    Raises:
        Problem: if the table cannot be read, the program does not fit it, or a bad row ends the run.
    """
    several = threads > 1 and not at_once
    state = _Run(task, outputs, on_error, samples, lambda kinds: Computer(task, kinds, threads, build, after), several)
    state.uncertain = uncertain or {}
    check_uncertain(task, state.uncertain)
    held: list[Block] = []
    wanted = (*task.columns, *(n for n in columns_of(state.uncertain) if n not in task.columns))
    check_usable(wanted, table.variables)
    blocks = _read(table, wanted)
    try:
        for block in ahead(blocks) if several else blocks:
            held.append(block)
            if state.sink is None and not at_once and len(held) < _HELD and _says_nothing(block):
                continue
            state.take(held, table.origin)
            held = []
            progress(state.report.rows)
        if held:
            state.take(held, table.origin)
        if state.sink is None:
            state.begin({name: Cells(np.zeros((0, *table.variables[name].shape))) for name in task.columns}, None)
        state.close()
    finally:
        state.stop()
    return state.report


def _read(table: Table, wanted: Sequence[str]) -> Iterator[Block]:
    """The table's blocks; what cannot be read is a problem of the table's."""
    blocks = table.blocks(wanted)
    while True:
        try:
            block = next(blocks, None)
        except (OSError, EOFError, zlib.error) as error:
            raise InputProblem(f"{table.origin} cannot be read: {error}") from None
        if block is None:
            return
        yield block


def _says_nothing(block: Block) -> bool:
    """Whether a column has no cell that tells what it holds."""
    return any(map(_is_blank, block.cells.values()))


def _is_blank(cells: Cells) -> bool:
    return cells.blank is not None and bool(cells.blank.all())


class _Run:
    def __init__(
        self,
        task: Task,
        outputs: Outputs,
        on_error: OnError,
        samples: int,
        computer: Callable[[Mapping[str, Kind]], Computer],
        several: bool,
    ) -> None:
        self.task = task
        self.outputs = outputs
        self.on_error = on_error
        self._made = computer
        self._several = several
        self.uncertain: Mapping[str, Uncertain] = {}
        self.report = Report()
        self.sink: Sink | None = None
        self.computer: Computer | None = None
        self._told: dict[str, Kind] = {}
        self._kinds: dict[str, Kind] = {}
        self._shapes: dict[str, tuple[int, ...] | None] = {}
        self._kept = Kept(samples)

    def take(self, blocks: Sequence[Block], origin: str) -> None:
        """Compute some blocks, and write them; the last one tells what the results look like."""
        last = blocks[-1]
        self._learn(last.cells)
        if self.on_error == "fail":
            for block in blocks:
                self._refuse(block, origin)
        known = self._compute(last)
        found = [*map(self._compute, blocks[:-1]), known]
        for block, one in zip(blocks, found, strict=True):
            if one.failed and self.on_error == "fail":
                self._refuse_failed(block, one, origin)
        if self.sink is None:
            self.begin(last.cells, known)
        for block, one in zip(blocks, found, strict=True):
            self._write(block, one, origin)

    def _learn(self, cells: Mapping[str, Cells]) -> None:
        """Take what the columns hold from the first rows that tell it; until then they are taken for numbers."""
        told = [name for name in self.task.columns if not _is_blank(cells[name])]
        new = {name: cells[name].kind for name in told if name not in self._told}
        self._told.update(new)
        if self.computer is None or any(self._kinds[name] != kind for name, kind in new.items()):
            self._kinds = {name: self._told.get(name, cells[name].kind) for name in self.task.columns}
            self.computer = self._made(self._kinds)

    def _compute(self, block: Block) -> Found:
        assert self.computer is not None
        found = self.computer.compute(block.cells, block.rows)
        if not self.uncertain:
            return found
        return with_uncertainty(found, block.cells, self.uncertain, block.rows, refusing=self.sink is None)

    @staticmethod
    def _refuse(block: Block, origin: str) -> None:
        if block.bad:
            first = min(block.bad, key=lambda bad: bad.row)
            raise InputProblem(_told(first, origin), hint="--on-error null goes on, and leaves its results out")

    @staticmethod
    def _refuse_failed(block: Block, found: Found, origin: str) -> None:
        row, why = min(found.failed.items())
        raise InputProblem(f"row {block.first + row + 1:,} of {origin}: {why}")

    def _fit(self, found: Found, rows: int) -> None:
        """Give all results the shapes that the columns were made for; a row whose results have others has none."""
        assert self.sink is not None
        for name, shape in self._shapes.items():
            array = found.columns.get(name)
            if array is None:
                found.columns[name] = np.full((rows, *(shape or ())), np.nan if shape is not None else None)
            elif shape is not None and self.sink.fixed and (array.dtype == object or array.shape[1:] != shape):
                found.columns[name] = _of_shape(name, array, shape, found)

    def _write(self, block: Block, found: Found, origin: str) -> None:
        assert self.sink is not None
        assert self.computer is not None
        self._fit(found, block.rows)
        if found.failed and self.on_error == "fail":
            self._refuse_failed(block, found, origin)
        lacking = self._account(block, found, origin)
        self._kept.take(block, found, self.task)
        columns = {self.outputs.prefix + name: array for name, array in found.columns.items()}
        if self.outputs.kinks:
            columns[self.outputs.kinks] = found.kinked
        self.sink.write(block, columns, lacking)
        self.report.rows += block.rows
        self.report.one_by_one = self.computer.one_by_one
        self.report.not_compiled = self.computer.refused

    def begin(self, cells: Mapping[str, Cells], found: Found | None) -> None:
        """Make the sink, once it is known what the results look like."""
        cells = {name: cells[name] for name in self.task.columns}
        if self.computer is None:
            self.computer = self._made({name: one.kind for name, one in cells.items()})
        shapes = {name: one.values.shape[1:] for name, one in cells.items() if one.values.dtype != object}
        known: dict[str, tuple[int, ...] | None] = {}
        columns = None
        if len(shapes) == len(self.task.columns) and (found is None or found.columns):
            columns = self.computer.layout(shapes)
        if columns is not None:
            known = {column.name: column.shape for column in columns}
        elif found is not None and found.columns:
            known = {name: None if a.dtype == object else a.shape[1:] for name, a in found.columns.items()}
        else:
            names = self.computer.inputs or self.task.columns
            known = {column.name: () for column in layout(self.task, (), names, dict.fromkeys(names, ()))}
        if self.uncertain:
            known[COLUMN] = known["value"]
        self.report.inputs = self.computer.inputs or ()
        self._shapes = known
        if self.outputs.kinks in [self.outputs.prefix + name for name in known]:
            raise UsageProblem(f"--kinks names a column of results: '{self.outputs.kinks}'", hint="choose another name")
        named = {self.outputs.prefix + name: shape for name, shape in known.items()}
        if self.outputs.kinks:
            named[self.outputs.kinks] = ()
        sink = self.outputs.sink(named)
        self.sink = Behind(sink) if self._several else sink

    def _account(self, block: Block, found: Found, origin: str) -> Lacking:
        """Count the rows that are special, and name the first."""
        report = self.report
        wrong = np.zeros(block.rows, bool)
        for bad in sorted(block.bad, key=lambda bad: bad.row):
            wrong[bad.row - block.first] = True
            report.name("bad", _told(bad, origin))
        for row, why in sorted(found.failed.items()):
            wrong[row] = True
            report.name("bad", f"row {block.first + row + 1:,} of {origin}: {why}")
        report.bad += int(wrong.sum())
        report.missing += int((found.blank & ~wrong).sum())
        strange = np.zeros(block.rows, bool)
        for name, array in found.columns.items():
            odd = _not_finite(array) & ~found.blank & ~wrong
            for row in np.flatnonzero(odd & ~strange)[:NAMED].tolist():
                report.name("not finite", f"row {block.first + row + 1:,} of {origin}: {name} is not finite")
            strange |= odd
        report.not_finite += int(strange.sum())
        kinked = found.kinked & ~found.blank
        report.kinked += int(kinked.sum())
        for row in np.flatnonzero(kinked)[:NAMED].tolist():
            report.name("kink", f"row {block.first + row + 1:,} of {origin}")
        left_out = wrong if self.on_error == "skip" else np.zeros(block.rows, bool)
        return Lacking(found.blank | wrong, left_out)

    def close(self) -> None:
        """Write what is still to be written."""
        assert self.sink is not None
        self.sink.close()
        self.report.samples = self._kept.samples()

    def stop(self) -> None:
        """Write nothing more."""
        if self.sink is not None:
            self.sink.discard()


def _of_shape(name: str, array: NDArray[Any], shape: tuple[int, ...], found: Found) -> NDArray[Any]:
    """Entries of a shape; rows whose entries have another fail."""
    fitting = np.full((len(array), *shape), np.nan)
    for row in np.flatnonzero(~found.blank).tolist():
        entry = np.asarray(array[row])
        if entry.shape == shape:
            fitting[row] = entry
        else:
            found.failed[row] = f"{name} has the shape {entry.shape} here, and {shape} in the first rows"
            found.blank[row] = True
    return fitting


def _not_finite(array: NDArray[Any]) -> NDArray[np.bool_]:
    """Which rows have an entry that is not finite."""
    if array.dtype == object:
        return np.array([entry is not None and not np.isfinite(entry).all() for entry in array], bool)
    odd: NDArray[np.bool_] = ~np.isfinite(array)
    return np.asarray(odd.any(axis=tuple(range(1, odd.ndim))))


def _told(bad: Bad, origin: str) -> str:
    where = f", column '{bad.column}'," if bad.column else ""
    return f"row {bad.row + 1:,} of {origin}{where} {bad.told}"
