"""The bound on rounding: over every operation of the run, and never an alarm about a right derivative."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import mpmath
import numpy as np
import pytest

from gradcli.address import EntryAddress
from gradcli.engine.rules.rule import rule_of
from gradcli.symbolic.answers.solve import solve
from gradcli.transforms.operators.derivative import derivative
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.operators.hessian import hessian, hvp
from gradcli.transforms.operators.jvp import jvp
from gradcli.transforms.program.prepare import prepare
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.tolerances import UNIT_ROUNDOFF
from gradcli.transforms.results.verdict import Verdict
from gradcli.transforms.verify.check import judge
from gradcli.transforms.verify.recording import record
from gradcli.transforms.verify.rounding import Bounds

VALUE = EntryAddress(0)


def verdict(result: Derived) -> Verdict:
    return judge(result, solve(result.question()))


@pytest.mark.parametrize(
    ("text", "point", "wrt"),
    [
        ("x*(exp(1e-3) - 1)", {"x": 1.0}, None),
        ("sin(x)*(1 - cos(1e-5))/3", {"x": 0.7}, None),
        ("a = [1e-5, 2e-5]; x*sum(cos(a) - 1)", {"x": 2.0}, None),
        ("x*(det([[1.1, 0.3], [0.3, 0.0818]]))", {"x": 2.0}, None),
        ("exp(-k*t)*cos(w*t)", {"k": 0.5, "t": 3.1, "w": 0.5067}, ("k",)),
        ("k*(cos(w*t) + 1e-3) - k*1e-3", {"k": 0.3, "t": 11.0, "w": 0.1428}, ("k",)),
        ("x**n*(n**0.5 - 1.4142135)", {"x": -1.5, "n": 2.0}, ("x",)),
        ("log_softmax(x)[0]", {"x": [5.0, 0.0]}, None),
        ("log_softmax(x)[1]", {"x": [-1.0, 30.0, 2.0]}, None),
        ("einsum('i,i,i->', x, y, z)", {"x": [1.1, 2.3], "y": [3.1, 0.7], "z": [1.7, -3.600621118]}, ("x",)),
        ("var(x)", {"x": [0.1, 0.1, 0.1]}, None),
        ("logsumexp(x)", {"x": [-0.7, -0.6863]}, None),
        ("sum(x) - 0.6", {"x": [0.1, 0.2, 0.3]}, None),
        ("(0.1*x + 0.4 - 0.5)**2", {"x": 1.0}, None),
        ("(0.1*x + 0.4 - 0.5)**4", {"x": 1.0}, None),
        ("cos(0.1*x + 0.4 - 0.5)", {"x": 1.0}, None),
    ],
)
def test_a_right_derivative_is_not_called_different(
    text: str, point: Mapping[str, Any], wrt: tuple[str, ...] | None
) -> None:
    assert verdict(grad(text, point, wrt)).verdict == "verified"
    assert verdict(hessian(text, point, wrt)).verdict == "verified"


@pytest.mark.parametrize("order", [1, 2, 3, 4, 7])
def test_series_round_in_constants_too(order: int) -> None:
    assert verdict(derivative("sin(x)*(exp(1e-6) - 1)", {"x": 1.0}, order)).verdict == "verified"
    point = {"x": 9.903447009003425}
    low = min(order, 2)
    assert verdict(derivative("(exp(x) - exp(-x))/(exp(x) + exp(-x))", point, low)).verdict == "verified"


def test_a_series_that_picks_one_of_several_outputs() -> None:
    result = derivative("n = 0 + 1; a, b = split([x, 0.1*x], 2); sum(b)**(n + 1)*(exp(1e-6) - 1)", {"x": 1.0}, 3)
    assert verdict(result).verdict == "verified"


def test_second_derivatives_that_are_zero() -> None:
    found = verdict(hessian("sum(eigvalsh(W))", {"W": [[-2.0, 0.0], [-1.0, 2.0]]}))
    assert found.verdict == "verified"


def test_along_a_direction() -> None:
    result = hvp("x**2*y*(exp(1e-4) - 1)", {"x": 1.5, "y": 2.0}, {"x": 1.0, "y": -0.3})
    assert verdict(result).verdict == "verified"


def test_the_second_derivatives_of_a_kink_are_those_of_a_kink() -> None:
    assert verdict(hessian("maximum(x*y, x*z)", {"x": 1.0, "y": 1.0, "z": 1.0})).verdict == "kink"


@pytest.mark.parametrize("text", ["x*(0.1 + 0.2 - 0.3)", "y = 2*x; y*(0.1 + 0.2 - 0.3)"])
def test_a_zero_as_nearly_as_float64_can_say_it(text: str) -> None:
    found = verdict(grad(text, {"x": 1.0}))
    assert found.verdict == "verified"
    assert found.reason is not None
    assert "no digit of the value is right" in found.reason
    assert "no digit of the derivative is right, a zero as nearly as float64 can say it" in found.reason


CONSTANT_COTANGENTS: list[Callable[[], Derived]] = [
    lambda: grad("[x, x, x]", {"x": 1.0}, seed=[0.1, 0.2, -0.3]),
    lambda: grad("[x, 2*x, 3*x]", {"x": 1.0}, seed=[0.7, 0.1, -0.3]),
    lambda: grad("y = x*[1, 1, 1]; y", {"x": 3.0}, seed=[0.1, 0.2, -0.3]),
    lambda: grad("0.1*x - 0.3*x + 0.2*x", {"x": 1.0}),
    lambda: grad("-0.3*x + 0.2*x + 0.1*x", {"x": 1.0}),
    lambda: jvp("0.1*x + 0.2*x - 0.3*x", {"x": 1.0}, {"x": 1.0}),
    lambda: jvp("[0.1*x + 0.2*x - 0.3*x, x]", {"x": 1.0}, {"x": 7.0}),
    lambda: jvp("1e6*(x + y + z)", dict.fromkeys("xyz", 1.0), {"x": 0.1, "y": 0.2, "z": -0.3}),
    lambda: jvp("x*(0.1 + 0.2 - 0.3)", {"x": 1.0}, {"x": 1.0}),
    lambda: hvp("x*(0.1 + 0.2 - 0.3)*x", {"x": 1.0}, {"x": 1.0}),
    lambda: hvp("x*y*(0.1 + 0.2 - 0.3)", {"x": 1.0, "y": 2.0}, {"x": 1.0, "y": -3.0}),
    lambda: hessian("-0.3*x**2 + 0.2*x**2 + 0.1*x**2", {"x": 1.0}),
    lambda: derivative("0.1*x + 0.2*x - 0.3*x", {"x": 1.0}, 2),
]
"""Sums of cotangents, or of tangents, that do not depend on the point, and zeros along a direction."""


@pytest.mark.parametrize("make", CONSTANT_COTANGENTS)
def test_sums_on_the_way_back_and_forward_round(make: Callable[[], Derived]) -> None:
    found = verdict(make())
    assert found.verdict == "verified", found


@pytest.mark.parametrize("factor", [1 + 1e-9, 1 - 1e-9])
def test_what_rounding_in_constant_cotangents_does_not_explain_differs(factor: float) -> None:
    for result in (
        grad("[x, x, y*x]", {"x": 1.0, "y": 2.0}, seed=[0.1, 0.2, -0.3]),
        grad("0.1*x + 0.2*x - 0.25*x", {"x": 1.0}),
    ):
        wrong = replace(result, gradients={name: number * factor for name, number in result.gradients.items()})
        assert verdict(wrong).verdict == "differs"
    pushed = jvp("0.1*x + 0.2*x - 0.25*x", {"x": 1.0}, {"x": 1.0})
    (number,) = (n for _, n in pushed.arrays())
    assert verdict(pushed.corrected({pushed.address(0): float(number) * factor})).verdict == "differs"


def test_a_sum_that_was_enlarged_is_no_zero_along_a_direction() -> None:
    for result in (
        jvp("(1 - cos(x))/x**2", {"x": 1e-5}, {"x": 1.0}),
        hvp("(1 - cos(x))/x**2", {"x": 1e-4}, {"x": 2.0}),
    ):
        found = verdict(result)
        assert found.verdict == "differs"
        assert (found.reason or "").startswith("rounding has taken more than half of the digits")


def test_digits_of_the_derivative_are_told() -> None:
    found = verdict(grad("(exp(x) - exp(-x))/(exp(x) + exp(-x))", {"x": 20.0}))
    assert found.verdict == "verified"
    assert found.reason is not None
    assert "no digit of the derivative is right" in found.reason


@pytest.mark.parametrize(
    ("text", "point", "wrt"),
    [
        ("(1 - cos(x))/x**2", {"x": 1e-5}, ("x",)),
        ("(1 - cos(k))/k**2*x", {"k": 1e-8, "x": 1.0}, ("x",)),
    ],
)
def test_a_sum_that_was_enlarged_is_no_zero(text: str, point: Mapping[str, Any], wrt: tuple[str, ...]) -> None:
    found = verdict(grad(text, point, wrt))
    assert found.verdict == "differs"
    assert (found.reason or "").startswith("rounding has taken more than half of the digits")


@pytest.mark.parametrize(
    ("text", "point", "rule"),
    [
        ("x*(exp(1e-3) - 1)", {"x": 1.0}, "mul"),
        ("log_softmax(x)[0]", {"x": [5.0, 0.0]}, "log_softmax"),
        ("(0.1*x + 0.4 - 0.25)**2", {"x": 1.0}, "pow_scalar"),
        ("exp(-k*t)*cos(w*t)", {"k": 0.5, "t": 3.1, "w": 0.5067}, "exp"),
    ],
)
def test_a_planted_fault_is_beyond_the_bound(
    text: str, point: Mapping[str, Any], rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = rule_of(rule).vjps

    def wrong(*given: Any) -> Any:
        return right[0](*given) * (1 + 1e-6)

    monkeypatch.setattr(rule_of(rule), "_vjps", (wrong, *right[1:]))
    monkeypatch.setattr(rule_of(rule), "fused_vjps", (None,) * 4)
    assert verdict(grad(text, point)).verdict == "differs"


def test_what_nobody_differentiates_by_is_recorded() -> None:
    found = record(prepare("exp(0.5)*x + k*k", {"x": 2.0, "k": 3.0}, ("x",)))
    assert [float(t.array) for t in found.rounded] == [1.6487212707001282, 3.2974425414002564, 9.0, 12.297442541400256]
    assert all(t.requires_grad for t in (*found.rounded, *found.inputs.values()))


@pytest.mark.parametrize(
    "text",
    [
        "sum(x[n], axis=n - 2)*polygamma(n, 2.5)",
        "sum(clip(x, 0.5, n))",
        "sum(linspace(0, n, 3))*x[0, 0]",
        "sum(broadcast_to(x, [n + 1, 2, 2]))",
        "u, s, v = svd(x); s[n - 1]",
    ],
)
def test_axes_orders_and_indices_stay_constants(text: str) -> None:
    point = {"x": [[1.5, 0.5], [0.25, 1.0]], "n": 1.0}
    point = {name: value for name, value in point.items() if name == "x" or "n" in text}
    result = grad(text, point, ("x",))
    bounds = Bounds(result)
    first = bounds.bound(result.address(0))
    assert 0 <= first < 1e3 * UNIT_ROUNDOFF
    assert first <= bounds.bound(result.address(0), 1.0) < 1e4 * UNIT_ROUNDOFF


def test_what_underflows_is_no_difference() -> None:
    found = verdict(grad("logaddexp(x, y)", {"x": 715.3604655821443, "y": -3.095427453696481}))
    assert found.verdict == "verified"


def test_the_first_order_and_beyond() -> None:
    bounds = Bounds(grad("(0.1*x + 0.4 - 0.5)**2", {"x": 1.0}))
    assert bounds.bound(VALUE) == 0
    assert 7.7e-34 < bounds.bound(VALUE, 1e-34) < 1e-31
    assert bounds.explain(7.7e-34, VALUE)
    assert not bounds.explain(1e-29, VALUE)


@pytest.mark.parametrize(
    ("text", "point", "wrt"),
    [
        ("x*sin(w*t)", {"x": 2.0, "w": 1.0471975511965976, "t": 3.0}, "x"),
        ("exp(-k*t)*cos(w*t)", {"k": 0.5, "w": 0.5235987755982988, "t": 3.0}, "k"),
        ("x*tan(w*t*v)", {"x": 2.0, "w": 1.0471975511965976, "t": 3.0, "v": 1.1}, "x"),
    ],
)
def test_beside_a_zero_of_a_sine_the_argument_is_what_cancels(text: str, point: dict[str, float], wrt: str) -> None:
    found = verdict(grad(text, point, (wrt,)))
    assert found.verdict == "verified"


def test_a_sine_of_a_sum_that_cancelled_is_no_zero_of_a_sine() -> None:
    # 1e-7 is left of the sum with six digits: it is what was lost, and not the reduction of the argument.
    point = {"x": 1.0, "a": 1e8 + 1e-7}
    assert verdict(grad("x*1e9*sin(a - 100000000)", point, ("x",))).verdict == "verified"
    assert verdict(grad("x*1e20*sin(exp(18.420680743952367) - 1e8)", {"x": 1.0})).verdict == "differs"


@pytest.mark.parametrize(
    ("text", "point"),
    [("log10(10**x) - x", {"x": 2.0}), ("log(2**x) - 0.7*x", {"x": 3.0}), ("2**x*0.1**x*5**x - 1", {"x": 1.0})],
)
def test_an_exponent_that_varies_rounds_where_it_is_whole_too(text: str, point: dict[str, float]) -> None:
    assert verdict(grad(text, point)).verdict == "verified"


def test_a_second_derivative_that_is_zero_but_for_rounding() -> None:
    result = hessian("sum(log(1.5**v))", {"v": [1.0, 1.0, 1.0]})
    assert result.hessian.any()
    assert verdict(result).verdict == "verified"


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("log_expit(x)", {"x": 710.0}),
        ("expit(x)", {"x": -710.0}),
        ("softplus(x)", {"x": -720.0}),
        ("v*v*1e300", {"v": 1e-165}),
        ("v*v", {"v": 1e-300}),
    ],
)
def test_what_underflows_is_a_zero(text: str, point: dict[str, float]) -> None:
    assert verdict(grad(text, point)).verdict == "verified"


def test_a_zero_that_was_given_has_not_underflowed() -> None:
    bounds = Bounds(grad("x*y*1e300", {"x": 0.0, "y": 2.0}))
    assert bounds.bound(VALUE) == 0


@pytest.mark.parametrize("order", [0, 1, 2, 3, 7, 12])
def test_derivatives_of_sinc_are_within_their_bounds(order: int) -> None:
    for x in (1e-9, 1e-3, 0.31, 0.63, 0.64, 1.5, 2.2, 3.9, 50.3):
        result = grad(f"dsinc({order}, x)", {"x": x})
        with mpmath.workdps(200):  # the terms of the series at 50.3 have 70 digits more than their sum
            terms = range((order + 2) // 2, order + 400)
            angle, orders = mpmath.pi * mpmath.mpf(x), order + 1
            exact = mpmath.pi**orders * mpmath.fsum(
                (-1) ** k * angle ** (2 * k - orders) / ((2 * k + 1) * mpmath.factorial(2 * k - orders)) for k in terms
            )
            error = abs(mpmath.mpf(float(result.gradients["x"])) - exact)
        assert Bounds(result).explain(float(error), result.address(0))
        if x < 0.6:
            assert error <= 8 * np.spacing(abs(float(exact)))


def test_a_slope_that_overflows_on_its_way_is_no_reason_to_know_better() -> None:
    # The argument of the sine is 5e283, known to one part in 10**16: nothing of the derivative can be right.
    found = verdict(grad("sin(gamma(x))", {"x": 160.5}))
    assert "rounding has taken more than half of the digits" in (found.reason or "")


@pytest.mark.parametrize("x", [1e-9, 1e-6, -1e-8])
def test_what_counts_beside_the_other_numbers_is_no_zero(x: float) -> None:
    # Beside the terms of the second derivative, 1/x**2, the true -1/3 is nothing; beside the value it is not.
    for result in (derivative("sin(x)/x", {"x": x}, 4), hessian("sin(x)/x", {"x": x})):
        assert verdict(result).verdict == "differs"


@pytest.mark.parametrize("text", ["0.1*x**2 + 0.2*x**2 - 0.3*x**2", "sin(x)**2 + cos(x)**2", "exp(x)*exp(-x)"])
def test_a_second_derivative_that_is_a_zero_but_for_rounding(text: str) -> None:
    for result in (derivative(text, {"x": 1.7}, 3), hessian(text, {"x": 1.7})):
        assert verdict(result).verdict == "verified"


def test_a_slope_is_not_lost_below_the_smallest_numbers() -> None:
    assert verdict(grad("log_ndtr(x)", {"x": 27.825259067250215})).verdict == "verified"


NEARLY_SINGULAR = [[1.0, 1.0], [1.0, 1.0001]]


@pytest.mark.parametrize("text", ["sum(qr(A)[0])", "sum(qr(A)[1])", "sum(pinv(A))", "pinv(A)[0, 1]", "qr(A)[1][1, 1]"])
def test_derivatives_of_a_matrix_that_is_nearly_singular(text: str) -> None:
    """What is 0 of the rule for any matrix is left out: the condition would magnify its rounding."""
    assert verdict(grad(text, {"A": NEARLY_SINGULAR})).verdict == "verified"


@pytest.mark.parametrize(
    ("text", "point", "told"),
    [
        ("exp(-735*x)*exp(700*x)", {"x": 1.0}, "numbers on the way to it underflow"),
        ("sum(pinv(A))", {"A": [[0.3, 0.3], [0.1, 0.10001]]}, "the point is ill-conditioned"),
        ("(1 - cos(x))/x**2", {"x": 1e-5}, "the expression cancels at this point"),
    ],
)
def test_why_digits_are_lost(text: str, point: Mapping[str, Any], told: str) -> None:
    found = verdict(grad(text, point))
    assert found.verdict == "differs"
    assert told in (found.reason or "")


def test_rounding_that_is_left_of_a_sum_cancels_no_more() -> None:
    """What the first difference leaves is 0 but for rounding, and so is each further difference of it."""
    result = grad("x*(a*(0.1 + 0.2 - 0.3) - a*(0.3 + 0.4 - 0.7))", {"x": 1.0, "a": 1.0})
    assert 0.1 < Bounds(result).cancelled(result.address(0)) < 1.0
