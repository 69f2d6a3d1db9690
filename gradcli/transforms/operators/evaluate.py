"""The value of a program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradcli.engine.tape.modes import no_grad
from gradcli.lang import Program
from gradcli.transforms.nonfinite.suggest_rewrite import suggest_rewrite
from gradcli.transforms.program.execute import execute, leaves
from gradcli.transforms.program.finite import is_finite
from gradcli.transforms.program.prepare import prepare
from gradcli.transforms.results.kinds import Evaluation, plain

__all__ = ["evaluate"]


def evaluate(expression: str | Program, values: Mapping[str, Any], *, explain: bool = True) -> Evaluation:
    """The value of an expression at the given values.

    Args:
        expression: text of the language, or a parsed program.
        values: for each variable a number, a nested list or an array.
        explain: whether to look for the origin of numbers that are not finite.

    Raises:
        Problem: about the expression or the values.

    >>> evaluate("x**2 - 2*x + 1", {"x": 3}).value
    4.0
    """
    prepared = prepare(expression, values, ())
    with no_grad():
        value = execute(prepared.program, leaves(prepared)).array
    origin = None
    if explain and not is_finite(value):
        from gradcli.transforms.nonfinite.recompute import recompute_value

        origin = recompute_value(prepared)
    result = Evaluation(prepared.program.source, prepared.inputs, plain(value), origin=origin, warnings=prepared.notes)
    return suggest_rewrite(result, lambda text: evaluate(text, values, explain=False))
