"""Products with the Jacobian of a recorded computation, and the Jacobian from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcli.engine.sparsity.cheapest import coloured
from gradcli.engine.sweeps.backward import grad
from gradcli.engine.sweeps.forward import push
from gradcli.engine.sweeps.jacobians import dense_rows, forward_jacobian
from gradcli.engine.tape.apply import call
from gradcli.engine.tape.tensor import Tensor
from gradcli.errors import AutogradError

__all__ = ["as_tuple", "jacobian_by_columns", "jacobian_by_rows", "pull_back", "unit_tensors"]


def pull_back(
    outputs: Sequence[Tensor],
    points: Sequence[Tensor],
    cotangents: Sequence[Any],
    create_graph: bool,
    strict: bool,
    retain: bool = False,
) -> tuple[Tensor, ...]:
    """The cotangents of the points for those of the outputs: `grad` with zeros for a point that is not used.

    Unlike `grad` it takes outputs that depend on nothing.

    Args:
        strict: refuse an output that does not depend on some point.
        retain: keep the graph for another sweep.

    Raises:
        AutogradError: if `strict` and something is not used.
    """
    used = [(out, g) for out, g in zip(outputs, cotangents, strict=True) if out.requires_grad]
    found: tuple[Tensor | None, ...] = (None,) * len(points)
    if used:
        heads, seeds = [out for out, _ in used], [g for _, g in used]
        found = grad(heads, points, seeds, retain or create_graph, create_graph, allow_unused=True)
    if strict and (len(used) < len(outputs) or any(g is None for g in found)):
        raise AutogradError("an output does not depend on an input, which strict=True forbids")
    return tuple(Tensor(np.zeros_like(p.array)) if g is None else g for p, g in zip(points, found, strict=True))


def jacobian_by_rows(out: Tensor, points: tuple[Tensor, ...], create_graph: bool, strict: bool) -> tuple[Tensor, ...]:
    """An output's Jacobian by each point, by backward: many rows at once where nobody asks after each."""
    if not create_graph and not strict and all(point.requires_grad for point in points):
        return _plain_rows(out, points)
    rows = [pull_back((out,), points, (seed,), create_graph, strict, retain=True) for seed in unit_tensors(out)]
    return tuple(
        _stacked([row[i] for row in rows], (*out.shape, *point.shape)) for i, point in enumerate(points)
    )  # fmt: skip


def _plain_rows(out: Tensor, points: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    found = coloured(out, points)
    matrix = dense_rows(out, points) if found is None else found.matrix
    parts = np.split(matrix, np.cumsum([point.array.size for point in points])[:-1], axis=1)
    return tuple(
        Tensor(part.reshape((*out.shape, *point.shape)).astype(point.dtype, copy=False))
        for part, point in zip(parts, points, strict=True)
    )


def jacobian_by_columns(
    outputs: Sequence[Tensor], points: Sequence[Tensor], create_graph: bool
) -> list[tuple[Tensor, ...]]:
    """For each output its Jacobian by each point, by forward mode."""
    columns = _recorded_columns(outputs, points) if create_graph else _plain_columns(outputs, points)
    found = []
    for out, whole in zip(outputs, columns, strict=True):
        blocks, start = [], 0
        for point in points:
            stop = start + point.array.size
            blocks.append(whole[..., start:stop].reshape((*out.shape, *point.shape)))
            start = stop
        found.append(tuple(blocks))
    return found


def _plain_columns(outputs: Sequence[Tensor], points: Sequence[Tensor]) -> list[Tensor]:
    found = coloured(outputs[0], points) if len(outputs) == 1 else None
    matrices = forward_jacobian(outputs, points) if found is None else [found.matrix]
    shapes = [(*out.shape, matrix.shape[1]) for out, matrix in zip(outputs, matrices, strict=True)]
    return [
        Tensor(matrix.reshape(shape).astype(out.dtype, copy=False))
        for out, matrix, shape in zip(outputs, matrices, shapes, strict=True)
    ]


def _recorded_columns(outputs: Sequence[Tensor], points: Sequence[Tensor]) -> list[Tensor]:
    columns: list[list[Tensor]] = [[] for _ in outputs]
    for i, point in enumerate(points):
        for unit in unit_tensors(point):
            pushed = push(outputs, [points[i]], [unit], create_graph=True)
            for out, column, tangent in zip(outputs, columns, pushed, strict=True):
                column.append(Tensor(np.zeros_like(out.array)) if tangent is None else tangent)
    return [
        call("stack", *column, axis=-1) if column else Tensor(np.zeros((*out.shape, 0)))
        for out, column in zip(outputs, columns, strict=True)
    ]


def unit_tensors(like: Tensor) -> list[Tensor]:
    """The unit vectors of a tensor's space, in its shape and type."""
    rows = np.eye(like.array.size, dtype=like.dtype)
    return [Tensor(row.reshape(like.shape)) for row in rows]


def _stacked(parts: list[Tensor], shape: tuple[int, ...]) -> Tensor:
    return call("stack", *parts).reshape(shape) if parts else Tensor(np.zeros(shape))


def as_tuple(given: Any) -> tuple[Tensor, ...]:
    """One tensor, or several in a list or tuple, as a tuple."""
    return tuple(given) if isinstance(given, list | tuple) else (given,)
