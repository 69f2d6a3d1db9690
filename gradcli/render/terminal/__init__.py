"""Results for a person at a terminal; this folder alone imports rich."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.console import RenderableType

from gradcli.render.style import Style
from gradcli.render.terminal.arrays import value_lines, whole_array
from gradcli.render.terminal.canvas import Canvas
from gradcli.render.terminal.derivative import derivative_view
from gradcli.render.terminal.digits import digits_view
from gradcli.render.terminal.directions import hvp_view, jvp_view
from gradcli.render.terminal.expansion import expansion_view
from gradcli.render.terminal.explanation import explanation_view
from gradcli.render.terminal.expression import expression_lines
from gradcli.render.terminal.gradient import gradient_view
from gradcli.render.terminal.hessian import hessian_view
from gradcli.render.terminal.jacobian import jacobian_view
from gradcli.render.terminal.kinks import kinks_view
from gradcli.render.terminal.limits import limits_view
from gradcli.render.terminal.propagation import propagation_view
from gradcli.render.terminal.result import result_view
from gradcli.render.terminal.sparse import sparse_view
from gradcli.render.terminal.tree import tree_view
from gradcli.render.terminal.verdict import verdict_view
from gradcli.render.terminal.witnesses import witnesses_view
from gradcli.render.terminal.zeros import without_negative_zeros
from gradcli.transforms.results.base import Derived, Result
from gradcli.transforms.results.checked import Checked
from gradcli.transforms.results.derivative import Derivative
from gradcli.transforms.results.evaluation import Evaluation
from gradcli.transforms.results.expansion import Expansion, Tangent
from gradcli.transforms.results.explanation import Explanation
from gradcli.transforms.results.gradient import Gradient
from gradcli.transforms.results.graph import Graph
from gradcli.transforms.results.hessian import Hessian, HessianProduct
from gradcli.transforms.results.jacobian import Jacobian
from gradcli.transforms.results.propagation import Propagation
from gradcli.transforms.results.pushforward import Pushforward
from gradcli.transforms.results.sparse import SparseHessian, SparseJacobian
from gradcli.transforms.results.verdict import Verdict

__all__ = ["answer", "conclusion", "render"]


def render(result: Result, verdict: Verdict | None, style: Style) -> str:
    """Tables, trees and marks that fit the terminal; what does not fit is cut with a count.

    >>> result = Gradient("x**2", {"x": 3.0}, 9.0, {"x": 6.0})
    >>> print(render(result, None, Style("rich", width=60)), end="")
    x**2
    f = 9.0
    <BLANKLINE>
    variable   value   derivative
    ─────────────────────────────
    x          3.0     6.0
    """
    return answer(result, style) + ("" if verdict is None else conclusion(result, verdict, style))


def answer(result: Result, style: Style) -> str:
    """The result, before there is a verdict on it."""
    canvas = Canvas.of(style)
    result = without_negative_zeros(result)
    if result.digits is not None and isinstance(result, Derived):
        groups = digits_view(result, result.digits, canvas)
    else:
        groups = _VIEWS.get(type(result), result_view)(result, style, canvas)
    if result.kinks:
        groups.append(kinks_view(result.kinks, canvas))
    if result.limits:
        groups.append(limits_view(result.limits, canvas))
    return canvas.text(groups)


def conclusion(result: Result, verdict: Verdict, style: Style) -> str:
    """The verdict on a result that has been shown, after a blank line."""
    canvas = Canvas.of(style)
    told = [] if verdict.witnesses is None else witnesses_view(verdict.witnesses, canvas)
    groups = [*([told] if told else []), verdict_view(verdict, canvas, result.kinks)]
    return "\n" + canvas.text(groups)


def _checked_view(result: Checked, style: Style, canvas: Canvas) -> list[list[RenderableType]]:
    return [[*expression_lines(result.expression, canvas), *value_lines(result.outputs.called, result.value, canvas)]]


def _evaluation_view(result: Evaluation, style: Style, canvas: Canvas) -> list[list[RenderableType]]:
    return [[*whole_array(result.value, canvas)]]


_VIEWS: dict[type[Result], Callable[[Any, Style, Canvas], list[list[RenderableType]]]] = {
    Evaluation: _evaluation_view,
    Propagation: propagation_view,
    Gradient: gradient_view,
    Jacobian: jacobian_view,
    Hessian: hessian_view,
    Pushforward: jvp_view,
    HessianProduct: hvp_view,
    Derivative: derivative_view,
    Checked: _checked_view,
    Graph: tree_view,
    Explanation: explanation_view,
    Expansion: expansion_view,
    Tangent: expansion_view,
    SparseJacobian: sparse_view,
    SparseHessian: sparse_view,
}
"""Of each kind of result the parts that are shown, with a blank line between them; of any other, `result_view`."""
