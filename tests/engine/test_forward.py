"""Forward mode through the recorded graph, against backward: every entry of the table, one direction and many."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli.engine.api import autograd
from gradcli.engine.rules.rule import rule_of
from gradcli.engine.sweeps.forward import push
from gradcli.engine.sweeps.jacobians import forward_jacobian
from gradcli.engine.sweeps.one_hot import seeds
from gradcli.engine.sweeps.stretch import Stretch
from gradcli.engine.tape.apply import apply, apply_several
from gradcli.engine.tape.tensor import Tensor
from gradcli.errors import AutogradError
from gradcli.ops import TABLE, Op
from tests.ops.array_samples import Sample
from tests.ops.checks import points, statics_of
from tests.ops.test_arrays import SAMPLES, label
from tests.transforms.test_series import outputs_of

ELEMENTWISE = [op for op in TABLE.values() if op.kind == "elementwise"]


def check(out: Tensor, leaves: list[Tensor]) -> None:
    """One direction, all directions, and a recorded direction give what backward gives."""
    random = np.random.default_rng(4)
    tangents = [random.uniform(-1, 1, x.shape) for x in leaves]
    seed = random.uniform(-1, 1, out.shape)
    pulled = autograd.grad(out, leaves, seed, retain_graph=True, allow_unused=True)
    matrix = np.concatenate([np.zeros(x.array.size) if g is None else g.array.ravel()
                             for g, x in zip(pulled, leaves, strict=True)])  # fmt: skip
    flat = np.concatenate([t.ravel() for t in tangents])
    (pushed,) = push([out], leaves, tangents)
    (recorded,) = push([out], leaves, [Tensor(t) for t in tangents], create_graph=True)
    (columns,) = forward_jacobian([out], leaves)
    assert pushed is not None
    assert recorded is not None
    assert pushed.shape == recorded.shape == out.shape
    np.testing.assert_allclose(np.sum(seed * pushed.array), matrix @ flat, rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(recorded.array, pushed.array, rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(np.ravel(seed) @ columns, matrix, rtol=1e-11, atol=1e-11)
    rows = Stretch([out], leaves).pull(out, np.stack([seed, np.zeros(out.shape), 2 * seed]))
    flat_rows = np.concatenate([part.reshape(3, -1) for part in rows], axis=1)
    np.testing.assert_allclose(flat_rows, np.outer([1, 0, 2], matrix), rtol=1e-11, atol=1e-11)
    one_hot = Stretch([out], leaves).pull(out, seeds(out.shape, 0, out.array.size, float))
    np.testing.assert_allclose(np.concatenate([part.reshape(out.array.size, -1) for part in one_hot], axis=1), columns,
                               rtol=1e-11, atol=1e-11)  # fmt: skip


@pytest.mark.parametrize("sample", SAMPLES, ids=label)
def test_operations_on_arrays(sample: Sample) -> None:
    leaves = [Tensor(np.asarray(a, dtype=float), True) for a in sample.arrays]
    rule = rule_of(sample.name)
    if not rule.multi_output:
        check(apply(rule, leaves, sample.statics), leaves)
        return
    outs = apply_several(rule, leaves, sample.statics)
    for which in outputs_of(sample):
        check(outs[which], leaves)


@pytest.mark.parametrize("op", ELEMENTWISE, ids=lambda op: op.name)
def test_elementwise_operations_broadcast(op: Op) -> None:
    for statics in statics_of(op):
        grid = np.array(list(points(op, 2))).T
        shapes = [(-1,), (-1, 1), (1,), (1,)]
        args = [
            Tensor(v.reshape(shape) if len(grid) > 1 else v, p is not None)
            for v, shape, p in zip((g[:3] if k < 2 else g[:1] for k, g in enumerate(grid)), shapes, op.partials,
                                   strict=False)
        ]  # fmt: skip
        check(apply(rule_of(op.name), args, statics), [a for a in args if a.requires_grad])


def test_a_wrong_push_is_seen() -> None:
    rule = rule_of("cumprod")
    right = rule.jvps
    rule.jvps = (lambda *args: right[0](*args) * (1 + 1e-9),)
    try:
        with pytest.raises(AssertionError):
            test_operations_on_arrays(next(s for s in SAMPLES if s.name == "cumprod"))
    finally:
        rule.jvps = right


def test_in_place_after_saving_is_refused() -> None:
    def f(x: Any) -> Any:
        y = x.exp()
        z = y * 2
        y.add_(1)
        return z + y

    with pytest.raises(AutogradError, match="modified by an inplace operation"):
        gradcli.func.jvp(f, (gradcli.ones(2),), (gradcli.ones(2),))


def test_a_graph_that_is_used_up_is_refused() -> None:
    x = gradcli.tensor([1.0, 2.0], requires_grad=True)
    y = (x.exp() * x).sum()
    y.backward()
    with pytest.raises(AutogradError, match="is freed"):
        push([y], [x], [np.ones(2)])


def test_long_chains_need_no_recursion() -> None:
    def f(x: Any) -> Any:
        for _ in range(20_000):
            x = x * 1.0000001
        return x

    value, slope = gradcli.func.jvp(f, (gradcli.tensor(1.0),), (gradcli.tensor(1.0),))
    assert float(slope) == pytest.approx(float(value), rel=1e-12)


def test_recording_ends_with_the_jvp() -> None:
    gradcli.func.jvp(lambda x: x * 2, (gradcli.ones(2),), (gradcli.ones(2),))
    x = gradcli.ones(2, requires_grad=True)
    with gradcli.no_grad():
        assert not (x * 2).requires_grad
