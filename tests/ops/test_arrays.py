"""Reductions, products and shapes: against differences, in both modes, twice, and against their own definition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from gradcli.engine.api import autograd
from gradcli.engine.rules.rule import Rule
from gradcli.engine.tape.apply import apply, apply_several
from gradcli.engine.tape.tensor import Tensor
from gradcli.errors import Problem
from gradcli.ops import TABLE, Op
from tests.ops.array_samples import LINALG, PRODUCTS, RANDOM, SCANS, SHAPES, M, Sample, T, V, sample


def reductions() -> list[Sample]:
    names = [op.name for op in TABLE.values() if op.kind == "reduction"]
    axes: list[tuple[Any, Any]] = [(M, None), (M, 0), (M, -1), (T, (0, 2)), (T, 1), (V, None), (np.float64(1.5), None)]
    return [
        sample(name, array, axis=axis, keepdims=keep)
        for name in names
        for array, axis in axes
        for keep in (False, True)
    ]


SAMPLES = [
    *reductions(),
    *SCANS,
    *PRODUCTS,
    *LINALG,
    *SHAPES,
    sample("var", M, axis=1, ddof=1),
    sample("std", T, axis=(0, 1), ddof=1, keepdims=True),
    sample("std", np.ones(3)[:1]),
    Sample("prod", [np.array([1.5, 0.0, -2.0])], {"axis": None, "keepdims": False}),
    Sample("prod", [np.array([0.0, 0.0, -2.0, 3.0])], {"axis": None, "keepdims": False}),
    Sample("matmul", [M, M.T], {}),
    Sample("matmul", [M, V], {}),
    Sample("matmul", [V, M.T], {}),
    Sample("matmul", [V, V], {}),
    Sample("matmul", [T, M[:, :2]], {}),
    Sample("matmul", [RANDOM.uniform(size=(4, 1, 2, 3)), RANDOM.uniform(size=(5, 3, 2))], {}),
    Sample("matmul", [V, RANDOM.uniform(size=(2, 3, 4))], {}),
    Sample("matmul", [RANDOM.uniform(size=(2, 4, 3)), V], {}),
    Sample("dot", [V, V], {}),
    Sample("dot", [M, M.T], {}),
    Sample("dot", [np.float64(2.0), M], {}),
    Sample("dot", [T, V[:2]], {}),
    Sample("dot", [M, RANDOM.uniform(size=(2, 3, 4))], {}),
    Sample("dot", [V, RANDOM.uniform(size=(3, 3, 3))], {}),
    Sample("dot", [RANDOM.uniform(size=(3, 3, 3)), RANDOM.uniform(size=(3, 3, 3))], {}),
    Sample("dot", [T, RANDOM.uniform(size=(2, 3))], {}),
    Sample("outer", [V, M[0]], {}),
    Sample("outer", [M, V], {}),
    Sample("trace", [M], {}),
    Sample("trace", [M.T], {}),
    Sample("transpose", [T], {"axes": None}),
    Sample("transpose", [T], {"axes": (1, 2, 0)}),
    Sample("reshape", [T], {"shape": (3, 4)}),
    Sample("reshape", [T], {"shape": (-1,)}),
    Sample("broadcast_to", [V], {"shape": (2, 3)}),
    Sample("broadcast_to", [M[:, :1]], {"shape": (4, 2, 3)}),
    Sample("concatenate", [M, M * 2, M], {"axis": 0}),
    Sample("concatenate", [M, M[:, :1]], {"axis": -1}),
    Sample("stack", [V, V * 2], {"axis": 0}),
    Sample("stack", [M, M * 2], {"axis": -1}),
    Sample("stack", [np.float64(1.0), np.float64(2.0)], {"axis": 0}),
    Sample("hstack", [V, V[:2]], {}),
    Sample("hstack", [M, M[:, :1]], {}),
    Sample("hstack", [np.float64(1.0), V], {}),
    Sample("vstack", [V, M, V * 2], {}),
    Sample("vstack", [np.float64(1.0), np.float64(2.0)], {}),
    Sample("getitem", [T], {"index": (0,)}),
    Sample("getitem", [T], {"index": (slice(None), -1, slice(None, None, -1))}),
    Sample("getitem", [T], {"index": (Ellipsis, None, 0)}),
    Sample("getitem", [V], {"index": (np.array([0, 0, 2]),)}),
    Sample("getitem", [V], {"index": (V > 1.0,)}),
    Sample("unpack", [M], {"place": 1, "count": 2}),
    Sample("split_with_sizes", [T], {"sections": (1,), "axis": 1}),
    Sample("as_strided", [M], {"window": (0, (6,), (1,)), "index": (np.array([[0, 5], [5, 1]]),)}),
    Sample("as_strided", [M], {"window": (1, (2, 2), (3, 1)), "index": (Ellipsis,)}),
    Sample("copy_slices", [M, V[:2]], {"window": (0, (6,), (1,)), "index": (np.array([1, 4]),)}),
    Sample("copy_slices", [M, V[:2]], {"window": (0, (3, 2), (1, 3)), "index": (1,)}),
    Sample("copy_slices", [M, V[:2]], {"window": None, "index": (slice(None), 2)}),
    Sample("astype", [M], {"dtype": np.dtype(np.float64)}),
    Sample("clone", [M], {}),
    Sample("scatter", [M[:, 0]], {"index": (slice(None, 2),), "shape": (3,)}),
    Sample("scatter", [V], {"index": (np.array([0, 0, 1]),), "shape": (2,)}),
]


def label(sample: Sample) -> str:
    return f"{sample.name}-{'-'.join(str(np.shape(a)) for a in sample.arrays)}-{sample.statics}".replace(" ", "")[:70]


def entry(name: str) -> Op:
    return TABLE[name]


def outputs(rule: Rule, sample: Sample) -> list[Any]:
    """All outputs of an operation, of which most have one."""
    out = rule.forward(*(np.asarray(a, dtype=float) for a in sample.arrays), **sample.statics)
    return list(out) if rule.multi_output else [out]


def weighted(weights: Sequence[Any], arrays: Sequence[Any]) -> float:
    return float(sum(np.sum(w * a) for w, a in zip(weights, arrays, strict=True)))


def seed_for(rule: Rule, sample: Sample) -> list[Any]:
    random = np.random.default_rng(3)
    return [random.uniform(-1, 1, np.shape(out)) for out in outputs(rule, sample)]


def pulled(rule: Rule, sample: Sample, seed: Any, create_graph: bool = False) -> tuple[list[Tensor], list[Tensor]]:
    tensors = [Tensor(np.asarray(a, dtype=float), True) for a in sample.arrays]
    outs = (
        apply_several(rule, tensors, sample.statics) if rule.multi_output else (apply(rule, tensors, sample.statics),)
    )
    found = autograd.grad(outs, tensors, seed, create_graph=create_graph)
    return tensors, [g for g in found if g is not None]


def check_differences(rule: Rule, sample: Sample) -> None:
    """Each cotangent entry is the central difference of sum(seed*out)."""
    seed = seed_for(rule, sample)
    _, gradients = pulled(rule, sample, seed)
    for k, gradient in enumerate(gradients):
        assert gradient.shape == np.shape(sample.arrays[k])
        for index in np.ndindex(*gradient.shape):
            want = difference(rule, sample, seed, k, index)
            assert abs(float(gradient.array[index]) - want) <= 1e-7 * max(1.0, abs(want))


def difference(rule: Rule, sample: Sample, seed: Any, k: int, index: tuple[int, ...]) -> float:
    def at(step: float) -> float:
        arrays = [np.array(a, dtype=float) for a in sample.arrays]
        arrays[k][index] += step
        return weighted(seed, outputs(rule, sample._replace(arrays=arrays)))

    h = 1e-5
    return (at(h) - at(-h)) / (2 * h)


def check_modes(rule: Rule, sample: Sample) -> None:
    """<seed, push(t)> = <pull(seed), t> for each argument."""
    seed = seed_for(rule, sample)
    _, gradients = pulled(rule, sample, seed)
    values = tuple(np.asarray(a, dtype=float) for a in sample.arrays)
    out = rule.forward(*values, **sample.statics)
    shapes = [v.shape for v in values]
    tangents = [np.random.default_rng(k).uniform(-1, 1, s) for k, s in enumerate(shapes)]
    if rule.variadic:
        pushed = rule.jvps[0](tangents, out, values, shapes, sample.statics)
        forward = weighted(seed, pushed if rule.multi_output else [pushed])
    else:
        pushes = [rule.jvps[k](t, out, values, shapes, sample.statics) for k, t in enumerate(tangents)]
        forward = sum(weighted(seed, p if rule.multi_output else [p]) for p in pushes)
    backward = float(sum(np.sum(g.array * t) for g, t in zip(gradients, tangents, strict=True)))
    assert forward == pytest.approx(backward, rel=1e-12, abs=1e-12)


def check_second_order(rule: Rule, sample: Sample) -> None:
    """The recorded pull has the derivative that differences of the pull have."""
    seed = seed_for(rule, sample)
    tensors, gradients = pulled(rule, sample, seed, create_graph=True)
    weights = [np.random.default_rng(11).uniform(-1, 1, g.shape) for g in gradients]
    recorded = [(g, w) for g, w in zip(gradients, weights, strict=True) if g.requires_grad]
    second: list[Any] = [np.zeros(t.shape) for t in tensors]
    for g, w in recorded:
        for k, found in enumerate(autograd.grad(g, tensors, w, retain_graph=True, allow_unused=True)):
            second[k] = second[k] + (0.0 if found is None else found.array)
    for k, ours in enumerate(second):
        for index in np.ndindex(*np.shape(ours)):
            want = second_difference(rule, sample, seed, weights, k, index)
            assert abs(float(ours[index]) - want) <= 1e-6 * max(1.0, abs(want))


def second_difference(
    rule: Rule, sample: Sample, seed: Any, weights: Sequence[Any], k: int, index: tuple[int, ...]
) -> float:
    def at(step: float) -> float:
        arrays = [np.array(a, dtype=float) for a in sample.arrays]
        arrays[k][index] += step
        _, gradients = pulled(rule, sample._replace(arrays=arrays), seed)
        return float(sum(np.sum(w * g.array) for w, g in zip(weights, gradients, strict=True)))

    h = 1e-5
    return (at(h) - at(-h)) / (2 * h)


CHECKS = [check_differences, check_modes, check_second_order]


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.__name__)
@pytest.mark.parametrize("sample", SAMPLES, ids=label)
def test_operation(sample: Sample, check: Any) -> None:
    check(Rule(entry(sample.name)), sample)


def test_every_entry_is_sampled() -> None:
    kinds = ("linear", "multilinear", "reduction", "general")
    wanted = [op for op in TABLE.values() if op.kind in kinds and op.differentiable]
    assert {op.name for op in wanted} == {s.name for s in SAMPLES}


PAIRS = [op.name for op in TABLE.values() if op.kind == "multilinear" and len(op.params) == 2]


@pytest.mark.parametrize("name", PAIRS)
def test_a_product_of_any_shapes_has_its_transposes(name: str) -> None:
    """sum(g*f(t, b)) = sum(t*f_a'(g)), and the same by b: of what is linear in each argument, all there is to know."""
    random = np.random.default_rng(1)
    rule, tried = Rule(entry(name)), set()
    for _ in range(3000):
        shapes = [tuple(random.integers(1, 4, size=random.integers(0, 5)).tolist()) for _ in range(2)]
        a, b = (random.integers(-4, 5, size=shape).astype(float) for shape in shapes)
        statics = {k: int(random.integers(0, 4)) for k in entry(name).statics}
        try:
            out = np.asarray(rule.forward(a, b, **statics))
        except (ValueError, IndexError, Problem):
            continue
        g = random.integers(-4, 5, size=out.shape).astype(float)
        for moved, still in ((0, b), (1, a)):
            t = random.integers(-4, 5, size=shapes[moved]).astype(float)
            along = rule.forward(*((t, still) if moved == 0 else (still, t)), **statics)
            pulled = rule.vjps[moved](g, out, (a, b), tuple(shapes), statics)
            assert np.shape(pulled) == shapes[moved], f"{shapes}, {statics}"
            assert np.sum(g * along) == np.sum(t * pulled), f"by argument {moved}: {shapes}, {statics}"
        tried.add((len(shapes[0]), len(shapes[1])))
    assert len(tried) >= (3 if name == "cross" else 9)


def test_several_outputs_each_have_their_cotangent() -> None:
    x = Tensor(T.copy(), True)
    first, second, third = x.unbind(1)
    (found,) = autograd.grad((first * third).sum(), [x])
    assert found is not None
    np.testing.assert_array_equal(found.array[:, 0], T[:, 2])
    np.testing.assert_array_equal(found.array[:, 1], np.zeros((2, 2)))
    np.testing.assert_array_equal(found.array[:, 2], T[:, 0])
    assert [second.output_nr, third.output_nr] == [1, 2]


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.__name__)
def test_each_check_rejects_a_wrong_entry(check: Any) -> None:
    tried = sample("norm", M, axis=0)
    check(Rule(entry("norm")), tried)
    wrong = Rule(entry("norm").replaced(partials=("1.001*x/where(out == 0, 1, out)",)))
    if check is check_modes:
        wrong.jvps = Rule(entry("norm")).jvps
    if check is check_second_order:
        wrong = Rule(entry("norm"))
        right = wrong.vjps[0]
        wrong.vjps = (lambda *args: np.multiply(right(*args), np.ones(()) if isinstance(args[0], Tensor) else 1.001),)
    with pytest.raises(AssertionError):
        check(wrong, tried)


def test_ties_share_equally() -> None:
    x = Tensor(np.array([[1.0, 3.0, 3.0], [2.0, 0.0, 2.0]]), True)
    for name, want in [("max", [[0, 0.5, 0.5], [0.5, 0, 0.5]]), ("min", [[1, 0, 0], [0, 1, 0]])]:
        out = apply(Rule(entry(name)), [x], {"axis": 1, "keepdims": False})
        (found,) = autograd.grad(out, [x], np.ones(2))
        assert found is not None
        np.testing.assert_array_equal(found.array, want)


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
def test_norm_neither_overflows_nor_underflows(scale: float) -> None:
    forward = Rule(entry("norm")).forward
    assert forward(np.array([3.0, 4.0]) * scale) == pytest.approx(5 * scale, rel=1e-15)


def test_norm_at_zero_has_gradient_zero() -> None:
    x = Tensor(np.zeros(3), True)
    (found,) = autograd.grad(apply(Rule(entry("norm")), [x], TABLE["norm"].statics), [x])
    assert found is not None
    np.testing.assert_array_equal(found.array, np.zeros(3))
