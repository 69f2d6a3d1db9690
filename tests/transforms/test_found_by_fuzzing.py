"""Programs that once gave a wrong number or a traceback; random programs found them."""

from __future__ import annotations

import math
import re
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

from gradcli.address import EntryAddress, Input
from gradcli.enclosures.protocol import Ball
from gradcli.errors import DomainProblem, MemoryProblem, Problem, UsageProblem
from gradcli.ops import Op
from gradcli.ops.calls.memory import within_memory
from gradcli.symbolic import Answer
from gradcli.symbolic.answers.solve import solve
from gradcli.transforms.kinks import attribute
from gradcli.transforms.operators.derivation import derivations
from gradcli.transforms.operators.derivative import derivative
from gradcli.transforms.operators.diff import diff
from gradcli.transforms.operators.evaluate import evaluate
from gradcli.transforms.operators.explain import explain
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.operators.hessian import hessian, hvp
from gradcli.transforms.operators.jacobian import jacobian
from gradcli.transforms.operators.jvp import jvp
from gradcli.transforms.operators.sparse import sparse_hessian, sparse_jacobian
from gradcli.transforms.results.findings import EntryComparison
from gradcli.transforms.verify import proof
from gradcli.transforms.verify.check import judge, picked
from gradcli.transforms.verify.enclosed import enclosed
from gradcli.transforms.verify.numeric import numeric
from gradcli.transforms.verify.rounding import Bounds, rounding_bounds

INF, NAN = math.inf, math.nan


@pytest.mark.parametrize("x", [0.5, 2.0, 7.0])
def test_the_second_derivatives_of_a_power_with_exponent_zero(x: float) -> None:
    found = hessian("x**y", {"x": x, "y": 0.0}).hessian
    np.testing.assert_allclose(found, [[0, 1 / x], [1 / x, math.log(x) ** 2]], rtol=1e-15)


@pytest.mark.parametrize(
    "expression",
    ["eigvalsh(A)", "svdvals(A)", "pinv(A)", "norm(A, 'nuc')", "norm(A, 2)", "norm(A, -2)", "svd(A)[1]", "eigh(A)[0]"],
)
@pytest.mark.parametrize("entry", [NAN, INF, -INF])
def test_decompositions_of_what_is_not_finite(expression: str, entry: float, capfd: pytest.CaptureFixture[str]) -> None:
    found = evaluate(expression, {"A": [[1.0, 2.0], [3.0, entry]]}).value
    assert np.isnan(found).all()
    assert capfd.readouterr() == ("", "")  # LAPACK writes to standard output itself


def test_singular_vectors_of_what_overflows_are_not_searched_for_ever() -> None:
    matrix = [[-INF, 710.0, -INF], [2.0, -1.97, 1e16], [-1.0, 1.7, -1e16]]
    for part in range(3):
        assert np.isnan(evaluate(f"svd(A)[{part}]", {"A": matrix}).value).all()


def test_one_bad_matrix_of_several() -> None:
    found = evaluate("eigvalsh([A, eye(2)])", {"A": [[1.0, 2.0], [3.0, NAN]]}).value
    np.testing.assert_array_equal(found, [[NAN, NAN], [1, 1]])


def test_gradients_behind_a_product_that_overflows() -> None:
    values = {"A": [[0.0, 0.0, 0.0]], "B": [[1.0, 3.0, -1.0]]}
    program = "sum(cross(A - 1e308, B))"
    expected = grad(program, values).gradients["A"]
    np.testing.assert_array_equal(expected, [[4, -2, -2]])
    np.testing.assert_array_equal(hessian(program, values).gradients["A"], expected)


def test_the_trace_of_an_array_of_three_axes() -> None:
    values = {"A": [[1.0, 2.0], [3.0, 4.0]]}
    program = "sum(trace(stack(A, A**2, axis=2))*[1, 10])"
    expected = np.diag([1 + 20 * 1.0, 1 + 20 * 4.0])
    np.testing.assert_array_equal(grad(program, values).gradients["A"], expected)
    np.testing.assert_array_equal(jvp(program, values, {"A": 1.0}).derivative, expected.sum())


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("min(q*i for i in range(2, 0, -1))", {"q": NAN}),
        ("take_along_axis(x, indices=[0, 0, -1], axis=None)", {"x": [NAN, 1.0]}),
        ("sum(outer((B ** 0.1), A))", {"B": [-1.0, 0.0], "A": [0.0, 1.0]}),
        ("sum(A/u)", {"A": [1.0, 1.0], "u": [0.0, 0.0]}),
        ("sum(1e308/(v + a))", {"v": [0.5, 0.5, 0.5], "a": 0.78}),
    ],
)
def test_no_warning_and_no_traceback(expression: str, values: dict[str, object]) -> None:
    ones = dict.fromkeys(values, 1.0)
    grad(expression, values, seed=1.0)
    jvp(expression, values, ones)
    if np.ndim(evaluate(expression, values).value) == 0:
        hessian(expression, values)
        hvp(expression, values, ones)


@pytest.mark.parametrize("function", ["polygamma", "dsinc"])
def test_an_order_that_is_an_array_is_not_printed(function: str) -> None:
    with pytest.raises(Problem) as caught:
        evaluate(f"{function}(A, 1)", {"A": np.full((3, 3), 0.5)})
    assert caught.value.message.isprintable()


def test_series_at_a_kink_that_grow_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    assert grad("abs(x)**1.5*exp(x)", {"x": 0.0}).kinks == ()
    monkeypatch.setattr(attribute, "_PRODUCTS", 10)
    (kink, *_) = grad("abs(x)**1.5*exp(x)", {"x": 0.0}).kinks
    assert (kink.kind, kink.reason) == ("undecided", "the series of the operations around it grow too long")


def test_an_exponent_of_astronomical_size_at_a_kink() -> None:
    found = grad("sum(abs(x)**y**y)", {"x": 0.0, "y": 1e300})
    assert found.kinks == () or found.kinks[0].kind in ("undecided", "smooth")


@pytest.mark.parametrize("order", [-3, -1, 0, 1, 150, 10**4, 10**18, 1e300])
@pytest.mark.parametrize("function", ["jv", "iv", "polygamma"])
def test_functions_of_any_order_beside_a_kink(function: str, order: float) -> None:
    with suppress(DomainProblem):  # of a negative order
        grad(f"abs(x) + {function}({order!r}, x - 0.5)", {"x": 0.0})


@pytest.mark.parametrize(
    "expression",
    ["stack(split(x, 2)[:])", "concatenate(chunk(x, 2)[::-1])", "stack(unbind(x)[1:])", "a, b = split(x, 2); a*b"],
)
def test_slices_of_several_outputs_have_numeric_derivatives(expression: str) -> None:
    result = jacobian(expression, {"x": [1.0, 2.0, 3.0, 4.0]})
    for address, found in numeric(result, picked(result, 100)).items():
        assert found.value == pytest.approx(result.jacobian[address.output, address.by[0].entry], rel=1e-12, abs=1e-12)


def test_an_entry_of_the_gradient_of_an_empty_value_has_a_name() -> None:
    result = grad("r = x*2; []", {"x": 1.0}, seed=1.0)
    assert result.label(EntryAddress(0, (Input("x"),))) == "df/dx"


@pytest.mark.parametrize(
    "expression",
    ["max(x, axis=-1)", "min(x, axis=0)", "sum(repeat(x, 2, axis=0))", "take(x, 0, axis=0)",
     "sum(concatenate(x, 2, axis=None))", "sum(cumprod(x, axis=0))"],
)  # fmt: skip
@pytest.mark.parametrize("x", [2.0, INF])
def test_a_number_has_an_axis_where_numpy_lets_it_have_one(expression: str, x: float) -> None:
    slope = 2.0 if "repeat" in expression else 1.0
    assert grad(expression, {"x": x}).gradients["x"] == slope


def test_arrays_of_any_shape_are_joined_in_one_row() -> None:
    values = {"x": [[1.0, 2.0], [3.0, 4.0]], "y": 5.0}
    found = grad("sum(concatenate(x, y, axis=None)*[1, 2, 3, 4, 5])", values).gradients
    np.testing.assert_array_equal(found["x"], [[1, 2], [3, 4]])
    assert found["y"] == 5


@pytest.mark.filterwarnings("ignore:Mean of empty slice")
def test_the_median_of_nothing_has_no_gradient_and_no_traceback() -> None:
    assert np.size(grad("median(z)", {"z": []}).gradients["z"]) == 0


def test_a_number_is_not_repeated_beyond_all_memory() -> None:
    with within_memory(2**20), pytest.raises(MemoryProblem, match="repeat would have 1,000,000,000,000 entries"):
        evaluate("repeat(1, 10**12, axis=0)", {})


@pytest.mark.parametrize("function", ["split", "array_split"])
def test_pieces_between_positions_that_go_back_overlap(function: str) -> None:
    x = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    found = jacobian(f"concatenate({function}(x, [2, 1]))", {"x": x}).jacobian
    np.testing.assert_array_equal(found, np.eye(6)[[0, 1, 2, 3, 2, 3, 4, 5]])
    assert hessian(f"sum(concatenate({function}(x, [2, 1]))**2)", {"x": x}).hessian.diagonal().tolist() == [
        2,
        2,
        4,
        4,
        2,
        2,
    ]


@pytest.mark.parametrize("axis", ["False", "True"])
def test_a_truth_value_is_no_axis(axis: str) -> None:
    with pytest.raises(UsageProblem, match="axis is a whole number"):
        evaluate(f"norm(x, 2.5, {axis})", {"x": [[1.0, 2.0], [3.0, 4.0]]})
    with pytest.raises(UsageProblem, match="axis is a whole number"):
        evaluate(f"median(x, {axis})", {"x": [[1.0, 2.0], [3.0, 4.0]]})


@pytest.mark.parametrize("axis", ["axis=-1", "axis=1", "axis=2 - 1"])
def test_ties_are_looked_for_along_the_axis_however_it_is_written(axis: str) -> None:
    [kink] = grad(f"sum(max(x, {axis}))", {"x": [[1.0, 1.0], [5.0, 0.0]]}).kinks
    assert kink.indices == ((0, 0), (0, 1))
    assert grad(f"sum(min(x[:0], {axis}))", {"x": [[1.0, 1.0], [5.0, 0.0]]}).kinks == ()


@pytest.mark.parametrize("function", ["exp", "log1p", "sin", "atan", "acsch", "tanh", "deg2rad"])
def test_a_written_truth_value_is_a_number_of_full_precision(function: str) -> None:
    found = evaluate(f"{function}(True)", {}).value
    assert found == evaluate(f"{function}(1)", {}).value == evaluate(f"{function}(x > 0)", {"x": 1.0}).value


def test_a_power_beyond_all_numbers_ends() -> None:
    found = grad("p = x**gamma(u); abs(y) + 0*p", {"x": 1.5, "u": 1e3, "y": 0.0}, explain=False)
    assert [kink.op for kink in found.kinks] == ["abs"]


@pytest.mark.parametrize("bound", [1.25, -1.0])
def test_equal_bounds_share_the_derivative(bound: float) -> None:
    assert grad("sum(clip(x, a, a))", {"x": [0.0, 3.0, 0.5], "a": bound}).gradients["a"] == 3.0


@pytest.mark.parametrize("size", [5e-324, 1e308])
def test_a_cotangent_meets_a_partial_and_not_its_numerator(size: float) -> None:
    assert grad("10*hypot(x, y)", {"x": size, "y": 0.0}).gradients["x"] == 10.0
    assert grad("0.37*hypot(x, y)", {"x": size, "y": 0.0}).gradients["x"] == 0.37


@pytest.mark.parametrize("text", ["median(B/M, 0)", "median(A**M, axis=0)", "max(B/M, 0)", "sort(B/M)[0]"])
def test_what_a_selection_takes_from_an_infinite_array(text: str) -> None:
    values = {
        "A": [[1.0, 1.0, 1.0], [1.0, 5e-324, 1.0], [1.0, 1.0, 1.0]],
        "B": [[0.0, 0.0, 0.0]] * 3,
        "M": [[True, True, False], [True, True, True], [True, False, True]],
    }
    result = grad(text, {name: value for name, value in values.items() if name in text}, seed=[1.0, 1.0, 1.0])
    assert len(result.gradients) == 1


@pytest.mark.parametrize("mask", ["sort(u > 0)", "u > 0", "maximum(u > 0, u > 1)", "flip(sort(u > 0))[::-1]"])
def test_a_nan_is_greater_than_nothing_beside_a_kink_too(mask: str) -> None:
    u = [float("nan"), -2.5, 0.5]
    values = {"B": [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], "u": u}
    result = grad(f"sum(B[{mask}]) + abs(B[0, 0] - 1)*(B[0, 0] - 1)", values)
    assert np.array_equal(result.gradients["B"], [[0, 0], [0, 0], [1, 1]])


def test_truth_values_lie_apart_when_they_are_sorted() -> None:
    assert grad("sum(B[sort(u > 0)])", {"B": [1.0, 2.0, 3.0], "u": [1.0, -1.0, -2.0]}).kinks == ()


def test_a_budget_that_ends_inside_numpys_dot() -> None:
    text = "p = dot(B, B); sum(inner(b=B, a=log10(a) - A/p - B))"
    values = {"B": [[1.0, -1.0, -2.0], [-1.0, -2.0, 2.0], [0.0, 0.0, 1.0]], "a": 2.0}
    found = grad(text, {**values, "A": [[-1.0, 0.0, -1.0], [1.0, -1.0, 2.0], [3.0, 1.0, 1.0]]})
    assert not np.isfinite(found.value)


@pytest.mark.parametrize(
    "name", ["dellipk(n, x)", "dellipe(n, x)", "dellipkinc(n, x, x)", "dellipeinc(n, x, x)", "dsinc(n, x)"]
)
def test_derivatives_of_enormous_orders_are_refused(name: str) -> None:
    assert np.isfinite(evaluate(name, {"n": 150.0, "x": 0.25}).value)
    with pytest.raises(DomainProblem, match="for n <= 160"):
        evaluate(name, {"n": 1000.0, "x": 0.25})


def test_a_nan_beside_an_enclosure_has_no_digits() -> None:
    address = EntryAddress(0, (Input("x", 0),))
    comparison = EntryComparison("df/dx", NAN, None, None, None, "none", "unknown")
    outside = {address: enclosed(NAN, Ball(address, 1, 2, 0))}
    assert proof.testified(comparison, address, proof.Proved(outside=outside), None).digits is None


@pytest.mark.parametrize("text", ["jv([x, 1], 2)[0]", "struve([x, 0.5], 1)[0]", "yv([x, 1], 2)[0]", "dawsn([x, 1])[0]"])
def test_an_order_that_is_nan_beside_others(text: str) -> None:
    assert np.isnan(evaluate(text, {"x": NAN}).value)


def test_the_rounding_of_what_is_differentiated_by_a_part_of_the_variables() -> None:
    values = {"u": 2.17, "x": 2.94}
    for result in (
        jvp("entr(gammaincc(u, x))", values, {"x": 1.0}),
        derivative("entr(gammaincc(u, x))", values, 2, "x"),
    ):
        assert result.wrt() == ("x",)
        assert 0 < rounding_bounds(result, [result.address(0)])[0] < 1e-12


@pytest.mark.parametrize(("shape", "text"), [("3", "ones(3)"), ("shape=3.0", "ones(3)"), ("(3,)", "[1, 1, 1]")])
def test_formulas_with_an_array_of_one_axis(shape: str, text: str) -> None:
    assert diff(f"sum(x*ones({shape}))", shapes={"x": (3,)}).formulas[0].text == text


def test_a_truth_value_is_no_size() -> None:
    with pytest.raises(Problem, match="expected a sequence of integers"):
        grad("sum(x*ones(True))", {"x": 1.0})
    assert "ones(1)" not in diff("x*ones(3)[0] + 0*sum(ones(3))", shapes={"x": ()}).formulas[0].text


@pytest.mark.parametrize("text", ["3.0", "sum(arange(0)*2)"])
def test_sparse_derivatives_by_nothing(text: str) -> None:
    assert sparse_hessian(text, {}).pattern.shape == (0, 0)
    assert sparse_jacobian(text, {}).pattern.shape == (1, 0)


@pytest.mark.parametrize("shape", [3, "n"])
@pytest.mark.parametrize("text", ["sum(a if a > 2 else x*a)", "x if a > 2 else a", "(x if a > 2 else a)@x"])
def test_branches_of_different_shapes_have_no_one_formula(text: str, shape: int | str) -> None:
    with pytest.raises(UsageProblem, match=r"the branches of an if have the shapes \((3|n)?\) and \((3|n)?\)"):
        diff(text, shapes={"x": (shape,)})


def test_the_branch_that_is_taken_keeps_its_shape() -> None:
    values = {"a": 3.0, "x": [1.0, 2.0, 3.0]}
    assert grad("sum(a if a > 2 else x*a)", values).gradients["a"] == 1.0
    assert diff("sum(a*x if a > 2 else x)", shapes={"x": (3,)}).formulas[0].names == ("a",)


def test_positions_that_sort_keep_equal_entries_in_their_order() -> None:
    x = np.array([3.0, 2, 3, 1, 2, 2, 1, 3, 1] * 7)
    expected = np.argsort(x, kind="stable")
    np.testing.assert_array_equal(evaluate("argsort(x)", {"x": x}).value, expected)
    seed = np.arange(63.0)
    by_sort = grad("sort(x)", {"x": x}, seed=seed).gradients["x"]
    np.testing.assert_array_equal(grad("x[argsort(x)]", {"x": x}, seed=seed).gradients["x"], by_sort)


@pytest.mark.parametrize("seed", [None, [1.0, 2.0]])
def test_a_step_that_changes_how_many_entries_a_mask_chooses(seed: list[float] | None) -> None:
    values = {"x": [1.0, 2.0, 3.0], "u": [0.05, -0.87, 1.0]}
    text = "floor(u/9)[u > 0] + abs(x[u > 0] - 5)"
    result = jacobian(text, values) if seed is None else grad(text, values, seed=seed)
    found = numeric(result, picked(result, 20), math.inf)
    by_x = [n.value for address, n in found.items() if address.by[0].name == "x" and n.value]
    np.testing.assert_allclose(by_x, [-1, -1] if seed is None else [-1, -2], rtol=1e-6)


def test_a_chain_through_steps_without_names_is_told_by_its_last_ones() -> None:
    values = {"A": [[0.58, 1.37], [1.15, 1.11]], "B": [[2.22, 1.76], [-0.85, 0.28]]}
    found = explain("quantile(max(B for i in range(1, 3)), erf([B, A]))", values)
    told = {leaf.name: leaf.chain for leaf in found.passes[0].leaves}
    assert set(told) == {"A", "B"}
    assert all(re.match(r"df\[0,0,0\]/d(StackBackward0|v\d+)\*", chain) for chain in told.values())


@pytest.mark.parametrize(("condition", "value"), [("b", 1.0), ("b > 0", 1.0), ("b", 0.0), ("b > 0", -1.0)])
def test_sympy_takes_one_branch_where_the_branches_have_different_shapes(condition: str, value: float) -> None:
    result = jacobian(f"2*b if {condition} else u", {"b": value, "u": [1.0, 2.0, 3.0]})
    answer = solve(result.question())
    assert isinstance(answer, Answer)
    verdict = judge(result, answer)
    assert (verdict.verdict, verdict.entries) == ("verified", result.count())


def test_an_index_stays_whole_where_inputs_are_moved_to_see_how_far_a_derivative_does() -> None:
    found = derivative("sum((a*u)[n:]**2.5)", {"a": 1.5, "u": [1.0, 2.0, 3.0], "n": -1.0}, 3, "a")
    assert np.isfinite(rounding_bounds(found, [found.address(2)])).all()


def test_the_condition_where_an_operation_s_cotangent_is_zero_by_its_rule() -> None:
    found = grad("q = slogdet(A)[0]/c; q*a", {"A": [[1.0, 3.0], [1.0, 1.0]], "c": 0.0, "a": 1.0})
    bounds = Bounds(found)
    with np.errstate(all="ignore"):
        for place in range(found.count()):
            bounds.sensitivity(found.address(place))


def test_rules_of_what_passes_through_a_jump_alone() -> None:
    for text in ("less_equal(a/b, 0)*1", "sum([a/b <= 0, a <= b])", "floor(sin(a)*b)"):
        assert [one.steps for one in derivations(text).derivations] == [(), ()]


def test_sympy_s_formula_without_a_value_says_nothing_against_the_series_number() -> None:
    result = grad("acosh(v/fmin(u, v))", {"u": 1.878, "v": 0.4818013038437448})
    assert result.gradients == {"u": 0.0, "v": 0.0}
    answer = solve(result.question())
    assert isinstance(answer, Answer)
    assert judge(result, answer).verdict == "not checked"


@pytest.mark.parametrize("text", ["cumprod(a, axis=-1)", "pad(a, 1)", "sort(a)", "sum(a)", "flip(a)", "a@a.T"])
def test_patterns_of_arrays_without_entries(text: str) -> None:
    assert sparse_jacobian(text, {"a": np.zeros((2, 0))}).pattern.nnz == 0


def test_a_product_before_one_entry() -> None:
    assert sparse_hessian("sum(cumprod(b[None]))*b", {"b": 2.0}).data.tolist() == [2.0]


def test_steps_of_an_array_without_entries() -> None:
    found = explain("p = b*z; B", {"b": 2.0, "z": [], "B": [[5.0, 2.0]]})
    assert [np.shape(leaf.gradient) for leaf in found.passes[0].leaves if leaf.name == "z"] in ([], [(0,)])


def test_a_coefficient_of_a_series_whose_derivative_overflows() -> None:
    found = derivative("A/n", {"A": [1.0, -1e308], "n": 1.0}, 2, "n")
    np.testing.assert_array_equal(found.derivatives[1], [2.0, -INF])


@pytest.mark.parametrize("text", ["sum(transpose(u, 0)**2)", "sum(transpose(u, axes=-1)**2)"])
def test_the_axes_of_a_vector_are_one_number(text: str) -> None:
    given = {"u": [1.0, 2.0]}
    assert np.asarray(grad(text, given).gradients["u"]).tolist() == [2.0, 4.0]
    assert hessian(text, given).hessian.tolist() == [[2.0, 0.0], [0.0, 2.0]]
    assert sparse_jacobian(text, given).data.tolist() == [2.0, 4.0]
    assert np.isnan(grad("sum(transpose(u/u, 0))", {"u": [1.0, 0.0]}).gradients["u"]).tolist() == [False, True]


def test_the_rounding_of_a_series_whose_loop_has_the_length_of_an_array() -> None:
    found = derivative("tanh((-a)**sum(2 for i in range(len(u))))", {"a": 2.5, "u": [1.0, 1.0, 1.0]}, 2, "a")
    assert np.isfinite(rounding_bounds(found, [found.address(1)])).all()


def test_what_is_not_read_has_no_kink_and_is_not_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def look(op: Op, point: list[Any]) -> str:
        looked.append(op.name)
        return "unknown"

    monkeypatch.setattr("gradcli.onesided.functions.numeric", look)
    idle = grad("p = abs(x); q = ellipe(x) + abs(x); p = relu(x - 2); p + x**2", {"x": 0.0})
    assert (idle.kinks, idle.gradients, looked) == ((), {"x": 0.0}, [])
    [kink] = grad("p = abs(x); q = ellipe(x)*p; p = 3*p; p + x**2", {"x": 0.0}).kinks
    assert (kink.op, kink.span, kink.kind, looked) == ("abs", (4, 10), "kink", [])
