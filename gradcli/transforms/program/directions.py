"""A direction: for some variables a tangent, in the variable's shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.errors import NameProblem, ShapeProblem, UsageProblem
from gradcli.lang import Program
from gradcli.transforms.program.prepare import Prepared, prepare, real_array

__all__ = ["direction", "movable"]


def movable(expression: str | Program, values: Mapping[str, Any]) -> tuple[str, ...]:
    """The variables that can move: all but those that hold truth values or serve as an index.

    >>> movable("u[n]**2", {"u": [1, 2], "n": 1})
    ('u',)
    """
    return prepare(expression, values).wrt


def direction(prepared: Prepared, given: Mapping[str, Any], word: str) -> dict[str, NDArray[np.float64]]:
    """The given components as float64 arrays of their variables' shapes; a number serves every entry.

    Args:
        word: what the caller calls a direction, for the messages: "tangent" or "vector".

    Raises:
        UsageProblem: if no component is given, or one of what cannot move.
        NameProblem: for a component of something that is no variable.
        ShapeProblem: for one that does not fit.
    """
    if not given:
        raise UsageProblem(
            f"a {word} is needed", hint=f"give the direction's components with --{word} NAME=VALUE, such as x=1"
        )
    found = {}
    for name, value in given.items():
        if name not in prepared.values:
            listed = ", ".join(prepared.values) or "none"
            raise NameProblem(f"the {word} names '{name}', which is no variable", hint=f"its variables are {listed}")
        if name in prepared.truths:
            raise UsageProblem(f"the {word} names '{name}', which holds truth values", hint="they do not move")
        if name not in prepared.wrt:
            told = f"the {word} names '{name}', which stands where a whole number must, as in an index"
            raise UsageProblem(told, hint="whole numbers do not move")
        shape = prepared.values[name].shape
        component = real_array(f"the {word} of '{name}'", value)
        try:
            found[name] = np.broadcast_to(component, shape).copy()
        except ValueError:
            raise ShapeProblem(
                f"the {word} of '{name}' has shape {component.shape}, and the variable has shape {shape}"
            ) from None
    return found
