"""Other ways to write what is not finite: each equal by SymPy, and none offered that is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gradcli.lang import Call, Tree, unparse, variables
from gradcli.lang.tree.nodes import Program
from gradcli.transforms.nonfinite.rewrites import candidates, pairs
from gradcli.transforms.nonfinite.suggest_rewrite import all_finite, confirm
from gradcli.transforms.operators.evaluate import evaluate
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.results.findings import Origin, Remedy

FOUND: list[tuple[str, dict[str, Any], str]] = [
    ("log(1 + exp(x))", {"x": 800.0}, "softplus(x)"),
    ("log(exp(a) + exp(b))", {"a": 800.0, "b": 1.0}, "logaddexp(a, b)"),
    ("log(sum(exp(x)))", {"x": [800.0, 1.0]}, "logsumexp(x)"),
    ("1 - 1/(1 + exp(-2*x))", {"x": -800.0}, "1 - sigmoid(2*x)"),
    ("z = exp(x); z/(1 + z)", {"x": 800.0}, "z = exp(x); sigmoid(x)"),
    ("sqrt(x**2 + y*y)", {"x": 0.0, "y": 0.0}, "hypot(x, y)"),
    ("sqrt(sum((x - y)**2))", {"x": [1.0, 2.0], "y": [1.0, 2.0]}, "norm(x - y)"),
    ("1/(1/x)", {"x": 0.0}, "x"),
    ("3*sin(x)/x", {"x": 0.0}, "3*sinc(x/pi)"),
    ("log(1 - exp(-x))", {"x": 1e-20}, "log(-expm1(-x))"),
    ("(1 - cos(x))/x**2", {"x": 0.0}, "sinc(x/(2*pi))**2/2"),
    ("a**2 - b**2 + 1", {"a": 1e200, "b": 1e200}, "(a - b)*(a + b) + 1"),
    ("(x > 0)*log(x)", {"x": 0.0}, "where(x > 0, log(x), 0)"),
    ("sum(exp(x)/sum(exp(x))*[1, 2])", {"x": [800.0, 1.0]}, "sum(softmax(x)*[1, 2])"),
]


@pytest.mark.parametrize(("text", "values", "expected"), FOUND, ids=[case[0] for case in FOUND])
def test_found_and_confirmed(text: str, values: dict[str, Any], expected: str) -> None:
    origin = grad(text, values).origin
    assert origin is not None
    assert origin.remedy is not None
    assert origin.remedy.program == expected
    confirmed = confirm(origin, values, 60).remedy
    assert confirmed is not None
    assert confirmed.confirmed
    assert all_finite(grad(expected, values))


@pytest.mark.parametrize(
    ("text", "values"),
    [("1/x", {"x": 0.0}), ("sqrt(x)", {"x": -1.0}), ("log(1 + x)", {"x": -2.0})],
)
def test_nothing_is_offered_that_is_not_finite(text: str, values: dict[str, Any]) -> None:
    origin = grad(text, values).origin
    assert origin is not None
    assert origin.remedy is None


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [("x*log(x)", {"x": 0.0}, "xlogy(x, x)"), ("sum(p*log(p))", {"p": [0.0, 1.0]}, "sum(xlogy(p, p))")],
)
def test_where_the_derivative_is_infinite_the_value_is_helped_and_that_is_said(
    text: str, values: dict[str, Any], expected: str
) -> None:
    origin = grad(text, values).origin
    assert origin is not None
    assert origin.remedy is not None
    assert (origin.remedy.program, origin.remedy.value_only) == (expected, True)
    better = grad(expected, values)
    assert np.isfinite(better.value)
    assert not all_finite(better)


def test_of_a_value_alone_less_is_asked() -> None:
    origin = evaluate("x*log(x)", {"x": 0.0}).origin
    assert origin is not None
    assert origin.remedy is not None
    assert evaluate(origin.remedy.program, {"x": 0.0}).value == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [("log(1 + x)", "log1p(2*x)"), ("sqrt(x**2)", "x"), ("log(x**2)", "2*log(x)"), ("sin(x)/x", "sinc(x)")],
)
def test_what_is_not_equal_is_not_confirmed(before: str, after: str) -> None:
    remedy = Remedy((0, len(before)), before, after, after, (before, after))
    origin = replace(Origin("a NaN", before, (0, len(before))), remedy=remedy)
    assert confirm(origin, {"x": 0.5}, 60).remedy is None


def test_a_name_that_is_assigned_twice_is_left_alone() -> None:
    assert not list(candidates("z = x; z = exp(z); log(1 + z)", (23, 33)))
    assert [c.remedy.after for c in candidates("z = x; log(1 + z)", (7, 17))] == ["log1p(z)"]


def _reads(tree: Tree) -> list[str]:
    return list(variables(Program("", (), tree)))


@pytest.mark.parametrize("pair", pairs(), ids=lambda pair: unparse(pair.pattern))
def test_every_pair_is_equal_in_numbers(pair: Any) -> None:
    """At positive numbers of moderate size, where every function has a value."""
    random = np.random.default_rng(1)
    names = [name for name in _reads(pair.pattern) if name not in ("pi", "e")]
    assert set(_reads(pair.replacement)) <= {*names, "pi"}
    for _ in range(4):
        values = {name: random.uniform(0.1, 0.9, (3, 3) if "det" in unparse(pair.pattern) else 3) for name in names}
        if "condition" in names:
            before, after = (unparse(t).replace("condition", "(a > 0.5)") for t in pair)
            values = {"a": values["a"]}
        else:
            before, after = unparse(pair.pattern), unparse(pair.replacement)
        if "det" in before:
            values = {"x": values["x"] @ values["x"].T + np.eye(3)}
        assert evaluate(after, values).value == pytest.approx(evaluate(before, values).value, rel=1e-9)


def test_patterns_are_calls() -> None:
    assert all(isinstance(pair.pattern, Call) for pair in pairs())
