"""Places in a graph, and which part of it lies between outputs and inputs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TypeAlias

from gradcli.engine.tape.node import AccumulateGrad, Edge, Node
from gradcli.engine.tape.tensor import Tensor

__all__ = ["Slot", "between", "leading_to", "slot_of"]

Slot: TypeAlias = tuple[int, int]
"""A tensor's place in the graph: its node's key, and which of the node's outputs it is."""


def slot_of(tensor: Tensor) -> Slot:
    """The place of a tensor that requires a gradient."""
    return tensor.edge().key, tensor.output_nr


def leading_to(roots: Sequence[Tensor], targets: Sequence[Tensor]) -> dict[int, bool]:
    """The keys of the nodes between the roots and the targets, each with whether the walk goes on from there."""
    needed = dict.fromkeys([target.edge().key for target in targets], False)
    oldest = max(needed, default=0)  # keys fall with time: what is older than every target leads to none
    seen: dict[int, Edge] = {}
    todo: list[Edge | None] = [root.edge() for root in roots]
    while todo:
        node = todo.pop()
        if node is not None and node.key not in seen and node.key <= oldest:
            seen[node.key] = node
            todo += node.edges
    for key in sorted(seen, reverse=True):  # oldest first: whether a node leads on is known before it is asked
        for edge in seen[key].edges:
            if edge is not None and edge.key in needed:
                needed[key] = True
                break
    return needed


def between(outputs: Sequence[Tensor], sources: Collection[int]) -> list[Node]:
    """The nodes that are not older than the points, oldest first: each comes after all that it was computed from.

    Args:
        outputs: tensors that require a gradient.
        sources: the keys of the points' nodes.
    """
    oldest = max(sources, default=0)  # keys fall with time, so that a larger one is older than every point
    seen: dict[int, Edge] = {}
    todo: list[Edge | None] = [out.edge() for out in outputs]
    while todo:
        node = todo.pop()
        if node is not None and node.key not in seen and node.key <= oldest:
            seen[node.key] = node
            if node.key not in sources:
                todo += node.edges
    ordered = [seen[key] for key in sorted(seen, reverse=True)]
    return [node for node in ordered if not isinstance(node, AccumulateGrad)]
