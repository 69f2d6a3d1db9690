"""Derivatives along a direction: the direction beside the point, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from rich.console import RenderableType

from gradcli.render.style import Style
from gradcli.render.terminal.arrays import IN_JSON, value_lines
from gradcli.render.terminal.canvas import Canvas
from gradcli.render.terminal.columns import ENTRIES, columns_view
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
        columns_view(("output", "value", _product("J", "tangent", canvas)), _outputs(result), canvas),
    ]


def hvp_view(result: HessianProduct, style: Style, canvas: Canvas) -> list[list[RenderableType]]:
    """The variables with the vector and the Hessian's product with it."""
    vectors = _everywhere(result.vectors, result.inputs)
    arrays = {name: (result.inputs[name], vectors[name], product) for name, product in result.products.items()}
    head: list[RenderableType] = [*expression_lines(result.expression, canvas)]
    head += value_lines(result.outputs.called, result.value, canvas)
    return [head, columns_view(("variable", "value", "vector", _product("H", "vector", canvas)), arrays, canvas)]


def _outputs(result: Pushforward) -> dict[str, tuple[Value, Value]]:
    """The value and its derivative; where the program has names for parts of the value, entry by entry."""
    names, shape = result.outputs, np.shape(result.value)
    if not names.names or np.size(result.value) > ENTRIES:
        return {names.called: (result.value, result.derivative)}
    numbers = zip(np.ravel(result.value).tolist(), np.ravel(result.derivative).tolist(), strict=True)
    return dict(zip(names.labels(shape), numbers, strict=True))


def _product(matrix: str, vector: str, canvas: Canvas) -> str:
    """A matrix times a vector, as mathematics or as the language has it."""
    return f"{matrix}·{vector}" if canvas.unicode else f"{matrix} @ {vector}"


def _everywhere(direction: Mapping[str, Value], inputs: Mapping[str, Value]) -> dict[str, Value]:
    """The direction with zeros for the variables that stand still."""
    still: dict[str, Value] = {
        name: np.zeros(value.shape) if isinstance(value, np.ndarray) else 0.0 for name, value in inputs.items()
    }
    return still | dict(direction)
