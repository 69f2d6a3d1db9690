"""Operations in place, done alike with PyTorch and with gradcli."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.engine.parity import Case, agree, cases_in

CHANGES: dict[str, Callable[[Any, Any], Any]] = {
    "add_": lambda m, y: y.add_(3),
    "add_ tensor": lambda m, y: y.add_(m.tensor([1.0, 2.0, 3.0])),
    "add_ alpha": lambda m, y: y.add_(m.tensor([1.0, 2.0, 3.0]), alpha=2),
    "sub_": lambda m, y: y.sub_(0.5),
    "mul_": lambda m, y: y.mul_(3),
    "mul_ itself": lambda m, y: y.mul_(y),
    "div_": lambda m, y: y.div_(4),
    "pow_": lambda m, y: y.pow_(2),
    "pow_ tensor": lambda m, y: y.pow_(m.tensor([1.0, 2.0, 0.5])),
    "neg_": lambda m, y: y.neg_(),
    "zero_": lambda m, y: y.zero_(),
    "fill_": lambda m, y: y.fill_(2.5),
    "fill_ tensor": lambda m, y: y.fill_(m.tensor(2.5)),
    "copy_": lambda m, y: y.copy_(m.tensor([1.0, 2.0, 3.0])),
    "copy_ one": lambda m, y: y.copy_(m.tensor(2)),
    "clamp_": lambda m, y: y.clamp_(1, 3),
    "clamp_ min": lambda m, y: y.clamp_(min=1.5),
    "clamp_ max": lambda m, y: y.clamp_(max=1.5),
    "exp_": lambda m, y: y.exp_(),
    "sin_ twice": lambda m, y: y.sin_().sin_(),
    "log_": lambda m, y: y.log_(),
    "sqrt_": lambda m, y: y.sqrt_(),
    "sigmoid_": lambda m, y: y.sigmoid_(),
    "tanh_": lambda m, y: y.tanh_(),
    "sin_": lambda m, y: y.sin_(),
    "cos_": lambda m, y: y.cos_(),
    "abs_": lambda m, y: y.abs_(),
    "relu_": lambda m, y: y.relu_(),
    "reciprocal_": lambda m, y: y.reciprocal_(),
    "square_": lambda m, y: y.square_(),
    "floor_": lambda m, y: y.floor_(),
    "round_": lambda m, y: y.round_(),
    "+=": lambda m, y: y.__iadd__(2),
    "-=": lambda m, y: y.__isub__(2),
    "*=": lambda m, y: y.__imul__(2),
    "/=": lambda m, y: y.__itruediv__(2),
    "**=": lambda m, y: y.__ipow__(2),
    "masked_fill_": lambda m, y: y.masked_fill_(y > 1.5, 0.0),
}

INDICES: dict[str, Any] = {
    "entry": 1,
    "last": -1,
    "slice": slice(1, None),
    "step": slice(None, None, 2),
    "ellipsis": ...,
    "everything": slice(None),
    "list": [0, 2],
    "empty": slice(3, None),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_on_a_computed_tensor(change: Callable[[Any, Any], Any]) -> None:
    def case(m: Any) -> Any:
        x = m.tensor([0.5, 1.0, 2.0], requires_grad=True)
        y = x + 0.25
        changed = change(m, y)
        (y * m.tensor([1.0, 10.0, 100.0])).sum().backward()
        return y, changed is y, y._version, x.grad

    agree(case)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_on_a_plain_tensor_and_its_view(change: Callable[[Any, Any], Any]) -> None:
    def case(m: Any) -> Any:
        x = m.tensor([[0.5, 1.0, 2.0], [3.0, 4.0, 5.0]])
        row = x[1]
        change(m, row)
        return x, row, x._version, row._version

    agree(case)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_on_a_view_of_a_view(change: Callable[[Any, Any], Any]) -> None:
    def case(m: Any) -> Any:
        x = m.tensor([[0.5, 1.0, 2.0], [3.0, 4.0, 5.0]], requires_grad=True)
        y = x + 0
        part = y.t()[:, 1]
        change(m, part)
        (y * y.detach()).sum().backward()
        return y, part.detach(), y._version, x.grad

    agree(case)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_on_a_leaf(change: Callable[[Any, Any], Any]) -> None:
    def refused(m: Any) -> Any:
        return change(m, m.tensor([0.5, 1.0, 2.0], requires_grad=True))

    def allowed(m: Any) -> Any:
        x = m.tensor([0.5, 1.0, 2.0], requires_grad=True)
        with m.no_grad():
            change(m, x)
        (x * x).sum().backward()
        return x, x._version, x.grad

    agree(refused)
    agree(allowed)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("use", [lambda y: y.exp(), lambda y: y * y, lambda y: y + 1, lambda y: y.sin()])
def test_after_it_was_used(change: Callable[[Any, Any], Any], use: Callable[[Any], Any]) -> None:
    def case(m: Any) -> Any:
        x = m.tensor([0.5, 1.0, 2.0], requires_grad=True)
        y = x + 0.25
        used = use(y)
        change(m, y)
        (used.sum() + y.sum()).backward()
        return x.grad

    agree(case)


@pytest.mark.parametrize("index", INDICES.values(), ids=INDICES)
def test_assignment(index: Any) -> None:
    def number(m: Any) -> Any:
        x = m.tensor([0.5, 1.0, 2.0], requires_grad=True)
        y = x * 1
        y[index] = 7
        (y * m.tensor([1.0, 10.0, 100.0])).sum().backward()
        return y, y._version, x.grad

    def recorded(m: Any) -> Any:
        x, v = m.tensor([0.5, 1.0, 2.0], requires_grad=True), m.tensor(3.0, requires_grad=True)
        y = x * 1
        y[index] = v * v
        (y * m.tensor([1.0, 10.0, 100.0])).sum().backward()
        return y, y._version, x.grad, v.grad

    def into_a_plain_one(m: Any) -> Any:
        v = m.tensor(3.0, requires_grad=True)
        y = m.zeros(3)
        y[index] = v
        y.sum().backward()
        return y, v.grad

    def added(m: Any) -> Any:
        x = m.tensor([0.5, 1.0, 2.0], requires_grad=True)
        y = x * 1
        y[index] += 10
        y[index] *= x[index]
        y.sum().backward()
        return y.detach(), x.grad

    for case in (number, recorded, into_a_plain_one, added):
        agree(case)


def assigned_rows(m: Any) -> Any:
    x = m.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = m.zeros(2, 3)
    y[0] = x
    y[1] = x * y[0]
    y[:, 0] = y[:, 2]
    y.sum().backward()
    return y, x.grad


def assigned_under_a_mask(m: Any) -> Any:
    x = m.tensor([1.0, -2.0, 3.0], requires_grad=True)
    y = x * 2
    y[y < 0] = 0.0
    (y * y).sum().backward()
    return y, x.grad


def assigned_by_index_tensors(m: Any) -> Any:
    x = m.tensor([1.0, -2.0, 3.0], requires_grad=True)
    y = m.zeros(2, 3)
    y[m.tensor([0, 1]), m.tensor([2, 0])] = x[1:] * 2
    y.sum().backward()
    return y, x.grad


def assigned_to_a_leaf(m: Any) -> Any:
    m.ones(2, requires_grad=True)[0] = 1.0


def assigned_the_wrong_shape(m: Any) -> Any:
    m.ones(2, 3)[0] = m.ones(2)


def assigned_with_leading_ones(m: Any) -> Any:
    y = m.zeros(2, 3)
    y[0] = m.tensor([[1.0, 2.0, 3.0]])
    return y


def assigned_twice(m: Any) -> Any:
    x = m.tensor([1.0, 2.0], requires_grad=True)
    y = x * 3
    y[0] = x[1] ** 2
    y[0] = y[0] * x[0]
    y[1] = y[0] + y[1]
    y.sum().backward()
    return y, x.grad


def result_of_a_wider_shape(m: Any) -> Any:
    m.ones(3).add_(m.ones(2, 3))


def integers_do_not_become_floats(m: Any) -> Any:
    m.tensor([1, 2]).add_(0.5)


def integers_divided_in_place(m: Any) -> Any:
    m.tensor([1, 2]).div_(2)


def float32_stays_in_place(m: Any) -> Any:
    x = m.ones(2, dtype=m.float32)
    x.mul_(m.tensor([2.0, 3.0]))
    return x


def floats_copied_into_integers(m: Any) -> Any:
    x = m.tensor([1, 2])
    x.copy_(m.tensor([2.7, -3.2]))
    x[0] = 5.9
    return x


def change_of_a_plain_operand_that_is_saved(m: Any) -> Any:
    x, c = m.tensor([1.0, 2.0], requires_grad=True), m.tensor([3.0, 4.0])
    y = x * c
    c.add_(1)
    y.sum().backward()


def change_of_a_plain_operand_that_is_not_saved(m: Any) -> Any:
    x, c = m.tensor([1.0, 2.0], requires_grad=True), m.tensor([3.0, 4.0])
    y = x + c
    c.add_(1)
    y.sum().backward()
    return x.grad


def change_of_a_saved_view(m: Any) -> Any:
    x = m.tensor([1.0, 2.0], requires_grad=True)
    y = x * 1
    z = y[:1] * y[1:]
    y[0] = 5
    z.sum().backward()


def change_of_another_part_of_saved_memory(m: Any) -> Any:
    x = m.tensor([1.0, 2.0], requires_grad=True)
    y = x * 1
    first, second = y[:1], y[1:]
    z = first * first
    second.add_(1)
    z.sum().backward()


def change_of_a_saved_output(m: Any) -> Any:
    x = m.tensor([1.0, 2.0], requires_grad=True)
    y = x.exp()
    y.add_(1)
    y.sum().backward()


def change_of_a_view_of_a_saved_output(m: Any) -> Any:
    x = m.tensor([1.0, 2.0], requires_grad=True)
    y = x.exp()
    y[0] = 1
    y.sum().backward()


def change_of_a_saved_output_under_no_grad(m: Any) -> Any:
    x = m.tensor([1.0, 2.0], requires_grad=True)
    y = x.exp()
    with m.no_grad():
        y.add_(1)
    y.sum().backward()


def change_of_a_leaf_under_no_grad_after_use(m: Any) -> Any:
    x = m.tensor([1.0, 2.0], requires_grad=True)
    y = (x * x).sum()
    with m.no_grad():
        x.add_(1)
    y.backward()


def change_under_no_grad_is_a_constant(m: Any) -> Any:
    x = m.tensor([1.0, 2.0], requires_grad=True)
    y = x + 1
    with m.no_grad():
        y.mul_(10)
    y.sum().backward()
    return y, x.grad


def change_makes_a_plain_tensor_require_grad(m: Any) -> Any:
    x, y = m.tensor([1.0, 2.0], requires_grad=True), m.zeros(2)
    view = y.view(2, 1)
    y.add_(x * x)
    view.sum().backward()
    return y, view.requires_grad, x.grad


def change_of_a_view_makes_the_plain_base_require_grad(m: Any) -> Any:
    x, y = m.tensor([1.0, 2.0], requires_grad=True), m.zeros(2, 2)
    sibling = y.view(-1)
    y[0].add_(x)
    (sibling * sibling.detach()).sum().backward()
    return y, sibling.requires_grad, x.grad


def change_of_a_view_of_a_leaf(m: Any) -> Any:
    m.ones(2, requires_grad=True)[0].add_(1)


def change_of_an_expanded_one(m: Any) -> Any:
    m.ones(1, 2).expand(3, 2).add_(m.ones(3, 2))


def leaf_put_into_its_own_copy(m: Any) -> Any:
    x = m.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x.clone()
    y[1:] = y[:-1].clone() * x[1:]
    y.prod().backward()
    return y, x.grad


def in_place_on_a_transposed_copy(m: Any) -> Any:
    x = m.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
    y = x.t() * 1
    y[1] = 0
    y.view_as(y).mul_(y.detach())
    y.sum().backward()
    return y.detach(), x.grad


def recurrence(m: Any) -> Any:
    x = m.tensor(0.5, requires_grad=True)
    state = m.zeros(5)
    state[0] = x
    for i in range(1, 5):
        state[i] = state[i - 1].clone().sin() + x
    state.sum().backward()
    return state, x.grad


def second_derivative_through_a_change(m: Any) -> Any:
    x = m.tensor([1.0, 2.0], requires_grad=True)
    y = x**3
    y[0] = x[1] ** 4
    (g,) = m.autograd.grad(y.sum(), x, create_graph=True)
    return g.detach(), m.autograd.grad(g.sum(), x)


def versions(m: Any) -> Any:
    x = m.zeros(3)
    counts = [x._version]
    changes: tuple[Callable[[Any], Any], ...] = (
        lambda t: t.add_(1),
        lambda t: t.zero_(),
        lambda t: t.fill_(2),
        lambda t: t.__setitem__(0, 1.0),
        lambda t: t[1:].exp_(),
        lambda t: t.copy_(m.ones(3)),
        lambda t: t.detach().mul_(2),
        lambda t: t.data.mul_(2),
        lambda t: t.clamp_(0, 1),
    )
    for change in changes:
        change(x)
        counts.append(x._version)
    return counts


@cases_in(globals())
def test_as_in_pytorch(case: Case) -> None:
    agree(case)
