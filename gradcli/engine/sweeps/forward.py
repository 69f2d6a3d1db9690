"""Forward mode: tangents flow through the recorded graph from the points to the outputs, each node once.

A node is pushed by the same rules that backward pulls by, so that views and operations in place, which are
recorded, need nothing of their own. Nothing is computed twice: the graph can be pushed through again, or
in many directions at once.

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
from gradcli.engine.sweeps.subgraph import Slot, slot_of
from gradcli.engine.tape.modes import counts, set_grad_enabled
from gradcli.engine.tape.node import AccumulateGrad, Edge, Node
from gradcli.engine.tape.tensor import Tensor
from gradcli.errors import AutogradError, Problem
from gradcli.ops.calls.paths import resolve_rule

__all__ = ["forward_jacobian", "push", "push_columns"]

Tangents: TypeAlias = dict[Slot, Any]

_CHUNK = 256
"""Directions that are pushed together: enough to hide the cost of a call, few enough for the memory.

Measured on a chain of 120 operations: for 100 variables, 16 at a time take 1.7 times as long as 256, and more gain
nothing; for 1,000 and 2,000 variables all from 32 to 512 lie within a quarter of each other.
"""


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


def push_columns(outputs: Sequence[Tensor], points: Sequence[Tensor], tangents: Sequence[Any]) -> list[Any]:
    """As `push`, in many directions at once: arrays whose last axis counts the directions.

    >>> import gradcli
    >>> x = gradcli.tensor(3.0, requires_grad=True)
    >>> push_columns([x * x], [x], [np.array([1.0, 10.0])])
    [array([ 6., 60.])]
    """
    count = tangents[0].shape[-1]
    with set_grad_enabled(False):
        found = _sweep(outputs, points, tangents, _columns)
    return [np.zeros((*out.shape, count)) if (t := found.get(_slot(out))) is None else t for out in outputs]


def forward_jacobian(outputs: Sequence[Tensor], points: Sequence[Tensor]) -> list[Any]:
    """For each output the matrix of its entries' derivatives by the entries of all points, one after the other.

    >>> import gradcli
    >>> x = gradcli.tensor([1.0, 3.0], requires_grad=True)
    >>> forward_jacobian([x * x], [x])
    [array([[2., 0.],
           [0., 6.]])]
    """
    total = sum(point.array.size for point in points)
    parts: list[list[Any]] = [[np.zeros((out.array.size, 0))] for out in outputs]
    for start in range(0, total, _CHUNK):
        count = min(_CHUNK, total - start)
        pushed = push_columns(outputs, points, _some_units(points, start, count))
        for out, part, tangent in zip(outputs, parts, pushed, strict=True):
            part.append(tangent.reshape(out.array.size, count))
    return [np.concatenate(part, axis=1) for part in parts]


def _some_units(points: Sequence[Tensor], start: int, count: int) -> list[Any]:
    """For each point its part of `count` unit vectors of the space of all, from one on."""
    found, offset = [], -start
    for point in points:
        size = point.array.size
        found.append(np.eye(size, count, offset, dtype=point.dtype).reshape((*point.shape, count)))
        offset += size
    return found


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
        for node in _between(outputs, sources):
            if node.key not in sources:
                _step(node, tangents, step)
    return tangents


def _between(outputs: Sequence[Tensor], sources: set[int]) -> list[Node]:
    """The nodes that are not older than the points, oldest first: each comes after all that it was computed from."""
    oldest = max(sources, default=0)  # keys fall with time, so that a larger one is older than every point
    seen: dict[int, Edge] = {}
    todo: list[Edge | None] = [out.edge() for out in outputs if out.requires_grad]
    while todo:
        node = todo.pop()
        if node is not None and node.key not in seen and node.key <= oldest:
            seen[node.key] = node
            if node.key not in sources:
                todo += node.edges
    ordered = [seen[key] for key in sorted(seen, reverse=True)]
    return [node for node in ordered if not isinstance(node, AccumulateGrad)]


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
    return _broadcast(_sum_of_pushes(node, arrived, inputs, out), node, ())


def _sum_of_pushes(node: Node, arrived: Sequence[Any], inputs: Sequence[Any], out: Any) -> Any:
    total: Any = None
    for i, t in enumerate(arrived):
        if t is not None:
            part = node.rule.jvps[i](t, out, inputs, node.shapes, node.statics)
            total = part if total is None else total + part
    return total


def _broadcast(tangent: Any, node: Node, more: tuple[int, ...]) -> Any:
    """A partial of 1 leaves an argument's shape, where the value has the shape that broadcasting gave it."""
    if not (node.rule.elementwise and node.shapes):
        return tangent
    shape = (*np.broadcast_shapes(*node.shapes), *more)
    return tangent if np.shape(tangent) == shape else np.broadcast_to(tangent, shape)


def _columns(node: Node, arrived: Sequence[Any]) -> Any:
    """In many directions: all at once through elementwise operations, one after the other through others."""
    count = next(t.shape[-1] for t in arrived if t is not None)
    if node.rule.elementwise:
        inputs = tuple(None if x is None else _with_axis(x) for x in node.inputs)
        out = None if node.out is None else _with_axis(node.out)
        return _broadcast(_sum_of_pushes(node, arrived, inputs, out), node, (count,))
    if node.rule.op.kind == "linear" and len(arrived) == 1 and not node.rule.multi_output:
        return _linear_columns(node, arrived[0])
    one = [_plain(node, [None if t is None else t[..., k] for t in arrived]) for k in range(count)]
    if node.rule.multi_output:
        return tuple(np.stack(parts, axis=-1) for parts in zip(*one, strict=True))
    return np.stack(one, axis=-1)


def _linear_columns(node: Node, t: Any) -> Any:
    """A linear map of all directions, or of those in which its argument moves at all: of many variables few."""
    rule = node.rule
    if rule.op.batch_statics:
        return rule.forward(t, **resolve_rule(rule.op.batch_statics)(node.statics, t.shape[-1]))
    moving = np.flatnonzero(np.any(t.reshape(-1, t.shape[-1]) != 0, axis=0))
    first = np.asarray(_plain(node, [t[..., moving[0] if moving.size else 0]]))
    found = np.zeros((*first.shape, t.shape[-1]), dtype=first.dtype)
    for k in moving:
        found[..., k] = _plain(node, [t[..., k]])
    return found


def _with_axis(x: Any) -> Any:
    return np.asarray(x)[..., np.newaxis]
