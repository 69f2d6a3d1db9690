"""Sparse Jacobians and Hessians of programs: the dense ones' numbers, their check, and what is planted is caught."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import sympy

import gradcli
from gradcli.coloring.pattern import Pattern
from gradcli.coloring.plan import JacobianPlan
from gradcli.errors import AutogradError, MemoryProblem, ShapeProblem
from gradcli.ops.calls.memory import within_memory
from gradcli.symbolic import Answer, NotChecked, Oracle, Question
from gradcli.symbolic.recall.solve import recall
from gradcli.transforms.operators import sparse as sparse_operators
from gradcli.transforms.operators.hessian import hessian
from gradcli.transforms.operators.jacobian import jacobian
from gradcli.transforms.operators.sparse import plan_of, sparse_hessian, sparse_jacobian
from gradcli.transforms.operators.sparsity import sparsity
from gradcli.transforms.results.sparse import SparseJacobian
from gradcli.transforms.verify.ask import verify
from gradcli.transforms.verify.derivations import key_of
from gradcli.transforms.verify.witnesses import by_sample

RANDOM = np.random.default_rng(8)
X = RANDOM.uniform(0.5, 1.5, 8)
HOLED = np.where(RANDOM.random((6, 8)) < 0.7, 0.0, 1.5)

PROGRAMS: dict[str, dict[str, Any]] = {
    "u = pad(x, 1); (u[2:] - 2*x + u[:-2])*81 + exp(x)": {"x": X},
    "where(mask, x, y*x[::-1])": {"mask": X > 1, "x": X, "y": 2.0},
    "where(x > 1, x**2, y)": {"x": X, "y": X[::-1]},
    "A@x + x[:6]*c": {"A": HOLED, "x": X, "c": np.array([0.0, 1, 0, 2, 3, 0])},
    "[sum(x), prod(x[:2]), x[3]*y, y]": {"x": X, "y": 3.0},
    "outer(x[:3], x)": {"x": X},
    "cumsum(x)*y": {"x": X, "y": X},
    "abs(x)*max(x[:2])": {"x": X},
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_sparse_jacobians_have_the_dense_numbers(program: str) -> None:
    values = PROGRAMS[program]
    wrt = [name for name in values if name not in ("A", "c", "mask")]
    found, dense = sparse_jacobian(program, values, wrt), jacobian(program, values, wrt)
    np.testing.assert_allclose(found.sparse().toarray(), dense.jacobian, rtol=1e-14)
    assert found.pattern.nnz >= np.count_nonzero(dense.jacobian)
    for position in range(found.count()):
        address = found.address(position)
        assert address == dense.address(position)
        assert found.label(address) == dense.label(address)
        assert found.derivative_at(address) == pytest.approx(dense.derivative_at(address), rel=1e-14)


@pytest.mark.parametrize(
    ("program", "colors"),
    [("sum(100*(x[1:] - x[:-1]**2)**2 + (1 - x[:-1])**2)", 3), ("sum(x[0]*x**2)", 2), ("sum(x)**2", 8), ("sum(x)", 0)],
)
def test_sparse_hessians_have_the_dense_numbers(program: str, colors: int) -> None:
    found, dense = sparse_hessian(program, {"x": X}), hessian(program, {"x": X})
    np.testing.assert_allclose(found.sparse().toarray(), dense.hessian, rtol=1e-12)
    np.testing.assert_array_equal(found.gradients["x"], dense.gradients["x"])
    assert found.sweeps == colors
    for position in range(found.count()):
        address = found.address(position)
        assert address == dense.address(position)
        assert found.label(address) == dense.label(address)


def test_patterns_are_sympys() -> None:
    texts = ["x0*x1", "x2**2 - x0", "exp(x3)", "x1/x3 + 0*x2", "3"]
    values = {f"x{i}": 1.5 for i in range(4)}
    found = plan_of(f"[{', '.join(texts)}]", values).plan.pattern
    free = [[s in sympy.sympify(text).free_symbols for s in sympy.symbols("x0:4")] for text in texts]
    np.testing.assert_array_equal(found.filled(np.ones(found.nnz, dtype=bool)).toarray(), free)
    second = plan_of("x0**2*x1 + exp(x2) + x3", values, second=True).plan.pattern
    expected = np.array(sympy.hessian(sympy.sympify("x0**2*x1 + exp(x2) + x3"), sympy.symbols("x0:4"))) != 0
    np.testing.assert_array_equal(second.filled(np.ones(second.nnz, dtype=bool)).toarray(), expected)


def test_a_mask_that_is_given_is_exact_and_a_comparison_is_not() -> None:
    values = {"x": X, "y": X}
    given = plan_of("where(m, x, y)", {"m": X > 1, **values}, ["x", "y"]).plan.pattern
    assert given.nnz == 8
    assert plan_of("where(x > 1, x, y)", values).plan.pattern.nnz == 16
    computed = plan_of("x*((x > 1)*1.0)", {"x": X}).plan.pattern
    assert computed.nnz == 8  # the zeros of what a comparison gives are no zeros for ever


def test_the_check_samples_entries_and_places_that_are_left_out() -> None:
    found = sparse_jacobian("u = pad(x, 1); u[2:]*x*u[:-2]", {"x": np.linspace(1, 2, 300)})
    picks = found.picks(400)
    assert len(picks) <= 401
    inside = {row * 300 + column for row, column in zip(found.pattern.rows(), found.pattern.indices, strict=True)}
    assert 150 <= sum(pick in inside for pick in picks) <= 250
    small = sparse_jacobian("x[1:]*x[:-1]", {"x": X})
    with Oracle.start() as oracle:
        verdict = verify(small, oracle, 60)
    assert (verdict.verdict, verdict.checked) == ("verified", small.count())


@pytest.mark.parametrize("large", [False, True])
def test_a_planted_wrong_pattern_is_caught_by_the_sample(large: bool) -> None:
    right = sparse_jacobian("x[1:]*x[:-1]", {"x": X})
    rows, columns, data = right.triplets()
    kept = np.arange(len(data)) != 5
    lengths = np.bincount(rows[kept], minlength=7)
    pattern = Pattern(right.pattern.shape, np.concatenate([[0], np.cumsum(lengths)]), columns[kept])
    wrong = replace(right, pattern=pattern, data=data[kept])
    if large:  # as of a result that is too large for SymPy
        verdict = by_sample(wrong, NotChecked("too large"))
    else:
        with Oracle.start() as oracle:
            verdict = verify(wrong, oracle, 60)
    assert verdict.verdict == "differs"


def test_a_planted_wrong_pattern_is_an_error_before_it_is_a_result(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*args: Any) -> Pattern:
        dense = np.eye(7, 8) + np.eye(7, 8, 1)
        dense[3, 4] = 0
        return Pattern.of(dense)

    monkeypatch.setattr(sparse_operators, "detect", wrong)
    with pytest.raises(AutogradError, match="the pattern lacks an entry of row 3"):
        sparse_jacobian("x[1:]*x[:-1]", {"x": X})


def test_what_is_not_finite_spoils_no_entry_beside_it() -> None:
    values = {"x": [0.0, 1.0, 4.0]}
    found, dense = sparse_jacobian("sqrt(x)*x[::-1]", values), jacobian("sqrt(x)*x[::-1]", values)
    np.testing.assert_array_equal(found.sparse().toarray(), dense.jacobian)
    assert found.origin == dense.origin
    assert found.origin is not None
    second, whole = sparse_hessian("sum(sqrt(x))", values), hessian("sum(sqrt(x))", values)
    np.testing.assert_array_equal(second.sparse().toarray(), whole.hessian)


def test_kinks_are_told_and_numbers_corrected_there() -> None:
    found = sparse_jacobian("relu(x) - relu(-x)", {"x": [0.0, 1.0]})
    np.testing.assert_array_equal(found.sparse().toarray(), np.eye(2))
    assert found.kinks[0].kind == "smooth"
    assert sparse_jacobian("abs(x)", {"x": [0.0, 1.0]}).kinks[0].kind == "kink"


def test_an_entry_can_be_corrected_where_the_pattern_has_none() -> None:
    found = sparse_jacobian("x[1:]*x[:-1]", {"x": X})
    address = found.address(7)
    assert found.derivative_at(address) == 0
    assert found.corrected({address: 2.5}).derivative_at(address) == 2.5
    assert found.corrected({address: 2.5}).pattern.nnz == found.pattern.nnz + 1


def test_nothing_to_differentiate_by() -> None:
    found = sparse_jacobian("[1, 2]", {})
    assert (found.sparse().shape, found.warnings) == ((2, 0), jacobian("[1, 2]", {}).warnings)
    assert sparse_jacobian("floor(x)", {"x": X}).pattern.nnz == 0
    with pytest.raises(ShapeProblem, match="a Hessian needs one number"):
        sparse_hessian("x", {"x": X})


def test_a_pattern_that_is_too_large_is_refused_before_it_is_made() -> None:
    with (
        within_memory(2**20),
        pytest.raises(MemoryProblem, match="the pattern of the derivatives would have 2,001,000"),
    ):
        sparsity("cumsum(x) + sum(x)", shapes={"x": (2000,)})


def test_large_ones_stay_sparse() -> None:
    n = 20_000
    with within_memory(2**24):  # a dense one has 3 GiB
        found = sparse_jacobian("u = pad(x, 1); (u[2:] - 2*x + u[:-2]) + exp(x)", {"x": np.linspace(0, 1, n)})
    assert (found.pattern.nnz, found.sweeps, found.order) == (3 * n - 2, 3, "periodic")
    np.testing.assert_allclose(found.sparse().diagonal(), np.exp(np.linspace(0, 1, n)) - 2, rtol=1e-12)
    assert by_sample(found, NotChecked("too large")).verdict == "verified"


def test_shapes_stand_for_values() -> None:
    found = sparsity("A@x + y", shapes={"x": (4,), "A": (3, 4)}, wrt=["x"])
    assert found.pattern.nnz == 12
    assert found.notes == ("'y' is taken as one number: --shape y=SIZE for an array",)
    assert sparsity("sum(x*y)", shapes={"x": (4,), "y": (4,)}, hessian=True).pattern.nnz == 8


def test_functions_of_tensors() -> None:
    def f(c: Any, x: Any) -> Any:
        return c * x[1:] * x[:-1] + gradcli.sin(x[1:])

    c, x = gradcli.tensor(2.0), gradcli.tensor(X)
    plan = gradcli.func.sparsity(f, 1)(c, x)
    assert isinstance(plan, JacobianPlan)
    dense = gradcli.func.jacrev(f, 1)(c, x).array
    for given in (None, plan):
        np.testing.assert_allclose(gradcli.func.sparse_jacobian(f, 1, plan=given)(c, x).toarray(), dense, rtol=1e-14)

    def g(x: Any) -> Any:
        return (x[1:] * x[:-1] ** 2).sum()

    second = gradcli.func.sparse_hessian(g, plan=gradcli.func.sparsity(g, hessian=True)(x))(x)
    np.testing.assert_allclose(second.toarray(), gradcli.func.hessian(g)(x).array, rtol=1e-13)
    with pytest.raises(AutogradError, match="a Hessian is of one number"):
        gradcli.func.sparse_hessian(lambda x: x)(x)
    with pytest.raises(AutogradError, match="must be one tensor"):
        gradcli.func.sparse_jacobian(lambda x: x[0])((x, x))


def test_a_plan_from_another_branch_is_refused() -> None:
    def f(x: Any) -> Any:
        return x * 2 if x[0] > 1 else x * x.sum()

    here, there = gradcli.tensor([2.0, 1.0, 3.0]), gradcli.tensor([0.5, 1.0, 3.0])
    plan = gradcli.func.sparsity(f)(here)
    assert gradcli.func.sparse_jacobian(f, plan=plan)(here).nnz == 3
    with pytest.raises(AutogradError, match="the pattern lacks an entry"):
        gradcli.func.sparse_jacobian(f, plan=plan)(there)
    assert isinstance(sparse_jacobian("x", {"x": X}), SparseJacobian)


def test_a_kept_derivation_is_of_the_entries_that_were_picked() -> None:
    first, second = (asked_for(picks) for picks in ((0, 1), (0, 2)))
    assert key_of(first, str) != key_of(second, str)
    asked = first._replace(derivation="[[x[1]*x[0]], [x[1], x[0]], []]", values={"x": [2.0, 3.0]})
    answer = recall(asked)
    assert isinstance(answer, Answer)
    assert [truth.high for truth in answer.derivatives] == [3.0, 2.0]


def asked_for(picks: tuple[int, ...]) -> Question:
    return Question("[x[1]*x[0]]", {"x": [2.0, 3.0, 4.0]}, ("x",), "jacobian", picked=picks)
