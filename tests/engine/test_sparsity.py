"""Patterns against the numbers that are not zero at random points, and against SymPy's free symbols."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy

import gradcli
from gradcli.coloring.pattern import Pattern
from gradcli.coloring.plan import plan_jacobian, plan_symmetric
from gradcli.engine.rules.rule import rule_of
from gradcli.engine.sparsity import cheapest
from gradcli.engine.sparsity.dependence import is_exact
from gradcli.engine.sparsity.detect import detect
from gradcli.engine.sparsity.values import check_complete, hessian_entries, jacobian_entries
from gradcli.engine.sweeps.jacobians import forward_jacobian
from gradcli.engine.sweeps.stretch import Stretch
from gradcli.engine.tape.apply import apply, apply_several
from gradcli.engine.tape.tensor import Tensor
from gradcli.errors import AutogradError, ShapeProblem
from gradcli.ops import TABLE
from gradcli.transforms.operators.hessian import hessian
from tests.ops.array_samples import Sample
from tests.ops.checks import points, statics_of
from tests.ops.test_arrays import SAMPLES, label
from tests.transforms.test_series import outputs_of

RANDOM = np.random.default_rng(5)
HOLED = np.where(RANDOM.random((6, 5)) < 0.6, 0.0, RANDOM.uniform(1, 2, (6, 5)))
MASK = np.array([True, False, True, True, False])

Function = Callable[..., Any]


def places(pattern: Pattern) -> Any:
    return pattern.filled(np.ones(pattern.nnz, dtype=bool)).toarray()


def differing(make: Callable[[Any], Any], shape: tuple[int, ...], tries: int = 60) -> Any:
    """Where the Jacobian is not zero at any of some random points."""
    random, seen = np.random.default_rng(6), False
    for _ in range(tries):
        x = Tensor(random.uniform(-2, 2, shape), True)
        seen = (forward_jacobian([make(x)], [x])[0] != 0) | seen
    return seen


EXACT: dict[str, Function] = {
    "elementwise": lambda x: gradcli.sin(x) * x**2,
    "neighbours": lambda x: x[1:] * x[:-1],
    "every second": lambda x: x[::2] + gradcli.flip(x, (0,))[::2],
    "a gather with repeats": lambda x: x[gradcli.tensor([0, 0, 4])] ** 2,
    "broadcast": lambda x: x[:, None] * x[None, :],
    "a reduction": lambda x: (x[:, None] * x[None, :]).sum(0)[:2],
    "a mean of some": lambda x: x[:3].mean() * gradcli.ones(2),
    "the largest": lambda x: gradcli.amax(x[:3], 0) * gradcli.ones(1),
    "a choice": lambda x: gradcli.where(x > 0, x, gradcli.flip(x, (0,))),
    "a constant choice": lambda x: gradcli.where(gradcli.tensor(MASK), x, 2.0),
    "a sparse matrix": lambda x: gradcli.tensor(HOLED) @ x,
    "a sparse matrix from the right": lambda x: (x.reshape(1, 5) @ gradcli.tensor(HOLED.T)).ravel(),
    "zeros of a constant": lambda x: x * gradcli.tensor([1.0, 0.0, 2.0, 0.0, 1.0]),
    "a zero numerator": lambda x: gradcli.tensor([1.0, 0.0, 2.0, 0.0, 1.0]) / (x + 5),
    "a power of nothing": lambda x: x**0 + x[0],
    "steps": lambda x: gradcli.floor(x) + gradcli.sign(x) * x[0],
    "cumulative": lambda x: gradcli.cumsum(x, 0),
    "cumulative products": lambda x: gradcli.cumprod(x, 0),
    "joins": lambda x: gradcli.cat([x[:2], gradcli.ones(2), x[1:3] ** 2]),
    "pieces": lambda x: gradcli.split(gradcli.cat([x, x[:1]]), 2)[1] * 3,
    "padding": lambda x: gradcli.roll(gradcli.cat([gradcli.zeros(1), x]), 2),
    "a matrix and a vector of the same": lambda x: gradcli.outer(x, x)[:2, :3] @ x[:3],
    "a softmax of rows": lambda x: gradcli.softmax(gradcli.stack([x[:2], x[2:4]]), -1).ravel(),
    "an inner product": lambda x: gradcli.einsum("ij,j->i", gradcli.tensor(HOLED), x),
    "in place": lambda x: filled(x) + 0,
}  # fmt: skip


def filled(x: Any) -> Any:
    y = gradcli.zeros(5)
    y[1] = x[0] * x[1]
    y[2:4] = x[3:]
    return y


@pytest.mark.parametrize("name", EXACT)
def test_patterns_are_where_numbers_are_not_zero(name: str) -> None:
    x = Tensor(RANDOM.uniform(-2, 2, 5), True)
    varies: Any = (lambda saved: False) if name == "a constant choice" else None
    out = EXACT[name](x)
    found = detect([out], [x]) if varies is None else detect([out], [x], varies)
    np.testing.assert_array_equal(places(found), differing(EXACT[name], (5,)))


def test_conservative_where_it_must_be() -> None:
    x = Tensor(RANDOM.uniform(-2, 2, 5), True)
    assert places(detect([gradcli.where(x > 0, x, 2.0)], [x])).all(axis=0).sum() == 0  # the diagonal
    both = detect([gradcli.where(gradcli.tensor(MASK), x, gradcli.flip(x, (0,)))], [x])
    assert both.nnz == 9  # truth values may come of a comparison of variables


AT_SOME_POINTS = ("sort", "prod", "cumprod", "max", "min", "median", "norm", "var", "std")
"""What depends on all of its entries, and at any one point not on each of them."""


@pytest.mark.parametrize("sample", SAMPLES, ids=label)
def test_operations_on_arrays_depend_on_what_their_pattern_says(sample: Sample) -> None:
    leaves = [Tensor(np.asarray(a, dtype=float), True) for a in sample.arrays]
    rule = rule_of(sample.name)
    single = not rule.multi_output
    outs = [apply(rule, leaves, sample.statics)] if single else apply_several(rule, leaves, sample.statics)
    for which in [0] if single else outputs_of(sample):
        found = places(detect([outs[which]], leaves))
        (numbers,) = forward_jacobian([outs[which]], leaves)
        assert not np.any((np.abs(numbers) > 1e-12) & ~found)
        node = outs[which]._edge
        if sample.name not in AT_SOME_POINTS and is_exact(node):  # type: ignore[arg-type]  # it was just computed
            assert not np.any((np.abs(numbers) < 1e-12) & found)


@pytest.mark.parametrize("op", [op for op in TABLE.values() if op.kind == "elementwise"], ids=lambda op: op.name)
def test_elementwise_operations_depend_entry_by_entry(op: Any) -> None:
    for statics in statics_of(op):
        values = np.array([p for p, _ in zip(points(op), range(4), strict=False)]).T
        for i, partial in enumerate(op.partials):
            if partial is None:
                continue
            leaves = [Tensor(column, k == i) for k, column in enumerate(values)]
            found = detect([apply(rule_of(op.name), leaves, statics)], [leaves[i]])
            expected = 0 if partial == "0" or statics.get("n") == 0 else values.shape[1]
            constant = any(np.any(column == 0) for k, column in enumerate(values) if k != i)
            assert found.nnz == expected or (constant and found.nnz < expected)


def test_against_free_symbols() -> None:
    programs: list[Function] = [
        lambda m, x: [x[0] * x[1], x[2] ** 2 - x[0], m.exp(x[3]), x[1] / x[3] + x[1] * 0],
        lambda m, x: [x[0] ** 0 * x[1], m.sin(x[1]) * m.sin(x[2]), x[2] * x[2] * x[3], 3 * x[0] + 1],
    ]
    symbols = sympy.symbols("x0:4")
    for program in programs:
        x = Tensor(RANDOM.uniform(0.5, 2, 4), True)
        out = gradcli.stack(program(gradcli, x))
        free = [[s in sympy.sympify(e).free_symbols for s in symbols] for e in program(sympy, symbols)]
        np.testing.assert_array_equal(places(detect([out], [x])), free)


@pytest.mark.parametrize("forward", [True, False])
@pytest.mark.parametrize("name", EXACT)
def test_compressed_sweeps_give_the_dense_jacobian(name: str, forward: bool) -> None:
    x = Tensor(RANDOM.uniform(0.5, 2, 5), True)
    out = EXACT[name](x)
    pattern = detect([out], [x])
    plan = plan_jacobian(pattern, forward=forward)
    stretch = Stretch([out], [x])
    matrix = pattern.filled(jacobian_entries(stretch, out, plan))
    np.testing.assert_allclose(matrix.toarray(), forward_jacobian([out], [x])[0], rtol=1e-13, atol=1e-14)
    check_complete(stretch, matrix)


def gradient_of(value: Tensor, x: Tensor) -> Tensor:
    """The gradient with its history."""
    (found,) = gradcli.autograd.grad(value, [x], create_graph=True)
    assert found is not None
    return found


@pytest.mark.parametrize("kind", ["star", "acyclic"])
@pytest.mark.parametrize(
    "function",
    [
        lambda x: (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum(),
        lambda x: (x[0] * x**2).sum() + gradcli.exp(x[3]),
        lambda x: gradcli.logsumexp(x[:4], 0) + (x[4:] ** 3).sum(),
        lambda x: (x * 2).sum(),
        lambda x: (gradcli.abs(x) * x).sum() / x[2],
    ],
    ids=["Rosenbrock", "an arrow", "a full corner", "linear", "a quotient"],
)
def test_hessians_by_coloured_sweeps(function: Function, kind: str) -> None:
    x = Tensor(RANDOM.uniform(0.5, 2, 7), True)
    gradient = gradient_of(function(x), x)
    pattern = detect([gradient], [x])
    assert np.array_equal(places(pattern), places(pattern).T)
    (dense,) = forward_jacobian([gradient], [x])
    assert not np.any((dense != 0) & ~places(pattern))
    plan = plan_symmetric(pattern, kind)
    stretch = Stretch([gradient], [x])
    matrix = pattern.filled(hessian_entries(stretch, plan))
    np.testing.assert_allclose(matrix.toarray(), dense, rtol=1e-11, atol=1e-11 * np.abs(dense).max())
    check_complete(stretch, matrix)


def test_rosenbrocks_hessian_is_tridiagonal() -> None:
    x = Tensor(RANDOM.uniform(0.5, 2, 50), True)
    f = (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()
    gradient = gradient_of(f, x)
    pattern = detect([gradient], [x])
    assert pattern.bandwidth == (1, 1)
    assert pattern.nnz == 148
    assert plan_symmetric(pattern).sweeps == 3


def test_a_planted_wrong_pattern_is_caught() -> None:
    x = Tensor(RANDOM.uniform(0.5, 2, 6), True)
    out = x[1:] * x[:-1]
    right = places(detect([out], [x]))
    for row, column in np.argwhere(right).tolist():
        wrong = right.copy()
        wrong[row, column] = False
        pattern = Pattern.of(wrong)
        stretch = Stretch([out], [x])
        matrix = pattern.filled(jacobian_entries(stretch, out, plan_jacobian(pattern)))
        with pytest.raises(AutogradError, match="the pattern lacks an entry of row"):
            check_complete(stretch, matrix)


def test_a_plan_of_another_shape_is_refused() -> None:
    x = Tensor(np.ones(4), True)
    out = x**2
    with pytest.raises(ShapeProblem, match=r"of shape \(3, 3\)"):
        jacobian_entries(Stretch([out], [x]), out, plan_jacobian(Pattern.of(np.eye(3))))


def test_a_hundred_thousand_entries_stay_sparse() -> None:
    x = Tensor(np.ones(100_000), True)
    pattern = detect([x[1:] * x[:-1] + x[1:]], [x])
    assert pattern.nnz == 199_998
    assert plan_jacobian(pattern).sweeps == 2


ROSENBROCK = "sum(100*(x[1:] - x[:-1]**2)**2 + (1 - x[:-1])**2)"


def test_large_dense_matrices_come_from_coloured_sweeps_where_they_are_sparse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cheapest, "_WORK", 0)
    x = Tensor(RANDOM.uniform(0.5, 2, 80), True)
    cases: list[tuple[Function, str, int]] = [
        (lambda x: x[1:] * gradcli.sin(x[:-1]), "sparse-columns", 2),
        (lambda x: gradcli.cat([x**2, x.sum().reshape(1)]), "sparse-rows", 2),
        (lambda x: gradcli.softmax(x, 0) * x, "blocks", 80),
        (lambda x: gradcli.tensor(np.ones((80, 80))) @ x * x.sum() + x, "blocks", 80),
    ]
    for function, method, sweeps in cases:
        out = function(x)
        found = cheapest.cheapest_jacobian(out, [x])
        assert found.sweeps == sweeps
        assert found.method == method or (method, found.method) == ("blocks", "rows")
        expected = forward_jacobian([out], [x])[0]
        np.testing.assert_allclose(found.matrix, expected, rtol=1e-13, atol=1e-13)
        np.testing.assert_allclose(gradcli.func.jacfwd(function)(x.detach()).array, expected, rtol=1e-13, atol=1e-13)


def test_a_computation_is_known_again_by_all_that_its_pattern_comes_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cheapest, "_WORK", 0)
    c = np.ones(80)
    holed = np.where(np.arange(80) % 2, 1.0, 0.0)
    made: list[Any] = []
    looked = cheapest._jacobian_plan

    def counted(*args: Any) -> Any:
        made.append(args)
        return looked(*args)

    monkeypatch.setattr(cheapest, "_jacobian_plan", counted)
    programs: list[Function] = [
        lambda x: x[1:] * x[:-1],
        lambda x: x[2:] * x[:-2],
        lambda x: x * gradcli.tensor(c) + gradcli.flip(x, (0,)) * x,
        lambda x: x * gradcli.tensor(holed) + gradcli.flip(x, (0,)) * x,
        lambda x: x[gradcli.tensor(np.arange(80))] ** 2 * x,
        lambda x: x[gradcli.tensor(np.arange(80)[::-1].copy())] ** 2 * x,
        lambda x: gradcli.roll(x, 1) * x,
        lambda x: gradcli.roll(x, 2) * x,
    ]
    for again in (False, True):
        for program in programs:
            x = Tensor(RANDOM.uniform(0.5, 2, 80), True)
            out = program(x)
            np.testing.assert_allclose(
                cheapest.cheapest_jacobian(out, [x]).matrix, forward_jacobian([out], [x])[0], rtol=1e-13
            )
        assert len(made) == len(programs) or not again


def test_hessians_of_programs_say_how_they_came_about() -> None:
    small = hessian(ROSENBROCK, {"x": [1, 2, 3]})
    assert (small.method, small.sweeps) == ("forward", 3)
    x = RANDOM.uniform(0.5, 2, 1200)
    large = hessian(ROSENBROCK, {"x": x})
    assert (large.method, large.sweeps) == ("sparse-columns", 3)
    tensor = Tensor(x, True)
    gradient = gradient_of((100 * (tensor[1:] - tensor[:-1] ** 2) ** 2 + (1 - tensor[:-1]) ** 2).sum(), tensor)
    np.testing.assert_allclose(large.hessian, forward_jacobian([gradient], [tensor])[0], rtol=1e-12)


def test_what_is_not_finite_goes_the_dense_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cheapest, "_WORK", 0)
    x = Tensor(np.arange(80.0), True)
    assert cheapest.cheapest_jacobian(gradcli.sqrt(x) * gradcli.flip(x, (0,)), [x]).method in ("rows", "blocks")
