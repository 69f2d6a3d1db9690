"""A Jacobian as a table, its middle rows and columns counted where it is large."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from gradcli.render.terminal.arrays import ALL_NUMBERS, pointed, shaded, value_lines
from gradcli.render.terminal.canvas import DERIVATIVE, FAINT, NAME, Canvas, table_width
from gradcli.render.terminal.expression import expression_lines
from gradcli.transforms.results import Jacobian

__all__ = ["jacobian_view", "middle_cut"]

ROWS = 20
COLUMNS = 12


def jacobian_view(result: Jacobian, canvas: Canvas) -> list[list[RenderableType]]:
    """The expression and its value; then the matrix with a label for each row and column."""
    head: list[RenderableType] = [*expression_lines(result.expression, canvas)]
    head += value_lines("f", result.value, canvas)
    if not result.jacobian.size:
        told = f"the Jacobian is empty: {len(result.rows)} outputs, {len(result.columns)} variables"
        return [head, [canvas.note(told)]]
    return [head, _matrix(result, canvas)]


def middle_cut(count: int, limit: int) -> list[int | None]:
    """Positions with None in the place of the middle ones, if there are more than the limit.

    >>> middle_cut(3, 4), middle_cut(9, 4)
    ([0, 1, 2], [0, 1, None, 7, 8])
    """
    if count <= limit:
        return [*range(count)]
    first = (limit + 1) // 2
    return [*range(first), None, *range(count - limit + first, count)]


def _matrix(result: Jacobian, canvas: Canvas) -> list[RenderableType]:
    rows = middle_cut(len(result.rows), ROWS)
    total = len(result.columns)
    shown = min(total, COLUMNS)
    columns = _texts(result, rows, middle_cut(total, shown), canvas)
    while shown > 1 and table_width(columns) > canvas.width:
        shown -= 1
        columns = _texts(result, rows, middle_cut(total, shown), canvas)
    (_, *labels), *bodies = columns
    table = canvas.table(["", *[Text(header, style=_label_style(header, canvas)) for header, *_ in bodies]])
    for label, *numbers in zip(labels, *[body for _, *body in bodies], strict=True):
        cells = [shaded(number, FAINT if canvas.dots in (label, number) else DERIVATIVE) for number in numbers]
        table.add_row(Text(label, style=_label_style(label, canvas)), *cells)
    note = _cut_note(len(result.rows), total, shown)
    return [table, canvas.note(note)] if note else [table]


def _cut_note(rows: int, columns: int, shown: int) -> str:
    """What part of the matrix is shown, or nothing where it is the whole.

    >>> _cut_note(30, 12, 3)
    '20 of 30 rows and 3 of 12 columns are shown; all numbers: -q or --json'
    """
    parts = [f"{ROWS} of {rows:,} rows"] if rows > ROWS else []
    if columns > shown:
        parts.append(f"{shown} of {columns:,} columns")
    return f"{' and '.join(parts)} are shown; {ALL_NUMBERS}" if parts else ""


def _label_style(label: str, canvas: Canvas) -> str:
    return FAINT if label == canvas.dots else NAME


def _texts(result: Jacobian, rows: list[int | None], columns: list[int | None], canvas: Canvas) -> list[list[str]]:
    """The table column by column, the labels of the rows first; the first text of each is its header."""
    table = [["", *[canvas.dots if row is None else result.rows[row] for row in rows]]]
    for column in columns:
        if column is None:
            table.append([canvas.dots] * (len(rows) + 1))
            continue
        numbers = iter(pointed([repr(float(result.jacobian[row, column])) for row in rows if row is not None]))
        cells = [canvas.dots if row is None else next(numbers) for row in rows]
        table.append([result.columns[column], *cells])
    return table
