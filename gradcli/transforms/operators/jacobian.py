"""Jacobians, row by row: one backward for each output, seeded with a one at that output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.tape.tensor import Tensor
from gradcli.lang import Program
from gradcli.ops.calls.memory import check_entries
from gradcli.transforms.kinks.detect import KinkDetector
from gradcli.transforms.kinks.explain import explain_kinks
from gradcli.transforms.nonfinite.suggest_rewrite import suggest_rewrite
from gradcli.transforms.operators.grad import pull_back
from gradcli.transforms.program.execute import execute, leaves
from gradcli.transforms.program.finite import is_finite
from gradcli.transforms.program.prepare import Prepared, prepare
from gradcli.transforms.results.kinds import Jacobian, Value, plain
from gradcli.transforms.results.labels import labels

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
    prepared = prepare(expression, values, wrt)
    tensors = leaves(prepared)
    watch = KinkDetector(prepared.program)
    value = execute(prepared.program, tensors, watch.observer)
    sizes = {name: prepared.values[name].size for name in prepared.wrt}
    check_entries("the Jacobian", value.array.size * sum(sizes.values()))
    matrix = np.zeros((value.array.size, sum(sizes.values())))
    for row, seed in enumerate(one_hot_seeds(value)):
        pulled = pull_back(value, seed, tensors, prepared, retain_graph=True)
        matrix[row] = np.concatenate([pulled[name].ravel() for name in sizes] or [np.zeros(0)])
    origin = None
    if not is_finite(value, matrix):
        from gradcli.transforms.nonfinite.recompute import recompute_jacobian

        matrix, origin = recompute_jacobian(prepared, matrix, explain)
    columns = [label for name in sizes for label in labels(name, prepared.values[name].shape)]
    result = Jacobian(
        prepared.program.source,
        prepared.inputs,
        plain(value.array),
        matrix,
        _blocks(matrix, value, prepared),
        tuple(labels("f", value.shape)),
        tuple(columns),
        origin=origin,
        warnings=prepared.notes,
    )
    result = suggest_rewrite(result, lambda text: jacobian(text, values, wrt, explain=False))
    return explain_kinks(result, prepared, watch)


def one_hot_seeds(value: Tensor) -> Iterator[NDArray[np.float64]]:
    """For each entry of the value, in C order, the seed that is one there and zero elsewhere."""
    for i in range(value.array.size):
        seed = np.zeros(value.array.size)
        seed[i] = 1.0
        yield seed.reshape(value.shape)


def _blocks(matrix: NDArray[np.float64], value: Tensor, prepared: Prepared) -> dict[str, Value]:
    blocks: dict[str, Value] = {}
    start = 0
    for name in prepared.wrt:
        variable = prepared.values[name]
        block = matrix[:, start : start + variable.size]
        blocks[name] = plain(block.reshape(value.shape + variable.shape))
        start += variable.size
    return blocks
