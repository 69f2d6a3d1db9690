"""What Python and NumPy ask of a tensor as they do of any object: an array, an index, a length, a text, a truth."""

from __future__ import annotations

import numpy as np
import pytest

import gradcli
from gradcli.errors import AutogradError, ShapeProblem


def test_an_array_shares_memory_unless_it_is_to_be_another() -> None:
    x = gradcli.tensor([1.5, 2.5])
    np.asarray(x)[0] = 3.0
    copied = np.array(x, dtype=int)
    copied[1] = 7
    assert x.tolist() == [3.0, 2.5]
    assert copied.tolist() == [3, 7]
    assert np.array(x, copy=True) is not np.asarray(x)


def test_no_array_loses_a_gradient() -> None:
    with pytest.raises(AutogradError, match="cannot become an array without losing its gradient"):
        np.asarray(gradcli.tensor([1.0], requires_grad=True))


def test_an_integer_is_an_index_and_nothing_else_is() -> None:
    assert list(range(gradcli.tensor(3))) == [0, 1, 2]
    for other in (gradcli.tensor(3.0), gradcli.tensor([1, 2])):
        with pytest.raises(TypeError, match="only integer tensors of one entry"):
            range(other)


def test_a_length_is_that_of_the_first_axis() -> None:
    assert len(gradcli.ones(3, 2)) == 3
    with pytest.raises(TypeError, match="0-d"):
        len(gradcli.tensor(1.0))


def test_a_number_is_formatted_as_one_and_an_array_as_a_tensor() -> None:
    assert f"{gradcli.tensor(1.23456):.2f} {gradcli.tensor([1.0]):}" == "1.23 tensor([1.])"
    assert f"{gradcli.tensor([1.0, 2.0]):.2f}" == "tensor([1., 2.])"


def test_the_truth_of_several_is_no_truth() -> None:
    assert gradcli.tensor(2.0)
    assert not gradcli.tensor([0])
    with pytest.raises(ShapeProblem, match="ambiguous"):
        bool(gradcli.tensor([1.0, 1.0]))


def test_what_is_computed_has_no_hook_for_leaves() -> None:
    computed = gradcli.tensor(1.0, requires_grad=True) * 2
    for tensor in (computed, gradcli.tensor(1.0)):
        with pytest.raises(AutogradError, match="leaf tensors"):
            tensor.register_post_accumulate_grad_hook(print)
