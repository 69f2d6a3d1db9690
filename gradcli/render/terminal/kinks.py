"""Kinks: a mark, the place in the expression, and both sides."""

from __future__ import annotations

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from gradcli.errors import excerpt
from gradcli.render.kinks import headline, remarks
from gradcli.render.terminal.arrays import shaded
from gradcli.render.terminal.canvas import FAINT, Canvas
from gradcli.render.visible import visible
from gradcli.transforms.results import Kink

__all__ = ["kinks_view"]

_MARKS = {"kink": ("∧", "^", "yellow"), "smooth": ("✗", "x", "bold red"), "undecided": ("·", "-", "yellow")}


def kinks_view(kinks: tuple[Kink, ...], canvas: Canvas) -> list[RenderableType]:
    """A mark in the margin and the text beside it; the expression's line is cut, not wrapped."""
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=1)
    grid.add_column(overflow="fold")
    for kink in kinks:
        pretty, simple, style = _MARKS[kink.kind]
        grid.add_row(Text(pretty if canvas.unicode else simple, style=style), Text(visible(headline(kink))))
        line, carets = excerpt(kink.source, kink.span)
        grid.add_row("", Text(visible(line), no_wrap=True))
        grid.add_row("", Text(carets, style=style, no_wrap=True))
        for remark in remarks(kink):
            grid.add_row("", shaded(visible(remark), FAINT))
    return [grid]
