"""Plots: curves and maps as drawings on a terminal, pictures, words, points, and JSON.

What draws is imported when it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from gradcli.transforms.results.plot import Curve, Surface
    from gradcli.transforms.rows.sample import Checked

__all__ = ["Look", "render_plot"]


class Look(NamedTuple):
    """What the place of output can show, and what a user wants of a picture.

    Attributes:
        width: columns of the terminal; None to ask it.
        unicode: whether it has more than ASCII.
        color: whether it has colours.
        size: width and height, of a picture in pixels, on a terminal in characters; None for what is usual.
        y_range: the values that are shown; None to choose them.
        log_y: whether the axis of values has powers of ten.
    """

    width: int | None = None
    unicode: bool = True
    color: bool = False
    size: tuple[int, int] | None = None
    y_range: tuple[float, float] | None = None
    log_y: bool = False


def render_plot(found: Curve | Surface, form: str, look: Look, checked: Checked | None = None) -> bytes:
    """The complete content of a file, or of standard output.

    Args:
        found: what is plotted.
        form: "rich" for a drawing of characters; "plain", "csv", "tsv", "json"; "png", "svg" or "pdf".
        look: how it is to look.
        checked: what the check says, for JSON.

    >>> from gradcli.transforms.curves.curve import curve
    >>> from gradcli.transforms.results.plot import Axis
    >>> print(render_plot(curve("x**2", Axis("x", 0.0, 1.0, 3)), "csv", Look()).decode(), end="")
    x,value,d_x
    0.0,0.0,0.0
    0.5,0.25,1.0
    1.0,1.0,2.0
    """
    if form in ("csv", "tsv"):
        from gradcli.render.plots.points import render_points

        return render_points(found, "\t" if form == "tsv" else ",").encode()
    if form == "json":
        from gradcli.render.plots.document import render_document

        return render_document(found, checked).encode()
    if form == "plain":
        from gradcli.render.plots.words import described

        return "".join(f"{line}\n" for line in described(found)).encode()
    if form == "rich":
        from gradcli.render.plots.terminal import render_terminal

        return render_terminal(found, look).encode()
    from gradcli.render.plots.picture import render_picture

    return render_picture(found, form, look)
