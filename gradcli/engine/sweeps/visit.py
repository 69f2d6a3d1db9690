"""What a backward sweep holds, and its visit to a node that takes more than the node's fused VJPs.

Those are leaves, tensors whose cotangent is asked for, hooks, several outputs, broadcasting, and every node of a sweep
that is recorded or watched for anomalies.
"""

from __future__ import annotations

from functools import cache
from heapq import heappush
from typing import Any

import numpy as np

from gradcli.engine.rules.rule import Rule, pull_through
from gradcli.engine.sweeps.anomaly import anomaly
from gradcli.engine.sweeps.saved_values import output_as_recorded, refuse_used
from gradcli.engine.sweeps.subgraph import Slot
from gradcli.engine.tape.hooks import Hooks
from gradcli.engine.tape.inplace import add_array
from gradcli.engine.tape.node import AccumulateGrad, Edge, Node
from gradcli.engine.tape.tensor import Tensor, marked
from gradcli.errors import AutogradError, Problem

__all__ = ["OF_NUMPY", "Sweep", "failed", "in_own_memory"]

OF_NUMPY = (ValueError, TypeError, IndexError, ArithmeticError)
"""What NumPy raises of arrays that a rule cannot compute with."""


class Sweep:
    """The cotangents on their way back through the graph.

    Attributes:
        cotangents: the sum of what has arrived at each node so far, by output where there are several.
        owned: those of which the cotangent is an array that the sweep has made and nobody else holds: what arrives is
            added to it in place.
        ready: those nodes in a heap, newest first.
        sums_in_place: whether it may own sums at all: not where they are recorded, or shown to others as they grow.
        use_fused: whether plain nodes may be asked for all cotangents at once.
        stops: the keys of nodes whose cotangent is asked for, or where the walk ends.
    """

    def __init__(
        self, needed: dict[int, bool] | None, captures: dict[Slot, Any] | None, create_graph: bool, retain_graph: bool
    ) -> None:
        self.cotangents: dict[Edge | None, Any] = {}
        self.owned: set[Edge] = set()
        self.ready: list[tuple[int, Edge]] = []
        self.sums_in_place = not create_graph
        self.use_fused = anomaly.check is None and not create_graph
        self.stops = {key for key, _ in captures or ()} | {k for k, goes_on in (needed or {}).items() if not goes_on}
        self._needed, self._captures = needed, captures
        self._create_graph, self._retain_graph = create_graph, retain_graph
        self._apply_vjps = _apply_vjps if anomaly.check is None else anomaly.check(_apply_vjps)

    def add(self, edge: Edge, cotangent: Any, output_nr: int = 0) -> None:
        """Add a cotangent to what has arrived at a node's output."""
        cotangents = self.cotangents
        if edge not in cotangents:
            heappush(self.ready, (edge.key, edge))
            cotangents[edge] = {output_nr: cotangent} if edge.rule.multi_output else cotangent
        elif edge.rule.multi_output:
            sums = cotangents[edge]
            sums[output_nr] = sums[output_nr] + cotangent if output_nr in sums else cotangent
        elif edge in self.owned:
            cotangents[edge] += cotangent
        else:
            cotangents[edge] = cotangents[edge] + cotangent
            if self.sums_in_place:
                self.owned.add(edge)

    def own(self, edge: Edge, shape: tuple[int, ...], dtype: Any) -> Any:
        """What has arrived at a node's only output, as an array in C order that may be changed."""
        cotangents = self.cotangents
        if edge not in cotangents:
            heappush(self.ready, (edge.key, edge))
            cotangents[edge] = np.zeros(shape, dtype)
        elif edge not in self.owned or not isinstance(cotangents[edge], np.ndarray):
            cotangents[edge] = np.array(cotangents[edge], order="C")
        self.owned.add(edge)
        return cotangents[edge]

    def give(self, edge: Edge, cotangent: Any, output_nr: int = 0) -> None:
        """Add a cotangent that nobody else holds."""
        first = edge not in self.cotangents
        self.add(edge, cotangent, output_nr)
        if first and not edge.rule.multi_output:
            self.owned.add(edge)

    def visit(self, node: Edge, g: Any) -> None:
        """Give a node's cotangent to those who asked for it, and pull it on to the node's inputs."""
        goes_on = self._needed is None or self._needed[node.key]
        own = node in self.owned and node.hooks is None and node.key not in self.stops
        if self._captures is not None or node.hooks is not None:
            g = _capture_and_run_hooks(node, g, self._captures, goes_on)
        if isinstance(node, AccumulateGrad):
            if self._captures is None:
                _accumulate(node, g, self._create_graph, own)
        elif goes_on:
            try:
                if node.rule.adds_in_place and self.use_fused:
                    refuse_used(node)
                    _parts()[node.rule.name](self, node, g, own)
                else:
                    self._apply_vjps(node, g, self._create_graph, self.add)
            except OF_NUMPY as error:
                raise failed(node, error) from error
            if not self._retain_graph:
                node.free()


@cache
def _parts() -> dict[str, Any]:
    """What is imported when a part of an array is first met."""
    from gradcli.engine.sweeps.parts import ADD_IN_PLACE

    return ADD_IN_PLACE


def _apply_vjps(node: Node, g: Any, create_graph: bool, add: Any) -> None:
    """Add to each input that wants one its cotangent, VJP by VJP."""
    refuse_used(node)
    inputs, out = (node.tensors, output_as_recorded(node)) if create_graph else (node.inputs, node.out)
    if node.rule.multi_output:
        g = _whole(g, node.rule.takes_undefined, node.details.output_shapes)
    pairs = pull_through(g, node, inputs, out)
    if node.details.output_nrs is None:
        for edge, cotangent in pairs:
            add(edge, cotangent)
        return
    output_nrs = [nr for nr, edge in zip(node.details.output_nrs, node.edges, strict=True) if edge is not None]
    for (edge, cotangent), output_nr in zip(pairs, output_nrs, strict=True):
        add(edge, cotangent, output_nr)


def _whole(parts: dict[int, Any], takes_undefined: bool, shapes: tuple[tuple[int, ...], ...]) -> list[Any]:
    """The cotangents of all outputs; None or zeros for one that was not used."""
    if takes_undefined:
        return [parts.get(i) for i in range(len(shapes))]
    return [parts[i] if i in parts else np.zeros(shape) for i, shape in enumerate(shapes)]


def _capture_and_run_hooks(node: Edge, g: Any, captures: dict[Slot, Any] | None, goes_on: bool) -> Any:
    """The cotangent as hooks leave it. What is captured is what they leave only where the walk ends, as in PyTorch."""
    if node.hooks is None:
        _capture(captures, node, g)
        return g
    ends_here = not goes_on or not node.edges
    if not ends_here:
        _capture(captures, node, g)
    replaced = _run_hooks(node, node.hooks, g)
    if ends_here:
        _capture(captures, node, replaced)
    return replaced


def _capture(captures: dict[Slot, Any] | None, node: Edge, g: Any) -> None:
    if captures is None:
        return
    for output_nr, part in g.items() if node.rule.multi_output else ((0, g),):
        if (node.key, output_nr) in captures:
            captures[node.key, output_nr] = part


def _run_hooks(node: Edge, hooks: Hooks, g: Any) -> Any:
    if not node.rule.multi_output:
        return _run_hook(hooks, 0, g)
    return {output_nr: _run_hook(hooks, output_nr, part) for output_nr, part in g.items()}


def _run_hook(hooks: Hooks, output_nr: int, g: Any) -> Any:
    """Hooks see tensors; what flows on is an array again where nothing is recorded."""
    if not hooks.wanted_by(output_nr):
        return g
    given = hooks.run(output_nr, g if isinstance(g, Tensor) else Tensor(np.array(g)))
    return given if isinstance(g, Tensor) else given.array


def _accumulate(node: AccumulateGrad, g: Any, create_graph: bool, own: bool) -> None:
    """Add to a leaf's gradient what has arrived; an array that nobody else holds becomes its first gradient."""
    leaf = node.variable
    if leaf is None or not leaf.requires_grad:  # it may have been told not to since
        return
    meta = leaf.meta()
    if meta.grad is None and own and isinstance(g, np.ndarray) and g.dtype == leaf.dtype:
        meta.grad = marked(Tensor(g))
    elif meta.grad is None:
        meta.grad = g.clone() if isinstance(g, Tensor) else in_own_memory(g, leaf)
    elif create_graph or meta.grad.requires_grad:
        meta.grad = meta.grad + g
    else:
        add_array(meta.grad, g)  # as in PyTorch: whoever holds `.grad` sees it grow
    for hook in list(node.post_hooks):
        hook(leaf)


def in_own_memory(g: Any, like: Tensor) -> Tensor:
    """A cotangent as a tensor with memory of its own, in the precision of the tensor that it belongs to."""
    return marked(Tensor(np.array(g, dtype=like.dtype)))


def failed(node: Edge, error: Exception) -> Exception:
    """A rule that NumPy stopped: an error that names the operation, unless it is ours or that of a user's Function."""
    if isinstance(error, Problem) or not isinstance(node.rule, Rule):
        return error
    return AutogradError(f"the derivative behind {node.name()} cannot be computed here: {error}")
