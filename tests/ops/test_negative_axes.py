"""An axis counted from the back is the same axis: values and gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli.engine.tape.apply import call
from gradcli.engine.tape.tensor import Tensor
from gradcli.ops import TABLE, Op

X = np.random.default_rng(7).uniform(0.5, 2, (2, 3, 3))
AXES = ("axis", "axes", "axis1", "axis2", "source", "destination")
NEEDED: dict[str, dict[str, Any]] = {
    "chunk": {"chunks": 2},
    "array_split": {"sections": 2},
    "split": {"sections": (1,)},
    "split_with_sizes": {"sections": (1,)},
    "repeat": {"repeats": 2},
    "roll": {"shift": 1},
    "take": {"indices": (0, 1)},
    "take_along_axis": {"indices": np.zeros((2, 3, 3), dtype=int)},
    "diagonal": {"offset": 1},
}
GIVEN: dict[str, dict[str, Any]] = {
    "transpose": {"axes": (1, 2, 0)},
    "moveaxis": {"source": 0, "destination": 2},
    "swapaxes": {"axis1": 0, "axis2": 2},
    "diagonal": {"axis1": 1, "axis2": 2},
    "expand_dims": {"axis": 3},
}
OPS = [
    op
    for op in TABLE.values()
    if op.differentiable and op.kind != "composite" and any(name in op.statics for name in AXES)
]


def gradient(op: Op, statics: dict[str, Any]) -> tuple[Any, Any]:
    """The value and the gradient of a weighted sum of it."""
    leaf = gradcli.tensor(X, requires_grad=True)
    operands = (leaf, leaf * 2) if op.variadic else (leaf, X) if len(op.params) == 2 else (leaf,)
    made: Any = call(op.name, *operands, **NEEDED.get(op.name, {}), **statics)
    outputs = made if isinstance(made, tuple) else (made,)
    weights = [Tensor(np.arange(1.0, out.array.size + 1).reshape(out.shape)) for out in outputs]
    sum((out * w).sum() for out, w in zip(outputs, weights, strict=True)).backward()
    assert leaf.grad is not None
    return [out.detach().numpy() for out in outputs], leaf.grad.numpy()


def back(value: Any, ndim: int) -> Any:
    return tuple(v - ndim for v in value) if isinstance(value, tuple) else value - ndim


@pytest.mark.parametrize("op", [op for op in OPS if op.name != "tensordot"], ids=lambda op: op.name)
def test_from_the_back(op: Op) -> None:
    ndim = 4 if op.name in ("expand_dims", "stack") else 3
    for statics in [GIVEN[op.name]] if op.name in GIVEN else [{"axis": 0}, {"axis": 1}, {"axis": 2}]:
        if op.name == "squeeze":
            continue
        values, found = gradient(op, statics)
        from_back, also = gradient(op, {key: back(v, ndim) for key, v in statics.items()})
        for a, b in zip(values, from_back, strict=True):
            np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(found, also)


@pytest.mark.parametrize("axes", [(-1, 0), (1, -2), (-1, -2)])
def test_a_permutation(axes: tuple[int, int]) -> None:
    weights = np.array([[1.0, 10], [2, 20], [3, 30]])
    for name, how in (("permute", axes), ("transpose", axes)):
        x = gradcli.tensor([[1.0, 2, 3], [4, 5, 6]], requires_grad=True)
        made = getattr(x, name)(how)
        (made * gradcli.tensor(weights)).sum().backward()
        assert repr(x.grad) == "tensor([[ 1.,  2.,  3.],\n        [10., 20., 30.]])"


def test_tensordot() -> None:
    a, b = np.ones((2, 3, 4)), np.arange(24.0).reshape(3, 2, 4)
    x, y = (gradcli.tensor(a, requires_grad=True) for _ in range(2))
    gradcli.tensordot(x, b, ((0, 2), (1, 2))).sum().backward()
    gradcli.tensordot(y, b, ((-3, -1), (-2, -1))).sum().backward()
    assert x.grad is not None
    assert y.grad is not None
    np.testing.assert_array_equal(x.grad.numpy(), y.grad.numpy())
