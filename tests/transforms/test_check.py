"""What the check says: of right results, wrong ones, kinks, lost digits, and of every transform."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gradcli.address import EntryAddress, Input
from gradcli.symbolic import Answer, NotChecked, Truth
from gradcli.symbolic.answers.solve import solve
from gradcli.transforms.operators.derivative import derivative
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.operators.hessian import hessian, hvp
from gradcli.transforms.operators.jacobian import jacobian
from gradcli.transforms.operators.jvp import jvp
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.verdict import Verdict
from gradcli.transforms.verify.ask import check
from gradcli.transforms.verify.check import judge
from gradcli.transforms.verify.entries import ulps_between


def verdict(result: Derived) -> Verdict:
    """The verdict, SymPy's work being done in this process."""
    return judge(result, solve(result.question()))


POINT = {"x": [1.5, 0.25], "y": 2.0}
TEXT = "sum(x**3*y) + exp(x[0]*y)*sin(x[1])"

RESULTS: list[Callable[[], Derived]] = [
    lambda: grad(TEXT, POINT),
    lambda: grad("x*y", POINT, seed=[1.0, -2.0]),
    lambda: grad(TEXT, POINT, wrt=["y"]),
    lambda: jacobian("[x*y, x[0]/x + y]", POINT),
    lambda: jacobian("x*y", POINT, wrt=["y", "x"]),
    lambda: hessian(TEXT, POINT),
    lambda: hessian(TEXT, POINT, wrt=["y", "x"]),
    lambda: hvp(TEXT, POINT, {"x": [1.0, -1.0]}),
    lambda: jvp("[x*y, x[0]/x + y]", POINT, {"x": [1.0, 0.5], "y": 3.0}),
    lambda: derivative("exp(sin(x))*y", {"x": 0.5, "y": 2.0}, order=8, wrt="x"),
    lambda: derivative("[x**3, y*cos(x)]", {"x": 0.5, "y": 2.0}, order=3, wrt="x"),
]


@pytest.mark.parametrize("make", RESULTS)
def test_every_transform_is_verified(make: Callable[[], Derived]) -> None:
    result = make()
    found = verdict(result)
    assert found.verdict == "verified", found
    assert found.checked == found.entries == result.count()


def spoilt(answer: Answer | NotChecked, factor: float, which: int) -> Answer:
    assert isinstance(answer, Answer)
    truths = list(answer.derivatives)
    truths[which] = truths[which]._replace(high=truths[which].high * factor + (factor - 1))
    return answer._replace(derivatives=tuple(truths))


@pytest.mark.parametrize("make", RESULTS)
def test_every_wrong_entry_of_every_transform_is_found(make: Callable[[], Derived]) -> None:
    result = make()
    answer = solve(result.question())
    for which in range(result.count()):
        found = judge(result, spoilt(answer, 1 + 1e-6, which))
        assert found.verdict == "differs"
        assert len(found.details) == 1


def test_a_wrong_value_is_found() -> None:
    result = grad("x**2", {"x": 3.0})
    answer = solve(result.question())
    assert isinstance(answer, Answer)
    found = judge(result, answer._replace(values=(Truth(EntryAddress(0), "number", 9.001),)))
    assert (found.verdict, found.reason) == ("differs", "the value differs from SymPy's")
    assert found.details == ("f: gradcli has 9.0, SymPy has 9.001",)


def test_another_process_says_the_same() -> None:
    result = hessian("x**2*y", {"x": 3.0, "y": 2.0})
    found = check(result, timeout=60)
    assert replace(found, proof=None) == verdict(result)
    assert found.proof is not None
    assert found.proof.entries == 6


CANCELLING = "(1 - cos(x))/x**2"


def test_digits_lost_to_rounding_are_said() -> None:
    found = verdict(grad("exp(x) - x - 1", {"x": 1e-3}))
    assert found.verdict == "verified"
    assert found.reason is not None
    assert "of the 16 digits" in found.reason


@pytest.mark.parametrize("result", [grad(CANCELLING, {"x": 1e-5}), hessian(CANCELLING, {"x": 1e-4})])
def test_a_derivative_of_which_rounding_has_left_nothing_is_not_verified(result: Any) -> None:
    found = verdict(result)
    assert found.verdict == "differs"
    assert found.reason is not None
    assert "rounding has taken more than half of the digits" in found.reason


def test_what_rounding_leaves_at_a_minimum_is_no_difference() -> None:
    found = verdict(grad("sum((x - 0.3)**2) + 1", {"x": [0.1 + 0.2, 0.3]}))
    assert found.verdict == "verified"


def test_a_true_zero_counts_no_ulps() -> None:
    found = verdict(derivative("eigh([[x, 1], [1, x**2]])[0][0]", {"x": 0.5}, order=3))
    assert found.verdict == "verified"
    assert found.max_ulps is not None
    assert found.max_ulps < 100
    assert found.reason is not None
    assert "what should be 0 is within" in found.reason


def test_a_hessian_that_is_not_symmetric_is_not_believed() -> None:
    result = hessian("x**y", {"x": 0.0, "y": 2.0})  # where SymPy's formula has no value
    found = verdict(replace(result, hessian=np.array([[2.0, 1.0], [0.0, 0.0]])))
    assert found.verdict == "differs"
    assert found.reason is not None
    assert found.reason.startswith("the matrix is not symmetric")
    assert found.details == (
        "d2f/dx dy: gradcli has 1.0, and 0.0 in the other order",
        "d2f/dy dx: gradcli has 0.0, and 1.0 in the other order",
    )


@pytest.mark.parametrize("y", [2.0, 3.0])
def test_where_sympys_formula_has_no_value_nothing_differs(y: float) -> None:
    found = verdict(hessian("x**y", {"x": 0.0, "y": y}))
    assert (found.verdict, found.reason) == ("not checked", "SymPy's formula for d2f/dx dx has no value here")


@pytest.mark.parametrize("text", ["log(abs(x))", "logabsdet([[x + 1, 1], [1, x + 1]])"])
def test_a_pole_is_singular_whatever_sign_it_is_given(text: str) -> None:
    result = derivative(text, {"x": 0.0}, order=1)
    assert not np.isfinite(result.derivatives[0])
    found = verdict(result)
    assert (found.verdict, found.reason) == ("singular", "f is infinite here, and SymPy agrees")
    assert found.details[0].startswith("df/dx: from the left -inf, from the right inf; given ")


def test_a_finite_number_at_a_pole_differs() -> None:
    result = grad("log(abs(x))", {"x": 0.0})
    assert verdict(replace(result, gradients={"x": 1.0})).verdict == "differs"


def test_infinite_and_undefined_derivatives() -> None:
    slope = verdict(grad("sqrt(x)", {"x": 0.0}))
    assert (slope.verdict, slope.reason) == ("singular", "df/dx is infinite here, and SymPy agrees")
    found = verdict(grad("sqrt(x)", {"x": -1.0}))
    assert (found.verdict, found.reason) == ("singular", "f is not a real number here, and SymPy agrees")


@pytest.mark.parametrize("text", ["1/x", "x**-2", "csc(x)**2", "digamma(x)", "gamma(x)", "logsumexp([-inf, -inf + x])"])
def test_no_pole_is_verified(text: str) -> None:
    assert verdict(grad(text, {"x": 0.0})).verdict == "singular"
    assert verdict(hessian(text, {"x": 0.0})).verdict == "singular"


@pytest.mark.parametrize("text", ["x**-2", "1/x", "sqrt(x)"])
def test_poles_of_higher_derivatives_are_singular(text: str) -> None:
    assert verdict(derivative(text, {"x": 0.0}, order=3)).verdict == "singular"


def test_other_outputs_are_checked_beside_a_pole() -> None:
    result = jacobian("[1/x, x**2 + x]", {"x": 0.0})
    assert verdict(result).verdict == "singular"
    wrong = replace(result, jacobians={"x": np.array([-np.inf, 1.001])})
    assert verdict(wrong).verdict == "differs"


def test_no_derivative_where_the_partial_ones_do_not_add_up() -> None:
    found = grad("sqrt(x)*sqrt(y)", {"x": 0.0, "y": 0.0})
    assert np.isnan(found.gradients["x"])
    assert verdict(found).verdict == "singular"
    assert not any(kink.kind == "smooth" for kink in found.kinks)


def test_second_derivatives_by_an_input_at_a_kink_are_of_the_kink() -> None:
    found = verdict(hessian("maximum(x*y, x*z)", {"x": 1.0, "y": 1.0, "z": 1.0}))
    assert found.verdict == "kink"


@pytest.mark.parametrize("text", ["norm(v)**2", "hypot(v[0], v[1])**2", "sum(abs(v)**2)", "cos(norm(v))"])
def test_second_derivatives_at_the_zero_of_a_norm_are_right(text: str) -> None:
    found = hessian(text, {"v": [0.0, 0.0]})
    expected = -1.0 if "cos" in text else 2.0
    assert found.hessian.tolist() == [[expected, 0.0], [0.0, expected]]
    assert {kink.kind for kink in found.kinks} <= {"smooth"}
    assert verdict(found).verdict != "differs"


def test_a_kink_has_both_sides() -> None:
    found = verdict(grad("abs(x)*y", {"x": 0.0, "y": 2.0}))
    assert found.verdict == "kink"
    assert found.details == ("df/dx: from the left -2.0, from the right 2.0; 0.0 is the convention (abs(x))",)
    along = verdict(jvp("maximum(x, y)", {"x": 1.0, "y": 1.0}, {"x": 1.0, "y": 2.0}))
    assert along.verdict == "kink"


def test_a_smooth_function_of_a_kinked_operation_is_verified() -> None:
    assert verdict(grad("abs(x)**2", {"x": 0.0})).verdict == "verified"


SMOOTH_TWICE: list[tuple[str, dict[str, float]]] = [
    ("abs(x)**3", {"x": 0.0}),
    ("relu(x)**3", {"x": 0.0}),
    ("maximum(x, 0)**4", {"x": 0.0}),
    ("x**4*sign(x)", {"x": 0.0}),
    ("relu(x) - relu(-x)", {"x": 0.0}),
    ("(relu(x) - relu(-x))*y", {"x": 0.0, "y": 3.0}),
    ("maximum(x, y)*minimum(x, y)", {"x": 2.0, "y": 2.0}),
    ("max([x, y]) + min([x, y]) + abs(x - y)**3", {"x": 0.5, "y": 0.5}),
    ("abs(x)**3*y + x*y**2", {"x": 0.0, "y": -1.5}),
]
"""Operations at their kinks, the whole being twice differentiable."""


@pytest.mark.parametrize(("text", "point"), SMOOTH_TWICE)
def test_second_derivatives_that_exist_at_kinks_are_verified(text: str, point: dict[str, float]) -> None:
    directions = [dict.fromkeys(point, 1.0), {name: 1.0 - 3.5 * i for i, name in enumerate(point)}, {"x": -2.0}]
    products = [hvp(text, point, direction) for direction in directions]
    second = hessian(text, point)
    for direction, product in zip(directions, products, strict=True):
        components = [direction.get(name, 0.0) for name in point]
        assert [*product.products.values()] == pytest.approx(second.hessian @ components)
    pushed = [jvp(text, point, direction) for direction in directions]
    for result in (second, *products, *pushed, derivative(text, point, order=2, wrt="x")):
        found = verdict(result)
        assert found.verdict == "verified", (result.command, found)
        assert not any(kink.kind == "kink" for kink in result.kinks)


def test_a_third_derivative_beyond_a_convention_is_verified() -> None:
    for text in ("relu(x) - relu(-x)", "sin(maximum(x, 0) + minimum(x, 0))"):
        assert verdict(derivative(text, {"x": 0.0}, order=3)).verdict == "verified"


NOWHERE: list[Callable[[], Derived]] = [
    lambda: hessian("abs(x*y)", {"x": 0.0, "y": 0.0}),
    lambda: hessian("abs(x*y) + z**2", {"x": 0.0, "y": 0.0, "z": 1.0}),
    lambda: hvp("abs(x*y)", {"x": 0.0, "y": 0.0}, {"x": 1.0}),
    lambda: grad("minimum(abs(x), abs(y))", {"x": 0.0, "y": 0.0}),
    lambda: grad("maximum(relu(x)*0, minimum(abs(x), abs(y)))", {"x": 0.0, "y": 0.0}),
    lambda: jacobian("[x + y, minimum(abs(x), abs(y))]", {"x": 0.0, "y": 0.0}),
    lambda: grad("median([x, y, z])*w", {"x": 1.0, "y": 1.0, "z": 1.0, "w": 2.0}),
]
"""Points without a derivative at which each number, along the axes, looks like one."""


@pytest.mark.parametrize("make", NOWHERE)
def test_nothing_is_verified_where_the_sides_told_of_differ(make: Callable[[], Derived]) -> None:
    result = make()
    assert any(kink.kind == "kink" and kink.sides for kink in result.kinks)
    found = verdict(result)
    assert found.verdict == "kink"
    assert found.reason == "the expression is not differentiable at this point"


def test_sides_of_a_slope_along_a_direction_are_not_said_to_be_confirmed() -> None:
    """Series look from the four quadrants between an axis and the direction, limits along one line."""
    found = verdict(hvp("x*abs(x)", {"x": 0.0}, {"x": 2.0}))
    assert (found.verdict, found.reason) == ("kink", "the expression is not differentiable at this point")
    assert found.details == ("d(df/dx): from the left -4.0, from the right 4.0; 0.0 is the convention (abs(x))",)


def test_at_a_kink_of_which_nothing_is_known_a_limit_along_one_line_contradicts_nothing() -> None:
    point = {"x": np.zeros(9)}
    for result in (
        hvp("sum(abs(x*roll(x, 1)))", point, {"x": np.ones(9)}),
        hessian("sum(abs(x*roll(x, 1)))", point),
    ):
        assert [kink.kind for kink in result.kinks] == ["undecided"]
        found = verdict(result)
        assert found.verdict == "kink"
        assert (found.reason or "").startswith("it is not known whether there are these derivatives")


def test_what_is_not_checked_says_why() -> None:
    found = judge(grad("x", {"x": 1.0}), NotChecked("no answer within 10 s"))
    assert found == Verdict("not checked", 0, 1, None, "no answer within 10 s")


@pytest.mark.parametrize(
    ("number", "high", "low", "ulps"),
    [
        (1.0, 1.0, 0.0, 0.0),
        (1.0 + 2.0**-52, 1.0, 0.0, 1.0),
        (1.0, 1.0, 2.0**-54, 0.25),
        (0.0, 0.0, 0.0, 0.0),
        (2.0**-50, 0.0, 0.0, sys.float_info.max),
        (math.nan, 0.0, 0.0, math.inf),
    ],
)
def test_ulps(number: float, high: float, low: float, ulps: float) -> None:
    assert ulps_between(number, Truth(EntryAddress(0, (Input("x"),)), "number", high, low)) == ulps


def test_rounding_beside_an_exact_zero_is_no_difference() -> None:
    found = verdict(grad("sum([B, 2*B]/(B/A))", {"A": 1.310675143771098, "B": 0.5}))
    assert found.verdict == "verified"
    assert found.reason == "what should be 0 is within 8.9e-16 of it"


HILBERT = [[1 / (i + j + 1) for j in range(5)] for i in range(5)]


@pytest.mark.parametrize("text", ["sum(inv(x))", "sum(solve(x, ones(5)))", "det(x)", "logabsdet(x)"])
def test_an_ill_conditioned_matrix_is_no_difference_and_its_lost_digits_are_said(text: str) -> None:
    found = verdict(grad(text, {"x": HILBERT}))
    assert found.verdict == "verified"
    assert found.reason is not None
    assert "of the 16 digits" in found.reason


TIED = {"x": 1.0, "y": 1.0, "z": 1.0, "w": 2.0}


@pytest.mark.parametrize("text", ["median([x, y, z])*w", "p = [x, y, z]; sort(p)[1]*w", "x*y*max([z, z - y, z - x])*w"])
def test_where_partial_derivatives_are_no_derivative_the_conventions_do_not_differ(text: str) -> None:
    assert verdict(grad(text, TIED)).verdict in ("kink", "verified")


def test_what_a_tie_is_not_made_of_is_compared_all_the_same() -> None:
    result = grad("p = [x, y, z]; median(p)*sin(w)", TIED)
    assert verdict(result).verdict == "kink"
    wrong = replace(result, gradients={**result.gradients, "w": result.gradients["w"] * (1 + 1e-6)})
    assert verdict(wrong).details[0].startswith("df/dw: ")


@pytest.mark.parametrize(
    ("text", "point"), [("max([x, y, z])*x", (0.0, 0.0, 0.0)), ("maximum(x*y, x*z)", (0.0, 1.0, 1.0))]
)
def test_second_derivatives_that_have_no_value_in_either_order(text: str, point: tuple[float, ...]) -> None:
    found = verdict(hessian(text, dict(zip("xyz", point, strict=True))))
    assert found.verdict == "kink"
    smooth = hessian(f"{text} + w**3", {**dict(zip("xyz", point, strict=True)), "w": 2.0})
    matrix = np.array(smooth.hessian)
    matrix[-1, -1] += 1e-3
    assert verdict(replace(smooth, hessian=matrix)).verdict == "differs"
