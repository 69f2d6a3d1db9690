"""Tables of delimited text, written: rows go out byte for byte as they came in, with cells added."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.batch.table import Block, Lacking
from gradcli.data.rows.cutting import is_blank, raw_cells, rows_of
from gradcli.data.rows.delimited import DelimitedTable
from gradcli.data.rows.names import check_free

__all__ = ["DelimitedSink", "labels"]


class DelimitedSink:
    """Writes rows as they came in, with cells added.

    Args:
        write: takes bytes.
        table: where the rows come from; its header, delimiter and line ends are kept.
        names: of the results.
        shapes: of the results' entries in a row; None for one that stands in one cell as a list.
        overwrite: whether columns of these names may be there, and are then replaced.
    """

    def __init__(
        self,
        write: Any,
        table: DelimitedTable,
        shapes: Mapping[str, tuple[int, ...] | None],
        overwrite: bool = False,
    ) -> None:
        self.fixed = True
        self._write = write
        self._table = table
        self._shapes = dict(shapes)
        added = [label for name, shape in shapes.items() for label in labels(name, shape or ())]
        self._dropped: frozenset[int] = frozenset()
        if overwrite:
            self._dropped = frozenset(i for i, name in enumerate(table.names) if name in added)
        else:
            check_free(added, table.names, table.origin)
        self._between = table.delimiter if len(self._dropped) < len(table.names) else ""
        self._empty = self._between + table.delimiter * (len(added) - 1)
        if table.header:
            joined = table.delimiter.join(map(self._quoted, added))
            header = self._kept(table.header)
            write(f"{header}{self._between}{joined}{table.ending}".encode("latin-1"))

    def _quoted(self, name: str) -> str:
        """A name as a cell of the header."""
        text = name.encode().decode("latin-1")
        special = any(character in text for character in (self._table.delimiter, '"', "\n", "\r"))
        return '"' + text.replace('"', '""') + '"' if special else text

    def _kept(self, row: str) -> str:
        """A row without the cells that are replaced."""
        if not self._dropped:
            return row
        cells = raw_cells(row, self._table.delimiter)
        return self._table.delimiter.join(cell for i, cell in enumerate(cells) if i not in self._dropped)

    def write(self, block: Block, columns: Mapping[str, NDArray[Any]], lacking: Lacking) -> None:
        """Write rows, and beside them results."""
        arrays = [columns.get(name) for name in self._shapes]
        flat = [_flat(array) for array in arrays if array is not None and array.dtype != object]
        if not isinstance(block.raw, list):
            text = self._without_dropped(block.raw)
            if len(flat) == len(arrays) and text is not None:
                parts = [np.ascontiguousarray(array[:, i]) for array in flat for i in range(array.shape[1])]
                text.beside(parts, lacking.results, lacking.everything, self._table.delimiter, self._write)
                return
            block.raw = rows_of(block.raw.text.decode("latin-1"), self._table.delimiter).lines
        self._write(self._lines(block, columns, lacking))

    def _without_dropped(self, text: Any) -> Any:
        """Rows of a quick text without the cells that are replaced; None where that is to be done row by row."""
        if not self._dropped:
            return text
        width = len(self._table.names)
        return text.without(self._dropped, width, self._table.delimiter) if len(self._dropped) < width else None

    def _lines(self, block: Block, columns: Mapping[str, NDArray[Any]], lacking: Lacking) -> bytes:
        """Rows with their results, line by line."""
        delimiter, ending = self._table.delimiter, self._table.ending
        texts = [text for name, shape in self._shapes.items() for text in self._texts(columns.get(name), shape, block)]
        added = map(delimiter.join, zip(*texts, strict=True)) if texts else iter([""] * block.rows)
        missing = set(np.flatnonzero(lacking.results).tolist())
        left_out = set(np.flatnonzero(lacking.everything).tolist())
        short = {found.row - block.first for found in block.bad if not found.column}
        parts: list[str] = []
        row = 0
        for line in block.raw:
            stripped = line.rstrip("\r\n")
            if is_blank(stripped, delimiter):
                parts.append(line)
                continue
            new = next(added)
            end = line[len(stripped) :] or ending
            if row in left_out:
                pass
            elif row in short:
                parts.append(stripped + end)
            elif row in missing:
                parts.append(f"{self._kept(stripped)}{self._empty}{end}")
            else:
                parts.append(f"{self._kept(stripped)}{self._between}{new}{end}")
            row += 1
        return "".join(parts).encode("latin-1")

    def _texts(self, array: NDArray[Any] | None, shape: tuple[int, ...] | None, block: Block) -> list[Sequence[str]]:
        """The cells of one result, a sequence for each column."""
        if array is None:
            return [[""] * block.rows] * len(labels("", shape or ()))
        if shape is None:
            return [[self._list(entry) for entry in array]]
        flat = _flat(array)
        return [_numbers(flat[:, i]) for i in range(flat.shape[1])]

    def _list(self, entry: Any) -> str:
        """Nested lists as a cell."""
        if entry is None:
            return ""
        text = json.dumps(np.asarray(entry).tolist())
        return f'"{text}"' if self._table.delimiter in text else text

    def close(self) -> None:
        """Nothing is left."""

    def discard(self) -> None:
        """Nothing waits."""


def _flat(array: NDArray[Any]) -> NDArray[Any]:
    """The entries of each row in a line; there may be no rows."""
    return array.reshape(len(array), prod(array.shape[1:]))


def _numbers(values: NDArray[Any]) -> list[str]:
    """Numbers as texts that read back the same; truth values as in JSON."""
    if values.dtype == bool:
        return ["true" if value else "false" for value in values.tolist()]
    return list(map(repr, values.tolist()))


def labels(name: str, shape: tuple[int, ...]) -> list[str]:
    """The names of a result's columns.

    >>> labels("d_x", ()), labels("d_x", (2,))
    (['d_x'], ['d_x[0]', 'd_x[1]'])
    """
    return [name + "".join(f"[{i}]" for i in at) for at in np.ndindex(shape)]
