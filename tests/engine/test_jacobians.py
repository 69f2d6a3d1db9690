"""Whole Jacobians by blocks of rows, by columns, and row by row: the same numbers, and the way that costs least."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli.engine.sweeps import jacobians, stretch
from gradcli.engine.sweeps.jacobians import dense_jacobian
from gradcli.engine.tape.tensor import Tensor

RANDOM = np.random.default_rng(3)
A = RANDOM.normal(size=(40, 30))
SQUARE = RANDOM.normal(size=(30, 30))

Function = Callable[..., Any]

PROGRAMS: dict[str, Function] = {
    "a layer": lambda x: gradcli.tanh(gradcli.tensor(A) @ x + 1),
    "two uses": lambda x: x[1:] * x[:-1] + x[1:],
    "twice the same": lambda x: gradcli.sin(x) * gradcli.cos(x),
    "a row of each": lambda x: gradcli.outer(x, gradcli.exp(x)),
    "reductions": lambda x: (x.reshape(6, 5) ** 2).mean(1).reshape(6, 1) * x.reshape(6, 5),
    "repeated entries": lambda x: gradcli.tensor(A[0])[:, None] * x[gradcli.tensor([0, 0, 3, 29])],
    "joins": lambda x: gradcli.cat([x, x[:4] ** 2, gradcli.ones(3)]),
    "a softmax": lambda x: gradcli.softmax(x, -1) * 2,
    "a solution": lambda x: gradcli.linalg.solve(gradcli.tensor(SQUARE) + gradcli.diag(x), x),
    "pieces": lambda x: gradcli.split(x, 10)[0] * gradcli.split(x, 10)[2],
    "scans": lambda x: gradcli.cumsum(x, 0) * gradcli.cumprod(x, 0),
    "no dependence": gradcli.floor,
}


def by_rows(out: Tensor, points: list[Tensor]) -> Any:
    """The definition: a sweep for each output, seeded with a one there."""
    rows = []
    for seed in np.eye(out.array.size):
        pulled = gradcli.autograd.grad(out, points, gradcli.tensor(seed.reshape(out.shape)), retain_graph=True,
                                       allow_unused=True)  # fmt: skip
        rows.append(np.concatenate([np.zeros(p.array.size) if g is None else g.array.ravel()
                                    for g, p in zip(pulled, points, strict=True)]))  # fmt: skip
    return np.array(rows)


def agree(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-14 * np.abs(expected).max(initial=1.0))


@pytest.mark.parametrize("block", [2**21, 100])
@pytest.mark.parametrize("name", PROGRAMS)
def test_rows_in_blocks_are_the_rows(name: str, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jacobians, "_FEW", 0)
    monkeypatch.setattr(stretch, "_BLOCK", block)
    x = Tensor(RANDOM.uniform(0.5, 1.5, 30), True)
    out = PROGRAMS[name](x)
    found = dense_jacobian(out, [x])
    assert found.method == ("forward" if out.array.size > 30 else "blocks")
    assert found.sweeps == min(out.array.size, 30)
    agree(found.matrix, by_rows(out, [x]))
    agree(jacobians.dense_rows(out, [x]), by_rows(out, [x]))


def test_several_points_one_of_them_unused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jacobians, "_FEW", 0)
    x, y, z = (Tensor(RANDOM.uniform(0.5, 1.5, 3), True) for _ in range(3))
    out = x[:2] * y[1:] + x[:2]
    found = dense_jacobian(out, [x, z, y])
    assert found.method == "blocks"
    agree(found.matrix, by_rows(out, [x, z, y]))
    (forward,) = jacobians.forward_jacobian([out], [x, z, y])
    agree(forward, found.matrix)


def test_small_ones_and_watched_ones_are_computed_row_by_row() -> None:
    x = Tensor(RANDOM.uniform(0.5, 1.5, 300), True)
    assert dense_jacobian(x[:2] ** 2, [x]).method == "rows"
    seen: list[Any] = []
    y = x**2
    y.register_hook(seen.append)
    assert dense_jacobian(gradcli.sin(y), [x]).method == "rows"
    assert len(seen) == 300


def test_a_function_without_forward_mode_goes_by_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    class Double(gradcli.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2

        @staticmethod
        def backward(ctx: Any, *gradients: Any) -> Any:
            return gradients[0] * 2

    monkeypatch.setattr(jacobians, "_FEW", 0)
    x = Tensor(RANDOM.uniform(0.5, 1.5, 3), True)
    found = dense_jacobian(gradcli.outer(Double.apply(x), x), [x])
    assert found.method == "blocks"
    agree(found.matrix, by_rows(gradcli.outer(x * 2, x), [x]))


def test_jacrev_goes_in_blocks_and_nests_as_before() -> None:
    x = gradcli.tensor(RANDOM.uniform(0.5, 1.5, 300))
    agree(gradcli.func.jacrev(lambda x: x**3)(x).array, np.diag(3 * x.array**2))
    small = x[:3]
    second = gradcli.func.jacrev(gradcli.func.jacrev(lambda x: (x**3).sum()))(small)
    agree(second.array, np.diag(6 * small.array))
