"""The graph that backward walks: one node per recorded operation, one per leaf.

It is the tape of an operator-overloading tool, in which each entry points at those that it was computed from.

Source: A. Griewank, A. Walther, "Evaluating Derivatives", 2nd ed., SIAM 2008, chapter 6; PyTorch's notes, "Autograd
mechanics".
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, TypeAlias
from weakref import ref

from gradcli.engine.tape.hooks import Hook, Hooks

if TYPE_CHECKING:
    from gradcli.engine.rules.rule import FusedVJPs, Rule, Statics

__all__ = ["NO_STATICS", "PLAIN", "AccumulateGrad", "Edge", "Node", "next_key"]

next_key = itertools.count(-1, -1).__next__
"""Keys fall from node to node: a node's inputs are older than itself, so that the order of keys is an
order in which every node comes before all that it was computed from."""


class Details:
    """What most nodes do without; the class's own attributes stand for that.

    Attributes:
        output_nrs: for each input which of that node's outputs it was; None where all are the first.
        versions: the versions of the tensors then; None where all were 0.
        output_shapes: of several outputs the shapes.
        hooks: what else wants the cotangents.
        changed: the operation that changed the saved output in place since, "" for none.
        site: in anomaly mode, where in the program it was computed.
    """

    output_shapes: tuple[tuple[int, ...], ...] = ()
    output_nrs: tuple[int, ...] | None = None
    versions: tuple[int, ...] | None = None
    hooks: Hooks | None = None
    changed = ""
    site = ""


PLAIN = Details()
NO_STATICS: Statics = {}
"""Never written to."""


class Node:
    """How one tensor, or several at once, were computed.

    Attributes:
        rule: the compiled operation.
        edges: for each input the node that gets its cotangent, or None.
        tensors: the inputs that the VJPs read, None for the others; freed after backward. Where there is a
            `fused_vjps` all are Tensors, else also arrays and numbers.
        out: the output value, or the tuple of several, where a VJP reads it.
        fused_vjps: the cotangents of all inputs at once; None where backward goes VJP by VJP (broadcasting, several
            outputs, hooks, a saved value that was changed or freed).
        shapes: the input shapes, where the VJPs need them.
        statics: axes, shapes and other constants of the operation.
        key: the place in the order of creation.
        details: the rest; `PLAIN` for most nodes, which are made the more quickly for it.
        freed: whether backward has given the saved values back.
    """

    __slots__ = ("details", "edges", "freed", "fused_vjps", "key", "out", "rule", "shapes", "statics", "tensors")

    def __init__(
        self,
        rule: Rule,
        edges: tuple[Edge | None, ...],
        tensors: tuple[Any, ...],
        out: Any,
        shapes: tuple[tuple[int, ...], ...] = (),
        statics: Statics = NO_STATICS,
    ) -> None:
        self.rule = rule
        self.edges = edges
        self.tensors = tensors
        self.out = out
        self.fused_vjps: FusedVJPs | None = None
        self.shapes = shapes
        self.statics = statics
        self.details = PLAIN
        self.freed = False
        self.key = next_key()

    def writable_details(self) -> Details:
        """The details, to be written to."""
        if self.details is PLAIN:
            self.details = Details()
        return self.details

    @property
    def output_shapes(self) -> tuple[tuple[int, ...], ...]:
        """The shapes of several outputs."""
        return self.details.output_shapes

    @property
    def output_nrs(self) -> tuple[int, ...]:
        """For each input which of its node's outputs it was."""
        return self.details.output_nrs or (0,) * len(self.edges)

    @property
    def hooks(self) -> Hooks | None:
        """What else wants the cotangents."""
        return self.details.hooks

    @hooks.setter
    def hooks(self, hooks: Hooks) -> None:
        self.writable_details().hooks = hooks
        self.fused_vjps = None

    @property
    def inputs(self) -> tuple[Any, ...]:
        """The values of the inputs that the VJPs read, None for the others."""
        return tuple([getattr(saved, "array", saved) for saved in self.tensors])

    def name(self) -> str:
        """PyTorch's name of the node, "MulBackward0"."""
        return self.rule.node_name

    @property
    def next_functions(self) -> tuple[tuple[Edge | None, int], ...]:
        """For each input the node that comes next in backward, and which of that node's outputs it was."""
        return tuple(zip(self.edges, self.output_nrs, strict=True))

    def free(self) -> None:
        """Give the saved values back; a node that had none can be walked again."""
        if self.tensors or self.out is not None:
            self.tensors = ()
            self.out = self.fused_vjps = None
            self.freed = True

    def change(self, operation: str) -> None:
        """Note that the saved output has been changed in place."""
        self.writable_details().changed = operation
        self.fused_vjps = None

    def __repr__(self) -> str:
        return f"<{self.name()} object at {id(self):#x}>"


class _NoRule:
    multi_output = False


class AccumulateGrad:
    """The end of the line: adds what arrives to a leaf's `.grad`."""

    rule = _NoRule()
    edges: tuple[Edge | None, ...] = ()
    fused_vjps = None

    def __init__(self, variable: Any) -> None:
        self._variable = ref(variable)  # weak: a leaf that nobody holds needs no gradient
        self.key = next_key()
        self.hooks: Hooks | None = None
        self.post_hooks: list[Hook] = []

    @property
    def variable(self) -> Any:
        """The leaf, a Tensor, while somebody holds it; then None."""
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
