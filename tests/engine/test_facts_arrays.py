"""What PyTorch does with tensors of many entries, with no_grad and in print; facts of facts.md are tests by name."""

import numpy as np
import pytest

import gradcli
from gradcli.errors import AutogradError


def test_B1_scalar_polynomial() -> None:
    x = gradcli.tensor(0.0, requires_grad=True)
    (x**2 - 2 * x + 1).backward()
    assert repr(x.grad) == "tensor(-2.)"


def test_B2_a_matrix_needs_a_gradient() -> None:
    x = gradcli.tensor([[0.0, 0.0], [1.0, 2.0]], requires_grad=True)
    y = x**2 - 2 * x + 1
    assert y.tolist() == [[1.0, 1.0], [0.0, 1.0]]
    with pytest.raises(AutogradError, match="implicitly created only for scalar outputs"):
        y.backward()
    y.backward(gradient=gradcli.ones((2, 2)))
    assert x.grad is not None
    assert x.grad.tolist() == [[-2.0, -2.0], [0.0, 2.0]]


def test_B2_the_same_by_a_weighted_sum() -> None:
    x = gradcli.tensor([[0.0, 0.0], [1.0, 2.0]], requires_grad=True)
    y = x**2 - 2 * x + 1
    gradcli.sum(y * gradcli.ones((2, 2))).backward()
    assert x.grad is not None
    assert x.grad.tolist() == [[-2.0, -2.0], [0.0, 2.0]]


def test_B3_a_jacobian_by_one_hot_seeds() -> None:
    x = gradcli.tensor([[2.0, 3.0]], requires_grad=True)
    y = gradcli.zeros(1, 2)
    y[0, 0] = x[0, 0] ** 2 + 3 * x[0, 1]
    y[0, 1] = x[0, 1] ** 2 + 2 * x[0, 0]
    assert y.tolist() == [[13.0, 13.0]]
    assert y.grad_fn is not None
    assert y.grad_fn.name() == "CopySlices"
    j = gradcli.zeros(2, 2)
    y.backward(gradcli.tensor([[1, 0]]), retain_graph=True)
    assert x.grad is not None
    assert x.grad.tolist() == [[4.0, 3.0]]
    j[0] = x.grad
    x.grad = gradcli.zeros_like(x.grad)
    y.backward(gradcli.tensor([[0, 1]]))
    j[1] = x.grad
    assert j.tolist() == [[4.0, 3.0], [2.0, 6.0]]
    assert not j.requires_grad


def test_B4_sum_of_a_matrix_product() -> None:
    x = gradcli.rand(3, 3, requires_grad=True)
    w = gradcli.ones(3, 3, requires_grad=True)
    y = gradcli.sum(gradcli.mm(x, w))
    y.backward()
    assert y.grad_fn is not None
    assert y.grad_fn.name() == "SumBackward0"
    with pytest.warns(UserWarning, match="retain_grad"):
        assert y.grad is None
    assert x.grad is not None
    assert w.grad is not None
    assert x.grad.tolist() == [[3.0] * 3] * 3
    np.testing.assert_allclose(w.grad.numpy(), np.repeat(x.detach().numpy().sum(axis=0)[:, None], 3, axis=1))


def test_B5_mean_and_detach() -> None:
    x = gradcli.rand(3, 3, requires_grad=True)
    w = gradcli.rand(3, 3, requires_grad=True)
    gradcli.mean(gradcli.mm(w, x)).backward()
    assert x.grad is not None
    want = w.detach().numpy().sum(axis=0)[:, None] / 9 * np.ones(3)
    np.testing.assert_allclose(x.grad.numpy(), want, rtol=1e-15)
    product = gradcli.mm(w, x)
    detached = product.detach()
    assert detached.grad_fn is None
    assert not detached.requires_grad
    assert np.shares_memory(detached.numpy(), product.array)
    assert detached.tolist() == product.tolist()


def test_B6_integers() -> None:
    x = gradcli.arange(9).view(3, 3)
    assert x.dtype == np.int64
    assert x.shape == (3, 3)
    assert not x.requires_grad


def test_C6_no_grad_as_context_and_decorator_and_nesting() -> None:
    x = gradcli.tensor(2.0, requires_grad=True)

    @gradcli.no_grad()
    def doubled() -> gradcli.Tensor:
        return x * 2

    def recorded() -> bool:
        return (x * x).requires_grad

    assert not doubled().requires_grad
    with gradcli.no_grad():
        assert not recorded()
        with gradcli.enable_grad():
            assert recorded()
            with gradcli.set_grad_enabled(False):
                assert not recorded()
            assert gradcli.is_grad_enabled()
        assert not gradcli.is_grad_enabled()
    assert gradcli.is_grad_enabled()


def test_C6_the_mode_comes_back_after_an_exception() -> None:
    with pytest.raises(ZeroDivisionError), gradcli.no_grad():
        raise ZeroDivisionError
    assert gradcli.is_grad_enabled()


def test_D1_printing() -> None:
    x = gradcli.tensor([[2.0, 3.0]], requires_grad=True)
    assert repr(gradcli.tensor(-2.0)) == "tensor(-2.)"
    assert repr(gradcli.tensor([[4.0, 3.0], [2.0, 6.0]])) == "tensor([[4., 3.],\n        [2., 6.]])"
    assert repr(x) == "tensor([[2., 3.]], requires_grad=True)"
    product = gradcli.tensor(2.0, requires_grad=True) * 4.0
    assert repr(product) == "tensor(8., grad_fn=<MulBackward0>)"
    assert repr(gradcli.tensor([999.0], requires_grad=True)) == "tensor([999.], requires_grad=True)"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ([1.5, -2.25], "tensor([ 1.5000, -2.2500])"),
        ([1e-5, 1.0], "tensor([1.0000e-05, 1.0000e+00])"),
        ([float("nan"), 1.0], "tensor([nan, 1.])"),
        ([float("inf"), 0.5], "tensor([   inf, 0.5000])"),
        ([1, 2, 3], "tensor([1, 2, 3])"),
        ([True, False], "tensor([ True, False])"),
        ([], "tensor([])"),
    ],
)
def test_printing_of_ranges_and_kinds(data: list[float], text: str) -> None:
    assert repr(gradcli.tensor(data)) == text


def test_printing_cuts_long_arrays_in_the_middle() -> None:
    assert repr(gradcli.arange(2000.0)) == (
        "tensor([0.0000e+00, 1.0000e+00, 2.0000e+00,  ..., 1.9970e+03, 1.9980e+03,\n        1.9990e+03])"
    )


def test_a_numpy_formula_records() -> None:
    x = gradcli.tensor([0.5, 1.5], requires_grad=True)
    y = np.sum(np.exp(-(x**2)) * np.array([1.0, 2.0]) + np.where(x > 1, x, 0.0))
    y.backward()
    assert x.grad is not None
    want = -2 * np.array([0.5, 1.5]) * np.exp([-0.25, -2.25]) * [1, 2] + [0, 1]
    np.testing.assert_allclose(x.grad.numpy(), want, rtol=1e-15)


def test_a_numpy_function_without_an_entry_raises_and_names_it() -> None:
    x = gradcli.tensor([0.5, 1.5], requires_grad=True)
    with pytest.raises(AutogradError, match="nanmedian"):
        np.nanmedian(x)
