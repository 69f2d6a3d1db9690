"""Where a linear operation that only moves entries takes each of them from.

Slices, gathers, shapes, joins, repetitions and paddings differ in all but this: each entry of the value is an entry of
an argument, or a zero. So numbers that say where they stand are sent through the operation, and what comes out says
where each was. Other numbers sent the same way must come out at the same places; what adds entries up, such as a
trace, does not pass.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.rules.rule import Rule
from gradcli.engine.tape.node import Node

__all__ = ["Moves", "moves_of"]

_SEED = 20_261
"""Of the second numbers; any will do."""

_SAME = 1e-6
"""Relative difference up to which they are the same: an operation may give single precision."""


_PLAIN = frozenset({"getitem", "reshape", "ravel", "broadcast_to", "transpose", "squeeze", "expand_dims", "clone"})
"""What is known to move entries: positions are sent through once, as the whole numbers that they are."""


class Moves(NamedTuple):
    """Where the entries of an operation's values come from.

    Attributes:
        sources: for each value, in its shape, the position of each entry among the entries of all arguments, laid out
            one argument after the other; -1 for a zero.
        sizes: how many entries each argument has.
    """

    sources: tuple[NDArray[np.int64], ...]
    sizes: tuple[int, ...]


@np.errstate(all="ignore")
def moves_of(node: Node) -> Moves | None:
    """Where a node's operation moves entries to; None for one that does more than move them.

    >>> import gradcli
    >>> x = gradcli.tensor([1.0, 2.0, 3.0], requires_grad=True)
    >>> moves_of(x[1:].grad_fn)
    Moves(sources=(array([1, 2]),), sizes=(3,))
    >>> moves_of(gradcli.cumsum(x, 0).grad_fn)
    """
    rule: Any = node.rule
    if not isinstance(rule, Rule) or rule.op.kind != "linear":
        return None
    sizes = tuple([int(np.prod(shape, dtype=int)) for shape in node.shapes])
    total = sum(sizes)
    if rule.name in _PLAIN:
        return Moves((np.asarray(rule.forward(np.arange(total).reshape(node.shapes[0]), **node.statics)),), sizes)
    order = np.arange(1.0, total + 1)
    marks = np.random.default_rng(_SEED).uniform(0.5, 1.5, total + 1)
    marks[0] = 0.0
    found = []
    for places, seen in zip(_sent(node, order, sizes), _sent(node, marks[1:], sizes), strict=True):
        index = places.astype(np.int64)
        if places.size and not (index.min() >= 0 and index.max() <= total and np.array_equal(index, places)):
            return None
        if not np.allclose(marks[index], seen, rtol=_SAME, atol=0.0):
            return None
        found.append(index - 1)
    return Moves(tuple(found), sizes)


def _sent(node: Node, numbers: NDArray[np.float64], sizes: tuple[int, ...]) -> list[NDArray[Any]]:
    """What the operation makes of these numbers, an array for each of its values."""
    parts = np.split(numbers, np.cumsum(sizes)[:-1])
    given = [part.reshape(shape) for part, shape in zip(parts, node.shapes, strict=True)]
    made = node.rule.forward(*given, **node.statics)
    return [np.asarray(part) for part in (made if node.rule.multi_output else (made,))]
