"""The witnesses entry by entry: their numbers under each other, or a table of many entries."""

from __future__ import annotations

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from gradcli.render.terminal.arrays import shaded
from gradcli.render.terminal.canvas import DERIVATIVE, FAINT, NAME, Canvas, table_width
from gradcli.render.words.witnesses import facts, lines, named_cells, table_note, value_line
from gradcli.transforms.results.findings import ValueWitness, Witnesses

__all__ = ["witnesses_view"]

_FEW = 4
_LEFT_OUT: tuple[tuple[str, ...], ...] = (
    (),
    ("numeric", "+-"),
    ("numeric", "+-", "SymPy"),
    ("numeric", "+-", "SymPy", "enclosure"),
    ("numeric", "+-", "SymPy", "enclosure", "proved"),
)
"""Columns that are left out, more and more of them, until the others fit."""


def witnesses_view(witnesses: Witnesses, canvas: Canvas) -> list[RenderableType]:
    """Of few entries every digit; of more a row each, with the columns that the width holds; then the value's line."""
    value = [] if witnesses.value is None else [_value_view(witnesses.value)]
    return [*_entries_view(witnesses, canvas), *value]


def _told(word: str, number: Text, remark: Text, canvas: Canvas) -> list[RenderableType]:
    """A witness and its number, side by side where both fit, and what is remarked on it."""
    head = Text(f"  {word:8} ", style=FAINT)
    if head.cell_len + number.cell_len > canvas.width:
        indent = 4 if number.cell_len + 4 <= canvas.width else 0
        lines = [Padding(text, (0, 0, 0, left)) for text, left in ((number, indent), (remark, 4)) if text]
        return [Text(f"  {word}", style=FAINT), *lines]
    grid = Table.grid()
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(head, number + Text("  ") + remark if remark else number)
    return [grid]


def _value_view(value: ValueWitness) -> RenderableType:
    style = {"agrees": "green", "differs": "bold red", "not compared": FAINT}[value.verdict]
    line = Text.assemble(("value = ", FAINT)) + shaded(value_line(value), FAINT)
    line.stylize(style, len("value = "), len("value = ") + len(value.verdict))
    return line


def _entries_view(witnesses: Witnesses, canvas: Canvas) -> list[RenderableType]:
    if not witnesses.entries:
        return []
    if len(witnesses.entries) <= _FEW:
        return _stacked(witnesses, canvas)
    rows = named_cells(witnesses)
    columns = next((some for some in _choices(rows) if _fits(rows, some, canvas)), _choices(rows)[-1])
    table = canvas.table([Text(column, style=FAINT) for column in columns])
    for row in rows:
        table.add_row(*[shaded(row[column], _style(column)) for column in columns])
    return [table, *[canvas.note(note) for note in table_note(witnesses)]]


def _choices(rows: list[dict[str, str]]) -> list[list[str]]:
    """Columns to choose from, those that say most first."""
    return [[column for column in rows[0] if column not in left_out] for left_out in _LEFT_OUT]


def _fits(rows: list[dict[str, str]], columns: list[str], canvas: Canvas) -> bool:
    return table_width([[column, *[row[column] for row in rows]] for column in columns]) <= canvas.width


def _style(column: str) -> str:
    return {"entry": NAME, "gradcli": DERIVATIVE}.get(column, "")


def _stacked(witnesses: Witnesses, canvas: Canvas) -> list[RenderableType]:
    parts: list[RenderableType] = []
    for entry in witnesses.entries:
        parts.append(Text(entry.label, style=NAME))
        for word, number, remark in lines(entry):
            style = DERIVATIVE if word == "gradcli" else ""
            parts += _told(word, shaded(number, style), Text(remark, style=FAINT), canvas)
        parts.append(Padding(Text(facts(entry), style=FAINT), (0, 0, 0, 2)))
    return parts
