"""Kinks: a mark, the places in the expression, and both sides."""

from __future__ import annotations

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from gradcli.render.terminal.arrays import shaded
from gradcli.render.terminal.canvas import FAINT, Canvas
from gradcli.render.words.kinks import reports
from gradcli.transforms.results.findings import Kink

__all__ = ["kinks_view"]

_MARKS = {
    "kink": ("∧", "^", "yellow"),
    "singular": ("∞", "!", "yellow"),
    "smooth": ("✓", "+", "green"),
    "undecided": ("·", "-", "yellow"),
}


def kinks_view(kinks: tuple[Kink, ...], canvas: Canvas) -> list[RenderableType]:
    """A mark in the margin and the text beside it; the expression's line is cut, not wrapped."""
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=1)
    grid.add_column(overflow="fold")
    for report in reports(kinks):
        pretty, simple, style = _MARKS[report.kind]
        grid.add_row(Text(pretty if canvas.unicode else simple, style=style), Text(report.headline))
        for line, carets in report.places:
            if line:
                grid.add_row("", Text(line, no_wrap=True))
            grid.add_row("", Text(carets, style=style, no_wrap=True))
        for remark in report.remarks:
            grid.add_row("", shaded(remark, FAINT))
    return [grid]
