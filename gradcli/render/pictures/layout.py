"""A layered layout after Sugiyama: inputs at the top, the result at the bottom, few lines crossing."""

from __future__ import annotations

from collections.abc import Sequence

from gradcli.render.pictures.coordinates import placed
from gradcli.render.pictures.geometry import Layout, Point, Size, Wire
from gradcli.render.pictures.layers import Layers, layers_of
from gradcli.render.pictures.ordering import untangle

__all__ = ["layered"]

GAP = 24.0
"""Pixels between boxes of a row."""

FALL = 40.0
"""Pixels between rows."""

_THIN = 14.0  # beside a line that passes
_MARGIN = 12.0


def layered(sizes: Sequence[Size], inputs: Sequence[Sequence[int]]) -> Layout:
    """Where boxes stand and how lines run.

    Args:
        sizes: of the boxes, in pixels.
        inputs: for each node the positions of those that it is computed from, all of them smaller than its own.

    >>> found = layered([Size(40, 20)] * 3, [(), (), (0, 1)])
    >>> found.centres
    ((32.0, 22.0), (96.0, 22.0), (64.0, 82.0))
    """
    layers = layers_of(inputs)
    untangle(layers)
    count = len(sizes)
    widths = [size.width for size in sizes] + [0.0] * (len(layers.owners) - count)
    xs = placed(layers, widths, count, GAP, _THIN)
    left = min((x - width / 2 for x, width in zip(xs, widths, strict=True)), default=0.0) - _MARGIN
    xs = [_rounded(x - left) for x in xs]
    bands, bottom = _bands(layers, sizes)
    right = max((x + width / 2 for x, width in zip(xs, widths, strict=True)), default=0.0) + _MARGIN
    row_of = {item: index for index, row in enumerate(layers.rows) for item in row}
    middle = [sum(bands[row_of[item]]) / 2 for item in range(count)]
    centres = tuple(zip(xs[:count], middle, strict=True))
    return Layout(Size(_rounded(right), bottom), centres, _wires(layers, sizes, xs, bands, row_of, centres))


def _bands(layers: Layers, sizes: Sequence[Size]) -> tuple[list[tuple[float, float]], float]:
    """The top and bottom of each row, and the height of all."""
    bands, top = [], _MARGIN
    for row in layers.rows:
        height = max(sizes[item].height if item < len(sizes) else 0.0 for item in row)
        bands.append((top, top + height))
        top += height + FALL
    return bands, top - FALL + _MARGIN


def _wires(
    layers: Layers,
    sizes: Sequence[Size],
    xs: Sequence[float],
    bands: Sequence[tuple[float, float]],
    row_of: dict[int, int],
    centres: Sequence[Point],
) -> tuple[Wire, ...]:
    count = len(sizes)

    def leaves(item: int) -> Point:
        """Where a line goes on below an item."""
        if item < count:
            return xs[item], centres[item][1] + sizes[item].height / 2
        return xs[item], bands[row_of[item]][1]

    ways: dict[int, list[int]] = {}
    for item in range(count, len(layers.owners)):
        ways.setdefault(layers.owners[item], []).append(item)
    wires = []
    for source, items in ways.items():
        route: list[Point] = [leaves(source)]
        for item in items:
            top, bottom = bands[row_of[item]]
            _bend(route, (xs[item], top))
            _bend(route, (xs[item], bottom))
        wires.append(Wire(source, None, tuple(route)))
    arriving: dict[int, list[int]] = {}
    for start, node in layers.ends:
        arriving.setdefault(node, []).append(start)
    for node, starts in arriving.items():
        x, y = centres[node]
        top = y - sizes[node].height / 2
        for i, start in enumerate(sorted(starts, key=lambda item: xs[item])):
            at = x + sizes[node].width * ((i + 1) / (len(starts) + 1) - 0.5)
            route = [leaves(start)]
            _bend(route, (_rounded(at), top))
            wires.append(Wire(layers.owners[start], node, tuple(route)))
    return tuple(wires)


def _bend(route: list[Point], end: Point) -> None:
    """Go on to a point, straight down at both ends; what goes on straight becomes one piece."""
    x, y = route[-1]
    if x == end[0] and len(route) > 3 and route[-2][0] == route[-3][0] == route[-4][0] == x:
        del route[-3:]
        x, y = route[-1]
    half = _rounded((y + end[1]) / 2)
    route += [(x, half), (end[0], half), end]


def _rounded(number: float) -> float:
    """To a tenth of a pixel, so that a picture is the same on every machine."""
    return round(number, 1)
