"""Proofs: what is proved is so, and what is not so is never proved."""

from __future__ import annotations

from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcli.symbolic.answers.claims import investigate
from gradcli.symbolic.proof.prove import BoundExpression, is_zero
from gradcli.symbolic.protocol.inquiry import Claim, Finding, Inquiry

X, Y, N = sympy.symbols("x y n", real=True)
KEYS = {X: "x", Y: "y", N: "n"}


def proved(first: object, second: object, positive: tuple[str, ...] = ()) -> bool:
    return is_zero([BoundExpression(sympy.sympify(e), {}, KEYS) for e in (first, second)], positive)


def finding(program: str, claim: str, *points: dict[str, float]) -> Finding:
    return investigate(Inquiry(program, (Claim(("x",), claim),), points, tuple(points[0])))[0]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (sympy.sin(X) ** 2 + sympy.cos(X) ** 2, 1),
        (sympy.sin(X + Y), sympy.sin(X + Y)),
        (sympy.sin(3 * X), 3 * sympy.sin(X) - 4 * sympy.sin(X) ** 3),
        (sympy.cos(X / 2) ** 2, (1 + sympy.cos(X)) / 2),
        (sympy.tan(X), sympy.sin(2 * X) / (1 + sympy.cos(2 * X))),
        (sympy.cosh(X) ** 2 - sympy.sinh(X) ** 2, 1),
        (sympy.tanh(X), 1 - 2 / (sympy.exp(2 * X) + 1)),
        (sympy.exp(X + Y), sympy.exp(X) * sympy.exp(Y)),
        (sympy.sqrt(X) * sympy.sqrt(X + 1), sympy.sqrt(X**2 + X)),
        (sympy.sqrt(8 * X), 2 * sympy.sqrt(2) * sympy.sqrt(X)),
        (X ** sympy.Rational(1, 3) * X ** sympy.Rational(1, 6), sympy.sqrt(X)),
        (1 / sympy.sqrt(X), sympy.sqrt(X) / X),
        (sympy.log(6 * X * Y), sympy.log(2) + sympy.log(3) + sympy.log(X) + sympy.log(Y)),
        (sympy.log(X**2), 2 * sympy.log(-X)),  # both are real where x is negative alone
        (X**N * X**2, X ** (N + 2)),
        ((X * Y) ** N, X**N * Y**N),
        (abs(X) ** 2, X**2),
        (abs(X * Y), abs(X) * abs(Y)),
        (sympy.sign(X) * X, abs(X)),
        (sympy.erfc(-X), 1 + sympy.erf(X)),
        (sympy.atan(-X), -sympy.atan(X)),
        (sympy.cos(2 * sympy.acos(X)), 2 * X**2 - 1),
        (sympy.sin(3 * sympy.asin(X)), 3 * X - 4 * X**3),
        (sympy.tan(2 * sympy.atan(X)), 2 * X / (1 - X**2)),
        (sympy.sin(sympy.asin(X) + sympy.acos(Y)), X * Y + sympy.sqrt(1 - X**2) * sympy.sqrt(1 - Y**2)),
        (sympy.tan(sympy.atan(X) + sympy.atan(Y)), (X + Y) / (1 - X * Y)),
        (sympy.sin(X + sympy.atan(Y)), (sympy.sin(X) + Y * sympy.cos(X)) / sympy.sqrt(1 + Y**2)),
        (sympy.cosh(2 * sympy.asinh(X)), 1 + 2 * X**2),
        (sympy.cosh(3 * sympy.acosh(X)), 4 * X**3 - 3 * X),
        (sympy.tanh(2 * sympy.atanh(X)), 2 * X / (1 + X**2)),
        (sympy.acos(X), sympy.pi / 2 - sympy.asin(X)),
        (sympy.acos(-X), sympy.pi - sympy.acos(X)),
        (sympy.sqrt(X**2 + 2 * X + 1), abs(X + 1)),
        (sympy.sqrt(sympy.cosh(2 * X) - 1), sympy.sqrt(2) * abs(sympy.sinh(X))),
        (abs(sympy.exp(X) - sympy.exp(Y)) * sympy.sign(X - Y), sympy.exp(X) - sympy.exp(Y)),
        (sympy.sqrt(1 - sympy.sin(X) ** 2), abs(sympy.cos(X))),
        (sympy.sqrt(1 + sympy.sinh(X) ** 2), sympy.cosh(X)),
        (1 / (1 + sympy.sqrt(2)), sympy.sqrt(2) - 1),
        ((1 + sympy.sqrt(X)) ** 2 / (1 - X), (1 + sympy.sqrt(X)) / (1 - sympy.sqrt(X))),
    ],
    ids=str,
)  # fmt: skip
def test_identities(first: object, second: object) -> None:
    assert proved(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (sympy.sin(X) ** 2 + sympy.cos(X) ** 2, 1 + sympy.Rational(1, 10**30)),
        (abs(X), X),
        (sympy.sqrt(X**2 + 2 * X * Y + Y**2), X + Y),
        (X**N * abs(X), X**N * X),
        (sympy.sqrt((X**N) ** 2), X**N),
        (sympy.log(X**2), sympy.log(-X)),
        (sympy.sin(X), X),
        (sympy.atan(X) + sympy.atan(1 / X), sympy.pi / 2),
        (sympy.asin(sympy.sin(X)), X),
        (sympy.acos(sympy.cos(X)), X),
        (sympy.sqrt(X**2 + 2 * X + 1), X + 1),
        (sympy.sqrt(1 - sympy.sin(X) ** 2), sympy.cos(X)),
        (sympy.cos(sympy.asin(X) / 2), sympy.sqrt(1 - X**2)),
        (sympy.exp(sympy.acosh(X)), X - sympy.sqrt(X**2 - 1)),
        (sympy.exp(X), sympy.exp(Y)),
        (sympy.sqrt(sympy.cosh(2 * X) - 1), sympy.sqrt(2) * sympy.sinh(X)),
        (abs(sympy.exp(X) + sympy.exp(Y)) * sympy.sign(X - Y), sympy.exp(X) + sympy.exp(Y)),
        (abs(2 * sympy.exp(X) - sympy.exp(Y)) * sympy.sign(X - Y), 2 * sympy.exp(X) - sympy.exp(Y)),
        (sympy.pi, sympy.Rational(355, 113)),
    ],
    ids=str,
)
def test_what_is_not_so(first: object, second: object) -> None:
    assert not proved(first, second)


def test_a_range_makes_positive() -> None:
    assert proved(abs(X), X, ("x",))
    assert not proved(abs(Y), Y, ("x",))


def test_nothing_is_learnt_from_a_branch_that_is_not_taken() -> None:
    everywhere = finding("x*y", "y + (abs(x) - x)*sqrt(x)", {"x": 1.0, "y": 1.0})
    assert everywhere.proof
    branch = finding("x*y", "y + (abs(x) - x)*where(y > 0, sqrt(x), 1)", {"x": 1.0, "y": 1.0}, {"x": 2.0, "y": -3.0})
    assert {outcome.status for outcome in branch.outcomes} == {"agree"}
    assert not branch.proof


def test_fixed_numbers_are_decimals() -> None:
    claim = Claim(("x",), "0.2*x")
    (found,) = investigate(Inquiry("a*x**2", (claim,), ({"a": 0.1, "x": 3.0},), ("x",)))
    assert found.proof
    (found,) = investigate(Inquiry("a*x**2", (Claim(("x",), "0.02"),), ({"a": 0.1, "x": 0.1},), ()))
    assert [outcome.status for outcome in found.outcomes] == ["agree"]


LEAVES = st.sampled_from([X, Y, sympy.Integer(2), sympy.Rational(1, 3), sympy.sqrt(2)])
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda p: p[0] + p[1]),
        st.tuples(inner, inner).map(lambda p: p[0] * p[1]),
        inner.map(lambda e: 1 / (e**2 + 1)),
        inner.map(sympy.sin),
        inner.map(sympy.cosh),
        inner.map(sympy.exp),
        inner.map(lambda e: sympy.sqrt(e**2 + 1)),
        inner.map(lambda e: sympy.log(e**2 + 2)),
        inner.map(abs),
    ),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(TREES, TREES)
def test_what_is_proved_is_so_in_numbers(first: sympy.Expr, second: sympy.Expr) -> None:
    """Random pairs, and each with itself expanded: SymPy's own numbers agree with every proof."""
    assert not proved(first, first + sympy.Rational(1, 1000))
    for pair in ((first, second), (first, sympy.expand(first, trig=True))):
        if proved(*pair):
            for point in ({X: sympy.Rational(3, 7), Y: sympy.Rational(-5, 3)}, {X: -2, Y: sympy.Rational(1, 9)}):
                a, b = (sympy.N(e.subs(point), 30) for e in pair)
                assert abs(a - b) <= 1e-20 * (1 + abs(a))


def test_all_the_digits_that_are_written_count() -> None:
    """More of them than a float64 has: both numbers are the same float64."""
    source = "(100000000000000000001 - 100000000000000000000)*x"
    for claim, proved in (("1", True), ("0", False)):
        (found,) = investigate(Inquiry(source, (Claim(("x",), claim),), ({"x": 3.0},), ("x",)))
        assert bool(found.proof) is proved
        assert (found.refutation is None) is proved


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (sympy.exp(X), sympy.exp(X / 2)),
        (sympy.exp(X / 2), sympy.exp(X)),
        (sympy.sin(X), sympy.sin(X / 2)),
        (sympy.cos(25 * X), sympy.cos(X)),
        (sympy.sqrt(1 + X**2), (1 + X**2) ** sympy.Rational(1, 4)),
        (sympy.exp(sympy.Rational(981, 100) * X), sympy.exp(sympy.Rational(982, 100) * X)),
        (X ** sympy.Rational(617, 500), X ** sympy.Rational(618, 500)),
    ],
    ids=str,
)  # fmt: skip
def test_a_kernel_stands_for_one_function(first: object, second: object) -> None:
    assert not proved(first, second)


@pytest.mark.parametrize(
    ("program", "claim"),
    [
        ("exp(9.81*x)", "9.81*exp(9.81*x)"),
        ("exp(9.81*x)*exp(x)", "10.81*exp(10.81*x)"),
        ("sin(25*x)", "25*cos(25*x)"),
        ("sin(100.5*x)*exp(-3.7*x)", "100.5*cos(100.5*x)*exp(-3.7*x) - 3.7*sin(100.5*x)*exp(-3.7*x)"),
        ("x**65", "65*x**64"),
        ("(x + 1)**100", "100*(x + 1)**99"),
        ("x**1.234", "1.234*x**0.234"),
        ("(x + 1)**1.234", "1.234*(x + 1)**0.234"),
        ("(x**2)**1.5", "3*x*sqrt(x**2)"),
        ("sin(asin(x))", "1"),
        ("tan(atan(x))", "1"),
        ("sin(acos(x))", "-x/sqrt(1 - x**2)"),
        ("tan(asin(x))", "1/(1 - x**2)**1.5"),
        ("cosh(asinh(x))", "x/sqrt(1 + x**2)"),
        ("tanh(atanh(x))", "1"),
        ("asinh(sinh(x))", "1"),
        ("acosh(cosh(x))", "sign(x)"),
        ("asin(sin(x))", "sign(cos(x))"),
        ("sec(acos(x))", "-1/x**2"),
        ("sinh(asech(x))", "-1/(x**2*sqrt(1 - x**2))"),
    ],
)
def test_numbers_that_people_write_are_no_obstacle(program: str, claim: str) -> None:
    right = finding(program, claim, {"x": 0.3}, {"x": 0.7})
    assert right.proof
    wrong = finding(program, f"{claim} + 0.000001*x", {"x": 0.3}, {"x": 0.7})
    assert not wrong.proof


@pytest.mark.parametrize(
    ("first", "second", "form"),
    [
        (sympy.sqrt(X**2), -X, {"x": -1}),
        (abs(X), -X, {"x": -1}),
        (sympy.sqrt((X - 5) ** 2), 5 - X, {"x": -1, None: 5}),
        (abs(X - 5) / (X - 5), -1, {"x": -1, None: 5}),
        (sympy.log(1 / (X - 5) ** 2), -2 * sympy.log(5 - X), {"x": -1, None: 5}),
        (abs(2 * X - 1), 2 * X - 1, {"x": 1, None: sympy.Rational(-1, 2)}),
        (sympy.sqrt((X - Y) ** 2), X - Y, {"x": 1, "y": -1}),
    ],
    ids=str,
)
def test_what_is_known_to_be_positive_is_used(first: object, second: object, form: dict[str | None, Any]) -> None:
    bound = [BoundExpression(sympy.sympify(e), {}, KEYS) for e in (first, second)]
    assert is_zero(bound, [form])
    assert not is_zero([bound[0], bound[1]._replace(expression=-bound[1].expression)], [form])
    if not sympy.sympify(first).has(sympy.log):  # which is real on one side alone
        assert not is_zero(bound, [{key: -number for key, number in form.items()}])
