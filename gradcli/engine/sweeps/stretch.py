"""The part of the graph between points and outputs, walked in many directions at once.

A block of cotangents goes from an output to the points, or a block of tangents the other way, each node once, by the
rules of `batched`. The walk's order is found once for all blocks.

Source: A. Griewank, A. Walther, "Evaluating Derivatives", 2nd ed., SIAM 2008, chapter 3, on vector modes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.sweeps.anomaly import anomaly
from gradcli.engine.sweeps.batched import pull_many, push_many
from gradcli.engine.sweeps.one_hot import OneHot, added, densely, pull_one_hot
from gradcli.engine.sweeps.saved_values import refuse_changed
from gradcli.engine.sweeps.subgraph import Slot, between, slot_of
from gradcli.engine.sweeps.visit import OF_NUMPY, failed
from gradcli.engine.tape.modes import counts, set_grad_enabled
from gradcli.engine.tape.node import Node
from gradcli.engine.tape.tensor import Tensor
from gradcli.errors import AutogradError

__all__ = ["Stretch"]

_BLOCK = 2**21
"""Numbers that the widest array of a block may have: 16 MiB. All rows of a Jacobian of 1000 x 1000 are
one block then; of arrays of a million entries two directions are."""

_MOST = 1024
"""Directions of a block at most: more save no calls worth the memory."""


class Stretch:
    """What lies between some points and some outputs.

    Attributes:
        asked: the outputs.
        outputs: those of them that are computed from anything that requires a gradient.
        points: where it begins.
        nodes: those on a path from a point to an output, oldest first, so that each comes after what it is made from.
        shapes: the shape of each of their values, of the points and of the outputs, by its place in the graph.
    """

    def __init__(self, outputs: Sequence[Tensor], points: Sequence[Tensor]) -> None:
        self.asked = list(outputs)
        self.outputs = [out for out in outputs if out.requires_grad]
        self.points = list(points)
        self._sources = {slot_of(point): i for i, point in enumerate(points)}
        keys = {key for key, _ in self._sources}
        leading = set(keys)
        self.nodes: list[Node] = []
        for node in between(self.outputs, keys):
            if node.key not in keys and any(edge is not None and edge.key in leading for edge in node.edges):
                leading.add(node.key)
                self.nodes.append(node)
        self.shapes = _shapes(self.nodes, self.outputs, self.points)

    @property
    def is_plain(self) -> bool:
        """Whether nobody watches single directions: neither hooks nor the detection of anomalies."""
        return anomaly.check is None and not (
            counts.hooks
            and (any(node.hooks is not None for node in self.nodes) or any(p.edge().hooks for p in self.points))
        )

    @property
    def block(self) -> int:
        """How many directions go together."""
        return max(1, min(_MOST, _BLOCK // max(self.widest, 1)))

    @cached_property
    def widest(self) -> int:
        """How many entries the largest array between points and outputs has."""
        return max([prod(shape) for shape in self.shapes.values()], default=1)

    def pull(self, out: Tensor, g: NDArray[Any] | OneHot) -> list[Any]:
        """The points' cotangents, of shape (directions, *point.shape), for those of an output.

        Args:
            out: one of the outputs.
            g: an array of shape (directions, *out.shape), or seeds.

        Raises:
            AutogradError: for saved values that are freed or were changed in place since.
        """
        count = len(g.values if isinstance(g, OneHot) else g)
        found: list[Any] = [None] * len(self.points)
        waiting: dict[int, dict[int, Any]] = {}
        if out.requires_grad:
            self._give(slot_of(out), g, found, waiting)
        with set_grad_enabled(False), np.errstate(all="ignore"):
            for node in reversed(self.nodes):
                parts = waiting.pop(node.key, None)
                if parts is None:
                    continue
                given = self._at(node, partial(_pulled, node, parts, count))
                for edge, nr, cotangent in zip(node.edges, node.output_nrs, given, strict=True):
                    if edge is not None and cotangent is not None:
                        self._give((edge.key, nr), cotangent, found, waiting)
        return [
            np.zeros((count, *point.shape), dtype=point.dtype) if each is None else densely(each)
            for each, point in zip(found, self.points, strict=True)
        ]

    def _give(self, slot: Slot, cotangent: Any, found: list[Any], waiting: dict[int, dict[int, Any]]) -> None:
        """Add cotangents to those of a point, or to what waits for a node."""
        place = self._sources.get(slot)
        if place is not None:
            found[place] = cotangent if found[place] is None else added(found[place], cotangent)
            return
        parts = waiting.setdefault(slot[0], {})
        parts[slot[1]] = added(parts[slot[1]], cotangent) if slot[1] in parts else cotangent

    def push(self, tangents: Sequence[Any]) -> list[Any]:
        """The tangents of `outputs`, of shape (directions, *out.shape), for those of the points.

        Raises:
            AutogradError: as `pull`, and for an operation that forward mode does not go through.
        """
        count = len(tangents[0])
        found = self._tangents(tangents, count)
        return [_or_zeros(found.get(slot_of(out)), out, count) for out in self.outputs]

    def push_all(self, tangents: Sequence[Any]) -> list[Any]:
        """The tangents of all that was `asked` for, None for one that no point moves."""
        found = self._tangents(tangents, len(tangents[0]))
        return [found.get(slot_of(out)) if out.requires_grad else None for out in self.asked]

    def _tangents(self, tangents: Sequence[Any], count: int) -> dict[Slot, Any]:
        """The tangents of all nodes."""
        known: dict[Slot, Any] = {slot: tangents[i] for slot, i in self._sources.items()}
        with set_grad_enabled(False), np.errstate(all="ignore"):
            for node in self.nodes:
                arrived = [
                    None if edge is None else known.get((edge.key, nr))
                    for edge, nr in zip(node.edges, node.output_nrs, strict=True)
                ]
                if any(t is not None for t in arrived):
                    pushed = self._at(node, partial(push_many, node, arrived, count))
                    known.update({(node.key, nr): t for nr, t in pushed.items()})
        return known

    def _at(self, node: Node, step: Callable[[], Any]) -> Any:
        """Take a step at a node, whose saved values must be there and unchanged."""
        if node.freed:
            raise AutogradError(
                f"what {node.name()} had saved is freed", hint="give retain_graph=True to that backward"
            )
        if node.details.changed or counts.in_place:
            refuse_changed(node)
        try:
            return step()
        except OF_NUMPY as error:
            raise failed(node, error) from error


def _or_zeros(tangent: Any, out: Tensor, count: int) -> Any:
    return np.zeros((count, *out.shape), dtype=out.dtype) if tangent is None else tangent


def _pulled(node: Node, parts: dict[int, Any], count: int) -> Sequence[Any]:
    """A node's pull, of seeds as such where its operation allows."""
    if isinstance(parts.get(0), OneHot) and not node.rule.multi_output:
        found = pull_one_hot(node, parts[0])
        if found is not None:
            return found
    return pull_many(node, {nr: densely(g) for nr, g in parts.items()}, count)


def _shapes(nodes: Sequence[Node], outputs: Sequence[Tensor], points: Sequence[Tensor]) -> dict[Slot, tuple[int, ...]]:
    """The shape of each value: a node knows those of its arguments, unless it has the same itself."""
    shapes = {slot_of(tensor): tensor.shape for tensor in (*points, *outputs)}
    for node in reversed(nodes):
        given = node.shapes
        if not given and node.rule.elementwise:  # nothing was broadcast
            given = (shapes[node.key, 0],) * len(node.edges)
        elif not given:  # a Function of a user's, which knows its values' shapes alone
            shapes.update({(node.key, nr): shape for nr, shape in enumerate(node.output_shapes)})
            continue
        for edge, nr, shape in zip(node.edges, node.output_nrs, given, strict=True):
            if edge is not None:
                shapes.setdefault((edge.key, nr), shape)
    return shapes
