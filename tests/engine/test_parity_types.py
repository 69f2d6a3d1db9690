"""Types, scalars and empty tensors, done alike with PyTorch and with gradcli."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradcli
from tests.engine.parity import Case, agree, cases_in

OPERANDS: dict[str, Callable[[Any], Any]] = {
    "float32": lambda m: m.tensor([1.5, 2.5], dtype=m.float32),
    "float64": lambda m: m.tensor([1.5, 2.5]),
    "int64": lambda m: m.tensor([1, 2]),
    "bool": lambda m: m.tensor([True, False]),
    "float32 0-d": lambda m: m.tensor(1.5, dtype=m.float32),
    "float64 0-d": lambda m: m.tensor(1.5),
    "int64 0-d": lambda m: m.tensor(3),
    "float": lambda m: 2.5,
    "int": lambda m: 3,
    "True": lambda m: True,
    "int32": lambda m: m.tensor([3, 4], dtype=m.int32),
}

OPERATIONS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "+": lambda m, a, b: a + b,
    "*": lambda m, a, b: a * b,
    "/": lambda m, a, b: a / b,
    ">": lambda m, a, b: a > b,
}


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
@pytest.mark.parametrize("first", OPERANDS.values(), ids=OPERANDS)
@pytest.mark.parametrize("second", OPERANDS.values(), ids=OPERANDS)
def test_the_type_of_a_result(operation: Any, first: Any, second: Any) -> None:
    def case(m: Any) -> Any:
        a, b = first(m), second(m)
        if not m.is_tensor(a) and not m.is_tensor(b):
            return None
        return operation(m, a, b)

    agree(case)


def float32_functions(m: Any) -> Any:
    x = m.tensor([0.5, 0.25], dtype=m.float32)
    return (
        x.exp(),
        x.sum(),
        x.mean(),
        x**2,
        x**0.5,
        2.0**x,
        -x,
        x.sigmoid(),
        x.reshape(2, 1),
        x[0],
        x * x.sum(),
        x.clone(),
    )


def float32_gradients(m: Any) -> Any:
    x = m.tensor([0.5, 0.25], dtype=m.float32, requires_grad=True)
    y = m.tensor([2.0, 4.0], requires_grad=True)
    z = (x * y + x * x * 2.0).sum()
    z.backward()
    return z, x.grad, y.grad


def float32_grad(m: Any) -> Any:
    x = m.tensor([0.5, 0.25], dtype=m.float32, requires_grad=True)
    return m.autograd.grad((x.double() * 3).sum(), x)


def converted(m: Any) -> Any:
    x = m.tensor([0.5, 2.75], requires_grad=True)
    y = x.float()
    y.sum().backward()
    return y.detach(), x.grad, x.long(), x.detach().to(m.float32), x.double() is x


def types_named(m: Any) -> Any:
    floats = m.ones(1).dtype == m.float64, m.ones(1).dtype == m.double, m.ones(1).float().dtype == m.float
    return floats, m.tensor(1).dtype == m.long, m.tensor(True).dtype == m.bool, m.float32 == m.float64


def of_python(m: Any) -> Any:
    return m.tensor(1), m.tensor(1.0), m.tensor(True), m.tensor([1, 2.5]), m.arange(3), m.arange(0.0, 1.0, 0.25)


def full_of(m: Any) -> Any:
    return m.full((2,), 1), m.full((2,), 1.5), m.zeros(2), m.ones(2, dtype=m.int64), m.eye(2), m.linspace(0, 1, 5)


def like(m: Any) -> Any:
    x = m.ones(2, dtype=m.float32)
    return m.zeros_like(x), m.ones_like(x), m.zeros_like(x, dtype=m.float64), m.zeros_like(m.tensor([1]))


def integers(m: Any) -> Any:
    x = m.tensor([4, 7])
    return x + 1, x * x, x / 2, x // 2, x % 3, x**2, x + 0.5, x.sum(), -x, abs(x), x == 4


def comparisons_have_no_gradient(m: Any) -> Any:
    x = m.tensor([1.0, 2.0], requires_grad=True)
    return x > 1, x == x, (x > 1).requires_grad, m.where(x > 1, x, 0.0).sum()


def zero_dimensional(m: Any) -> Any:
    x = m.tensor(2.0, requires_grad=True)
    y = x * m.tensor([1.0, 2.0])
    y.sum().backward()
    return x.grad, x.sum(), x.reshape(1), float(x), x.item(), x + 1, x.view(1, 1)


def empty(m: Any) -> Any:
    x = m.zeros(0, requires_grad=True)
    y = (x * 2).sum()
    y.backward()
    return y, x.grad, x.exp(), m.zeros(0, 3).sum(0), m.zeros(2, 0).shape == (2, 0), m.tensor([])


def empty_in_place(m: Any) -> Any:
    x = m.zeros(2, 0)
    x.add_(1)
    x[0] = 5.0
    x[0].mul_(2)
    return x, x._version


def joined(m: Any) -> Any:
    x, y = m.tensor([1.0, 2.0], requires_grad=True), m.tensor([3.0], requires_grad=True)
    z = m.cat([x, y])
    (z * z).sum().backward()
    return z, x.grad, y.grad, m.cat((m.ones(1, 2), m.zeros(1, 2)), dim=1), m.cat((m.ones(1, 2), m.zeros(1, 2)), 0)


def joined_types(m: Any) -> Any:
    return m.cat([m.ones(1, dtype=m.float32), m.ones(1)]), m.cat([m.tensor([1]), m.ones(1, dtype=m.float32)])


def stacked(m: Any) -> Any:
    x, y = m.tensor([1.0, 2.0], requires_grad=True), m.tensor([3.0, 4.0], requires_grad=True)
    z = m.stack([x, y], dim=1)
    (z[0] * z[1]).sum().backward()
    return z, x.grad, y.grad, m.stack((x, y)).shape == (2, 2)


def is_tensor(m: Any) -> Any:
    return m.is_tensor(m.ones(1)), m.is_tensor(1.0), m.is_tensor([m.ones(1)])


def truth(m: Any) -> Any:
    return bool(m.tensor(1.0)), bool(m.tensor([0.0])), bool(m.tensor([1.0, 2.0]))


def to_numbers(m: Any) -> Any:
    return m.tensor([[1.5]]).item(), m.tensor([1, 2]).tolist(), int(m.tensor(2.7)), m.tensor([1.0, 2.0]).item()


def broadcasting(m: Any) -> Any:
    x, y, z = m.ones(4, 1, 3, requires_grad=True), m.ones(2, 1, requires_grad=True), m.tensor(2.0, requires_grad=True)
    out = (x * y / z + z**x).sin()
    out.sum().backward()
    return out.detach(), x.grad, y.grad, z.grad


def broadcasting_of_what_does_not_fit(m: Any) -> Any:
    return m.ones(2, requires_grad=True) + m.ones(3)


def matrix_products(m: Any) -> Any:
    a, b = m.ones(2, 3, requires_grad=True), m.ones(3, 4, requires_grad=True)
    v, w = m.tensor([1.0, 2.0, 3.0], requires_grad=True), m.tensor([3.0, 4.0], requires_grad=True)
    ((a @ b).sum() + m.matmul(a, v) @ w + v.dot(v) + m.outer(w, v).sum() + m.mm(a, b).mean()).backward()
    return a.grad, b.grad, v.grad, w.grad


def reductions(m: Any) -> Any:
    x = m.tensor([[1.0, -2.0], [3.0, 4.0]], requires_grad=True)
    y = x.sum(0) * x.mean(dim=1) + x.prod(1) + x.sum(dim=(0, 1), keepdim=False) + x.amax(dim=0)
    (y.sum() + x.max() + x.min() + x.norm()).backward()
    return y, x.grad


@cases_in(globals())
def test_as_in_pytorch(case: Case) -> None:
    agree(case)


@pytest.mark.parametrize("data", [1.5, [0.5, 2.0], [[1.0, 2.0]], []], ids=str)
def test_printed(data: Any) -> None:
    def case(m: Any) -> Any:
        x = m.tensor(data, dtype=m.float32, requires_grad=True)
        return repr(x).replace("torch.", "gradcli."), repr(x.detach() * 2).replace("torch.", "gradcli.")

    agree(case)


@pytest.mark.parametrize("name", ["sign", "sgn", "round", "floor", "ceil", "trunc", "abs", "square", "neg"])
def test_integers_stay_integers(name: str) -> None:
    values = [-3, 0, 4]
    found = getattr(gradcli, name)(gradcli.tensor(values))
    assert found.dtype == np.int64
    assert getattr(gradcli.tensor(values), name)().dtype == np.int64
    expected = {"sign": np.sign, "sgn": np.sign, "abs": np.abs, "square": np.square, "neg": np.negative}
    assert found.tolist() == expected.get(name, np.asarray)(values).tolist()
