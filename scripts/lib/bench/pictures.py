"""Plots of how time grows, drawn by Matplotlib where it is installed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

__all__ = ["draw"]

COLUMNS = 3
SIDE = 3.6
"""Inches of a plot."""

Curves = Mapping[str, Mapping[str, Sequence[Sequence[float]]]]


def draw(curves: Curves, path: Path) -> None:
    """One picture of all plots, both axes of each logarithmic: what is linear in n goes up by a decade in a decade.

    Args:
        curves: by the plot's title, "what: unit", and by the library the points.
        path: of the SVG file; its folder is there.
    """
    if not curves or not find_spec("matplotlib"):
        return
    import matplotlib as mpl
    from matplotlib.figure import Figure

    rows = -(-len(curves) // COLUMNS)
    with mpl.rc_context({"svg.hashsalt": "gradcli", "svg.fonttype": "none", "axes.spines.top": False,
                         "axes.spines.right": False}):  # fmt: skip
        figure = Figure((SIDE * COLUMNS, SIDE * rows), layout="constrained")
        for place, (name, libraries) in enumerate(curves.items(), start=1):
            axes = figure.add_subplot(rows, COLUMNS, place)
            for library, points in libraries.items():
                ours = library.startswith("gradcli")
                axes.loglog(*zip(*points, strict=True), marker="o", markersize=3, label=library, lw=2 if ours else 1)
            axes.set_title(name, fontsize=10)
            axes.set_ylabel("seconds", fontsize=9)
            axes.legend(fontsize=7)
        figure.savefig(path, format="svg", metadata={"Date": None, "Title": "How time grows"})
