"""A computation's graph as a result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from gradcli.transforms.results.base import Result
from gradcli.transforms.results.labels import derivative_name
from gradcli.transforms.results.value import Value

__all__ = ["Graph", "GraphNode"]


@dataclass(frozen=True, slots=True)
class GraphNode:
    """One tensor of the computation.

    Attributes:
        op: PyTorch's name of the node ("MulBackward0"), "" for a leaf.
        name: the variable's or the assigned name, "" if it has none.
        text: the sub-expression.
        value: its value.
        grad: the derivative of the result with respect to it, None where it was not asked for.
        inputs: positions of the nodes that it was computed from.
    """

    op: str
    name: str
    text: str
    value: Value
    grad: Value | None
    is_leaf: bool
    requires_grad: bool
    inputs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Graph(Result):
    """The computation as a graph: nodes in the order of evaluation, the last one being the result."""

    command: ClassVar[str] = "graph"

    nodes: tuple[GraphNode, ...]
    with_grad: bool

    def arrays(self) -> Iterator[tuple[str, Value]]:
        """The gradients of the leaves."""
        for node in self.nodes:
            if node.is_leaf and node.grad is not None:
                yield derivative_name(node.name, of=self.outputs.called), node.grad

    def document(self) -> dict[str, Any]:
        """The nodes."""
        return {"nodes": [asdict(node) for node in self.nodes]}
