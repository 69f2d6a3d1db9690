"""Batching rules: many cotangents or tangents go through one node at once, side by side along a leading axis.

Elementwise operations broadcast over the new axis by themselves, a reduction is its weights, what only moves entries
moves whole columns, a product becomes a product of matrices. Any other operation takes its directions one after the
other, by the rules that the table has for one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any, TypeAlias

import numpy as np

from gradcli.engine.sweeps.moves import Moves, moves_of
from gradcli.engine.tape.node import Node
from gradcli.errors import AutogradError

__all__ = ["Parts", "pull_many", "push_many"]

Shape: TypeAlias = tuple[int, ...]

Parts: TypeAlias = Mapping[int, Any]
"""For each of a node's outputs that has any, its cotangents or tangents: arrays of shape (directions, *shape)."""


def pull_many(node: Node, parts: Parts, count: int) -> Sequence[Any]:
    """For each of a node's inputs its cotangents, None for one that wants none.

    Args:
        node: what was recorded, still with what it saved.
        parts: the cotangents of its outputs.
        count: how many directions there are.
    """
    rule = node.rule
    kind = rule.op.kind
    if kind == "elementwise":
        return _pull_elementwise(node, parts[0])
    if kind == "reduction":
        return (_spread(parts[0], node.shapes[0], node.statics["axis"]) * _weights(node, parts[0].shape[1:]),)
    if kind == "multilinear":
        pull = _PULLS.get(rule.name)
        if pull is not None and all(len(shape) in (1, 2) for shape in node.shapes):
            return [None if e is None else pull(i, parts[0], *node.inputs) for i, e in enumerate(node.edges)]
    if kind == "linear":
        if rule.op.name in _RESHAPES:
            return (parts[0].reshape((count, *node.shapes[0])),)
        if _few_and_large(node, count):
            return _pull_each(node, parts, count)
        if _is_sliced(node):
            return (_pull_sliced(node, parts[0]),)
        if rule.op.name == "scatter":
            return (_pull_scatter(node, parts[0]),)
        moves = moves_of(node)
        if moves is not None:
            return _pull_moved(node, moves, parts, count)
    return _pull_each(node, parts, count)


def push_many(node: Node, arrived: Sequence[Any], count: int) -> Parts:
    """The tangents of a node's outputs.

    Args:
        node: what was recorded, still with what it saved.
        arrived: for each input its tangents, None for one that does not move.
        count: how many directions there are.
    """
    rule = node.rule
    kind = rule.op.kind
    if kind == "elementwise":
        return {0: _push_elementwise(node, arrived)}
    if kind == "reduction":
        return {0: _push_reduction(node, arrived[0])}
    if kind == "multilinear":
        push = _PUSHES.get(rule.name)
        if push is not None and all(len(shape) in (1, 2) for shape in node.shapes):
            pushed = [push(i, t, *node.inputs) for i, t in enumerate(arrived) if t is not None]
            return {0: pushed[0] if len(pushed) == 1 else pushed[0] + pushed[1]}
    if kind == "linear":
        if _few_and_large(node, count):
            return _push_each(node, arrived, count)
        if _is_sliced(node):
            return {0: _push_sliced(node, arrived[0])}
        if rule.op.name == "scatter":
            return {0: _push_scatter(node, arrived[0], count)}
        moves = moves_of(node)
        if moves is not None:
            return _push_moved(node, moves, arrived, count)
    return _push_each(node, arrived, count)


def _few_and_large(node: Node, count: int) -> bool:
    """Whether an operation's own rule for one direction is quickest: what it makes are views, or whole copies."""
    return count == 1 or (count <= _FEW and sum(prod(shape) for shape in node.shapes) >= _LARGE)


_FEW, _LARGE = 4, 4096

_RESHAPES = frozenset({"reshape", "ravel", "squeeze", "expand_dims", "clone"})
"""Operations whose transpose is the argument's shape."""


# Elementwise.


def _pull_elementwise(node: Node, g: Any) -> list[Any]:
    rule, shapes, inputs = node.rule, node.shapes, node.inputs
    found: list[Any] = []
    for i, edge in enumerate(node.edges):
        if edge is None:
            found.append(None)
            continue
        cotangent = rule.vjps[i](g, node.out, inputs, shapes, node.statics)
        found.append(_summed(cotangent, shapes[i]) if shapes else cotangent)
    return found


def _summed(g: Any, shape: Shape) -> Any:
    """Cotangents summed over the axes along which broadcasting repeated an argument of this shape."""
    if g.shape[1:] == shape:
        return g
    extra = g.ndim - 1 - len(shape)
    stretched = tuple(range(1, extra + 1))
    stretched += tuple(i + extra + 1 for i, n in enumerate(shape) if n == 1 and g.shape[i + extra + 1] != 1)
    summed = np.sum(g, axis=stretched, keepdims=True) if stretched else g
    return summed.reshape((g.shape[0], *shape))


def _push_elementwise(node: Node, arrived: Sequence[Any]) -> Any:
    rule, shapes, inputs = node.rule, node.shapes, node.inputs
    shape = np.broadcast_shapes(*shapes) if shapes else None
    total: Any = None
    own = False
    for i, t in enumerate(arrived):
        if t is None:
            continue
        given = t if shape is None else t.reshape((t.shape[0], *(1,) * (len(shape) + 1 - t.ndim), *t.shape[1:]))
        if total is not None and i == 1 and rule.name == "sub":  # without an array for -t
            total = total - given
            continue
        part = rule.jvps[i](given, node.out, inputs, shapes, node.statics)
        if total is None:
            total, own = part, part is not given
        else:
            total, own = _added(total, part, own), True
    if shape is not None and total.shape[1:] != shape:
        total = np.broadcast_to(total, (total.shape[0], *shape))
    return total


def _added(total: Any, part: Any, own: bool) -> Any:
    """The sum, in the memory of the first where that was made here."""
    if own and total.shape == part.shape and total.dtype == part.dtype and total.flags.owndata:
        return np.add(total, part, out=total)
    return total + part


# Reductions.


def _weights(node: Node, shape: Shape) -> Any:
    """What each entry of the argument counts in a result of this shape; 1 for a sum."""
    if node.rule.op.partials == ("1",):
        return 1.0
    return node.rule.vjps[0](np.ones(shape), node.out, node.inputs, node.shapes, node.statics)


def _spread(g: Any, shape: Shape, axis: Any) -> Any:
    """The cotangents of a reduction over all that was reduced."""
    axes = range(len(shape)) if axis is None else (axis if isinstance(axis, tuple) else (axis,))
    reduced = {a % len(shape) for a in axes} if shape else set()
    kept = tuple([1 if i in reduced else n for i, n in enumerate(shape)])
    return np.broadcast_to(g.reshape((g.shape[0], *kept)), (g.shape[0], *shape))


def _push_reduction(node: Node, t: Any) -> Any:
    shape, axis, keep = node.shapes[0], node.statics["axis"], node.statics["keepdims"]
    if not shape:
        return t * _weights(node, ())
    axes = range(len(shape)) if axis is None else (axis if isinstance(axis, tuple) else (axis,))
    reduced = {a % len(shape) for a in axes}
    out = tuple([1 if i in reduced else n for i, n in enumerate(shape) if keep or i not in reduced])
    return np.sum(t * _weights(node, out), axis=tuple(a + 1 for a in sorted(reduced)), keepdims=keep)


# What only moves entries.


def _pull_moved(node: Node, moves: Moves, parts: Parts, count: int) -> list[Any]:
    total = sum(moves.sizes)
    whole = np.zeros((count, total), dtype=next(iter(parts.values())).dtype)
    for nr, g in parts.items():
        _add_at(whole, moves.sources[nr].ravel(), g.reshape(count, -1))
    cut = np.split(whole, np.cumsum(moves.sizes)[:-1], axis=1)
    return [
        None if edge is None else part.reshape((count, *shape))
        for edge, part, shape in zip(node.edges, cut, node.shapes, strict=True)
    ]


def _add_at(whole: Any, places: Any, g: Any) -> None:
    """Add columns at their places in all rows; -1 is no place, and what meets at one adds up."""
    if places.size and places.min() < 0:
        kept = places >= 0
        places, g = places[kept], g[:, kept]
    if not places.size:
        return
    if np.bincount(places, minlength=whole.shape[1]).max() == 1:
        whole[:, places] += g
        return
    order = np.argsort(places, kind="stable")
    ordered = places[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    whole[:, ordered[starts]] += np.add.reduceat(g[:, order], starts, axis=1)


def _push_moved(node: Node, moves: Moves, arrived: Sequence[Any], count: int) -> Parts:
    kind = np.result_type(*[t.dtype for t in arrived if t is not None])
    flat = [
        np.zeros((count, size), dtype=kind) if t is None else t.reshape(count, -1)
        for t, size in zip(arrived, moves.sizes, strict=True)
    ]
    whole = flat[0] if len(flat) == 1 else np.concatenate(flat, axis=1)
    return {nr: _taken(whole, places) for nr, places in enumerate(moves.sources)}


def _taken(whole: Any, places: Any) -> Any:
    found = whole[:, places.ravel()] if places.size else np.zeros((whole.shape[0], 0), dtype=whole.dtype)
    if places.size and places.min() < 0:
        found[:, places.ravel() < 0] = 0.0
    return found.reshape((whole.shape[0], *places.shape))


def _is_sliced(node: Node) -> bool:
    """Whether it is an index, or the transpose of one, that takes no entry twice and can be led by another axis."""
    if node.rule.name not in ("getitem", "scatter"):
        return False
    return all(
        i is None or i is Ellipsis or (isinstance(i, slice | int | np.integer) and not isinstance(i, bool))
        for i in node.statics["index"]
    )


def _pull_sliced(node: Node, g: Any) -> Any:
    index, shape = (slice(None), *node.statics["index"]), node.shapes[0]
    if node.rule.name == "scatter":
        return np.broadcast_to(g[index], (len(g), *shape))
    whole = np.zeros((len(g), *shape), dtype=g.dtype)
    whole[index] = g
    return whole


def _push_sliced(node: Node, t: Any) -> Any:
    index = (slice(None), *node.statics["index"])
    if node.rule.name == "getitem":
        return t[index]
    whole = np.zeros((len(t), *node.statics["shape"]), dtype=t.dtype)
    whole[index] = t
    return whole


def _places(node: Node) -> Any:
    """Where a scatter's entries go, in the argument's shape."""
    shape = node.statics["shape"]
    every = np.arange(prod(shape)).reshape(shape)[node.statics["index"]]
    return np.broadcast_to(every, node.shapes[0]).ravel()


def _pull_scatter(node: Node, g: Any) -> Any:
    return g.reshape(g.shape[0], -1)[:, _places(node)].reshape((g.shape[0], *node.shapes[0]))


def _push_scatter(node: Node, t: Any, count: int) -> Any:
    shape = node.statics["shape"]
    whole = np.zeros((count, prod(shape)), dtype=t.dtype)
    _add_at(whole, _places(node), t.reshape(count, -1))
    return whole.reshape((count, *shape))


# Products of vectors and matrices.


def _pull_product(i: int, g: Any, a: Any, b: Any) -> Any:
    """Of a @ b: the cotangents g b' and a' g, with a vector seen as a matrix of one row or column."""
    rows = len(g)
    if i == 0:
        if b.ndim == 1:
            return g[..., None] * b  # of a vector a, where g has no axis beside the first, as well
        return g @ b.T
    if a.ndim == 1:
        return g[:, None] * a if b.ndim == 1 else a[:, None] * g[:, None, :]
    return g @ a if b.ndim == 1 else np.matmul(a.T, g.reshape((rows, a.shape[0], b.shape[1])))


def _push_product(i: int, t: Any, a: Any, b: Any) -> Any:
    if i == 0:
        return np.matmul(t, b)
    if t.ndim == 2:
        return t @ (a.T if a.ndim == 2 else a)
    return np.matmul(a, t)


def _pull_outer(i: int, g: Any, a: Any, b: Any) -> Any:
    if i == 0:
        return (g @ b.ravel()).reshape((len(g), *a.shape))
    return np.matmul(a.ravel(), g).reshape((len(g), *b.shape))


def _push_outer(i: int, t: Any, a: Any, b: Any) -> Any:
    flat = t.reshape(len(t), -1)
    return flat[:, :, None] * b.ravel() if i == 0 else a.ravel()[:, None] * flat[:, None, :]


_PULLS: dict[str, Callable[..., Any]] = {"matmul": _pull_product, "dot": _pull_product, "outer": _pull_outer}
_PUSHES: dict[str, Callable[..., Any]] = {"matmul": _push_product, "dot": _push_product, "outer": _push_outer}


# One after the other.


def _pull_each(node: Node, parts: Parts, count: int) -> list[Any]:
    rows = [_pull_one(node, {nr: g[k] for nr, g in parts.items()}) for k in range(count)]
    return [None if edge is None else _side_by_side([row[i] for row in rows]) for i, edge in enumerate(node.edges)]


def _side_by_side(rows: Sequence[Any]) -> Any:
    return np.asarray(rows[0])[np.newaxis] if len(rows) == 1 else np.stack(rows)


def _pull_one(node: Node, parts: Parts) -> Sequence[Any]:
    rule, inputs, shapes, statics = node.rule, node.inputs, node.shapes, node.statics
    g: Any = parts[0] if not rule.multi_output else None
    if g is None:
        missing = (lambda shape: None) if rule.takes_undefined else np.zeros
        g = [parts[nr] if nr in parts else missing(shape) for nr, shape in enumerate(node.output_shapes)]
    if rule.variadic:
        found: Sequence[Any] = rule.vjps[0](g, node.out, inputs, shapes, statics)
        return found
    wanted = enumerate(node.edges)
    return [None if edge is None else rule.vjps[i](g, node.out, inputs, shapes, statics) for i, edge in wanted]


def _push_each(node: Node, arrived: Sequence[Any], count: int) -> Parts:
    rule, inputs, shapes, statics = node.rule, node.inputs, node.shapes, node.statics
    if not rule.jvps:
        raise AutogradError(f"forward mode does not go through {rule.name}", hint="use backward, vjp or jacrev")
    rows = []
    for k in range(count):
        given = [None if t is None else t[k] for t in arrived]
        if rule.variadic:
            whole = [np.zeros(shape) if t is None else t for t, shape in zip(given, shapes, strict=True)]
            rows.append(rule.jvps[0](whole, node.out, inputs, shapes, statics))
            continue
        pushed = [rule.jvps[i](t, node.out, inputs, shapes, statics) for i, t in enumerate(given) if t is not None]
        rows.append(pushed[0] if len(pushed) == 1 else _total(pushed, rule.multi_output))
    if rule.multi_output:
        return {nr: _side_by_side(column) for nr, column in enumerate(zip(*rows, strict=True))}
    return {0: _side_by_side(rows)}


def _total(pushed: Sequence[Any], several: bool) -> Any:
    """What the tangents of several arguments give together."""
    if several:
        return tuple([sum(column[1:], column[0]) for column in zip(*pushed, strict=True)])
    return sum(pushed[1:], pushed[0])
