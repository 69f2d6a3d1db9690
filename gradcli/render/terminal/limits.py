"""Limits where there is no value: a mark, a sentence, and both sides."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from gradcli.render.terminal.arrays import shaded
from gradcli.render.terminal.canvas import FAINT, Canvas
from gradcli.render.words.limits import headline, lines
from gradcli.transforms.results.findings import Limit

__all__ = ["limits_view"]


def limits_view(limits: Sequence[Limit], canvas: Canvas) -> list[RenderableType]:
    """A mark in the margin and the text beside it."""
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=1)
    grid.add_column(overflow="fold")
    grid.add_row(Text("→" if canvas.unicode else ">", style="yellow"), Text(headline(limits)))
    for line in lines(limits):
        grid.add_row("", shaded(line, FAINT))
    return [grid]
