"""Names of PyTorch's that are put together from several operations: values, positions and gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli.engine.torch.composed import COMPOSED
from gradcli.engine.torch.losses import LOSSES
from gradcli.errors import Problem
from gradcli.ops import TABLE
from tests.engine.parity import outcome, same, theirs

RANDOM = np.random.default_rng(11)
V = RANDOM.uniform(-2, 2, 6).tolist()
M = RANDOM.uniform(-2, 2, (3, 5)).tolist()
N = RANDOM.uniform(-2, 2, (3, 5)).tolist()
ODDS = RANDOM.uniform(0.05, 0.95, (3, 5)).tolist()
SURE = [0.0, 1.0, 0.0, 1.0, 1e-13, 0.4]
CHOSEN = [0.0, 1.0, 1.0, 0.0, 0.0, 0.3]
SQUARE = (RANDOM.uniform(-1, 1, (3, 3)) + 3 * np.eye(3)).tolist()
TALL = RANDOM.uniform(-1, 1, (4, 2)).tolist()
INF, NAN = float("inf"), float("nan")

Call = Callable[..., Any]
"""A function of the module and its tensors that gives a tensor, or several."""

CALLS: dict[str, tuple[Call, tuple[Any, ...]]] = {
    "quantile": (lambda m, x: m.quantile(x, 0.3), (M,)),
    "quantile of axis": (lambda m, x: m.quantile(x, 0.7, dim=1, keepdim=True), (M,)),
    "quantiles": (lambda m, x: m.quantile(x, m.tensor([0.1, 0.5, 1.0]), dim=0), (M,)),
    "quantiles kept": (lambda m, x: m.quantile(x, m.tensor([0.1, 0.5]), dim=1, keepdim=True), (M,)),
    "quantile by q": (lambda m, x, q: m.quantile(x, q), (V, 0.35)),
    "quantile of NaN": (lambda m, x: m.quantile(x, 0.5), ([1.0, NAN, 3.0],)),
    "quantile method": (lambda m, x: x.quantile(0.25), (V,)),
    "cdist": (lambda m, x, y: m.cdist(x, y), (M, N)),
    "cdist p": (lambda m, x, y: m.cdist(x, y, p=3.0), (M, N[:2])),
    "cdist 1": (lambda m, x, y: m.cdist(x, y, p=1.0), (M, N)),
    "cdist same": (lambda m, x: m.cdist(x, x), (TALL,)),
    "logaddexp2": (lambda m, x, y: m.logaddexp2(x, y), (M, N)),
    "logcumsumexp": (lambda m, x: m.logcumsumexp(x, 1), (M,)),
    "logcumsumexp far": (lambda m, x: m.logcumsumexp(x, dim=0), ([-1000.0, 0.0, 900.0, 899.0],)),
    "cummax": (lambda m, x: m.cummax(x, 1), (M,)),
    "cummax of ties": (lambda m, x: m.cummax(x, 0), ([1.0, 3.0, 3.0, 2.0, NAN, 5.0],)),
    "cummin": (lambda m, x: x.cummin(dim=0), (M,)),
    "cummin of a number": (lambda m, x: m.cummin(x, 0), (2.0,)),
    "nan_to_num": (lambda m, x: m.nan_to_num(x), ([1.0, NAN, INF, -INF],)),
    "nan_to_num of choice": (lambda m, x: x.nan_to_num(2.0, posinf=3.0, neginf=4.0), ([1.0, NAN, INF, -INF],)),
    "index_put_": (lambda m, x, y: (x * 1).index_put_((m.tensor([0, 2]), m.tensor([1, 1])), y), (M, V[:2])),
    "index_put_ accumulated": (
        lambda m, x, y: (x * 1).index_put_((m.tensor([1, 1]),), y, accumulate=True), (V, V[:2]),
    ),
    "lstsq": (lambda m, a, b: tuple(m.linalg.lstsq(a, b))[:2], (TALL, N[0][:4] and [[v] for v in V[:4]])),
    "lstsq square": (lambda m, a, b: m.linalg.lstsq(a, b).solution, (SQUARE, M[:3])),
    "lstsq rank": (lambda m, a, b: m.linalg.lstsq(a, b).rank, (TALL, [[v] for v in V[:4]])),
    "solve_triangular": (lambda m, a, b: m.linalg.solve_triangular(a, b, upper=True), (SQUARE, M)),
    "solve_triangular lower": (lambda m, a, b: m.linalg.solve_triangular(a, b, upper=False), (SQUARE, M)),
    "solve_triangular right": (
        lambda m, a, b: m.linalg.solve_triangular(a, b, upper=True, left=False), (SQUARE, [row[:3] for row in M]),
    ),
    "solve_triangular ones": (
        lambda m, a, b: m.linalg.solve_triangular(a, b, upper=False, unitriangular=True), (SQUARE, M),
    ),
    "mse_loss": (lambda m, x, y: m.nn.functional.mse_loss(x, y), (M, N)),
    "mse_loss sum": (lambda m, x, y: m.nn.functional.mse_loss(x, y, reduction="sum"), (M, N)),
    "huber_loss": (lambda m, x, y: m.nn.functional.huber_loss(x, y, delta=0.7), (M, N)),
    "huber_loss each": (lambda m, x, y: m.nn.functional.huber_loss(x, y, reduction="none"), (M, N)),
    "binary_cross_entropy": (lambda m, x, y: m.nn.functional.binary_cross_entropy(x, y), (ODDS, ODDS[::-1])),
    "binary_cross_entropy weighted": (
        lambda m, x, y, w: m.nn.functional.binary_cross_entropy(x, y, weight=w.detach(), reduction="none"),
        (ODDS, ODDS, M),
    ),
    "binary_cross_entropy sure": (
        lambda m, x, y: m.nn.functional.binary_cross_entropy(x, y.detach(), reduction="none"), (SURE, CHOSEN),
    ),
    "layer_norm": (lambda m, x: m.nn.functional.layer_norm(x, [5]), (M,)),
    "layer_norm of all": (lambda m, x, w, b: m.nn.functional.layer_norm(x, [3, 5], w, b, 1e-3), (M, N, ODDS)),
    "gelu": (lambda m, x: m.nn.functional.gelu(x), (V,)),
    "gelu by tanh": (lambda m, x: m.nn.functional.gelu(x, approximate="tanh"), (V,)),
    "silu": (lambda m, x: m.nn.functional.silu(x), (V,)),
    "softmax": (lambda m, x: m.nn.functional.softmax(x, dim=0), (M,)),
    "log_softmax": (lambda m, x: m.nn.functional.log_softmax(x, dim=1), (M,)),
    "cross_entropy": (lambda m, x: m.nn.functional.cross_entropy(x, m.tensor([1, 0, 4])), (M,)),
    "numbers": (lambda m: m.tensor([m.pi, m.e, m.inf, m.nan]), ()),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_value_and_gradient_are_pytorchs(name: str) -> None:
    call, arrays = CALLS[name]

    def run(m: Any) -> Any:
        tensors = [m.tensor(a, requires_grad=True) for a in arrays]
        found = call(m, *tensors)
        outs = list(found) if isinstance(found, tuple) else [found]
        told = [out.detach().numpy() for out in outs]
        total = sum((out * m.cos(m.arange(out.numel()) * 1.0).reshape(out.shape)).nansum()
                    for out in outs if out.requires_grad)  # fmt: skip
        if isinstance(total, int):
            return told
        total.backward()
        return [*told, *[None if t.grad is None else t.grad.numpy() for t in tensors]]

    same(outcome(run, gradcli), theirs(run))


@pytest.mark.parametrize(
    "call",
    [
        lambda m: m.quantile(m.tensor([1.0, 2.0]), 1.5),
        lambda m: m.nn.functional.binary_cross_entropy(m.tensor([1.5]), m.tensor([1.0])),
        lambda m: m.nn.functional.binary_cross_entropy(m.tensor([0.5]), m.tensor([[1.0]])),
        lambda m: m.nn.functional.huber_loss(m.tensor([1.5]), m.tensor([1.0]), delta=0.0),
        lambda m: m.nn.functional.layer_norm(m.tensor([1.5, 2.0]), [3]),
        lambda m: m.nn.functional.mse_loss(m.tensor([1.5]), m.tensor([1.0]), reduction="most"),
        lambda m: m.nn.functional.gelu(m.tensor([1.5]), approximate="sin"),
        lambda m: m.cdist(m.tensor([[1.5]]), m.tensor([[1.0, 2.0]])),
        lambda m: m.cummax(m.tensor([1.5]), 1),
    ],
)
def test_what_pytorch_refuses_is_refused(call: Call) -> None:
    same(outcome(call, gradcli), theirs(call))
    with pytest.raises((Problem, IndexError)):
        call(gradcli)


@pytest.mark.parametrize(
    ("function", "arrays"),
    [
        (gradcli.interp, ([0.2, 1.7, 9.0], [0.0, 1.0, 3.0, 4.0], V[:4])),
        (gradcli.cubic_spline, ([0.2, 1.7, 4.5], [0.0, 1.0, 3.0, 4.0, 4.5], V[:5])),
        (lambda a, v: gradcli.convolve(a, v, "same"), (V, M[0])),
        (gradcli.convolve, (V, M[0])),
        (gradcli.ediff1d, (M,)),
        (lambda x: x.quantile(0.3), (V,)),
        (lambda x: gradcli.logcumsumexp(x, 0), (V,)),
    ],
)
def test_all_arguments_have_first_and_second_derivatives(function: Call, arrays: tuple[Any, ...]) -> None:
    tensors = [gradcli.tensor(a, dtype=gradcli.float64, requires_grad=True) for a in arrays]
    assert gradcli.autograd.gradcheck(function, tensors)
    assert gradcli.autograd.gradgradcheck(function, tensors)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.quantile(x, 0.3),
        lambda x: np.interp(x, [0.0, 1.0, 5.0], [1.0, 2.0, 3.0]),
        lambda x: np.convolve(x, [1.0, 2.0]),
        np.ediff1d,
        lambda x: x.convolve([1.0, 2.0]),
        lambda x: x.cross_entropy(1),
    ],
)
def test_no_way_to_call_them_loses_the_gradient(function: Call) -> None:
    x = gradcli.tensor([0.5, 2.0, 1.0], requires_grad=True)
    assert function(x).requires_grad


def test_every_composite_operation_is_put_together_of_tensors() -> None:
    composites = {op.name for op in TABLE.values() if op.kind == "composite"}
    assert composites <= COMPOSED.keys() | LOSSES.keys()
