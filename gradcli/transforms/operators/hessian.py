"""Second derivatives: the gradient is recorded, and tangents are pushed forward through it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.sparsity.cheapest import cheapest_hessian
from gradcli.engine.sweeps import backward
from gradcli.engine.sweeps.forward import push
from gradcli.engine.sweeps.jacobians import DenseJacobian
from gradcli.engine.tape.tensor import Tensor
from gradcli.errors import ShapeProblem
from gradcli.lang import Program
from gradcli.ops.calls.memory import check_entries
from gradcli.transforms.operators.road import Computed, Found, compute, travel
from gradcli.transforms.program.directions import direction
from gradcli.transforms.program.prepare import prepare
from gradcli.transforms.results.hessian import Hessian, HessianProduct
from gradcli.transforms.results.labels import labels
from gradcli.transforms.results.value import plain_by_name

if TYPE_CHECKING:
    from gradcli.transforms.results.findings import Origin

__all__ = ["hessian", "hvp", "one_number", "recorded_gradients"]


def hessian(
    expression: str | Program, values: Mapping[str, Any], wrt: Sequence[str] | None = None, *, explain: bool = True
) -> Hessian:
    """The gradient and the matrix of second derivatives of an expression with one value.

    Args:
        expression: text of the language, or a parsed program.
        values: for each variable a number, a nested list or an array.
        wrt: differentiate by these variables alone, in this order.
        explain: whether to look for the origin of numbers that are not finite.

    Raises:
        Problem: about the expression or the values, or a value of several entries.

    >>> hessian("x**2*y", {"x": 3, "y": 2}).hessian
    array([[4., 6.],
           [6., 0.]])
    """
    prepared = prepare(expression, values, wrt)
    check_entries("the Hessian", sum(prepared.values[name].size for name in prepared.wrt) ** 2)
    computed = one_number(compute(prepared))
    gradients = recorded_gradients(computed)
    columns = [label for name in prepared.wrt for label in labels(name, prepared.values[name].shape)]
    second = _second_derivatives(computed, gradients)
    found = {
        "gradients": {name: _array(gradients[name], prepared.values[name]) for name in prepared.wrt},
        "hessian": second.matrix,
    }

    def recompute(found: Found) -> tuple[Found, Origin | None]:
        from gradcli.transforms.nonfinite.recompute import recompute_hessian

        seeds = [(name, seed) for name in prepared.wrt for seed in _one_hot_seeds(prepared.values[name])]
        rows = [_pull(gradients[name], seed, computed) for name, seed in seeds]
        first, again, origin = recompute_hessian(prepared, found["gradients"], rows, seeds, explain)
        matrix = [np.concatenate([row[name].ravel() for name in prepared.wrt]) for row in again]
        return {"gradients": first, "hessian": np.array(matrix)}, origin

    return travel(
        Hessian,
        computed,
        found,
        recompute=recompute,
        again=lambda text: hessian(text, values, wrt, explain=False),
        labels={"columns": tuple(columns), "method": second.method, "sweeps": second.sweeps},
    )


def hvp(
    expression: str | Program, values: Mapping[str, Any], vectors: Mapping[str, Any], *, explain: bool = True
) -> HessianProduct:
    """The Hessian times a vector, without the Hessian: the gradient's derivative along the vector.

    Args:
        expression: text of the language with one value, or a parsed program.
        values: for each variable a number, a nested list or an array.
        vectors: for each variable to move its direction; the others stand still.
        explain: whether to look for the origin of numbers that are not finite.

    Raises:
        Problem: about the expression, the values or the vectors.

    >>> hvp("x**2*y", {"x": 3, "y": 2}, {"x": 1}).products
    {'x': 4.0, 'y': 6.0}
    """
    prepared = prepare(expression, values)
    given = direction(prepared, vectors, "vector")
    computed = one_number(compute(prepared))
    gradients = recorded_gradients(computed)

    def recompute(found: Found) -> tuple[Found, Origin | None]:
        from gradcli.transforms.nonfinite.recompute import recompute_hessian

        seeds = list(given.items())
        rows = [_pull(gradients[name], vector, computed) for name, vector in seeds]
        _, again, origin = recompute_hessian(prepared, {}, rows, seeds, explain)
        with np.errstate(all="ignore"):  # what is not finite is reported
            zeros = {name: np.zeros(prepared.values[name].shape) for name in prepared.wrt}
            total = {name: sum([row[name] for row in again], zero) for name, zero in zeros.items()}
        return {"products": total}, origin

    return travel(
        HessianProduct,
        computed,
        {"products": _along(computed, gradients, given)},
        recompute=recompute,
        again=lambda text: hvp(text, values, vectors, explain=False),
        labels={"vectors": plain_by_name(given)},
    )


def one_number(computed: Computed) -> Computed:
    """See that the value is one number.

    Raises:
        ShapeProblem: if it is not.
    """
    if computed.value.array.size != 1:
        raise ShapeProblem(
            f"the value has shape {computed.value.shape}: a Hessian needs one number",
            hint="write sum(...) around the expression, or pick an entry",
        )
    return computed


def recorded_gradients(computed: Computed) -> dict[str, Tensor | None]:
    """The value's gradients as tensors with history."""
    value, names = computed.value, computed.prepared.wrt
    wanted = [computed.tensors[name] for name in names]
    found: tuple[Tensor | None, ...] = (None,) * len(wanted)
    if value.requires_grad and wanted:
        found = backward.grad(value, wanted, np.ones(value.shape), create_graph=True, allow_unused=True)
    return dict(zip(names, found, strict=True))


def _along(
    computed: Computed, gradients: Mapping[str, Tensor | None], given: Mapping[str, Any]
) -> dict[str, NDArray[np.float64]]:
    """The gradients' derivatives along a direction; zeros for those that do not change."""
    moving = {name: g for name, g in gradients.items() if g is not None and g.requires_grad}
    along = {name: t for name, t in given.items() if computed.tensors[name].requires_grad}  # no index moves
    pushed = push(list(moving.values()), [computed.tensors[name] for name in along], list(along.values()))
    moved = dict(zip(moving, pushed, strict=True))
    prepared = computed.prepared
    return {name: _array(moved.get(name), prepared.values[name]) for name in prepared.wrt}


def _second_derivatives(computed: Computed, gradients: Mapping[str, Tensor | None]) -> DenseJacobian:
    """The gradients' derivatives by every entry."""
    names = computed.prepared.wrt
    points = [computed.tensors[name] for name in names]
    size = sum(point.array.size for point in points)
    outputs = [_tensor(gradients[name], computed.tensors[name]) for name in names]
    if not any(out.requires_grad for out in outputs):
        return DenseJacobian(np.zeros((size, size)), "forward", 0)
    return cheapest_hessian(outputs, points)


def _tensor(gradient: Tensor | None, point: Tensor) -> Tensor:
    """A gradient; zeros for that of a variable which the value does not depend on."""
    return Tensor(np.zeros(point.shape)) if gradient is None else gradient


def _pull(gradient: Tensor | None, seed: Any, computed: Computed) -> dict[str, NDArray[np.float64]]:
    """A row of second derivatives; zeros for what does not depend."""
    names, values = computed.prepared.wrt, computed.prepared.values
    found: tuple[Tensor | None, ...] = (None,) * len(names)
    if gradient is not None and gradient.requires_grad:
        wanted = [computed.tensors[name] for name in names]
        found = backward.grad(gradient, wanted, seed, retain_graph=True, allow_unused=True)
    return {name: _array(g, values[name]) for name, g in zip(names, found, strict=True)}


def _array(gradient: Tensor | None, variable: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.zeros(variable.shape) if gradient is None else np.asarray(gradient.array, dtype=np.float64)


def _one_hot_seeds(variable: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    return list(np.eye(variable.size).reshape(variable.size, *variable.shape))
