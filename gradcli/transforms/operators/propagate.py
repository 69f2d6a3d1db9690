"""Uncertainty: through the exact derivatives to first order, with a look at the second, and draws of the inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.errors import InputProblem, Problem, ShapeProblem, UsageProblem
from gradcli.lang import Program
from gradcli.transforms.operators.hessian import hessian
from gradcli.transforms.operators.jacobian import jacobian
from gradcli.transforms.program.prepare import real_array
from gradcli.transforms.results.jacobian import Jacobian
from gradcli.transforms.results.propagation import Propagation
from gradcli.transforms.results.value import plain

__all__ = ["covariance_of", "propagate"]

_CURVED = 0.1
"""Of the uncertainty to first order the share from which on what curvature adds is told."""

_MOST_INPUTS = 100
"""Entries of inputs up to which second derivatives are looked at."""

_ALMOST = 1e-9
"""Of its largest eigenvalue what rounding may make of a covariance's least one."""


def propagate(
    expression: str | Program,
    values: Mapping[str, Any],
    uncertainties: Mapping[str, Any],
    covariance: Any = None,
    *,
    explain: bool = True,
) -> Propagation:
    """The standard uncertainty of an expression's value, to first order in those of its inputs.

    The covariance of the value is J C J.T, where C is that of the inputs (Guide to the Expression of Uncertainty in
    Measurement, 5.1.2 and 5.2.2).

    Args:
        expression: text of the language, or a parsed program.
        values: for each variable a number, a nested list or an array.
        uncertainties: for some variables the standard uncertainty, of the value's shape or one number for all entries.
        covariance: of all entries of those variables, in their order; None where they are independent.
        explain: whether to look for the origin of numbers that are not finite.

    Raises:
        Problem: about the expression, the values, the uncertainties or the covariance.

    >>> found = propagate("x*y", {"x": 2.0, "y": 3.0}, {"x": 0.3, "y": 0.4})
    >>> round(found.uncertainty, 12), {name: round(share, 3) for name, share in found.shares.items()}
    (1.204159457879, {'x': 0.559, 'y': 0.441})
    """
    if not uncertainties:
        raise UsageProblem("no input is uncertain", hint="write --x 3.0±0.1, --x 3.0+/-0.1, --x '3.0(1)' or --x 2±5%")
    wrt = list(uncertainties)
    found = jacobian(expression, values, wrt, explain=explain)
    each = {name: _of_shape(name, uncertainties[name], found.inputs[name]) for name in found.wrt()}
    inputs = covariance_of(each, covariance)
    outputs = found.jacobian @ inputs @ found.jacobian.T
    spread = np.sqrt(np.maximum(np.diag(outputs), 0.0))
    shares: dict[str, float] = {}
    second = None
    if not np.ndim(found.value):
        row = found.jacobian[0]
        if outputs[0, 0] > 0:
            shares = dict(zip(found.columns, (row * (inputs @ row) / outputs[0, 0]).tolist(), strict=True))
        second = _second_order(expression, values, found, inputs)
    result = Propagation(
        **{field.name: getattr(found, field.name) for field in fields(Jacobian)},
        uncertainties={name: plain(array) for name, array in each.items()},
        uncertainty=plain(spread.reshape(np.shape(found.value))),
        shares=shares,
        covariance=outputs,
        second_order=second,
    )
    return replace(result, warnings=(*result.warnings, *_curvature(result)))


def _of_shape(name: str, given: Any, value: Any) -> NDArray[np.float64]:
    array = real_array(f"the uncertainty of '{name}'", given)
    if not (np.isfinite(array).all() and (array >= 0).all()):
        raise InputProblem(f"the uncertainty of '{name}' is a finite number, and not negative")
    try:
        return np.broadcast_to(array, np.shape(value)).copy()
    except ValueError:
        raise ShapeProblem(f"'{name}' has shape {np.shape(value)}, and its uncertainty {array.shape}") from None


def covariance_of(uncertainties: Mapping[str, NDArray[np.float64]], given: Any) -> NDArray[np.float64]:
    """The covariance of all inputs' entries: that which is given, or the squares of independent uncertainties.

    Raises:
        Problem: if it is no covariance, or has another size.

    >>> covariance_of({"x": np.array(0.1), "y": np.array(0.2)}, None).round(3)
    array([[0.01, 0.  ],
           [0.  , 0.04]])
    """
    flat = np.concatenate([np.ravel(array) for array in uncertainties.values()])
    if given is None:
        return np.diag(flat**2)
    matrix = real_array("the covariance", given)
    if matrix.shape != (len(flat), len(flat)):
        raise ShapeProblem(f"the covariance has shape {matrix.shape}, and there are {len(flat)} uncertain inputs")
    if not np.isfinite(matrix).all() or not np.allclose(matrix, matrix.T, rtol=1e-9, atol=0):
        raise InputProblem("the covariance is not a symmetric matrix of finite numbers")
    least, *_, most = np.linalg.eigvalsh(matrix) if len(flat) > 1 else (matrix[0, 0],) * 2
    if least < -_ALMOST * abs(most):
        raise InputProblem("the covariance has a negative eigenvalue: there are no numbers that vary so")
    return matrix


def _second_order(
    expression: str | Program, values: Mapping[str, Any], found: Jacobian, inputs: NDArray[np.float64]
) -> tuple[float, float] | None:
    """What curvature adds to the uncertainty of normally distributed inputs, and how far it moves the mean.

    With second derivatives H the mean moves by tr(H C)/2, and the variance gains tr(H C H C)/2.
    """
    if found.jacobian.size > _MOST_INPUTS or not np.isfinite(found.jacobian).all():
        return None
    try:
        curved = hessian(expression, values, found.wrt(), explain=False).hessian @ inputs
    except Problem:
        return None
    added, shift = 0.5 * np.trace(curved @ curved), 0.5 * np.trace(curved)
    return (float(np.sqrt(added)), float(shift)) if np.isfinite(added) and added >= 0 else None


def _curvature(result: Propagation) -> list[str]:
    """A warning where the first order is not all there is."""
    if result.second_order is None:
        return []
    added, shift = result.second_order
    size = float(np.max(result.uncertainty))
    if max(added, abs(shift)) <= _CURVED * size:
        return []
    told = (
        "is all that counts here" if size == 0 else f"is {max(added, abs(shift)) / size:.0%} of it".replace("%", " %")
    )
    return [f"the function is curved within the uncertainties: what the first order leaves out {told}"]
