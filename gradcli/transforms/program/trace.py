"""A program computed once more, every step kept: to see afterwards where a number came from."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from gradcli.engine.rules.one_output import one_output
from gradcli.engine.rules.rule import rule_of
from gradcli.engine.sweeps.structural_dependence import Application
from gradcli.engine.tape.tensor import Tensor, unwrap
from gradcli.lang import Call, Literal, Name
from gradcli.ops import Op
from gradcli.ops.calls.interpreter import Interpreter
from gradcli.transforms.program.execute import choose, compute, leaves, number, to_number
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
    ) -> None:
        if id(out) not in seen:
            seen.add(id(out))
            steps.append(Step(tree, out, args, applied))

    def observe(node: Literal | Name | Call, args: list[Any], keywords: dict[str, Any], value: Any) -> None:
        if not isinstance(node, Call) and isinstance(value, Tensor | np.float64):
            keep(node, value)

    def apply(node: Call, op: Op, params: list[Any], statics: dict[str, Any]) -> Any:
        out = compute(node, op, params, statics)
        args = tuple(params)
        inputs = tuple([unwrap(p) for p in params])
        still = tuple([not (isinstance(p, Tensor) and p.requires_grad) for p in params])
        shapes = tuple([np.shape(i) for i in inputs])
        if not op.multi_output:
            keep(node, out, args, Application(rule_of(op.name), inputs, unwrap(out), shapes, statics, still))
            return out
        values = tuple([unwrap(o) for o in out])
        forms = [np.shape(v) for v in values]
        for i, output in enumerate(out):
            rule = one_output(rule_of(op.name), i, forms)
            # Its rules read all outputs; what is recorded of it is its own.
            keep(node, output, args, Application(rule, inputs, values, shapes, statics, still))
        return out

    interpreter = Interpreter(number=number, apply=apply, argument=to_number, choose=choose, observe=observe)
    with np.errstate(all="ignore"):
        value = interpreter.run(prepared.program, tensors)
    if not isinstance(value, Tensor):  # a name or a number alone
        bare, value = value, Tensor(value)
        steps = [step._replace(out=value) if step.out is bare else step for step in steps]
    return Trace(prepared, tensors, value, steps)
