"""A result of any kind, by what it says of itself: for kinds that have no view of their own."""

from __future__ import annotations

from rich.console import RenderableType

from gradcli.render.style import Style
from gradcli.render.terminal.arrays import value_lines
from gradcli.render.terminal.canvas import Canvas
from gradcli.render.terminal.expression import expression_lines
from gradcli.render.terminal.matrix import Labelled, matrix_view
from gradcli.transforms.results.base import Result

__all__ = ["result_view"]


def result_view(result: Result, style: Style, canvas: Canvas) -> list[list[RenderableType]]:
    """The expression and its value; what was derived, array by array; the matrix."""
    head: list[RenderableType] = [*expression_lines(result.expression, canvas)]
    for name, array in ((result.outputs.called, result.value), *result.given()):
        head += value_lines(name, array, canvas)
    groups = [head]
    arrays = [line for name, array in result.arrays() for line in value_lines(name, array, canvas)]
    if arrays:
        groups.append([*arrays])
    labelled = result.matrix()
    if labelled is not None:
        groups.append(matrix_view(Labelled(labelled.matrix, labelled.rows, labelled.columns), canvas))
    return groups
