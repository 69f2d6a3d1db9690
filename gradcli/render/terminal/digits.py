"""Numbers with many proved digits: an entry a row, its number folded where the terminal is narrow."""

from __future__ import annotations

import numpy as np
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from gradcli.address import EntryAddress
from gradcli.render.terminal.arrays import IN_JSON, shaded, value_lines
from gradcli.render.terminal.canvas import DERIVATIVE, NAME, Canvas
from gradcli.render.terminal.expression import expression_lines
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.digits import Digits

__all__ = ["digits_view"]

_ROWS = 60
"""Rows at most of the value, and of the derivatives: of more there is a count."""


def digits_view(result: Derived, digits: Digits, canvas: Canvas) -> list[list[RenderableType]]:
    """The expression; the value's entries; the derivatives'."""
    head: list[RenderableType] = [*expression_lines(result.expression, canvas)]
    for name, array in result.given():
        head += value_lines(name, array, canvas)
    values = [(result.label(EntryAddress(i)), text) for i, text in enumerate(digits.value)]
    slopes = [(result.label(result.address(i)), text) for i, text in enumerate(digits.derivatives)]
    shape = np.shape(result.value)
    return [[*head, *_rows(values, "", canvas)], _rows(slopes, DERIVATIVE, canvas)] if shape or slopes else [head]


def _rows(entries: list[tuple[str, str]], style: str, canvas: Canvas) -> list[RenderableType]:
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(width=1)
    grid.add_column(overflow="fold")
    for label, text in entries[:_ROWS]:
        grid.add_row(Text(label, style=NAME), Text("="), shaded(text, style))
    left = len(entries) - _ROWS
    return [grid, *([canvas.note(f"{canvas.dots} and {left:,} more; {IN_JSON}")] if left > 0 else [])]
