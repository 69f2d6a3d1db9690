"""Second derivatives: the gradient is recorded, and tangents are pushed forward through it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.sweeps import backward
from gradcli.engine.sweeps.forward import forward_jacobian, push
from gradcli.engine.tape.tensor import Tensor
from gradcli.errors import ShapeProblem
from gradcli.lang import Program
from gradcli.ops.calls.memory import check_entries
from gradcli.transforms.kinks.explain import explain_kinks
from gradcli.transforms.nonfinite.suggest_rewrite import suggest_rewrite
from gradcli.transforms.program.directions import direction
from gradcli.transforms.program.execute import execute, leaves
from gradcli.transforms.program.finite import is_finite
from gradcli.transforms.program.prepare import Prepared, prepare
from gradcli.transforms.results.kinds import Hessian, HessianProduct, plain
from gradcli.transforms.results.labels import labels

__all__ = ["hessian", "hvp"]


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
    tensors, value, gradients = _recorded_gradients(prepared)
    first = {name: _array(gradients[name], prepared.values[name]) for name in prepared.wrt}
    matrix = _second_derivatives(prepared, tensors, gradients)
    origin = None
    if not is_finite(value.array, matrix, *first.values()):
        seeds = [(name, seed) for name in prepared.wrt for seed in _one_hot_seeds(prepared.values[name])]
        rows = [_pull(gradients[name], seed, tensors, prepared) for name, seed in seeds]
        from gradcli.transforms.nonfinite.recompute import recompute_hessian

        settled = recompute_hessian(prepared, first, rows, seeds, explain)
        first, origin = settled.gradients, settled.origin
        for place, row in enumerate(settled.rows):
            matrix[place] = np.concatenate([row[name].ravel() for name in prepared.wrt])
    result = Hessian(
        prepared.program.source,
        prepared.inputs,
        plain(value.array),
        {name: plain(gradient) for name, gradient in first.items()},
        matrix,
        tuple(label for name in prepared.wrt for label in labels(name, prepared.values[name].shape)),
        origin=origin,
        warnings=prepared.notes,
    )
    result = suggest_rewrite(result, lambda text: hessian(text, values, wrt, explain=False))
    return explain_kinks(result, prepared)


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
    tensors, value, gradients = _recorded_gradients(prepared)
    found = [gradients[name] for name in prepared.wrt]
    moving = [g for g in found if g is not None and g.requires_grad]
    pushed = iter(push(moving, [tensors[name] for name in given], list(given.values())))
    moved = [next(pushed) if g is not None and g.requires_grad else None for g in found]
    total = {name: _array(g, prepared.values[name]) for name, g in zip(prepared.wrt, moved, strict=True)}
    origin = None
    if not is_finite(value.array, *total.values()):
        seeds = list(given.items())
        rows = [_pull(gradients[name], vector, tensors, prepared) for name, vector in seeds]
        from gradcli.transforms.nonfinite.recompute import recompute_hessian

        settled = recompute_hessian(prepared, {}, rows, seeds, explain)
        origin = settled.origin
        wanted = {name: prepared.values[name] for name in prepared.wrt}
        with np.errstate(all="ignore"):  # what is not finite is reported
            total = {n: sum([row[n] for row in settled.rows], np.zeros(a.shape)) for n, a in wanted.items()}
    result = HessianProduct(
        prepared.program.source,
        prepared.inputs,
        plain(value.array),
        {name: plain(vector) for name, vector in given.items()},
        {name: plain(product) for name, product in total.items()},
        origin=origin,
        warnings=prepared.notes,
    )
    result = suggest_rewrite(result, lambda text: hvp(text, values, vectors, explain=False))
    return explain_kinks(result, prepared)


def _recorded_gradients(prepared: Prepared) -> tuple[dict[str, Tensor], Tensor, dict[str, Tensor | None]]:
    """The leaves, the value, and its gradients as tensors with history."""
    tensors = leaves(prepared)
    value = execute(prepared.program, tensors)
    if value.array.size != 1:
        raise ShapeProblem(
            f"the value has shape {value.shape}: a Hessian needs one number",
            hint="write sum(...) around the expression, or pick an entry",
        )
    wanted = [tensors[name] for name in prepared.wrt]
    found: tuple[Tensor | None, ...] = (None,) * len(wanted)
    if value.requires_grad and wanted:
        found = backward.grad(value, wanted, np.ones(value.shape), create_graph=True, allow_unused=True)
    return tensors, value, dict(zip(prepared.wrt, found, strict=True))


def _second_derivatives(
    prepared: Prepared, tensors: Mapping[str, Tensor], gradients: Mapping[str, Tensor | None]
) -> NDArray[np.float64]:
    """The gradients' derivatives by every entry, a block of columns at a time."""
    points = [tensors[name] for name in prepared.wrt]
    sizes = [point.array.size for point in points]
    matrix = np.zeros((sum(sizes), sum(sizes)))
    moving = {name: g for name, g in gradients.items() if g is not None and g.requires_grad}
    blocks = forward_jacobian(list(moving.values()), points) if moving else []
    starts = dict(zip(prepared.wrt, np.cumsum([0, *sizes]).tolist(), strict=False))
    for name, block in zip(moving, blocks, strict=True):
        matrix[starts[name] : starts[name] + prepared.values[name].size] = block
    return matrix


def _pull(
    gradient: Tensor | None, seed: Any, tensors: Mapping[str, Tensor], prepared: Prepared
) -> dict[str, NDArray[np.float64]]:
    """A row of second derivatives; zeros for what does not depend."""
    wanted = [tensors[name] for name in prepared.wrt]
    found: tuple[Tensor | None, ...] = (None,) * len(wanted)
    if gradient is not None and gradient.requires_grad:
        found = backward.grad(gradient, wanted, seed, retain_graph=True, allow_unused=True)
    return {name: _array(g, prepared.values[name]) for name, g in zip(prepared.wrt, found, strict=True)}


def _array(gradient: Tensor | None, variable: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.zeros(variable.shape) if gradient is None else np.asarray(gradient.array, dtype=np.float64)


def _one_hot_seeds(variable: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    return list(np.eye(variable.size).reshape(variable.size, *variable.shape))
