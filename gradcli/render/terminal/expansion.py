"""A Taylor polynomial: the derivatives that it is made of, then the formula."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from gradcli.render.style import Style
from gradcli.render.terminal.arrays import value_lines
from gradcli.render.terminal.canvas import DERIVATIVE, NAME, Canvas
from gradcli.render.terminal.derivative import derivative_view
from gradcli.render.terminal.expression import expression_lines
from gradcli.render.terminal.gradient import gradient_view
from gradcli.render.terminal.jacobian import jacobian_view
from gradcli.transforms.results.derivative import Derivative
from gradcli.transforms.results.expansion import Expansion
from gradcli.transforms.results.gradient import Gradient
from gradcli.transforms.results.jacobian import Jacobian

__all__ = ["expansion_view"]


def expansion_view(result: Expansion, style: Style, canvas: Canvas) -> list[list[RenderableType]]:
    """What the derivatives are shown as by themselves, where they are finite, and the polynomial."""
    derived = result.derived
    groups: list[list[RenderableType]]
    if result.by_limits or (len(result.variables) > 1 and result.degree > 1):
        groups = [[*expression_lines(result.expression, canvas)]]
        for name, number in ((result.value_name, result.value), *result.arrays()):
            groups[0] += value_lines(name, number, canvas)
    elif isinstance(derived, Derivative):
        groups = derivative_view(derived, style, canvas)
    elif isinstance(derived, Gradient):
        groups = gradient_view(derived, style, canvas)
    else:
        assert isinstance(derived, Jacobian)
        groups = jacobian_view(derived, style, canvas)
    return [*groups, [Text.assemble((result.called, NAME), " = ", (result.polynomial, DERIVATIVE))]]
