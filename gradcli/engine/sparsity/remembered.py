"""Plans of computations that were seen before, so that a function called again finds its pattern and colours there.

A computation is known again by all that its pattern comes of: the operations and what they read of each other, shapes,
axes and indices, and where constants are zero. Numbers of variables are no part of it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import numpy as np

from gradcli.coloring.plan import JacobianPlan, SymmetricPlan
from gradcli.engine.rules.rule import Rule
from gradcli.engine.sparsity.detect import is_truth
from gradcli.engine.sweeps.stretch import Stretch
from gradcli.engine.sweeps.subgraph import slot_of
from gradcli.engine.tape.node import Node

__all__ = ["remembered"]

P = TypeVar("P", bound="JacobianPlan | SymmetricPlan | None")

_MOST = 8
"""Plans that are kept."""

_LARGEST = 100_000
"""Entries of the widest array of a computation whose plan is kept."""

_ENTRIES = 1_000_000
"""Entries of a pattern that is kept."""

_PLANS: OrderedDict[Hashable, Any] = OrderedDict()


def remembered(stretch: Stretch, kind: str, make: Callable[[], P]) -> tuple[P, bool]:
    """The plan of a computation: that of the last time, or a new one; and whether it was known.

    Args:
        stretch: what the plan is of.
        kind: which kind of plan.
        make: makes it anew.
    """
    if stretch.widest > _LARGEST or not all(isinstance(node.rule, Rule) for node in stretch.nodes):
        return make(), False
    key = (kind, *_key(stretch))
    if key in _PLANS:
        _PLANS.move_to_end(key)
        known: P = _PLANS[key]
        return known, True
    made = make()
    if made is None or made.pattern.nnz <= _ENTRIES:
        _PLANS[key] = made
    if len(_PLANS) > _MOST:
        _PLANS.popitem(last=False)
    return made, False


def _key(stretch: Stretch) -> tuple[Hashable, ...]:
    place: dict[int, int] = {slot_of(point)[0]: -1 - i for i, point in enumerate(stretch.points)}
    place.update({node.key: i for i, node in enumerate(stretch.nodes)})
    nodes = tuple([_of_node(node, place) for node in stretch.nodes])
    ends = tuple([(place.get(slot_of(out)[0]), slot_of(out)[1]) for out in stretch.outputs])
    shapes = tuple([point.shape for point in stretch.points])
    return nodes, ends, shapes, tuple([(out.shape, out.requires_grad) for out in stretch.asked])


def _of_node(node: Node, place: dict[int, int]) -> tuple[Hashable, ...]:
    edges = tuple([None if edge is None else place.get(edge.key) for edge in node.edges])
    statics = tuple([(name, _frozen(held)) for name, held in node.statics.items()])
    constants: tuple[Hashable, ...] = ()
    if None in edges:
        constants = tuple([_zeros(t) for e, t in zip(node.edges, node.tensors, strict=False) if e is None])
    return node.rule.name, edges, node.output_nrs, node.shapes, statics, constants


def _zeros(saved: Any) -> Hashable:
    """Where a constant is zero; of truth values nothing is read."""
    if saved is None or is_truth(saved):
        return None
    zeros = np.equal(getattr(saved, "array", saved), 0)
    return (zeros.shape, np.packbits(zeros).tobytes() if zeros.any() else b"")


def _frozen(held: Any) -> Hashable:
    """A static argument as what can be compared: the recursion is as deep as an index is."""
    if isinstance(held, slice):
        return ("slice", held.start, held.stop, held.step)
    if isinstance(held, np.ndarray):
        return (held.shape, str(held.dtype), held.tobytes())
    if isinstance(held, tuple | list):
        return tuple([_frozen(one) for one in held])
    return held if isinstance(held, Hashable) else repr(held)
