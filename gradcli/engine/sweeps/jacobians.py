"""Whole Jacobians of a recorded computation, by whichever way costs least.

Row by row, a sweep backward for each output, is what a Jacobian means here. The rows go through the graph in blocks
where there are many of them, and where there are fewer inputs than outputs the columns do, forward.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.sweeps.backward import grad
from gradcli.engine.sweeps.one_hot import seeds
from gradcli.engine.sweeps.stretch import Stretch
from gradcli.engine.tape.tensor import Tensor

__all__ = ["DenseJacobian", "dense_jacobian", "dense_rows", "forward_jacobian"]

_FEW = 256
"""Visits to nodes below which the rows are computed one by one: they take a millisecond or two."""


class DenseJacobian(NamedTuple):
    """A matrix, outputs down and inputs across, and how it came about.

    Attributes:
        method: "rows", "blocks" of rows, or "forward", by columns.
        sweeps: how many directions went through the graph.
    """

    matrix: NDArray[Any]
    method: str
    sweeps: int


def dense_jacobian(out: Tensor, points: Sequence[Tensor]) -> DenseJacobian:
    """All derivatives of an output's entries by all entries of the points, one point after the other.

    >>> import gradcli
    >>> x = gradcli.tensor([1.0, 3.0], requires_grad=True)
    >>> dense_jacobian(x * x, [x])
    DenseJacobian(matrix=array([[2., 0.],
           [0., 6.]]), method='rows', sweeps=2)
    """
    rows, columns = out.array.size, sum(point.array.size for point in points)
    if not out.requires_grad or not rows * columns:
        return DenseJacobian(np.zeros((rows, columns)), "rows", 0)
    stretch = Stretch([out], points)
    if _is_little(stretch, rows):
        return DenseJacobian(_one_by_one(out, points), "rows", rows)
    if columns < rows and all(node.rule.jvps for node in stretch.nodes):
        return DenseJacobian(_by_columns(stretch, columns)[0], "forward", columns)
    return DenseJacobian(_by_rows(stretch, out), "blocks", rows)


def dense_rows(out: Tensor, points: Sequence[Tensor]) -> NDArray[Any]:
    """The same matrix by rows alone, one by one or in blocks, whatever it costs.

    >>> import gradcli
    >>> x = gradcli.tensor([1.0, 3.0], requires_grad=True)
    >>> dense_rows(x * x, [x])
    array([[2., 0.],
           [0., 6.]])
    """
    if not out.requires_grad:
        return np.zeros((out.array.size, sum(point.array.size for point in points)))
    stretch = Stretch([out], points)
    return _one_by_one(out, points) if _is_little(stretch, out.array.size) else _by_rows(stretch, out)


def _is_little(stretch: Stretch, rows: int) -> bool:
    """Whether the rows are computed one by one: where blocks of them gain nothing, and where each is watched."""
    return rows * len(stretch.nodes) <= _FEW or not stretch.is_plain


def forward_jacobian(outputs: Sequence[Tensor], points: Sequence[Tensor]) -> list[Any]:
    """For each output the matrix of its entries' derivatives by the entries of all points, one after the other.

    >>> import gradcli
    >>> x = gradcli.tensor([1.0, 3.0], requires_grad=True)
    >>> forward_jacobian([x * x], [x])
    [array([[2., 0.],
           [0., 6.]])]
    """
    columns = sum(point.array.size for point in points)
    found = iter(_by_columns(Stretch(outputs, points), columns))
    return [next(found) if out.requires_grad else np.zeros((out.array.size, columns)) for out in outputs]


def _by_rows(stretch: Stretch, out: Tensor) -> NDArray[Any]:
    """The Jacobian of an output, a block of rows at a time."""
    rows, columns = out.array.size, sum(point.array.size for point in stretch.points)
    size = stretch.block
    matrix: Any = None
    for start in range(0, rows, size):
        count = min(size, rows - start)
        given = seeds(out.shape, start, count, out.dtype)
        parts = stretch.pull(out, given)
        if count == rows and len(parts) == 1 and _is_own(parts[0]):
            return np.asarray(parts[0].reshape(rows, columns))
        flat = [part.reshape(count, -1) for part in parts]
        if matrix is None:
            matrix = np.empty((rows, columns))
        np.concatenate(flat, axis=1, out=matrix[start : start + count], casting="same_kind")
    return np.asarray(matrix)


def _is_own(part: NDArray[Any]) -> bool:
    """Whether an array was made by the sweep, and can be the matrix itself."""
    return part.flags.owndata and part.flags.c_contiguous and part.dtype == np.float64


def _by_columns(stretch: Stretch, columns: int) -> list[NDArray[Any]]:
    """The Jacobian of each output, a block of columns at a time."""
    matrices = [np.empty((out.array.size, columns)) for out in stretch.outputs]
    size = stretch.block
    for start in range(0, columns, size):
        count = min(size, columns - start)
        pushed = stretch.push(_some_units(stretch.points, start, count))
        for matrix, tangent in zip(matrices, pushed, strict=True):
            matrix[:, start : start + count] = tangent.reshape(count, -1).T
    return matrices


def _some_units(points: Sequence[Tensor], start: int, count: int) -> list[Any]:
    """For each point its part of `count` unit vectors of the space of all, from one on."""
    found, offset = [], start
    for point in points:
        size = point.array.size
        found.append(np.eye(count, size, offset, dtype=point.dtype).reshape((count, *point.shape)))
        offset -= size
    return found


def _one_by_one(out: Tensor, points: Sequence[Tensor]) -> NDArray[Any]:
    """The Jacobian row by row, each with a seed that is one at its output and zero elsewhere."""
    matrix = np.zeros((out.array.size, sum(point.array.size for point in points)))
    for row, seed in enumerate(np.eye(out.array.size)):
        pulled = grad(out, list(points), seed.reshape(out.shape), retain_graph=True, allow_unused=True)
        parts = [np.zeros(p.array.size) if g is None else g.array.ravel() for g, p in zip(pulled, points, strict=True)]
        matrix[row] = np.concatenate(parts)
    return matrix
