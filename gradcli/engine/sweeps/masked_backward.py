"""Reverse mode with cotangents that know which of their entries are zero for good.

`propagate` multiplies numbers, as PyTorch does: behind `where(x > 0, sqrt(x), 0)` at 0 a zero meets an infinite
slope, and 0*inf is NaN. Here each cotangent has a mask of the entries that the result depends on; where it does
not, nothing is multiplied. A cotangent that merely happens to be zero is multiplied as ever.

The sweep can be recorded (`create_graph`), the masks becoming `where`s on constants, so that a second sweep through
the recorded one leaves out the same.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from typing import Any, TypeAlias

import numpy as np

from gradcli.engine.rules.rule import fit
from gradcli.engine.sweeps.backward import recorded
from gradcli.engine.sweeps.structural_dependence import Applied, Mask, arguments, fit_mask
from gradcli.engine.tape.modes import set_grad_enabled
from gradcli.engine.tape.node import AccumulateGrad, Edge, Node, next_key
from gradcli.engine.tape.tensor import Tensor, unwrap

__all__ = ["KinkDetector", "Made", "pull", "reach"]

KinkDetector: TypeAlias = Callable[[Node, Any, list[tuple[int, Any]]], None]
"""(node, the cotangent that arrived, for each input that wants one its position and its cotangent)."""


class Made:
    """Which node's pull recorded a node."""

    def __init__(self) -> None:
        self._ends: list[int] = []
        self._makers: list[tuple[int, int]] = []

    def note(self, start: int, stop: int, maker: int) -> None:
        """The nodes with keys between `start` and `stop` were recorded while this one was pulled; keys fall."""
        self._ends.append(-stop)
        self._makers.append((-start, maker))

    def maker(self, key: int) -> int | None:
        """The key of the node that was pulled; None for a node of the forward pass."""
        place = bisect_left(self._ends, -key)
        if place < len(self._ends) and self._makers[place][0] < -key:
            return self._makers[place][1]
        return None


def pull(
    root: Tensor,
    targets: Sequence[Tensor],
    seed: Any,
    *,
    create_graph: bool = False,
    watch: KinkDetector | None = None,
    made: Made | None = None,
) -> list[Any]:
    """The derivative of `root`, weighted by `seed`, by each target: arrays, or Tensors with `create_graph`.

    A zero in the seed leaves the entry out. The graph keeps its saved values, which must not have been changed.

    Args:
        watch: told of each node that is pulled.
        made: with `create_graph`, told which nodes each pull records.

    Returns:
        For each target its cotangent, None where nothing arrives.

    >>> import gradcli
    >>> x = gradcli.tensor([0.0, 4.0], requires_grad=True)
    >>> pull(gradcli.where(x > 0, gradcli.sqrt(x), 0), [x], [1.0, 1.0])
    [array([0.  , 0.25])]
    """
    if not root.requires_grad:
        return [None] * len(targets)
    sweep = _Sweep(create_graph, watch, made)
    weights = np.asarray(unwrap(seed), dtype=float)
    start = Tensor(weights.copy()) if create_graph else weights
    sweep.arrive(root.edge(), start, np.not_equal(weights, 0), root.output_nr)
    return [None if found is None else found[0] for found in sweep.run(targets)]


def reach(edge: Edge, index: int, entries: Mask, targets: Sequence[Tensor]) -> list[Mask]:
    """Which entries of the targets these entries of a node's output are computed from.

    >>> import gradcli
    >>> x = gradcli.tensor([0.0, 4.0], requires_grad=True)
    >>> reach(gradcli.sqrt(x).grad_fn, 0, np.array([True, False]), [x])
    [array([ True, False])]
    """
    sweep = _Sweep(create_graph=False, watch=None, made=None)
    sweep.arrive(edge, entries.astype(float), entries, index)
    found = sweep.run(targets)
    return [
        np.zeros(target.shape, dtype=bool) if part is None else part[1]
        for target, part in zip(targets, found, strict=True)
    ]


class _Sweep:
    """The cotangents that wait for their node's turn, each with its mask."""

    def __init__(self, create_graph: bool, watch: KinkDetector | None, made: Made | None) -> None:
        self._create_graph = create_graph
        self._watch = watch
        self._made = made
        self._nodes: dict[int, Edge] = {}
        self._waiting: dict[int, dict[int, tuple[Any, Mask]]] = {}
        self._ready: list[int] = []

    def arrive(self, edge: Edge, g: Any, live: Mask, index: int) -> None:
        """Add a cotangent to what waits for a node's output."""
        if edge.key not in self._nodes:
            heappush(self._ready, edge.key)
            self._nodes[edge.key] = edge
            self._waiting[edge.key] = {}
        parts = self._waiting[edge.key]
        if index in parts:
            before, also = parts[index]
            g, live = before + g, also | live
        parts[index] = g, live

    def run(self, targets: Sequence[Tensor]) -> list[tuple[Any, Mask] | None]:
        """Pull every node, newest first; the cotangents of the targets, with their masks."""
        places = [(t.edge().key, t.output_nr) for t in targets]
        wanted: dict[tuple[int, int], tuple[Any, Mask] | None] = dict.fromkeys(places)
        with set_grad_enabled(self._create_graph), np.errstate(all="ignore"):
            self._run(wanted)
        return [wanted[place] for place in places]

    def _run(self, wanted: dict[tuple[int, int], tuple[Any, Mask] | None]) -> None:
        while self._ready:
            key = heappop(self._ready)
            node, parts = self._nodes.pop(key), self._waiting.pop(key)
            for index, part in parts.items():
                if (key, index) in wanted:
                    wanted[key, index] = part
            if not isinstance(node, AccumulateGrad) and any(bool(np.any(live)) for _, live in parts.values()):
                start = next_key()
                self._pull(node, parts)
                if self._made is not None:
                    self._made.note(start, next_key(), key)

    def _pull(self, node: Node, parts: dict[int, tuple[Any, Mask]]) -> None:
        rule = node.rule
        if rule.multi_output:
            unused = [None if rule.spares else np.zeros(shape) for shape in node.forms]
            g: Any = [parts[i][0] if i in parts else zero for i, zero in enumerate(unused)]
            live: Any = [parts[i][1] if i in parts else np.zeros(s, dtype=bool) for i, s in enumerate(node.forms)]
        else:
            g, live = parts[0]
        shape = () if rule.multi_output else np.shape(unwrap(g))
        applied = Applied.of(node, shape)
        masks = arguments(applied, live)
        pulled = self._cotangents(node, g, applied)
        told = []
        for i, cotangent in pulled:
            edge, mask = node.edges[i], masks[i]
            kept = cotangent if mask.all() else np.where(mask, cotangent, 0.0)
            told.append((i, kept))
            if edge is not None:
                place = node.indices[i]
                target = applied.shapes[i]
                self.arrive(edge, fit(kept, target), fit_mask(mask, target), place)
        if self._watch is not None:
            self._watch(node, g, told)

    def _cotangents(self, node: Node, g: Any, applied: Applied) -> list[tuple[int, Any]]:
        rule, inputs, out = node.rule, node.inputs, node.out
        if self._create_graph:
            inputs, out = node.tensors, recorded(node)
        positions = [i for i, edge in enumerate(node.edges) if edge is not None]
        shapes, statics = applied.shapes, node.statics
        if rule.variadic:
            every = rule.vjps[0](g, out, inputs, shapes, statics)
            return [(i, every[i]) for i in positions]
        return [(i, rule.vjps[i](g, out, inputs, shapes, statics)) for i in positions]
