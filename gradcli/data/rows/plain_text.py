"""Delimited text without quotes, by Arrow: ten times as fast as cell by cell.

What Arrow does not take for certain is left to the slower way: it is given the same bytes, and tells what is wrong.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
from numpy.typing import NDArray

from gradcli.data.rows.texts import MISSING

__all__ = ["PlainText", "plain_text"]

_NEWLINE = 10
_WORDS = [word for small in MISSING for word in {small, small.upper(), small.capitalize()}]


class PlainText:
    """Rows of text without quotes, empty lines or carriage returns.

    Attributes:
        text: all of them, each with its line's end.
        rows: how many there are.
    """

    def __init__(self, text: bytes) -> None:
        self.text = text
        self._bytes = np.frombuffer(text, np.uint8)
        self._ends = np.flatnonzero(self._bytes == _NEWLINE)
        self.rows = len(self._ends)

    def numbers(self, names: Sequence[str], delimiter: str) -> dict[int, tuple[NDArray[np.float64], Any]] | None:
        """The numbers of some columns, and which are missing, by position; None where a cell is no number.

        Args:
            names: for each column a name, "" for one that is not wanted.
            delimiter: between cells.
        """
        wanted = [str(i) for i, name in enumerate(names) if name]
        columns = [str(i) for i in range(len(names))]
        options = pa.csv.ConvertOptions(
            column_types=dict.fromkeys(wanted, pa.float64()),
            include_columns=wanted,
            null_values=_WORDS,
            strings_can_be_null=False,
        )
        try:
            read = pa.csv.read_csv(
                io.BytesIO(self.text),
                read_options=pa.csv.ReadOptions(column_names=columns, block_size=max(len(self.text), 1)),
                parse_options=pa.csv.ParseOptions(delimiter=delimiter, quote_char=False),
                convert_options=options,
            )
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            return None
        if read.num_rows != self.rows:
            return None
        found = {}
        for name in wanted:
            column = read.column(name).combine_chunks()
            blank = np.asarray(column.is_null()) if column.null_count else None
            values = column.to_numpy(zero_copy_only=False)
            if not np.isfinite(values if blank is None else values[~blank]).all():
                return None  # the slower way tells an infinity from an overflow
            found[int(name)] = (values, blank)
        return found

    def beside(self, columns: Sequence[NDArray[Any]], blank: NDArray[np.bool_], delimiter: str) -> Any:
        """The rows with further cells, as bytes.

        Args:
            columns: of numbers or truth values, one for each further cell.
            blank: the rows whose further cells are empty.
            delimiter: between cells.
        """
        offsets = np.concatenate([[0], self._ends - np.arange(self.rows)]).astype(np.int64)
        kept = self._bytes[self._bytes != _NEWLINE]
        lines = pa.Array.from_buffers(pa.large_binary(), self.rows, [None, pa.py_buffer(offsets), pa.py_buffer(kept)])
        texts = [_texts(column, blank) for column in columns]
        between, end = (pa.scalar(text, pa.large_binary()) for text in (delimiter.encode(), b"\n"))
        joined = pa.compute.binary_join_element_wise(lines, *texts, between, null_handling="replace")
        ended = pa.compute.binary_join_element_wise(joined, pa.scalar(b"", pa.large_binary()), end)
        return memoryview(ended.buffers()[2])[: _size(ended)]


def _size(array: Any) -> int:
    """How many bytes the texts of an array have together."""
    offsets = np.frombuffer(array.buffers()[1], np.int64)
    return int(offsets[len(array) + array.offset])


def _texts(column: NDArray[Any], blank: NDArray[np.bool_]) -> Any:
    """Numbers as Python writes them, which reads back the same; Arrow writes most of them in that way."""
    made = pa.array(column, mask=blank if blank.any() else None)
    texts = made.cast(pa.string())
    if column.dtype == bool:
        return texts.cast(pa.large_binary())
    size = np.abs(column)
    ordinary = (size >= _SMALL) & (size < _LARGE)
    whole = ordinary & (column == np.floor(column))
    if whole.any():
        longer = pa.compute.binary_join_element_wise(texts, pa.scalar("0"), ".")
        texts = pa.compute.if_else(pa.array(whole), longer, texts)
    others = ~ordinary & ~blank
    if others.any():
        texts = pa.compute.replace_with_mask(texts, pa.array(others), pa.array(map(repr, column[others].tolist())))
    return texts.cast(pa.large_binary())


_SMALL, _LARGE = 1e-4, 1e10
"""Between these Python and Arrow both write numbers without an exponent, with the fewest digits that read back."""


def plain_text(text: bytes) -> PlainText | None:
    r"""Rows that this way takes; None for others.

    >>> plain_text(b"1,2\n3,4\n").rows, plain_text(b'1,"2"\n'), plain_text(b"1,2\n\n")
    (2, None, None)
    """
    if b'"' in text or b"\r" in text or b"\n\n" in text or not text.endswith(b"\n") or text.startswith(b"\n"):
        return None
    return PlainText(text)
