"""Printed tensors against PyTorch's."""

from typing import Any

import numpy as np
import pytest

import gradcli
from tests.engine.parity import Case, theirs

CASES: list[Any] = [
    1.0, -2.5, 0.0, 1e10, 1e-10, float("nan"), float("inf"), 123456.789,
    [1.0, 2.0], [0.1, 100.0], [1e-5, 1.0], [float("nan"), 1.0], [float("inf"), 0.5], [float("-inf"), 2.0],
    [[1.0, 2.5], [3.0, -4.0]], [[[1.0], [2.0]], [[3.0], [4.0]]], [], [[]], [1e8, 1.0], [2e8, 1.0], [1001.0, 1.0],
    [1, 2, -300], [True, False], 7, True, list(np.linspace(0, 1, 30)), list(np.arange(1200.0)),
    np.arange(2000.0).reshape(40, 50), np.arange(24.0).reshape(2, 3, 4), [0.0, 0.0], [-0.0, 1.5],
]  # fmt: skip


def same_text(case: Case) -> None:
    assert case(gradcli) == theirs(case)


@pytest.mark.parametrize("data", CASES, ids=lambda d: str(d).replace("\n", "")[:30])
def test_the_same_text(data: Any) -> None:
    same_text(lambda m: repr(m.tensor(data)))


@pytest.mark.parametrize("data", [c for c in CASES if np.asarray(c).dtype.kind == "f"], ids=lambda d: str(d)[:20])
def test_the_same_text_with_gradients(data: Any) -> None:
    same_text(lambda m: repr(m.tensor(data, requires_grad=True)))
    same_text(lambda m: repr(m.tensor(data, requires_grad=True) * 2))


def entries(random: np.random.Generator) -> Any:
    """Numbers of a random shape, size and kind."""
    shape = tuple(random.integers(1, 40 if random.random() < 0.3 else 6, random.integers(0, 4)))
    normal = random.normal(size=shape)
    kinds: list[Any] = [
        normal,
        normal * 1e-5,
        10.0 ** random.uniform(-8, 8, shape),
        np.where(random.random(shape) < 0.3, random.choice([np.nan, np.inf, -np.inf]), normal),
        random.integers(-3, 3, shape) * 10.0 ** random.integers(0, 9),
        random.integers(-(10**5), 10**9, shape),
        normal > 0,
    ]
    return np.asarray(kinds[random.integers(len(kinds))])


def test_the_same_text_of_many() -> None:
    random = np.random.default_rng(0)
    for _ in range(500):
        data = entries(random)
        wanted = bool(data.dtype.kind == "f" and random.random() < 0.5)
        plain, computed = printed(data, wanted)
        same_text(plain)
        if wanted:
            same_text(computed)


def printed(data: Any, requires_grad: bool) -> tuple[Case, Case]:
    """The text of a tensor and of what is computed from it."""

    def plain(m: Any) -> str:
        return repr(m.tensor(data, requires_grad=requires_grad))

    def computed(m: Any) -> str:
        return repr(m.tensor(data, requires_grad=True) * 1)

    return plain, computed
