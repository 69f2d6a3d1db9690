"""Reverse mode: cotangents flow from the roots to the leaves, each node once."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush
from typing import Any, TypeAlias

import numpy as np

from gradcli.engine.rules.rule import Rule, fit
from gradcli.engine.sweeps.anomaly import anomaly
from gradcli.engine.sweeps.subgraph import leading_to
from gradcli.engine.tape.modes import changes, set_grad_enabled
from gradcli.engine.tape.node import AccumulateGrad, Edge, Hooks, Node
from gradcli.engine.tape.tensor import Tensor, TensorLike, marked, unwrap
from gradcli.errors import AutogradError, Problem

__all__ = ["backward", "grad", "propagate", "recorded"]

Slot: TypeAlias = tuple[int, int]
"""A tensor's place in the graph: its node's key, and which of the node's outputs it is."""


def propagate(
    roots: Sequence[Tensor],
    seeds: Sequence[Any],
    *,
    retain_graph: bool,
    create_graph: bool,
    wanted: dict[Slot, Any] | None,
    reach: dict[int, bool] | None = None,
) -> None:
    """Pull the seeds back through the graph.

    Nodes are taken in the order of their keys, newest first, so that all of a node's cotangents have
    arrived when its turn comes; each is held only until then.

    Args:
        wanted: slot -> None for the tensors whose cotangent is asked for, filled in; None to accumulate
            into the leaves' `.grad` instead.
        reach: the keys of the nodes to walk, each with whether to go on from there; None for all.
    """
    sweep = _Sweep(reach, wanted, create_graph, retain_graph)
    waiting, ready, jointly, stops = sweep.waiting, sweep.ready, sweep.jointly, sweep.stops
    for root, seed in zip(roots, seeds, strict=True):
        sweep.arrive(root.edge(), seed, root.output_nr)
    with set_grad_enabled(create_graph), np.errstate(all="ignore"):
        while ready:
            key, node = heappop(ready)
            g = waiting.pop(node)
            if reach is not None and key not in reach:
                continue
            if node.fused_vjps is None or not jointly or key in stops:
                sweep.look_closer(node, g)
                continue
            try:
                if changes.count:
                    _refuse_changed(node)
                for edge, cotangent in node.fused_vjps(g, node):
                    if edge in waiting:
                        waiting[edge] = waiting[edge] + cotangent
                    else:
                        waiting[edge] = cotangent
                        heappush(ready, (edge.key, edge))
                if not retain_graph and (node.tensors or node.out is not None):
                    node.free()
            except _OF_NUMPY as error:
                raise _failed(node, error) from error


class _Sweep:
    """What is on its way back through the graph, and nodes that need a closer look.

    Attributes:
        waiting: the cotangent that has arrived at each node so far, by output where there are several.
        ready: those nodes in a heap, newest first.
        jointly: whether plain nodes may be asked for all cotangents at once.
        stops: the keys of nodes whose cotangent is asked for, or where the walk ends.
    """

    def __init__(
        self, reach: dict[int, bool] | None, wanted: dict[Slot, Any] | None, create_graph: bool, retain_graph: bool
    ) -> None:
        self.waiting: dict[Edge | None, Any] = {}
        self.ready: list[tuple[int, Edge]] = []
        self.jointly = anomaly.check is None and not create_graph
        self.stops = {key for key, _ in wanted or ()} | {key for key, goes_on in (reach or {}).items() if not goes_on}
        self._reach, self._wanted = reach, wanted
        self._create_graph, self._retain_graph = create_graph, retain_graph
        self._pull = _pull if anomaly.check is None else anomaly.check(_pull)

    def arrive(self, edge: Edge, cotangent: Any, index: int = 0) -> None:
        """Add a cotangent to what has arrived at a node's output."""
        waiting = self.waiting
        if edge not in waiting:
            heappush(self.ready, (edge.key, edge))
            waiting[edge] = {index: cotangent} if edge.rule.multi_output else cotangent
        elif edge.rule.multi_output:
            sums = waiting[edge]
            sums[index] = sums[index] + cotangent if index in sums else cotangent
        else:
            waiting[edge] = waiting[edge] + cotangent

    def look_closer(self, node: Edge, g: Any) -> None:
        """Hooks, gradients asked for, leaves, and nodes that are no plain operation."""
        goes_on = self._reach is None or self._reach[node.key]
        if self._wanted is not None or node.hooks is not None:
            g = _noticed(node, g, self._wanted, goes_on)
        if isinstance(node, AccumulateGrad):
            _accumulate(node, g, self._create_graph, self._wanted)
        elif goes_on:
            try:
                self._pull(node, g, self._create_graph, self.arrive)
            except _OF_NUMPY as error:
                raise _failed(node, error) from error
            if not self._retain_graph:
                node.free()


_OF_NUMPY = (ValueError, TypeError, IndexError, ArithmeticError)


def _failed(node: Edge, error: Exception) -> Exception:
    """A rule that NumPy stopped: an error that names the operation, unless it is ours or that of a user's Function."""
    if isinstance(error, Problem) or not isinstance(node.rule, Rule):
        return error
    return AutogradError(f"the derivative behind {node.name()} cannot be computed here: {error}")


def _noticed(node: Edge, g: Any, wanted: dict[Slot, Any] | None, goes_on: bool) -> Any:
    """Give a node's cotangent to those who asked for it; hooks change what is asked for only where the walk ends."""
    if node.hooks is None:
        _take(wanted, node, g)
        return g
    if goes_on and node.edges:
        _take(wanted, node, g)
    replaced = _run_hooks(node, node.hooks, g)
    if not goes_on or not node.edges:
        _take(wanted, node, replaced)
    return replaced


def _run_hooks(node: Edge, hooks: Hooks, g: Any) -> Any:
    if not node.rule.multi_output:
        return _run_hook(hooks, 0, g)
    return {index: _run_hook(hooks, index, part) for index, part in g.items()}


def _run_hook(hooks: Hooks, index: int, g: Any) -> Any:
    """Hooks see tensors; what flows on is an array again where nothing is recorded."""
    if not hooks.wanted_by(index):
        return g
    given = hooks.run(index, g if isinstance(g, Tensor) else Tensor(np.array(g)))
    return given if isinstance(g, Tensor) else given.array


def _take(wanted: dict[Slot, Any] | None, node: Edge, g: Any) -> None:
    if wanted is None:
        return
    if not node.rule.multi_output:
        if (node.key, 0) in wanted:
            wanted[node.key, 0] = g
        return
    for index, part in g.items():
        if (node.key, index) in wanted:
            wanted[node.key, index] = part


def _pull(node: Node, g: Any, create_graph: bool, arrive: Any) -> None:
    if node.freed:
        raise AutogradError(
            f"trying to backward through the graph a second time: what {node.name()} had saved is freed",
            hint="give retain_graph=True to the first backward",
        )
    if node.details.changed or changes.count:
        _refuse_changed(node)
    rule, details = node.rule, node.details
    shapes, statics, indices = details.shapes, details.statics, details.indices
    inputs, out = node.inputs, node.out
    if create_graph:
        inputs, out = node.tensors, recorded(node)
    if rule.multi_output:
        g = [g.get(i) if rule.spares else g[i] if i in g else np.zeros(s) for i, s in enumerate(details.forms)]
    if rule.variadic:
        cotangents = rule.vjps[0](g, out, inputs, shapes, statics)
        for i, (edge, cotangent) in enumerate(zip(node.edges, cotangents, strict=True)):
            if edge is not None:
                arrive(edge, cotangent, indices[i] if indices else 0)
        return
    stretched = rule.aligned and bool(shapes)
    for i, edge in enumerate(node.edges):
        if edge is not None:
            cotangent = rule.vjps[i](g, out, inputs, shapes, statics)
            arrive(edge, fit(cotangent, shapes[i]) if stretched else cotangent, indices[i] if indices else 0)


def recorded(node: Node) -> Any:
    """The saved output as the tensor that it was, or the tuple of several."""
    if node.out is None or not node.rule.multi_output:
        return None if node.out is None else Tensor(node.out, True, node)
    outs = tuple([Tensor(out, True, node) for out in node.out])
    for i, out in enumerate(outs):
        out.extra().output = i
        out.extra().special = i > 0
    return outs


def _refuse_changed(node: Node) -> None:
    """Raise if a saved value has been changed in place since it was saved."""
    if node.details.changed:
        raise _changed(node, "its output", node.details.changed, 1, 0)
    for i, tensor in enumerate(node.tensors):
        if isinstance(tensor, Tensor) and tensor._extra is not None and tensor._extra.special:
            version, expected = tensor._version, node.details.versions[i] if node.details.versions else 0
            if version != expected:
                by = tensor.owner().extra().changed
                raise _changed(node, f"its argument {i}, of shape {tensor.shape},", by, version, expected)


def _changed(node: Node, what: str, by: str, version: int, expected: int) -> AutogradError:
    return AutogradError(
        f"a value needed for the gradient has been modified by an inplace operation: {node.name()} saved {what} "
        f"which {by.rstrip('_')}_ changed; it is at version {version}, expected version {expected} instead",
        hint="use the operation that is not in place, or clone() the tensor before changing it",
    )


def _slot(tensor: Tensor) -> Slot:
    return tensor.edge().key, tensor.output_nr


def _accumulate(node: AccumulateGrad, g: Any, create_graph: bool, wanted: dict[Slot, Any] | None) -> None:
    leaf = node.variable
    if leaf is None or wanted is not None or not leaf.requires_grad:  # it may have been told not to since
        return
    extra = leaf.extra()
    if extra.grad is None:
        extra.grad = g.clone() if isinstance(g, Tensor) else own(g, leaf)
    elif create_graph or extra.grad.requires_grad:
        extra.grad = extra.grad + g
    else:
        extra.grad.add_(g)
    for hook in list(node.after):
        hook(leaf)


def own(g: Any, like: Tensor) -> Tensor:
    """A cotangent as a tensor with memory of its own, in the precision of the tensor that it belongs to."""
    return marked(Tensor(np.array(g, dtype=like.dtype)))


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


def _check(root: Tensor) -> None:
    if not root.requires_grad:
        raise AutogradError("element 0 of tensors does not require grad and does not have a grad_fn")


def _sequence(given: Any) -> list[Any]:
    return list(given) if isinstance(given, list | tuple) else [given]


def _seeds(roots: Sequence[Tensor], given: Any, create_graph: bool) -> list[Any]:
    gradients = [None] * len(roots) if given is None else _sequence(given)
    if len(gradients) != len(roots):
        raise AutogradError(f"{len(roots)} outputs need as many gradients, {len(gradients)} given")
    return [_seed(root, gradient, create_graph) for root, gradient in zip(roots, gradients, strict=True)]


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
    reach = None
    if inputs is not None:
        targets = _sequence(inputs)
        if not targets:
            raise AutogradError("the inputs given to backward() are empty", hint="leave them out to reach every leaf")
        for target in targets:
            target.retain_grad()
        reach = leading_to(roots, targets)
    propagate(roots, seeds, retain_graph=retain, create_graph=create_graph, wanted=None, reach=reach)


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
    wanted: dict[Slot, Any] = {_slot(target): None for target in targets}
    retain = create_graph if retain_graph is None else retain_graph
    # Walking what leads nowhere shows in what is freed and in which hooks run, else only in the time it takes.
    everything = retain and not changes.hooks and not any(isinstance(target._edge, Node) for target in targets)
    reach = None if everything else leading_to(roots, targets)
    propagate(roots, seeds, retain_graph=retain, create_graph=create_graph, wanted=wanted, reach=reach)
    found = [_result(wanted[_slot(target)], target, materialize_grads) for target in targets]
    if not allow_unused and any(g is None for g in found):
        raise AutogradError(
            "one of the differentiated tensors appears to not have been used in the graph",
            hint="give allow_unused=True if this is what you want",
        )
    return tuple(found)


def _result(g: Any, like: Tensor, materialize: bool) -> Tensor | None:
    if g is None:
        return Tensor(np.zeros_like(like.array)) if materialize else None
    return g if isinstance(g, Tensor) else own(g, like)


def _check_differentiable(tensor: Tensor, roots: list[Tensor]) -> None:
    if any(tensor is root for root in roots):
        _check(tensor)
    elif not tensor.requires_grad:
        raise AutogradError("one of the differentiated tensors does not require grad")
