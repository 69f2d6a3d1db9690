"""The derivatives that `gradcli check` examines: a gradient, a Jacobian or a Hessian, whichever is meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradcli.errors import UsageProblem
from gradcli.lang import Program
from gradcli.transforms.operators.evaluate import evaluate
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.operators.hessian import hessian
from gradcli.transforms.operators.jacobian import jacobian
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.checked import Checked

__all__ = ["derive"]


def derive(
    expression: str | Program, values: Mapping[str, Any], of: str, wrt: Sequence[str] | None, seed: Any
) -> Checked:
    """The derivatives to examine.

    Args:
        expression: text of the language, or a parsed program.
        values: for each variable a number, a nested list or an array.
        of: "gradient", "jacobian" or "hessian"; "auto" for the gradient of a single value or with a seed, and the
            Jacobian of an array.
        wrt: differentiate by these variables alone.
        seed: weights of a gradient's outputs.

    Raises:
        Problem: about the expression, the values or the seed.

    >>> derive("[x, x**2]", {"x": 2.0}, "auto", None, None).of
    'jacobian'
    """
    if seed is not None and of in ("jacobian", "hessian"):
        raise UsageProblem(f"a seed weights the outputs of a gradient; a {of.capitalize()} has none")
    derived: Derived
    if of == "hessian":
        derived = hessian(expression, values, wrt)
    elif of == "jacobian" or (of == "auto" and seed is None and np.size(evaluate(expression, values).value) != 1):
        derived, of = jacobian(expression, values, wrt), "jacobian"
    else:
        derived, of = grad(expression, values, wrt, seed), "gradient"
    return Checked(
        derived.expression,
        derived.inputs,
        derived.value,
        of,
        derived,
        origin=derived.origin,
        warnings=derived.warnings,
        kinks=derived.kinks,
        outputs=derived.outputs,
    )
