"""A picture as PNG by matplotlib."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, PathPatch
from matplotlib.path import Path
from matplotlib.text import Text

from gradcli.render.pictures.boxes import LINE, Picture, size_of
from gradcli.render.pictures.colors import LIGHT
from gradcli.render.pictures.geometry import Layout, Route

__all__ = ["painted"]

_SCALE = 2.0
"""Pixels of the file for each of the layout, on screens of today."""

_LONGEST = 30_000.0
"""Pixels of an edge at most: Agg draws no more than 65,535, and viewers less."""

_FONT = "DejaVu Sans Mono"  # comes with matplotlib
_INKS = {"op": LIGHT.faint, "cut": LIGHT.faint, "value": LIGHT.value, "grad": LIGHT.grad, "kink": LIGHT.kink}


def painted(picture: Picture, layout: Layout) -> bytes:
    """A PNG, of twice as many pixels as the layout has, or as many as a picture may have."""
    width, height = layout.size
    scale = min(_SCALE, _LONGEST / max(width, height))
    figure = Figure(figsize=(width / 72, height / 72), dpi=72 * scale, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.set_axis_off()
    for wire in layout.wires:
        axes.add_patch(_line(wire.route))
        if wire.target is not None:
            axes.add_patch(_tip(wire.route))
    for box, centre in zip(picture.boxes, layout.centres, strict=True):
        size, shade = size_of(box), LIGHT.kinds[box.kind]
        corner = {"leaf": 14.0, "constant": 0.0, "operation": 6.0, "output": 6.0}[box.kind]
        left, top = centre[0] - size.width / 2, centre[1] - size.height / 2
        axes.add_patch(
            FancyBboxPatch(
                (left, top),
                size.width,
                size.height,
                boxstyle=f"round,pad=0,rounding_size={corner}" if corner else "square,pad=0",
                facecolor=shade.fill,
                edgecolor=LIGHT.kink if box.kink else shade.edge,
                linewidth=2.5 if box.kink or box.kind == "output" else 1.5,
                linestyle="--" if box.kink else "-",
            )
        )
        for i, line in enumerate(box.lines):
            text: Any = Text(
                centre[0],
                top + 6.0 + (i + 0.72) * LINE,
                line.text,
                color=_INKS.get(line.role, LIGHT.text),
                fontfamily=_FONT,
                fontsize=12 if line.role == "op" else 13,
                fontweight="bold" if line.role == "title" else "normal",
                horizontalalignment="center",
                verticalalignment="baseline",
                parse_math=False,
            )
            axes.add_artist(text)
    found = BytesIO()
    figure.savefig(found, format="png")
    return found.getvalue()


def _line(route: Route) -> PathPatch:
    codes = [Path.MOVETO] + [Path.CURVE4] * (len(route) - 1)
    return PathPatch(Path(list(route), codes), facecolor="none", edgecolor=LIGHT.wire, linewidth=1.5)


def _tip(route: Route) -> FancyArrowPatch:
    """The head of an arrow at the end of a curve."""
    (x, y), (fx, fy) = route[-1], route[-2]
    length = max(((x - fx) ** 2 + (y - fy) ** 2) ** 0.5, 1e-9)
    start = (x - (x - fx) / length * 8, y - (y - fy) / length * 8)
    return FancyArrowPatch(
        start, (x, y), arrowstyle="-|>", mutation_scale=10, shrinkA=0, shrinkB=0, color=LIGHT.wire, linewidth=1
    )
