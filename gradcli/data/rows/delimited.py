"""Tables of delimited text (CSV, TSV), read into rows that keep their bytes.

Bytes are taken for Latin-1 while rows are cut into cells: that gives each byte a character and back, whatever the
encoding is, and the delimiters are ASCII. The names in the header are UTF-8.
"""

from __future__ import annotations

import select
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gradcli.batch import Cells
from gradcli.batch.table import Bad, Block, Variable
from gradcli.data.columns import cells_of
from gradcli.data.rows.cutting import end_of_rows, is_blank, rows_of
from gradcli.data.rows.names import variables_of
from gradcli.data.rows.texts import cells_of_texts, kind_of, object_of, plain_object, stacked
from gradcli.errors import InputProblem, UsageProblem, suggest

if TYPE_CHECKING:
    from gradcli.data.rows.quick_text import QuickText

__all__ = ["DELIMITERS", "DelimitedTable"]

PIECE = 1 << 22
"""Bytes that are read at a time: as many rows as make the start of each block cheap, and few enough for memory."""

_ROWS = 131_072
"""Rows of a piece at most, about: of short rows so many take as much memory as the bytes of long ones."""

_FIRST = 1 << 16
"""Bytes of the first piece."""

QUICK = 1 << 14
"""Bytes from which on it is worth while to import Arrow and Polars."""

_LONGEST_ROW = 1 << 26
_LONGEST_HEADER = 1 << 20
DELIMITERS = ",;\t|"
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
        first_row: how many rows of the table come before, where this is a piece of it.

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
        self.first_row = 0
        self._stream = stream
        self._piece = piece
        self._kinds: dict[str, str] = {}
        self._texts: set[int] = set()
        self.ending = "\n"
        self.delimiter = delimiter
        self.header = "" if columns else self._first_line()
        self.delimiter = delimiter or max(DELIMITERS, key=self.header.count)
        names = list(columns) if columns else _names(self.header, self.delimiter, origin)
        if not columns and _are_numbers(names):
            raise InputProblem(
                f"the first line of {origin} has numbers, and no names", hint="--columns x,y,z names the columns"
            )
        self.names = tuple(names)
        self.variables: Mapping[str, Variable] = variables_of(names, renamed or {}, origin)

    def keep_texts(self, names: Sequence[str]) -> None:
        """Have columns as texts for formats that have types, whatever their cells look like.

        Raises:
            InputProblem: if there is no such column.
        """
        for name in names:
            if name not in self.names:
                near = suggest(name, list(self.names))
                hint = f"did you mean '{near}'?" if near else f"it has {', '.join(self.names)}"
                raise InputProblem(f"{self.origin} has no column '{name}'", hint=hint)
            self._texts |= {position for position, one in enumerate(self.names) if one == name}

    def _first_line(self) -> str:
        line = self._stream.readline()
        if not line.removeprefix(_BOM).strip():
            told = "begins with an empty line" if line.endswith(b"\n") else "is empty"
            raise InputProblem(f"{self.origin} {told}", hint="the first line has the names of the columns")
        if line[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in line[:1000]:
            raise InputProblem(f"{self.origin} is not text in UTF-8", hint="iconv -t utf-8 converts it")
        text = line.decode("latin-1")
        between = self.delimiter or max(DELIMITERS, key=text.count)
        while rows_of(text, between).open:
            more = self._stream.readline()
            if not more or len(text) > _LONGEST_HEADER:
                raise InputProblem(f"the header of {self.origin} has a quote that does not end")
            text += more.decode("latin-1")
        stripped = text.rstrip("\r\n")
        self.ending = text[len(stripped) :] or "\n"
        return stripped

    def blocks(self, wanted: Sequence[str]) -> Iterator[Block]:
        """Its rows, with the numbers of some variables."""
        for name in wanted:
            for position in self.variables[name].columns:
                if position in self._texts:
                    told = f"the column '{self.names[position]}' is to be of texts, and EXPR takes its numbers"
                    raise UsageProblem(f"--text: {told}", hint="leave it out")
        first = self.first_row
        for text, ends in self._pieces():
            block = self._quick_block(text, ends, first, wanted)
            if block is None:
                block = self._block(text.decode("latin-1"), first, wanted)
            if block.rows or block.raw:
                yield block
            first += block.rows

    def _pieces(self) -> Iterator[tuple[bytes, NDArray[np.int64] | None]]:
        """Parts of the text that end where a row does, and where its rows end as far as that is known.

        The first one is small, and shows what the columns hold.
        """
        rest = b""
        size = min(self._piece, _FIRST)
        begun = bool(self.header)
        while part := _what_is_there(self._stream, size):
            size = self._piece
            whole = rest + part
            if not begun and len(whole) >= len(_BOM):
                whole = whole.removeprefix(_BOM)
                begun = True
            cut, ends = end_of_rows(whole, self.delimiter)
            rest = whole[cut:]
            if len(rest) > _LONGEST_ROW:
                told = f"a row of {self.origin} is longer than {_LONGEST_ROW >> 20} MiB"
                raise InputProblem(told, hint="a quote that begins a cell does not end")
            if cut:
                size = min(self._piece, max(_ROWS * cut // max(whole.count(b"\n", 0, cut), 1), _FIRST))
                yield whole[:cut], ends
        if rest:
            yield rest, None

    def _are_numbers(self, wanted: Sequence[str]) -> bool:
        """Whether the columns that are wanted are known to hold numbers."""
        return bool(wanted) and all(self._kinds.get(name) in ("real", "whole") for name in wanted)

    def _quick_block(
        self, text: bytes, ends: NDArray[np.int64] | None, first: int, wanted: Sequence[str]
    ) -> Block | None:
        """A block of rows that Arrow reads; None where it does not, or its packages are not there."""
        if len(text) < QUICK or not self._are_numbers(wanted):
            return None
        way = _quick_way()
        quick = None if way is None else way(text, self.delimiter, ends)
        if quick is None:
            return None
        kinds = {position: self._kinds[name] for name in wanted for position in self.variables[name].columns}
        found = quick.numbers([name if i in kinds else "" for i, name in enumerate(self.names)], self.delimiter, kinds)
        if found is None:
            return None
        bad = [
            Bad(first + row, self.names[position], told)
            for position, column in found.items()
            for row, told in column.bad.items()
        ]
        cells = {}
        for name in wanted:
            variable = self.variables[name]
            parts = [
                Cells(found[position].values, kind_of(found[position].values, self._kinds[name]), found[position].blank)
                for position in variable.columns
            ]
            cells[name] = stacked(parts, variable.shape) if variable.shape else parts[0]

        def fields() -> dict[str, Sequence[Any]]:
            return self._block(text.decode("latin-1"), first, [], kinds).fields()

        return Block(first, quick.rows, cells, bad, quick, fields)

    def _block(self, text: str, first: int, wanted: Sequence[str], numbers: Collection[int] = ()) -> Block:
        """Rows, cell by cell; `numbers` are columns that hold some although they are not wanted here."""
        found = rows_of(text, self.delimiter)
        bad: list[Bad] = []
        lines = found.lines
        there = [i for i, line in enumerate(lines) if not is_blank(line, self.delimiter)]
        if found.open:
            told = f"row {first + len(there):,} of {self.origin} has a quote that does not end"
            raise InputProblem(told, hint="a quote that begins a cell ends before a delimiter or the line's end")
        cut = self._whole_rows([found.cells[i] for i in there], first, bad)
        columns = list(zip(*cut, strict=True)) if cut else [()] * len(self.names)
        cells = {name: self._cells(name, self.variables[name], columns, first, bad) for name in wanted}
        known = {position for name in wanted for position in self.variables[name].columns}.union(numbers)

        def fields() -> dict[str, Sequence[Any]]:
            texts = [self._decoded(name, column) for name, column in zip(self.names, columns, strict=True)]
            typed = [self._typed(i, column, i in known) for i, column in enumerate(texts)]
            if len(set(self.names)) < len(self.names):
                twice = next(name for name in self.names if self.names.count(name) > 1)
                raise InputProblem(
                    f"{self.origin} has the column '{twice}' twice", hint="only csv and tsv can have that"
                )
            return dict(zip(self.names, typed, strict=True))

        return Block(first, len(there), cells, bad, lines, fields)

    def _decoded(self, name: str, column: Sequence[str]) -> list[str]:
        try:
            return [text.encode("latin-1").decode() for text in column]
        except UnicodeDecodeError:
            told = f"column '{name}' of {self.origin} is not UTF-8"
            raise InputProblem(told, hint="iconv -t utf-8 converts it; csv goes to csv as it is") from None

    def _typed(self, position: int, texts: Sequence[str], numbers: bool) -> Sequence[Any]:
        """A column for formats that have types; one with a cell that is only a text, such as `01234`, is of texts."""
        objects = [object_of(text) if numbers else plain_object(text) for text in texts]
        if numbers:
            return objects
        if any(isinstance(found, str) for found in objects):
            self._texts.add(position)
        return [text or None for text in texts] if position in self._texts else objects

    def _whole_rows(self, rows: list[list[str] | None], first: int, bad: list[Bad]) -> list[list[str]]:
        """The cells of rows; a row of another length counts as one of empty cells, and is bad."""
        width = len(self.names)
        found = []
        for position, row in enumerate(rows):
            if row is not None and len(row) == width:
                found.append(row)
                continue
            told = (
                "has a carriage return in a cell"
                if row is None
                else f"has {cells_of(len(row))}, and the header {width}"
            )
            bad.append(Bad(first + position, "", told))
            found.append([""] * width)
        return found

    def _cells(
        self, name: str, variable: Variable, columns: Sequence[Sequence[str]], first: int, bad: list[Bad]
    ) -> Cells:
        parts = []
        for position in variable.columns:
            found, wrong = cells_of_texts(columns[position], self._kinds.get(name, ""))
            bad += [Bad(first + row, self.names[position], _in_utf_8(told)) for row, told in wrong.items()]
            parts.append(found)
        blank = parts[0].blank
        if name not in self._kinds and columns and columns[0] and (blank is None or not blank.all()):
            listed = not variable.shape and (parts[0].values.ndim > 1 or parts[0].values.dtype == object)
            self._kinds[name] = "list" if listed else parts[0].kind
        if not variable.shape:
            return parts[0]
        return stacked(parts, variable.shape)


def _what_is_there(stream: IO[bytes], size: int) -> bytes:
    """Up to so many bytes, as many as can be read without waiting; none at the stream's end."""
    read = getattr(stream, "read1", stream.read)
    parts = [read(size)]
    left = size - len(parts[0])
    while parts[-1] and left > 0 and _has_more(stream):
        parts.append(read(left))
        left -= len(parts[-1])
    return b"".join(parts)


def _has_more(stream: IO[bytes]) -> bool:
    """Whether a pipe has more to read, or has ended."""
    try:
        return bool(select.select([stream], [], [], 0)[0])
    except (OSError, ValueError, TypeError):  # it is no pipe, or the system looks at none
        return False


def _quick_way() -> Callable[[bytes, str, NDArray[np.int64] | None], QuickText | None] | None:
    """The way of Arrow and Polars, if they are there."""
    try:
        from gradcli.data.rows.quick_text import quick_text
    except ImportError:
        return None
    return quick_text


def _in_utf_8(told: str) -> str:
    """What is told of bytes, as the text that they are."""
    return told.encode("latin-1", "replace").decode(errors="replace")


def _names(header: str, delimiter: str, origin: str) -> list[str]:
    raw = header.encode("latin-1").removeprefix(_BOM)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise InputProblem(f"the header of {origin} is not UTF-8", hint="iconv -t utf-8 converts it") from None
    cells = rows_of(text, delimiter).cells[0]
    if cells is None or any("\r" in cell and '"' not in text for cell in cells):
        raise InputProblem(
            f"the header of {origin} has a carriage return that ends no line", hint="tr '\\r' '\\n' mends old line ends"
        )
    return [cell.strip() for cell in cells]


def _are_numbers(names: Sequence[str]) -> bool:
    try:
        return bool([float(name) for name in names])
    except ValueError:
        return False
