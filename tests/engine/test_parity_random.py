"""Random programs of views, changes in place and arithmetic, run with PyTorch and with gradcli."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import gradcli
from tests.engine.parity import agree, live, outcome, same

VIEWS: tuple[Callable[[Any, Any], Any], ...] = (
    lambda x, m: x.view(-1),
    lambda x, m: x.t() if x.dim() <= 2 else x.transpose(0, 2),
    lambda x, m: x[0] if x.dim() else x,
    lambda x, m: x[..., 1:] if x.dim() else x.view(1),
    lambda x, m: x[..., ::2] if x.dim() else x.view(1, 1),
    lambda x, m: x.unsqueeze(-1),
    lambda x, m: x.squeeze(),
    lambda x, m: x.reshape(2, -1),
    lambda x, m: x.detach(),
    lambda x, m: x.flatten(),
)

CHANGES: tuple[Callable[[Any, Any, Any], Any], ...] = (
    lambda x, y, m: x.mul_(2),
    lambda x, y, m: x.add_(y.sum()),
    lambda x, y, m: x.mul_(y.sum()),
    lambda x, y, m: x.sub_(y.clone()) if x.shape == y.shape else x.neg_(),
    lambda x, y, m: x.sin_(),
    lambda x, y, m: x.cos_(),
    lambda x, y, m: x.zero_(),
    lambda x, y, m: x.fill_(y.mean()),
    lambda x, y, m: x.clamp_(-1, 1),
    lambda x, y, m: x.__setitem__(..., 0.5),
    lambda x, y, m: x.__setitem__(0, y.sum()) if x.dim() else x.pow_(2),
    lambda x, y, m: x.__iadd__(1),
)

RESULTS: tuple[Callable[[Any, Any, Any], Any], ...] = (
    lambda x, y, m: x * 2,
    lambda x, y, m: x.sin(),
    lambda x, y, m: x * y.sum(),
    lambda x, y, m: x.exp() if x.dim() else x + y.sum(),
    lambda x, y, m: x * x,
    lambda x, y, m: x.cos(),
)

_index = st.integers(0, 7)
_steps = st.lists(
    st.one_of(
        st.tuples(st.just("view"), st.integers(0, len(VIEWS) - 1), _index, _index),
        st.tuples(st.just("change"), st.integers(0, len(CHANGES) - 1), _index, _index),
        st.tuples(st.just("quietly"), st.integers(0, len(CHANGES) - 1), _index, _index),
        st.tuples(st.just("result"), st.integers(0, len(RESULTS) - 1), _index, _index),
    ),
    min_size=1,
    max_size=7,
)


def _run(steps: list[tuple[str, int, int, int]], m: Any) -> Any:
    leaf = m.tensor([[0.3, -0.7, 1.1], [0.9, 0.2, -0.4]], requires_grad=True)
    tensors = [leaf * 1.5]
    for kind, which, first, second in steps:
        x, y = tensors[-1 - first % len(tensors)], tensors[-1 - second % len(tensors)]
        if kind == "view":
            tensors.append(VIEWS[which](x, m))
        elif kind == "result":
            tensors.append(RESULTS[which](x, y, m))
        elif kind == "change":
            CHANGES[which](x, y, m)
        else:
            with m.no_grad():
                CHANGES[which](x, y, m)
    values = [t.detach().clone() for t in tensors]
    flags = [t.requires_grad for t in tensors]
    total = sum((t * (i + 1)).sum() for i, t in enumerate(tensors))
    total.backward()
    return values, flags, [t._version for t in tensors], leaf.grad


@settings(max_examples=300, deadline=None, derandomize=True)
@given(_steps)
def test_the_same_values_and_gradients_or_both_raise(steps: list[tuple[str, int, int, int]]) -> None:
    ours, theirs = (outcome(lambda m: _run(steps, m), module) for module in (gradcli, live()))
    same(ours, theirs)


def _sample(random: Random) -> list[tuple[str, int, int, int]]:
    """Steps as above, of Python's random numbers, which stay the same with every version."""

    def below(count: int) -> int:
        return int(random.random() * count)

    counts = {"view": len(VIEWS), "change": len(CHANGES), "quietly": len(CHANGES), "result": len(RESULTS)}
    kinds = [list(counts)[below(4)] for _ in range(1 + below(7))]
    return [(kind, below(counts[kind]), below(8), below(8)) for kind in kinds]


def test_the_same_values_and_gradients_as_recorded() -> None:
    for seed in range(300):
        steps = _sample(Random(seed))
        try:
            agree(lambda m, steps=steps: _run(steps, m))  # type: ignore[misc]  # mypy sees no default
        except AssertionError as error:
            raise AssertionError(str(steps)) from error
