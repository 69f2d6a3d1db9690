"""A gradient: the variables, their values, and the derivative by each."""

from __future__ import annotations

from rich.console import RenderableType

from gradcli.render.style import Style
from gradcli.render.terminal.arrays import value_lines
from gradcli.render.terminal.canvas import Canvas
from gradcli.render.terminal.columns import columns_view
from gradcli.render.terminal.expression import expression_lines
from gradcli.transforms.results.gradient import Gradient

__all__ = ["gradient_view"]


def gradient_view(result: Gradient, style: Style, canvas: Canvas) -> list[list[RenderableType]]:
    """The expression and its value; then a table, with as much of each array as fits."""
    head: list[RenderableType] = [*expression_lines(result.expression, canvas)]
    head += value_lines(result.outputs.called, result.value, canvas)
    if result.seed is not None:
        head += value_lines("seed", result.seed, canvas)
    if not result.gradients:
        return [head, [canvas.note("there is no variable to differentiate by")]]
    product = "seedᵀ·J" if canvas.unicode else "seed.T @ J"
    headers = ("variable", "value", product if result.seed is not None else "derivative")
    arrays = {name: (result.inputs[name], gradient) for name, gradient in result.gradients.items()}
    return [head, columns_view(headers, arrays, canvas)]
