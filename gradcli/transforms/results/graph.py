"""A computation's graph as a result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeAlias

from gradcli.errors import Span
from gradcli.transforms.results.base import Result
from gradcli.transforms.results.labels import derivative_name
from gradcli.transforms.results.value import Value, Whole

__all__ = ["Choice", "Graph", "GraphNode", "NodeKind"]

NodeKind: TypeAlias = Literal["leaf", "constant", "operation", "output"]
"""What a node is to the derivative: a leaf that requires a gradient; a number, or a variable that is not differentiated
by; an operation; the result."""


@dataclass(frozen=True, slots=True)
class GraphNode:
    """One tensor of the computation.

    Attributes:
        op: PyTorch's name of the node ("MulBackward0"), "" for a leaf.
        name: the variable's or the assigned name, "" if it has none.
        text: the sub-expression.
        value: its value; of a variable that stands where a whole number must, whole numbers.
        grad: the derivative of the result with respect to it, None where it was not asked for.
        inputs: positions of the nodes that it was computed from.
        function: the operation's name in the derivative table ("mul"), "" for what is no operation.
        span: where the sub-expression is in the program's text.
        kink: where its operation is not differentiable at its arguments, what is taken there ("0 at 0"); "" elsewhere.
        call: of an operation on arrays, or that gives one, its text on a0, a1, ..., the values at `inputs`.
    """

    op: str
    name: str
    text: str
    value: Value | Whole
    grad: Value | None
    is_leaf: bool
    requires_grad: bool
    inputs: tuple[int, ...]
    function: str = ""
    span: Span = (0, 0)
    kink: str = ""
    call: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A conditional that was met: the graph is that of the branch that it took.

    Attributes:
        condition: the position of its condition, counted through the nodes and then through those beside them.
        first: whether the condition held.
        span: where the condition is in the program's text.
    """

    condition: int
    first: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Graph(Result):
    """The computation as a graph: nodes in the order of evaluation, the last one being the result.

    Attributes:
        nodes: what the result was computed from.
        with_grad: whether there was a backward pass.
        beside: what conditions were computed from and the result was not; their inputs count through the nodes first.
        choices: the conditionals.
    """

    command: ClassVar[str] = "graph"

    nodes: tuple[GraphNode, ...]
    with_grad: bool
    beside: tuple[GraphNode, ...] = ()
    choices: tuple[Choice, ...] = ()

    def kind(self, index: int) -> NodeKind:
        """What a node is to the derivative.

        >>> leaf = GraphNode("", "x", "x", 1.0, 2.0, True, True, ())
        >>> square = GraphNode("MulBackward0", "", "x*x", 1.0, 1.0, False, True, (0, 0))
        >>> [Graph("x*x", {"x": 1.0}, 1.0, (leaf, square), True).kind(i) for i in (0, 1)]
        ['leaf', 'output']
        """
        node = self.nodes[index]
        if index == len(self.nodes) - 1:
            return "output"
        if node.op:
            return "operation"
        return "leaf" if node.requires_grad else "constant"

    def arrays(self) -> Iterator[tuple[str, Value]]:
        """The gradients of the leaves."""
        for node in self.nodes:
            if node.is_leaf and node.grad is not None:
                yield derivative_name(node.name, of=self.outputs.called), node.grad

    def document(self) -> dict[str, Any]:
        """The nodes."""
        return {"nodes": [_told(node) for node in self.nodes]}


def _told(node: GraphNode) -> dict[str, Any]:
    start, end = node.span
    return {
        "op": node.op,
        "name": node.name,
        "text": node.text,
        "value": node.value,
        "grad": node.grad,
        "is_leaf": node.is_leaf,
        "requires_grad": node.requires_grad,
        "inputs": node.inputs,
        "start": start,
        "end": end,
        "kink": node.kink or None,
    }
