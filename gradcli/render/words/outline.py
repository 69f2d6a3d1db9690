"""Which nodes of a graph are drawn, where, and how many are left out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from gradcli.transforms.results.graph import GraphNode

__all__ = ["Line", "Outline", "outline"]

NODES = 200
"""How many nodes are drawn unless told otherwise: more than a person reads."""


class Line(NamedTuple):
    """One line of a drawn graph.

    Attributes:
        kind: "node" for a node drawn in full, "again" for one drawn at another place, "hidden" for a count.
        number: the node's position; of "hidden", how many nodes are left out here and nowhere else.
        branches: for the line itself and each of its ancestors below the root, outermost first, whether
            siblings follow it. Its length is the depth.
        above: of "again", whether the node was drawn earlier than this line.
    """

    kind: Literal["node", "again", "hidden"]
    number: int
    branches: tuple[bool, ...]
    above: bool = True


class Outline(NamedTuple):
    """A graph's lines from its result down, and how many of its nodes they show."""

    lines: tuple[Line, ...]
    shown: int
    total: int


class _Cut(NamedTuple):
    """Inputs that are not drawn under their node."""

    inputs: tuple[int, ...]
    branches: tuple[bool, ...]


def outline(nodes: Sequence[GraphNode], depth: int | None = None, limit: int = NODES) -> Outline:
    """Draw each node once, at the first place where it is met, and refer to it at the others.

    Args:
        nodes: in the order of evaluation, the last one being the result.
        depth: how many levels below the result to draw.
        limit: how many nodes to draw; those nearest the result.

    >>> w, one = (GraphNode("", text, text, 1.0, None, True, False, ()) for text in "w1")
    >>> square = GraphNode("MulBackward0", "", "w*w", 1.0, None, False, True, (0, 0))
    >>> [(line.kind, line.number) for line in outline([w, square]).lines]
    [('node', 1), ('node', 0), ('again', 0)]
    """
    near = _nearest(nodes, limit)
    entries: list[Line | _Cut] = []
    place: dict[int, int] = {}
    pending: list[tuple[int, tuple[bool, ...]] | _Cut] = [(len(nodes) - 1, ())]
    while pending:
        item = pending.pop()
        if isinstance(item, _Cut):
            entries.append(item)
            continue
        index, branches = item
        if index in place:
            entries.append(Line("again", index, branches))
            continue
        place[index] = len(entries)
        entries.append(Line("node", index, branches))
        deep = depth is not None and len(branches) >= depth
        kept = [i for i in nodes[index].inputs if i in place or (i in near and not deep)]
        cut = tuple(i for i in nodes[index].inputs if i not in place and (deep or i not in near))
        children: list[tuple[int, tuple[bool, ...]] | _Cut] = [
            (i, (*branches, position + 1 < len(kept) or bool(cut))) for position, i in enumerate(kept)
        ]
        if cut:
            children.append(_Cut(cut, (*branches, False)))
        pending += reversed(children)
    lines = _counted(nodes, entries, place)
    hidden = sum(line.number for line in lines if line.kind == "hidden")
    return Outline(lines, len(place), len(place) + hidden)


def _nearest(nodes: Sequence[GraphNode], limit: int) -> set[int]:
    """The nodes nearest the result, level by level, so that a cut takes the far ends and not a whole side."""
    queue = deque([len(nodes) - 1])
    near = {len(nodes) - 1}
    while queue:
        for i in nodes[queue.popleft()].inputs:
            if len(near) >= limit:
                return near
            if i not in near:
                near.add(i)
                queue.append(i)
    return near


def _counted(nodes: Sequence[GraphNode], entries: Sequence[Line | _Cut], place: dict[int, int]) -> tuple[Line, ...]:
    """The entries with every cut replaced by what it hides: references to drawn nodes, and a count of the others."""
    known = set(place)
    lines: list[Line] = []
    for entry in entries:
        if isinstance(entry, Line):
            lines.append(entry)
            continue
        elsewhere = [i for i in entry.inputs if i in place]
        hidden = _reach(nodes, entry.inputs, known)
        above = [*entry.branches[:-1], True]
        references = [Line("again", i, tuple(above), above=False) for i in elsewhere]
        if hidden or not elsewhere:
            lines += [*references, Line("hidden", hidden, entry.branches)]
        else:
            lines += [*references[:-1], references[-1]._replace(branches=entry.branches)]
    return tuple(lines)


def _reach(nodes: Sequence[GraphNode], starts: Iterable[int], known: set[int]) -> int:
    """How many nodes that are not known yet can be reached; they are known afterwards."""
    found = 0
    pending = list(starts)
    while pending:
        index = pending.pop()
        if index not in known:
            known.add(index)
            found += 1
            pending += nodes[index].inputs
    return found
