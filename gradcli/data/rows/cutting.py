"""Delimited text, cut into rows and cells as Python's csv does."""

from __future__ import annotations

import csv
import re
import sys
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Rows", "end_of_rows", "is_blank", "raw_cells", "row_ends", "rows_of"]

_NEWLINE, _RETURN, _QUOTE = b'\n\r"'


def end_of_rows(text: bytes, delimiter: str) -> tuple[int, NDArray[np.int64] | None]:
    """Where the last row that is whole ends; and what `row_ends` gives, where it was asked.

    A line's end between quotes ends no row.
    """
    end = text.rfind(b"\n") + 1
    if b'"' not in text:
        return end, None
    ends = row_ends(text, delimiter)
    if ends is not None:
        return (int(ends[-1]) + 1 if len(ends) else 0), ends
    found = rows_of(text[:end].decode("latin-1"), delimiter)
    return (end - len(found.lines[-1]) if found.open else end), None


def row_ends(text: bytes, delimiter: str) -> NDArray[np.int64] | None:
    r"""Where the newlines are that end a row; None where a quote is neither a cell's first nor its last character.

    With quotes that are, each text between an even number of them and the next is outside of cells' quotes.

    >>> row_ends(b'a,"b\n"\nc,d\n', ","), row_ends(b'5" pipe\n', ",")
    (array([ 6, 10]), None)
    """
    characters = np.frombuffer(text, np.uint8)
    newlines = np.flatnonzero(characters == _NEWLINE)
    if b'"' not in text:
        return newlines
    quotes = np.flatnonzero(characters == _QUOTE)
    before = characters[quotes[::2] - 1]  # of the text's first character the last one, which is looked at no further
    after = characters[np.minimum(quotes[1::2] + 1, len(text) - 1)]
    if quotes[0] == 0:
        before[0] = _NEWLINE
    if len(after) and quotes[1::2][-1] == len(text) - 1:
        after[-1] = _NEWLINE
    between = np.array([ord(delimiter), _NEWLINE, _QUOTE], np.uint8)
    if not np.isin(before, between).all() or not (np.isin(after, between) | (after == _RETURN)).all():
        return None
    outside: NDArray[np.int64] = newlines[np.searchsorted(quotes, newlines) % 2 == 0]
    return outside


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
    with _LIMIT:
        limit = csv.field_size_limit(sys.maxsize)
        try:
            return _quoted_rows(lines, delimiter)
        finally:
            csv.field_size_limit(limit)


_LIMIT = Lock()
"""Of the module csv there is one limit for all threads."""


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
