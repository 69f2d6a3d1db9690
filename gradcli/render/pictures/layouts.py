"""Which layout a picture has: Graphviz's where it is installed, else our own."""

from __future__ import annotations

from gradcli.data.graphviz import GraphvizProblem, is_installed, placed_by_dot
from gradcli.errors import UsageProblem
from gradcli.render.pictures.boxes import Picture, size_of
from gradcli.render.pictures.geometry import Layout, Point, Size, Wire
from gradcli.render.pictures.layout import layered

__all__ = ["layout_of", "parsed"]

_MOST = 600
"""Boxes up to which Graphviz is asked by itself: it takes seconds from a thousand on, and ours a moment."""


def layout_of(picture: Picture, choice: str = "auto") -> Layout:
    """Where the boxes and lines of a picture are.

    Args:
        picture: to lay out.
        choice: "graphviz", "layered" for our own, or "auto" for Graphviz's where it is installed.

    Raises:
        UsageProblem: if Graphviz is asked for and cannot do it.
    """
    sizes = [size_of(box) for box in picture.boxes]
    if choice == "graphviz" or (choice == "auto" and len(sizes) <= _MOST and is_installed()):
        try:
            return parsed(placed_by_dot(_description(sizes, picture.inputs)), len(sizes))
        except GraphvizProblem as problem:
            if choice == "graphviz":
                raise UsageProblem(problem.message, hint="--layout layered does without") from None
    return layered(sizes, picture.inputs)


def _description(sizes: list[Size], inputs: tuple[tuple[int, ...], ...]) -> str:
    """What Graphviz is told: boxes and lines, and none of the user's text."""
    lines = ['digraph { node [shape=box, fixedsize=true, label=""]; edge [arrowhead=none]; ranksep=0.45; nodesep=0.3;']
    lines += [f"n{i} [width={size.width / 72:.4f}, height={size.height / 72:.4f}];" for i, size in enumerate(sizes)]
    lines += [f"n{source} -> n{i};" for i, sources in enumerate(inputs) for source in sources]
    return "\n".join([*lines, "}\n"])


_MARGIN = 12.0


def parsed(plain: str, count: int) -> Layout:
    r"""The layout that `dot -Tplain` prints, in pixels of 72 an inch, downwards.

    >>> nodes = "graph 1 1 2\nnode n0 0.5 1.5 1 0.5 x\nnode n1 0.5 0.25 1 0.5 x\n"
    >>> found = parsed(nodes + "edge n0 n1 4 .5 1.2 .5 1 .5 .8 .5 .5\nstop", 2)
    >>> found.centres, found.wires[0].source, found.wires[0].target
    (((48.0, 48.0), (48.0, 138.0)), 0, 1)
    """
    centres: list[Point] = [(0.0, 0.0)] * count
    wires: list[Wire] = []
    width = height = 0.0
    for line in plain.splitlines():
        words = line.split()
        if words[:1] == ["graph"]:
            width, height = float(words[2]), float(words[3])
        elif words[:1] == ["node"]:
            centres[int(words[1][1:])] = _pixels(words[2], words[3], height)
        elif words[:1] == ["edge"]:
            numbers = words[4 : 4 + 2 * int(words[3])]
            route = tuple(_pixels(x, y, height) for x, y in zip(numbers[::2], numbers[1::2], strict=True))
            wires.append(Wire(int(words[1][1:]), int(words[2][1:]), route))
    size = Size(round(width * 72 + 2 * _MARGIN, 1), round(height * 72 + 2 * _MARGIN, 1))
    return Layout(size, tuple(centres), tuple(wires))


def _pixels(x: str, y: str, height: float) -> Point:
    return round(float(x) * 72 + _MARGIN, 1), round((height - float(y)) * 72 + _MARGIN, 1)
