"""Forward mode: tangents pushed through the program by the same partials that backward pulls by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gradcli.engine.sweeps.forward import push
from gradcli.lang import Program
from gradcli.transforms.kinks.explain import explain_kinks
from gradcli.transforms.nonfinite.suggest_rewrite import suggest_rewrite
from gradcli.transforms.program.directions import direction
from gradcli.transforms.program.execute import execute, leaves
from gradcli.transforms.program.finite import is_finite
from gradcli.transforms.program.prepare import prepare
from gradcli.transforms.results.kinds import Pushforward, plain

__all__ = ["jvp"]


def jvp(
    expression: str | Program, values: Mapping[str, Any], tangents: Mapping[str, Any], *, explain: bool = True
) -> Pushforward:
    """The value of an expression and its derivative along a direction, in one pass forward.

    Args:
        expression: text of the language, or a parsed program; its value may have any shape.
        values: for each variable a number, a nested list or an array.
        tangents: for each variable that moves its direction; the others stand still.
        explain: whether to look for the origin of numbers that are not finite.

    Raises:
        Problem: about the expression, the values or the tangents.

    >>> jvp("[x*y, x/y]", {"x": 6, "y": 2}, {"y": 1}).derivative
    array([ 6. , -1.5])
    """
    prepared = prepare(expression, values)
    given = direction(prepared, tangents, "tangent")
    tensors = leaves(prepared._replace(wrt=tuple(given)))
    value = execute(prepared.program, tensors)
    (pushed,) = push([value], [tensors[name] for name in given], list(given.values()))
    moved = np.zeros(value.shape) if pushed is None else pushed.array
    origin = None
    if not is_finite(value, moved):
        from gradcli.transforms.nonfinite.recompute import recompute_tangent

        moved, origin = recompute_tangent(prepared, given, moved, explain)
    result = Pushforward(
        prepared.program.source,
        prepared.inputs,
        plain(value.array),
        {name: plain(t) for name, t in given.items()},
        plain(moved),
        origin=origin,
        warnings=prepared.notes,
    )
    result = suggest_rewrite(result, lambda text: jvp(text, values, tangents, explain=False))
    return explain_kinks(result, prepared)
