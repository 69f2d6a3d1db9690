"""Derivatives along a direction: the direction beside the point, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from rich.console import RenderableType

from gradcli.render.style import Style
from gradcli.render.terminal.arrays import IN_JSON, value_lines
from gradcli.render.terminal.canvas import Canvas
from gradcli.render.terminal.columns import columns_view
from gradcli.render.terminal.expression import expression_lines
from gradcli.transforms.results.hessian import HessianProduct
from gradcli.transforms.results.pushforward import Pushforward
from gradcli.transforms.results.value import Value

__all__ = ["hvp_view", "jvp_view"]


def jvp_view(result: Pushforward, style: Style, canvas: Canvas) -> list[list[RenderableType]]:
    """The variables with their tangents; then the value with the tangent that it gets from them."""
    tangents = _everywhere(result.tangents, result.inputs)
    inputs = {name: (value, tangents[name]) for name, value in result.inputs.items()}
    return [
        [*expression_lines(result.expression, canvas)],
        columns_view(("variable", "value", "tangent"), inputs, canvas, whole=IN_JSON, last=""),
        columns_view(("output", "value", "derivative"), {"f": (result.value, result.derivative)}, canvas),
    ]


def hvp_view(result: HessianProduct, style: Style, canvas: Canvas) -> list[list[RenderableType]]:
    """The variables with the vector and the Hessian's product with it."""
    vectors = _everywhere(result.vectors, result.inputs)
    arrays = {name: (result.inputs[name], vectors[name], product) for name, product in result.products.items()}
    head: list[RenderableType] = [*expression_lines(result.expression, canvas)]
    head += value_lines("f", result.value, canvas)
    return [head, columns_view(("variable", "value", "vector", "product"), arrays, canvas)]


def _everywhere(direction: Mapping[str, Value], inputs: Mapping[str, Value]) -> dict[str, Value]:
    """The direction with zeros for the variables that stand still."""
    still: dict[str, Value] = {
        name: np.zeros(value.shape) if isinstance(value, np.ndarray) else 0.0 for name, value in inputs.items()
    }
    return still | dict(direction)
