"""What stands in the box of each node of a graph, and which nodes are drawn at all."""

from __future__ import annotations

import unicodedata
from collections import deque
from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

from gradcli.errors import UsageProblem
from gradcli.render.pictures.geometry import Size
from gradcli.render.words.numbers import brief
from gradcli.transforms.results.graph import Graph, GraphNode, NodeKind

__all__ = ["LINE", "MOST_NODES", "NUMBERS", "Box", "Line", "Picture", "picture_of", "plain_text", "size_of", "title_of"]

MOST_NODES = 5_000
"""Boxes in a picture at most: nobody finds anything among more."""

LINE = 17.0
"""Pixels from one line of text to the next."""

NUMBERS = 34
"""Letters of an array that are told in a box; of a longer one a summary."""

LETTER = 7.9
"""Pixels that a letter of a fixed-width font takes at 13 pixels: DejaVu's, which is as wide as any."""

_TITLE = 36  # letters of a sub-expression
_TIP = 200  # letters of a sub-expression for those who do not see the picture
_PADDING = Size(22.0, 12.0)

Role: TypeAlias = Literal["title", "op", "value", "grad", "kink", "cut"]


class Line(NamedTuple):
    """A line of text, and what it tells."""

    role: Role
    text: str


class Box(NamedTuple):
    """A node as it is drawn.

    Attributes:
        node: its position in the graph.
        kind: what it is to the derivative.
        lines: from the top.
        tip: all of it in a sentence, for those who do not see the picture.
        kink: whether its operation is not differentiable at its arguments.
    """

    node: int
    kind: NodeKind
    lines: tuple[Line, ...]
    tip: str
    kink: bool


class Picture(NamedTuple):
    """The boxes of a graph, and for each the places among them of those that it is computed from."""

    title: str
    boxes: tuple[Box, ...]
    inputs: tuple[tuple[int, ...], ...]


def picture_of(result: Graph, depth: int | None = None, most: int | None = MOST_NODES) -> Picture:
    """The nodes of a graph as boxes, inputs first.

    Args:
        result: the graph.
        depth: how many levels below the result are drawn.
        most: how many boxes there may be.

    Raises:
        UsageProblem: if there are more.

    >>> leaf = GraphNode("", "x", "x", 3.0, 6.0, True, True, ())
    >>> square = GraphNode("MulBackward0", "", "x*x", 9.0, 1.0, False, True, (0, 0))
    >>> picture = picture_of(Graph("x*x", {"x": 3.0}, 9.0, (leaf, square), True))
    >>> [line.text for line in picture.boxes[1].lines], picture.inputs[1]
    (['x*x', 'MulBackward0', 'value 9.0', 'grad 1.0'], (0, 0))
    """
    nodes = result.nodes
    near = range(len(nodes)) if depth is None else sorted(_within(nodes, depth))
    if most is not None and len(near) > most:
        raise UsageProblem(
            f"the graph has {len(near):,} nodes, and a picture shows at most {most:,}",
            hint="--depth N cuts it; the tree, --format dot and --json have all of it",
        )
    place = {node: i for i, node in enumerate(near)}
    boxes, inputs = [], []
    for node in near:
        kept = tuple(place[source] for source in nodes[node].inputs if source in place)
        boxes.append(_box(result, node, len(nodes[node].inputs) - len(kept)))
        inputs.append(kept)
    return Picture(plain_text(result.expression), tuple(boxes), tuple(inputs))


def plain_text(text: str) -> str:
    r"""A text on one line, with a mark in the place of each character that is no letter or sign.

    >>> plain_text("x +\n\ty \x1b \ufffe \u202e") == "x + y \ufffd \ufffd \ufffd"
    True
    """
    return "".join(c if c.isprintable() else "\ufffd" for c in " ".join(text.split()))


def _within(nodes: Sequence[GraphNode], depth: int) -> set[int]:
    """The nodes at most so many steps above the result."""
    distances = {len(nodes) - 1: 0}
    queue = deque(distances)
    while queue:
        node = queue.popleft()
        for source in nodes[node].inputs if distances[node] < depth else ():
            if source not in distances:
                distances[source] = distances[node] + 1
                queue.append(source)
    return set(distances)


def _box(result: Graph, index: int, hidden: int) -> Box:
    node, kind = result.nodes[index], result.kind(index)
    lines = [Line("title", title_of(node)), *_op(node, kind)]
    value = brief(node.value, NUMBERS)
    if node.op or node.name or kind == "leaf":
        lines.append(Line("value", f"value {value}"))
    else:
        lines[0] = Line("title", value)
    if node.grad is not None:
        lines.append(Line("grad", f"grad {brief(node.grad, NUMBERS)}"))
    if node.kink:
        lines.append(Line("kink", "⚠ kink"))
    if hidden:
        lines.append(Line("cut", f"… {hidden} {'input' if hidden == 1 else 'inputs'} not drawn"))
    named = [title_of(node, _TIP) if lines[0].text != value else value]
    told = ", ".join([*named, *(line.text for line in lines[1:] if line.role != "kink")])
    if node.kink:
        told += f"; {node.function} is not differentiable here, the derivative taken: {node.kink}"
    return Box(index, kind, tuple(lines), told, bool(node.kink))


def title_of(node: GraphNode, limit: int = _TITLE) -> str:
    """What a node is called: its name and its sub-expression, which is cut in its middle where it is long.

    Of a long sum the end tells more than the beginning, which it shares with the sums in it.

    >>> title_of(GraphNode("AddBackward0", "a", "w + x", 1.0, None, False, True, ())), title_of(
    ...     GraphNode("AddBackward0", "", "x + " * 20 + "x", 1.0, None, False, True, ()), 10)
    ('a = w + x', 'x +…x + x')
    """
    text, name = plain_text(node.text), plain_text(node.name)
    if not node.op and name:
        text = name
    elif name and text != name:
        text = f"{name} = {text}" if text else name
    if len(text) <= limit:
        return text
    head = limit * 2 // 5
    return f"{text[:head].rstrip()}…{text[len(text) - (limit - 1 - head) :]}"


def _op(node: GraphNode, kind: NodeKind) -> list[Line]:
    if node.op:
        return [Line("op", node.op)]
    return [Line("op", "leaf" if kind == "leaf" or node.requires_grad else "constant")]


def size_of(box: Box) -> Size:
    """Pixels that a box takes.

    >>> size_of(Box(0, "leaf", (Line("title", "x"), Line("op", "leaf")), "x, leaf", False))
    Size(width=53.6, height=46.0)
    """
    letters = max(_cells(line.text) for line in box.lines)
    return Size(round(letters * LETTER + _PADDING.width, 1), len(box.lines) * LINE + _PADDING.height)


def _cells(text: str) -> int:
    """Letters' widths that a text takes: of Chinese and the like two each."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
