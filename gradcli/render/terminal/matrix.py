"""A matrix as a table with labels, its middle rows and columns counted where it is large."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.console import RenderableType
from rich.text import Text

from gradcli.render.terminal.arrays import ALL_NUMBERS, pointed, shaded
from gradcli.render.terminal.canvas import DERIVATIVE, FAINT, NAME, Canvas, table_width

__all__ = ["ROWS", "Labelled", "matrix_view", "middle_cut"]

ROWS = 20
COLUMNS = 12


class Labelled(NamedTuple):
    """A matrix with a label for each row and column.

    Attributes:
        corner: what stands between the labels of the rows and those of the columns.
        whole: where all numbers are to be had.
    """

    matrix: NDArray[np.float64]
    rows: Sequence[str]
    columns: Sequence[str]
    corner: str = ""
    whole: str = ALL_NUMBERS


def matrix_view(shown: Labelled, canvas: Canvas) -> list[RenderableType]:
    """As many rows and columns as a person reads and the width holds, and a note where that is not all."""
    rows = middle_cut(len(shown.rows), ROWS)
    total = len(shown.columns)
    kept = min(total, COLUMNS)
    columns = _texts(shown, rows, middle_cut(total, kept), canvas)
    while kept > 1 and table_width(columns) > canvas.width:
        kept -= 1
        columns = _texts(shown, rows, middle_cut(total, kept), canvas)
    (_, *labels), *bodies = columns
    headers = [Text(header, style=_label_style(header, canvas)) for header, *_ in bodies]
    table = canvas.table([Text(shown.corner, style=FAINT), *headers])
    for label, *numbers in zip(labels, *[body for _, *body in bodies], strict=True):
        cells = [shaded(number, FAINT if canvas.dots in (label, number) else DERIVATIVE) for number in numbers]
        table.add_row(Text(label, style=_label_style(label, canvas)), *cells)
    note = _cut_note(len(shown.rows), total, kept)
    return [table, canvas.note(f"{note}; {shown.whole}")] if note else [table]


def middle_cut(count: int, limit: int) -> list[int | None]:
    """Positions with None in the place of the middle ones, if there are more than the limit.

    >>> middle_cut(3, 4), middle_cut(9, 4)
    ([0, 1, 2], [0, 1, None, 7, 8])
    """
    if count <= limit:
        return [*range(count)]
    first = (limit + 1) // 2
    return [*range(first), None, *range(count - limit + first, count)]


def _cut_note(rows: int, columns: int, shown: int) -> str:
    """What part of the matrix is shown, or nothing where it is the whole.

    >>> _cut_note(30, 12, 3)
    '20 of 30 rows and 3 of 12 columns are shown'
    """
    parts = [f"{ROWS} of {rows:,} rows"] if rows > ROWS else []
    if columns > shown:
        parts.append(f"{shown} of {columns:,} columns")
    return f"{' and '.join(parts)} are shown" if parts else ""


def _label_style(label: str, canvas: Canvas) -> str:
    return FAINT if label == canvas.dots else NAME


def _texts(
    shown: Labelled, rows: Sequence[int | None], columns: Sequence[int | None], canvas: Canvas
) -> list[list[str]]:
    """The table column by column, the labels of the rows first; the first text of each is its header."""
    table = [[shown.corner, *[canvas.dots if row is None else shown.rows[row] for row in rows]]]
    for column in columns:
        if column is None:
            table.append([canvas.dots] * (len(rows) + 1))
            continue
        numbers = iter(pointed([repr(float(shown.matrix[row, column])) for row in rows if row is not None]))
        cells = [canvas.dots if row is None else next(numbers) for row in rows]
        table.append([shown.columns[column], *cells])
    return table
