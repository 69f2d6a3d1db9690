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
from gradcli.transforms.program.symmetric import check_symmetric, check_symmetric_values, made_symmetric
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.checked import Checked

__all__ = ["derive"]


def derive(
    expression: str | Program,
    values: Mapping[str, Any],
    of: str,
    wrt: Sequence[str] | None,
    seed: Any,
    symmetric: Sequence[str] = (),
) -> Checked:
    """The derivatives to examine.

    Args:
        expression: text of the language, or a parsed program.
        values: for each variable a number, a nested list or an array.
        of: "gradient", "jacobian" or "hessian"; "auto" for the gradient of a single value or with a seed, and the
            Jacobian of an array.
        wrt: differentiate by these variables alone.
        seed: weights of a gradient's outputs.
        symmetric: variables that are symmetric matrices: what is examined is (G + G.T)/2, of the gradient G by any.

    Raises:
        Problem: about the expression, the values or the seed.

    >>> derive("[x, x**2]", {"x": 2.0}, "auto", None, None).of
    'jacobian'
    """
    if seed is not None and of in ("jacobian", "hessian"):
        raise UsageProblem(f"a seed weights the outputs of a gradient; a {of.capitalize()} has none")
    if symmetric:
        check_symmetric(symmetric, {name: np.shape(value) for name, value in values.items()})
        check_symmetric_values(symmetric, values)
        expression = made_symmetric(expression if isinstance(expression, str) else expression.source, symmetric)
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
