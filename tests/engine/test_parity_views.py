"""Views, done alike with PyTorch and with gradcli: what they show, whose memory, whose history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.engine.parity import Case, agree, cases_in

VIEWS: dict[str, Callable[[Any], Any]] = {
    "view": lambda x: x.view(3, 2),
    "view of a list": lambda x: x.view([6]),
    "view -1": lambda x: x.view(-1),
    "reshape": lambda x: x.reshape(3, 2),
    "reshape of a tuple": lambda x: x.reshape((2, -1)),
    "view_as": lambda x: x.view_as(x.detach().reshape(3, 2)),
    "T": lambda x: x.T,
    "mT": lambda x: x.mT,
    "t": lambda x: x.t(),
    "transpose": lambda x: x.transpose(0, 1),
    "transpose -1": lambda x: x.transpose(-1, -2),
    "transpose nothing": lambda x: x.transpose(1, 1),
    "permute": lambda x: x.permute(1, 0),
    "permute a tuple": lambda x: x.permute((1, 0)),
    "row": lambda x: x[1],
    "entry": lambda x: x[1, 2],
    "last": lambda x: x[-1, -1],
    "column": lambda x: x[:, 1],
    "step": lambda x: x[:, ::2],
    "ellipsis": lambda x: x[..., 1:],
    "new axis": lambda x: x[:, None, 1:],
    "everything": lambda x: x[:],
    "expand": lambda x: x.unsqueeze(0).expand(4, 2, 3),
    "expand -1": lambda x: x[:1].expand(5, -1),
    "expand_as": lambda x: x[:1].expand_as(x),
    "squeeze": lambda x: x.view(1, 6, 1).squeeze(),
    "squeeze 0": lambda x: x.view(1, 6, 1).squeeze(0),
    "squeeze nothing": lambda x: x.view(1, 6, 1).squeeze(1),
    "squeeze -1": lambda x: x.view(1, 6, 1).squeeze(-1),
    "squeeze two": lambda x: x.view(1, 6, 1).squeeze((0, 2)),
    "unsqueeze": lambda x: x.unsqueeze(1),
    "unsqueeze -1": lambda x: x.unsqueeze(-1),
    "flatten": lambda x: x.flatten(),
    "flatten from 1": lambda x: x.view(1, 2, 3).flatten(1),
    "flatten some": lambda x: x.view(1, 2, 3, 1).flatten(start_dim=0, end_dim=1),
    "ravel": lambda x: x.ravel(),
    "narrow": lambda x: x.narrow(1, 1, 2),
    "select": lambda x: x.select(1, 2),
    "unbind": lambda x: x.unbind(1)[1],
    "split": lambda x: x.split(2, dim=1)[1],
    "chunk": lambda x: x.chunk(2)[1],
    "view of a view": lambda x: x.view(-1)[1:5].view(2, 2).t()[1],
    "swapaxes": lambda x: x.swapaxes(0, 1),
    "movedim": lambda x: x.view(1, 2, 3).movedim(0, 2),
    "detach": lambda x: x.detach(),
}

COPIES: dict[str, Callable[[Any], Any]] = {
    "reshape of a transposed one": lambda x: x.t().reshape(-1),
    "flatten of a transposed one": lambda x: x.t().flatten(),
    "list of indices": lambda x: x[[1, 0]],
    "pairs of indices": lambda x: x[[1, 0], [2, 2]],
    "mask": lambda x: x[x > 2],
    "clone": lambda x: x.clone(),
    "contiguous": lambda x: x.t().contiguous(),
}


@pytest.mark.parametrize("make", [*VIEWS.values(), *COPIES.values()], ids=[*VIEWS, *COPIES])
def test_values_and_gradients(make: Callable[[Any], Any]) -> None:
    def case(m: Any) -> Any:
        x = m.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
        shown = make(x)
        if shown.requires_grad:
            (shown * shown.detach()).sum().backward()
        values = make(m.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
        return values, tuple(shown.shape), shown.requires_grad, shown.is_leaf, x.grad

    agree(case)


@pytest.mark.parametrize("make", [*VIEWS.values(), *COPIES.values()], ids=[*VIEWS, *COPIES])
def test_memory_and_versions(make: Callable[[Any], Any]) -> None:
    def case(m: Any) -> Any:
        x = m.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
        shown = make(x)
        x.mul_(10)
        after, versions = shown.clone(), (x._version, shown._version)
        if 0 not in shown.stride() and shown.dim() < 3:
            shown.detach()[..., :1].fill_(7) if shown.dim() else shown.fill_(7)
        return after, versions, x, (x._version, shown._version)

    agree(case)


@pytest.mark.parametrize("make", VIEWS.values(), ids=VIEWS)
def test_a_view_of_changed_memory_has_its_history(make: Callable[[Any], Any]) -> None:
    def case(m: Any) -> Any:
        x = m.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
        y = x * 2
        shown = make(y)
        y.mul_(y.detach() + 1)
        total = (shown * shown).sum() + y.sum()
        total.backward()
        return shown.detach(), total, x.grad

    agree(case)


@pytest.mark.parametrize("make", VIEWS.values(), ids=VIEWS)
def test_changing_a_view_changes_the_base(make: Callable[[Any], Any]) -> None:
    def case(m: Any) -> Any:
        x = m.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
        y = x * 2
        other = y.view(-1)
        shown = make(y)
        shown.mul_(x.sum())
        total = (y * y).sum() + other[1:3].sum() + shown.sum()
        total.backward()
        return y, shown.detach(), total, x.grad, y._version

    agree(case)


def is_view_and_base(m: Any) -> Any:
    x = m.ones(2, 3)
    row = x[0]
    return row._is_view(), x._is_view(), row._base is x, row[1:]._base is x, x._base


def view_of_a_transposed_one(m: Any) -> Any:
    return m.ones(2, 3).t().view(6)


def view_of_the_wrong_size(m: Any) -> Any:
    return m.ones(2, 3).view(4)


def view_with_two_unknown_sizes(m: Any) -> Any:
    return m.ones(2, 3).view(-1, -1)


def t_of_three_axes(m: Any) -> Any:
    return m.ones(2, 3, 4).t()


def t_of_a_vector(m: Any) -> Any:
    return m.ones(2).t(), m.tensor(1.0).t()


def expand_of_what_is_not_one(m: Any) -> Any:
    return m.ones(2, 3).expand(4, 3)


def expand_to_fewer_axes(m: Any) -> Any:
    return m.ones(2, 3).expand(3)


def index_out_of_range(m: Any) -> Any:
    return m.ones(2, 3)[2]


def too_many_indices(m: Any) -> Any:
    return m.ones(2, 3)[0, 0, 0]


def unsqueeze_out_of_range(m: Any) -> Any:
    return m.ones(2, 3).unsqueeze(3)


def squeeze_out_of_range(m: Any) -> Any:
    return m.ones(2, 3).squeeze(2)


def transpose_out_of_range(m: Any) -> Any:
    return m.ones(2, 3).transpose(0, 2)


def permute_incomplete(m: Any) -> Any:
    return m.ones(2, 3, 4).permute(0, 1)


def index_by_tensors(m: Any) -> Any:
    x = m.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
    picked = x[m.tensor([0, 1, 0]), m.tensor([2, 2, 2])]
    picked.sum().backward()
    return picked.detach(), x.grad


def index_by_a_mask(m: Any) -> Any:
    x = m.tensor([1.0, -2.0, 3.0], requires_grad=True)
    x[x > 0].pow(2).sum().backward()
    return x.grad


def index_by_an_integer_tensor(m: Any) -> Any:
    x = m.tensor([1.0, -2.0, 3.0], requires_grad=True)
    x[m.tensor(1)].backward()
    return x.grad


def sizes(m: Any) -> Any:
    x = m.ones(2, 3)
    return (
        tuple(x.size()),
        x.size(1),
        x.size(-1),
        x.dim(),
        x.ndim,
        x.numel(),
        x.nelement(),
        x.stride(),
        x.is_contiguous(),
    )


def a_view_made_under_no_grad_and_changed(m: Any) -> Any:
    x = m.ones(3, requires_grad=True)
    y = x * 2
    with m.no_grad():
        part = y[1:]
    part.mul_(x[1:])


def a_view_of_a_leaf_made_under_no_grad(m: Any) -> Any:
    x = m.ones(3, requires_grad=True)
    with m.no_grad():
        x[1:].mul_(5)
        x.view(-1)[0] = 7
    (x * x).sum().backward()
    return x, x.grad, x._version


def the_memory_of_numpy(m: Any) -> Any:
    x = m.zeros(2, 2)
    array = x.numpy()
    array[0, 1] = 5
    x[1, 0] = 3
    return x, array.tolist()


def from_numpy_and_back(m: Any) -> Any:
    import numpy as np

    array = np.arange(4.0)
    x = m.from_numpy(array)
    x.mul_(2)
    return x, array.tolist()


def numpy_of_what_requires_grad(m: Any) -> Any:
    return m.ones(2, requires_grad=True).numpy()


def pointer_of_views(m: Any) -> Any:
    x = m.ones(2, 3)
    return x.data_ptr() == x.view(-1).data_ptr(), x[1].data_ptr() - x.data_ptr(), x.clone().data_ptr() == x.data_ptr()


@cases_in(globals())
def test_as_in_pytorch(case: Case) -> None:
    agree(case)
