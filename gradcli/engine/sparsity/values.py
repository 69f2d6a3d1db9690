"""The entries of a sparse Jacobian or Hessian, from as few sweeps as its plan has; the dense matrix is never made.

What a plan's pattern leaves out is checked by one sweep more, in a random direction: there the sparse matrix and the
program have the same derivative, unless an entry is missing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.coloring.pattern import Index
from gradcli.coloring.plan import JacobianPlan, SymmetricPlan
from gradcli.engine.sweeps.stretch import Stretch
from gradcli.engine.tape.tensor import Tensor
from gradcli.errors import AutogradError, ShapeProblem

__all__ = ["can_push", "check_complete", "hessian_entries", "jacobian_entries"]

_BLOCK = 2**17
"""Numbers that the widest array of a block may have: what fits into a core's own memory is quickest."""

_SEED = 20_262
"""Of the random direction; any number would do."""

_TOLERANCE = 1e-8
"""Of the largest sum of sizes, how much rounding may leave between the two derivatives in one direction."""


def can_push(stretch: Stretch) -> bool:
    """Whether tangents go through everything between points and outputs."""
    return all(node.rule.jvps for node in stretch.nodes)


def jacobian_entries(stretch: Stretch, out: Tensor, plan: JacobianPlan) -> NDArray[np.float64]:
    """The entries of an output's Jacobian, in the order of the plan's pattern.

    Raises:
        ShapeProblem: for the plan of a matrix of another shape.
    """
    _check_shape(plan.pattern.shape, (out.array.size, sum(point.array.size for point in stretch.points)))
    pushed = _pushed(stretch, plan.pushed_together, plan.pattern.shape)
    pulled = np.zeros((plan.backward, plan.pattern.shape[1]))
    for start, stop in _blocks(stretch, plan.backward):
        seeds = _seeds(plan.pulled_together[start:stop], plan.pattern.shape[0], out.dtype).reshape(
            (stop - start, *out.shape)
        )
        parts = [part.reshape(stop - start, -1) for part in stretch.pull(out, seeds)]
        np.concatenate(parts, axis=1, out=pulled[start:stop], casting="same_kind")
    return plan.read(pushed, pulled)


def hessian_entries(stretch: Stretch, plan: SymmetricPlan) -> NDArray[np.float64]:
    """The entries of a Hessian, in the order of the plan's pattern.

    Args:
        stretch: from the points to the recorded gradients by each of them, in order.
        plan: of the Hessian.

    Raises:
        ShapeProblem: for the plan of a matrix of another shape.
    """
    size = sum(point.array.size for point in stretch.points)
    _check_shape(plan.pattern.shape, (size, size))
    return plan.read(_pushed(stretch, plan.pushed_together, plan.pattern.shape))


def _check_shape(planned: tuple[int, int], wanted: tuple[int, int]) -> None:
    if planned != wanted:
        raise ShapeProblem(
            f"the plan is of a matrix of shape {planned}, and this one has shape {wanted}",
            hint="make the plan at arguments of these shapes",
        )


def _pushed(stretch: Stretch, together: list[Index], shape: tuple[int, int]) -> NDArray[np.float64]:
    """What comes of each sweep forward: the sum of the matrix's columns that are in it."""
    count = len(together)
    found = np.empty((count, shape[0]))
    sizes = [point.array.size for point in stretch.points]
    for start, stop in _blocks(stretch, count):
        seeds = np.split(_seeds(together[start:stop], shape[1], np.float64), np.cumsum(sizes)[:-1], axis=1)
        tangents = [
            seed.astype(point.dtype, copy=False).reshape((stop - start, *point.shape))
            for seed, point in zip(seeds, stretch.points, strict=True)
        ]
        place = 0
        for out, part in zip(stretch.asked, stretch.push_all(tangents), strict=True):
            size = out.array.size
            found[start:stop, place : place + size] = 0.0 if part is None else part.reshape(stop - start, -1)
            place += size
    return found


def _blocks(stretch: Stretch, count: int) -> list[tuple[int, int]]:
    """The sweeps that go together."""
    size = max(1, min(stretch.block, _BLOCK // max(stretch.widest, 1)))
    return [(start, min(start + size, count)) for start in range(0, count, size)]


def _seeds(together: list[Index], size: int, dtype: Any) -> NDArray[Any]:
    """For each sweep a seed that is one at all that is in it."""
    seeds = np.zeros((len(together), size), dtype=dtype)
    for seed, mine in zip(seeds, together, strict=True):
        seed[mine] = 1.0
    return seeds


def check_complete(stretch: Stretch, matrix: Any) -> None:
    """See that a matrix is the derivative of the outputs in a random direction too.

    Args:
        stretch: from the points to the outputs.
        matrix: a SciPy matrix, of all outputs by all points.

    Raises:
        AutogradError: if it is not: the pattern lacks an entry.
    """
    if not stretch.points:
        return
    random = np.random.default_rng(_SEED)
    direction = random.uniform(0.5, 1.5, matrix.shape[1])
    sizes = [point.array.size for point in stretch.points]
    tangents = [
        part.reshape((1, *point.shape)).astype(point.dtype, copy=False)
        for part, point in zip(np.split(direction, np.cumsum(sizes)[:-1]), stretch.points, strict=True)
    ]
    parts = [
        np.zeros(out.array.size) if part is None else np.ravel(part)
        for out, part in zip(stretch.asked, stretch.push_all(tangents), strict=True)
    ]
    with np.errstate(all="ignore"):
        expected, found = np.concatenate(parts), matrix @ direction
        terms = type(matrix)((np.abs(matrix.data), matrix.indices, matrix.indptr), shape=matrix.shape) @ direction
        far = np.abs(found - expected) > _TOLERANCE * np.maximum(np.maximum(terms, np.abs(expected)), 1e-300)
    if far.any():
        row = int(np.flatnonzero(far)[0])
        raise AutogradError(
            f"the pattern lacks an entry of row {row}: in a random direction the program's derivative there is "
            f"{expected[row]:.6g}, and the sparse matrix gives {found[row]:.6g}",
            hint="find the pattern at this point: the program may have taken another branch than where it was found",
        )
