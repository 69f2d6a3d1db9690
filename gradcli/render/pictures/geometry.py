"""Where a graph's boxes and lines are: the same for every layout and for all that draws one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

__all__ = ["Layout", "Point", "Route", "Size", "Wire"]

Point: TypeAlias = tuple[float, float]
"""Pixels to the right and down."""


class Size(NamedTuple):
    """Pixels across and down."""

    width: float
    height: float


Route: TypeAlias = tuple[Point, ...]
"""A curve: a point, then for each cubic Bézier piece its two control points and its end."""


class Wire(NamedTuple):
    """A line from a node.

    Attributes:
        source: the node's position.
        target: the node that it ends at; None for a part that several lines of the source have in common.
        route: the curve.
    """

    source: int
    target: int | None
    route: Route


@dataclass(frozen=True, slots=True)
class Layout:
    """A drawn graph.

    Attributes:
        size: of the picture.
        centres: of the boxes, in the nodes' order.
        wires: the lines.
    """

    size: Size
    centres: tuple[Point, ...]
    wires: tuple[Wire, ...]
