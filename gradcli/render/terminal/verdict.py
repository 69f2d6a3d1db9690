"""The verdict: a mark, a sentence, and the entries worth naming."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from gradcli.render.terminal.arrays import shaded
from gradcli.render.terminal.canvas import FAINT, Canvas
from gradcli.render.words.spoken import spoken
from gradcli.render.words.verdicts import details, notes
from gradcli.transforms.results.findings import Kink
from gradcli.transforms.results.verdict import Verdict

__all__ = ["verdict_view"]

_MARKS = {
    "verified": ("✓", "+", "green"),
    "differs": ("✗", "x", "bold red"),
    "singular": ("∞", "!", "yellow"),
    "kink": ("∧", "^", "yellow"),
    "not checked": ("·", "-", FAINT),
}


def verdict_view(verdict: Verdict, canvas: Canvas, kinks: Sequence[Kink] = ()) -> list[RenderableType]:
    """A mark in the margin and the text beside it, however many lines it takes."""
    pretty, simple, style = _MARKS[verdict.verdict]
    told, head = spoken(verdict)
    text = Text(told, style=FAINT if verdict.verdict == "not checked" else "")
    text.stylize(style, 0, head)
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=1)
    grid.add_column(overflow="fold")
    grid.add_row(Text(pretty if canvas.unicode else simple, style=style), text)
    for detail in [*details(verdict, kinks), *notes(verdict)]:
        grid.add_row("", shaded(detail, FAINT))
    return [grid]
