"""Tables of delimited text (CSV, TSV), whose rows go out byte for byte as they came in.

Bytes are taken for Latin-1 while rows are cut into cells: that gives each byte a character and back, whatever the
encoding is, and the delimiters are ASCII. The names in the header are UTF-8.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gradcli.batch import Cells
from gradcli.batch.table import Bad, Block, Lacking, Variable
from gradcli.data.rows.names import check_free, variables_of
from gradcli.data.rows.texts import cells_of_texts, kind_of, object_of, stacked
from gradcli.errors import InputProblem

if TYPE_CHECKING:
    from gradcli.data.rows.plain_text import PlainText

__all__ = ["DelimitedSink", "DelimitedTable"]

PIECE = 1 << 22
"""Bytes that are read at a time: as many rows as make the start of each block cheap, and few enough for memory."""

_FIRST = 1 << 16
"""Bytes of the first piece."""

_DELIMITERS = ",;\t|"
_BOM = b"\xef\xbb\xbf"


class DelimitedTable:
    """A table with a header and rows of cells between delimiters.

    Attributes:
        origin: what it is called in messages.
        header: its first line as it is, without the end; "" where the names were given.
        delimiter: what stands between cells.
        ending: the end of the first line.
        names: the columns.
        variables: what a program may use.

    Args:
        stream: of bytes.
        origin: what it is called in messages.
        delimiter: between cells; "" to find it in the header.
        columns: the names of the columns, where the table has no header.
        renamed: for variables the columns that they stand for.
        piece: bytes that are read at a time.

    Raises:
        InputProblem: if there is no header.
    """

    def __init__(
        self,
        stream: IO[bytes],
        origin: str,
        delimiter: str = "",
        columns: Sequence[str] = (),
        renamed: Mapping[str, str] | None = None,
        piece: int = PIECE,
    ) -> None:
        self.origin = origin
        self._stream = stream
        self._piece = piece
        self._kinds: dict[str, str] = {}
        self.ending = "\n"
        self.header = "" if columns else self._first_line()
        self.delimiter = delimiter or max(_DELIMITERS, key=self.header.count)
        names = list(columns) if columns else _names(self.header, self.delimiter, origin)
        if not columns and _are_numbers(names):
            raise InputProblem(
                f"the first line of {origin} has numbers, and no names", hint="--columns x,y,z names the columns"
            )
        self.names = tuple(names)
        self.variables: Mapping[str, Variable] = variables_of(names, renamed or {}, origin)

    def _first_line(self) -> str:
        line = self._stream.readline()
        if not line.strip():
            raise InputProblem(f"{self.origin} is empty", hint="the first line has the names of the columns")
        if line[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in line[:1000]:
            raise InputProblem(f"{self.origin} is not text in UTF-8", hint="iconv -t utf-8 converts it")
        while line.count(b'"') % 2:
            more = self._stream.readline()
            if not more:
                raise InputProblem(f"the header of {self.origin} has a quote that does not end")
            line += more
        text = line.decode("latin-1")
        stripped = text.rstrip("\r\n")
        self.ending = text[len(stripped) :] or "\n"
        return stripped

    def blocks(self, wanted: Sequence[str]) -> Iterator[Block]:
        """Its rows, with the numbers of some variables."""
        first = 0
        quick = _quick_way()
        for text in self._pieces():
            plain = quick(text) if quick is not None and self._are_numbers(wanted) else None
            block = None if plain is None else self._plain_block(plain, first, wanted)
            if block is None:
                lines = _records(text.decode("latin-1"))
                block = self._block(lines, first, wanted)
            if block.rows or block.raw:
                yield block
            first += block.rows

    def _pieces(self) -> Iterator[bytes]:
        """Parts of the text that end where a row does; the first is small, and shows what the columns hold."""
        rest = b""
        size = min(self._piece, _FIRST)
        read = getattr(self._stream, "read1", self._stream.read)  # what is there, without waiting for all of it
        while part := read(size):
            size = self._piece
            whole = rest + part
            cut = _end_of_rows(whole)
            rest = whole[cut:]
            if cut:
                yield whole[:cut]
        if rest:
            yield rest

    def _are_numbers(self, wanted: Sequence[str]) -> bool:
        """Whether the columns that are wanted are known to hold numbers."""
        return bool(wanted) and all(self._kinds.get(name) in ("real", "whole") for name in wanted)

    def _plain_block(self, plain: PlainText, first: int, wanted: Sequence[str]) -> Block | None:
        """A block of rows that Arrow reads; None where it does not."""
        positions = {position for name in wanted for position in self.variables[name].columns}
        found = plain.numbers([name if i in positions else "" for i, name in enumerate(self.names)], self.delimiter)
        if found is None:
            return None
        cells = {}
        for name in wanted:
            variable = self.variables[name]
            parts = [
                Cells(found[position][0], kind_of(found[position][0], self._kinds[name]), found[position][1])
                for position in variable.columns
            ]
            cells[name] = stacked(parts, variable.shape) if variable.shape else parts[0]

        def fields() -> dict[str, Sequence[Any]]:
            return self._block(_records(plain.text.decode("latin-1")), first, []).fields()

        return Block(first, plain.rows, cells, (), plain, fields)

    def _block(self, lines: list[str], first: int, wanted: Sequence[str]) -> Block:
        rows = [line for line in lines if line.strip()]
        bad: list[Bad] = []
        cut = self._fields(rows, first, bad)
        columns = list(zip(*cut, strict=True)) if cut else [()] * len(self.names)
        cells = {name: self._cells(name, self.variables[name], columns, first, bad) for name in wanted}

        def fields() -> dict[str, Sequence[Any]]:
            texts = [[text.encode("latin-1").decode("utf-8", "replace") for text in column] for column in columns]
            return {name: list(map(object_of, column)) for name, column in zip(self.names, texts, strict=True)}

        return Block(first, len(rows), cells, bad, lines, fields)

    def _fields(self, rows: list[str], first: int, bad: list[Bad]) -> list[list[str]]:
        """The cells of rows; a row of another length counts as one of empty cells, and is bad."""
        width = len(self.names)
        if any('"' in row for row in rows):
            fields = list(csv.reader(rows, delimiter=self.delimiter))
        else:
            fields = [row.rstrip("\r\n").split(self.delimiter) for row in rows]
        for position, row in enumerate(fields):
            if len(row) != width:
                bad.append(Bad(first + position, "", f"has {len(row)} cells, and the header {width}"))
                fields[position] = [""] * width
        return fields

    def _cells(
        self, name: str, variable: Variable, columns: Sequence[Sequence[str]], first: int, bad: list[Bad]
    ) -> Cells:
        parts = []
        for position in variable.columns:
            found, wrong = cells_of_texts(columns[position], self._kinds.get(name, ""))
            bad += [Bad(first + row, self.names[position], told) for row, told in wrong.items()]
            parts.append(found)
        if name not in self._kinds and columns and columns[0]:
            listed = not variable.shape and (parts[0].values.ndim > 1 or parts[0].values.dtype == object)
            self._kinds[name] = "list" if listed else parts[0].kind
        if not variable.shape:
            return parts[0]
        return stacked(parts, variable.shape)


def _quick_way() -> Callable[[bytes], PlainText | None] | None:
    """The way of text without quotes, if its package is there."""
    try:
        from gradcli.data.rows.plain_text import plain_text
    except ImportError:
        return None
    return plain_text


def _names(header: str, delimiter: str, origin: str) -> list[str]:
    raw = header.encode("latin-1").removeprefix(_BOM)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise InputProblem(f"the header of {origin} is not UTF-8", hint="iconv -t utf-8 converts it") from None
    (cells,) = csv.reader([text], delimiter=delimiter)
    return [cell.strip() for cell in cells]


def _are_numbers(names: Sequence[str]) -> bool:
    try:
        return bool([float(name) for name in names])
    except ValueError:
        return False


def _end_of_rows(text: bytes) -> int:
    """Where the last row that is whole ends; a line's end between quotes ends no row."""
    if b'"' not in text:
        return text.rfind(b"\n") + 1
    end = text.rfind(b"\n")
    while end >= 0 and text.count(b'"', 0, end) % 2:
        end = text.rfind(b"\n", 0, end)
    return end + 1


def _records(text: str) -> list[str]:
    """The rows of a text with their ends; rows with a line's end between quotes stay whole."""
    lines = _LINES.findall(text)
    if '"' not in text:
        return lines
    records: list[str] = []
    open_row: list[str] = []
    quotes = 0
    for line in lines:
        open_row.append(line)
        quotes += line.count('"')
        if quotes % 2 == 0:
            records.append("".join(open_row))
            open_row, quotes = [], 0
    if open_row:
        records.append("".join(open_row))
    return records


_LINES = re.compile(r"[^\n]*\n|[^\n]+")  # str.splitlines ends lines at characters that are none's end in CSV


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
        self._write = write
        self._table = table
        self._shapes = dict(shapes)
        added = [label for name, shape in shapes.items() for label in labels(name, shape or ())]
        self._dropped: frozenset[int] = frozenset()
        if overwrite:
            self._dropped = frozenset(i for i, name in enumerate(table.names) if name in added)
        else:
            check_free(added, table.names, table.origin)
        self._empty = table.delimiter * len(added)
        if table.header:
            joined = table.delimiter.join(map(self._quoted, added))
            header = self._kept(table.header)
            write(f"{header}{table.delimiter}{joined}{table.ending}".encode("latin-1"))

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
        flat = [array.reshape(block.rows, -1) for array in arrays if array is not None and array.dtype != object]
        if not isinstance(block.raw, list):
            if len(flat) == len(arrays) and not self._dropped and not lacking.everything.any():
                parts = [array[:, i] for array in flat for i in range(array.shape[1])]
                self._write(block.raw.beside(parts, lacking.results, self._table.delimiter))
                return
            block.raw = _records(block.raw.text.decode("latin-1"))
        self._write(self._lines(block, columns, lacking))

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
            if not stripped.strip():
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
                parts.append(f"{self._kept(stripped)}{delimiter}{new}{end}")
            row += 1
        return "".join(parts).encode("latin-1")

    def _texts(self, array: NDArray[Any] | None, shape: tuple[int, ...] | None, block: Block) -> list[Sequence[str]]:
        """The cells of one result, a sequence for each column."""
        if array is None:
            return [[""] * block.rows] * len(labels("", shape or ()))
        if shape is None:
            return [[self._list(entry) for entry in array]]
        flat = array.reshape(block.rows, -1)
        return [_numbers(flat[:, i]) for i in range(flat.shape[1])]

    def _list(self, entry: Any) -> str:
        """Nested lists as a cell."""
        if entry is None:
            return ""
        text = json.dumps(np.asarray(entry).tolist())
        return f'"{text}"' if self._table.delimiter in text else text

    def close(self) -> None:
        """Nothing is left."""


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


def raw_cells(row: str, delimiter: str) -> list[str]:
    """The cells of a row as they stand, with their quotes.

    >>> raw_cells('a,"b,c",d', ",")
    ['a', '"b,c"', 'd']
    """
    cells: list[str] = []
    open_cell: list[str] = []
    for part in row.split(delimiter):
        open_cell.append(part)
        if sum(piece.count('"') for piece in open_cell) % 2 == 0:
            cells.append(delimiter.join(open_cell))
            open_cell = []
    return [*cells, delimiter.join(open_cell)] if open_cell else cells
