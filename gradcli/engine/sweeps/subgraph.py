"""Which part of a graph lies between outputs and inputs."""

from __future__ import annotations

from collections.abc import Sequence

from gradcli.engine.tape.node import Edge
from gradcli.engine.tape.tensor import Tensor

__all__ = ["leading_to"]


def leading_to(roots: Sequence[Tensor], targets: Sequence[Tensor]) -> dict[int, bool]:
    """The keys of the nodes between the roots and the targets, each with whether the walk goes on from there."""
    reach = dict.fromkeys([target.edge().key for target in targets], False)
    oldest = max(reach, default=0)
    seen: dict[int, Edge] = {}
    todo: list[Edge | None] = [root.edge() for root in roots]
    while todo:
        node = todo.pop()
        if node is not None and node.key not in seen and node.key <= oldest:
            seen[node.key] = node
            todo += node.edges
    for key in sorted(seen, reverse=True):
        for edge in seen[key].edges:
            if edge is not None and edge.key in reach:
                reach[key] = True
                break
    return reach
