"""Backward, watched: what arrives where, from which node, and what it has added up to by then.

It is the sweep of `backward` itself that is watched, with its order and its sums, so that what is told is what was
done. Nodes are visited VJP by VJP; the fused VJPs, which give the same numbers in one call, would show nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from gradcli.engine.rules.rule import fit
from gradcli.engine.sweeps.backward import propagate
from gradcli.engine.sweeps.masked_backward import masked_vjp
from gradcli.engine.sweeps.subgraph import Slot, slot_of
from gradcli.engine.sweeps.visit import Sweep
from gradcli.engine.tape.node import Edge, Node
from gradcli.engine.tape.tensor import Tensor

__all__ = ["Arrival", "accumulated", "watched_masked_vjp", "watched_vjp"]


class Arrival(NamedTuple):
    """A cotangent on its way from a node to one of its inputs.

    Attributes:
        node: whose rule gave it; None for a seed.
        argument: which of the node's arguments the input is.
        cotangent: what had come to the node, all in all; a list where it has several outputs.
        slot: the input: its node's key, and which of the node's outputs it is.
        contribution: what goes to the input.
        total: what has come to the input so far.
    """

    node: Node | None
    argument: int
    cotangent: Any
    slot: Slot
    contribution: Any
    total: Any


class _Watched(Sweep):
    """A sweep that notes what is added."""

    arrivals: list[Arrival]

    def note_in(self, arrivals: list[Arrival]) -> _Watched:
        """Note what is added in this list."""
        self.arrivals = arrivals
        self.use_fused = self.sums_in_place = False
        self._node: Node | None = None
        self._cotangent: Any = None
        self._arguments: Iterator[int] = iter(())
        return self

    def visit(self, node: Edge, g: Any) -> None:
        if isinstance(node, Node):
            self._node, self._cotangent = node, g
            self._arguments = iter([i for i, edge in enumerate(node.edges) if edge is not None])
        super().visit(node, g)

    def add(self, edge: Edge, cotangent: Any, output_nr: int = 0) -> None:
        super().add(edge, cotangent, output_nr)
        held = self.cotangents[edge]
        total = held[output_nr] if edge.rule.multi_output else held
        argument = -1 if self._node is None else next(self._arguments)
        self.arrivals.append(Arrival(self._node, argument, self._cotangent, (edge.key, output_nr), cotangent, total))


def watched_vjp(root: Tensor, targets: Sequence[Tensor], seed: Any) -> tuple[list[Any], list[Arrival]]:
    """The derivative of `root`, weighted by `seed`, by each target, and how it came about; the graph is kept.

    Returns:
        For each target its cotangent, None where nothing arrives; and what arrived, in order.

    >>> import gradcli
    >>> x = gradcli.tensor(3.0, requires_grad=True)
    >>> (slope,), arrivals = watched_vjp(x*x, [x], np.array(1.0))
    >>> float(slope), [float(arrival.total) for arrival in arrivals]
    (6.0, [1.0, 3.0, 6.0])
    """
    arrivals: list[Arrival] = []
    captures: dict[Slot, Any] = {slot_of(target): None for target in targets}
    _run(root, seed, captures, arrivals)
    return [captures[slot_of(target)] for target in targets], arrivals


def accumulated(root: Tensor, seed: Any) -> list[Arrival]:
    """What arrives as `root.backward(seed)` adds to the `.grad` of the leaves; the graph is kept."""
    arrivals: list[Arrival] = []
    _run(root, seed, None, arrivals)
    return arrivals


def _run(root: Tensor, seed: Any, captures: dict[Slot, Any] | None, arrivals: list[Arrival]) -> None:
    propagate(
        [root],
        [np.asarray(seed, dtype=root.dtype)],
        retain_graph=True,
        create_graph=False,
        captures=captures,
        make=lambda *given: _Watched(*given).note_in(arrivals),
    )


def watched_masked_vjp(root: Tensor, targets: Sequence[Tensor], seed: Any) -> tuple[list[Any], list[Arrival]]:
    """The same by the sweep that leaves out what the result does not depend on, for numbers that are not finite.

    >>> import gradcli
    >>> x = gradcli.tensor(0.0, requires_grad=True)
    >>> (slope,), arrivals = watched_masked_vjp(gradcli.where(x > 0, gradcli.sqrt(x), x), [x], 1.0)
    >>> float(slope), [float(arrival.contribution) for arrival in arrivals]
    (1.0, [1.0, 0.0, 1.0])
    """
    arrivals: list[Arrival] = []
    totals: dict[Slot, Any] = {}

    def add(node: Node | None, argument: int, cotangent: Any, slot: Slot, contribution: Any) -> None:
        totals[slot] = totals[slot] + contribution if slot in totals else contribution
        arrivals.append(Arrival(node, argument, cotangent, slot, contribution, totals[slot]))

    def observe(node: Node, cotangent: Any, given: list[tuple[int, Any]]) -> None:
        for i, part in given:
            edge = node.edges[i]
            if edge is not None:
                contribution = fit(part, node.shapes[i]) if node.shapes else part
                add(node, i, cotangent, (edge.key, node.output_nrs[i]), contribution)

    if not root.requires_grad:
        return [None] * len(targets), arrivals
    weights = np.asarray(seed, dtype=float)
    add(None, -1, None, slot_of(root), weights)
    with np.errstate(all="ignore"):
        return masked_vjp(root, targets, weights, observer=observe), arrivals
