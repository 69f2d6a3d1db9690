"""Delimited text, cut into rows and cells as Python's csv does."""

from __future__ import annotations

import csv
import re
import sys
from typing import NamedTuple

__all__ = ["Rows", "end_of_rows", "is_blank", "raw_cells", "rows_of"]


def end_of_rows(text: bytes, delimiter: str) -> int:
    """Where the last row that is whole ends; a line's end between quotes ends no row."""
    end = text.rfind(b"\n") + 1
    if b'"' not in text:
        return end
    found = rows_of(text[:end].decode("latin-1"), delimiter)
    return end - len(found.lines[-1]) if found.open else end


class Rows(NamedTuple):
    """A text as rows.

    Attributes:
        lines: the rows as they stand, with their ends; empty ones too.
        cells: of each row; None where a carriage return stands within a cell that has no quotes.
        open: whether the last row has a quote that does not end.
    """

    lines: list[str]
    cells: list[list[str] | None]
    open: bool


def rows_of(text: str, delimiter: str) -> Rows:
    r"""The rows of a text. A quote opens a cell only where it begins one, as in `5" pipe` it does not.

    >>> rows_of('a,5" pipe\n"b\n",c\n', ",").cells
    [['a', '5" pipe'], ['b\n', 'c']]
    """
    lines = _LINES.findall(text)
    if '"' not in text:
        return Rows(lines, [line.rstrip("\r\n").split(delimiter) for line in lines], False)
    limit = csv.field_size_limit(sys.maxsize)
    try:
        return _quoted_rows(lines, delimiter)
    finally:
        csv.field_size_limit(limit)


def _quoted_rows(lines: list[str], delimiter: str) -> Rows:
    found = Rows([], [], False)
    reader = csv.reader([*lines, "\n"], delimiter=delimiter)  # the line's end is swallowed by a quote that is open
    begin = 0
    while begin < len(lines):
        try:
            found.cells.append(next(reader))
        except csv.Error:
            found.cells.append(None)
        found.lines.append("".join(lines[begin : reader.line_num]))
        begin = reader.line_num
    return found._replace(open=begin > len(lines))


def is_blank(line: str, delimiter: str) -> bool:
    r"""Whether a line holds no row; between tabs are cells, even if all are empty.

    >>> is_blank(" \n", "\t"), is_blank("\t\n", "\t")
    (True, False)
    """
    return not line.strip(" \r\n" if delimiter == "\t" else " \t\r\n")


_LINES = re.compile(r"[^\n]*\n|[^\n]+")  # str.splitlines ends lines at characters that are none's end in CSV


def raw_cells(row: str, delimiter: str) -> list[str]:
    """The cells of a row as they stand, with their quotes.

    >>> raw_cells('a,"b,c",d', ",")
    ['a', '"b,c"', 'd']
    """
    cell = re.compile(_RAW_CELL.replace(",", re.escape(delimiter)))
    cells = []
    at = 0
    while at <= len(row):
        found = cell.match(row, at)
        assert found is not None
        cells.append(found[0])
        at = found.end() + 1
    return cells


_RAW_CELL = r'"(?:[^"]|"")*(?:"[^,]*)?|[^,]*'
