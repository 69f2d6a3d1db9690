"""Graphs in Mermaid's language, which GitHub and many editors draw in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.render.pictures.boxes import Picture, picture_of
from gradcli.render.pictures.colors import LIGHT
from gradcli.render.style import Style

if TYPE_CHECKING:
    from gradcli.transforms.results.base import Result
    from gradcli.transforms.results.verdict import Verdict

__all__ = ["label", "mermaid", "render"]

_SHAPES = {"leaf": ('(["', '"])'), "constant": ('["', '"]'), "operation": ('("', '")'), "output": ('[["', '"]]')}
_PLAIN = frozenset(" ,()=/:")
_NOTHING = "#8203;"
"""A character that has no width."""


def render(result: Result, verdict: Verdict | None, style: Style) -> str:
    """The graph as a flowchart from what is given down to the result."""
    from gradcli.transforms.results.graph import Graph

    assert isinstance(result, Graph)
    return mermaid(picture_of(result, style.depth, None))


def mermaid(picture: Picture) -> str:
    r"""A picture as a flowchart.

    >>> from gradcli.render.pictures.boxes import Box, Line
    >>> leaf = Box(0, "leaf", (Line("title", "x"), Line("op", "leaf")), "x, leaf", False)
    >>> print(*mermaid(Picture("x", (leaf,), ((),))).splitlines()[:2], sep="\n")
    flowchart TD
      n0(["x<br/>leaf"]):::leaf
    """
    lines = ["flowchart TD"]
    for i, box in enumerate(picture.boxes):
        start, end = _SHAPES[box.kind]
        text = "<br/>".join(label(line.text) for line in box.lines)
        lines.append(f"  n{i}{start}{text}{end}:::{box.kind}")
    lines += [f"  n{source} --> n{i}" for i, inputs in enumerate(picture.inputs) for source in inputs]
    for kind, shade in LIGHT.kinds.items():
        wide = ",stroke-width:2px" if kind == "output" else ""
        lines.append(f"  classDef {kind} fill:{shade.fill},stroke:{shade.edge},color:{LIGHT.text}{wide}")
    kinks = [f"n{i}" for i, box in enumerate(picture.boxes) if box.kink]
    if kinks:
        lines.append(f"  classDef kink stroke:{LIGHT.kink},stroke-width:2px,stroke-dasharray:5 3")
        lines.append(f"  class {','.join(kinks)} kink")
    return "\n".join(lines) + "\n"


def label(text: str) -> str:
    """A text of which nothing is Mermaid, Markdown or HTML: what could be is written as a character's number.

    >>> label('a*b < "c"'), label("1.5"), label("1. + x")
    ('a#42;b #60; #34;c#34;', '1.5', '1#46; #43; x')
    """
    found = []
    for i, char in enumerate(text):
        inner = char in ".-" and 0 < i < len(text) - 1 and text[i + 1].isalnum()  # else a list of Markdown's begins
        found.append(char if char.isalnum() or char in _PLAIN or inner else f"#{ord(char)};")
        if char == "\\":
            found.append(_NOTHING)  # else \n is a line's end, however it is written
    return "".join(found)
