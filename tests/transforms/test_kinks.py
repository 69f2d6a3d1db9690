"""What a result says at a kink: of every transform, of smooth functions made of kinks, of wrong conventions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from gradcli.ops import TABLE
from gradcli.transforms.kinks.detect import KinkDetector
from gradcli.transforms.operators.derivative import derivative
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.operators.hessian import hessian, hvp
from gradcli.transforms.operators.jacobian import jacobian
from gradcli.transforms.operators.jvp import jvp
from gradcli.transforms.program.prepare import prepare
from gradcli.transforms.results.findings import Kink
from gradcli.transforms.verify.ask import check
from gradcli.transforms.verify.check import judge
from tests.symbolic.asking import gradient


def told(kinks: tuple[Kink, ...]) -> list[tuple[str, str, str, float | None, float | None]]:
    """(kind, the place's text, entry, left, right) of each entry of each kink."""
    return [(k.kind, k.source[slice(*k.span)], s.of, s.left, s.right) for k in kinks for s in k.sides]


@pytest.mark.parametrize(
    "op", [op for op in TABLE.values() if op.peers and op.kind != "general"], ids=lambda op: op.name
)
def test_every_operation_with_kinks_is_found_at_its_kink(op: Any) -> None:
    result = grad(op.peers.call, {"x": op.peers.x})
    names = {op.name, "greater", "less", "equal"} if op.kind == "predicate" else {op.name}
    if op.name in ("equal", "not_equal") or op.peers.call == "median([x, 1, 1])":
        assert result.kinks == () or result.kinks[0].op in names  # x itself on both sides, or the same number
    else:
        assert {k.op for k in result.kinks} <= names
        assert result.kinks


SMOOTH = ["abs(x)**2", "max(x, 0)**2", "x*abs(x)", "x**2*sign(x)*x", "where(x > 0, x**2, 0)", "abs(x)**3",
          "cos(abs(x))", "maximum(x, x) + abs(x)**2", "relu(x)**2 - relu(-x)**2", "hypot(x, 0)**4", "x**1.5*0 + x",
          "min(x**2, x**4)", "abs(x)*sin(x)", "where(x >= 0, exp(x), 1 + x)", "floor(x/4 + 0.5)", "x**2"]  # fmt: skip


@pytest.mark.parametrize("source", SMOOTH)
def test_a_smooth_function_of_kinks_is_no_kink(source: str) -> None:
    result = grad(source, {"x": 0.0})
    assert result.kinks == ()
    (truth,) = gradient(source, x=0.0).derivatives
    assert truth.status == "number"
    assert result.gradients["x"] == truth.high


SPOILT = [("relu(x) - relu(-x)", 1.0), ("sqrt(x**4)", 0.0), ("sqrt(x**2)**2", 0.0), ("abs(x) - 2*relu(-x)", 1.0),
          ("x*sqrt(abs(x))", 0.0), ("2*relu(x) - abs(x)", 1.0), ("max(x, 0) - min(x, 0)*-1", 1.0),
          ("where(x > 0, 2*x, x) + where(x > 0, 0, x)", 2.0)]  # fmt: skip


@pytest.mark.parametrize(("source", "true"), SPOILT)
def test_what_a_convention_spoils_is_told_with_the_right_number(source: str, true: float) -> None:
    result = grad(source, {"x": 0.0})
    (truth,) = gradient(source, x=0.0).derivatives
    assert (truth.status, truth.high) == ("number", true)
    assert result.gradients["x"] == true
    sides = [s for k in result.kinks for s in k.sides]
    assert {k.kind for k in result.kinks} <= {"smooth"}
    assert {(s.left, s.right) for s in sides} <= {(true, true)}
    assert not any(s.given == true for s in sides)


STEEP = [("x**x", -math.inf), ("x**sin(x)", -math.inf), ("sin(x)**x", -math.inf), ("1 + x**x + abs(x)", -math.inf),
         ("abs(x)**x", -math.inf), ("-2*x**x", math.inf), ("abs(x)**abs(x)", math.nan)]  # fmt: skip


@pytest.mark.parametrize(("source", "slope"), STEEP)
def test_no_finite_number_is_given_where_the_slope_is_infinite_on_every_side(source: str, slope: float) -> None:
    result = grad(source, {"x": 0.0})
    np.testing.assert_equal(result.gradients["x"], slope)
    assert {kink.kind for kink in result.kinks} == {"singular"}
    assert judge(result, gradient(source, x=0.0)).verdict == "singular"


def test_infinite_slopes_of_every_transform() -> None:
    steep = {"x": 0.0, "y": 1.0}
    assert grad("(x*y)**x", steep).gradients == {"x": -math.inf, "y": 0.0}
    np.testing.assert_equal(jacobian("[(x*y)**x, x]", steep).jacobian, [[-math.inf, 0.0], [1.0, 0.0]])
    assert derivative("x**x", {"x": 0.0}, 3).derivatives == (-math.inf, math.inf, -math.inf)
    assert grad("x**(x**2)", {"x": 0.0}).gradients == {"x": 0.0}


def test_a_finite_side_keeps_its_convention() -> None:
    result = grad("where(x > 0, sqrt(x), x)", {"x": 0.0})
    assert result.gradients == {"x": 1.0}
    assert told(result.kinks)[0][2:] == ("df/dx", 1.0, math.inf)


def test_a_jacobian_names_the_outputs_own_kinks() -> None:
    result = jacobian("[abs(x), max(x, y), x*y]", {"x": 0.0, "y": 0.0})
    assert told(result.kinks) == [
        ("kink", "abs(x)", "df[0]/dx", -1.0, 1.0),
        ("kink", "max(x, y)", "df[1]/dx", 0.0, 1.0),
        ("kink", "max(x, y)", "df[1]/dy", 0.0, 1.0),
    ]


def test_only_the_entries_at_a_kink() -> None:
    (kink,) = grad("sum(abs(x)*[1, 2, 3])", {"x": [0.0, 1.0, 0.0]}).kinks
    assert (kink.indices, kink.count) == (((0,), (2,)), 2)
    assert [(s.of, s.left, s.right) for s in kink.sides] == [("df/dx[0]", -1.0, 1.0), ("df/dx[2]", -3.0, 3.0)]


def test_a_long_list_of_entries_is_cut() -> None:
    (kink,) = grad("sum(abs(x))", {"x": np.zeros(40)}).kinks
    assert (len(kink.indices), kink.count, len(kink.sides)) == (10, 40, 40)


def test_partial_derivatives_alone_are_no_derivative() -> None:
    result = grad("min(abs(x), abs(y))", {"x": 0.0, "y": 0.0})
    assert set(told(result.kinks)) == {
        ("kink", "abs(x)", "df along x=1, y=2", -1.0, 1.0),
        ("kink", "abs(y)", "df along x=1, y=2", -1.0, 1.0),
    }
    assert grad("abs(x*y)", {"x": 0.0, "y": 0.0}).kinks == ()
    assert grad("abs(x)**2 + abs(y)**3 + x*y", {"x": 0.0, "y": 0.0}).kinks == ()


def test_a_seed_weights_both_sides() -> None:
    (kink,) = grad("[abs(x), x]", {"x": 0.0}, seed=[2.0, 5.0]).kinks
    assert [(s.left, s.right, s.given) for s in kink.sides] == [(3.0, 7.0, 5.0)]


def test_second_orders() -> None:
    assert told(hessian("x*abs(x)", {"x": 0.0}).kinks) == [("kink", "abs(x)", "d2f/dx dx", -2.0, 2.0)]
    assert told(hessian("abs(x)**2", {"x": 0.0}).kinks) == [("smooth", "abs(x)", "d2f/dx dx", 2.0, 2.0)]
    assert told(hessian("abs(x*y)", {"x": 0.0, "y": 0.0}).kinks) == [("kink", "abs(x*y)", "d2f/dx dy", -1.0, 1.0)]
    assert told(hessian("abs(x)", {"x": 0.0}).kinks) == [("kink", "abs(x)", "df/dx", -1.0, 1.0)]
    assert hessian("abs(x)**3 + x*y", {"x": 0.0, "y": 1.0}).kinks == ()
    assert told(hvp("x*abs(x)", {"x": 0.0}, {"x": 2.0}).kinks) == [("kink", "abs(x)", "d(df/dx)", -4.0, 4.0)]


def test_along_a_direction_and_to_any_order() -> None:
    assert told(jvp("[abs(x), x]", {"x": 0.0}, {"x": 2.0}).kinks) == [("kink", "abs(x)", "df[0]", -2.0, 2.0)]
    assert told(derivative("x**2*abs(x)", {"x": 0.0}, order=4).kinks) == [
        ("kink", "abs(x)", "d3f/dx3", -6.0, 6.0),
        ("kink", "abs(x)", "d4f/dx4", 0.0, 0.0),
    ]
    assert derivative("abs(x)**4", {"x": 1.0}, order=4).kinks == ()


def test_kinks_are_those_of_exact_arithmetic_on_float64() -> None:
    """0.3 - 0.1 - 0.2 is not 0, neither in float64 nor for the exact values of these three float64."""
    assert grad("abs(x - 0.1 - 0.2)", {"x": 0.3}).kinks == ()
    assert grad("abs(x - 0.3)", {"x": 0.3}).kinks != ()


def test_what_only_rounding_puts_at_a_kink_is_told_as_wrong() -> None:
    """In float64 the argument is 0; it is 1e-20, and the slope there is 1."""
    result = grad("abs(x + 1e-20 - 1)", {"x": 1.0})
    assert told(result.kinks) == [("smooth", "abs(x + 1e-20 - 1)", "df/dx", 1.0, 1.0)]


def test_where_one_sided_series_do_not_reach_it_says_so() -> None:
    (kink,) = grad("svdvals(x)[0]", {"x": [[1.0, 0.0], [0.0, 1.0]]}).kinks
    assert (kink.kind, kink.sides) == ("undecided", ())
    assert kink.reason


def test_too_many_inputs_are_named_and_not_searched() -> None:
    (kink,) = grad("sum(abs(x))", {"x": np.zeros(5000)}).kinks
    assert (kink.kind, kink.count) == ("undecided", 5000)


def test_programs_without_kinks_are_not_looked_at() -> None:
    assert KinkDetector(prepare("x**2 + sin(x) - exp(x)/x**3", {"x": 1.0}).program).observer is None
    assert KinkDetector(prepare("x**0.5", {"x": 1.0}).program).observer is not None


def test_the_check_bears_the_sides_out() -> None:
    verdict = check(grad("abs(x)*y", {"x": 0.0, "y": 2.0}), timeout=60)
    assert verdict.verdict == "kink"
    assert "the same" in str(verdict.reason)


def test_sides_that_the_oracle_contradicts_are_a_difference() -> None:
    """A planted wrong side."""
    from dataclasses import replace

    result = grad("abs(x)", {"x": 0.0})
    (kink,) = result.kinks
    wrong = replace(result, kinks=(replace(kink, sides=(replace(kink.sides[0], right=2.0),)),))
    verdict = judge(wrong, gradient("abs(x)", x=0.0))
    assert verdict.verdict == "differs"
    assert "one-sided" in str(verdict.reason)


def test_a_value_that_grows_without_bound_is_a_jump() -> None:
    ((kink,), (other,)) = (grad(f"where(x > 0, {f}, 0)", {"x": 0.0}).kinks for f in ("log(x)", "1/x"))
    assert [(s.left, s.right, s.jumps) for s in kink.sides] == [(0.0, math.inf, True)]
    assert [(s.left, s.right, s.jumps) for s in other.sides] == [(0.0, -math.inf, True)]


def test_where_there_is_no_value_there_is_no_derivative() -> None:
    assert grad("sum(x/norm(x))", {"x": [0.0, 0.0]}).kinks == ()
    assert grad("mean((x - mean(x))/std(x))", {"x": [2.0, 2.0]}).kinks == ()


def test_values_that_are_not_finite_pass() -> None:
    for source in ("abs(x)/x", "log(abs(x))", "1/relu(x)"):
        result = grad(source, {"x": 0.0})
        assert not math.isfinite(float(np.asarray(result.value)))


@pytest.mark.parametrize(
    ("order", "matrix", "left", "right"),
    [
        (1, [[1.0, 2.0], [3.0, 2.0]], [[0.0, 0.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 1.0]]),
        (-1, [[1.0, 2.0], [3.0, 2.0]], [[1.0, 1.0], [1.0, 1.0]], [[0.0, 0.0], [0.0, 0.0]]),
        (np.inf, [[1.0, -2.0], [3.0, 0.0]], [[0.0, -1.0], [0.0, -1.0]], [[1.0, 0.0], [1.0, 1.0]]),
        (-np.inf, [[1.0, -2.0], [3.0, 0.0]], [[1.0, 0.0], [1.0, 0.0]], [[0.0, -1.0], [0.0, 0.0]]),
    ],
)
def test_norms_of_matrices_have_their_sides_at_ties(order: float, matrix: Any, left: Any, right: Any) -> None:
    order_text = repr(order) if np.isfinite(order) else str(order)
    (kink,) = grad(f"norm(A, {order_text})", {"A": matrix}).kinks
    assert kink.kind == "kink"
    told = {sides.of: (sides.left, sides.right) for sides in kink.sides}
    step = 1e-6
    for i in range(2):
        for j in range(2):
            # What both sides are, by moving the entry: the values are linear there.
            moved = np.zeros((2, 2))
            moved[i, j] = step
            here, above, below = (np.linalg.norm(np.array(matrix) + k * moved, order) for k in (0, 1, -1))
            assert told.get(f"df/dA[{i},{j}]", (0.0, 0.0)) == (left[i][j], right[i][j])
            assert (here - below) / step == pytest.approx(left[i][j], abs=1e-6)
            assert (above - here) / step == pytest.approx(right[i][j], abs=1e-6)


def test_where_the_slope_is_infinite_the_hessian_has_what_the_second_derivative_has() -> None:
    for text in ("x**x", "x**(2*x)", "3*x**x + x"):
        found = hessian(text, {"x": 0.0})
        assert found.hessian.tolist() == [[math.inf]]
        assert derivative(text, {"x": 0.0}, 2).derivatives[1] == math.inf
    both = hessian("x**x + y**2", {"x": 0.0, "y": 1.0})
    assert both.hessian.tolist() == [[math.inf, 0.0], [0.0, 2.0]]
    assert hessian("abs(x) + y**2", {"x": 0.0, "y": 1.0}).hessian.tolist() == [[0.0, 0.0], [0.0, 2.0]]


def test_a_power_whose_exponent_varies_is_not_smooth_at_0_whatever_the_exponent() -> None:
    at_1 = hessian("x**y", {"x": 0.0, "y": 1.0})
    assert at_1.hessian.tolist() == [[0.0, -math.inf], [-math.inf, 0.0]]
    assert [kink.kind for kink in at_1.kinks] == ["singular"]
    for y in (2.0, 3.0):
        smooth = hessian("x**y", {"x": 0.0, "y": y})
        assert smooth.kinks == ()
        assert smooth.hessian.tolist() == [[2.0 if y == 2 else 0.0, 0.0], [0.0, 0.0]]
        assert grad("x**y", {"x": 0.0, "y": y}).kinks == ()
    assert hessian("x**2*y", {"x": 0.0, "y": 1.0}).kinks == ()
