"""Blocks of cotangents with one entry that is not zero in each direction, as seeds are, kept as that entry alone.

Elementwise operations and those that move entries leave one entry in each direction, and the first product makes rows
of it without a product of matrices: of tanh(A@x) the Jacobian is the rows of A, each times a number.
"""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.sweeps.moves import moves_of
from gradcli.engine.tape.node import Node

__all__ = ["OneHot", "added", "densely", "pull_one_hot", "seeds"]


class OneHot(NamedTuple):
    """Cotangents of an array.

    Attributes:
        values: for each direction the one number.
        places: where it stands in the array, counted in C order.
        shape: the array's.
    """

    values: NDArray[Any]
    places: NDArray[np.int64]
    shape: tuple[int, ...]


def seeds(shape: tuple[int, ...], start: int, count: int, dtype: Any) -> OneHot:
    """The seeds of `count` entries of an array, from one on.

    >>> densely(seeds((3,), 1, 2, np.float64))
    array([[0., 1., 0.],
           [0., 0., 1.]])
    """
    return OneHot(np.ones(count, dtype=dtype), np.arange(start, start + count), shape)


def densely(g: Any) -> Any:
    """Cotangents as an array of shape (directions, *shape)."""
    if not isinstance(g, OneHot):
        return g
    count = len(g.values)
    whole = np.zeros((count, prod(g.shape)), dtype=g.values.dtype)
    whole[np.arange(count), g.places] = g.values
    return whole.reshape((count, *g.shape))


def added(first: Any, second: Any) -> Any:
    """The sum of two blocks of cotangents."""
    if isinstance(first, OneHot) and isinstance(second, OneHot) and np.array_equal(first.places, second.places):
        return first._replace(values=first.values + second.values)
    return densely(first) + densely(second)


def pull_one_hot(node: Node, g: OneHot) -> list[Any] | None:
    """For each of a node's inputs its cotangents; None where its operation makes more than one entry of one."""
    rule = node.rule
    if rule.op.kind == "elementwise":
        return _through_elementwise(node, g)
    if rule.op.kind == "linear" and not rule.multi_output and len(node.edges) == 1:
        moves = moves_of(node)
        if moves is not None:
            sources = moves.sources[0].ravel()[g.places]
            values = np.where(sources < 0, 0.0, g.values).astype(g.values.dtype)
            return [OneHot(values, np.maximum(sources, 0), node.shapes[0])] if moves.sizes[0] else None
    if rule.name in ("matmul", "dot") and [len(shape) for shape in node.shapes] == [2, 1] and node.edges[0] is None:
        return [None, g.values[:, None] * node.inputs[0][g.places]]
    return None


def _through_elementwise(node: Node, g: OneHot) -> list[Any] | None:
    """One product with the partials for all directions, since no two of them stand at one place."""
    if g.places.size and np.bincount(g.places).max() > 1:
        return None
    whole = np.zeros(prod(g.shape), dtype=g.values.dtype)
    whole[g.places] = g.values
    cotangent, found = whole.reshape(g.shape), list[Any]()
    for i, edge in enumerate(node.edges):
        if edge is None:
            found.append(None)
            continue
        shape = node.shapes[i] if node.shapes else g.shape
        pulled = np.broadcast_to(
            node.rule.vjps[i](cotangent, node.out, node.inputs, node.shapes, node.statics), g.shape
        )
        places = g.places
        if shape != g.shape:
            places = np.broadcast_to(np.arange(prod(shape)).reshape(shape), g.shape).ravel()[places]
        found.append(OneHot(pulled.ravel()[g.places], places, shape))
    return found
