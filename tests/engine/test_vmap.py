"""`gradcli.func.vmap`: a function is called once for all slices, and gives what it gives for each by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli import func
from gradcli.engine.api import vmap as module
from gradcli.engine.api.pytree import flatten

CHANCE = np.random.default_rng(0)
X = gradcli.tensor(CHANCE.normal(size=(5, 4)))
A = gradcli.tensor(CHANCE.normal(size=(5, 3, 3)) + 3 * np.eye(3))
W = gradcli.tensor(CHANCE.normal(size=4))
Y = gradcli.tensor(CHANCE.normal(size=5))

Case = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]
AT_ONCE: dict[str, Case] = {
    "product": (lambda x, w: (x * w).sum(), (X, W), {"in_dims": (0, None)}),
    "gradient by what is the same": (func.grad(lambda w, x: (w * x).sum() ** 2), (W, X), {"in_dims": (None, 0)}),
    "gradients and value": (
        func.grad_and_value(lambda w, x, y: (gradcli.tanh(x @ w) - y) ** 2, argnums=(0, 1)),
        (W, X, Y),
        {"in_dims": (None, 0, 0)},
    ),
    "gradient of a gradient": (
        func.grad(lambda x: func.grad(lambda z: (z**3).sum() * x.sum())(x).sum()),
        (X,),
        {},
    ),
    "what goes beside": (func.grad(lambda x: (x.sum() ** 2, {"a": x * 2}), has_aux=True), (X,), {}),
    "containers": (lambda p, x: {"out": p["w"] @ x}, ({"w": W}, X), {"in_dims": (None, 0)}),
    "other axes": (lambda x: x * 2, (X,), {"in_dims": 1, "out_dims": 1}),
    "matrices": (lambda a: gradcli.linalg.inv(a) @ W[:3] + a.T @ a[0], (A,), {}),
    "derivatives of matrices": (func.grad(lambda a: gradcli.linalg.solve(a, W[:3]).sum()), (A,), {}),
    "several outputs": (gradcli.linalg.qr, (A,), {}),
    "NumPy's functions": (lambda x: np.sin(x) * np.exp(x).sum(), (X,), {}),
    "entries": (lambda x: x[1:] * x[0] + x.reshape(2, 2).sum(), (X,), {}),
    "powers": (lambda x: 2.0**x + abs(x) ** x + x**2, (X,), {}),
    "softmax": (lambda x: gradcli.softmax(x, 0).max() + gradcli.logsumexp(x, 0), (X,), {}),
    "the same for all": (lambda x: gradcli.ones(3), (X,), {}),
    "float32": (lambda x: x * 2, (gradcli.tensor(np.ones((5, 2), np.float32)),), {}),
    "truths": (lambda x: gradcli.where(x > 0, x, -x), (X,), {}),
    "slices of slices": (func.vmap(lambda x: x**2 + 1), (X,), {}),
}
SLICE_BY_SLICE: dict[str, Case] = {
    "a branch": (lambda x: x.sum() if x.sum() > 0 else -x.sum(), (X,), {}),
    "a number": (lambda x: x * x[0].item(), (X,), {}),
    "in place": (lambda x: x.clone().add_(1), (X,), {}),
    "without history": (lambda x: x.detach() * 2, (X,), {}),
    "a Jacobian": (func.jacrev(lambda x: x**2), (X,), {}),
    "a Hessian": (func.hessian(lambda x: (x**3).sum()), (X,), {}),
}


def calls_of(case: Case, monkeypatch: pytest.MonkeyPatch) -> int:
    """How often the function is called, once its results have been compared with those of a loop."""
    function, args, options = case
    count = 0

    def counted(*given: Any) -> Any:
        nonlocal count
        count += 1
        return function(*given)

    found = flatten(func.vmap(counted, **options)(*args))
    once = count
    with monkeypatch.context() as patch:
        patch.setattr(module, "_at_once", module._one_by_one)
        expected = flatten(func.vmap(function, **options)(*args))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one.array, other.array, rtol=1e-12, atol=1e-14)
        assert (one.shape, one.dtype, type(one)) == (other.shape, other.dtype, type(other))
        assert not one.requires_grad
    return once


@pytest.mark.parametrize("name", AT_ONCE)
def test_one_call_gives_what_a_loop_gives(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert calls_of(AT_ONCE[name], monkeypatch) == 1


@pytest.mark.parametrize("name", SLICE_BY_SLICE)
def test_what_needs_a_slice_gets_one_at_a_time(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert calls_of(SLICE_BY_SLICE[name], monkeypatch) == 6


def test_history_goes_on_to_the_caller() -> None:
    x = gradcli.tensor(X.array.copy(), requires_grad=True)
    w = gradcli.tensor(W.array.copy(), requires_grad=True)
    func.vmap(lambda x: (x * w).sum() ** 2)(x).sum().backward()
    again = gradcli.tensor(X.array.copy(), requires_grad=True)
    v = gradcli.tensor(W.array.copy(), requires_grad=True)
    gradcli.stack([(again[i] * v).sum() ** 2 for i in range(5)]).sum().backward()
    for one, other in ((x, again), (w, v)):
        assert one.grad is not None
        assert other.grad is not None
        np.testing.assert_allclose(one.grad.array, other.grad.array, rtol=1e-13)


def test_errors_are_those_of_a_slice() -> None:
    with pytest.raises(ValueError, match="size 3 is different from 4"):
        func.vmap(lambda x: x @ gradcli.ones(3))(X)
    with pytest.raises(ZeroDivisionError):
        func.vmap(lambda x: x * (1 / 0))(X)
