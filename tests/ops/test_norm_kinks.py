"""Norms of every order: where they have kinks, which sides these have, and the derivative that is taken there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli.ops.functions.norms import norm_kinks

INF = np.inf
A = np.array([[3.0, 1.0], [0.5, 2.0]])


@pytest.mark.parametrize("ord", ["'nuc'", "'fro'", "1", "-1", "2", "-2", "inf", "-inf"])
def test_a_smooth_point_of_a_matrix_norm_is_no_kink(ord: str) -> None:
    result = gradcli.grad(f"norm(A, {ord})", {"A": A})
    assert result.kinks == ()
    step = 1e-6
    for index in np.ndindex(2, 2):
        moved = [float(gradcli.evaluate(f"norm(A, {ord})", {"A": A + h * _unit(index)}).value) for h in (step, -step)]
        slope = np.asarray(result.gradients["A"])[index]
        assert abs((moved[0] - moved[1]) / (2 * step) - slope) < 1e-8


def _unit(index: tuple[int, ...]) -> Any:
    unit = np.zeros((2, 2))
    unit[index] = 1
    return unit


@pytest.mark.parametrize("ord", ["1", "-1", "inf", "-inf", "2", "3", "1.5", "0.5", "-0.5", "0"])
def test_a_smooth_point_of_a_vector_norm_is_no_kink(ord: str) -> None:
    assert gradcli.grad(f"norm(x, {ord})", {"x": [1.0, -3.0, 0.5]}).kinks == ()


@pytest.mark.parametrize(
    ("x", "ord", "axis", "where"),
    [
        ([0.0, 1.0], 1, None, [True, False]),
        ([0.0, 1.0], 0.5, None, [True, False]),
        ([0.0, 1.0], 3, None, [False, False]),
        ([0.0, 0.0], 3, None, [True, True]),
        ([1.0, -1.0, 0.5], INF, None, [True, True, False]),
        ([1.0, 0.5, -0.5], -INF, None, [False, True, True]),
        ([1.0, 0.0], -INF, None, [False, True]),
        ([1.0, 0.0], INF, None, [False, False]),
        ([[1.0, 2.0], [2.0, 1.0]], 1, None, [[True, True], [True, True]]),
        ([[1.0, 0.0], [2.0, 4.0]], 1, None, [[False, True], [False, False]]),
        ([[1.0, 0.0], [2.0, 4.0]], INF, None, [[False, False], [False, False]]),
        ([[1.0, 0.0], [2.0, 4.0]], -INF, None, [[False, True], [False, False]]),
        ([[1.0, 0.0], [2.0, 4.0]], 1, -1, [[False, True], [False, False]]),
        ([[0.0, 0.0], [2.0, 4.0]], 2, 1, [True, False]),
        ([[1.0, 2.0], [2.0, 4.0]], "nuc", None, True),
        ([[1.0, 2.0], [2.0, 4.0]], -2, None, True),
        ([[1.0, 2.0], [2.0, 4.0]], 2, None, False),
        ([[0.0, 3.0], [3.0, 0.0]], 2, None, True),
        ([[0.0, 3.0], [3.0, 0.0]], "nuc", None, False),
    ],
)
def test_where_the_kinks_are(x: Any, ord: Any, axis: Any, where: Any) -> None:
    np.testing.assert_array_equal(norm_kinks(np.array(x), ord, axis), where)


def test_the_sides_at_a_tie() -> None:
    (kink,) = gradcli.grad("norm(x, inf)", {"x": [1.0, -1.0, 0.5]}).kinks
    assert kink.indices == ((0,), (1,))
    assert [(side.left, side.right, side.given) for side in kink.sides] == [(0, 1, 0.5), (-1, 0, -0.5)]
    (kink,) = gradcli.grad("norm(x, -inf)", {"x": [1.0, -1.0, 5]}).kinks
    assert [(side.left, side.right, side.given) for side in kink.sides] == [(1, 0, 0.5), (0, -1, -0.5)]


def test_a_variable_may_be_called_inf() -> None:
    (kink,) = gradcli.grad("abs(inf)", {"inf": 0.0}).kinks
    assert [(side.left, side.right) for side in kink.sides] == [(-1, 1)]


@pytest.mark.parametrize("p", [0.5, -0.5, -1.0, 1.0, 1.5, 3.0, INF, -INF])
@pytest.mark.parametrize("x", [[0.0], [0.0, 0.0]])
def test_at_zero_the_derivative_is_zero(p: float, x: list[float]) -> None:
    leaf = gradcli.tensor(x, requires_grad=True)
    leaf.norm(p).backward()
    assert leaf.grad is not None
    np.testing.assert_array_equal(leaf.grad.numpy(), np.zeros(len(x)))


@pytest.mark.parametrize(
    ("p", "gradient"), [(0.5, [0.0, 1.0]), (-0.5, [0.0, 0.0]), (-1.0, [0.0, 0.0]), (1.5, [0.0, 1.0])]
)
def test_with_one_entry_zero(p: float, gradient: list[float]) -> None:
    leaf = gradcli.tensor([0.0, 2.0], requires_grad=True)
    leaf.norm(p).backward()
    assert leaf.grad is not None
    np.testing.assert_allclose(leaf.grad.numpy(), gradient)
