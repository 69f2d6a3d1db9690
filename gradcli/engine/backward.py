"""Reverse mode: cotangents flow from the roots to the leaves, each node once."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush
from typing import Any, TypeAlias

import numpy as np

from gradcli.engine.modes import changes, set_grad_enabled
from gradcli.engine.node import AccumulateGrad, Edge, Node
from gradcli.engine.rule import fit
from gradcli.engine.tensor import Tensor, TensorLike, unwrap
from gradcli.errors import AutogradError

__all__ = ["backward", "grad", "propagate"]

Slot: TypeAlias = tuple[int, int]
"""A tensor's place in the graph: its node's key, and which of the node's outputs it is."""


def propagate(
    roots: Sequence[Tensor],
    seeds: Sequence[Any],
    *,
    retain_graph: bool,
    create_graph: bool,
    wanted: dict[Slot, Any] | None,
) -> None:
    """Pull the seeds back through the graph.

    Nodes are taken in the order of their keys, newest first, so that all of a node's cotangents have
    arrived when its turn comes; each is held only until then.

    Args:
        wanted: slot -> None for the tensors whose cotangent is asked for, filled in; None to accumulate
            into the leaves' `.grad` instead.
    """
    waiting: dict[int, Any] = {}
    nodes: dict[int, Edge] = {}
    ready: list[int] = []

    def arrive(edge: Edge, cotangent: Any, index: int = 0) -> None:
        key = edge.key
        if edge.rule.several:
            sums = waiting.get(key, {})
            cotangent = sums | {index: sums[index] + cotangent if index in sums else cotangent}
        elif key in waiting:
            cotangent = waiting[key] + cotangent
        if key not in waiting:
            heappush(ready, key)
            nodes[key] = edge
        waiting[key] = cotangent

    for root, seed in zip(roots, seeds, strict=True):
        arrive(root.edge(), seed, root.output_nr)
    with set_grad_enabled(create_graph), np.errstate(all="ignore"):
        while ready:
            key = heappop(ready)
            node, g = nodes.pop(key), waiting.pop(key)
            if node.hooks is not None:
                g = _run_hooks(node, g)
            if wanted is not None:
                _take(wanted, node, g)
            if isinstance(node, AccumulateGrad):
                if wanted is None:
                    _accumulate(node, g)
                continue
            _pull(node, g, create_graph, arrive)
            if not retain_graph:
                node.free()


def _run_hooks(node: Edge, g: Any) -> Any:
    assert node.hooks is not None
    if node.rule.several:
        return {index: node.hooks.run(index, part) for index, part in g.items()}
    return node.hooks.run(0, g)


def _take(wanted: dict[Slot, Any], node: Edge, g: Any) -> None:
    parts = g if node.rule.several else {0: g}
    for index, part in parts.items():
        if (node.key, index) in wanted:
            wanted[node.key, index] = part


def _pull(node: Node, g: Any, create_graph: bool, arrive: Any) -> None:
    if node.freed:
        raise AutogradError(
            f"trying to backward through the graph a second time: what {node.name()} had saved is freed",
            hint="give retain_graph=True to the first backward",
        )
    if node.changed or changes.count:
        _refuse_changed(node)
    rule, shapes, statics = node.rule, node.shapes, node.statics
    inputs, out = node.inputs, node.out
    if create_graph:
        inputs, out = node.tensors, None if out is None or rule.several else Tensor(out, True, node)
    if rule.several:
        g = [g[i] if i in g else np.zeros(shape) for i, shape in enumerate(node.out)]
    indices = node.indices
    if rule.variadic:
        cotangents = rule.pulls[0](g, out, inputs, shapes, statics)
        for i, (edge, cotangent) in enumerate(zip(node.edges, cotangents, strict=True)):
            if edge is not None:
                arrive(edge, cotangent, indices[i] if indices else 0)
        return
    stretched = rule.aligned and bool(shapes)
    for i, edge in enumerate(node.edges):
        if edge is not None:
            cotangent = rule.pulls[i](g, out, inputs, shapes, statics)
            arrive(edge, fit(cotangent, shapes[i]) if stretched else cotangent, indices[i] if indices else 0)


def _refuse_changed(node: Node) -> None:
    """Raise if a saved value has been changed in place since it was saved."""
    if node.changed:
        raise _changed(node, "its output", node.changed, 1, 0)
    for i, tensor in enumerate(node.tensors):
        if isinstance(tensor, Tensor) and tensor._extra is not None and tensor._extra.special:
            version, expected = tensor._version, node.versions[i] if node.versions else 0
            if version != expected:
                by = tensor.base_of_views().extra().changed
                raise _changed(node, f"its argument {i}, of shape {tensor.shape},", by, version, expected)


def _changed(node: Node, what: str, by: str, version: int, expected: int) -> AutogradError:
    return AutogradError(
        f"a value needed for the gradient has been modified by an inplace operation: {node.name()} saved {what} "
        f"which {by.rstrip('_')}_ changed; it is at version {version}, expected version {expected} instead",
        hint="use the operation that is not in place, or clone() the tensor before changing it",
    )


def _slot(tensor: Tensor) -> Slot:
    return tensor.edge().key, tensor.output_nr


def _accumulate(node: AccumulateGrad, g: Any) -> None:
    leaf = node.variable
    if leaf is not None:
        _add_gradient(leaf, g)


def _add_gradient(leaf: Tensor, g: Any) -> None:
    gradient = g if isinstance(g, Tensor) else Tensor(np.array(g, dtype=leaf.dtype))
    extra = leaf.extra()
    extra.grad = gradient if extra.grad is None else extra.grad + gradient


def _seed(root: Tensor, gradient: TensorLike, create_graph: bool) -> Any:
    if gradient is None:
        if root.array.size != 1:
            raise AutogradError(
                f"grad can be implicitly created only for scalar outputs, this one has shape {root.shape}",
                hint="give gradient=..., or sum it first",
            )
        seed: Any = np.ones_like(root.array)
    else:
        seed = np.asarray(unwrap(gradient), dtype=root.dtype)
        if seed.shape != root.shape:
            raise AutogradError(
                f"the gradient has shape {seed.shape} and the output has shape {root.shape}: they must be equal"
            )
        if isinstance(gradient, Tensor) and gradient.requires_grad and create_graph:
            return gradient
    return Tensor(seed) if create_graph else seed


def _check(root: Tensor) -> None:
    if not root.requires_grad:
        raise AutogradError("element 0 of tensors does not require grad and does not have a grad_fn")


def backward(
    roots: Sequence[Tensor],
    gradients: Sequence[TensorLike] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Sequence[Tensor] | Tensor | None = None,
) -> None:
    """Add the derivative of the roots (weighted by `gradients`) to the `.grad` of every leaf, or of `inputs` alone.

    Raises:
        AutogradError: where PyTorch raises.
    """
    for root in roots:
        _check(root)
    seeds = [_seed(r, g, create_graph) for r, g in zip(roots, gradients or [None] * len(roots), strict=True)]
    retain = create_graph if retain_graph is None else retain_graph
    targets = None if inputs is None else [inputs] if isinstance(inputs, Tensor) else list(inputs)
    wanted: dict[Slot, Any] | None = None if targets is None else {_slot(t): None for t in targets}
    propagate(roots, seeds, retain_graph=retain, create_graph=create_graph, wanted=wanted)
    for target in targets or ():
        found = wanted[_slot(target)] if wanted is not None else None
        if found is not None:
            _add_gradient(target, found)


def grad(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool = False,
) -> tuple[Tensor | None, ...]:
    """The derivative of the outputs (weighted by `grad_outputs`) with respect to each of the inputs.

    Leaves nothing in any `.grad`. Inputs may be leaves or computed tensors.

    Raises:
        AutogradError: where PyTorch raises; among others for an input that the outputs do not depend on,
            unless `allow_unused`, which gives None for it.

    >>> import gradcli
    >>> x = gradcli.tensor(3.0, requires_grad=True)
    >>> gradcli.autograd.grad(x * x, [x])
    (tensor(6.),)
    """
    roots = [outputs] if isinstance(outputs, Tensor) else list(outputs)
    leaves = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    given = [grad_outputs] if isinstance(outputs, Tensor) and not isinstance(grad_outputs, list | tuple) else (
        list(grad_outputs) if grad_outputs is not None else [None] * len(roots)
    )  # fmt: skip
    for tensor in [*roots, *leaves]:
        _check_differentiable(tensor, roots)
    seeds = [_seed(r, g, create_graph) for r, g in zip(roots, given, strict=True)]
    wanted: dict[Slot, Any] = {_slot(leaf): None for leaf in leaves}
    retain = create_graph if retain_graph is None else retain_graph
    propagate(roots, seeds, retain_graph=retain, create_graph=create_graph, wanted=wanted)
    found = [wanted[_slot(leaf)] for leaf in leaves]
    if not allow_unused and any(g is None for g in found):
        raise AutogradError(
            "one of the differentiated tensors appears to not have been used in the graph",
            hint="give allow_unused=True if this is what you want",
        )
    return tuple(g if g is None or isinstance(g, Tensor) else Tensor(np.asarray(g)) for g in found)


def _check_differentiable(tensor: Tensor, roots: list[Tensor]) -> None:
    if any(tensor is root for root in roots):
        _check(tensor)
    elif not tensor.requires_grad:
        raise AutogradError("one of the differentiated tensors does not require grad")
