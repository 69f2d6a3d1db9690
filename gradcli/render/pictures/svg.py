"""Graphs as SVG: text that stays text, for light and dark surroundings."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from gradcli.render.pictures.boxes import LINE, Box, Picture, picture_of, size_of
from gradcli.render.pictures.colors import DARK, LIGHT, Colors
from gradcli.render.pictures.geometry import Layout, Route, Size
from gradcli.render.pictures.layouts import layout_of
from gradcli.render.style import Style

if TYPE_CHECKING:
    from gradcli.transforms.results.base import Result
    from gradcli.transforms.results.verdict import Verdict

__all__ = ["drawing", "render", "sheet", "svg"]

_FONT = 'ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace'
_CORNERS = {"leaf": 14, "constant": 0, "operation": 6, "output": 6}
_TOP = 6.0  # pixels above the first line of a box


def render(result: Result, verdict: Verdict | None, style: Style) -> str:
    """The graph, its inputs at the top and its result at the bottom."""
    from gradcli.transforms.results.graph import Graph

    assert isinstance(result, Graph)
    picture = picture_of(result, style.depth)
    return svg(picture, layout_of(picture, style.layout))


def svg(picture: Picture, layout: Layout) -> str:
    """A picture as a file of its own.

    >>> from gradcli.render.pictures.boxes import Line
    >>> leaf = Box(0, "leaf", (Line("title", "x < y"),), "x < y", False)
    >>> text = svg(Picture("x < y", (leaf,), ((),)), Layout(Size(90, 60), ((45.0, 30.0),), ()))
    >>> "<title>The graph of x &lt; y</title>" in text
    True
    """
    width, height = map(_number, layout.size)
    title = escape(f"The graph of {picture.title}")
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    lines = [
        f'{head} role="img" aria-label="{title}">',
        f"<title>{title}</title>",
        f"<style>\n{sheet()}</style>",
        *drawing(picture, layout),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def drawing(picture: Picture, layout: Layout) -> Iterator[str]:
    """The elements of a picture: first the lines, then over them the boxes, inputs first."""
    yield (
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        'markerUnits="userSpaceOnUse" orient="auto"><path class="tip" d="M0 0 L8 4 L0 8 z"/></marker></defs>'
    )
    yield '<g class="wires">'
    for wire in layout.wires:
        end = "" if wire.target is None else f' data-to="{wire.target}" marker-end="url(#tip)"'
        yield f'<path data-from="{wire.source}"{end} d="{_path(wire.route)}"/>'
    yield "</g>"
    for i, (box, (x, y)) in enumerate(zip(picture.boxes, layout.centres, strict=True)):
        yield _node(i, box, size_of(box), x, y)


def _node(index: int, box: Box, size: Size, x: float, y: float) -> str:
    width, height = size
    corner = f' rx="{_CORNERS[box.kind]}"' if _CORNERS[box.kind] else ""
    kinked = " kinked" if box.kink else ""
    corner_at = f'x="{_number(-width / 2)}" y="{_number(-height / 2)}"'
    parts = [
        f'<g class="node {box.kind}{kinked}" id="n{index}" transform="translate({_number(x)} {_number(y)})">',
        f"<title>{escape(box.tip)}</title>",
        f'<rect {corner_at} width="{_number(width)}" height="{_number(height)}"{corner}/>',
    ]
    for i, line in enumerate(box.lines):
        parts.append(
            f'<text class="{line.role}" y="{_number(_TOP + (i + 0.72) * LINE - height / 2)}">{escape(line.text)}</text>'
        )
    return "".join([*parts, "</g>"])


def _path(route: Route) -> str:
    """A curve as the data of a path; what goes straight down as a line."""
    x, parts = route[0][0], [f"M{_number(route[0][0])} {_number(route[0][1])}"]
    for first, second, end in zip(route[1::3], route[2::3], route[3::3], strict=True):
        if x == first[0] == second[0] == end[0]:
            parts.append(f"V{_number(end[1])}")
        else:
            parts.append("C" + " ".join(f"{_number(at)} {_number(down)}" for at, down in (first, second, end)))
        x = end[0]
    return "".join(parts)


def _number(value: float) -> str:
    """Pixels to a tenth."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def sheet() -> str:
    """The style sheet of a picture."""
    return (
        f".node text {{ font: 13px {_FONT}; text-anchor: middle; }}\n"
        ".node .title { font-weight: bold; }\n"
        ".node .op { font-size: 12px; }\n"
        ".node rect { stroke-width: 1.5; }\n"
        ".node.output rect { stroke-width: 2.5; }\n"
        ".node.kinked rect { stroke-width: 2.5; stroke-dasharray: 6 3; }\n"
        ".wires path { fill: none; stroke-width: 1.5; }\n"
        + _colored(LIGHT)
        + f"@media (prefers-color-scheme: dark) {{\n{_colored(DARK)}}}\n"
    )


def _colored(colors: Colors) -> str:
    kinds = "".join(
        f".node.{kind} rect {{ fill: {shade.fill}; stroke: {shade.edge}; }}\n" for kind, shade in colors.kinds.items()
    )
    return (
        f"{kinds}.node.kinked rect {{ stroke: {colors.kink}; }}\n"
        f".node text {{ fill: {colors.text}; }}\n"
        f".node .op, .node .cut {{ fill: {colors.faint}; }}\n"
        f".node .value {{ fill: {colors.value}; }}\n"
        f".node .grad {{ fill: {colors.grad}; }}\n"
        f".node .kink {{ fill: {colors.kink}; }}\n"
        f".wires path {{ stroke: {colors.wire}; }}\n"
        f".tip {{ fill: {colors.wire}; }}\n"
    )
