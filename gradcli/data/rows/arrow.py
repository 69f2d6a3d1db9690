"""Tables of Arrow's: Parquet and Arrow IPC, whose columns go out in the types that they came in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet

from gradcli.batch import Cells
from gradcli.batch.table import Bad, Block, Variable
from gradcli.data.rows.arrow_objects import first_line, objects_of
from gradcli.data.rows.arrow_types import is_listed, is_number
from gradcli.data.rows.names import variables_of
from gradcli.data.rows.spool import ARROW_FILE, starts_with
from gradcli.data.rows.texts import cells_of_objects, kind_of, stacked
from gradcli.errors import InputProblem

__all__ = ["ArrowTable"]

ROWS = 131_072
"""Rows of a block: of ten columns of numbers 10 MB."""

_BYTES = 8 << 20
"""Of a block, if its rows are wide: several blocks are in memory at a time, with their results."""

_LEAST = 1_024
"""Rows of a block, however wide they are."""


class ArrowTable:
    """A table of typed columns.

    Attributes:
        origin: what it is called in messages.
        schema: Arrow's.
        names: the columns.
        variables: what a program may use.
        first_row: how many rows of the table come before, where this is a piece of it.

    Args:
        stream: of bytes; for Parquet and Arrow IPC files one that can be read anywhere.
        origin: what it is called in messages.
        parquet: whether it is Parquet, as against Arrow IPC.
        renamed: for variables the columns that they stand for.
        groups: the row groups of Parquet that are read; None for all.

    Raises:
        InputProblem: if it is not in that format.
    """

    def __init__(
        self,
        stream: IO[bytes],
        origin: str,
        parquet: bool,
        renamed: Mapping[str, str] | None = None,
        groups: Sequence[int] | None = None,
    ) -> None:
        self.origin = origin
        self.first_row = 0
        try:
            if parquet:
                file = pa.parquet.ParquetFile(stream)
                self.schema = file.schema_arrow
                self._batches: Iterator[Any] = _of_groups(
                    file, range(file.num_row_groups) if groups is None else groups
                )
            else:
                self.schema, self._batches = _opened(stream)
        except (pa.ArrowException, OSError, ValueError) as error:
            kind = "Parquet" if parquet else "Arrow IPC"
            raise InputProblem(f"{origin} is no {kind} file: {first_line(error)}") from None
        self.names = tuple(self.schema.names)
        self.variables: Mapping[str, Variable] = variables_of(self.names, renamed or {}, origin)

    def blocks(self, wanted: Sequence[str]) -> Iterator[Block]:
        """Its rows, with the numbers of some variables."""
        for name in wanted:
            for position in self.variables[name].columns:
                self._check(position)
        first = self.first_row
        try:
            for batch in self._batches:
                if batch.num_rows:
                    yield self._block(batch, first, wanted)
                first += batch.num_rows
        except pa.ArrowException as error:
            raise InputProblem(f"{self.origin} cannot be read: {first_line(error)}") from None

    def _check(self, position: int) -> None:
        kind = self.schema.field(position).type
        while is_listed(kind):
            kind = kind.value_type
        if not is_number(kind) and not pa.types.is_boolean(kind) and not pa.types.is_null(kind):
            raise InputProblem(f"column '{self.names[position]}' of {self.origin} holds {kind}, and no numbers")

    def _block(self, batch: Any, first: int, wanted: Sequence[str]) -> Block:
        cells: dict[str, Cells] = {}
        bad: list[Bad] = []
        for name in wanted:
            variable = self.variables[name]
            parts = []
            for position in variable.columns:
                found, wrong = _cells(batch.column(position))
                bad += [Bad(first + row, self.names[position], told) for row, told in wrong.items()]
                parts.append(found)
            cells[name] = parts[0] if not variable.shape else stacked(parts, variable.shape)
        return Block(first, batch.num_rows, cells, bad, batch, lambda: _fields(batch, self.origin))


def _of_groups(file: Any, groups: Sequence[int]) -> Iterator[Any]:
    """The rows of some row groups, a few groups at a time: Arrow keeps what it has read until all asked for is read."""
    asked: list[int] = []
    rows = size = 0
    for group in groups:
        asked.append(group)
        told = file.metadata.row_group(group)
        rows, size = rows + told.num_rows, size + told.total_byte_size
        if rows >= _rows_of(rows, size):
            yield from file.iter_batches(batch_size=_rows_of(rows, size), row_groups=asked)
            asked, rows, size = [], 0, 0
    if asked:
        yield from file.iter_batches(batch_size=_rows_of(rows, size), row_groups=asked)


def _rows_of(rows: int, size: int) -> int:
    """How many rows to take at a time, where some rows have so many bytes.

    >>> _rows_of(1_000_000, 32_000_000), _rows_of(1_000, 8_000_000), _rows_of(1_000, 800_000_000)
    (131072, 1048, 1024)
    """
    return max(min(ROWS, _BYTES * rows // max(size, 1)), _LEAST)


def _in_parts(batches: Iterator[Any]) -> Iterator[Any]:
    """Batches, of which those that are large are divided."""
    for batch in batches:
        rows = _rows_of(batch.num_rows, batch.nbytes)
        for first in range(0, batch.num_rows, rows):
            yield batch.slice(first, rows)


def _opened(stream: IO[bytes]) -> tuple[Any, Iterator[Any]]:
    """The schema and the batches of an Arrow IPC file or stream."""
    if starts_with(stream, ARROW_FILE):
        file = pa.ipc.open_file(stream)
        return file.schema, _in_parts(file.get_batch(i) for i in range(file.num_record_batches))
    reader = pa.ipc.open_stream(stream)
    return reader.schema, _in_parts(iter(reader))


def _cells(column: Any) -> tuple[Cells, dict[int, str]]:
    """The numbers of a column."""
    kind = column.type
    blank = np.asarray(column.is_null()) if column.null_count else None
    if pa.types.is_boolean(kind):
        values = np.asarray(column.fill_null(False)) if blank is not None else column.to_numpy(zero_copy_only=False)
        return Cells(values.astype(bool), "truth", blank), {}
    if pa.types.is_fixed_size_list(kind) and not column.null_count and not is_listed(kind.value_type):
        flat = column.flatten()
        if not flat.null_count and not pa.types.is_decimal(kind.value_type):
            numbers = flat.to_numpy(zero_copy_only=False).astype(np.float64)
            return Cells(numbers.reshape(len(column), kind.list_size), kind_of(numbers)), {}
    if is_listed(kind) or pa.types.is_null(kind):
        found, bad = cells_of_objects(_floats(column.to_pylist()))
        return found, bad
    if pa.types.is_decimal(kind):
        column = column.cast(pa.float64())
    numbers = column.to_numpy(zero_copy_only=False).astype(np.float64)
    whole = pa.types.is_integer(kind)
    return Cells(numbers, "whole" if whole else "real", blank), {}


def _floats(objects: list[Any]) -> list[Any]:
    """Lists without decimals."""
    from decimal import Decimal

    def plain(found: Any) -> Any:
        if isinstance(found, list):
            return [plain(entry) for entry in found]
        return float(found) if isinstance(found, Decimal) else found

    return [plain(found) for found in objects]


def _fields(batch: Any, origin: str) -> dict[str, Sequence[Any]]:
    names = batch.schema.names
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InputProblem(f"{origin} has the column '{twice}' twice", hint="only parquet and arrow can have that")
    return {name: objects_of(batch.column(i), name, origin) for i, name in enumerate(names)}
