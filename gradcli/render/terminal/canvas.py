"""What the terminal can show, and the one place where rich writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import StringIO
from shutil import get_terminal_size
from typing import NamedTuple

from rich.box import SIMPLE_HEAD, Box
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from gradcli.render.style import Style

__all__ = ["DERIVATIVE", "FAINT", "NAME", "OPERATION", "STRANGE", "Canvas", "table_width"]

NAME = "cyan"
OPERATION = "magenta"
DERIVATIVE = "bold"
FAINT = "dim"
STRANGE = "bold red"
"""For numbers that are not finite."""

_NARROWEST = 20
_GAP = 3
_ASCII_HEAD = Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)


class Canvas(NamedTuple):
    """A terminal's width, its characters and its colours."""

    width: int
    unicode: bool
    color: bool

    @classmethod
    def of(cls, style: Style) -> Canvas:
        """From a style; where it names no width, the terminal's own."""
        width = get_terminal_size().columns if style.width is None else style.width
        return cls(max(width, _NARROWEST), style.unicode, style.color)

    @property
    def dots(self) -> str:
        """What stands for something left out."""
        return "…" if self.unicode else "..."

    def table(self, headers: Sequence[str | Text]) -> Table:
        """An empty table with a line under its header and no frame."""
        box = SIMPLE_HEAD if self.unicode else _ASCII_HEAD
        table = Table(box=box, show_edge=False, pad_edge=False, header_style="", border_style=FAINT)
        for header in headers:
            table.add_column(header, overflow="fold")
        return table

    def note(self, text: str) -> Text:
        """A remark that stays in the background."""
        return Text(text, style=FAINT)

    def text(self, groups: Iterable[Iterable[RenderableType]]) -> str:
        """Groups of lines and tables as text, with a blank line between groups."""
        console = Console(
            file=StringIO(),
            width=self.width,
            height=25,
            force_terminal=True,
            force_jupyter=False,
            color_system="standard" if self.color else None,
            no_color=False,
            legacy_windows=False,
            markup=False,
            emoji=False,
            highlight=False,
        )
        with console.capture() as capture:
            for position, group in enumerate(groups):
                if position:
                    console.print()
                for part in group:
                    console.print(part, overflow="fold")
        return "".join(f"{line.rstrip()}\n" for line in capture.get().splitlines())


def table_width(columns: Iterable[Iterable[str]]) -> int:
    """Cells that a canvas's table of these texts takes, header included.

    >>> table_width([["x", "variable"], ["1.0", "value"]])
    16
    """
    widths = [max(cell_len(line) for text in column for line in text.split("\n")) for column in columns]
    return sum(widths) + _GAP * (len(widths) - 1)
