"""A Hessian: the gradient as a table of its own, then the matrix."""

from __future__ import annotations

from rich.console import RenderableType

from gradcli.render.style import Style
from gradcli.render.terminal.arrays import IN_JSON, value_lines
from gradcli.render.terminal.canvas import Canvas
from gradcli.render.terminal.columns import columns_view
from gradcli.render.terminal.expression import expression_lines
from gradcli.render.terminal.matrix import Labelled, matrix_view
from gradcli.transforms.results.hessian import Hessian

__all__ = ["hessian_view"]


def hessian_view(result: Hessian, style: Style, canvas: Canvas) -> list[list[RenderableType]]:
    """The expression and its value; the first derivatives; the second ones by each pair of inputs."""
    head: list[RenderableType] = [*expression_lines(result.expression, canvas)]
    head += value_lines(result.outputs.called, result.value, canvas)
    if not result.hessian.size:
        return [head, [canvas.note("there is no variable to differentiate by")]]
    arrays = {name: (result.inputs[name], gradient) for name, gradient in result.gradients.items()}
    corner = f"d{'²' if canvas.unicode else 2}{result.outputs.called}"
    return [
        head,
        columns_view(("variable", "value", "derivative"), arrays, canvas, whole=IN_JSON),
        matrix_view(Labelled(result.hessian, result.columns, result.columns, corner), canvas),
    ]
