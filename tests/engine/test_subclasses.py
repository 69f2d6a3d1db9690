"""Subclasses of Tensor: what is computed with them is of the subclass, as in PyTorch."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli import Tensor
from gradcli.errors import AutogradError


class Length(Tensor):
    """A subclass without anything of its own."""


class Width(Length):
    """One with a method."""

    def doubled(self) -> Any:
        return self * 2


class Other(Tensor):
    """A stranger to both."""


# What gives one tensor, of the same class in PyTorch.
EXPRESSIONS = [
    "x.exp()", "m.exp(x)", "-x", "abs(x)", "x.tanh()", "m.sin(x)", "x + 1", "1 + x", "x + y", "y + x", "x*y", "2/x",
    "x**2", "x**y", "x @ y", "x - 0.5", "x % 2", "x == y", "x != y", "x > 1", "x <= y", "(x > 1) & (y > 1)",
    "~(x > 1)", "x.sum()", "x.mean()", "x.max()", "x[0]", "x[1:]", "x.reshape(2, 1)", "x.view(2, 1)", "x.detach()",
    "x.clone()", "x.data", "m.where(x > 1, x, y)", "m.stack([x, y])", "m.maximum(x, y)", "x.sort()[0]", "x.cumsum(0)",
    "x.norm()", "x.unsqueeze(0)", "x.clone().add_(1)", "x.clone().mul_(y)", "x.expand(3, 2)", "x.std()", "m.relu(x)",
    "x.logsumexp(0)",
]  # fmt: skip


def computed(module: Any, kind: Any, text: str) -> Any:
    if kind is None:
        x = module.tensor([1.5, 2.5])
    else:
        x = kind([1.5, 2.5]) if module is gradcli else module.tensor([1.5, 2.5]).as_subclass(kind)
    x.requires_grad_(True)
    with module.no_grad() if "_(" in text or "data" in text else module.enable_grad():
        return eval(text, {"m": module, "x": x, "y": module.tensor([0.5, 2.0])})


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_the_class_and_the_numbers(text: str) -> None:
    made, plain = computed(gradcli, Length, text), computed(gradcli, None, text)
    assert type(made) is Length
    assert type(plain) is Tensor
    assert np.array_equal(made.array, plain.array)
    assert made.requires_grad == plain.requires_grad
    assert type(made.grad_fn) is type(plain.grad_fn)


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_the_class_in_pytorch(text: str) -> None:
    torch = pytest.importorskip("torch")
    kind = type("Length", (torch.Tensor,), {})
    assert type(computed(torch, kind, text)) is kind


def test_gradients() -> None:
    x = Length(np.array([1.5, 2.5]), requires_grad=True)
    out = (x.exp() * x).sum()
    out.backward()
    assert type(x.grad) is Tensor
    assert x.grad is not None
    assert np.allclose(x.grad.array, np.exp([1.5, 2.5]) * [2.5, 3.5])
    (first,) = gradcli.autograd.grad((x**3).sum(), x, create_graph=True)
    assert first is not None
    (second,) = gradcli.autograd.grad(first.sum(), x)
    assert second is not None
    assert np.allclose(second.array, 6 * x.array)


def test_several_outputs() -> None:
    x = Length(np.array([[3.0, 1.0], [1.0, 2.0]]), requires_grad=True)
    assert [type(part) for part in gradcli.linalg.eigh(x)] == [Length, Length]
    assert {type(part) for part in x.split(1)} == {Length}


def test_the_class_that_descends_from_the_other() -> None:
    first, second = Length(np.array(1.0)), Width(np.array(2.0))
    assert [type(made) for made in (first + second, second + first, second.doubled())] == [Width] * 3


def test_strangers_do_not_mix() -> None:
    with pytest.raises(AutogradError, match="tensors of Length and Other do not mix"):
        Length(np.array(1.0)) + Other(np.array(2.0))


def test_the_class_is_kept_by_changes_in_place_and_copies() -> None:
    x: Any = Length(np.array([1.0, 2.0]))
    same = x
    x += 1
    x.exp_()
    x[0] = 3.0
    assert x is same
    assert type(x) is Length
    x.__dict__["name"] = "a"
    copies: list[Any] = [copy.deepcopy(x), pickle.loads(pickle.dumps(x)), copy.copy(x)]
    for made in copies:
        assert type(made) is Length
        assert made.__dict__ == {"name": "a"}
        assert np.array_equal(made.array, x.array)
