"""What the tutorials of PyTorch's autograd do, with gradcli in the place of torch."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.engine.parity import Case, agree, cases_in


def numbers(seed: int, *shape: int) -> Any:
    return np.random.default_rng(seed).normal(size=shape)


def gentle_introduction(m: Any) -> Any:
    a, b = m.tensor([2.0, 3.0], requires_grad=True), m.tensor([6.0, 4.0], requires_grad=True)
    q = 3 * a**3 - b**2
    q.backward(gradient=m.tensor([1.0, 1.0]))
    return 9 * a**2 == a.grad, -2 * b == b.grad, repr(q)


def frozen_part(m: Any) -> Any:
    first, last = m.tensor(numbers(0, 3, 4)), m.tensor(numbers(1, 4, 2), requires_grad=True)
    first.requires_grad = False
    loss = (m.tanh(m.tensor(numbers(2, 5, 3)) @ first) @ last).pow(2).mean()
    loss.backward()
    return first.grad, last.grad


def walk_back_through_the_graph(m: Any) -> Any:
    a = m.linspace(0.0, 2.0 * math.pi, steps=25, requires_grad=True)
    out = (2 * m.sin(a) + 1).sum()
    names, node = [], out.grad_fn
    while node is not None and node.next_functions:
        names.append(node.name())
        node = node.next_functions[0][0]
    out.backward()
    return names, a.grad, a.is_leaf, out.is_leaf


def training_loop(m: Any) -> Any:
    x, ideal = m.tensor(numbers(0, 16, 10)), m.tensor(numbers(1, 16, 3))
    weights = [m.tensor(0.1 * numbers(2, 10, 5), requires_grad=True), m.tensor(numbers(3, 5, 3), requires_grad=True)]
    losses = []
    for _ in range(5):
        loss = (ideal - m.relu(x @ weights[0]) @ weights[1]).pow(2).sum()
        loss.backward()
        losses.append(loss.item())
        with m.no_grad():
            for w in weights:
                w -= 0.001 * w.grad
                w.grad.zero_()
    return losses, weights


def recording_on_and_off(m: Any) -> Any:
    a, b = m.ones(2, 3, requires_grad=True) * 2, m.ones(2, 3, requires_grad=True) * 3
    with m.no_grad():
        silent = a + b

    @m.no_grad()  # type: ignore[untyped-decorator]  # of either module
    def added(x: Any, y: Any) -> Any:
        return x + y

    leaf = m.ones(2, requires_grad=True)
    leaf.requires_grad = False
    return [repr(t) for t in (a + b, silent, added(a, b), a * b, a.detach(), leaf * 2)]


def sine_in_place_of_a_leaf(m: Any) -> Any:
    m.sin_(m.linspace(0.0, 6.28, steps=25, requires_grad=True))


def doubling_until_large(m: Any) -> Any:
    def doubled(x: Any) -> Any:
        y = x * 2
        while y.data.norm() < 1000:
            y = y * 2
        return y

    x, v = m.tensor([0.3, -0.4, 1.2], requires_grad=True), m.tensor([0.1, 1.0, 0.0001])
    doubled(x).backward(v)
    return x.grad, m.autograd.functional.vjp(doubled, x.detach(), v=v)


def jacobians_by_the_functional_interface(m: Any) -> Any:
    inputs = (m.tensor(numbers(0, 3)), m.tensor(numbers(1, 3)))
    return m.autograd.functional.jacobian(lambda x, y: 2 * x.exp() + 3 * y, inputs)


def logistic_loss(m: Any) -> Any:
    x, y = m.ones(5), m.zeros(3)
    w, b = m.tensor(numbers(0, 5, 3), requires_grad=True), m.tensor(numbers(1, 3), requires_grad=True)
    p = m.sigmoid(m.matmul(x, w) + b)
    loss = -(y * m.log(p) + (1 - y) * m.log(1 - p)).mean()
    loss.backward()
    return w.grad, b.grad, (m.matmul(x, w) + b).detach().requires_grad


def gradients_accumulate(m: Any) -> Any:
    x = m.eye(4, 5, requires_grad=True)
    out = (x + 1).pow(2).t()
    found = []
    for _ in range(2):
        out.backward(m.ones_like(out), retain_graph=True)
        found.append(x.grad.clone())
    x.grad.zero_()
    out.backward(m.ones_like(out))
    return found, x.grad


def polynomial_fit(m: Any) -> Any:
    x = m.linspace(-math.pi, math.pi, 200)
    y = m.sin(x)
    coefficients = [m.full((), c, requires_grad=True) for c in (0.1, 0.2, -0.1, 0.3)]
    for _ in range(20):
        loss = (sum(c * x**k for k, c in enumerate(coefficients)) - y).pow(2).sum()
        loss.backward()
        with m.no_grad():
            for c in coefficients:
                c -= 1e-5 * c.grad
                c.grad = None
    return coefficients, " + ".join(f"{c.item():.4f} x^{k}" for k, c in enumerate(coefficients))


def per_sample_gradients(m: Any) -> Any:
    parameters = {"w": m.tensor(numbers(0, 3, 2)), "b": m.tensor(numbers(1, 2))}
    x, y = m.tensor(numbers(2, 5, 3)), m.tensor(numbers(3, 5, 2))

    def loss(parameters: Any, x: Any, y: Any) -> Any:
        return ((x @ parameters["w"] + parameters["b"] - y) ** 2).mean()

    one_by_one = [m.func.grad(loss)(parameters, x[i], y[i]) for i in range(5)]
    return one_by_one, m.func.vmap(m.func.grad(loss), in_dims=(None, 0, 0))(parameters, x, y)


def slices_along_other_axes(m: Any) -> Any:
    x, y = m.tensor(numbers(0, 3, 4), requires_grad=True), m.tensor(numbers(1, 4, 2))
    found = m.func.vmap(m.dot, in_dims=(0, None))(x, y[:, 0])
    pairs = m.func.vmap(lambda a, b: (a * b, a.sum()), in_dims=(1, 0), out_dims=0)(x, y[:, :1] * m.ones(1, 3))
    found.sum().backward()
    return found.detach(), [p.detach() for p in pairs], x.grad


def slices_of_different_numbers(m: Any) -> Any:
    m.func.vmap(m.dot)(m.ones(3, 2), m.ones(4, 2))


def nothing_to_slice(m: Any) -> Any:
    m.func.vmap(m.sin, in_dims=None)(m.ones(3))


def jacobians_and_hessians(m: Any) -> Any:
    weight, bias, x = (m.tensor(numbers(i, *shape)) for i, shape in enumerate([(4, 4), (4,), (4,)]))

    def predict(weight: Any, bias: Any, x: Any) -> Any:
        return (x @ weight.t() + bias).tanh()

    point = x.clone().requires_grad_()
    rows = [m.autograd.grad(predict(weight, bias, point), point, unit)[0] for unit in m.eye(4)]
    _, pull = m.func.vjp(lambda x: predict(weight, bias, x), x)
    return (
        m.stack(rows),
        m.func.jacrev(predict, argnums=2)(weight, bias, x),
        m.func.jacfwd(predict, argnums=(0, 1))(weight, bias, x),
        m.func.hessian(predict, argnums=2)(weight, bias, x),
        pull(m.ones(4)),
        m.func.jvp(m.func.grad(lambda x: x.sin().sum()), (x,), (m.ones(4),)),
    )


def gradient_penalty(m: Any) -> Any:
    x = m.tensor([1.0, 2.0], requires_grad=True)
    (g,) = m.autograd.grad((x**3).sum(), x, create_graph=True)
    ((g.norm() - 1) ** 2).backward()
    return x.grad


def newtons_method(m: Any) -> Any:
    def rosenbrock(x: Any) -> Any:
        return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2

    x = m.tensor([1.5, 0.3], requires_grad=True)
    for _ in range(5):
        (g,) = m.autograd.grad(rosenbrock(x), x)
        curvature = m.autograd.functional.hessian(rosenbrock, x)
        with m.no_grad():
            x -= m.linalg.solve(curvature, g)
    return x


def classification(m: Any) -> Any:
    x, labels = m.tensor(numbers(0, 8, 3)), m.tensor(np.arange(8) % 4)
    w = m.tensor(numbers(1, 3, 4), requires_grad=True)
    for _ in range(4):
        loss = -m.log_softmax(x @ w, dim=1)[m.arange(8), labels].mean()
        w.grad = None
        loss.backward()
        with m.no_grad():
            w.sub_(w.grad, alpha=0.5)
    return loss, w, ((x @ w).argmax(dim=1) == labels).double().mean()


@cases_in(globals())
def test_as_in_pytorch(case: Case) -> None:
    agree(case)
