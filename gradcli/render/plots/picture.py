"""Plots as PNG, SVG and PDF: this module alone knows the library that draws them."""

from __future__ import annotations

import warnings
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from gradcli.render.plots import Look
from gradcli.render.plots.view import bounds
from gradcli.render.plots.words import equation
from gradcli.transforms.results.plot import Curve, Line, Surface

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["figure", "render_picture"]

_INCHES = (8.0, 5.0)
_DPI = 100
_RESOLUTION = 2
"""Pixels of a file for each pixel of a picture: screens have that many."""
_STYLES = ("-", "--", ":", "-.", (0, (5, 1)), (0, (1, 4)), (0, (3, 1, 1, 1)))
_MARKS = {"root": "o", "minimum": "v", "maximum": "^", "inflection": "D"}
_LEVELS = 10
_ARROWS = 19
"""Arrows across a map, and as many up."""
_LONGEST = 90
"""Characters of an expression that a picture's head shows."""

_SETTINGS: Any = {
    "svg.hashsalt": "gradcli",
    "svg.fonttype": "none",
    "text.parse_math": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": False,
}


def render_picture(found: Curve | Surface, form: str, look: Look) -> bytes:
    """The content of a file.

    Args:
        found: the curve, or the map.
        form: "png", "svg" or "pdf".
        look: its size, and the values it shows.
    """
    written = BytesIO()
    with mpl.rc_context(_SETTINGS), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a picture too small for its axes, which is what was asked for
        made = figure(found, look)
        metadata = {"png": {"Title": found.expression}, "svg": {"Title": found.expression, "Date": None}}
        made.savefig(
            written,
            format=form,
            dpi=_DPI * _RESOLUTION if form == "png" and look.size is None else _DPI,
            metadata=metadata.get(form, {"Title": found.expression, "CreationDate": None}),
        )
    return written.getvalue()


def figure(found: Curve | Surface, look: Look | None = None) -> Figure:
    """The picture as matplotlib has it, to be drawn elsewhere or added to.

    Args:
        found: the curve, or the map.
        look: its size, and the values it shows.

    >>> from gradcli.transforms.curves.curve import curve
    >>> from gradcli.transforms.results.plot import Axis
    >>> figure(curve("x**2", Axis("x", 0.0, 1.0))).axes[0].get_xlabel()
    'x'
    """
    look = look or Look()
    inches = _INCHES if look.size is None else (look.size[0] / _DPI, look.size[1] / _DPI)
    made = Figure(figsize=inches, layout="constrained")
    axes = made.add_subplot()
    text = found.expression if len(found.expression) <= _LONGEST else f"{found.expression[: _LONGEST - 1]}…"
    fixed = [f"{name} = {value:.6g}" for name, value in found.fixed.items() if isinstance(value, float)]
    axes.set_title(text + (f"   ({', '.join(fixed)})" if fixed else ""), loc="left", fontsize="medium")
    if isinstance(found, Surface):
        _draw_map(made, axes, found, look)
    else:
        _draw_curve(axes, found, look)
    return made


def _draw_curve(axes: Axes, curve: Curve, look: Look) -> None:
    low, high = bounds(curve, look.y_range, look.log_y)
    axes.set_xlabel(curve.axis.name)
    if curve.log:
        axes.set_xscale("log")
    if look.log_y:
        axes.set_yscale("log", nonpositive="mask")
    axes.axhline(0.0, color="0.8", linewidth=0.8, zorder=0)
    for one in curve.breaks:
        if one.kind == "pole":
            axes.axvline(one.x, color="0.8", linewidth=0.8, linestyle=":", zorder=0)
    for output in range(curve.entries):
        for order in range(curve.order + 1):
            x, y = curve.pieces(order, output)
            color = f"C{order if curve.entries == 1 else output}"
            # Far outside the picture numbers would overflow what draws.
            shown = np.where(np.abs(y) <= _far(low, high), y, np.copysign(_far(low, high), y))
            axes.plot(
                x,
                np.where(np.isnan(y), np.nan, shown),
                color=color,
                linestyle=_STYLES[order],
                linewidth=1.8 if not order else 1.2,
                zorder=3 if not order else 2,
                label=curve.label(order, output),
            )
    for line in curve.lines:
        label = f"{line.kind} {_short(line, curve.axis.name)}" if len(line.coefficients) <= _SHORT else line.kind
        color = "C3" if line.kind == "tangent" else "C4"
        axes.plot(curve.x, line(curve.x), color=color, linewidth=1.2, linestyle=_STYLES[4], label=label)
        axes.plot([line.at], [line.coefficients[0]], "o", color="C3", markersize=5, zorder=4)
    for kind in dict.fromkeys(mark.kind for mark in curve.marks):
        some = [mark for mark in curve.marks if mark.kind == kind and low <= mark.value <= high]
        places, values = [mark.x for mark in some], [mark.value for mark in some]
        size = 6 if len(some) <= _CROWD else 2
        axes.plot(
            places, values, _MARKS[kind], color="black", markerfacecolor="white", markersize=size,
            markeredgewidth=size / 6, zorder=5, label=kind, clip_on=False,
        )  # fmt: skip
    axes.set_xlim(curve.axis.start, curve.axis.stop)
    axes.set_ylim(low, high)
    lines = axes.get_legend_handles_labels()[0]
    place: Any = {"loc": "upper left", "bbox_to_anchor": (1.01, 1.0)} if len(lines) > _BESIDE else {}
    axes.legend(framealpha=0.85, edgecolor="none", fontsize="small", **place)


_CROWD = 60
"""Marks of a kind from which on each is small."""

_BESIDE = 5
"""Lines of a legend that has no room in the picture itself."""

_SHORT = 2
"""Coefficients of a polynomial that has room in a legend."""


def _short(line: Line, name: str) -> str:
    """A polynomial to four digits: what is exact is told in words."""
    rounded = replace(
        line, at=float(f"{line.at:.4g}"), coefficients=tuple(float(f"{c:.4g}") for c in line.coefficients)
    )
    return equation(rounded, name)


def _far(low: float, high: float) -> float:
    return min(1e6 * max(abs(low), abs(high), high - low), 1e300)


def _draw_map(made: Figure, axes: Axes, found: Surface, look: Look) -> None:
    first, second = found.axes
    axes.set_xlabel(first.name)
    axes.set_ylabel(second.name)
    shown = np.ma.masked_invalid(found.value)
    low, high = look.y_range or _levels(found)
    colours = axes.pcolormesh(found.x, found.y, shown, shading="nearest", vmin=low, vmax=high, rasterized=True)
    made.colorbar(colours, ax=axes, label=found.outputs.called)
    if high > low and min(found.value.shape) > 1:
        levels = np.linspace(low, high, _LEVELS + 2)[1:-1]
        axes.contour(found.x, found.y, shown, levels=levels, colors="white", linewidths=0.6, alpha=0.8)
    if len(found.gradient):
        _arrows(axes, found)
    axes.set_xlim(first.start, first.stop)
    axes.set_ylim(second.start, second.stop)


def _levels(found: Surface) -> tuple[float, float]:
    finite = found.value[np.isfinite(found.value)]
    low, high = float(finite.min()), float(finite.max())
    first, last = (float(q) for q in np.quantile(finite, (0.02, 0.98)))
    return (first, last) if high - low > 10 * (last - first) > 0 else (low, high)


def _arrows(axes: Axes, found: Surface) -> None:
    """The gradient on a coarse grid: its direction, the longest arrows where it is largest."""
    rows, columns = (np.unique(np.linspace(0, n - 1, _ARROWS + 2).astype(int)[1:-1]) for n in found.value.shape)
    across, up = (slopes[np.ix_(rows, columns)] for slopes in found.gradient)
    with np.errstate(all="ignore"):
        length = np.hypot(across, up)
        usual = np.quantile(length[np.isfinite(length)], 0.95) if np.isfinite(length).any() else 0.0
        if not usual > 0:
            return
        scale = np.where(length > usual, usual / length, 1.0) / usual
        x, y = np.meshgrid(found.x[columns], found.y[rows])
        known = np.isfinite(length)
        axes.quiver(
            x[known], y[known], (across * scale)[known], (up * scale)[known],
            angles="xy", color="black", alpha=0.7, width=0.002, scale=_ARROWS * 1.2,
        )  # fmt: skip
