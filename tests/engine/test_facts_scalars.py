"""What PyTorch does with scalars, leaves and the graph, each fact of facts.md a test under its name."""

import warnings

import numpy as np
import pytest

import gradcli
from gradcli.errors import AutogradError


def leaf(value: float) -> gradcli.Tensor:
    return gradcli.tensor([value], requires_grad=True)


def test_A1_leaves_and_grad_fn() -> None:
    x = gradcli.tensor([2.0])
    w, b = leaf(0.3), leaf(0.7)
    y = gradcli.mul(w, x)
    z = gradcli.add(y, b)
    assert [t.requires_grad for t in (x, y, z)] == [False, True, True]
    assert [t.is_leaf for t in (x, w, b, y, z)] == [True, True, True, False, False]
    assert x.grad_fn is None
    assert str(y.grad_fn).startswith("<MulBackward0 ")
    assert str(z.grad_fn).startswith("<AddBackward0 ")


def test_A2_backward_of_one_element_needs_no_gradient() -> None:
    x = gradcli.tensor([2.0])
    w, b = leaf(0.3), leaf(0.7)
    (w * x + b).backward()
    assert x.grad is None
    assert repr(w.grad) == "tensor([2.])"
    assert repr(b.grad) == "tensor([1.])"


def test_A3_second_backward_raises_unless_the_graph_is_retained() -> None:
    w = leaf(3.0)
    z = w * w
    z.backward()
    with pytest.raises(AutogradError, match="a second time"):
        z.backward()
    v = leaf(3.0)
    z = v * v
    z.backward(retain_graph=True)
    z.backward()
    assert repr(v.grad) == "tensor([12.])"


def shared_graph() -> tuple[gradcli.Tensor, ...]:
    w, x = leaf(1.0), leaf(2.0)
    a, b = w + x, w + 1
    return w, x, a, b, a * b


def test_A4_gradients_of_leaves_only() -> None:
    w, x, a, b, y = shared_graph()
    assert [t.is_leaf for t in (w, x, a, b, y)] == [True, True, False, False, False]
    y.backward()
    assert repr(w.grad) == "tensor([5.])"
    assert repr(x.grad) == "tensor([2.])"
    for tensor in (a, b, y):
        with pytest.warns(UserWarning, match="retain_grad"):
            assert tensor.grad is None
    assert w.grad_fn is None
    assert x.grad_fn is None
    assert [t.grad_fn.name() for t in (a, b, y) if t.grad_fn] == ["AddBackward0", "AddBackward0", "MulBackward0"]


def test_A5_retain_grad() -> None:
    _, _, a, _, y = shared_graph()
    a.retain_grad()
    y.backward()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert repr(a.grad) == "tensor([2.])"


def test_A6_gradients_accumulate_until_zeroed() -> None:
    w, x = leaf(1.0), leaf(2.0)
    seen = []
    for _ in range(4):
        ((w + x) * (w + 1)).backward()
        assert w.grad is not None
        seen.append(w.grad.item())
    assert seen == [5.0, 10.0, 15.0, 20.0]
    assert w.grad is not None
    w.grad.zero_()
    for _ in range(4):
        ((w + x) * (w + 1)).backward()
        assert w.grad is not None
        assert w.grad.item() == 5.0
        w.grad.zero_()


def test_A7_a_computed_leaf_may_be_told_to_require_grad() -> None:
    a, b, d, f = (gradcli.tensor(2.0) for _ in range(4))
    h = gradcli.tensor(2.0, requires_grad=True)
    c = a * b
    assert (c.requires_grad, c.is_leaf) == (False, True)
    c.requires_grad = True
    e = c * d
    g = e * f
    i = g / h
    j = i + h
    k = j * i
    assert [t.item() for t in (c, e, g, i, j, k)] == [4, 8, 16, 8, 10, 80]
    assert repr(gradcli.autograd.grad(k, [c])) == "(tensor(36.),)"
    assert repr(k.detach()) == "tensor(80.)"


def test_A8_autograd_grad_leaves_no_trace() -> None:
    a, b = gradcli.tensor(2.0), gradcli.tensor(3.0)
    with pytest.raises(AutogradError, match="element 0 of tensors does not require grad"):
        gradcli.autograd.grad(a * b, [a])
    a = gradcli.tensor(2.0, requires_grad=True)
    assert repr(gradcli.autograd.grad(a * b, [a])) == "(tensor(3.),)"
    assert a.grad is None


def test_A9_next_functions_and_version() -> None:
    a, b = gradcli.tensor(2.0, requires_grad=True), gradcli.tensor(3.0)
    c = a * b
    assert c.grad_fn is not None
    (first, i), second = c.grad_fn.next_functions
    assert str(first).startswith("<AccumulateGrad ")
    assert i == 0
    assert second == (None, 0)
    assert c._version == 0


def test_A10_several_outputs() -> None:
    a = gradcli.tensor([1.0, 2.0, 3.0], requires_grad=True)
    b, c, d = a.unbind()
    e = b * c * d
    assert e.grad_fn is not None
    (inner, _), (unbind, index) = e.grad_fn.next_functions
    assert inner is not None
    assert unbind is not None
    assert unbind.name() == "UnbindBackward0"
    assert index == 2
    assert inner.next_functions == ((unbind, 0), (unbind, 1))
    assert repr(gradcli.autograd.grad(e, [a])) == "(tensor([6., 3., 2.]),)"


def test_A11_chain() -> None:
    a, b, d = (gradcli.tensor(v, requires_grad=True) for v in (2.0, 3.0, 4.0))
    c = a * b
    e = c * d
    assert [g.item() for g in gradcli.autograd.grad(e, [a, b, d]) if g is not None] == [12.0, 8.0, 6.0]


def test_A12_integers_cannot_require_grad() -> None:
    with pytest.raises(AutogradError, match="floating point"):
        gradcli.tensor([1, 2], requires_grad=True)


def test_an_unused_input_raises_unless_allowed() -> None:
    a, b = leaf(1.0), leaf(2.0)
    with pytest.raises(AutogradError, match="not have been used"):
        gradcli.autograd.grad(a * 2, [b])
    assert gradcli.autograd.grad(a * 2, [b], allow_unused=True) == (None,)


def test_gradients_by_computed_tensors() -> None:
    a = leaf(3.0)
    b = a * a
    c = b * b
    (by_b,) = gradcli.autograd.grad(c, [b])
    assert by_b is not None
    assert by_b.item() == 18.0


def test_create_graph_gives_second_derivatives() -> None:
    x = gradcli.tensor(0.7, requires_grad=True)
    y = gradcli.sin(x) * x**3
    (first,) = gradcli.autograd.grad(y, [x], create_graph=True)
    assert first is not None
    (second,) = gradcli.autograd.grad(first, [x])
    assert second is not None
    s, c, v = np.sin(0.7), np.cos(0.7), 0.7
    assert second.item() == pytest.approx(-s * v**3 + 6 * c * v**2 + 6 * s * v, rel=1e-14)
