"""Index sets through one node: of its value's entries, given those of its arguments.

Exact for elementwise operations, for what moves entries, for reductions, scans and products of arrays; any other
operation's entries are taken to depend on all that its arguments do, along an axis where it works along one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.rules.rule import Rule
from gradcli.engine.sparsity.index_sets import Sets, all_of_all, empty, relation, stacked, taken, times, union
from gradcli.engine.sparsity.products import depends, terms_of
from gradcli.engine.sparsity.zeros import zero_places
from gradcli.engine.sweeps.moves import moves_of
from gradcli.engine.tape.node import Node

__all__ = ["Varies", "is_exact", "sets_of"]

Shape: TypeAlias = tuple[int, ...]

Varies: TypeAlias = Callable[[Any], bool]
"""Whether what a node has saved, and is not differentiated by, is no constant: a comparison of variables is none."""

_ALONG_AN_AXIS = frozenset({"softmax", "log_softmax", "sort"})
"""Each entry depends on all of its row along the axis."""

_RUNNING = frozenset({"cumsum", "cumprod"})
"""Each entry depends on those before it along the axis, and on its own."""


def is_exact(node: Node) -> bool:
    """Whether nothing is taken to depend on more than it does."""
    rule: Any = node.rule
    if not isinstance(rule, Rule):
        return False
    if rule.op.kind == "general":
        return (
            rule.name in _ALONG_AN_AXIS | _RUNNING or terms_of(rule.name, node.shapes, dict(node.statics)) is not None
        )
    return rule.name not in ("cross", "trace")


def sets_of(
    node: Node, arrived: Sequence[Sets | None], shapes: Sequence[Shape | None], width: int, varies: Varies
) -> list[Sets]:
    """The sets of each of a node's values.

    Args:
        node: what was recorded.
        arrived: the sets of its arguments; None for one that depends on nothing.
        shapes: those of its values, None for one that nobody reads.
        width: how many input entries there are.
        varies: tells constants.

    Raises:
        MemoryProblem: for more places than there is room for.
    """
    rule: Any = node.rule
    kind = rule.op.kind
    if not any(part is not None and part.shape[0] for part in arrived):  # arrays without entries
        return [empty(1 if shape is None else prod(shape), width) for shape in shapes]
    if kind == "elementwise":
        assert shapes[0] is not None  # a single value is read, or the node would not lead to an output
        return [_of_elementwise(node, arrived, shapes[0], width, varies)]
    if kind == "reduction" and arrived[0] is not None:
        return [times(_groups(node.shapes[0], node.statics["axis"]), arrived[0])]
    if kind == "linear":
        if rule.name == "scatter" and arrived[0] is not None:
            return [_of_scatter(node, arrived[0])]
        moves = moves_of(node)
        if moves is not None:
            filled = [empty(n, width) if part is None else part for n, part in zip(moves.sizes, arrived, strict=True)]
            whole = stacked(filled)
            return [taken(whole, places.ravel()) for places in moves.sources]
    if rule.name in _RUNNING and arrived[0] is not None:
        return [times(_before(node.shapes[0], node.statics["axis"]), arrived[0])]
    if rule.name in _ALONG_AN_AXIS and arrived[0] is not None:
        return [_along(node, arrived[0])]
    if kind in ("multilinear", "general") and isinstance(rule, Rule):
        terms = terms_of(rule.name, node.shapes, dict(node.statics))
        if terms is not None:
            lives = [_live(node, k, varies) for k in range(len(node.edges))]
            parts = [times(depends(terms, i, lives), part) for i, part in enumerate(arrived) if part is not None]
            return [union(parts)]
    everything = stacked([part for part in arrived if part is not None])
    return [all_of_all(everything, 1 if shape is None else prod(shape)) for shape in shapes]


def _of_elementwise(node: Node, arrived: Sequence[Sets | None], shape: Shape, width: int, varies: Varies) -> Sets:
    """The union of the arguments' sets, each repeated as broadcasting does, without what constants leave out."""
    constants = _constants(node, varies)
    parts = []
    for i, part in enumerate(arrived):
        if part is None:
            continue
        zeros = zero_places(node.rule.name, i, constants)
        if zeros is True:
            continue
        own = node.shapes[i] if node.shapes else shape
        if own != shape:
            part = taken(part, np.broadcast_to(np.arange(prod(own)).reshape(own), shape).ravel())
        if zeros is not False:
            dead = np.broadcast_to(zeros, shape).ravel()
            if dead.any():
                part = taken(part, np.where(dead, -1, np.arange(prod(shape))))
        parts.append(part)
    return union(parts) if parts else empty(prod(shape), width)


def _constants(node: Node, varies: Varies) -> dict[str, Any]:
    """What does not move of an elementwise operation's arguments, by name."""
    op = node.rule.op
    known = dict(node.statics)
    for param, edge, saved in zip(op.params, node.edges, node.tensors, strict=False):
        if edge is None and saved is not None and not varies(saved):
            known[param] = getattr(saved, "array", saved)
    return known


def _live(node: Node, k: int, varies: Varies) -> NDArray[np.bool_]:
    """Where a factor may differ from zero: a constant's zeros are zeros for ever."""
    saved = node.tensors[k] if node.tensors else None
    if node.edges[k] is not None or saved is None or varies(saved):
        return np.ones(prod(node.shapes[k]), dtype=bool)
    return np.asarray(np.not_equal(np.ravel(getattr(saved, "array", saved)), 0))


def _groups(shape: Shape, axis: Any) -> Sets:
    """Which entries of an array are reduced to which of the result."""
    axes = range(len(shape)) if axis is None else (axis if isinstance(axis, tuple) else (axis,))
    reduced = {a % len(shape) for a in axes} if shape else set()
    kept = tuple([1 if i in reduced else n for i, n in enumerate(shape)])
    rows = np.broadcast_to(np.arange(prod(kept)).reshape(kept), shape).ravel()
    return relation(rows, np.arange(prod(shape)), (prod(kept), prod(shape)))


def _along(node: Node, sets: Sets) -> Sets:
    shape, axis = node.shapes[0], node.statics["axis"]
    groups = _groups(shape, axis)
    return times(groups.T.tocsr(), times(groups, sets))


def _before(shape: Shape, axis: int | None) -> Sets:
    """For each entry itself and those before it along an axis, or among all of them."""
    line = np.arange(prod(shape)).reshape(shape)
    lines = line.reshape(1, -1) if axis is None or not shape else np.moveaxis(line, axis, -1).reshape(-1, shape[axis])
    later, earlier = np.tril_indices(lines.shape[1])
    return relation(lines[:, later].ravel(), lines[:, earlier].ravel(), (line.size, line.size))


def _of_scatter(node: Node, sets: Sets) -> Sets:
    shape = node.statics["shape"]
    every = np.arange(prod(shape)).reshape(shape)[node.statics["index"]]
    places = np.broadcast_to(every, node.shapes[0]).ravel()
    if not places.size or np.bincount(places).max() == 1:
        sources = np.full(prod(shape), -1, dtype=np.int64)
        sources[places] = np.arange(len(places))
        return taken(sets, sources)
    return times(relation(places, np.arange(len(places)), (prod(shape), len(places))), sets)
