"""The order of the items in each row, by barycentres: each near the middle of what its lines lead to."""

from __future__ import annotations

from collections.abc import Sequence

from gradcli.render.pictures.layers import Layers

__all__ = ["crossings", "untangle"]

_SWEEPS = 12
_LARGE = 5_000  # items from which on fewer sweeps must do
_PATIENCE = 3  # sweeps without a gain after which there is no more to hope for


def untangle(layers: Layers) -> None:
    """Sort every row by the mean place of the neighbours above, then below, and keep the best order that was met.

    >>> from gradcli.render.pictures.layers import layers_of
    >>> layers = layers_of([(), (), (), (1,), (0,), (3, 4, 2)])
    >>> layers.rows[0] = [0, 1]
    >>> untangle(layers)
    >>> layers.rows[0]
    [1, 0]
    """
    best, fewest = [row[:] for row in layers.rows], crossings(layers)
    tries = _SWEEPS if len(layers.owners) < _LARGE else _SWEEPS // 3
    idle = 0
    for sweep in range(tries):
        if fewest == 0 or idle >= _PATIENCE:
            break
        down = sweep % 2 == 1
        _sort(layers.rows if down else layers.rows[::-1], layers.above if down else layers.below)
        found = crossings(layers)
        idle = 0 if found < fewest else idle + 1
        if found < fewest:
            best, fewest = [row[:] for row in layers.rows], found
    layers.rows[:] = best


def _sort(rows: Sequence[list[int]], neighbours: Sequence[Sequence[int]]) -> None:
    places: dict[int, float] = {}
    for row in rows:
        own = {item: float(i) for i, item in enumerate(row)}
        for item in row:
            met = [places[other] for other in neighbours[item] if other in places]
            if met:
                own[item] = sum(met) / len(met)
        row.sort(key=own.__getitem__)
        places |= {item: float(i) for i, item in enumerate(row)}


def crossings(layers: Layers) -> int:
    """How many pairs of lines between neighbouring rows cross.

    >>> from gradcli.render.pictures.layers import layers_of
    >>> crossings(layers_of([(), (), (0, 1)]))
    0
    """
    total = 0
    for row, following in zip(layers.rows, layers.rows[1:], strict=False):
        place = {item: i for i, item in enumerate(following)}
        ends = [
            place[other] for item in row for other in sorted(layers.below[item], key=lambda o: place.get(o, -1))
            if other in place
        ]  # fmt: skip
        total += _inversions(ends, len(following))
    return total


def _inversions(numbers: Sequence[int], count: int) -> int:
    """Pairs in the wrong order, with a Fenwick tree of those that have come."""
    tree = [0] * (count + 1)
    found = 0
    for seen, number in enumerate(numbers):
        index, not_larger = number + 1, 0
        while index:
            not_larger += tree[index]
            index &= index - 1
        found += seen - not_larger
        index = number + 1
        while index <= count:
            tree[index] += 1
            index += index & -index
    return found
