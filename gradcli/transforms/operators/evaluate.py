"""The value of a program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gradcli.lang import Program
from gradcli.transforms.operators.road import Computed, Found, travel
from gradcli.transforms.program.execute import execute, leaves
from gradcli.transforms.program.prepare import prepare
from gradcli.transforms.results.evaluation import Evaluation

if TYPE_CHECKING:
    from gradcli.transforms.results.findings import Origin

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
    tensors = leaves(prepared)
    computed = Computed(prepared, tensors, execute(prepared.program, tensors))

    def recompute(found: Found) -> tuple[Found, Origin | None]:
        from gradcli.transforms.nonfinite.recompute import recompute_value

        return found, recompute_value(prepared) if explain else None

    return travel(
        Evaluation, computed, {}, recompute=recompute, again=lambda text: evaluate(text, values, explain=False)
    )
