"""Parts of arrays: many of one array, read and written, done alike with PyTorch and with gradcli.

A sweep adds what parts send to one sum for the whole array, and takes what was replaced out of it in place: nothing of
that may show.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

import gradcli
from tests.engine.parity import Case, agree, cases_in


def leaf(module: Any, *values: Any) -> Any:
    return module.tensor(values[0] if len(values) == 1 else list(values), requires_grad=True)


def rows_that_overlap(m: Any) -> Any:
    x = leaf(m, [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    (x[0:2] * x[1:3]).sum().backward()
    return x.grad


def the_same_entry_by_many_indices(m: Any) -> Any:
    x = leaf(m, 1.0, 2.0, 3.0, 4.0)
    total = x[1] * x[-3] + x[[1, 1, 2]].sum() + x[1:3].sum() + x[m.tensor([False, True, False, False])].sum()
    total.backward()
    return x.grad


def steps_and_new_axes(m: Any) -> Any:
    x = leaf(m, [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    (x[..., ::2].sum() + (x[:, None, 1] * x[1]).sum() + x[None, 0, None].sum() * x[1, 2]).backward()
    return x.grad


def parts_of_a_computed_array_that_retains(m: Any) -> Any:
    x = leaf(m, 1.0, 2.0, 3.0)
    y = x * x
    y.retain_grad()
    (y[0] * y[1] + y[1:].sum() + y.sum()).backward()
    return x.grad, y.grad


def a_hook_sees_the_whole(m: Any) -> Any:
    seen: list[Any] = []
    x = leaf(m, 1.0, 2.0, 3.0)
    y = x * 2

    def tenfold(g: Any) -> Any:
        seen.append(g.clone())
        return g * 10

    y.register_hook(tenfold)
    (y[0] * y[2] + y[2]).backward()
    return x.grad, seen


def parts_of_one_of_several(m: Any) -> Any:
    x = leaf(m, [[1.0, 2.0], [3.0, 4.0]])
    a, b = x.unbind()
    (a[0] * a[1] + a.sum() * b[1] + b[0:1].sum()).backward()
    return x.grad


def the_first_of_several_through_a_function(m: Any) -> Any:
    x = leaf(m, [[1.0, 2.0], [3.0, 4.0]])
    a, _ = x.split(1)
    (m.exp(a) + a).sum().backward()
    return x.grad


def the_first_output_of_a_function_of_users(m: Any) -> Any:
    class Both(m.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2, x * 3

        @staticmethod
        def backward(ctx: Any, g: Any, h: Any) -> Any:
            return g * 2 + h * 3

    x = leaf(m, 1.0, 2.0)
    a, _ = Both.apply(x)
    m.exp(a).sum().backward()
    return x.grad


def filled_row_by_row(m: Any) -> Any:
    x = leaf(m, 0.5, 0.25)
    y = m.zeros(5, 2)
    y[0] = x
    for i in range(1, 5):
        y[i] = y[i - 1] * x + i
    (y * y).sum().backward()
    return y, x.grad


def written_over(m: Any) -> Any:
    x = leaf(m, 1.0, 2.0, 3.0)
    y = x * 2
    y[1] = y[0] * y[2]
    y[1:] = y[:2] + 0.0
    y[0] = 7.0
    (y * m.tensor([1.0, 10.0, 100.0])).sum().backward()
    return y, x.grad


def by_positions_and_masks(m: Any) -> Any:
    x = leaf(m, [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    y = x * 1
    y[[0, 1], [2, 0]] = x[0, :2] * 3
    y[y.detach() > 4.5] = x[1, 1]
    (y * y.detach()).sum().backward()
    return y, x.grad


def through_views_of_views(m: Any) -> Any:
    x = leaf(m, [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    y = x * 1
    shown = y.t()[1:]
    shown[0] = x[:, 2] * 2
    shown[1][1:].mul_(x[0, :1])
    (y * y).sum().backward()
    return y, shown, x.grad


def of_memory_not_in_order(m: Any) -> Any:
    x = leaf(m, [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    y = (x * 1).t().contiguous().t().detach().clone()
    z = y.t().detach()
    z[1] = x[:, 0]
    z[:, 0].add_(x[0, :].clone())
    (z * z).sum().backward()
    return z, x.grad


def asked_for_in_between(m: Any) -> Any:
    x = leaf(m, 1.0, 2.0, 3.0)
    y = x * 1
    y[0] = x[1] * 2
    before = y * 1
    y[1] = before[2]
    z = (y * y).sum()
    return m.autograd.grad(z, [before, y, x], retain_graph=True), m.autograd.grad(z, [x])


def retained_while_written(m: Any) -> Any:
    x = leaf(m, 1.0, 2.0, 3.0)
    y = x * 1
    y[0] = 5.0
    y.retain_grad()
    z = y * y
    z[1] = y[2]
    z.sum().backward()
    return x.grad, y.grad


def seeds_stay(m: Any) -> Any:
    x, seed = leaf(m, 1.0, 2.0, 3.0), m.tensor([1.0, 10.0, 100.0])
    y = x * 2
    y[0] = x[1]
    z = x * 1
    z[2] = 0.0
    m.autograd.backward([y, z], [seed, seed])
    return seed, x.grad


def twice_with_the_graph_kept(m: Any) -> Any:
    x = leaf(m, 1.0, 2.0, 3.0)
    y = x * x
    y[1] = y[0] * x[2]
    z = (y * y).sum()
    z.backward(retain_graph=True)
    first = x.grad.clone()
    z.backward()
    return first, x.grad


def second_derivatives(m: Any) -> Any:
    x = leaf(m, 1.0, 2.0, 3.0)
    y = x * x
    y[1] = y[0] * x[2]
    y[:2].mul_(x[1:])
    (g,) = m.autograd.grad((y * y * x[0]).sum(), [x], create_graph=True)
    (h,) = m.autograd.grad((g * g).sum(), [x])
    return g, h


def gradients_that_are_held_grow(m: Any) -> Any:
    x = leaf(m, 1.0, 2.0)
    (x[0] * x).sum().backward()
    held = x.grad
    (x * x)[1].backward()
    return held, held is x.grad, held._version > 0


def loops_over_rows(m: Any) -> Any:
    x = leaf(m, [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    total = m.tensor(0.0)
    for row in x:
        total = total + row[0] * m.exp(row[1] / 4) + (row * row).sum()
    total.backward()
    return x.grad


def pieces(m: Any) -> Any:
    x = leaf(m, [[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]])
    a, b = x.chunk(2, 1)
    c, d, e = x.split([1, 2, 1], 1)
    (a * b + d).sum().backward()
    (c * e).sum().backward()
    return x.grad


def extremes_along_an_axis(m: Any) -> Any:
    x = leaf(m, [[1.0, 5.0, 3.0], [4.0, 4.5, 6.0]])
    first, second = x.max(dim=1), x.min(dim=0, keepdim=True)
    (first.values * first.values).sum().backward()
    second.values.sum().backward()
    return first.values.detach(), first.indices, second.values.detach(), second.indices, x.grad


@cases_in(globals())
def test_as_in_pytorch(case: Case) -> None:
    agree(case)


COLUMNS = 800
"""Wide rows, so that an array of the size of all of them costs more than what is done with one."""


def filling(n: int) -> None:
    x = gradcli.tensor(np.linspace(0.0, 1.0, COLUMNS), requires_grad=True)
    y = gradcli.zeros(n, COLUMNS)
    y[0] = x
    for i in range(1, n):
        y[i] = y[i - 1] * 0.5 + x
    y.sum().backward()


def reading(n: int) -> None:
    x = gradcli.tensor(np.ones((n, COLUMNS)), requires_grad=True)
    total = gradcli.tensor(0.0)
    for i in range(n):
        total = total + x[i].sum()
    total.backward()


@pytest.mark.parametrize("program", [filling, reading])
def test_the_cost_of_a_row_does_not_grow_with_the_rows(program: Any) -> None:
    def seconds(n: int) -> float:
        times = []
        for _ in range(3):
            began = time.process_time()
            program(n)
            times.append(time.process_time() - began)
        return min(times)

    program(10)
    assert seconds(1200) < 8 * seconds(300)  # 16 times as long and more if each row cost as much as all
