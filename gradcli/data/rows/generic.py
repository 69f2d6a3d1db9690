"""Writing rows in another format than they were read in, from all of their fields."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.batch.table import Block, Lacking
from gradcli.data.rows.delimited_sink import labels
from gradcli.data.rows.names import check_free
from gradcli.data.rows.plain import plain
from gradcli.errors import InputProblem

__all__ = ["FieldsSink", "bad_cell", "check_none_new", "joined", "row_of"]


def joined(
    block: Block, columns: Mapping[str, NDArray[Any]], lacking: Lacking, overwrite: bool, origin: str
) -> dict[str, Sequence[Any]]:
    """The fields of rows and their results, without the rows that are not written; None where nothing is.

    Raises:
        InputProblem: if a field has the name of a result, and is not to be replaced.
    """
    fields = dict(block.fields())
    if overwrite:
        for name in columns:
            fields.pop(name, None)
    else:
        check_free(list(columns), list(fields), origin)
    for name, array in columns.items():
        made = list(array) if array.ndim > 1 or array.dtype == object else array.tolist()
        for row in np.flatnonzero(lacking.results).tolist():
            made[row] = None
        fields[name] = made
    if lacking.everything.any():
        kept = np.flatnonzero(~lacking.everything).tolist()
        fields = {name: [values[row] for row in kept] for name, values in fields.items()}
    return fields


def row_of(block: Block, lacking: Lacking, position: int) -> int:
    """The number, counted from 1, of a row of the table that is written as one of a block's."""
    return block.first + int(np.flatnonzero(~lacking.everything)[position]) + 1


def bad_cell(block: Block, lacking: Lacking, name: str, origin: str) -> InputProblem | None:
    """That a column has a cell that holds no number, and no place where all are numbers; None where it has none.

    Args:
        block: the rows as they were read.
        lacking: those that are not written.
        name: the column.
        origin: the table, for messages.
    """
    for bad in sorted(block.bad):
        if bad.column == name and not lacking.everything[bad.row - block.first]:
            told = f"row {bad.row + 1:,} of {origin}, column '{name}', {bad.told}"
            return InputProblem(
                f"{told}, which has no place beside numbers",
                hint="--on-error skip leaves out such rows; csv and jsonl take them: --format csv",
            )
    return None


def check_none_new(
    known: Collection[str],
    fields: Mapping[str, Sequence[Any]],
    block: Block,
    lacking: Lacking,
    origin: str,
    way_out: str,
) -> None:
    """See that rows have no field that those before do not have, where it would have no place.

    Args:
        known: the fields that have a place.
        fields: of the rows that are written.
        block: the rows as they were read.
        lacking: those that are not written.
        origin: the table, for messages.
        way_out: what helps.

    Raises:
        InputProblem: for a field that is new and holds something.
    """
    for name, values in fields.items():
        position = next((i for i, value in enumerate(values) if value is not None), None)
        if name not in known and position is not None:
            row = row_of(block, lacking, position)
            told = f"row {row:,} of {origin} has a field '{name}', for which the rows before have made no column"
            raise InputProblem(told, hint=way_out)


_AS_LINES = "--format jsonl takes fields wherever they begin"


class FieldsSink:
    """Writes delimited text or JSON Lines from fields.

    Args:
        write: takes bytes.
        origin: where the rows come from.
        shapes: of the results' entries in a row; None for one that stands in one cell as a list.
        delimiter: between cells; "" for JSON Lines.
        overwrite: whether fields may have the names of results, and are then replaced.
        names: the fields that are known before there are rows.
    """

    def __init__(
        self,
        write: Callable[[bytes], object],
        origin: str,
        shapes: Mapping[str, tuple[int, ...] | None],
        delimiter: str,
        overwrite: bool,
        names: Sequence[str] = (),
    ) -> None:
        self.fixed = bool(delimiter)
        self._write = write
        self._origin = origin
        self._shapes = shapes
        self._delimiter = delimiter
        self._overwrite = overwrite
        self._names = list(names)
        self._header: list[str] = []

    def write(self, block: Block, columns: Mapping[str, NDArray[Any]], lacking: Lacking) -> None:
        """Write rows, and beside them results."""
        fields = joined(block, columns, lacking, self._overwrite, self._origin)
        if not self._delimiter:
            rows = zip(*fields.values(), strict=True)
            lines = [json.dumps(plain(dict(zip(fields, row, strict=True))), allow_nan=False) for row in rows]
            self._write("".join(f"{line}\n" for line in lines).encode())
            return
        nothing = [None] * (block.rows - int(lacking.everything.sum()))
        for name, shape in self._shapes.items():
            entries = fields.pop(name, None)
            if entries is None or not shape:
                fields[name] = nothing if entries is None else entries
                continue
            for label, at in zip(labels(name, shape), np.ndindex(shape), strict=True):
                fields[label] = [None if entry is None else entry[at] for entry in entries]
        lines = []
        if not self._header:
            self._header = list(dict.fromkeys([*self._kept(), *fields]))
            lines.append(self._delimiter.join(map(self._cell, self._header)))
        check_none_new(self._header, fields, block, lacking, self._origin, _AS_LINES)
        columns_of_texts = [list(map(self._cell, fields.get(name, nothing))) for name in self._header]
        lines += map(self._delimiter.join, zip(*columns_of_texts, strict=True))
        text = "".join(f"{line}\n" for line in lines)
        try:
            self._write(text.encode())
        except UnicodeEncodeError:
            told = f"a text of {self._origin} has half a surrogate pair, which is no character"
            raise InputProblem(told, hint="--format jsonl keeps it") from None

    def _kept(self) -> list[str]:
        """The fields that are known of the table, without those that are replaced."""
        added = {label for name, shape in self._shapes.items() for label in labels(name, shape or ())}
        return [name for name in self._names if name not in added]

    def _cell(self, value: Any) -> str:
        """A field as a cell."""
        if isinstance(value, float):
            return repr(float(value))
        if value is None:
            return ""
        if isinstance(value, Decimal):
            return f"{value:f}"  # with the zeros that it came with
        found = plain(value)
        text = found if isinstance(found, str) else json.dumps(found, allow_nan=False)
        if any(character in text for character in (self._delimiter, '"', "\n", "\r")):
            return '"' + text.replace('"', '""') + '"'
        return text

    def close(self) -> None:
        """Nothing is left, but of a table without rows the header."""
        if self._delimiter and not self._header:
            added = [label for name, shape in self._shapes.items() for label in labels(name, shape or ())]
            self._write((self._delimiter.join(map(self._cell, [*self._kept(), *added])) + "\n").encode())

    def discard(self) -> None:
        """Nothing waits."""
