"""Jacobians, row by row: one backward for each output, seeded with a one at that output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.sparsity.cheapest import cheapest_jacobian
from gradcli.engine.tape.tensor import Tensor
from gradcli.lang import Program
from gradcli.ops.calls.memory import check_entries
from gradcli.transforms.operators.road import Found, compute, travel
from gradcli.transforms.program.prepare import prepare
from gradcli.transforms.results.jacobian import Jacobian
from gradcli.transforms.results.labels import labels

if TYPE_CHECKING:
    from gradcli.transforms.results.findings import Origin

__all__ = ["jacobian"]


def jacobian(
    expression: str | Program, values: Mapping[str, Any], wrt: Sequence[str] | None = None, *, explain: bool = True
) -> Jacobian:
    """All derivatives of an expression's entries by its variables' entries.

    Args:
        expression: text of the language, or a parsed program; a vector is written `f, g` or `[f, g]`.
        values: for each variable a number, a nested list or an array.
        wrt: differentiate by these variables alone, in this order.
        explain: whether to look for the origin of numbers that are not finite.

    Raises:
        Problem: about the expression or the values.

    >>> jacobian("x1**2 + 3*x2, x2**2 + 2*x1", {"x1": 2, "x2": 3}).jacobian
    array([[4., 3.],
           [2., 6.]])
    """
    computed = compute(prepare(expression, values, wrt))
    prepared, value = computed.prepared, computed.value
    shapes = {name: prepared.values[name].shape for name in prepared.wrt}
    columns = [label for name, shape in shapes.items() for label in labels(name, shape)]
    check_entries("the Jacobian", value.array.size * len(columns))
    found = cheapest_jacobian(value, [computed.tensors[name] for name in prepared.wrt])
    matrix = found.matrix

    def recompute(_: Found) -> tuple[Found, Origin | None]:
        from gradcli.transforms.nonfinite.recompute import recompute_jacobian

        again, origin = recompute_jacobian(prepared, matrix, explain)
        return _fields(again, value, shapes), origin

    return travel(
        Jacobian,
        computed,
        _fields(matrix, value, shapes),
        recompute=recompute,
        again=lambda text: jacobian(text, values, wrt, explain=False),
        labels={
            "rows": tuple(computed.outputs.labels(value.shape)),
            "columns": tuple(columns),
            "method": found.method,
            "sweeps": found.sweeps,
        },
    )


def _fields(matrix: NDArray[np.float64], value: Tensor, shapes: Mapping[str, tuple[int, ...]]) -> Found:
    """The matrix, and each variable's part of it in shapes that a person knows."""
    sizes = [int(np.prod(shape, dtype=int)) for shape in shapes.values()]
    parts = np.split(matrix, np.cumsum(sizes)[:-1], axis=1) if sizes else []
    blocks = {name: part.reshape(value.shape + shapes[name]) for name, part in zip(shapes, parts, strict=True)}
    return {"jacobian": matrix, "jacobians": blocks}
