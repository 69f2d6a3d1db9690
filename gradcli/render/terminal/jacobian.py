"""A Jacobian as a table: outputs down, inputs across."""

from __future__ import annotations

from rich.console import RenderableType

from gradcli.render.style import Style
from gradcli.render.terminal.arrays import value_lines
from gradcli.render.terminal.canvas import Canvas
from gradcli.render.terminal.expression import expression_lines
from gradcli.render.terminal.matrix import Labelled, matrix_view
from gradcli.render.terminal.seeds import seeds_view
from gradcli.transforms.results.jacobian import Jacobian

__all__ = ["jacobian_view"]


def jacobian_view(result: Jacobian, style: Style, canvas: Canvas) -> list[list[RenderableType]]:
    """The expression and its value; the matrix with a label for each row and column; how each row came to be."""
    head: list[RenderableType] = [*expression_lines(result.expression, canvas)]
    head += value_lines(result.outputs.called, result.value, canvas)
    if not result.jacobian.size:
        told = f"the Jacobian is empty: {len(result.rows)} outputs, {len(result.columns)} variables"
        return [head, [canvas.note(told)]]
    seeds = [seeds_view(result, canvas)] if style.show_seeds else []
    return [head, matrix_view(Labelled(result.jacobian, result.rows, result.columns), canvas), *seeds]
