"""What PyTorch 2.13 gives, or refuses, in the less trodden places of its library: the values written down here."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli.engine.tape.tensor import Tensor
from gradcli.errors import AutogradError, Problem, ShapeProblem, UsageProblem

Call = Callable[[Tensor], Any]


def tensor(data: Any, requires_grad: bool = False) -> Tensor:
    return gradcli.tensor(data, requires_grad=requires_grad)


def lists(value: Any) -> Any:
    return [lists(part) for part in value] if isinstance(value, tuple) else value.tolist()


def gradient(data: Any, call: Call) -> Any:
    """Of the sum of squares of what the call gives of a computed tensor."""
    leaf = tensor(data, True)
    made = call(leaf * 1)
    (made**2).sum().backward()
    assert leaf.grad is not None
    return leaf.grad.tolist()


# -- assignment -------------------------------------------------------------------------------------


@pytest.mark.parametrize("index", [[1, 1], np.array([1, 1]), (slice(None), [0, 0])])
def test_values_with_a_gradient_for_one_entry_twice_are_refused(index: Any) -> None:
    y = gradcli.zeros(3) if not isinstance(index, tuple) else gradcli.zeros(2, 2)
    x = tensor([1.0, 2.0], True) if not isinstance(index, tuple) else tensor([[1.0, 2.0], [3.0, 4.0]], True)
    with pytest.raises(AutogradError, match="names an entry more than once"):
        y[index] = x
    y[index] = x.detach()
    with gradcli.no_grad():
        y[index] = x


def test_one_value_for_one_entry_twice() -> None:
    x, y = tensor(2.0, True), gradcli.zeros(3)
    y[[1, 1]] = x
    (y**2).sum().backward()
    assert y.tolist() == [0.0, 2.0, 0.0]
    assert repr(x.grad) == "tensor(4.)"


def test_constants_for_one_entry_twice_leave_no_gradient_there() -> None:
    def call(y: Tensor) -> Tensor:
        y[[1, 1]] = tensor([5.0, 5.0])
        return y

    assert gradient([1.0, 2.0, 3.0], call) == [2.0, 0.0, 6.0]


def test_assigned_values_may_have_unit_axes_in_front() -> None:
    x = gradcli.zeros(2)
    x[:] = tensor([[[0.0, 1.0]]])
    assert x.tolist() == [0.0, 1.0]


@pytest.mark.parametrize("value", [[[0.0], [1.0]], [0.0, 1.0, 2.0]])
def test_assigned_values_of_another_shape_are_refused(value: Any) -> None:
    x = gradcli.zeros(2)
    with pytest.raises(ShapeProblem, match="does not fit a region of shape"):
        x[:] = tensor(value)


@pytest.mark.parametrize("value", [[[0.0, 1.0]], [[0.0], [1.0]], [0.0, 1.0, 2.0]])
def test_copied_values_are_of_the_shape_or_broadcast_to_it(value: Any) -> None:
    with pytest.raises(ShapeProblem, match="does not fit a region of shape"):
        gradcli.zeros(2).copy_(tensor(value))
    assert gradcli.zeros(2, 2).copy_(tensor([0.0, 1.0])).tolist() == [[0.0, 1.0], [0.0, 1.0]]


def test_fill_takes_a_number() -> None:
    with pytest.raises(ShapeProblem, match="fill_ takes a number"):
        gradcli.zeros(2).fill_(tensor([1.0, 2.0]))
    assert gradcli.zeros(2).fill_(tensor(3.0)).tolist() == [3.0, 3.0]


# -- views and copies -------------------------------------------------------------------------------


@pytest.mark.parametrize("diagonal", [lambda b: b.diagonal(), gradcli.diagonal, gradcli.linalg.diagonal])
def test_a_diagonal_is_a_view(diagonal: Call) -> None:
    def call(b: Tensor) -> Tensor:
        diagonal(b).zero_()
        return b

    assert gradient([[1.0, 2.0], [3.0, 4.0]], call) == [[0.0, 4.0], [6.0, 0.0]]


def test_another_diagonal_is_a_view_too() -> None:
    b = gradcli.arange(6.0).reshape(2, 3)
    b.diagonal(1).mul_(3)
    assert b.tolist() == [[0.0, 3.0, 2.0], [3.0, 4.0, 15.0]]
    assert b.diagonal(offset=-1, dim1=1, dim2=0).tolist() == [3.0, 15.0]


@pytest.mark.parametrize(
    "call",
    [
        lambda x: x.flip(0),
        gradcli.flipud,
        gradcli.fliplr,
        lambda x: x.diag(),
        lambda x: gradcli.einsum("ij->ji", x),
        lambda x: gradcli.matrix_power(x, 1),
    ],
)
def test_these_are_copies(call: Call) -> None:
    x = tensor([[1.0, 2.0], [3.0, 4.0]])
    made = call(x)
    made.zero_()
    assert x.tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert not made._is_view()


@pytest.mark.parametrize(
    "view", [lambda y: y.view(1), lambda y: y.view(1, 1), lambda y: y.reshape(1), lambda y: y.unsqueeze(0)]
)
def test_a_computed_number_can_be_viewed(view: Call) -> None:
    x = tensor(2.0, True)
    y = x * x
    view(y).mul_(3)
    y.backward()
    assert y.tolist() == 12.0
    assert repr(x.grad) == "tensor(12.)"


def test_what_is_not_in_order_cannot_be_viewed() -> None:
    with pytest.raises(ShapeProblem, match="cannot be viewed"):
        gradcli.arange(6.0).reshape(2, 3).t().view(6)


# -- pieces, spreads, and numbers along their axis ---------------------------------------------------


def test_sizes_of_pieces() -> None:
    assert lists(gradcli.split_with_sizes(gradcli.arange(5.0), [1, 3, 1])) == [[0.0], [1.0, 2.0, 3.0], [4.0]]
    pieces = gradcli.arange(6.0).reshape(2, 3).split_with_sizes([1, 2], dim=1)
    assert lists(pieces) == [[[0.0], [3.0]], [[1.0, 2.0], [4.0, 5.0]]]
    with pytest.raises(ShapeProblem, match="do not make up"):
        gradcli.split_with_sizes(gradcli.arange(5.0), [1, 3])


X = np.arange(6.0).reshape(2, 3)


@pytest.mark.parametrize(
    ("keywords", "spread", "mean"),
    [
        ({"dim": 1, "keepdim": True}, [[1.0], [1.0]], [[1.0], [4.0]]),
        ({"dim": 0}, [4.5, 4.5, 4.5], [1.5, 2.5, 3.5]),
        ({"dim": (0, 1), "correction": 0}, 35 / 12, 2.5),
        ({"dim": False}, 35 / 12, 2.5),
        ({}, 3.5, 2.5),
    ],
)
def test_spreads_with_their_means(keywords: dict[str, Any], spread: Any, mean: Any) -> None:
    found = gradcli.var_mean(tensor(X), **keywords)
    np.testing.assert_allclose(lists(found[0]), spread)
    assert lists(found[1]) == mean
    np.testing.assert_allclose(lists(gradcli.std_mean(tensor(X), **keywords)[0]), np.sqrt(spread))


@pytest.mark.parametrize(
    "call",
    [
        lambda x: x.cumsum(0),
        lambda x: gradcli.cumsum(x, -1),
        lambda x: x.cumprod(0),
        lambda x: x.index_select(0, tensor(0)),
        lambda x: x.index_select(0, tensor([0])),
        lambda x: x.topk(1, 0).values,
        lambda x: x.topk(0).values,
        lambda x: x.median(0).values,
        lambda x: x.median(-1, keepdim=True).values,
        lambda x: x.gather(0, tensor(0)),
        lambda x: x.logsumexp(0),
        lambda x: x.logsumexp(-1, keepdim=True),
        lambda x: x.flip(0),
        lambda x: x.movedim(0, 0),
        lambda x: x.mean(0),
        lambda x: x.sum((0,)),
        lambda x: gradcli.mean(x, 0),
        lambda x: x.scatter_add(0, tensor([0]), tensor([0.0])),
        lambda x: x.scatter_add(0, tensor(0), tensor(0.0)),
    ],
)
def test_a_number_has_an_axis_0(call: Call) -> None:
    x = tensor(3.0, True)
    made = call(x)
    made.backward()
    assert made.shape == ()
    assert made.tolist() == 3.0
    assert repr(x.grad) == "tensor(1.)"


def test_positions_in_a_number() -> None:
    x = tensor(3.0, True)
    x.gather(0, tensor([0, 0])).sum().backward()
    assert repr(x.grad) == "tensor(2.)"
    assert lists(x.detach().topk(1).indices) == 0
    assert lists(x.detach().median(0).indices) == 0


@pytest.mark.parametrize(
    "call",
    [
        lambda x: x.cumsum(1),
        lambda x: x.index_select(0, tensor([0, 0])),
        lambda x: x.topk(2),
        lambda x: x.median(1),
        lambda x: x.gather(1, tensor(0)),
        lambda x: x.logsumexp(1),
        lambda x: x.scatter_add(1, tensor(0), x),
        lambda x: x.mean(1),
        lambda x: x.flip(1),
        lambda x: x.movedim(1, 0),
    ],
)
def test_a_number_has_no_other_axis(call: Call) -> None:
    with pytest.raises(ShapeProblem):
        call(tensor(3.0))


BY_POSITION: dict[str, Callable[[Tensor, Tensor], Any]] = {
    "index_select": lambda x, i: x.index_select(0, i),
    "gather": lambda x, i: x.gather(0, i),
    "scatter_add": lambda x, i: x.scatter_add(0, i, x),
    "index_add": lambda x, i: x.index_add(0, i, x),
    "take_along_dim": lambda x, i: x.take_along_dim(i, 0),
    "take": lambda x, i: x.take(i),
    "take, by a function": gradcli.take,
    "take_along_axis": lambda x, i: gradcli.take_along_axis(x, i, 0),
}


@pytest.mark.parametrize("name", BY_POSITION)
@pytest.mark.parametrize("positions", [[True, False, True], [0.7, 1.2, 0.0]])
def test_positions_have_a_whole_type(name: str, positions: list[Any]) -> None:
    """Truth values would pick entries 1 and 0, fractions those before them."""
    with pytest.raises(UsageProblem, match=r"whole (type|number), not"):
        BY_POSITION[name](tensor([1.0, 2.0, 3.0]), tensor(positions))


@pytest.mark.parametrize("name", ["index_select", "gather", "scatter_add", "index_add"])
def test_positions_are_counted_from_the_beginning(name: str) -> None:
    with pytest.raises(IndexError, match=f"{name} takes positions from 0 to 2, not -1"):
        BY_POSITION[name](tensor([1.0, 2.0, 3.0]), tensor([0, -1, 1]))
    with pytest.raises(IndexError, match="3 is out of bounds"):
        BY_POSITION[name](tensor([1.0, 2.0, 3.0]), tensor([0, 3, 1]))


# -- hooks, flags, copies ----------------------------------------------------------------------------


class _OwnError(ValueError):
    pass


@pytest.mark.parametrize("kind", [_OwnError, TypeError, IndexError, ZeroDivisionError, KeyError])
def test_exceptions_of_hooks_pass(kind: type[Exception]) -> None:
    def hook(_: Any) -> None:
        raise kind("mine")

    x = tensor(2.0, True)
    y = x * x
    y.register_hook(hook)
    with pytest.raises(kind, match="mine"):
        (y * 2).backward()
    z = tensor(2.0, True)
    z.register_post_accumulate_grad_hook(hook)
    with pytest.raises(kind, match="mine"):
        (z * 2).backward()


def test_exceptions_of_a_function_pass() -> None:
    class Twice(gradcli.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            del ctx
            return x * 2

        @staticmethod
        def backward(ctx: Any, *gradients: Any) -> Any:
            raise _OwnError("mine")

    with pytest.raises(_OwnError, match="mine"):
        Twice.apply(tensor(2.0, True)).backward()


def test_a_leaf_told_not_to_require_a_gradient_gets_none() -> None:
    x, w = tensor(2.0, True), tensor(3.0, True)
    y = x * x * w
    x.requires_grad_(False)
    y.backward()
    assert x.grad is None
    assert repr(w.grad) == "tensor(4.)"


def test_a_leaf_told_again_to_require_one_gets_it() -> None:
    x = tensor(2.0, True)
    y = x * x
    x.requires_grad_(False)
    x.requires_grad_(True)
    y.backward()
    assert repr(x.grad) == "tensor(4.)"


def test_pickled_leaves() -> None:
    x = tensor([1.0, 2.0], True)
    (x * x).sum().backward()
    for original in (x, x * 2):
        made = pickle.loads(pickle.dumps(original))
        assert made.tolist() == original.tolist()
        assert made.requires_grad
        assert made.is_leaf
        assert made.grad is None
    assert str(pickle.loads(pickle.dumps(tensor([1, 2]))).dtype) == "int64"


def test_deep_copies_of_leaves() -> None:
    x = tensor([1.0, 2.0], True)
    (x * x).sum().backward()
    made, same = copy.deepcopy([x, x])
    assert made is same
    (made * 3).sum().backward()
    assert lists(made.grad) == [5.0, 7.0]
    assert repr(x.grad) == "tensor([2., 4.])"
    with pytest.raises(AutogradError, match="only leaf tensors can be copied deeply"):
        copy.deepcopy(x * 2)


def test_deep_copies_of_a_tensor_and_its_views_share_one_new_memory() -> None:
    x = tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    turned, row, detached = x.T, x[1], x.detach()
    for order in ([0, 1, 2, 3], [3, 2, 1, 0]):
        parts = [x, turned, row, detached]
        copied = copy.deepcopy([parts[i] for i in order])
        x2, turned2, row2, detached2 = (copied[order.index(i)] for i in range(4))
        x2[1, 0] = 9.0
        assert turned2.tolist() == [[1.0, 9.0], [2.0, 5.0], [3.0, 6.0]]
        assert row2.tolist() == [9.0, 5.0, 6.0]
        assert detached2.tolist() == x2.tolist()
        assert x2._version == row2._version
    assert x.tolist() == [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    alone = copy.deepcopy(row)
    alone[0] = -1.0
    assert row.tolist() == [4.0, 5.0, 6.0]


def test_shallow_copies_share_their_memory_and_have_gradients_of_their_own() -> None:
    x = tensor([1.0, 2.0], True)
    made = copy.copy(x)
    (made * 3).sum().backward()
    assert x.grad is None
    made.data[0] = 5.0
    assert x.tolist() == [5.0, 2.0]


# -- names and notations -----------------------------------------------------------------------------


def test_diagonals_by_pytorchs_name() -> None:
    assert gradcli.diag(gradcli.arange(9.0).reshape(3, 3), diagonal=-1).tolist() == [3.0, 7.0]
    assert gradcli.arange(2.0).diag(diagonal=1).tolist() == [[0, 0, 0], [0, 0, 1], [0, 0, 0]]
    assert (tensor(X) * 1).tril_(diagonal=-1).tolist() == [[0, 0, 0], [3, 0, 0]]


@pytest.mark.parametrize(
    "call",
    [
        lambda x: x.swapaxes(axis0=0, axis1=1),
        lambda x: gradcli.swapaxes(x, axis0=0, axis1=-1),
        lambda x: x.swapdims(dim0=0, dim1=1),
        lambda x: gradcli.transpose(x, dim0=-1, dim1=0),
        lambda x: x.permute(dims=(1, 0)),
        lambda x: gradcli.permute(x, (-1, 0)),
    ],
)
def test_exchanged_axes(call: Call) -> None:
    assert call(tensor(X)).tolist() == X.T.tolist()


A, B, T, V = np.arange(4.0).reshape(2, 2), np.arange(1.0, 5).reshape(2, 2), np.arange(8.0).reshape(2, 2, 2), [0.0, 1.0]
PRODUCT = [[3.0, 4.0], [11.0, 16.0]]
DOTS = Ellipsis


@pytest.mark.parametrize(
    ("operands", "value", "slope"),
    [
        (("ij,jk", "A", B), PRODUCT, [[3, 7], [3, 7]]),
        (("kj,ji", "A", B), [[3.0, 11.0], [4.0, 16.0]], [[3, 7], [3, 7]]),
        (("ii", "A"), 3.0, [[1, 0], [0, 1]]),
        (("bA", "A"), [[0.0, 2.0], [1.0, 3.0]], [[1, 1], [1, 1]]),
        (("ij,ij", "A", B), 20.0, B),
        (("...j,j->...", "A", V), [1.0, 3.0], [[0, 1], [0, 1]]),
        (("...ij,jk", T, "A"), [[[2.0, 3.0], [6.0, 11.0]], [[10.0, 19.0], [14.0, 27.0]]], [[12, 12], [16, 16]]),
        (("...i,...i->...", "A", T), [[1.0, 13.0], [5.0, 33.0]], [[4, 6], [8, 10]]),
        (("...i,...i->...", "A", [[1.0, 2.0]]), [2.0, 8.0], [[1, 2], [1, 2]]),
        (("i...->...", "A"), [2.0, 4.0], [[1, 1], [1, 1]]),
        (("...j->j", "A"), [2.0, 4.0], [[1, 1], [1, 1]]),
        (("A", [0, 1], B, [1, 2], [0, 2]), PRODUCT, [[3, 7], [3, 7]]),
        (("A", [0, 1], B, [1, 2]), PRODUCT, [[3, 7], [3, 7]]),
        (("A", [DOTS, 0], V, [0], [DOTS]), [1.0, 3.0], [[0, 1], [0, 1]]),
    ],
)
def test_einsum(operands: Any, value: Any, slope: Any) -> None:
    a = tensor(A, True)
    given = [a if isinstance(o, str) and o == "A" else tensor(o) if isinstance(o, np.ndarray) else o for o in operands]
    if not isinstance(operands[0], str) or operands[0] == "A":
        given = [tensor(o) if i == 2 else o for i, o in enumerate(given)]
    made = gradcli.einsum(*given)
    made.sum().backward()
    assert made.tolist() == value
    assert a.grad is not None
    np.testing.assert_array_equal(a.grad.numpy(), slope)


def test_operands_of_einsum_in_a_list() -> None:
    assert gradcli.einsum("ij,jk->ik", [tensor(A), tensor(B)]).tolist() == PRODUCT


@pytest.mark.parametrize(
    ("operands", "error", "message"),
    [
        (("ij", np.ones(2)), ShapeProblem, "names 2 axes"),
        (("i", A), ShapeProblem, "names 1 axes"),
        (("i....", A), UsageProblem, "takes its subscripts first"),
        (("i,i", np.ones(2)), UsageProblem, "are for 2 arrays, 1 given"),
        (("ij->k", A), UsageProblem, "must name letters"),
        (("...i,...i", A, np.ones((3, 2))), ShapeProblem, "'...' stands for axes of 2 and of 3"),
        ((V, [60]), UsageProblem, "numbers from 0 to 51"),
    ],
)
def test_what_einsum_refuses(operands: Any, error: type[Problem], message: str) -> None:
    with pytest.raises(error, match=message):
        gradcli.einsum(*operands)


def test_the_expression_language_takes_these_subscripts_too() -> None:
    assert np.asarray(gradcli.evaluate("einsum('ij,jk', A, B)", {"A": A, "B": B}).value).tolist() == PRODUCT
    found = gradcli.grad("sum(einsum('...i,i', A, x)**2)", {"A": A, "x": [1.0, 2.0]})
    np.testing.assert_array_equal(found.gradients["A"], [[4.0, 8.0], [16.0, 32.0]])


def test_devices() -> None:
    x = gradcli.zeros(2, device="cpu")
    assert str(x.device) == x.device.type == "cpu"
    assert repr(x.device) == "device(type='cpu')"
    assert x.device == gradcli.device("cpu")
    assert {x.device, gradcli.device("cpu")} == {x.device}
    assert x.to("cpu") is x
    assert x.to(x.device, gradcli.float32).dtype == x.to(dtype=gradcli.float32).dtype == np.float32
    assert x.to(gradcli.arange(3)).dtype == np.int64
    assert not x.is_cuda
    assert x.get_device() == -1
    for name in ("cuda", "cuda:1", "meta"):
        for call in (gradcli.device, x.to, lambda device: gradcli.zeros(2, device=device)):
            with pytest.raises(UsageProblem, match="there is no device"):
                call(name)


def test_further_changes_in_place() -> None:
    assert tensor([2.5, -2.5]).div_(tensor(1.0), rounding_mode="trunc").tolist() == [2.0, -2.0]
    assert tensor([np.nan, -2.0]).sign_().tolist() == [0.0, -1.0]
    assert gradient([1.0, 2.0], lambda y: y.flip(dims=(0,)) * tensor([1.0, 2.0])) == [8.0, 4.0]


# -- what random programs beside PyTorch's found -----------------------------------------------------


@pytest.mark.parametrize("view", ["t", "T", "permute", "view", "squeeze"])
def test_a_number_transposed_is_a_view_of_it(view: str) -> None:
    x = tensor(2.0)
    shown = getattr(x, view)
    (shown if view == "T" else shown(()) if view in ("permute", "view") else shown()).mul_(3)
    assert x.item() == 6.0


def test_a_quotient_may_be_changed_in_place() -> None:
    x, y = tensor(3.0, True), tensor(2.0, True)
    quotient = x / y
    quotient.mul_(2)
    quotient.backward()
    assert (x.grad, y.grad) == (tensor(1.0), tensor(-1.5))


def test_a_variance_may_be_changed_in_place() -> None:
    assert gradient([1.0, 2.0, 6.0], lambda x: x.var().mul_(2)) == gradient([1.0, 2.0, 6.0], lambda x: 2 * x.var())


def test_bounds_that_are_tensors_meet_ties_as_numbers_do() -> None:
    for bound in (2.0, tensor(2.0)):
        assert gradient(2.0, lambda x, bound=bound: x.clamp(min=bound)) == 4.0  # type: ignore[misc]  # mypy sees no default
        assert gradient(2.0, lambda x, bound=bound: x.clamp(max=bound)) == 4.0  # type: ignore[misc]  # as above
    assert gradcli.clamp(tensor([1, 5]), min=2).dtype == gradcli.int64


def test_truth_values_within_one_bound() -> None:
    truths = tensor([True, False])
    assert truths.clamp(max=0).tolist() == [0, 0]
    assert truths.clamp(min=2).tolist() == [2, 2]
    assert {truths.clamp(max=0).dtype, truths.clamp(min=tensor([0, 1])).dtype} == {gradcli.int64}
    assert truths.clamp(max=tensor(True)).dtype == gradcli.bool


def test_where_a_norm_or_a_deviation_is_0_its_second_derivative_is_0() -> None:
    calls: list[Call] = [lambda x: x.norm(), lambda x: x.std(), lambda x: gradcli.norm(x, dim=0)]
    for call in calls:
        x = tensor([0.0, 0.0, 0.0], True)
        (first,) = gradcli.autograd.grad(call(x * 1), x, create_graph=True)
        assert first is not None
        (second,) = gradcli.autograd.grad((first * tensor([1.0, 2.0, 3.0])).sum(), x)
        assert second is not None
        assert first.tolist() == second.tolist() == [0.0, 0.0, 0.0]


def test_a_change_of_no_entries_changes_nothing() -> None:
    x, factor = tensor([[1.0, 2.0, 3.0]], True), tensor([1.0, 2.0, 3.0], True)
    y = x * 1
    y[1:] *= factor
    (first,) = gradcli.autograd.grad((y * y).sum(), x, create_graph=True)
    assert first is not None
    (second,) = gradcli.autograd.grad(first.sum(), x)
    assert second is not None
    assert second.tolist() == [[2.0, 2.0, 2.0]]


def test_nothing_selected_by_a_mask_is_no_view() -> None:
    x = tensor([1.0, 2.0], True)
    y = gradcli.softmax(x, 0)
    y[x > 5].sin_()
    y.sum().backward()
    assert x.grad is not None


def test_what_was_gathered_can_be_viewed() -> None:
    x = tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    assert x[..., [2, 0]].view(-1).tolist() == [3.0, 1.0, 6.0, 4.0]


def test_pieces_of_tensor_split_are_views_of_their_own() -> None:
    x = tensor([1.0, 2.0, 3.0], True)
    y = x * 1
    first, second = gradcli.tensor_split(y, 2)
    first.mul_(2)
    y.sum().backward()
    assert (second.tolist(), lists(x.grad)) == ([3.0], [2.0, 2.0, 1.0])
    assert [len(p) for p in lists(gradcli.tensor_split(y, [1, 4], dim=0))] == [1, 2, 0]
    with pytest.raises(ShapeProblem):
        gradcli.tensor_split(y, 0)


def test_a_new_axis_has_no_size_to_keep() -> None:
    with pytest.raises(ShapeProblem, match="-1 keeps the size"):
        tensor(1.0).expand(3, -1)


def test_the_order_of_a_single_truth_value() -> None:
    assert gradcli.sort(tensor(True), 0)[0].item() is True
    assert gradcli.nansum(tensor([[1.0, float("nan")]]), dim=1, keepdim=True).tolist() == [[1.0]]
