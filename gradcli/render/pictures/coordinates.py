"""Where the items of ordered rows stand: near the mean of their neighbours, and clear of each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from gradcli.render.pictures.layers import Layers

__all__ = ["placed", "spread"]

_SWEEPS = 10
_STRAIGHT = 8.0
"""How much more a bend in a long line weighs than a node off the middle."""

_ROUNDS = 3
"""Times that long lines are straightened."""

_FREE = 0.01  # the weight of an item that nothing pulls

_FIXED = 1e6  # the weight of one that is not to move

_HEAVIEST = 30
"""Rows of what a node is made of that count: its weight is their number squared, so that a long chain runs straight
down, with what joins it beside it, and the parts of a balanced tree count alike."""


def placed(layers: Layers, widths: Sequence[float], count: int, gap: float, thin: float) -> list[float]:
    """The middle of each item, from the left.

    Args:
        layers: in order.
        widths: for each item.
        count: how many of the items are nodes; points on the way come after them.
        gap: between boxes.
        thin: beside a point on the way.
    """
    xs = [0.0] * len(layers.owners)
    masses = _masses(layers)
    apart: list[list[float]] = []
    for row in layers.rows:
        gaps = [(widths[a] + widths[b]) / 2 + (thin if a >= count or b >= count else gap) for a, b in pairwise(row)]
        apart.append(gaps)
        at = -sum(gaps) / 2
        for item, further in zip(row, [*gaps, 0.0], strict=True):
            xs[item] = at
            at += further

    def sweep(xs: list[float], order: Sequence[int], pulls: Callable[[int], list[int]], fixed: bool = False) -> None:
        """Move the items of each row to what pulls them; with `fixed` those alone that are pulled."""
        for index in order:
            row = layers.rows[index]
            wanted, weights = [], []
            for item in row:
                others = pulls(item)
                on_way = item >= count
                straight = [other for other in others if layers.owners[other] == layers.owners[item]] if on_way else []
                used = straight or others
                pull = sum(masses[other] for other in used)
                wanted.append(sum(xs[other] * masses[other] for other in used) / pull if used else xs[item])
                free = _FIXED if fixed else _FREE
                weights.append(masses[item] * (free if not used else _STRAIGHT if straight else 1.0))
            for item, x in zip(row, spread(wanted, weights, apart[index]), strict=True):
                xs[item] = x

    above, below = layers.above, layers.below
    down, up = range(len(layers.rows)), range(len(layers.rows) - 1, -1, -1)
    for _ in range(_SWEEPS if len(xs) < 5_000 else _SWEEPS // 2):
        sweep(xs, down, lambda item: above[item])
        sweep(xs, up, lambda item: below[item])
    # Trees are better with each node below the middle of its inputs, long chains with it between inputs and consumers.
    middles, trees = xs[:], xs[:]
    sweep(middles, down, lambda item: [*above[item], *below[item]])
    sweep(trees, down, lambda item: above[item])
    for candidate in (middles, trees):
        sweep(candidate, up, lambda item: [] if above[item] else below[item], fixed=True)
        _straighten(layers, candidate, apart, count)
    return min(middles, trees, key=lambda candidate: _across(layers, candidate))


def _across(layers: Layers, xs: Sequence[float]) -> float:
    """How far lines run to the side, all in all."""
    return sum(abs(xs[item] - xs[other]) for item, others in enumerate(layers.below) for other in others)


def _masses(layers: Layers) -> list[float]:
    """How much each item weighs: the more, the more rows of nodes it is made of."""
    depths = [1] * len(layers.owners)
    for row in layers.rows:
        for item in row:
            depths[item] = max((depths[other] + 1 for other in layers.above[item]), default=1)
    return [float(min(depth, _HEAVIEST) ** 2) for depth in depths]


def spread(wanted: Sequence[float], weights: Sequence[float], gaps: Sequence[float]) -> list[float]:
    """The places nearest to those that are wanted, by weighted squares, of items in order that stand apart.

    Less the gaps before them, places are to be non-decreasing: isotonic regression, by pooling neighbours that are out
    of order. It takes linear time.

    >>> spread([0.0, 0.0], [1.0, 1.0], [2.0]), spread([0.0, 5.0], [1.0, 1.0], [2.0])
    ([-1.0, 1.0], [0.0, 5.0])
    """
    offsets = [0.0]
    for gap in gaps:
        offsets.append(offsets[-1] + gap)
    pools: list[tuple[float, float, int]] = []  # (mean, weight, items)
    for place, weight, offset in zip(wanted, weights, offsets, strict=False):
        mean, heavy, items = place - offset, weight, 1
        while pools and pools[-1][0] >= mean:
            other, pooled, more = pools.pop()
            mean = (mean * heavy + other * pooled) / (heavy + pooled)
            heavy += pooled
            items += more
        pools.append((mean, heavy, items))
    means = [mean for mean, _, items in pools for _ in range(items)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=False)]


def _straighten(layers: Layers, xs: list[float], apart: Sequence[Sequence[float]], count: int) -> None:
    """Give the points of each long line one place in as many rows at once as have room for it.

    Args:
        layers: in order.
        xs: of the items; they are changed.
        apart: for each row how far neighbours must be from each other.
        count: how many of the items are nodes.
    """
    ways: dict[int, list[int]] = {}
    place: dict[int, tuple[int, int]] = {}
    for index, row in enumerate(layers.rows):
        for i, item in enumerate(row):
            place[item] = (index, i)
            if item >= count:
                ways.setdefault(layers.owners[item], []).append(item)

    def room(item: int) -> tuple[float, float]:
        """Between what places an item may stand."""
        index, i = place[item]
        row, gaps = layers.rows[index], apart[index]
        left = xs[row[i - 1]] + gaps[i - 1] if i else float("-inf")
        return left, xs[row[i + 1]] - gaps[i] if i + 1 < len(row) else float("inf")

    for _ in range(_ROUNDS):  # what one line gives way to may leave room for another
        for items in ways.values():
            run: list[int] = []
            low, high = float("-inf"), float("inf")
            for item in items:
                left, right = room(item)
                if max(low, left) > min(high, right):
                    _align(run, low, high, xs)
                    run, low, high = [], float("-inf"), float("inf")
                run.append(item)
                low, high = max(low, left), min(high, right)
            _align(run, low, high, xs)


def _align(items: Sequence[int], low: float, high: float, xs: list[float]) -> None:
    """Put items at their median, or as near to it as they may."""
    if items:
        middle = min(max(sorted(xs[item] for item in items)[len(items) // 2], low), high)
        for item in items:
            xs[item] = middle
