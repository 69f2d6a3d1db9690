"""The rows of a layered drawing: each node above all that it serves, and points on the way for long lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

__all__ = ["Layers", "layers_of"]

MOST_POINTS = 10_000
"""Points on the way at most: a longer line takes the straight way, under the boxes."""


@dataclass(slots=True)
class Layers:
    """Items in rows, of which each line joins two in neighbouring ones.

    Items are the nodes, by their positions, and after them points on the way of long lines. All lines of a node that
    go further down share one way, so that a graph of n nodes and rows has no more than n points a row.

    Attributes:
        rows: the items of each row, from the top, in order.
        above: for each item those that lines come from.
        below: for each item those that lines go to.
        owners: for each item the node whose line it is on, or that it is.
        ends: for each line from one node to another the item that its last piece begins at.
    """

    rows: list[list[int]]
    above: list[list[int]]
    below: list[list[int]]
    owners: list[int]
    ends: list[tuple[int, int]] = field(default_factory=list)


def layers_of(inputs: Sequence[Sequence[int]], most_points: int = MOST_POINTS) -> Layers:
    """Rows in which every node is above those that are computed from it, and as near to them as it can be.

    Args:
        inputs: for each node the positions of those that it is computed from, all of them smaller than its own.
        most_points: how many points on the way there may be.

    >>> layers_of([(), (), (0, 1), (0, 2)]).rows
    [[0, 1], [4, 2], [3]]
    """
    count = len(inputs)
    heights = [0] * count
    consumers: list[list[int]] = [[] for _ in range(count)]
    for node in range(count - 1, -1, -1):
        for source in inputs[node]:
            heights[source] = max(heights[source], heights[node] + 1)
            consumers[source].append(node)
    top = max(heights, default=0)
    row_of = [top - height for height in heights]
    above: list[list[int]] = [[] for _ in range(count)]
    below: list[list[int]] = [[] for _ in range(count)]
    owners = [*range(count)]
    rows_of_items = row_of[:]
    ends: list[tuple[int, int]] = []
    kept = _with_points(row_of, consumers, most_points)
    ways: dict[int, list[int]] = {}
    for node in range(count):
        way = ways[node] = [node]
        last = max((row_of[consumer] for consumer in consumers[node]), default=0)
        for row in range(row_of[node] + 1, last if node in kept else 0):
            point = len(owners)
            owners.append(node)
            rows_of_items.append(row)
            above.append([way[-1]])
            below.append([])
            below[way[-1]].append(point)
            way.append(point)
    for node in range(count):
        for source in inputs[node]:
            way = ways[source]
            last = way[min(row_of[node] - row_of[source], len(way)) - 1]
            ends.append((last, node))
            above[node].append(last)
            below[last].append(node)
    rows: list[list[int]] = [[] for _ in range(top + 1 if count else 0)]
    for item in _from_below(above, count):
        rows[rows_of_items[item]].append(item)
    return Layers(rows, above, below, owners, ends)


def _with_points(row_of: Sequence[int], consumers: Sequence[Sequence[int]], most: int) -> set[int]:
    """The nodes whose long lines get points on the way: all of them, or those of the shortest as far as they go."""
    lengths = sorted(
        (max((row_of[consumer] for consumer in served), default=0) - row_of[node] - 1, node)
        for node, served in enumerate(consumers)
    )
    kept, total = set(), 0
    for length, node in lengths:
        total += max(0, length)
        if total > most:
            break
        kept.add(node)
    return kept


def _from_below(above: Sequence[Sequence[int]], count: int) -> list[int]:
    """All items, from the result up, what is meant first coming first: of a tree an order without crossings."""
    seen = bytearray(len(above))
    order: list[int] = []
    for root in range(count - 1, -1, -1):
        stack = [root]
        while stack:
            item = stack.pop()
            if not seen[item]:
                seen[item] = 1
                order.append(item)
                stack += reversed(above[item])
    return order
