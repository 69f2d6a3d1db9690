"""Reverse mode with cotangents that know which of their entries are zero for good.

`propagate` multiplies numbers, as PyTorch does: behind `where(x > 0, sqrt(x), 0)` at 0 a zero meets an infinite
slope, and 0*inf is NaN. Here each cotangent has a mask of the entries that the result depends on; where it does
not, nothing is multiplied. A cotangent that merely happens to be zero is multiplied as ever.

The masks are a sparsity pattern that is propagated in reverse beside the cotangents, one bit an entry.

The sweep can be recorded (`create_graph`), the masks becoming `where`s on constants, so that a second sweep through
the recorded one leaves out the same.

Source: A. Griewank, A. Walther, "Evaluating Derivatives", 2nd ed., SIAM 2008, chapters 7 and 14; JAX's FAQ, "Gradients
contain NaN where using where".
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from typing import Any, TypeAlias

import numpy as np

from gradcli.engine.rules.rule import fit
from gradcli.engine.sweeps.saved_values import output_as_recorded
from gradcli.engine.sweeps.structural_dependence import Application, Mask, argument_masks, unbroadcast_mask
from gradcli.engine.sweeps.subgraph import Slot, slot_of
from gradcli.engine.tape.modes import set_grad_enabled
from gradcli.engine.tape.node import Edge, Node, next_key
from gradcli.engine.tape.tensor import Tensor, unwrap

__all__ = ["Provenance", "VJPObserver", "masked_vjp", "reached_entries"]

VJPObserver: TypeAlias = Callable[[Node, Any, list[tuple[int, Any]]], None]
"""(node, the cotangent that arrived, for each input that wants one its position and its cotangent)."""


class Provenance:
    """Which node's VJP recorded a node of a sweep with `create_graph`.

    A node's VJP runs in one go and keys count nodes, so that what it recorded is an interval of keys.
    """

    def __init__(self) -> None:
        self._stops: list[int] = []
        self._intervals: list[tuple[int, int]] = []

    def add(self, start: int, stop: int, node: int) -> None:
        """The nodes with keys between `start` and `stop` were recorded by the VJP of this node; keys fall."""
        self._stops.append(-stop)
        self._intervals.append((-start, node))

    def node_of(self, key: int) -> int | None:
        """The key of the node whose VJP it was; None for a node of the forward pass."""
        place = bisect_left(self._stops, -key)
        if place == len(self._stops):
            return None
        start, node = self._intervals[place]
        return node if start < -key else None


def masked_vjp(
    root: Tensor,
    targets: Sequence[Tensor],
    seed: Any,
    *,
    create_graph: bool = False,
    observer: VJPObserver | None = None,
    provenance: Provenance | None = None,
) -> list[Any]:
    """The derivative of `root`, weighted by `seed`, by each target: arrays, or Tensors with `create_graph`.

    A zero in the seed leaves the entry out. The graph keeps its saved values, which must not have been changed.

    Args:
        observer: told of each node, what arrived at it and what goes on to its inputs.
        provenance: with `create_graph`, told which nodes each VJP records.

    Returns:
        For each target its cotangent, None where nothing arrives.

    >>> import gradcli
    >>> x = gradcli.tensor([0.0, 4.0], requires_grad=True)
    >>> masked_vjp(gradcli.where(x > 0, gradcli.sqrt(x), 0), [x], [1.0, 1.0])
    [array([0.  , 0.25])]
    """
    if not root.requires_grad:
        return [None] * len(targets)
    sweep = _MaskedSweep(create_graph, observer, provenance)
    weights = np.asarray(unwrap(seed), dtype=float)
    start = Tensor(weights.copy()) if create_graph else weights
    sweep.add(root.edge(), start, np.not_equal(weights, 0), root.output_nr)
    return [None if found is None else found[0] for found in sweep.run(targets)]


def reached_entries(edge: Edge, output_nr: int, entries: Mask, targets: Sequence[Tensor]) -> list[Mask]:
    """Which entries of the targets these entries of a node's output are computed from.

    >>> import gradcli
    >>> x = gradcli.tensor([0.0, 4.0], requires_grad=True)
    >>> reached_entries(gradcli.sqrt(x).grad_fn, 0, np.array([True, False]), [x])
    [array([ True, False])]
    """
    sweep = _MaskedSweep(create_graph=False, observer=None, provenance=None)
    sweep.add(edge, entries.astype(float), entries, output_nr)
    found = sweep.run(targets)
    return [
        np.zeros(target.shape, dtype=bool) if part is None else part[1]
        for target, part in zip(targets, found, strict=True)
    ]


class _MaskedSweep:
    """The cotangents that wait for their node's turn, each with its mask."""

    def __init__(self, create_graph: bool, observer: VJPObserver | None, provenance: Provenance | None) -> None:
        self._create_graph = create_graph
        self._observer = observer
        self._provenance = provenance
        self._nodes: dict[int, Edge] = {}
        self._cotangents: dict[int, dict[int, tuple[Any, Mask]]] = {}
        self._ready: list[int] = []

    def add(self, edge: Edge, g: Any, live: Mask, output_nr: int) -> None:
        """Add a cotangent to what has arrived at a node's output."""
        if edge.key not in self._nodes:
            heappush(self._ready, edge.key)
            self._nodes[edge.key] = edge
            self._cotangents[edge.key] = {}
        parts = self._cotangents[edge.key]
        if output_nr in parts:
            before, live_before = parts[output_nr]
            g, live = before + g, live_before | live
        parts[output_nr] = g, live

    def run(self, targets: Sequence[Tensor]) -> list[tuple[Any, Mask] | None]:
        """Visit every node, newest first; the cotangents of the targets, with their masks."""
        slots = [slot_of(t) for t in targets]
        captures: dict[Slot, tuple[Any, Mask] | None] = dict.fromkeys(slots)
        with set_grad_enabled(self._create_graph), np.errstate(all="ignore"):
            while self._ready:
                key = heappop(self._ready)
                node, parts = self._nodes.pop(key), self._cotangents.pop(key)
                for output_nr, part in parts.items():
                    if (key, output_nr) in captures:
                        captures[key, output_nr] = part
                if isinstance(node, Node) and any(bool(np.any(live)) for _, live in parts.values()):
                    self._visit(node, parts)
        return [captures[slot] for slot in slots]

    def _visit(self, node: Node, parts: dict[int, tuple[Any, Mask]]) -> None:
        start = next_key()
        self._apply_vjps(node, parts)
        if self._provenance is not None:
            self._provenance.add(start, next_key(), node.key)

    def _apply_vjps(self, node: Node, parts: dict[int, tuple[Any, Mask]]) -> None:
        g, live = _whole(node, parts)
        application = Application.of(node, () if node.rule.multi_output else np.shape(unwrap(g)))
        masks = argument_masks(application, live)
        observed = []
        for i, cotangent in self._cotangents_of_inputs(node, g, application):
            edge, mask, shape = node.edges[i], masks[i], application.shapes[i]
            # A `where` and no product: what is left out may be infinite or NaN.
            kept = cotangent if mask.all() else np.where(mask, cotangent, 0.0)
            observed.append((i, kept))
            if edge is not None:
                self.add(edge, fit(kept, shape), unbroadcast_mask(mask, shape), node.output_nrs[i])
        if self._observer is not None:
            self._observer(node, g, observed)

    def _cotangents_of_inputs(self, node: Node, g: Any, application: Application) -> list[tuple[int, Any]]:
        rule, inputs, out = node.rule, node.inputs, node.out
        if self._create_graph:
            inputs, out = node.tensors, output_as_recorded(node)
        positions = [i for i, edge in enumerate(node.edges) if edge is not None]
        shapes, statics = application.shapes, node.statics
        if rule.variadic:
            every = rule.vjps[0](g, out, inputs, shapes, statics)
            return [(i, every[i]) for i in positions]
        return [(i, rule.vjps[i](g, out, inputs, shapes, statics)) for i in positions]


def _whole(node: Node, parts: dict[int, tuple[Any, Mask]]) -> tuple[Any, Any]:
    """A node's cotangent and mask; lists of them where it has several outputs, also of those that were not used."""
    if not node.rule.multi_output:
        return parts[0]
    shapes = node.output_shapes
    unused = [None if node.rule.takes_undefined else np.zeros(shape) for shape in shapes]
    g = [parts[i][0] if i in parts else zero for i, zero in enumerate(unused)]
    live = [parts[i][1] if i in parts else np.zeros(shape, dtype=bool) for i, shape in enumerate(shapes)]
    return g, live
