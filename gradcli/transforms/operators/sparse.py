"""Sparse Jacobians and Hessians: found where they may differ from zero, coloured, and read off few sweeps.

The dense matrix is never made. One sweep more, in a random direction, sees to it that the pattern lacks no entry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.coloring.pattern import Pattern
from gradcli.coloring.plan import JacobianPlan, SymmetricPlan, plan_jacobian, plan_symmetric
from gradcli.engine.sparsity.detect import detect
from gradcli.engine.sparsity.values import can_push, check_complete, hessian_entries, jacobian_entries
from gradcli.engine.sweeps.stretch import Stretch
from gradcli.engine.tape.tensor import Tensor
from gradcli.lang import Program
from gradcli.transforms.operators.hessian import hessian, one_number, recorded_gradients
from gradcli.transforms.operators.jacobian import jacobian
from gradcli.transforms.operators.road import Computed, Found, compute, travel
from gradcli.transforms.program.finite import is_finite
from gradcli.transforms.program.prepare import prepare
from gradcli.transforms.program.varying import Varying
from gradcli.transforms.results.sparse import SparseHessian, SparseJacobian

if TYPE_CHECKING:
    from gradcli.transforms.results.findings import Origin

__all__ = ["Planned", "plan_of", "sparse_hessian", "sparse_jacobian"]

_SMALL = 4_000_000
"""Places of a matrix up to which one with numbers that are not finite is computed densely: entries that share a sweep
share what is not finite, too."""


class Planned(NamedTuple):
    """A computed program, and the sweeps that its derivatives take.

    Attributes:
        stretch: from the variables to the value, or to the recorded gradients.
        plan: of the Jacobian, or of the Hessian.
        gradients: of a Hessian, by name.
    """

    computed: Computed
    stretch: Stretch
    plan: JacobianPlan | SymmetricPlan
    gradients: Mapping[str, Tensor | None]


def plan_of(
    expression: str | Program, values: Mapping[str, Any], wrt: Sequence[str] | None = None, *, second: bool = False
) -> Planned:
    """Compute a program, find where its derivatives may differ from zero, and choose the sweeps; make none of them.

    Args:
        expression: text of the language, or a parsed program.
        values: for each variable a number, a nested list or an array.
        wrt: differentiate by these variables alone, in this order.
        second: whether the Hessian is wanted.

    Raises:
        Problem: about the expression or the values; for a pattern that there is no room for.

    >>> plan_of("x[1:]*x[:-1]", {"x": [1, 2, 3]}).plan.sweeps
    2
    """
    varying = Varying()
    computed = compute(prepare(expression, values, wrt), varying.observe)
    prepared = computed.prepared
    points = [computed.tensors[name] for name in prepared.wrt]
    grid = points[0].shape if len(points) == 1 else ()
    if not second:
        stretch = Stretch([computed.value], points)
        pattern = detect([computed.value], points, varying, stretch)
        forward = can_push(stretch)
        return Planned(computed, stretch, plan_jacobian(pattern, grid, computed.value.shape, forward), {})
    gradients = recorded_gradients(one_number(computed))
    outputs = [_or_zeros(gradients[name], point) for name, point in zip(prepared.wrt, points, strict=True)]
    stretch = Stretch(outputs, points)
    pattern = _symmetric(detect(outputs, points, varying, stretch))
    return Planned(computed, stretch, plan_symmetric(pattern, grid=grid), gradients)


def _or_zeros(gradient: Tensor | None, point: Tensor) -> Tensor:
    return Tensor(np.zeros(point.shape)) if gradient is None else gradient


def _symmetric(pattern: Pattern) -> Pattern:
    """The pattern and its mirror image: of what each entry may depend on, the graph may know one side alone."""
    ones = pattern.filled(np.ones(pattern.nnz, dtype=bool))
    return Pattern.of(ones + ones.T)


def sparse_jacobian(
    expression: str | Program, values: Mapping[str, Any], wrt: Sequence[str] | None = None, *, explain: bool = True
) -> SparseJacobian:
    """The derivatives of an expression's entries by its variables' entries, those that may differ from zero.

    Args:
        expression: text of the language, or a parsed program.
        values: for each variable a number, a nested list or an array.
        wrt: differentiate by these variables alone, in this order.
        explain: whether to look for the origin of numbers that are not finite.

    Raises:
        Problem: about the expression or the values.

    >>> found = sparse_jacobian("x[1:]*x[:-1]", {"x": [1, 2, 3]})
    >>> found.sparse().toarray(), found.method, found.sweeps
    (array([[2., 1., 0.],
           [0., 3., 2.]]), 'sparse-columns', 2)
    """
    planned = plan_of(expression, values, wrt)
    computed, plan = planned.computed, planned.plan
    assert isinstance(plan, JacobianPlan)
    with np.errstate(all="ignore"):
        data = jacobian_entries(planned.stretch, computed.value, plan)
    if is_finite(data) and can_push(planned.stretch):
        check_complete(planned.stretch, plan.pattern.filled(data))
    rows, columns = plan.pattern.rows(), plan.pattern.indices

    def recompute(found: Found) -> tuple[Found, Origin | None]:
        if plan.pattern.shape[0] * plan.pattern.shape[1] > _SMALL:
            return found, None
        dense = jacobian(expression, values, wrt, explain=explain)
        return {"data": dense.jacobian[rows, columns]}, dense.origin

    return travel(
        SparseJacobian,
        computed,
        {"data": data},
        recompute=recompute,
        again=lambda text: sparse_jacobian(text, values, wrt, explain=False),
        labels=_told(planned),
    )


def sparse_hessian(
    expression: str | Program, values: Mapping[str, Any], wrt: Sequence[str] | None = None, *, explain: bool = True
) -> SparseHessian:
    """The gradient of an expression with one value, and its second derivatives, those that may differ from zero.

    Args:
        expression: text of the language, or a parsed program.
        values: for each variable a number, a nested list or an array.
        wrt: differentiate by these variables alone, in this order.
        explain: whether to look for the origin of numbers that are not finite.

    Raises:
        Problem: about the expression or the values, or a value of several entries.

    >>> sparse_hessian("sum(x[1:]*x[:-1])", {"x": [1, 2, 3]}).sparse().toarray()
    array([[0., 1., 0.],
           [1., 0., 1.],
           [0., 1., 0.]])
    """
    planned = plan_of(expression, values, wrt, second=True)
    computed, plan = planned.computed, planned.plan
    assert isinstance(plan, SymmetricPlan)
    with np.errstate(all="ignore"):
        data = hessian_entries(planned.stretch, plan)
    if is_finite(data) and computed.prepared.wrt:
        check_complete(planned.stretch, plan.pattern.filled(data))
    rows, columns = plan.pattern.rows(), plan.pattern.indices

    def recompute(found: Found) -> tuple[Found, Origin | None]:
        if plan.pattern.shape[0] * plan.pattern.shape[1] > _SMALL:
            return found, None
        dense = hessian(expression, values, wrt, explain=explain)
        return {"data": dense.hessian[rows, columns], "gradients": dense.gradients}, dense.origin

    prepared = computed.prepared
    gradients = {
        name: np.zeros(prepared.values[name].shape) if g is None else np.asarray(g.array, dtype=np.float64)
        for name, g in planned.gradients.items()
    }
    return travel(
        SparseHessian,
        computed,
        {"data": data, "gradients": gradients},
        recompute=recompute,
        again=lambda text: sparse_hessian(text, values, wrt, explain=False),
        labels=_told(planned),
    )


def _told(planned: Planned) -> dict[str, Any]:
    plan = planned.plan
    return {
        "names": planned.computed.prepared.wrt,
        "pattern": plan.pattern,
        "method": plan.method,
        "sweeps": plan.sweeps,
        "order": plan.order,
    }
