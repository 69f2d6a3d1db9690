"""Graphs as PNG: by Graphviz, or by matplotlib in our own layout."""

from __future__ import annotations

from importlib.util import find_spec

from gradcli.data.graphviz import GraphvizProblem, painted_by_dot
from gradcli.errors import UsageProblem
from gradcli.render.pictures.boxes import picture_of, size_of
from gradcli.render.pictures.dot import dot
from gradcli.render.pictures.layout import layered
from gradcli.render.style import Style
from gradcli.transforms.results.base import Result
from gradcli.transforms.results.graph import Graph

__all__ = ["render_bytes"]

EXTRA = "pip install 'gradcli[plot]'"


def render_bytes(result: Result, style: Style) -> bytes:
    """The content of a .png file.

    Raises:
        UsageProblem: if neither Graphviz nor matplotlib can draw it.
    """
    assert isinstance(result, Graph)
    picture = picture_of(result, style.depth)
    why = "Graphviz (its program 'dot') or matplotlib is needed, and neither is installed"
    if style.layout != "layered":
        try:
            return painted_by_dot(dot(picture, opaque=True))
        except GraphvizProblem as problem:
            if style.layout == "graphviz":
                raise UsageProblem(problem.message, hint="--layout layered does without") from None
    if find_spec("matplotlib") is None:
        if style.layout == "layered":
            why = "a PNG in our layout is drawn by matplotlib, which is not installed"
        raise UsageProblem(f"no PNG can be drawn: {why}", hint=f"{EXTRA}; -o FILE.svg needs neither")
    from gradcli.render.pictures.raster import painted

    return painted(picture, layered([size_of(box) for box in picture.boxes], picture.inputs))
