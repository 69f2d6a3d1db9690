"""Reverse mode: cotangents flow from the roots to the leaves, each node once."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush
from typing import Any

import numpy as np

from gradcli.engine.modes import set_grad_enabled
from gradcli.engine.node import AccumulateGrad, Edge, Node
from gradcli.engine.rule import fit
from gradcli.engine.tensor import Tensor, TensorLike, unwrap
from gradcli.errors import AutogradError

__all__ = ["backward", "grad"]


def propagate(
    roots: Sequence[Tensor],
    seeds: Sequence[Any],
    *,
    retain_graph: bool,
    create_graph: bool,
    wanted: dict[int, Any] | None,
) -> None:
    """Pull the seeds back through the graph.

    Nodes are taken in the order of their keys, newest first, so that all of a node's cotangents have
    arrived when its turn comes; each is held only until then.

    Args:
        wanted: key -> None for the nodes whose cotangent is asked for, filled in; None to accumulate into
            the leaves' `.grad` instead.
    """
    waiting: dict[int, tuple[Edge, Any]] = {}
    ready: list[int] = []

    def arrive(edge: Edge, cotangent: Any) -> None:
        key = edge.key
        if key in waiting:
            waiting[key] = (edge, waiting[key][1] + cotangent)
        else:
            waiting[key] = (edge, cotangent)
            heappush(ready, key)

    for root, seed in zip(roots, seeds, strict=True):
        arrive(root.edge(), seed)
    with set_grad_enabled(create_graph), np.errstate(all="ignore"):
        while ready:
            key = heappop(ready)
            node, g = waiting.pop(key)
            if node.hooks is not None:
                for hook in node.hooks:
                    hook(g)
            if wanted is not None and key in wanted:
                wanted[key] = g
            if isinstance(node, AccumulateGrad):
                if wanted is None:
                    _accumulate(node, g)
                continue
            _pull(node, g, create_graph, arrive)
            if not retain_graph:
                node.free()


def _pull(node: Node, g: Any, create_graph: bool, arrive: Any) -> None:
    if node.freed:
        raise AutogradError(
            f"trying to backward through the graph a second time: what {node.name()} had saved is freed",
            hint="give retain_graph=True to the first backward",
        )
    rule, shapes, statics = node.rule, node.shapes, node.statics
    inputs, out = _recorded(node) if create_graph else (node.inputs, node.out)
    if rule.variadic:
        cotangents = rule.pulls[0](g, out, inputs, shapes, statics)
        for edge, cotangent in zip(node.edges, cotangents, strict=True):
            if edge is not None:
                arrive(edge, cotangent)
        return
    stretched = rule.aligned and bool(shapes)
    for i, edge in enumerate(node.edges):
        if edge is not None:
            cotangent = rule.pulls[i](g, out, inputs, shapes, statics)
            arrive(edge, fit(cotangent, shapes[i]) if stretched else cotangent)


def _recorded(node: Node) -> tuple[tuple[Any, ...], Any]:
    """The saved values as tensors with their history, so that what is computed from them records."""
    inputs = tuple(
        value if edge is None or value is None else _restored(value, edge)
        for value, edge in zip(node.inputs, node.edges, strict=False)
    )
    return inputs, None if node.out is None else Tensor(node.out, True, node)


def _restored(value: Any, edge: Edge) -> Tensor:
    if isinstance(edge, Node):
        return Tensor(value, True, edge)
    leaf = edge.variable
    if leaf is not None:
        return leaf
    orphan = Tensor(value, True)
    orphan._accumulator = edge
    return orphan


def _accumulate(node: AccumulateGrad, g: Any) -> None:
    leaf = node.variable
    if leaf is None:
        return
    gradient = g if isinstance(g, Tensor) else Tensor(np.array(g, dtype=leaf.dtype))
    leaf._grad = gradient if leaf._grad is None else Tensor(leaf._grad.array + gradient.array)


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
) -> None:
    """Add the derivative of the roots (weighted by `gradients`) to the `.grad` of every leaf.

    Raises:
        AutogradError: where PyTorch raises.
    """
    for root in roots:
        _check(root)
    seeds = [_seed(r, g, create_graph) for r, g in zip(roots, gradients or [None] * len(roots), strict=True)]
    retain = create_graph if retain_graph is None else retain_graph
    propagate(roots, seeds, retain_graph=retain, create_graph=create_graph, wanted=None)


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
    wanted: dict[int, Any] = {leaf.edge().key: None for leaf in leaves}
    retain = create_graph if retain_graph is None else retain_graph
    propagate(roots, seeds, retain_graph=retain, create_graph=create_graph, wanted=wanted)
    found = [wanted[leaf.edge().key] for leaf in leaves]
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
