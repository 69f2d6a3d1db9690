"""The parts of a graph's lines, and its plain form: an indented tree in ASCII."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

from gradcli.render.words.escape import visible
from gradcli.render.words.numbers import brief
from gradcli.render.words.outline import Outline, outline
from gradcli.transforms.results.graph import Graph, GraphNode

__all__ = ["NUMBERS", "Field", "fields", "graph_lines", "hidden_text", "numbers_of_shared", "reference"]

TEXT = 40
"""The longest sub-expression that is told on its node's line."""

NUMBERS = 70
"""The longest array that is: three numbers of any kind."""

Kind: TypeAlias = Literal["label", "op", "value", "grad", "flag", "tag"]


class Field(NamedTuple):
    """One part of a node's line: what it is, and its text."""

    kind: Kind
    text: str


def fields(result: Graph, index: int, tag: int | None, *, limit: int = NUMBERS, unicode: bool = True) -> list[Field]:
    """What is told of a node, in order.

    Args:
        result: the graph.
        index: the node's position.
        tag: its number, if it needs one to be referred to.
        limit: how many characters an array may take before it is summarised.
        unicode: whether a summary may go beyond ASCII.

    >>> leaf = GraphNode("", "w", "w", 1.0, 5.0, True, True, ())
    >>> [field.text for field in fields(Graph("w", {"w": 1.0}, 1.0, (leaf,), True), 0, None)]
    ['w', 'leaf', '1.0', '5.0', 'requires_grad']
    """
    node = result.nodes[index]
    value = brief(node.value, limit, unicode)
    constant = not node.op and not node.requires_grad and node.name not in result.inputs
    if constant and not node.name:
        return [Field("label", value), Field("flag", "constant")]
    parts = [Field("tag", f"#{tag}")] if tag is not None else []
    label = _label(node)
    if label:
        parts.append(Field("label", label))
    if node.op:
        parts.append(Field("op", node.op))
    else:
        parts.append(Field("flag", "constant" if constant else "leaf"))
    parts.append(Field("value", value))
    if node.grad is not None:
        parts.append(Field("grad", brief(node.grad, limit, unicode)))
    if node.is_leaf and node.requires_grad:
        parts.append(Field("flag", "requires_grad"))
    if node.kink:
        parts.append(Field("flag", "kink"))
    return parts


def _label(node: GraphNode) -> str:
    text = " ".join(visible(node.text).split())
    if not node.op and node.name:
        return node.name
    if node.name == text or len(text) > TEXT or not text:
        return node.name
    return f"{node.name} = {text}" if node.name else text


def reference(node: GraphNode, tag: int | None, above: bool) -> tuple[str, str]:
    """How a node is referred to, and where it is drawn.

    >>> reference(GraphNode("", "w", "w", 1.0, None, True, True, ()), None, above=True)
    ('w', '(above)')
    """
    label = node.name or _label(node)
    name = label if tag is None else f"#{tag} {label}".rstrip()
    return name, "(above)" if above else "(below)"


def hidden_text(count: int, unicode: bool) -> str:
    """What stands in the place of nodes that are not drawn.

    >>> hidden_text(12, unicode=True), hidden_text(1, unicode=False)
    ('… 12 more nodes', '... 1 more node')
    """
    dots = "…" if unicode else "..."
    if count == 0:
        return f"{dots} counted above"
    return f"{dots} {count:,} more {'node' if count == 1 else 'nodes'}"


def numbers_of_shared(nodes: Sequence[GraphNode], drawn: Outline) -> dict[int, int]:
    """A number for each node that is referred to and has no name of its own, in the order of drawing."""
    referred = {line.number for line in drawn.lines if line.kind == "again"}
    shown = [line.number for line in drawn.lines if line.kind == "node"]
    names = Counter(nodes[index].name for index in shown)
    nameless = [i for i in shown if i in referred and (not nodes[i].name or names[nodes[i].name] > 1)]
    return {index: number for number, index in enumerate(nameless, start=1)}


def graph_lines(result: Graph, depth: int | None) -> list[str]:
    r"""The tree from the result down, two spaces a level.

    >>> leaf = GraphNode("", "w", "w", 3.0, 6.0, True, True, ())
    >>> square = GraphNode("MulBackward0", "", "w*w", 9.0, 1.0, False, True, (0, 0))
    >>> print(*graph_lines(Graph("w*w", {"w": 3.0}, 9.0, (leaf, square), True), None), sep="\n")
    w*w  MulBackward0  value=9.0  grad=1.0
      w  leaf  value=3.0  grad=6.0  requires_grad
      w  (above)
    """
    drawn = outline(result.nodes, depth)
    tags = numbers_of_shared(result.nodes, drawn)
    lines = []
    for line in drawn.lines:
        if line.kind == "hidden":
            text = hidden_text(line.number, unicode=False)
        elif line.kind == "again":
            text = "  ".join(reference(result.nodes[line.number], tags.get(line.number), line.above))
        else:
            text = "  ".join(map(_plain, fields(result, line.number, tags.get(line.number), unicode=False)))
        lines.append("  " * len(line.branches) + text)
    return lines


def _plain(field: Field) -> str:
    return f"{field.kind}={field.text}" if field.kind in ("value", "grad") else field.text
