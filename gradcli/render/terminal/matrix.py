"""A matrix as a table with labels, folded where it is wide, its middle rows and columns counted where it is large."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.console import RenderableType
from rich.text import Text

from gradcli.render.terminal.arrays import ALL_NUMBERS, pointed, shaded
from gradcli.render.terminal.canvas import DERIVATIVE, FAINT, NAME, Canvas, table_width
from gradcli.render.words.numbers import exact, rounded_text

__all__ = ["COLUMNS", "ROWS", "Labelled", "matrix_view", "middle_cut"]

ROWS = 20
COLUMNS = 20
"""As many as rows: a matrix of no more is shown whole, in blocks of columns where it is wider than the terminal."""

_GLIMPSE = 12
"""Columns that are shown of more, in one block."""


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
    """A table with labels, or blocks of its columns under each other; a note where that is not all.

    Where the table is too wide its numbers are rounded to six digits, and folded if it is too wide still.
    """
    total = len(shown.columns)
    kept = total if total <= COLUMNS else _GLIMPSE
    columns = _texts(shown, kept, canvas, exact)
    rounded = False
    if table_width(columns) > canvas.width:
        whole = columns
        columns = _texts(shown, kept, canvas, rounded_text)
        while total > COLUMNS and kept > 1 and table_width(columns) > canvas.width:
            kept -= 1
            columns = _texts(shown, kept, canvas, rounded_text)
        rounded = kept < total or columns != whole
    labels, *bodies = columns
    if any(table_width([labels, body]) > canvas.width for body in bodies):
        labels = ["", *labels[1:]]
    parts: list[RenderableType] = []
    for block in _blocks(labels, bodies, canvas.width):
        parts += [*([Text()] if parts else []), _table(labels, block, canvas)]
    note = _note(len(shown.rows), total, kept, rounded)
    return [*parts, canvas.note(f"{note}; {shown.whole}")] if note else parts


def _blocks(labels: Sequence[str], columns: Sequence[Sequence[str]], width: int) -> list[Sequence[Sequence[str]]]:
    """The columns in blocks that fit beside the labels, about as many in each.

    >>> [len(block) for block in _blocks(["row"], [["12345"]] * 7, 24)]
    [2, 2, 2, 1]
    """
    most = len(columns)
    while most > 1 and any(table_width([labels, *block]) > width for block in _pieces(columns, most)):
        most -= 1
    count = -(-len(columns) // most)
    return _pieces(columns, -(-len(columns) // count))


def _pieces(columns: Sequence[Sequence[str]], size: int) -> list[Sequence[Sequence[str]]]:
    return [columns[start : start + size] for start in range(0, len(columns), size)]


def _table(labels: Sequence[str], columns: Sequence[Sequence[str]], canvas: Canvas) -> RenderableType:
    """Labels and columns, of each the header first."""
    (corner, *names), headers = labels, [header for header, *_ in columns]
    table = canvas.table(
        [Text(corner, style=FAINT), *[Text(header, style=_label_style(header, canvas)) for header in headers]]
    )
    for label, *numbers in zip(names, *[body for _, *body in columns], strict=True):
        cells = [shaded(number, FAINT if canvas.dots in (label, number) else DERIVATIVE) for number in numbers]
        table.add_row(Text(label, style=_label_style(label, canvas)), *cells)
    return table


def middle_cut(count: int, limit: int) -> list[int | None]:
    """Positions with None in the place of the middle ones, if there are more than the limit.

    >>> middle_cut(3, 4), middle_cut(9, 4)
    ([0, 1, 2], [0, 1, None, 7, 8])
    """
    if count <= limit:
        return [*range(count)]
    first = (limit + 1) // 2
    return [*range(first), None, *range(count - limit + first, count)]


def _note(rows: int, columns: int, shown: int, rounded: bool) -> str:
    """What part of the matrix is shown, and whether rounded; nothing where it is the whole.

    >>> _note(30, 12, 3, rounded=False)
    '20 of 30 rows and 3 of 12 columns are shown'
    """
    parts = [f"{ROWS} of {rows:,} rows"] if rows > ROWS else []
    if columns > shown:
        parts.append(f"{shown} of {columns:,} columns")
    cut = [f"{' and '.join(parts)} are shown"] if parts else []
    return ", ".join([*cut, *(["rounded to 6 digits"] if rounded else [])])


def _label_style(label: str, canvas: Canvas) -> str:
    return FAINT if label == canvas.dots else NAME


def _texts(shown: Labelled, kept: int, canvas: Canvas, spell: Callable[[float], str]) -> list[list[str]]:
    """The table column by column, the labels of the rows first; the first text of each is its header.

    Args:
        shown: the matrix.
        kept: how many columns are shown of it.
        canvas: where it is to stand.
        spell: the text of a number.
    """
    rows = middle_cut(len(shown.rows), ROWS)
    table = [[shown.corner, *[canvas.dots if row is None else shown.rows[row] for row in rows]]]
    for column in middle_cut(len(shown.columns), kept):
        if column is None:
            table.append([canvas.dots] * (len(rows) + 1))
            continue
        numbers = iter(pointed([spell(float(shown.matrix[row, column])) for row in rows if row is not None]))
        cells = [canvas.dots if row is None else next(numbers) for row in rows]
        table.append([shown.columns[column], *cells])
    return table
