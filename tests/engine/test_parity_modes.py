"""no_grad and its kin, done alike with PyTorch and with gradcli."""

from __future__ import annotations

import threading
from typing import Any

from tests.engine.parity import Case, agree, cases_in


def nested(m: Any) -> Any:
    x, found = m.ones(1, requires_grad=True), []
    with m.no_grad():
        found.append((x * 2).requires_grad)
        with m.enable_grad():
            found.append((x * 2).requires_grad)
            with m.set_grad_enabled(False):
                found.append((x * 2).requires_grad)
            found.append(m.is_grad_enabled())
        found.append((x * 2).requires_grad)
    return found, (x * 2).requires_grad


def set_for_good(m: Any) -> Any:
    before = m.is_grad_enabled()
    m.set_grad_enabled(False)
    inside = m.is_grad_enabled()
    m.set_grad_enabled(True)
    return before, inside, m.is_grad_enabled()


def decorated(m: Any) -> Any:
    x = m.ones(1, requires_grad=True)

    @m.no_grad()  # type: ignore[untyped-decorator]  # whichever module it is
    def plain(t: Any) -> Any:
        return t * 2

    @m.enable_grad()  # type: ignore[untyped-decorator]  # whichever module it is
    def recorded(t: Any) -> Any:
        return t * 2

    @m.set_grad_enabled(False)  # type: ignore[untyped-decorator]  # whichever module it is
    def off(t: Any) -> Any:
        return t * 2

    with m.no_grad():
        inner = recorded(x)
    return plain(x), inner, off(x), m.is_grad_enabled()


def decorated_without_call(m: Any) -> Any:
    @m.no_grad  # type: ignore[untyped-decorator]  # whichever module it is
    def plain(t: Any) -> Any:
        return t * 2

    return plain(m.ones(1, requires_grad=True))


def restored_after_an_error(m: Any) -> Any:
    try:
        with m.no_grad():
            raise KeyError
    except KeyError:
        return m.is_grad_enabled()


def one_object_used_again(m: Any) -> Any:
    off = m.no_grad()
    with off:
        inside = m.is_grad_enabled()
    with off:
        again = m.is_grad_enabled()
    return inside, again, m.is_grad_enabled()


def a_thread_starts_enabled(m: Any) -> Any:
    found: list[bool] = []
    with m.no_grad():
        thread = threading.Thread(target=lambda: found.append(m.is_grad_enabled()))
        thread.start()
        thread.join()
    return found


def threads_have_their_own_gradients(m: Any) -> Any:
    leaves = [m.tensor(float(i), requires_grad=True) for i in range(4)]

    def work(x: Any) -> None:
        y = x
        for _ in range(50):
            y = y.sin() + x
        y.backward()

    threads = [threading.Thread(target=work, args=(x,)) for x in leaves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [x.grad for x in leaves]


def backward_inside_no_grad(m: Any) -> Any:
    x = m.tensor(2.0, requires_grad=True)
    y = x**3
    with m.no_grad():
        y.backward()
    return x.grad


def create_graph_inside_no_grad(m: Any) -> Any:
    x = m.tensor(2.0, requires_grad=True)
    y = x**3
    with m.no_grad():
        (g,) = m.autograd.grad(y, x, create_graph=True)
    return g.requires_grad, m.autograd.grad(g, x)


def mode_inside_a_hook(m: Any) -> Any:
    x, seen = m.tensor(2.0, requires_grad=True), []
    x.register_hook(lambda g: seen.append(m.is_grad_enabled()))
    y = x**3
    y.backward(retain_graph=True)
    y.backward(create_graph=True)
    return seen


def gradient_descent(m: Any) -> Any:
    w, b = m.tensor([0.5, -0.5], requires_grad=True), m.zeros(1, requires_grad=True)
    data, target = m.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]]), m.tensor([1.0, 2.0, 3.0])
    for _ in range(5):
        loss = ((data @ w + b - target) ** 2).mean()
        loss.backward()
        with m.no_grad():
            w -= 0.01 * w.grad
            b -= 0.01 * b.grad
        w.grad.zero_()
        b.grad = None
    return w, b, loss, w.grad, w._version


def polynomial_fit(m: Any) -> Any:
    x = m.linspace(-3.0, 3.0, 20)
    y = m.sin(x)
    a, b, c = (m.full((), value, requires_grad=True) for value in (0.1, 0.2, 0.3))
    for _ in range(3):
        loss = (a + b * x + c * x**2 - y).pow(2).sum()
        loss.backward()
        with m.no_grad():
            for p in (a, b, c):
                p -= 1e-3 * p.grad
                p.grad = None
    return a, b, c, loss.item()


def inference_results_are_leaves(m: Any) -> Any:
    x = m.ones(2, requires_grad=True)
    with m.no_grad():
        y = x * 2
        z = m.ones(2, requires_grad=True)
    return y, z, (y * x)


@cases_in(globals())
def test_as_in_pytorch(case: Case) -> None:
    agree(case)
