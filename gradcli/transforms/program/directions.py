"""A direction: for some variables a tangent, in the variable's shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.errors import NameProblem, ShapeProblem, UsageProblem
from gradcli.transforms.program.prepare import Prepared, real_array

__all__ = ["direction"]


def direction(prepared: Prepared, given: Mapping[str, Any], word: str) -> dict[str, NDArray[np.float64]]:
    """The given components as float64 arrays of their variables' shapes; a number serves every entry.

    Args:
        word: what the caller calls a direction, for the messages: "tangent" or "vector".

    Raises:
        UsageProblem: if no component is given.
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
        shape = prepared.values[name].shape
        component = real_array(f"the {word} of '{name}'", value)
        try:
            found[name] = np.broadcast_to(component, shape).copy()
        except ValueError:
            raise ShapeProblem(
                f"the {word} of '{name}' has shape {component.shape}, and the variable has shape {shape}"
            ) from None
    return found
