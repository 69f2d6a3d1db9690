"""Hooks and kept gradients, done alike with PyTorch and with gradcli."""

from __future__ import annotations

from typing import Any

from tests.engine.parity import Case, agree, cases_in


def hook_sees_the_gradient(m: Any) -> Any:
    x, seen = m.tensor([1.0, 2.0], requires_grad=True), []
    x.register_hook(lambda g: seen.append(g * 1))
    (x * x).sum().backward()
    return seen, x.grad


def hook_sees_a_tensor_on_a_computed_one(m: Any) -> Any:
    x, seen = m.tensor([1.0, 2.0], requires_grad=True), []
    y = x * 3
    y.register_hook(lambda g: seen.append((m.is_tensor(g), g.shape == y.shape)))
    (y * y).sum().backward()
    return seen, x.grad


def hook_replaces(m: Any) -> Any:
    x = m.tensor([1.0, 2.0], requires_grad=True)
    y = x * 3
    y.register_hook(lambda g: g * 10)
    (y * y).sum().backward()
    return x.grad


def hooks_run_in_order(m: Any) -> Any:
    x = m.tensor(1.0, requires_grad=True)
    y = x * 3
    y.register_hook(lambda g: g + 1)
    y.register_hook(lambda g: g * 2)
    y.retain_grad()
    y.register_hook(lambda g: g * 5)
    y.sum().backward()
    return x.grad, y.grad


def hook_on_a_leaf_runs_once_for_the_sum(m: Any) -> Any:
    x, seen = m.tensor(1.0, requires_grad=True), []
    x.register_hook(lambda g: seen.append(g.item()))
    (x * 2 + x * 3).backward()
    return seen, x.grad


def hook_removed(m: Any) -> Any:
    x = m.tensor(1.0, requires_grad=True)
    handle = x.register_hook(lambda g: g * 10)
    x.register_hook(lambda g: g * 2)
    x.exp().backward()
    handle.remove()
    handle.remove()
    x.exp().backward()
    return x.grad


def the_same_hook_twice(m: Any) -> Any:
    x = m.tensor(1.0, requires_grad=True)

    def double(g: Any) -> Any:
        return g * 2

    x.register_hook(double)
    second = x.register_hook(double)
    x.exp().backward()
    second.remove()
    x.exp().backward()
    return x.grad


def hook_in_autograd_grad(m: Any) -> Any:
    x = m.tensor(1.0, requires_grad=True)
    y = x * 2
    y.register_hook(lambda g: g * 10)
    x.register_hook(lambda g: g + 1)
    return m.autograd.grad(y * y, [x, y]), x.grad


def hook_on_what_was_not_walked(m: Any) -> Any:
    x, z, seen = m.tensor(1.0, requires_grad=True), m.tensor(2.0, requires_grad=True), []
    x.register_hook(lambda g: seen.append("x"))
    z.register_hook(lambda g: seen.append("z"))
    m.autograd.grad(x * z, z)
    return seen


def hook_on_one_of_several_outputs(m: Any) -> Any:
    x = m.tensor([1.0, 2.0, 3.0], requires_grad=True)
    _, b, c = x.unbind()
    b.register_hook(lambda g: g * 10)
    (b * b + c).backward()
    return x.grad


def hook_without_grad(m: Any) -> Any:
    m.tensor(1.0).register_hook(lambda g: g)


def hook_after_an_in_place_change(m: Any) -> Any:
    x, seen = m.tensor(1.0, requires_grad=True), []
    y = x * 2
    y.register_hook(lambda g: seen.append(("before", g.item())))
    y.mul_(3)
    y.register_hook(lambda g: seen.append(("after", g.item())))
    y.backward()
    return sorted(seen), x.grad


def hook_gradient_of_another_shape(m: Any) -> Any:
    x = m.tensor([1.0, 2.0], requires_grad=True)
    y = x * 2
    y.register_hook(lambda g: g.sum())
    y.sum().backward()


def hook_with_create_graph(m: Any) -> Any:
    x = m.tensor(2.0, requires_grad=True)
    y = x * x
    y.register_hook(lambda g: g * x)
    (g,) = m.autograd.grad(y, x, create_graph=True)
    return g.detach(), m.autograd.grad(g, x)


def retained(m: Any) -> Any:
    x = m.tensor([1.0, 2.0], requires_grad=True)
    y = x * 2
    before = y.retains_grad
    y.retain_grad()
    y.retain_grad()
    (y * y).sum().backward()
    return y.grad, x.grad, before, y.retains_grad, x.retains_grad


def retained_twice_over(m: Any) -> Any:
    x = m.tensor(1.0, requires_grad=True)
    y = x * 2
    y.retain_grad()
    z = y * y
    z.backward(retain_graph=True)
    z.backward()
    return y.grad, x.grad


def retained_leaf(m: Any) -> Any:
    x = m.tensor(1.0, requires_grad=True)
    x.retain_grad()
    x.exp().backward()
    return x.grad


def retained_without_grad(m: Any) -> Any:
    m.tensor(1.0).retain_grad()


def retained_replaced_gradient(m: Any) -> Any:
    x = m.tensor(1.0, requires_grad=True)
    y = x * 2
    y.retain_grad()
    y.register_hook(lambda g: g * 7)
    y.backward()
    return y.grad, x.grad


def retained_and_changed_in_place(m: Any) -> Any:
    x = m.tensor(1.0, requires_grad=True)
    y = x * 2
    y.retain_grad()
    y.mul_(3)
    y.exp().backward()
    return y.grad, x.grad


def kept_gradient_is_not_the_flowing_one(m: Any) -> Any:
    x = m.tensor([1.0, 2.0], requires_grad=True)
    y = x + 0
    y.retain_grad()
    (y + 0).sum().backward()
    y.grad.mul_(10)
    return x.grad


def accumulation_hook(m: Any) -> Any:
    x, seen = m.tensor(1.0, requires_grad=True), []
    x.register_post_accumulate_grad_hook(lambda t: seen.append(t.grad.item()))
    x.exp().backward()
    (x * 2).backward()
    return seen


@cases_in(globals())
def test_as_in_pytorch(case: Case) -> None:
    agree(case)
