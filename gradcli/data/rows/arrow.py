"""Tables of Arrow's: Parquet and Arrow IPC, whose columns go out in the types that they came in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet
from numpy.typing import NDArray

from gradcli.batch import Cells
from gradcli.batch.table import Bad, Block, Lacking, Variable
from gradcli.data.rows.delimited import DelimitedTable
from gradcli.data.rows.generic import joined
from gradcli.data.rows.names import check_free, variables_of
from gradcli.data.rows.texts import cells_of_objects, kind_of, stacked
from gradcli.errors import InputProblem

__all__ = ["ArrowSink", "ArrowTable"]

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
        stream: of bytes; for Parquet one that can be read anywhere.
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
            raise InputProblem(f"{origin} is no {kind} file: {_first_line(error)}") from None
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
            raise InputProblem(f"{self.origin} cannot be read: {_first_line(error)}") from None

    def _check(self, position: int) -> None:
        kind = self.schema.field(position).type
        while pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
            kind = kind.value_type
        is_number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
        if not is_number and not pa.types.is_boolean(kind) and not pa.types.is_null(kind):
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
    if stream.seekable():
        try:
            file = pa.ipc.open_file(stream)
            return file.schema, _in_parts(file.get_batch(i) for i in range(file.num_record_batches))
        except pa.ArrowInvalid:
            stream.seek(0)
    reader = pa.ipc.open_stream(stream)
    return reader.schema, _in_parts(iter(reader))


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _cells(column: Any) -> tuple[Cells, dict[int, str]]:
    """The numbers of a column."""
    kind = column.type
    blank = np.asarray(column.is_null()) if column.null_count else None
    if pa.types.is_boolean(kind):
        values = np.asarray(column.fill_null(False)) if blank is not None else column.to_numpy(zero_copy_only=False)
        return Cells(values.astype(bool), "truth", blank), {}
    if pa.types.is_fixed_size_list(kind) and not column.null_count and not _nested(kind.value_type):
        flat = column.flatten()
        if not flat.null_count and not pa.types.is_decimal(kind.value_type):
            numbers = flat.to_numpy(zero_copy_only=False).astype(np.float64)
            return Cells(numbers.reshape(len(column), kind.list_size), kind_of(numbers)), {}
    if _nested(kind) or pa.types.is_null(kind):
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


def _nested(kind: Any) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


def _fields(batch: Any, origin: str) -> dict[str, Sequence[Any]]:
    names = batch.schema.names
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InputProblem(f"{origin} has the column '{twice}' twice", hint="only parquet and arrow can have that")
    return {name: batch.column(i).to_pylist() for i, name in enumerate(batch.schema.names)}


class ArrowSink:
    """Writes Parquet or Arrow IPC.

    Args:
        stream: takes bytes.
        table: where the rows come from.
        shapes: of the results' entries in a row; None where rows differ in it.
        parquet: whether to write Parquet, as against an Arrow IPC file.
        overwrite: whether columns of these names may be there, and are then replaced.
    """

    def __init__(
        self,
        stream: IO[bytes],
        table: Any,
        shapes: Mapping[str, tuple[int, ...] | None],
        parquet: bool,
        overwrite: bool,
    ) -> None:
        self._shapes = dict(shapes)
        self.fixed = True
        self._stream = stream
        self._table = table
        self._parquet = parquet
        self._overwrite = overwrite
        self._writer: Any = None
        self._schema: Any = None
        if not overwrite:
            check_free(list(shapes), table.names, table.origin)

    def write(self, block: Block, columns: Mapping[str, NDArray[Any]], lacking: Lacking) -> None:
        """Write rows, and beside them results."""
        if isinstance(block.raw, pa.RecordBatch):
            made = self._beside(block.raw, columns, lacking)
        else:
            fields = joined(block, columns, lacking, self._overwrite, self._table.origin)
            made = pa.table({name: self._typed(name, values, block) for name, values in fields.items()})
        if self._writer is None:
            self._begin(made.schema)
        try:
            self._writer.write_table(made.cast(self._schema) if made.schema != self._schema else made)
        except (pa.ArrowException, ValueError) as error:
            told = f"a column of {self._table.origin} has values of several types: {_first_line(error)}"
            raise InputProblem(told, hint=_NO_TYPES) from None

    def _typed(self, name: str, values: Sequence[Any], block: Block) -> Any:
        """A column of values that had no type; one without any takes that of numbers or of texts."""
        try:
            array = pa.array(values)
        except (pa.ArrowException, OverflowError, UnicodeEncodeError) as error:
            told = f"column '{name}' of {self._table.origin} has no type of Arrow's: {_first_line(error)}"
            raise InputProblem(told, hint=_NO_TYPES) from None
        if pa.types.is_null(array.type):
            return array.cast(pa.float64() if name in self._shapes or name in block.cells else pa.string())
        if isinstance(self._table, DelimitedTable) and pa.types.is_integer(array.type):
            from pyarrow.compute import min_max  # its import takes as long as all else of a small table

            extremes = min_max(array)
            if max(abs(extremes["min"].as_py()), abs(extremes["max"].as_py())) <= _EXACT:
                return array.cast(pa.float64())  # a number with a point may follow
        return array

    def _beside(self, batch: Any, columns: Mapping[str, NDArray[Any]], lacking: Lacking) -> Any:
        made = pa.Table.from_batches([batch])
        if self._overwrite:
            made = made.drop_columns([name for name in columns if name in made.schema.names])
        for name, array in columns.items():
            made = made.append_column(name, _array(array, lacking.results))
        return made.filter(pa.array(~lacking.everything)) if lacking.everything.any() else made

    def _begin(self, schema: Any) -> None:
        self._schema = schema
        if self._parquet:
            self._writer = pa.parquet.ParquetWriter(self._stream, schema, use_dictionary=False)
        else:
            self._writer = pa.ipc.new_file(self._stream, schema)

    def close(self) -> None:
        """Write what is still to be written."""
        if self._writer is None:
            schema = getattr(self._table, "schema", None)
            kept = list(schema) if schema is not None else [pa.field(name, pa.float64()) for name in self._table.names]
            kept = [field for field in kept if field.name not in self._shapes]
            added = [pa.field(name, _type_of(shape)) for name, shape in self._shapes.items()]
            self._begin(pa.schema([*kept, *added]))
        self._writer.close()


_NO_TYPES = "csv, tsv and jsonl take them: --format csv"
_EXACT = 2**53


def _type_of(shape: tuple[int, ...] | None) -> Any:
    """Of results of a shape."""
    found = pa.float64()
    for size in reversed(shape or ()):
        found = pa.list_(found, size)
    return found


def _array(array: NDArray[Any], blank: NDArray[np.bool_]) -> Any:
    """A column of results; of arrays lists, nested as deeply as they have axes."""
    mask = blank if blank.any() else None
    if array.dtype == object:
        return pa.array([None if entry is None else np.asarray(entry).tolist() for entry in array])
    if array.ndim == 1:
        return pa.array(array, mask=mask)
    found = pa.array(np.ascontiguousarray(array).reshape(-1))
    for size in array.shape[:0:-1]:
        found = pa.FixedSizeListArray.from_arrays(found, size)
    if mask is None:
        return found
    return pa.FixedSizeListArray.from_arrays(found.values, array.shape[1], mask=pa.array(mask))
