"""A program computed once more, every step kept: to see afterwards where a number came from."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from gradcli.engine.rules.one_output import one_output
from gradcli.engine.rules.rule import rule_of
from gradcli.engine.sweeps.structural_dependence import Application
from gradcli.engine.tape.tensor import Tensor, unwrap
from gradcli.lang import Call, Literal, Name, run
from gradcli.ops import CONSTANTS, TABLE
from gradcli.ops.calls.bind import as_number, bind
from gradcli.ops.calls.outputs import Several
from gradcli.transforms.program.execute import compute, leaves
from gradcli.transforms.program.prepare import Prepared

__all__ = ["Step", "Trace", "record"]


class Step(NamedTuple):
    """One sub-expression as it was computed.

    Attributes:
        tree: where it stands.
        out: its value, a Tensor, an array or a number.
        args: the values that it was computed from, in the order of the operation's arguments.
        applied: the operation on plain numbers; None for names and literals.
    """

    tree: Literal | Name | Call
    out: Any
    args: tuple[Any, ...]
    applied: Application | None


class Trace(NamedTuple):
    """A program's steps in the order of evaluation.

    Attributes:
        tensors: the variables.
        value: the program's value.
        steps: each value once, at the step that made it.
    """

    prepared: Prepared
    tensors: dict[str, Tensor]
    value: Tensor
    steps: list[Step]

    def by_node(self) -> dict[int, Step]:
        """The steps by the keys of the graph's nodes that they made."""
        return {
            step.out.grad_fn.key: step
            for step in self.steps
            if isinstance(step.out, Tensor) and step.out.grad_fn is not None
        }

    def targets(self) -> list[Tensor]:
        """The variables that are differentiated by."""
        return [self.tensors[name] for name in self.prepared.wrt]


def record(prepared: Prepared) -> Trace:
    """Compute a program, which is known to compute, and keep its steps.

    >>> from gradcli.transforms.program.prepare import prepare
    >>> [step.tree.function for step in record(prepare("2*sin(x)", {"x": 1})).steps if step.applied]
    ['sin', 'mul']
    """
    tensors = leaves(prepared)
    steps: list[Step] = []
    seen: set[int] = set()

    def keep(
        tree: Literal | Name | Call, out: Any, args: tuple[Any, ...] = (), applied: Application | None = None
    ) -> Any:
        if id(out) not in seen:
            seen.add(id(out))
            steps.append(Step(tree, out, args, applied))
        return out

    def literal(node: Literal) -> Any:
        return keep(node, np.float64(node.value)) if isinstance(node.value, float) else node.value

    def name(node: Name) -> Any:
        return keep(node, tensors[node.id] if node.id in tensors else np.float64(CONSTANTS[node.id]))

    def call(node: Call, args: list[Any], keywords: dict[str, Any]) -> Any:
        out = compute(node, args, keywords)
        if isinstance(out, slice) or node.function == "output":
            return out
        op = TABLE[node.function]
        bound, statics = bind(op, args, keywords)
        inputs = tuple([as_number(op, unwrap(b)) for b in bound])
        still = tuple([not (isinstance(b, Tensor) and b.requires_grad) for b in bound])
        shapes = tuple([np.shape(i) for i in inputs])
        if isinstance(out, Several):
            values = tuple([unwrap(o) for o in out])
            forms = [np.shape(v) for v in values]
            for i, output in enumerate(out):
                rule = one_output(rule_of(op.name), i, forms)
                # Its rules read all outputs; what is recorded of it is its own.
                keep(node, output, tuple(bound), Application(rule, inputs, values, shapes, statics, still))
            return out
        applied = Application(rule_of(op.name), inputs, unwrap(out), shapes, statics, still)
        return keep(node, out, tuple(bound), applied)

    with np.errstate(all="ignore"):
        value = run(prepared.program, literal, name, call)
    if not isinstance(value, Tensor):  # a name or a number alone
        bare, value = value, Tensor(value)
        steps = [step._replace(out=value) if step.out is bare else step for step in steps]
    return Trace(prepared, tensors, value, steps)
