"""Cotangents that are zero for good, and those that merely happen to be zero."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcli.engine.api import autograd
from gradcli.engine.sweeps.masked_backward import masked_vjp, reached_entries
from gradcli.engine.tape.tensor import Tensor
from gradcli.transforms.program.execute import execute, leaves
from gradcli.transforms.program.prepare import prepare

NAN = float("nan")

# What is left out has no part in the derivative, however steep it is.
LEFT_OUT = [
    ("where(x > 1, sqrt(x), x**2)", [0.0], [0.0], [[2.0]]),
    ("where(x > 0, x*log(x), x)", [0.0, 1.0], [1.0, 1.0], [[0.0, 0.0], [0.0, 1.0]]),
    ("maximum(sqrt(x), 2*x + 1)", [0.0], [2.0], [[0.0]]),
    ("minimum(1/x, x)", [0.5, 2.0], [1.0, -0.25], [[0.0, 0.0], [0.0, 0.25]]),
    ("clip(sqrt(x), 1, 2) + x", [0.0, 2.25], [1.0, 1 / 3 + 1], [[0.0, 0.0], [0.0, -0.25 / 2.25**1.5]]),
    ("relu(sqrt(x) - 1) + x", [0.0], [1.0], [[0.0]]),
    ("max(sqrt(x))", [0.0, 4.0], [0.0, 0.25], [[0.0, 0.0], [0.0, -1 / 32]]),
    ("median(sqrt(x))", [0.0, 1.0, 4.0], [0.0, 0.5, 0.0], [[0.0] * 3, [0.0, -0.25, 0.0], [0.0] * 3]),
    ("sort(sqrt(x))[1:]", [4.0, 0.0], [0.25, 0.0], [[-1 / 32, 0.0], [0.0, 0.0]]),
    ("sqrt(x)[0]", [4.0, 0.0], [0.25, 0.0], [[-1 / 32, 0.0], [0.0, 0.0]]),
    ("0*sqrt(x) + x", [0.0], [1.0], [[0.0]]),
    ("[1, 0]*sqrt(x)", [4.0, 0.0], [0.25, 0.0], [[-1 / 32, 0.0], [0.0, 0.0]]),
    ("[1, 0] @ sqrt(x)", [4.0, 0.0], [0.25, 0.0], [[-1 / 32, 0.0], [0.0, 0.0]]),
    ("x*floor(sqrt(x) + 0.5)", [0.0], [0.0], [[0.0]]),
    ("stack(sqrt(x), x)[1]", [0.0], [1.0], [[0.0]]),
    ("where(x > 0, sqrt(x), 1).T @ [1, 1]", [0.0, 1.0], [0.0, 0.5], [[0.0, 0.0], [0.0, -0.25]]),
]

# A zero that is a number like any other is multiplied: what comes of it is not decided here.
MULTIPLIED = [
    "sqrt(x)**2",
    "relu(sqrt(x))",
    "abs(sqrt(x))",
    "sqrt(x)*sqrt(x)",
    "sqrt(x*x)",
    "det([[sqrt(x), 0], [0, 0]])",
]


def recorded(text: str, x: list[float] | float) -> tuple[Tensor, Tensor]:
    prepared = prepare(text, {"x": x})
    tensors = leaves(prepared)
    return execute(prepared.program, tensors), tensors["x"]


@pytest.mark.parametrize(("text", "x", "first", "second"), LEFT_OUT, ids=[case[0] for case in LEFT_OUT])
def test_left_out(text: str, x: list[float], first: list[float], second: list[list[float]]) -> None:
    value, tensor = recorded(text, x)
    (gradient,) = masked_vjp(value, [tensor], np.ones(value.shape), create_graph=True)
    assert np.asarray(gradient.array) == pytest.approx(first, abs=1e-15)
    rows = [masked_vjp(gradient, [tensor], seed)[0] for seed in np.eye(len(x))]
    assert np.array([np.zeros(len(x)) if row is None else row for row in rows]) == pytest.approx(np.array(second))


@pytest.mark.parametrize("text", MULTIPLIED)
def test_numbers_that_are_zero_are_multiplied(text: str) -> None:
    value, tensor = recorded(text, 0.0)
    (gradient,) = masked_vjp(value, [tensor], np.ones(value.shape))
    assert not np.isfinite(gradient)


@pytest.mark.parametrize("text", ["1/x", "sqrt(x)", "log(x)", "x**0.5"])
def test_seeds_leave_out(text: str) -> None:
    value, tensor = recorded(text, [0.0, 1.0])
    (gradient,) = masked_vjp(value, [tensor], [0.0, 1.0])
    assert gradient[0] == 0
    assert np.isfinite(gradient[1])


def test_differences_do_not_cancel_in_masks() -> None:
    value, tensor = recorded("(x[1:] - x[:-1])*[1, 1]", [0.0, 1.0, 2.0])
    masks = reached_entries(value.edge(), 0, np.array([True, True]), [tensor])
    assert masks[0].tolist() == [True, True, True]


TEXTS = st.sampled_from(
    ["where(x > 0.5, x**2, sin(x))", "maximum(x, 0.3)*x", "clip(x, 0.2, 0.7)", "sum(x)*x", "sort(x)*[1, 2, 3]",
     "x @ [[1, 2, 0], [0, 1, 1], [2, 0, 1]]", "prod(x)", "exp(x)/sum(exp(x))", "cumsum(x)**2", "x[[0, 0, 2]]*x",
     "norm(x)", "max(x*[3, 1, 2])", "relu(x - 0.4)", "outer(x, x)", "einsum('i,i->', x, x)", "var(x)", "softmax(x)"]
)  # fmt: skip


@given(TEXTS, st.lists(st.floats(0.01, 1.0), min_size=3, max_size=3, unique=True))
def test_where_all_is_finite_both_sweeps_agree(text: str, x: list[float]) -> None:
    value, tensor = recorded(text, x)
    seed = np.ones(value.shape)
    (usual,) = autograd.grad(value, [tensor], seed, retain_graph=True, allow_unused=True)
    (found,) = masked_vjp(value, [tensor], seed)
    expected = np.zeros(3) if usual is None else usual.array
    assert np.array_equal(np.zeros(3) if found is None else found, expected)
