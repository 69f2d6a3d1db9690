"""Forward mode: tangents pushed through the program by the same partials that backward pulls by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.sweeps.forward import push
from gradcli.lang import Program
from gradcli.transforms.operators.road import Found, compute, travel
from gradcli.transforms.program.directions import direction
from gradcli.transforms.program.prepare import prepare
from gradcli.transforms.results.pushforward import Pushforward
from gradcli.transforms.results.value import plain_by_name

if TYPE_CHECKING:
    from gradcli.transforms.results.findings import Origin

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
    computed = compute(prepared._replace(wrt=tuple(given)))
    value = computed.value
    (pushed,) = push([value], [computed.tensors[name] for name in given], list(given.values()))

    def recompute(found: Found) -> tuple[Found, Origin | None]:
        from gradcli.transforms.nonfinite.recompute import recompute_tangent

        moved, origin = recompute_tangent(prepared, given, found["derivative"], explain)
        return {"derivative": moved}, origin

    return travel(
        Pushforward,
        computed,
        {"derivative": np.zeros(value.shape) if pushed is None else pushed.array},
        recompute=recompute,
        again=lambda text: jvp(text, values, tangents, explain=False),
        labels={"tangents": plain_by_name(given)},
    )
