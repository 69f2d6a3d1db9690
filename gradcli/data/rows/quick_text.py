"""Delimited text by Arrow's reader and Polars' writer: ten times as fast as cell by cell.

What they do not take for certain is left to the slower way: it is given the same bytes, and tells what is wrong.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray

from gradcli.data.rows.cutting import row_ends
from gradcli.data.rows.texts import MISSING, cells_of_objects, object_of

__all__ = ["Numbers", "QuickText", "quick_text"]

_RETURN, _QUOTE = b'\r"'
_WORDS = [word for small in MISSING for word in {small, small.upper(), small.capitalize()}]


class Numbers(NamedTuple):
    """A column.

    Attributes:
        values: not-a-number where there is none.
        blank: the rows without one; None if all have one.
        bad: for each row whose cell holds something else what is wrong with it.
    """

    values: NDArray[np.float64]
    blank: NDArray[np.bool_] | None
    bad: dict[int, str]


class QuickText:
    """Rows of text that end alike, and none of which is empty.

    Attributes:
        text: all of them, each with its line's end.
        rows: how many there are.

    Args:
        text: all of them.
        ends: where each has its newline.
        ending: of each row.
    """

    def __init__(self, text: bytes, ends: NDArray[np.int64], ending: bytes) -> None:
        self.text = text
        self.rows = len(ends)
        self._ends = ends
        self._ending = ending

    def numbers(self, names: Sequence[str], delimiter: str, kinds: Mapping[int, str]) -> dict[int, Numbers] | None:
        """The numbers of some columns, by position; None where the rows are not all of one length.

        Args:
            names: for each column a name, "" for one that is not wanted.
            delimiter: between cells.
            kinds: what the columns hold, from the rows before.
        """
        wanted = [i for i, name in enumerate(names) if name]
        read = self._read(len(names), wanted, delimiter, pa.float64())
        found = {} if read is None else {i: _plain(read.column(str(i))) for i in wanted}
        others = [i for i in wanted if found.get(i) is None]
        if not others:
            return {i: column for i, column in found.items() if column is not None}
        if len(names) == 1:
            return None  # a line of blanks is no row of one empty cell
        texts = self._read(len(names), others, delimiter, pa.large_string())
        if texts is None:
            return None
        made = {i: _mixed(texts.column(str(i)), kinds.get(i, "real")) for i in others}
        return {i: made.get(i) or column for i in wanted if (column := found.get(i) or made.get(i)) is not None}

    def _read(self, width: int, wanted: Sequence[int], delimiter: str, kind: Any) -> Any:
        """Some columns in a type, as Arrow reads them; None where it does not."""
        quoted = b'"' in self.text
        options = pa.csv.ConvertOptions(
            column_types={str(i): kind for i in wanted},
            include_columns=[str(i) for i in wanted],
            null_values=_WORDS,
            strings_can_be_null=False,
        )
        parsed = pa.csv.ParseOptions(
            delimiter=delimiter,
            quote_char='"' if quoted else False,
            newlines_in_values=quoted,
        )
        reading = pa.csv.ReadOptions(column_names=[str(i) for i in range(width)], block_size=max(len(self.text), 1))
        try:
            read = pa.csv.read_csv(pa.BufferReader(self.text), reading, parsed, options)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            return None
        return read if read.num_rows == self.rows else None

    def beside(
        self,
        columns: Sequence[NDArray[Any]],
        blank: NDArray[np.bool_],
        left_out: NDArray[np.bool_],
        delimiter: str,
        write: Callable[[Any], object],
    ) -> None:
        """Write the rows with further cells.

        Args:
            columns: of numbers or truth values, one for each further cell.
            blank: the rows whose further cells are empty.
            left_out: the rows that are not wanted.
            delimiter: between cells.
            write: takes bytes, some rows at a time.
        """
        try:
            valid = self.text if self.text.isascii() else self.text.decode().encode()
        except UnicodeDecodeError:  # each byte as a character of its own, and back again
            characters = codecs.getincrementaldecoder("utf-8")()
            back = lambda part: write(characters.decode(part).encode("latin-1"))  # noqa: E731  # it is handed on at once
            self._in_latin_1().beside(columns, blank, left_out, delimiter, back)
            return
        # A row begins with the line's end before it, so that the rows lie side by side without a gap.
        offsets = np.empty(self.rows + 1, np.int64)
        offsets[0] = 0
        offsets[1:] = self._ends - (len(self._ending) - 1)
        lines = pa.Array.from_buffers(pa.large_string(), self.rows, [None, pa.py_buffer(offsets), pa.py_buffer(valid)])
        made, texts = _written(columns, blank, left_out, may_mark=_MARK not in self.text)
        frame = pl.DataFrame({"": pl.Series(_Handed(lines)), **{str(i): one for i, one in enumerate(made)}})
        if left_out.any():
            frame = frame.filter(~left_out)
        if not frame.height:
            return
        out: Any = _Filled(write, texts, len(self._ending) if left_out[0] else 0)  # of a file it has what is used
        frame.write_csv(
            out,
            include_header=False,
            separator=delimiter,
            line_terminator="",
            quote_style="never",
            batch_size=_BATCH,
        )
        out.end(self._ending)

    def without(self, dropped: Collection[int], width: int, delimiter: str) -> QuickText | None:
        """The rows without some of their cells; None where these are not all of one length.

        Args:
            dropped: the positions of the cells, not all of them.
            width: how many cells each row has.
            delimiter: between cells.
        """
        characters = np.frombuffer(self.text, np.uint8)
        between = np.flatnonzero(characters == ord(delimiter))
        if b'"' in self.text:
            quotes = np.flatnonzero(characters == _QUOTE)
            between = between[np.searchsorted(quotes, between) % 2 == 0]
        begins = np.concatenate([[0], self._ends[:-1] + 1])
        if len(between) != self.rows * (width - 1):
            return None
        inner = between.reshape(self.rows, width - 1)
        stops = self._ends - (len(self._ending) - 1)
        if width > 1 and not ((inner[:, 0] >= begins) & (inner[:, -1] < stops)).all():
            return None
        edges = np.concatenate([begins[:, np.newaxis] - 1, inner, stops[:, np.newaxis]], axis=1)
        kept = [i for i in range(width) if i not in dropped]
        change = np.zeros(len(self.text) + 1, np.int8)
        for i in dropped:  # with the delimiter before it, or behind it where none that stays stands before
            late = int(i < kept[0])
            np.add.at(change, edges[:, i] + late, 1)
            np.add.at(change, edges[:, i + 1] + late, -1)
        gone = np.cumsum(change[:-1], dtype=np.int8).astype(bool)
        ends = self._ends - np.cumsum(gone)[self._ends]
        return QuickText(characters[~gone].tobytes(), ends, self._ending)

    def _in_latin_1(self) -> QuickText:
        text = self.text.decode("latin-1").encode()
        shifts = np.cumsum(np.frombuffer(self.text, np.uint8) >= 0x80)
        return QuickText(text, self._ends + shifts[self._ends], self._ending)


class _Handed:
    """An array of Arrow's for Polars, which is not to know whose it is: it would import all of Arrow's functions."""

    def __init__(self, array: Any) -> None:
        self._array = array

    def __arrow_c_array__(self, schema: Any = None) -> Any:
        return self._array.__arrow_c_array__(schema)


_BATCH = 8192
"""Rows that Polars writes at a time."""


def _plain(column: Any) -> Numbers | None:
    """A column that Arrow has read as numbers; None where one is not finite, of which the text tells more."""
    values = column.to_numpy()
    if not column.null_count:
        return Numbers(values, None, {}) if np.isfinite(values).all() else None
    blank = np.isnan(values)  # a cell that is missing becomes one too
    if int(blank.sum()) != column.null_count or not np.isfinite(values[~blank]).all():
        return None
    return Numbers(values, blank, {})


def _mixed(column: Any, kind: str) -> Numbers:
    """A column of texts, most of which are numbers; the others are looked at one by one."""
    texts = pl.Series(_Handed(column.combine_chunks()))
    values = texts.set(~texts.str.contains(_NUMBER), None).cast(pl.Float64, strict=False).to_numpy(writable=True)
    others = np.flatnonzero(~np.isfinite(values))
    objects = [object_of(text) if text.isascii() else text for text in texts.gather(others).to_list()]
    found, bad = cells_of_objects(objects, kind)
    values[others] = found.values
    blank = None
    if found.blank is not None:
        blank = np.zeros(len(values), bool)
        blank[others] = found.blank
    return Numbers(values, blank, {int(others[row]): told for row, told in bad.items()})


_NUMBER = r"^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$"


class _Filled:
    """What Polars writes to: hands on bytes, with a text in the place of each mark.

    Args:
        write: takes bytes.
        texts: in the order of the marks; none where a mark is no mark.
        skipped: bytes at the beginning that are left out.
    """

    def __init__(self, write: Callable[[Any], object], texts: Sequence[bytes], skipped: int) -> None:
        self._write = write
        self._texts = iter(texts)
        self._marks = len(texts)
        self._skipped = skipped
        self._rest = b""
        self._failed: Exception | None = None

    def write(self, part: bytes) -> int:
        """Hand on some rows."""
        try:
            self._take(part)
        except Exception as error:  # noqa: BLE001  # Polars would tell it in words of its own; it is raised at the end
            self._failed = self._failed or error
        return len(part)

    def _take(self, part: bytes) -> None:
        size = len(part)
        if self._skipped:
            part, self._skipped = part[self._skipped :], max(self._skipped - size, 0)
        if not self._marks:
            self._write(part)
            return
        part = self._rest + part
        begin, whole = 0, memoryview(part)
        while (at := part.find(_MARK, begin)) >= 0:
            self._write(whole[begin:at])
            self._write(next(self._texts))
            begin = at + len(_MARK)
        kept = next((n for n in range(len(_MARK) - 1, 0, -1) if part.endswith(_MARK[:n], begin)), 0)
        self._write(whole[begin : len(part) - kept])
        self._rest = part[len(part) - kept :] if kept else b""

    def flush(self) -> None:
        """Nothing waits that could be handed on."""

    def end(self, ending: bytes) -> None:
        """Hand on what is left, and the last row's end.

        What went wrong before is raised here.
        """
        if self._failed is not None:
            raise self._failed
        self._write(self._rest + ending)


_MARK = b"NaN"
"""What Polars writes for a number that is none, and stands for one of which Python's text is another than Polars'."""

_FEW = 1 / 64
"""Of the numbers so many at most are marked; more are written by Polars' operations on texts."""


def _written(
    columns: Sequence[NDArray[Any]], blank: NDArray[np.bool_], left_out: NDArray[np.bool_], may_mark: bool
) -> tuple[list[Any], list[bytes]]:
    """Columns for Polars to write, with marks; and the texts that take the marks' places, row by row.

    Polars' texts of numbers are Python's but for some with exponents.
    """
    missing = np.flatnonzero(blank)
    unwritten = blank | left_out
    others = [np.zeros(0, np.intp) if one.dtype == bool else _not_alike(one, unwritten) for one in columns]
    by_marks = may_mark and sum(map(len, others)) <= _FEW * len(columns) * len(blank)
    made: list[Any] = []
    marked: list[tuple[int, int, bytes]] = []
    for i, (column, rows) in enumerate(zip(columns, others, strict=True)):
        series = pl.Series(column)
        if len(rows) and by_marks:
            numbers = column.copy()
            numbers[rows] = np.nan
            series = pl.Series(numbers)
            texts = map(repr, column[rows].tolist())
            marked += [(row, i, text.encode()) for row, text in zip(rows.tolist(), texts, strict=True)]
        elif len(rows):
            series = series.cast(pl.String).scatter(rows, _with_exponents(column[rows]))
        made.append(series.scatter(missing, None) if len(missing) else series)
    return made, [text for _, _, text in sorted(marked)]


def _not_alike(column: NDArray[np.float64], unwritten: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The rows where Python writes a number in another way than Polars does."""
    size = np.abs(column)
    alike = (size >= _SMALL) & (size < _LARGE)
    if alike.all():
        return np.zeros(0, np.intp)
    return np.flatnonzero(~(alike | (size == 0) | unwritten))


_SMALL, _LARGE = 1e-4, 1e16
"""Between these Python and Polars both write numbers without an exponent, with the fewest digits that read back."""
_WITH_EXPONENT = 1e-5
"""From here to `_SMALL` Python writes an exponent, and Polars writes none."""


def _with_exponents(numbers: NDArray[np.float64]) -> Any:
    """Numbers that are written with an exponent, which in Python has a sign and two digits."""
    texts = (
        pl.Series(numbers)
        .cast(pl.String)
        .str.replace(r"e([0-9])", "e+${1}")
        .str.replace(r"([+-])([0-9])$", "${1}0${2}")
    )
    size = np.abs(numbers)
    others = np.flatnonzero(~np.isfinite(numbers) | ((size >= _WITH_EXPONENT) & (size < _SMALL)))
    return texts.scatter(others, list(map(repr, numbers[others].tolist()))) if len(others) else texts


def quick_text(text: bytes, delimiter: str, ends: NDArray[np.int64] | None = None) -> QuickText | None:
    r"""Rows that this way takes; None for others.

    Args:
        text: of rows.
        delimiter: between cells.
        ends: what `row_ends` gives of this text and what follows it; None to ask it.

    >>> quick_text(b"1,2\n3,4\n", ",").rows, quick_text(b'1,"2\n"\n', ",").rows, quick_text(b"1,2\n\n", ",")
    (2, 1, None)
    """
    if not text.endswith(b"\n"):
        return None
    ends = row_ends(text, delimiter) if ends is None else ends
    if ends is None or not len(ends) or ends[-1] != len(text) - 1:
        return None
    ending = b"\n"
    if b"\r" in text:
        returns = text.count(b"\r")
        before = np.frombuffer(text, np.uint8)[np.maximum(ends - 1, 0)]
        if returns != len(ends) or not (before == _RETURN).all():
            return None
        ending = b"\r\n"
    begins = np.concatenate([[0], ends[:-1] + 1])
    if (ends - begins < len(ending)).any():
        return None  # an empty line is no row
    return QuickText(text, ends, ending)
