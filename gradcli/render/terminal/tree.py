"""A graph as a tree, the result at the top."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rich.cells import cell_len
from rich.console import RenderableType
from rich.text import Text

from gradcli.render.style import Style
from gradcli.render.terminal.arrays import shaded
from gradcli.render.terminal.canvas import DERIVATIVE, FAINT, NAME, OPERATION, Canvas
from gradcli.render.words.graph import NUMBERS, Field, fields, hidden_text, numbers_of_shared, reference
from gradcli.render.words.outline import Line, Outline, outline
from gradcli.transforms.results.graph import Graph

__all__ = ["tree_view"]

_ROOM = 28
"""Columns that a node's own text is given at least, however deep it stands."""


class _Guides(NamedTuple):
    """The pieces that draw a tree's branches, all of one width."""

    fork: str
    last: str
    bar: str
    blank: str


_WIDE = _Guides("├── ", "└── ", "│   ", "    ")
_NARROW = _Guides("├ ", "└ ", "│ ", "  ")
_WIDE_ASCII = _Guides("|-- ", "`-- ", "|   ", "    ")
_NARROW_ASCII = _Guides("| ", "` ", "| ", "  ")


def tree_view(result: Graph, style: Style, canvas: Canvas) -> list[list[RenderableType]]:
    """Each node once, wherever it is met first; what lies too deep for the width is counted."""
    room, depth = max(1, (canvas.width - _ROOM) // 2), style.depth
    drawn = outline(result.nodes, room if depth is None else min(depth, room))
    deepest = max(len(line.branches) for line in drawn.lines)
    guides = _guides(4 * deepest + _ROOM <= canvas.width, canvas.unicode)
    lines: list[RenderableType] = [*_lines(result, drawn, guides, canvas)]
    if drawn.shown == drawn.total:
        return [lines]
    return [lines, [canvas.note(f"{drawn.shown:,} of {drawn.total:,} nodes are shown; all of them: --json")]]


def _guides(wide: bool, unicode: bool) -> _Guides:
    if unicode:
        return _WIDE if wide else _NARROW
    return _WIDE_ASCII if wide else _NARROW_ASCII


def _lines(result: Graph, drawn: Outline, guides: _Guides, canvas: Canvas) -> Iterator[Text]:
    tags = numbers_of_shared(result.nodes, drawn)
    arrow = "→ " if canvas.unicode else "-> "
    following = [*drawn.lines[1:], None]
    for line, after in zip(drawn.lines, following, strict=True):
        if line.kind == "hidden":
            parts = [Text(hidden_text(line.number, canvas.unicode), style=FAINT)]
        elif line.kind == "again":
            name, where = reference(result.nodes[line.number], tags.get(line.number), line.above)
            parts = [Text.assemble((arrow, FAINT), (name, NAME), (f" {where}", FAINT))]
        else:
            room = canvas.width - len(guides.fork) * (len(line.branches) + 1) - len("value ")
            tag = tags.get(line.number)
            told = fields(result, line.number, tag, limit=min(room, NUMBERS), unicode=canvas.unicode)
            parts = [_styled(field) for field in told]
        parent = after is not None and len(after.branches) > len(line.branches)
        yield from _placed(line, parts, parent, guides, canvas)


def _styled(field: Field) -> Text:
    if field.kind == "value":
        return Text.assemble(("value ", FAINT), shaded(field.text))
    if field.kind == "grad":
        return Text.assemble(("grad ", FAINT), shaded(field.text, DERIVATIVE))
    return Text(field.text, style={"label": NAME, "op": OPERATION}.get(field.kind, FAINT))


def _placed(line: Line, parts: list[Text], parent: bool, guides: _Guides, canvas: Canvas) -> Iterator[Text]:
    """A node's parts behind its branches, over as many lines as they take."""
    ancestors = "".join(guides.bar if more else guides.blank for more in line.branches[:-1])
    own = line.branches[-1:]
    first = ancestors + "".join(guides.fork if more else guides.last for more in own)
    later = ancestors + "".join(guides.bar if more else guides.blank for more in own)
    later += (guides.bar if parent else guides.blank)[:2] + "  "
    prefix = first
    for packed in _packed(parts, canvas.width - cell_len(later)):
        yield Text.assemble((prefix, FAINT), packed)
        prefix = later


def _packed(parts: list[Text], width: int) -> Iterator[Text]:
    """Parts two spaces apart on lines of at most a width; one that is longer is broken between words."""
    line = Text()
    for gap, piece in _pieces(parts, width):
        if line and line.cell_len + len(gap) + piece.cell_len > width:
            yield line
            line = Text()
        line = Text.assemble(line, gap if line else "", piece)
    yield line


def _pieces(parts: list[Text], width: int) -> Iterator[tuple[str, Text]]:
    """What must stay on one line, each with the gap before it."""
    for part in parts:
        if part.cell_len <= width:
            yield "  ", part
            continue
        for position, word in enumerate(part.split(" ")):
            for start in range(0, len(word), width):
                yield " " if position or start else "  ", word[start : start + width]
