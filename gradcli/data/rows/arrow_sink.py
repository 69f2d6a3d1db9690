"""Writing tables of Arrow's, whose types the first rows tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from shlex import quote
from typing import IO, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet
from numpy.typing import NDArray

from gradcli.batch.table import Block, Lacking
from gradcli.data.rows.arrow_objects import first_line
from gradcli.data.rows.arrow_types import first_unfit, fits, is_open, shown, spoken_type
from gradcli.data.rows.delimited import DelimitedTable
from gradcli.data.rows.generic import bad_cell, check_none_new, joined, row_of
from gradcli.data.rows.names import check_free
from gradcli.data.rows.texts import plain_object, scalars_in
from gradcli.errors import InputProblem

__all__ = ["ArrowSink"]

_HELD = 16
"""Blocks that wait for a value of each column, which tells its type."""

_HELD_ROWS = 65_536
"""Rows from which on no more blocks wait: they are in memory."""


class _Part(NamedTuple):
    """Some rows on their way out.

    Attributes:
        made: as Arrow has them; a column without a value has the type of nulls.
        fields: as they were read; none where they came from Arrow.
        block: the rows as they were read.
        lacking: those that are not like the others.
    """

    made: Any
    fields: Mapping[str, Sequence[Any]]
    block: Block
    lacking: Lacking


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
        self._stream = _Outlet(stream)
        self._table = table
        self._parquet = parquet
        self._overwrite = overwrite
        self._writer: Any = None
        self._schema: Any = None
        self._held: list[_Part] = []
        self._empty: set[str] = set()
        if not overwrite:
            check_free(list(shapes), table.names, table.origin)

    def write(self, block: Block, columns: Mapping[str, NDArray[Any]], lacking: Lacking) -> None:
        """Write rows, and beside them results."""
        if isinstance(block.raw, pa.RecordBatch):
            part = _Part(self._beside(block.raw, columns, lacking), {}, block, lacking)
        else:
            fields = joined(block, columns, lacking, self._overwrite, self._table.origin)
            made = pa.table({name: self._typed(name, values, block, lacking) for name, values in fields.items()})
            part = _Part(made, fields, block, lacking)
        if self._writer is not None:
            self._put(part)
            return
        self._held.append(part)
        rows = sum(part.made.num_rows for part in self._held)
        if rows >= _HELD_ROWS or len(self._held) >= _HELD or not any(map(is_open, self._types().values())):
            self._put_held()

    def _types(self) -> dict[str, Any]:
        """The types of the columns that wait: of each the first that a value tells."""
        kept = getattr(self._table, "schema", None)
        found: dict[str, Any] = {}
        for part in self._held:
            for field in part.made.schema:
                known = found.get(field.name, pa.null())
                if is_open(known) and (fits(known, field.type) or pa.types.is_null(known)):
                    found[field.name] = field.type
        if kept is not None:  # a column of nulls alone may be what came in
            return {name: kind for name, kind in found.items() if name in self._shapes or name not in kept.names}
        return found

    def _put_held(self) -> None:
        """Write what waits; a column that has no value yet takes the type of numbers or of texts."""
        types = self._types()
        numbers = {name for part in self._held for name in part.block.cells}
        for name, kind in types.items():
            if pa.types.is_null(kind):
                number = name in self._shapes or name in numbers
                types[name] = _type_of(self._shapes.get(name)) if number else pa.string()
                self._empty.add(name)
        fields = {field.name: field for part in reversed(self._held) for field in part.made.schema}
        first = list(self._held[0].made.schema)
        named = {field.name for field in first}
        order = [*first, *(field for name, field in fields.items() if name not in named)]
        self._begin(
            pa.schema(
                [field.with_type(types.get(field.name, field.type)) for field in order],
                self._held[0].made.schema.metadata,
            )
        )
        if isinstance(self._table, DelimitedTable):
            self._table.keep_texts([field.name for field in self._schema if pa.types.is_string(field.type)])
        held, self._held = self._held, []
        for part in held:
            self._put(part)

    def _put(self, part: _Part) -> None:
        """Write rows with the types of those before."""
        made = part.made
        if made.schema != self._schema:
            known = self._schema.names
            check_none_new(known, part.fields, part.block, part.lacking, self._table.origin, _AS_LINES)
            alike = made.schema.names == known
            made = pa.table(
                [self._cast(part, field, i if alike else None) for i, field in enumerate(self._schema)],
                schema=self._schema,
            )
        self._empty = {name for name in self._empty if made.column(name).null_count == made.num_rows}
        try:
            self._writer.write_table(made)
        except (pa.ArrowException, ValueError) as error:

            def alone(i: int) -> None:
                column = made.select([i])
                with self._opened(pa.BufferOutputStream(), column.schema) as writer:
                    writer.write_table(column)

            raise self._not_taken(made.schema, alone, error, _NO_TYPES) from None

    def _cast(self, part: _Part, field: Any, position: int | None) -> Any:
        """A column, found by position or name, in the type of the rows before; of nulls where it is missing."""
        if position is None and field.name not in part.made.schema.names:
            return pa.nulls(part.made.num_rows, field.type)
        column = part.made.column(field.name if position is None else position)
        if column.type == field.type:
            return column
        try:
            if fits(column.type, field.type):
                return column.cast(field.type)
        except (pa.ArrowException, ValueError):
            pass
        raise self._several(part, field, column)

    def _several(self, part: _Part, field: Any, column: Any) -> InputProblem:
        """That a column holds what does not fit the rows before."""
        name, origin = field.name, self._table.origin
        texts = isinstance(self._table, DelimitedTable)
        values = part.fields.get(name, ()) or column.to_pylist()
        plain = [plain_object(value) if texts and isinstance(value, str) else value for value in values]
        position = first_unfit(plain, field.type)
        hint = _NO_TYPES
        if texts and name not in part.block.cells and name not in self._shapes:
            hint = f"--text {quote(name)} has all of the column as texts; {_NO_TYPES}"
        if position is None:
            told = f"of {column.type} in rows after {part.block.first:,}"
        else:
            told = f"{shown(values[position])} in row {row_of(part.block, part.lacking, position):,}"
        if name in self._empty:
            empty = f"holds nothing in the first {part.block.first:,} rows, so that its type is not known"
            return InputProblem(f"column '{name}' of {origin} {empty}, and {told}", hint=hint)
        return InputProblem(f"column '{name}' of {origin} holds {spoken_type(field.type)} first, and {told}", hint=hint)

    def _typed(self, name: str, values: Sequence[Any], block: Block, lacking: Lacking) -> Any:
        """A column of values that had no type."""
        if name not in self._shapes and len(scalars_in(values)) > 1:
            told = f"column '{name}' of {self._table.origin} has truth values beside numbers"
            raise InputProblem(told, hint=_NO_TYPES)
        try:
            array = _made(values)
        except (pa.ArrowException, OverflowError, UnicodeEncodeError) as error:
            told = f"column '{name}' of {self._table.origin} has no type of Arrow's: {first_line(error)}"
            bad = bad_cell(block, lacking, name, self._table.origin)
            raise bad or InputProblem(told, hint=_NO_TYPES) from None
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
        if not lacking.everything.any():
            return made
        return _only(made, ~lacking.everything)

    def _begin(self, schema: Any) -> None:
        self._schema = schema
        try:
            self._writer = self._opened(self._stream, schema)
        except (pa.ArrowException, ValueError) as error:

            def alone(i: int) -> None:
                self._opened(pa.BufferOutputStream(), pa.schema([schema.field(i)])).close()

            raise self._not_taken(schema, alone, error, _NO_TYPES) from None

    def _opened(self, stream: Any, schema: Any) -> Any:
        if self._parquet:
            return pa.parquet.ParquetWriter(stream, schema, use_dictionary=False)
        return pa.ipc.new_file(stream, schema)

    def _not_taken(self, schema: Any, alone: Callable[[int], object], error: Exception, hint: str) -> InputProblem:
        """That Arrow refuses a column: the first with which it does so alone."""
        for position, field in enumerate(schema):
            try:
                alone(position)
            except (pa.ArrowException, ValueError) as found:
                told = f"column '{field.name}' of {self._table.origin} holds {field.type}: {first_line(found)}"
                return InputProblem(told, hint=hint)
        return InputProblem(f"rows of {self._table.origin} cannot be written: {first_line(error)}", hint=hint)

    def close(self) -> None:
        """Write what is still to be written."""
        if self._held:
            self._put_held()
        if self._writer is None:
            schema = getattr(self._table, "schema", None)
            kept = list(schema) if schema is not None else [pa.field(name, pa.float64()) for name in self._table.names]
            kept = [field for field in kept if field.name not in self._shapes]
            added = [pa.field(name, _type_of(shape)) for name, shape in self._shapes.items()]
            self._begin(pa.schema([*kept, *added]))
        self._writer.close()

    def discard(self) -> None:
        """Write nothing more: Arrow's writers end their files when they are forgotten, also where that is closed."""
        self._stream.discarding = True
        if self._writer is not None:
            with suppress(pa.ArrowException, OSError, ValueError):
                self._writer.close()


_NO_TYPES = "csv, tsv and jsonl take it: --format csv"
_AS_LINES = "--format jsonl takes fields wherever they begin"
_EXACT = 2**53


class _Outlet:
    """A stream that whoever writes to it does not close.

    Attributes:
        discarding: whether what is written goes nowhere.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.discarding = False
        self.closed = False

    def write(self, data: bytes) -> int:
        return len(data) if self.discarding else self._stream.write(data)

    def flush(self) -> None:
        if not self.discarding:
            self._stream.flush()

    def close(self) -> None:
        self.closed = True


def _only(table: Any, kept: NDArray[np.bool_]) -> Any:
    """Some rows of a table."""
    try:
        return table.filter(pa.array(kept))
    except pa.ArrowException:  # of views of texts, and others, Arrow takes slices alone
        edges = np.flatnonzero(np.diff(np.concatenate([[False], kept, [False]]).astype(np.int8)))
        parts = [table.slice(first, last - first) for first, last in edges.reshape(-1, 2).tolist()]
        return pa.concat_tables(parts or [table.slice(0, 0)])


def _made(values: Any) -> Any:
    """A column of values; of arrays with several axes nested lists."""
    if isinstance(values, np.ndarray):
        return _array(values, np.zeros(len(values), bool))
    if any(isinstance(value, np.ndarray) and value.ndim > 1 for value in values):
        return pa.array([value.tolist() if isinstance(value, np.ndarray) else value for value in values])
    return pa.array(values)


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
