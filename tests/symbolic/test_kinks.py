"""Points that are not ordinary: kinks, jumps, poles, ends of the domain, and points that only look so."""

from __future__ import annotations

import math
from typing import Any

import pytest

from gradcli.symbolic import Answer, Question
from gradcli.symbolic.answers.solve import solve
from tests.symbolic.asking import gradient, slope

INF = math.inf

KINKS: list[tuple[str, dict[str, Any], float | None, float | None, str]] = [
    ("abs(x)", {"x": 0.0}, -1.0, 1.0, "abs(x)"),
    ("relu(x)", {"x": 0.0}, 0.0, 1.0, "max(x, 0)"),
    ("sqrt(x**2)", {"x": 0.0}, -1.0, 1.0, "Abs(x)"),
    ("maximum(x, y)", {"x": 1.0, "y": 1.0}, 0.0, 1.0, "max(x, y)"),
    ("minimum(x, y)", {"x": 1.0, "y": 1.0}, 1.0, 0.0, "min(x, y)"),
    ("max(x)", {"x": [2.0, 2.0, 1.0]}, 0.0, 1.0, "max(x[0], x[1], x[2])"),
    ("norm(x)", {"x": [0.0, 0.0]}, -1.0, 1.0, "1/sqrt(x[0]**2 + x[1]**2)"),
    ("hypot(x, 0)", {"x": 0.0}, -1.0, 1.0, "Abs(x)"),
    ("(x > 0)*x", {"x": 0.0}, 0.0, 1.0, "x > 0"),
    ("x if x > 1 else x**2", {"x": 1.0}, 2.0, 1.0, "x > 1"),
    ("abs(x - 0.3)", {"x": 0.3}, -1.0, 1.0, "abs(-0.3 + x)"),
    ("clip(x, 0, 1)", {"x": 1.0}, 1.0, 0.0, "min(max(x, 0), 1)"),
    ("sqrt(abs(x))", {"x": 0.0}, -INF, INF, "abs(x)"),
]

JUMPS: list[tuple[str, float, float, str]] = [
    ("floor(x)", 1.0, 0.0, "floor(x)"),
    ("ceil(x)", 1.0, 0.0, "ceil(x)"),
    ("round(x)", 0.5, 0.0, "round(x)"),
    ("sign(x)", 0.0, 0.0, "sign(x)"),
    ("x % 1", 2.0, 1.0, "floor(x)"),
    ("x // 2", 4.0, 0.0, "floor(x/2)"),
    ("acot(x)", 0.0, -1.0, "acot(x)"),
    ("where(x == 2, 5, x)", 2.0, 1.0, "x == 2"),
    ("(x >= 1) + x", 1.0, 1.0, "x >= 1"),
]

SMOOTH: list[tuple[str, float, float]] = [
    ("abs(x)**2", 0.0, 0.0),
    ("abs(x)*sin(x)", 0.0, 0.0),
    ("x*abs(x)", 0.0, 0.0),
    ("relu(x)**2", 0.0, 0.0),
    ("maximum(x, x)", 3.0, 1.0),
    ("where(x > 0, x**2, 0)", 0.0, 0.0),
    ("where(x == 0, 1, sin(x)/x)", 0.0, 0.0),
    ("where(x > 0, exp(x), 1 + x)", 0.0, 1.0),
    ("floor(x) - floor(x) + x", 2.0, 1.0),
    ("abs(x - 1)", 0.0, -1.0),
    ("x**3", 0.0, 0.0),
    ("x**1.5", 0.0, 0.0),
    ("sqrt(x**3)", 0.0, 0.0),
    ("x**0", 0.0, 0.0),
]


@pytest.mark.parametrize(("source", "values", "left", "right", "where"), KINKS, ids=[case[0] for case in KINKS])
def test_kink(source: str, values: dict[str, Any], left: float, right: float, where: str) -> None:
    truth = slope(source, **values)
    assert (truth.status, truth.left, truth.right, truth.where) == ("kink", left, right, where)
    assert math.isnan(truth.high)


@pytest.mark.parametrize(("source", "x", "side", "where"), JUMPS, ids=[case[0] for case in JUMPS])
def test_value_jumps(source: str, x: float, side: float, where: str) -> None:
    truth = slope(source, x=x)
    assert (truth.status, truth.left, truth.right, truth.where) == ("kink", side, side, where)


@pytest.mark.parametrize(("source", "x", "expected"), SMOOTH, ids=[case[0] for case in SMOOTH])
def test_smooth_all_the_same(source: str, x: float, expected: float) -> None:
    truth = slope(source, x=x)
    assert (truth.status, truth.high, truth.low) == ("number", expected, 0.0)


@pytest.mark.parametrize(
    ("source", "x", "high", "left", "right"),
    [
        ("sqrt(x)", 0.0, INF, None, INF),
        ("cbrt(x)", 0.0, INF, INF, INF),
        ("-cbrt(x)", 0.0, -INF, -INF, -INF),
        ("log(x)", 0.0, INF, None, INF),
        ("1/x", 0.0, -INF, -INF, -INF),
        ("1/x**2", 0.0, -INF, INF, -INF),
        ("log(abs(x))", 0.0, INF, -INF, INF),
        ("asin(x)", 1.0, INF, INF, None),
        ("acosh(x)", 1.0, INF, None, INF),
    ],
)
def test_infinite(source: str, x: float, high: float, left: float | None, right: float | None) -> None:
    truth = slope(source, x=x)
    assert (truth.status, truth.high, truth.left, truth.right) == ("infinite", high, left, right)


@pytest.mark.parametrize(
    ("source", "x", "value", "derivative"),
    [
        ("x**(1/3)", -8.0, "complex", "complex"),
        ("log(x)", -1.0, "complex", "number"),
        ("sqrt(x)*sqrt(x - 1)", -2.0, "complex", "complex"),
        ("asin(x)", 2.0, "complex", "complex"),
        ("where(x > 0, sqrt(x), 0)", -1.0, "number", "number"),
        ("sin(x)/x", 0.0, "undefined", "undefined"),
        ("x*log(x)", 0.0, "undefined", "undefined"),
        ("1/x", 0.0, "infinite", "infinite"),
        ("exp(x)", 1000.0, "number", "number"),
    ],
)
def test_status_of_value_and_derivative(source: str, x: float, value: str, derivative: str) -> None:
    answer = gradient(source, x=x)
    assert (answer.values[0].status, answer.derivatives[0].status) == (value, derivative)


def test_a_kink_of_one_variable_does_not_touch_another() -> None:
    answer = gradient("x**2 + y*abs(z)", x=3.0, y=2.0, z=0.0)
    assert [(t.status, t.high) for t in answer.derivatives[:2]] == [("number", 6.0), ("number", 0.0)]
    assert (answer.derivatives[2].status, answer.derivatives[2].right) == ("kink", 2.0)


def test_power_at_the_origin() -> None:
    by_base, by_exponent = gradient("x**y", x=0.0, y=2.0).derivatives
    assert (by_base.status, by_base.high) == ("number", 0.0)
    assert (by_exponent.status, by_exponent.high) == ("number", 0.0)


def test_kink_inside_a_large_program() -> None:
    large = "abs(" + " + ".join(f"{i}.25*sin({i}*x)" for i in range(1, 40)) + ")"
    truth = slope(large, x=0.0)
    assert truth.status == "kink"
    assert truth.right is not None
    assert truth.left == -truth.right
    assert truth.right == sum(i * (i + 0.25) for i in range(1, 40))


def test_angle_on_its_cut() -> None:
    by_y, by_x = gradient("atan2(y, x)", y=0.0, x=-1.0).derivatives
    assert (by_y.status, by_y.left, by_y.right) == ("kink", -1.0, -1.0)
    assert (by_x.status, by_x.high) == ("number", 0.0)


@pytest.mark.parametrize(
    ("source", "x", "value", "derivative"),
    [
        ("sqrt(x)**2", -1.0, "complex", "complex"),
        ("sqrt(x)*sqrt(x)", -1.0, "complex", "complex"),
        ("x/x", 0.0, "undefined", "undefined"),
        ("x**2/x", 0.0, "undefined", "undefined"),
        ("0*log(x) + x", -1.0, "complex", "number"),
        ("sin(asin(x))", 2.0, "complex", "complex"),
        ("x - x", INF, "undefined", "number"),
        ("sum([x*log(x), 1])", 0.0, "undefined", "undefined"),
        ("mean([x*log(x), 1])", 0.0, "undefined", "undefined"),
        ("abs(x*log(x))", 0.0, "undefined", "undefined"),
    ],
)
def test_algebra_does_not_widen_the_domain(source: str, x: float, value: str, derivative: str) -> None:
    answer = gradient(source, x=x)
    assert (answer.values[0].status, answer.derivatives[0].status) == (value, derivative)


def test_a_domain_that_is_left_does_not_touch_other_variables() -> None:
    by_x, by_y = gradient("sqrt(x)**2 + y**2", x=-1.0, y=3.0).derivatives
    assert (by_x.status, by_x.where) == ("complex", "sqrt(x)")
    assert (by_y.status, by_y.high) == ("number", 6.0)


@pytest.mark.parametrize(
    ("source", "component", "left", "right"),
    [("abs(x)", 2.0, -2.0, 2.0), ("relu(x)", -3.0, -3.0, 0.0), ("sqrt(abs(x))", 4.0, -INF, INF)],
)
def test_a_kink_along_a_direction_has_both_sides(source: str, component: float, left: float, right: float) -> None:
    answer = solve(Question(source, {"x": 0.0}, ("x",), "pushforward", tangents={"x": component}))
    assert isinstance(answer, Answer)
    (truth,) = answer.derivatives
    assert (truth.status, truth.left, truth.right) == ("kink", left, right)


def test_along_a_direction_only_what_it_breaks_is_a_kink() -> None:
    """Along (1, 1) the two numbers stay equal."""
    for tangents, statuses in (({"x": 1.0, "y": 1.0}, ["number"]), ({"x": 1.0, "y": 2.0}, ["kink"])):
        answer = solve(Question("abs(x - y)", {"x": 0.1, "y": 0.1}, ("x", "y"), "pushforward", tangents=tangents))
        assert isinstance(answer, Answer)
        assert [truth.status for truth in answer.derivatives] == statuses
