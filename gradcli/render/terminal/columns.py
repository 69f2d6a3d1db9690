"""Arrays of equal shapes side by side, a row for each name or for each entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.console import RenderableType
from rich.text import Text

from gradcli.render.terminal.arrays import ALL_NUMBERS, cell_text, pointed, shaded
from gradcli.render.terminal.canvas import DERIVATIVE, FAINT, NAME, Canvas, table_width
from gradcli.render.words.numbers import summary
from gradcli.transforms.results.value import Value

__all__ = ["ENTRIES", "columns_view"]

ENTRIES = 12
_EDGE = 3


class _Row(NamedTuple):
    label: str
    cells: tuple[str, ...]
    faint: bool = False


def columns_view(
    headers: Sequence[str],
    arrays: Mapping[str, Sequence[Value]],
    canvas: Canvas,
    *,
    whole: str = ALL_NUMBERS,
    last: str = DERIVATIVE,
) -> list[RenderableType]:
    """A table with as much of each array as fits.

    Args:
        headers: of the names, and of each column of arrays.
        arrays: by name, an array for each column, all of one shape.
        canvas: where it is to fit.
        whole: where all numbers are to be had, said if some are left out.
        last: the style of the last column, which by default is what was asked for.
    """
    rows = _whole_rows(arrays)
    if rows is None or not _fit(headers, rows, canvas):
        rows = _entry_rows(arrays, canvas)
    body: list[RenderableType]
    body = [_table(headers, rows, last, canvas)] if _fit(headers, rows, canvas) else [*_stacked(headers, rows, last)]
    if any(row.faint for row in rows):
        body.append(canvas.note(whole))
    return body


def _fit(headers: Sequence[str], rows: Sequence[_Row], canvas: Canvas) -> bool:
    columns = zip(headers, *[(row.label, *row.cells) for row in rows], strict=True)
    return table_width(columns) <= canvas.width


def _whole_rows(arrays: Mapping[str, Sequence[Value]]) -> list[_Row] | None:
    """A row for each name with its arrays whole, or None where one is too large for that."""
    texts = [[cell_text(array) for array in row] for row in arrays.values()]
    told = [[text for text in row if text is not None] for row in texts]
    if told != texts:
        return None
    if not any(isinstance(row[-1], np.ndarray) for row in arrays.values()):
        told = _in_line(told)
    return [_Row(name, tuple(row)) for name, row in zip(arrays, told, strict=True)]


def _in_line(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Numbers with their points under each other, column by column."""
    columns = [pointed(column) for column in zip(*rows, strict=True)]
    return [[*row] for row in zip(*columns, strict=True)]


def _entry_rows(arrays: Mapping[str, Sequence[Value]], canvas: Canvas) -> list[_Row]:
    """A row for each entry, the middle of a large array being counted."""
    rows = [row for name, values in arrays.items() for row in _entries(name, values, canvas)]
    numbers = [i for i, row in enumerate(rows) if not row.faint]
    for i, cells in zip(numbers, _in_line([rows[i].cells for i in numbers]), strict=True):
        rows[i] = rows[i]._replace(cells=tuple(cells))
    return rows


def _entries(name: str, values: Sequence[Value], canvas: Canvas) -> list[_Row]:
    arrays = [value for value in values if isinstance(value, np.ndarray)]
    if len(arrays) < len(values):
        return [_Row(name, tuple(map(repr, values)))]
    size = arrays[0].size
    if size <= ENTRIES:
        return [_entry(name, arrays, i) for i in range(size)]
    return [
        _Row(name, tuple(summary(array, canvas.unicode) for array in arrays), faint=True),
        *[_entry(name, arrays, i) for i in range(_EDGE)],
        _Row(f"{canvas.dots} {size - 2 * _EDGE:,} more", ("",) * len(arrays), faint=True),
        *[_entry(name, arrays, i) for i in range(size - _EDGE, size)],
    ]


def _entry(name: str, arrays: Sequence[NDArray[np.float64]], position: int) -> _Row:
    index = ",".join(map(str, np.unravel_index(position, arrays[0].shape)))
    return _Row(f"{name}[{index}]", tuple(repr(float(array.flat[position])) for array in arrays))


def _styles(row: _Row, last: str) -> list[str]:
    """Of a row's cells."""
    if row.faint:
        return [FAINT] * len(row.cells)
    return [*[""] * (len(row.cells) - 1), last]


def _label(row: _Row) -> Text:
    return Text(row.label, style=NAME if any(row.cells) else FAINT)


def _table(headers: Sequence[str], rows: Sequence[_Row], last: str, canvas: Canvas) -> RenderableType:
    table = canvas.table([Text(header, style=FAINT) for header in headers])
    for row in rows:
        table.add_row(_label(row), *map(shaded, row.cells, _styles(row, last)))
    return table


def _stacked(headers: Sequence[str], rows: Sequence[_Row], last: str) -> list[Text]:
    """The same under each other, for a terminal that is too narrow for a table."""
    _, *words = headers
    width = max(map(len, words)) + 2
    lines = []
    for row in rows:
        lines.append(_label(row))
        for word, cell, style in zip(words, row.cells, _styles(row, last), strict=True):
            if cell:
                lines.append(Text.assemble((f"  {word:{width}}", FAINT)) + shaded(cell.strip(), style))
    return lines
