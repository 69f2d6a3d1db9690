"""Reverse mode: cotangents flow from the roots to the leaves, each node once.

Source: A. Griewank, A. Walther, "Evaluating Derivatives", 2nd ed., SIAM 2008, chapter 3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from typing import Any

import numpy as np

from gradcli.engine.sweeps.saved_values import refuse_changed
from gradcli.engine.sweeps.subgraph import Slot, leading_to, slot_of
from gradcli.engine.sweeps.visit import OF_NUMPY, Sweep, failed, in_own_memory
from gradcli.engine.tape.modes import counts, set_grad_enabled
from gradcli.engine.tape.node import Node
from gradcli.engine.tape.tensor import Tensor, TensorLike, unwrap
from gradcli.errors import AutogradError

__all__ = ["arriving", "backward", "grad", "propagate"]


def propagate(
    roots: Sequence[Tensor],
    seeds: Sequence[Any],
    *,
    retain_graph: bool,
    create_graph: bool,
    captures: dict[Slot, Any] | None,
    needed: dict[int, bool] | None = None,
    make: Callable[..., Sweep] = Sweep,
) -> None:
    """Pull the seeds back through the graph.

    Nodes are visited in the order of their keys, newest first. A node is newer than all that it was computed from, so
    all of its cotangents have arrived when its turn comes; their sum is held only until then.

    Args:
        captures: slot -> None for the tensors whose cotangent is asked for, filled in; None to accumulate
            into the leaves' `.grad` instead.
        needed: the keys of the nodes to visit, each with whether to go on from there; None for all.
        make: makes what holds the cotangents.
    """
    sweep = make(needed, captures, create_graph, retain_graph)
    cotangents, owned, ready = sweep.cotangents, sweep.owned, sweep.ready
    use_fused, stops = sweep.use_fused, sweep.stops
    for root, seed in zip(roots, seeds, strict=True):
        sweep.add(root.edge(), seed, root.output_nr)
    with set_grad_enabled(create_graph), np.errstate(all="ignore"):
        while ready:
            key, node = heappop(ready)
            g = cotangents.pop(node)
            if needed is not None and key not in needed:
                continue
            if node.fused_vjps is None or not use_fused or key in stops:
                sweep.visit(node, g)
                continue
            try:
                if counts.in_place:
                    refuse_changed(node)
                for edge, cotangent in node.fused_vjps(g, node):  # the lines below are sweep.add, without its call
                    if edge not in cotangents:
                        cotangents[edge] = cotangent
                        heappush(ready, (edge.key, edge))
                    elif edge in owned:
                        cotangents[edge] += cotangent
                    else:
                        cotangents[edge] = cotangents[edge] + cotangent
                        owned.add(edge)
                if not retain_graph and (node.tensors or node.out is not None):
                    node.free()
            except OF_NUMPY as error:
                raise failed(node, error) from error


def backward(
    tensors: Tensor | Sequence[Tensor],
    grad_tensors: TensorLike = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Sequence[Tensor] | Tensor | None = None,
) -> None:
    """Add the derivative of the tensors, weighted by `grad_tensors`, to the `.grad` of every leaf, or of `inputs`.

    Raises:
        AutogradError: where PyTorch raises.

    >>> import gradcli
    >>> x = gradcli.tensor(3.0, requires_grad=True)
    >>> gradcli.autograd.backward([x * x, 2 * x])
    >>> x.grad
    tensor(8.)
    """
    roots = _sequence(tensors)
    for root in roots:
        _check(root)
    seeds = _seeds(roots, grad_tensors, create_graph)
    retain = create_graph if retain_graph is None else retain_graph
    needed = None
    if inputs is not None:
        targets = _sequence(inputs)
        if not targets:
            raise AutogradError("the inputs given to backward() are empty", hint="leave them out to reach every leaf")
        for target in targets:
            target.retain_grad()
        needed = leading_to(roots, targets)
    propagate(roots, seeds, retain_graph=retain, create_graph=create_graph, captures=None, needed=needed)


def grad(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool | None = None,
    materialize_grads: bool = False,
) -> tuple[Tensor | None, ...]:
    """The derivative of the outputs (weighted by `grad_outputs`) with respect to each of the inputs.

    Leaves nothing in any `.grad`. Inputs may be leaves or computed tensors.

    Args:
        allow_unused: give None for an input that the outputs do not depend on.
        materialize_grads: give zeros for it.

    Raises:
        AutogradError: where PyTorch raises; among others for an input that the outputs do not depend on,
            unless one of these is given.

    >>> import gradcli
    >>> x = gradcli.tensor(3.0, requires_grad=True)
    >>> gradcli.autograd.grad(x * x, [x])
    (tensor(6.),)
    """
    if materialize_grads and allow_unused is False:
        raise AutogradError("materialize_grads needs allow_unused, which is False")
    roots, targets = _sequence(outputs), _sequence(inputs)
    for tensor in [*roots, *targets]:
        _check_differentiable(tensor, roots)
    seeds = _seeds(roots, grad_outputs, create_graph)
    captures: dict[Slot, Any] = {slot_of(target): None for target in targets}
    retain = create_graph if retain_graph is None else retain_graph
    # Visiting what leads nowhere shows in what is freed and in which hooks run, else only in the time it takes.
    everything = retain and not counts.hooks and not any(isinstance(target._edge, Node) for target in targets)
    needed = None if everything else leading_to(roots, targets)
    propagate(roots, seeds, retain_graph=retain, create_graph=create_graph, captures=captures, needed=needed)
    found = [_result(captures[slot_of(target)], target, materialize_grads) for target in targets]
    if not allow_unused and any(g is None for g in found):
        raise AutogradError(
            "one of the differentiated tensors appears to not have been used in the graph",
            hint="give allow_unused=True if this is what you want",
        )
    return tuple(found)


def arriving(root: Tensor, seed: Any, leaves: Sequence[Tensor]) -> list[Any]:
    """The cotangents of some leaves as the sweep has them, without a copy: others may hold them, so none is changed.

    Args:
        root: what is differentiated, with an edge.
        seed: its weights, an array of its shape.
        leaves: tensors that require a gradient.

    Returns:
        For each leaf an array, or None where nothing arrives.
    """
    captures: dict[Slot, Any] = {slot_of(leaf): None for leaf in leaves}
    propagate([root], [seed], retain_graph=True, create_graph=False, captures=captures)
    return [captures[slot_of(leaf)] for leaf in leaves]


def _result(g: Any, like: Tensor, materialize: bool) -> Tensor | None:
    if g is None:
        return Tensor(np.zeros_like(like.array)) if materialize else None
    return g if isinstance(g, Tensor) else in_own_memory(g, like)


def _sequence(given: Any) -> list[Any]:
    return list(given) if isinstance(given, list | tuple) else [given]


def _check(root: Tensor) -> None:
    if not root.requires_grad:
        raise AutogradError("element 0 of tensors does not require grad and does not have a grad_fn")


def _check_differentiable(tensor: Tensor, roots: list[Tensor]) -> None:
    if any(tensor is root for root in roots):
        _check(tensor)
    elif not tensor.requires_grad:
        raise AutogradError("one of the differentiated tensors does not require grad")


def _seeds(roots: Sequence[Tensor], given: Any, create_graph: bool) -> list[Any]:
    gradients = [None] * len(roots) if given is None else _sequence(given)
    if len(gradients) != len(roots):
        raise AutogradError(f"{len(roots)} outputs need as many gradients, {len(gradients)} given")
    return [_seed(root, gradient, create_graph) for root, gradient in zip(roots, gradients, strict=True)]


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
    return Tensor(seed.copy()) if create_graph else seed
