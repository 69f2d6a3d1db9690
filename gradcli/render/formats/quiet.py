"""The bare numbers, each line readable again as a value."""

from __future__ import annotations

from gradcli.render.formats.plain import render_plain
from gradcli.render.style import Style
from gradcli.render.words.numbers import exact
from gradcli.transforms.results.kinds import (
    Checked,
    Derivative,
    Evaluation,
    Gradient,
    Hessian,
    HessianProduct,
    Jacobian,
    Pushforward,
    Result,
    Value,
    Verdict,
)

__all__ = ["render_quiet"]


def render_quiet(result: Result, verdict: Verdict | None, style: Style) -> str:
    r"""An array a line; of a check the verdict's word; a graph is more than numbers, so it stays plain.

    >>> render_quiet(Gradient("x*y", {"x": 2.0, "y": 3.0}, 6.0, {"x": 3.0, "y": 2.0}), None, Style("quiet"))
    '3.0\n2.0\n'
    """
    if isinstance(result, Checked) and verdict is not None:
        return f"{verdict.verdict}\n"
    arrays = _arrays(result)
    return render_plain(result, verdict, style) if arrays is None else "".join(f"{exact(a)}\n" for a in arrays)


def _arrays(result: Result) -> list[Value] | None:
    """Of a Jacobian or Hessian the whole matrix, of n-th derivatives the highest, of others what was asked for."""
    if isinstance(result, Gradient):
        return [*result.gradients.values()]
    if isinstance(result, Jacobian):
        return [result.jacobian]
    if isinstance(result, Hessian):
        return [result.hessian]
    if isinstance(result, Pushforward):
        return [result.derivative]
    if isinstance(result, HessianProduct):
        return [*result.products.values()]
    if isinstance(result, Derivative):
        return [result.derivatives[-1]]
    return [result.value] if isinstance(result, Evaluation) else None
