"""Derivatives by one variable: an order a row."""

from __future__ import annotations

import numpy as np
from rich.console import RenderableType

from gradcli.render.style import Style
from gradcli.render.terminal.arrays import IN_JSON, value_lines
from gradcli.render.terminal.canvas import Canvas
from gradcli.render.terminal.expression import expression_lines
from gradcli.render.terminal.matrix import Labelled, matrix_view
from gradcli.transforms.results.derivative import Derivative
from gradcli.transforms.results.labels import nth_name

__all__ = ["derivative_view"]


def derivative_view(result: Derivative, style: Style, canvas: Canvas) -> list[list[RenderableType]]:
    """The expression and its value; then the derivatives, with a column for each entry of the value."""
    head: list[RenderableType] = [*expression_lines(result.expression, canvas)]
    head += value_lines(result.outputs.called, result.value, canvas)
    shape = np.shape(result.value)
    if not np.size(result.value):
        return [head, [canvas.note("the value is empty, and so are its derivatives")]]
    matrix = np.reshape(np.asarray(result.derivatives), (result.order, -1))
    rows = [nth_name(result.variable, k, result.outputs.called) for k in range(1, result.order + 1)]
    columns = result.outputs.labels(shape) if shape else ["value"]
    return [head, matrix_view(Labelled(matrix, rows, columns, "derivative", IN_JSON), canvas)]
