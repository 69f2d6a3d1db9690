"""Results for a person at a terminal; this folder alone imports rich."""

from __future__ import annotations

from rich.console import RenderableType

from gradcli.render.style import Style
from gradcli.render.terminal.arrays import value_lines, whole_array
from gradcli.render.terminal.canvas import Canvas
from gradcli.render.terminal.derivative import derivative_view
from gradcli.render.terminal.directions import hvp_view, jvp_view
from gradcli.render.terminal.expression import expression_lines
from gradcli.render.terminal.gradient import gradient_view
from gradcli.render.terminal.hessian import hessian_view
from gradcli.render.terminal.jacobian import jacobian_view
from gradcli.render.terminal.kinks import kinks_view
from gradcli.render.terminal.seeds import seeds_view
from gradcli.render.terminal.tree import tree_view
from gradcli.render.terminal.verdict import verdict_view
from gradcli.render.terminal.witnesses import witnesses_view
from gradcli.transforms.results.kinds import (
    Checked,
    Derivative,
    Evaluation,
    Gradient,
    Graph,
    Hessian,
    HessianProduct,
    Jacobian,
    Pushforward,
    Result,
    Verdict,
)

__all__ = ["render_terminal"]


def render_terminal(result: Result, verdict: Verdict | None, style: Style) -> str:
    """Tables, trees and marks that fit the terminal; what does not fit is cut with a count.

    >>> result = Gradient("x**2", {"x": 3.0}, 9.0, {"x": 6.0})
    >>> print(render_terminal(result, None, Style("rich", width=60)), end="")
    x**2
    f = 9.0
    <BLANKLINE>
    variable   value   derivative
    ─────────────────────────────
    x          3.0     6.0
    """
    canvas = Canvas.of(style)
    groups = _groups(result, style, canvas)
    if result.kinks:
        groups.append(kinks_view(result.kinks, canvas))
    if verdict is not None and verdict.witnesses is not None and verdict.witnesses.entries:
        groups.append(witnesses_view(verdict.witnesses, canvas))
    if verdict is not None:
        groups.append(verdict_view(verdict, canvas, result.kinks))
    return canvas.text(groups)


def _groups(result: Result, style: Style, canvas: Canvas) -> list[list[RenderableType]]:
    """The parts of a result, with a blank line between them."""
    if isinstance(result, Graph):
        return tree_view(result, style.depth, canvas)
    if isinstance(result, Jacobian):
        seeds = [seeds_view(result, canvas)] if style.show_seeds and result.jacobian.size else []
        return jacobian_view(result, canvas) + seeds
    if isinstance(result, Gradient):
        return gradient_view(result, canvas)
    if isinstance(result, Hessian):
        return hessian_view(result, canvas)
    if isinstance(result, Pushforward):
        return jvp_view(result, canvas)
    if isinstance(result, HessianProduct):
        return hvp_view(result, canvas)
    if isinstance(result, Derivative):
        return derivative_view(result, canvas)
    if isinstance(result, Checked):
        return [[*expression_lines(result.expression, canvas), *value_lines("f", result.value, canvas)]]
    if isinstance(result, Evaluation):
        return [[*whole_array(result.value, canvas)]]
    raise TypeError(f"no view is known for a {type(result).__name__}")
