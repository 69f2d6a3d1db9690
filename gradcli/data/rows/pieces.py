"""A large table in pieces that can be read each by itself: row groups of Parquet, ranges of whole rows of text."""

from __future__ import annotations

import io
from typing import IO, Any, NamedTuple

from gradcli.data.rows.cutting import end_of_rows, is_blank, row_ends, rows_of
from gradcli.data.rows.delimited import DELIMITERS
from gradcli.data.rows.formats import Form

__all__ = ["PIECE", "Piece", "opened_piece", "pieces_of"]

PIECE = 64 << 20
"""Bytes of a piece, about: a second or a few of work, which is what a lost worker costs."""


class Piece(NamedTuple):
    """A part of a table.

    Attributes:
        first: its first byte, or row group.
        last: the one after its last.
        rows: how many rows come before.
        header: the bytes that a table of text begins with.
    """

    first: int
    last: int
    rows: int = 0
    header: bytes = b""


def pieces_of(stream: IO[bytes], form: Form, size: int, delimiter: str = "", has_header: bool = True) -> list[Piece]:
    r"""The pieces of a table, in order; none where it is to be read whole.

    Args:
        stream: of its bytes, at the first one; it can be read anywhere.
        form: its format.
        size: how many bytes it has.
        delimiter: between cells, of delimited text.
        has_header: whether its first row is the columns' names.
    """
    if size < 2 * PIECE or form.packing:
        return []
    if form.name == "parquet":
        return _row_groups(stream)
    if form.name in ("csv", "tsv", "jsonl"):
        return _ranges(stream, form.name == "jsonl", delimiter, has_header and form.name != "jsonl")
    return []


def _row_groups(stream: IO[bytes]) -> list[Piece]:
    import pyarrow.parquet

    metadata = pyarrow.parquet.ParquetFile(stream).metadata
    found: list[Piece] = []
    first = before = rows = held = 0
    for group in range(metadata.num_row_groups):
        described = metadata.row_group(group)
        rows += described.num_rows
        held += described.total_byte_size
        if held >= PIECE or group + 1 == metadata.num_row_groups:
            found.append(Piece(first, group + 1, before))
            first, before, held = group + 1, rows, 0
    return found if len(found) > 1 else []


def _ranges(stream: IO[bytes], is_json: bool, delimiter: str, has_header: bool) -> list[Piece]:
    """Ranges that end where a row does."""
    header = b""
    if has_header:
        header = stream.readline()
        text = header.decode("latin-1")
        delimiter = delimiter or max(DELIMITERS, key=text.count)
        while rows_of(header.decode("latin-1"), delimiter).open and (more := stream.readline()):
            header += more
    found: list[Piece] = []
    first, rest, rows, before = len(header), b"", 0, 0
    while part := stream.read(PIECE):
        whole = rest + part
        cut = whole.rfind(b"\n") + 1 if is_json else end_of_rows(whole, delimiter)[0]
        rest = whole[cut:]
        if cut:
            rows += _count(whole[:cut], is_json, delimiter)
            found.append(Piece(first, first + cut, before, header))
            first, before = first + cut, rows
    if rest:
        found.append(Piece(first, first + len(rest), before, header))
    return found if len(found) > 1 else []


def _count(text: bytes, is_json: bool, delimiter: str) -> int:
    """How many rows a text has."""
    if is_json:
        return sum(1 for line in text.splitlines() if line.strip()) if b"\n\n" in text else text.count(b"\n")
    ends = row_ends(text, delimiter)
    blank = text.startswith((b"\n", b"\r\n", b" ", b"\t")) or any(
        mark in text for mark in (b"\n\n", b"\n\r\n", b"\n ", b"\n\t")
    )
    if ends is not None and not blank:
        return len(ends)
    return sum(not is_blank(line, delimiter) for line in rows_of(text.decode("latin-1"), delimiter).lines)


def opened_piece(stream: IO[bytes], piece: Piece) -> IO[bytes]:
    """A piece of a table of text as a table of its own, with its header."""
    stream.seek(piece.first)
    return io.BufferedReader(_Range(stream, piece), 1 << 20)


class _Range(io.RawIOBase):
    def __init__(self, stream: IO[bytes], piece: Piece) -> None:
        super().__init__()
        self._stream = stream
        self._header = piece.header
        self._left = piece.last - piece.first

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._header:
            part, self._header = self._header[: len(buffer)], self._header[len(buffer) :]
        else:
            part = self._stream.read(min(len(buffer), self._left))
            self._left -= len(part)
        buffer[: len(part)] = part
        return len(part)
