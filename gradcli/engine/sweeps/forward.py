"""Forward mode: tangents flow through the recorded graph from the points to the outputs, each node once.

A node is pushed by the same rules that backward pulls by, so that views and operations in place, which are
recorded, need nothing of their own. Nothing is computed twice: the graph can be pushed through again. Many directions
at once go by `stretch`.

Second derivatives come by forward over reverse: the graph of a recorded backward is pushed through, which gives
Hessian times vector for a small multiple of the gradient's cost, and many columns of the Hessian in one sweep. Reverse
over reverse would need a sweep for each of them.

Source: A. Griewank, A. Walther, "Evaluating Derivatives", 2nd ed., SIAM 2008, chapters 3 and 5.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from gradcli.engine.sweeps.saved_values import output_as_recorded, refuse_changed
from gradcli.engine.sweeps.subgraph import Slot, between, slot_of
from gradcli.engine.tape.modes import counts, set_grad_enabled
from gradcli.engine.tape.node import Node
from gradcli.engine.tape.tensor import Tensor
from gradcli.errors import AutogradError, Problem

__all__ = ["push"]

Tangents: TypeAlias = dict[Slot, Any]


def push(
    outputs: Sequence[Tensor], points: Sequence[Tensor], tangents: Sequence[Any], create_graph: bool = False
) -> list[Tensor | None]:
    """The outputs' tangents when the points have these, in one direction; None where nothing moves.

    Args:
        tangents: an array for each point, in its shape; tensors where `create_graph`.
        create_graph: record, so that what comes out can be differentiated.

    Raises:
        AutogradError: for saved values that are freed or were changed in place since.

    >>> import gradcli
    >>> x = gradcli.tensor(3.0, requires_grad=True)
    >>> push([x * x], [x], [np.float64(1.0)])
    [tensor(6.)]
    """
    with set_grad_enabled(create_graph):
        found = _sweep(outputs, points, tangents, _recorded if create_graph else _plain)
    return [_tensor(found.get(_slot(out)), out) for out in outputs]


def _tensor(tangent: Any, like: Tensor) -> Tensor | None:
    if tangent is None or isinstance(tangent, Tensor):
        return tangent
    return Tensor(np.array(tangent, dtype=like.dtype))


def _slot(tensor: Tensor) -> Slot | None:
    return slot_of(tensor) if tensor.requires_grad else None


def _sweep(outputs: Sequence[Tensor], points: Sequence[Tensor], given: Sequence[Any], step: Any) -> dict[Any, Any]:
    """The tangents of all nodes between points and outputs; `step(node, arrived)` gives a node's."""
    tangents = {slot_of(point): t for point, t in zip(points, given, strict=True)}
    sources = {key for key, _ in tangents}
    with np.errstate(all="ignore"):
        for node in between([out for out in outputs if out.requires_grad], sources):
            if node.key not in sources:
                _step(node, tangents, step)
    return tangents


def _step(node: Node, tangents: Tangents, step: Any) -> None:
    """Push the tangents of a node's inputs, if any of them moves."""
    arrived = [
        None if edge is None else tangents.get((edge.key, output_nr))
        for edge, output_nr in zip(node.edges, node.output_nrs, strict=True)
    ]
    if all(t is None for t in arrived):
        return
    if node.freed:
        raise AutogradError(
            f"what {node.name()} had saved is freed, and forward mode needs it",
            hint="give retain_graph=True to the backward inside the function",
        )
    if node.details.changed or counts.in_place:
        refuse_changed(node)
    try:
        pushed = step(node, arrived)
    except (ValueError, TypeError, IndexError, ArithmeticError) as error:
        if isinstance(error, Problem):
            raise
        raise AutogradError(f"the derivative through {node.name()} cannot be computed here: {error}") from error
    if node.rule.multi_output:
        tangents.update({(node.key, i): t for i, t in enumerate(pushed)})
    else:
        tangents[node.key, 0] = pushed


def _plain(node: Node, arrived: Sequence[Any]) -> Any:
    """A node's tangent as an array."""
    return _pushed(node, arrived, node.inputs, node.out)


def _recorded(node: Node, arrived: Sequence[Any]) -> Any:
    """A node's tangent as a tensor: the same rules on tensors record."""
    return _pushed(node, arrived, node.tensors, output_as_recorded(node))


def _pushed(node: Node, arrived: Sequence[Any], inputs: Sequence[Any], out: Any) -> Any:
    rule, shapes, statics = node.rule, node.shapes, node.statics
    if not rule.jvps:
        raise AutogradError(f"forward mode does not go through {rule.name}", hint="use backward, vjp or jacrev")
    if rule.variadic:
        whole = [np.zeros(shape) if t is None else t for t, shape in zip(arrived, shapes, strict=True)]
        return rule.jvps[0](whole, out, inputs, shapes, statics)
    return _broadcast(_sum_of_pushes(node, arrived, inputs, out), node)


def _sum_of_pushes(node: Node, arrived: Sequence[Any], inputs: Sequence[Any], out: Any) -> Any:
    total: Any = None
    for i, t in enumerate(arrived):
        if t is not None:
            part = node.rule.jvps[i](t, out, inputs, node.shapes, node.statics)
            total = part if total is None else total + part
    return total


def _broadcast(tangent: Any, node: Node) -> Any:
    """A partial of 1 leaves an argument's shape, where the value has the shape that broadcasting gave it."""
    if not (node.rule.elementwise and node.shapes):
        return tangent
    shape = np.broadcast_shapes(*node.shapes)
    return tangent if np.shape(tangent) == shape else np.broadcast_to(tangent, shape)
