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
from gradcli.transforms.program.covariances import Covariance, covariance_of, scaled_product
from gradcli.transforms.program.prepare import real_array
from gradcli.transforms.results.jacobian import Jacobian
from gradcli.transforms.results.propagation import Propagation
from gradcli.transforms.results.value import plain

__all__ = ["propagate"]

_CURVED = 0.1
"""Of the uncertainty to first order the share from which on what curvature adds is told."""

_TOO_SMALL = "a covariance that is 0 here is below float64's range; the uncertainties are right"
"""Of values whose uncertainties are in float64's range and these' products are not."""

_MOST_INPUTS = 100
"""Entries of inputs up to which second derivatives are looked at."""


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
    with np.errstate(all="ignore"):
        rows, power = scaled_product(found.jacobian, inputs.units)
        moved = inputs.times(rows.T)
        variances = (rows * moved.T).sum(axis=1)
        spread = np.ldexp(np.sqrt(np.maximum(variances, 0.0)), power)
        inside = rows @ moved
        outputs = np.ldexp(inside, power[:, np.newaxis] + power)
    shares: dict[str, float] = {}
    second = None
    if not np.ndim(found.value):
        if variances[0] > 0:
            with np.errstate(all="ignore"):
                shares = dict(zip(found.columns, (rows[0] * moved[:, 0] / variances[0]).tolist(), strict=True))
        second = _second_order(expression, values, found, inputs)
    result = Propagation(
        **{field.name: getattr(found, field.name) for field in fields(Jacobian)},
        uncertainties={name: plain(array) for name, array in each.items()},
        uncertainty=plain(spread.reshape(np.shape(found.value))),
        shares=shares,
        covariance=outputs,
        second_order=second,
    )
    lost = bool(np.ndim(found.value)) and bool(((outputs == 0) & (inside != 0)).any())
    return replace(result, warnings=(*result.warnings, *_curvature(result), *([_TOO_SMALL] if lost else [])))


def _of_shape(name: str, given: Any, value: Any) -> NDArray[np.float64]:
    array = real_array(f"the uncertainty of '{name}'", given)
    if not (np.isfinite(array).all() and (array >= 0).all()):
        raise InputProblem(f"the uncertainty of '{name}' is a finite number, and not negative")
    try:
        return np.broadcast_to(array, np.shape(value)).copy()
    except ValueError:
        raise ShapeProblem(f"'{name}' has shape {np.shape(value)}, and its uncertainty {array.shape}") from None


def _second_order(
    expression: str | Program, values: Mapping[str, Any], found: Jacobian, inputs: Covariance
) -> tuple[float, float] | None:
    """What curvature adds to the uncertainty of normally distributed inputs, and how far it moves the mean.

    With second derivatives H the mean moves by tr(H C)/2, and the variance gains tr(H C H C)/2; with C = D R D these
    are the traces of R (D H D) and of its square.
    """
    if found.jacobian.size > _MOST_INPUTS or not np.isfinite(found.jacobian).all():
        return None
    try:
        curved = hessian(expression, values, found.wrt(), explain=False).hessian
    except Problem:
        return None
    sizes = inputs.units
    with np.errstate(all="ignore"):
        flat, power = scaled_product(np.ravel(curved), *(np.ravel(one) for one in np.meshgrid(sizes, sizes)))
        moved = inputs.times(flat.reshape(curved.shape)).T
        added, shift = 0.5 * float((moved * moved.T).sum()), 0.5 * float(np.trace(moved))
        if not added >= 0:
            return None
        told = float(np.ldexp(np.sqrt(added), power)), float(np.ldexp(shift, power))
    return told if np.isfinite(told).all() else None


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
