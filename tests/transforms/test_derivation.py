"""Derivations: the rules by name, and what they come to in the end."""

from __future__ import annotations

import pytest

from gradcli.errors import Problem
from gradcli.transforms.operators.derivation import derivations
from gradcli.transforms.operators.evaluate import evaluate
from gradcli.transforms.operators.grad import grad
from tests.corpora import cases


def rules(expression: str) -> list[tuple[str, str, str]]:
    (one,) = derivations(expression).derivations
    return [(step.of, step.rule, step.becomes) for step in one.steps]


def test_rules_by_name() -> None:
    assert rules("(x**2 + 1)/(3*x - 1)") == [
        (
            "(x**2 + 1)/(3*x - 1)",
            "quotient rule",
            "(d/dx(x**2 + 1)*(3*x - 1) - (x**2 + 1)*d/dx(3*x - 1))/(3*x - 1)**2",
        ),
        ("x**2 + 1", "constant term", "d/dx(x**2)"),
        ("x**2", "power rule", "2*x"),
        ("3*x - 1", "constant term", "d/dx(3*x)"),
        ("3*x", "constant factor", "3"),
    ]
    assert [rule for _, rule, _ in rules("exp(sin(x))")] == ["chain rule, derivative of exp", "derivative of sin"]
    named = {rule for _, rule, _ in rules("2**x - x**x + 1/x + sin(x)**2*x + (x if x > 0 else -x)")}
    assert named == {
        "sum rule", "difference rule", "exponential rule", "general power rule", "reciprocal rule", "product rule",
        "power rule, chain rule", "derivative of sin", "case by case", "constant factor",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("expression", "pattern"),
    [
        ("x*sin(x)", "(u*v)' = u'*v + u*v'"),
        ("sin(x)/x", "(u/v)' = (u'*v - u*v')/v**2"),
        ("x**3", "(u**n)' = n*u**(n - 1)*u'"),
        ("x**x", "(u**v)' = v*u**(v - 1)*u' + u**v*log(u)*v'"),
        ("tanh(x)", "tanh(u)' = sech(u)**2*u'"),
        ("hypot(x, 2)", "hypot(u, c)' = u/hypot(u, c)*u'"),
    ],
)
def test_what_rules_say(expression: str, pattern: str) -> None:
    assert derivations(expression).derivations[0].steps[0].pattern == pattern


def test_names_stand_for_what_they_name_and_numbers_for_what_is_long() -> None:
    named = rules("a = sin(x)**2; a*exp(a)")
    assert named[0] == ("a*exp(a)", "product rule", "d/dx(a)*exp(a) + a*d/dx(exp(a))")
    assert named[1][0] == "a = sin(x)**2"
    long = rules("(sin(x) + cos(x) + tan(x) + exp(x) + log(x) + x**3)*x")
    assert long[0] == ("(#3 + x**3)*x", "product rule", "d/dx(#3 + x**3)*x + (#3 + x**3)")
    assert long[2][0] == "sin(x) + cos(x) + tan(x) + exp(x) + log(x)"


def test_each_step_is_the_derivative_of_its_part() -> None:
    """Against the engine's derivative of the sub-expression by itself, at the corpus's own points."""
    looked = 0
    for case in list(cases("cas_pairs"))[::9]:
        try:
            found = derivations(case.expression)
        except Problem:
            continue
        for one in found.derivations:
            for step in one.steps:
                of = step.of.partition(" = ")[2] or step.of
                if "#" in of or "=" in step.of:
                    continue
                used = {name: value for name, value in case.point.items() if name in of}
                try:
                    slope = grad(of, used, [one.by]).gradients[one.by]
                    told = evaluate(step.formula, {k: v for k, v in case.point.items() if k in step.formula}).value
                except Problem:
                    continue
                assert told == pytest.approx(slope, rel=1e-9, abs=1e-12), (of, step.formula)
                looked += 1
    assert looked > 60


def test_entries_of_arrays() -> None:
    found = derivations("sum(x**2)", shapes={"x": (2,)}).derivations
    assert [(one.by, one.formula) for one in found] == [("x[0]", "2*x[0]"), ("x[1]", "2*x[1]")]
    with pytest.raises(Problem, match="more than anybody reads"):
        derivations("sum(x**2)", shapes={"x": (99,)})


def test_a_constant_has_no_steps() -> None:
    (one,) = derivations("floor(x)").derivations
    assert (one.steps, one.formula) == ((), "0")
