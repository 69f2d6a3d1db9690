"""Graphs in DOT, Graphviz's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.render.pictures.boxes import Box, Picture, picture_of
from gradcli.render.pictures.colors import LIGHT
from gradcli.render.style import Style

if TYPE_CHECKING:
    from gradcli.transforms.results.base import Result
    from gradcli.transforms.results.verdict import Verdict

__all__ = ["dot", "quoted", "render"]

_ESCAPED = str.maketrans({"\\": "\\\\", '"': '\\"', "&": "&amp;", "\n": " "})


def render(result: Result, verdict: Verdict | None, style: Style) -> str:
    """The graph as a digraph whose edges go from what is given to the result."""
    from gradcli.transforms.results.graph import Graph

    assert isinstance(result, Graph)
    return dot(picture_of(result, style.depth, None))


def dot(picture: Picture, opaque: bool = False) -> str:
    r"""A picture in DOT.

    Args:
        picture: to write.
        opaque: whether it is drawn on white.

    >>> from gradcli.render.pictures.boxes import Line
    >>> leaf = Box(0, "leaf", (Line("title", "x"), Line("op", "leaf")), "x, leaf", False)
    >>> print(dot(Picture("x", (leaf,), ((),))).splitlines()[-2])
      n0 [label="x\nleaf", tooltip="x, leaf", style="rounded,filled", fillcolor="#dbeafe", color="#2563eb"];
    """
    lines = [
        "digraph gradcli {",
        f"  graph [rankdir=TB, bgcolor={'white' if opaque else 'transparent'}, tooltip={quoted(picture.title)}];",
        f'  node [shape=box, fontname="DejaVu Sans Mono", fontsize=10, fontcolor="{LIGHT.text}", margin="0.12,0.06"];',
        f'  edge [color="{LIGHT.wire}", arrowsize=0.7];',
    ]
    lines += [f"  n{i} [{_attributes(box)}];" for i, box in enumerate(picture.boxes)]
    lines += [f"  n{source} -> n{i};" for i, inputs in enumerate(picture.inputs) for source in inputs]
    return "\n".join([*lines, "}"]) + "\n"


def quoted(text: str) -> str:
    r"""A text as a string of DOT, in which neither escapes nor character references mean anything.

    >>> print(quoted('a "\\N" & b'))
    "a \"\\N\" &amp; b"
    """
    return f'"{text.translate(_ESCAPED)}"'


def _attributes(box: Box) -> str:
    shade = LIGHT.kinds[box.kind]
    label = r"\n".join(quoted(line.text)[1:-1] for line in box.lines)
    style = {"leaf": "rounded,filled", "constant": "filled", "operation": "rounded,filled", "output": "rounded,filled"}
    parts = [
        f'label="{label}"',
        f"tooltip={quoted(box.tip)}",
        f'style="{style[box.kind]}{",dashed" if box.kink else ""}"',
        f'fillcolor="{shade.fill}"',
        f'color="{LIGHT.kink if box.kink else shade.edge}"',
    ]
    if box.kind == "output" or box.kink:
        parts.append("penwidth=2")
    return ", ".join(parts)
