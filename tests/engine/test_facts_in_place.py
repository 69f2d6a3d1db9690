"""What PyTorch does in place, with versions and with detach, each fact of facts.md a test under its name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli.errors import AutogradError


def test_C1_plus_makes_a_new_object_and_plus_equals_keeps_it() -> None:
    a = gradcli.ones(1)
    before, memory = a, a.array
    a = a + gradcli.ones(1)
    assert a is not before
    before, memory = a, a.array
    a += gradcli.ones(1)
    assert a is before
    assert a.array is memory
    assert a.tolist() == [3.0]


def test_C2_a_leaf_that_requires_grad_is_not_changed_in_place() -> None:
    w = gradcli.tensor([1.0], requires_grad=True)
    with pytest.raises(AutogradError, match="leaf that requires grad is being used in an in-place operation"):
        w.add_(1)
    with pytest.raises(AutogradError, match="in-place operation"):
        w[0] = 2.0
    with gradcli.no_grad():
        w.add_(1)
    assert repr(w) == "tensor([2.], requires_grad=True)"


def test_C3_a_saved_value_that_was_changed_stops_backward() -> None:
    w = gradcli.tensor([1.0], requires_grad=True)
    b = w + 1
    y = b * b
    b.add_(1)
    with pytest.raises(AutogradError, match="is at version 1, expected version 0") as caught:
        y.backward()
    assert "MulBackward0" in str(caught.value)
    assert "add_" in str(caught.value)


def test_C3_a_saved_output_that_was_changed_stops_backward() -> None:
    w = gradcli.tensor([1.0], requires_grad=True)
    y = gradcli.exp(w)
    y.mul_(2)
    with pytest.raises(AutogradError, match="ExpBackward0 saved its output"):
        y.sum().backward()


def test_C4_a_change_that_backward_does_not_need_is_fine() -> None:
    w = gradcli.tensor([1.0], requires_grad=True)
    b = w + 1
    y = b + 3
    b.add_(1)
    y.backward()
    assert repr(w.grad) == "tensor([1.])"
    w.grad = None
    c = w * 3
    c.add_(5)
    (c * 2).sum().backward()
    assert repr(w.grad) == "tensor([6.])"


def test_C5_data_shows_through() -> None:
    w = gradcli.tensor([1.0], requires_grad=True)
    d = w.detach()
    d.data[0] = 999
    assert repr(w) == "tensor([999.], requires_grad=True)"


def test_C7_every_change_counts() -> None:
    x = gradcli.zeros(3)
    changes: list[tuple[Any, ...]] = [
        (x.add_, 1),
        (x.mul_, 2),
        (x.fill_, 3.0),
        (x.zero_,),
        (x.copy_, gradcli.ones(3)),
        (x.exp_,),
        (x.__setitem__, 0, 4.0),
        (x[1:].neg_,),
        (x.view(3, 1).clamp_, -1, 1),
        (x.detach().add_, 1),
    ]
    for count, (change, *args) in enumerate(changes, start=1):
        change(*args)
        assert x._version == count
    assert x.tolist() == [2.0, 0.0, 0.0]


def test_views_share_memory_and_version() -> None:
    x = gradcli.arange(6.0).view(2, 3)
    row, column, flat = x[1], x.T[0], x.view(6)
    row.add_(10)
    assert x.tolist() == [[0.0, 1.0, 2.0], [13.0, 14.0, 15.0]]
    assert column.tolist() == [0.0, 13.0]
    assert {t._version for t in (x, row, column, flat)} == {1}
    assert np.shares_memory(x.array, flat.array)


def test_a_change_of_a_view_is_in_the_history_of_its_base() -> None:
    w = gradcli.tensor([1.0, 2.0, 3.0], requires_grad=True)
    x = w * 2
    x[1:].mul_(10)
    assert x.tolist() == [2.0, 40.0, 60.0]
    (x * gradcli.tensor([1.0, 2.0, 3.0])).sum().backward()
    assert repr(w.grad) == "tensor([ 2., 40., 60.])"


def test_a_change_of_the_base_is_in_the_history_of_its_views() -> None:
    w = gradcli.tensor([1.0, 2.0], requires_grad=True)
    x = w * 1
    view = x[1]
    x.mul_(w)
    assert view.item() == 4.0
    view.backward()
    assert repr(w.grad) == "tensor([0., 4.])"


def test_mul_in_place_uses_the_values_before_it() -> None:
    w = gradcli.tensor([3.0], requires_grad=True)
    x = w + 0
    x.mul_(w)
    x.sum().backward()
    assert repr(w.grad) == "tensor([6.])"


def test_hooks_may_replace_a_gradient_and_be_removed() -> None:
    w = gradcli.tensor([1.0, 2.0], requires_grad=True)
    y = w * 3
    handle = y.register_hook(lambda g: g * 10)
    y.retain_grad()
    y.sum().backward(retain_graph=True)
    assert repr(w.grad) == "tensor([30., 30.])"
    assert repr(y.grad) == "tensor([10., 10.])"
    handle.remove()
    w.grad = None
    y.sum().backward()
    assert repr(w.grad) == "tensor([3., 3.])"


def test_backward_into_given_tensors_alone() -> None:
    a, b = (gradcli.tensor([v], requires_grad=True) for v in (2.0, 3.0))
    (a * b).backward(inputs=[a])
    assert repr(a.grad) == "tensor([3.])"
    assert b.grad is None
