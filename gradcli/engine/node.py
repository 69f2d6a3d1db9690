"""The graph that backward walks: one node per recorded operation, one per leaf."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias
from weakref import ref

if TYPE_CHECKING:
    from gradcli.engine.rule import Rule, Statics
    from gradcli.engine.tensor import Tensor

__all__ = ["AccumulateGrad", "Edge", "Hook", "Node", "next_key"]

Hook: TypeAlias = Callable[[Any], None]

next_key = itertools.count(-1, -1).__next__
"""Keys fall from node to node: a node's inputs are older than itself, so that the order of keys is an
order in which every node comes before all that it was computed from."""


class Node:
    """How one tensor was computed.

    Attributes:
        rule: the compiled operation.
        edges: for each input the node that gets its cotangent, or None.
        inputs: the input values that the VJPs read; freed after backward.
        out: the output value, where a VJP reads it.
        shapes: the input shapes, where the VJPs need them.
        statics: axes, shapes and other constants of the operation.
        key: the place in the order of creation.
        hooks: what else wants the cotangent of this node's output.
        freed: whether backward has given the saved values back.
    """

    __slots__ = ("__weakref__", "edges", "freed", "hooks", "inputs", "key", "out", "rule", "shapes", "statics")

    def __init__(
        self,
        rule: Rule,
        edges: tuple[Edge | None, ...],
        inputs: tuple[Any, ...],
        out: Any,
        shapes: tuple[tuple[int, ...], ...],
        statics: Statics,
    ) -> None:
        self.rule = rule
        self.edges = edges
        self.inputs = inputs
        self.out = out
        self.shapes = shapes
        self.statics = statics
        self.key = next_key()
        self.hooks: list[Hook] | None = None
        self.freed = False

    def name(self) -> str:
        """PyTorch's name of the node, "MulBackward0"."""
        return self.rule.node_name

    @property
    def next_functions(self) -> tuple[tuple[Edge | None, int], ...]:
        """For each input the node that comes next in backward, and which of that node's outputs it was."""
        return tuple((edge, 0) for edge in self.edges)

    def free(self) -> None:
        """Give the saved values back."""
        self.inputs = ()
        self.out = None
        self.freed = True

    def __repr__(self) -> str:
        return f"<{self.name()} object at {id(self):#x}>"


class AccumulateGrad:
    """The end of the line: adds what arrives to a leaf's `.grad`."""

    __slots__ = ("__weakref__", "_variable", "hooks", "key")

    edges: tuple[Edge | None, ...] = ()

    def __init__(self, variable: Tensor) -> None:
        self._variable = ref(variable)
        self.key = next_key()
        self.hooks: list[Hook] | None = None

    @property
    def variable(self) -> Tensor | None:
        """The leaf, while somebody holds it."""
        return self._variable()

    def name(self) -> str:
        """PyTorch's name of the node."""
        return "AccumulateGrad"

    @property
    def next_functions(self) -> tuple[tuple[Edge | None, int], ...]:
        """Nothing comes after a leaf."""
        return ()

    def __repr__(self) -> str:
        return f"<AccumulateGrad object at {id(self):#x}>"


Edge: TypeAlias = Node | AccumulateGrad
