"""Dense matrices by whichever way costs least, coloured sweeps among them: a large matrix may turn out to be sparse.

The pattern is looked for where that costs little beside the dense matrix, and given up once it is too full. A pattern
that lacks an entry, or numbers that are not finite, which sweeps that are shared spread, lead back to the dense way.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.coloring.pattern import Pattern
from gradcli.coloring.plan import JacobianPlan, SymmetricPlan, plan_jacobian, plan_symmetric
from gradcli.engine.sparsity.remembered import remembered
from gradcli.engine.sweeps.jacobians import DenseJacobian, dense_jacobian, forward_jacobian
from gradcli.engine.sweeps.stretch import Stretch
from gradcli.engine.tape.node import Node
from gradcli.engine.tape.tensor import Tensor
from gradcli.errors import AutogradError

__all__ = ["cheapest_hessian", "cheapest_jacobian", "coloured"]

_LEAST = 64
"""Rows and columns of a matrix that is worth looking for a pattern."""

_WORK = 20_000_000
"""Numbers that the dense way would make, below which it is quick enough."""

_FULL = 16
"""Of the places of a matrix the share, one in so many, above which a pattern is of no use."""

_FEWER = 4
"""So many times fewer sweeps than the dense way has are worth the colouring."""

_SAMPLE = 4096


def cheapest_jacobian(out: Tensor, points: Sequence[Tensor]) -> DenseJacobian:
    """All derivatives of an output's entries by all entries of the points, one point after the other.

    >>> import gradcli
    >>> x = gradcli.tensor(np.linspace(0, 1, 3000), requires_grad=True)
    >>> found = cheapest_jacobian(gradcli.sin(x[1:]) * x[:-1] + gradcli.cos(x[1:]), [x])
    >>> found.method, found.sweeps
    ('sparse-columns', 2)
    """
    return coloured(out, points) or dense_jacobian(out, points)


def coloured(out: Tensor, points: Sequence[Tensor]) -> DenseJacobian | None:
    """The same from coloured sweeps, where these are well below what the dense way takes."""
    rows, columns = out.array.size, sum(point.array.size for point in points)
    if min(rows, columns) < _LEAST or not out.requires_grad:
        return None
    stretch = Stretch([out], points)
    if not _is_worth_a_look(stretch, min(rows, columns)):
        return None
    plan, known = remembered(stretch, "jacobian", lambda: _jacobian_plan(stretch, out, rows, columns))
    if plan is None:
        return None
    from gradcli.engine.sparsity.values import jacobian_entries

    matrix = _filled(stretch, plan.pattern, jacobian_entries(stretch, out, plan), not known and _can_push(stretch))
    return None if matrix is None else DenseJacobian(matrix, plan.method, plan.sweeps)


def cheapest_hessian(gradients: Sequence[Tensor], points: Sequence[Tensor]) -> DenseJacobian:
    """The derivatives of the recorded gradients by the points, one gradient after the other.

    Args:
        gradients: of each point, in its shape.
        points: in the same order.
    """
    size = sum(point.array.size for point in points)
    stretch = Stretch(gradients, points)
    if size >= _LEAST and _is_worth_a_look(stretch, size):
        plan, known = remembered(stretch, "hessian", lambda: _hessian_plan(stretch, size))
        if plan is not None:
            from gradcli.engine.sparsity.values import hessian_entries

            matrix = _filled(stretch, plan.pattern, hessian_entries(stretch, plan), not known)
            if matrix is not None:
                return DenseJacobian(matrix, plan.method, plan.sweeps)
    return DenseJacobian(np.concatenate(forward_jacobian(gradients, points)), "forward", size)


def _jacobian_plan(stretch: Stretch, out: Tensor, rows: int, columns: int) -> JacobianPlan | None:
    """The plan of a Jacobian that is sparse enough."""
    pattern = _found(stretch, rows * columns)
    if pattern is None:
        return None
    plan = plan_jacobian(pattern, outputs=out.shape, forward=_can_push(stretch))
    return plan if plan.sweeps * _FEWER <= min(rows, columns) else None


def _hessian_plan(stretch: Stretch, size: int) -> SymmetricPlan | None:
    """The plan of a Hessian that is sparse enough."""
    pattern = _found(stretch, size * size)
    if pattern is None:
        return None
    ones = pattern.filled(np.ones(pattern.nnz, dtype=bool))
    plan = plan_symmetric(Pattern.of(ones + ones.T), "star")
    return plan if plan.sweeps * _FEWER <= size else None


def _can_push(stretch: Stretch) -> bool:
    return all(node.rule.jvps for node in stretch.nodes)


def _is_worth_a_look(stretch: Stretch, directions: int) -> bool:
    """Whether the dense way takes long enough, and nothing says at once that the matrix is full."""
    sizes = sum(prod(stretch.shapes.get((node.key, 0), ())) for node in stretch.nodes)
    return sizes * directions >= _WORK and stretch.is_plain and not any(map(_is_full, stretch.nodes))


def _found(stretch: Stretch, places: int) -> Pattern | None:
    """The pattern, if it is sparse."""
    from gradcli.engine.sparsity.detect import detect_sparse, is_truth

    return detect_sparse(stretch, is_truth, places // _FULL)


def _is_full(node: Node) -> bool:
    """Whether a large constant factor of a product has hardly a zero: its product depends on everything."""
    if node.rule.op.kind == "elementwise" or len(node.edges) != 2:
        return False
    for edge, saved in zip(node.edges, node.tensors, strict=False):
        numbers = np.ravel(getattr(saved, "array", 0.0))
        if edge is None and numbers.size > _SAMPLE:
            sample = numbers[:: numbers.size // _SAMPLE]
            if np.count_nonzero(sample) * _FULL > sample.size:
                return True
    return False


@np.errstate(all="ignore")
def _filled(stretch: Stretch, pattern: Pattern, data: NDArray[Any], check: bool) -> NDArray[Any] | None:
    """The dense matrix, unless it is not finite, or the pattern lacks an entry."""
    from gradcli.engine.sparsity.values import check_complete

    if not np.isfinite(data).all():
        return None
    if check:
        try:
            check_complete(stretch, pattern.filled(data))
        except AutogradError:
            return None
    matrix = np.zeros(pattern.shape)
    matrix[pattern.rows(), pattern.indices] = data
    return matrix
