"""How a result is to look."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

__all__ = ["BINARY", "HOMES", "Format", "Style"]

Format: TypeAlias = Literal[
    "rich",
    "plain",
    "json",
    "quiet",
    "csv",
    "tsv",
    "latex",
    "markdown",
    "npy",
    "npz",
    "mtx",
    "dot",
    "mermaid",
    "svg",
    "png",
    "html",
]
"""For a person at a terminal, for a pipe, for a program, or the bare numbers; tables, LaTeX, and NumPy's arrays and
Matrix Market; of a graph pictures."""

HOMES: dict[Format, str] = {
    "rich": "gradcli.render.terminal",
    "plain": "gradcli.render.formats.plain",
    "json": "gradcli.render.formats.json",
    "quiet": "gradcli.render.formats.quiet",
    "csv": "gradcli.render.formats.delimited",
    "tsv": "gradcli.render.formats.delimited",
    "latex": "gradcli.render.formats.latex",
    "markdown": "gradcli.render.formats.markdown",
    "npy": "gradcli.render.formats.arrays",
    "npz": "gradcli.render.formats.arrays",
    "mtx": "gradcli.render.formats.matrix_market",
    "dot": "gradcli.render.pictures.dot",
    "mermaid": "gradcli.render.pictures.mermaid",
    "svg": "gradcli.render.pictures.svg",
    "png": "gradcli.render.pictures.png",
    "html": "gradcli.render.pages.graph",
}
"""The module whose `render`, or `render_bytes`, writes it, imported when it is asked for."""

BINARY: tuple[Format, ...] = ("npy", "npz", "png")
"""Formats that are no text."""


class Style(NamedTuple):
    """A format and what the place of output can show.

    Attributes:
        format: one of `Format`.
        color: whether to write ANSI colours; of the formats, "rich" alone has any.
        width: columns of the terminal, None to ask it; "rich" alone heeds it.
        unicode: False where characters beyond ASCII cannot be written: boxes, which "rich" alone draws, and signs.
        show_seeds: of a Jacobian, show the seed that each row was computed with.
        depth: of a graph, how many levels below the result are drawn (default: all that fit).
        layout: of a graph's picture, who lays it out: "graphviz", "layered" for gradcli itself, or "auto".
        all_passes: of an explanation, whether every pass is shown, and not the first few.
    """

    format: Format
    color: bool = False
    width: int | None = None
    unicode: bool = True
    show_seeds: bool = False
    depth: int | None = None
    layout: str = "auto"
    all_passes: bool = False
