"""Long loops as operations on arrays: the values and gradients of the unrolled program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from gradcli.lang import parse, unparse
from gradcli.ops.calls import loops
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.operators.jacobian import jacobian

N = 70
CHANCE = np.random.default_rng(4)
VALUES: dict[str, Any] = {
    "x": CHANCE.uniform(0.5, 2.0, N),
    "y": CHANCE.uniform(0.5, 2.0, N),
    "A": CHANCE.uniform(0.5, 2.0, (N, 3)),
    "k": 1.5,
}

TAKEN = [
    "sum((1 - x[i])**2 + 100*(x[i + 1] - x[i]**2)**2 for i in range(len(x) - 1))",
    "sum(x[i]*y[69 - i] for i in range(70))",
    "sum(sin(i*x[i])/(i + k) for i in range(70))",
    "sum(x[2*i]*y[2*i + 1]*x[3] for i in range(0, 35, 1)) + sum(x[i] for i in range(69, -1, -1))",
    "prod(x[i]**0.1 for i in range(70))",
    "max(x[i]*y[i] for i in range(70))",
    "sum(A[i, 1]*A[i, 2] - A[0, 0] for i in range(70))",
    "a = 2*k; sum(a*x[i] for i in range(70))",
    "sum(where(x[i] > 1, x[i]**2, y[i]) for i in range(70))",
    "norm([x[i] - k for i in range(70)])",
    "sum(cos(2*pi*i/70)*x[i] for i in range(70))",
    "sum(x[i]**i for i in range(70))",
]

LEFT = [
    "sum(x[i - 1] for i in range(70))",  # x[-1] is the last entry
    "sum(x[i] if i > 3 else y[i] for i in range(70))",
    "sum(sum(x[i]*y[j] for j in range(2)) for i in range(70))",
    "sum(x[i]*y[j] for i in range(10) for j in range(10))",
    "sum(sum(A[i]) for i in range(70))",
    "sum(k for i in range(70))",
    "sum(x[i] for i in range(5))",
    "sum(A[i, i % 3] for i in range(70))",
    "b = [x[i] for i in range(70)]; sum(b[i] for i in range(70))",
]


def used(text: str) -> dict[str, Any]:
    return {name: value for name, value in VALUES.items() if name in text.replace("max", "").replace("prod", "")}


def shapes(values: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    return {name: np.shape(value) for name, value in values.items()}


@pytest.mark.parametrize("text", TAKEN + LEFT)
def test_values_and_gradients_are_those_of_the_unrolled_program(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = grad(text, used(text))
    monkeypatch.setattr(loops, "_LEAST", 10**9)
    slow = grad(text, used(text))
    np.testing.assert_allclose(quick.value, slow.value, rtol=1e-14)
    for name, gradient in slow.gradients.items():
        np.testing.assert_allclose(quick.gradients[name], gradient, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("text", TAKEN)
def test_loops_over_entries_are_taken(text: str) -> None:
    made = unparse(loops.vectorised(parse(text), shapes(used(text))))
    assert made.count(" for ") == text.count("range(0, 35, 1)")  # which is short


@pytest.mark.parametrize("text", LEFT[:-1])
def test_other_loops_are_left(text: str) -> None:
    program = parse(text)
    assert loops.vectorised(program, shapes(used(text))).result is program.result


def test_an_entry_that_is_not_there_is_told_at_its_place() -> None:
    from gradcli.errors import Problem

    with pytest.raises(Problem, match=r"out of bounds|out of range"):
        grad("sum(x[i + 1] for i in range(70))", {"x": VALUES["x"]})


def test_a_jacobian_of_a_loop() -> None:
    found = jacobian("[x[i]**2 for i in range(70)]", {"x": VALUES["x"]})
    np.testing.assert_allclose(found.jacobian, np.diag(2 * VALUES["x"]), rtol=1e-15)
