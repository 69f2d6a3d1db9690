"""The bare numbers, each line readable again as a value."""

from __future__ import annotations

from gradcli.render.numbers import exact
from gradcli.render.plain import render_plain
from gradcli.render.style import Style
from gradcli.transforms.results import Evaluation, Gradient, Jacobian, Result, Verdict

__all__ = ["render_quiet"]


def render_quiet(result: Result, verdict: Verdict | None, style: Style) -> str:
    r"""A gradient a line, a Jacobian's whole matrix, or a value; a graph is more than numbers, so it stays plain.

    >>> render_quiet(Gradient("x*y", {"x": 2.0, "y": 3.0}, 6.0, {"x": 3.0, "y": 2.0}), None, Style("quiet"))
    '3.0\n2.0\n'
    """
    if isinstance(result, Gradient):
        return "".join(f"{exact(gradient)}\n" for gradient in result.gradients.values())
    if isinstance(result, Jacobian):
        return f"{exact(result.jacobian)}\n"
    if isinstance(result, Evaluation):
        return f"{exact(result.value)}\n"
    return render_plain(result, verdict, style)
