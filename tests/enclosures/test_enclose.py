"""From a request to enclosures: every kind of derivative, what is not decided, digits, and odd input."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from gradcli.address import EntryAddress, Input
from gradcli.enclosures.answers.enclose import enclose
from gradcli.enclosures.functions import elementwise
from gradcli.enclosures.protocol import Ball, Kind, Request, Undecided
from gradcli.errors import Problem
from gradcli.transforms.operators.derivative import derivative
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.operators.hessian import hessian, hvp
from gradcli.transforms.operators.jacobian import jacobian
from gradcli.transforms.operators.jvp import jvp
from gradcli.transforms.results.base import Derived

X, Y = Input("x"), Input("y")


def gradient(source: str, kind: Kind = "gradient", **values: Any) -> Any:
    return enclose(Request(source, values, tuple(values), kind))


def middle(ball: Ball | Undecided) -> float:
    assert isinstance(ball, Ball), ball
    return float(Fraction(ball.low + ball.high, 2) * Fraction(2) ** ball.exponent)


def request(result: Derived) -> Request:
    q = result.question()
    return Request(q.source, q.values, q.wrt, q.kind, q.seed, q.tangents, q.order)


PROGRAM = "u = x*y; v = sin(u) + x**2; exp(-v)*log(y) + u/v"
POINT = {"x": 1.25, "y": 2.5}
ARRAYS = {"x": [0.5, 1.5, 2.5], "a": [[2.0, 1.0, 0.5], [0.25, 3.0, 1.0], [1.0, 0.5, 4.0]]}


def arrays(*names: str) -> dict[str, Any]:
    return {name: ARRAYS[name] for name in names}


@pytest.mark.parametrize(
    "result",
    [
        grad(PROGRAM, POINT),
        jacobian(f"[{PROGRAM.rsplit(';', 1)[1]}, x*y, 3]".join(["u = x*y; v = sin(u) + x**2;", ""]), POINT),
        jacobian("a @ x", arrays("a", "x")),
        jacobian("[x*2, x**3, sin(x), x]", {"x": 0.75}),
        hessian(PROGRAM, POINT),
        hessian("sum(solve(a, x)**2) + det(a)*log(abs(det(a)))", arrays("a", "x")),
        hvp(PROGRAM, POINT, {"x": 0.5, "y": -2.0}),
        jvp("[x*y, atan2(y, x)]", POINT, {"x": 0.5, "y": -2.0}),
        derivative("exp(sin(x))*log(1 + x**2)/(1 + exp(-x))", {"x": 0.5}, 8),
        grad("a @ x", arrays("a", "x"), seed=[1.0, -2.0, 0.5]),
        grad("sum(sort(x)*softmax(x)) + std(x)*median(x) + logsumexp(x) + norm(x, 3)", arrays("x")),
        grad("sum(inv(a)*cholesky(a + a.T)) + sum(matrix_power(a, 3)) + sum(pinv(a[:, 0:2]))", arrays("a")),
        grad("sum(cumprod(x)*cumsum(x)) + prod(x) + max(x)*min(x) + sum(kron(x, x))", arrays("x")),
        grad("a if x > 1 else b", {"x": 2.0, "a": 3.0, "b": 4.0}, wrt=["a", "b"]),
        grad("sum(x[x > 1]) + sum(x[[0, 0, 2]])", arrays("x")),
        grad("sum(i*x**i for i in range(1, 6))", {"x": 0.9}),
    ],
    ids=lambda result: type(result).__name__,
)
def test_each_number_of_the_engine_is_close_to_its_enclosure(result: Derived) -> None:
    found = enclose(request(result))
    assert found.derivatives
    assert len(found.derivatives) == found.total
    for ball in found.derivatives:
        assert middle(ball) == pytest.approx(result.number(ball.address), rel=1e-13, abs=1e-300)
    for ball in found.values:
        assert middle(ball) == pytest.approx(np.ravel(result.value)[ball.address.output], rel=1e-13)


@pytest.mark.parametrize(
    ("source", "values", "reason"),
    [
        ("abs(x)", {"x": 0.0}, "abs is not differentiable at 0"),
        ("abs(x)*y", {"x": 0.0, "y": 0.0}, "abs is not differentiable at 0"),
        ("relu(x - 1)", {"x": 1.0}, "relu is not differentiable at 0"),
        ("maximum(x, y)", {"x": 2.0, "y": 2.0}, "maximum is at a tie"),
        ("max(x)", {"x": [1.0, 3.0, 3.0]}, "maximum is at a tie"),
        ("sum(sort(x)*[1, 2])", {"x": [1.0, 1.0]}, "an order is at a tie"),
        ("where(x > 0, x, 2*x)", {"x": 0.0}, "a comparison changes at this point"),
        ("(x > 0)*x", {"x": 0.0}, "a comparison changes at this point"),
        ("x if x > 0 else 2*x", {"x": 0.0}, "a condition changes at this point"),
        ("x[argmax(x)]", {"x": [2.0, 2.0]}, "an order is at a tie"),
        ("sum(x[x >= 0])", {"x": [0.0, 1.0]}, "which entries an index picks changes at this point"),
        ("floor(x)", {"x": 3.0}, "floor jumps at this point"),
        ("round(x)", {"x": 2.5}, "round jumps at this point"),
        ("sign(x)", {"x": 0.0}, "sign jumps at 0"),
        ("norm(x)", {"x": [0.0, 0.0]}, "norm is not differentiable at 0"),
        ("hypot(x, y)", {"x": 0.0, "y": 0.0}, "hypot is not differentiable at (0, 0)"),
        ("sqrt(x)", {"x": 0.0}, "sqrt has no power series at 0"),
        ("1/x", {"x": 0.0}, "reciprocal has no power series at 0"),
        ("exp(x)", {"x": 1e300}, "exp is too large at 1e+300"),
        ("log(-exp(exp(x)))", {"x": 9.0}, "log has no power series at -1.33240e+3519"),
        ("exp(x)", {"x": 710.0}, "it is larger than any float64"),
        ("-x*x", {"x": 1e200}, "it is larger than any float64"),
        ("log(x)", {"x": -1.0}, "log has no power series at -1"),
        ("gamma(x)", {"x": -2.0}, "gamma has no power series at -2"),
        ("tan(x)*0 + atanh(x)", {"x": 1.0}, "atanh has no power series at 1"),
        ("x**y", {"x": -2.0, "y": 3.0}, "a negative base has no power beside a whole one"),
        ("gammainc(3, x)", {"x": -2.0}, "this point is outside of the function's domain"),
        ("gammaincc(-2, x)", {"x": 2.0}, "this point is outside of the function's domain"),
        ("gamma_density(-2, x)", {"x": 2.0}, "this point is outside of the function's domain"),
        ("betainc(2, 3, x)", {"x": 1.5}, "this point is outside of the function's domain"),
        ("beta_density(-2, 3, x)", {"x": 0.5}, "this point is outside of the function's domain"),
        ("x*2", {"x": math.inf}, "an input is not finite"),
        ("x*2", {"x": math.nan}, "an input is not finite"),
        ("inv(x)", {"x": [[1.0, 2.0], [2.0, 4.0]]}, "a matrix is singular, or not told from a singular one"),
    ],
)
def test_where_there_is_no_derivative_nothing_is_enclosed(source: str, values: dict[str, Any], reason: str) -> None:
    found = enclose(
        Request(source, values, tuple(values), "gradient", seed=np.ones((2, 2)).tolist() if "inv" in source else None)
    )
    reasons = {n.reason for n in (*found.values, *found.derivatives) if isinstance(n, Undecided)}
    assert reasons == {reason}


def test_the_largest_float64_is_enclosed() -> None:
    found = gradient("x*y", x=1.7976931348623157e308, y=1.0)
    assert middle(found.values[0]) == 1.7976931348623157e308
    assert middle(found.derivatives[1]) == 1.7976931348623157e308


def test_the_value_at_a_kink_is_enclosed_and_so_is_what_does_not_pass_it() -> None:
    found = gradient("relu(x)*y + y", x=0.0, y=2.0)
    assert middle(found.values[0]) == 2.0
    assert isinstance(found.derivatives[0], Undecided)
    assert middle(found.derivatives[1]) == 1.0


def test_constants_have_no_kinks() -> None:
    assert middle(gradient("x*abs(0) + x*max(2, 2)", x=3.0).derivatives[0]) == 2.0


@pytest.mark.parametrize(
    ("source", "x", "derivative"),
    [
        ("(1 - cos(x))/x**2", 1e-5, -8.333333333277779e-07),
        ("x*(0.1 + 0.2 - 0.3)", 1.0, float(Fraction(0.1) + Fraction(0.2) - Fraction(0.3))),
        ("(x + 1e30) - 1e30", 1.0, 1.0),
        ("exp(x)", -2000.0, 0.0),
        ("sin(x)", 1e300, math.cos(1e300)),
    ],
)
def test_bits_are_added_until_digits_that_cancelled_are_there(source: str, x: float, derivative: float) -> None:
    assert middle(gradient(source, x=x).derivatives[0]) == pytest.approx(derivative, rel=1e-15, abs=1e-320)


def test_digits_are_right_to_the_last() -> None:
    found = enclose(Request("gamma(x)", {"x": 1 / 3}, ("x",), "derivative", order=10, digits=50))
    texts = [n.text for n in (*found.values, *found.derivatives) if isinstance(n, Ball)]
    assert len(texts) == 11
    from mpmath import mp, mpf

    with mp.workdps(90):
        psi = [mp.polygamma(k, mpf(1 / 3)) for k in range(10)]
        slopes = [mp.gamma(mpf(1 / 3))]
        for n in range(10):  # gamma' = gamma*psi
            slopes.append(sum(mp.binomial(n, k) * slopes[k] * psi[n - k] for k in range(n + 1)))
        assert texts == [mp.nstr(slope, 50, strip_zeros=False).rstrip(".") for slope in slopes]


def test_a_zero_and_a_dyadic_number_have_their_digits() -> None:
    found = enclose(Request("x**2 - 2*x + 1", {"x": 1.0}, ("x",), "gradient", digits=30))
    assert [n.text for n in (*found.values, *found.derivatives) if isinstance(n, Ball)] == ["0", "0"]


def test_what_is_larger_than_any_float64_is_said_to_be() -> None:
    found = gradient("exp(exp(x))", x=8.0)
    assert {n.reason for n in (*found.values, *found.derivatives)} == {"it is larger than any float64"}


def test_entries_are_sampled_as_the_oracle_samples_them() -> None:
    x = np.linspace(1, 2, 50).tolist()
    found = enclose(Request("x**2", {"x": x}, ("x",), "jacobian", limit=7))
    assert found.total == 2500
    assert found.sampled
    assert found.derivatives[0].address == EntryAddress(0, (Input("x", 0),))
    assert len(found.derivatives) == 7


def test_a_wrong_program_is_a_problem_as_everywhere() -> None:
    with pytest.raises(Problem):
        gradient("sine(x)", x=1.0)


def test_a_planted_wrong_rule_is_excluded(monkeypatch: pytest.MonkeyPatch) -> None:
    right = elementwise.UNIVARIATE["sin"]
    monkeypatch.setitem(
        elementwise.UNIVARIATE, "sin", lambda x, n: [c * (1 + 1e-9 * k) for k, c in enumerate(right(x, n))]
    )
    found = gradient("sin(x)", x=1.0)
    assert abs(middle(found.derivatives[0]) - math.cos(1.0)) > 1e-10


def test_the_next_precision_is_what_the_last_run_lacked() -> None:
    stages: list[str] = []
    source = "v = x; " + "v = 3*v - 3*v + 0.1*v; " * 100 + "v"
    found = enclose(Request(source, {"x": 0.3}, ("x",), "gradient"), stages.append)
    assert middle(found.derivatives[0]) == pytest.approx(1e-100)
    assert stages == ["reading the program", "enclosing with 96 bits", f"enclosing with {found.bits} bits"]
    assert 4 * 96 < found.bits < 16 * 96


def test_where_nothing_is_known_of_what_lacks_no_bits_are_wasted() -> None:
    source = "v = x; " + "v = 3.99*v*(1 - v); " * 200 + "v"
    found = enclose(Request(source, {"x": 0.3}, ("x",), "gradient"))
    assert isinstance(found.derivatives[0], Ball)
    assert found.bits == 16 * 96
