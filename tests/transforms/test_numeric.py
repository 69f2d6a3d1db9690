"""The numeric witness: values alone, no rule of the table, and right where the engine is."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from gradcli.address import EntryAddress
from gradcli.engine.rules.rule import Rule
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.operators.hessian import hessian
from gradcli.transforms.operators.jacobian import jacobian
from gradcli.transforms.program.execute import execute, leaves
from gradcli.transforms.program.numpy_eval import NotAnalytic, numpy_eval
from gradcli.transforms.program.prepare import prepare
from gradcli.transforms.verify.check import picked
from gradcli.transforms.verify.numeric import COMPLEX, DIFFERENCES, Numeric, numeric
from tests.corpora import cases

POINT = {"x": [1.5, 0.25], "y": 2.0}

PROGRAMS = [
    "sum(x**3*y) + exp(x[0]*y)*sin(x[1])",
    "x @ [[1, 2], [3, y]] @ x",
    "norm(x) * softplus(y)",
    "max(x) * y + min(x[0], y)",
    "sum(where(x > 0.5, log(x), x**2))*y",
    "A = outer(x, x) + 3*eye(2); logabsdet(A) + trace(inv(A))*y",
    "sum(cumprod(x))/y + std(x) + prod(x, axis=0)",
    "len(x)*y + argmax(x) + x[1] + sum(linspace(0, 1, 3)*y)",
    "sum(sort(x)*[1, 2]) + hypot(y, x[0])",
    "gamma(y)*erf(x[0]) + j0(y)*lgamma(x[1])",
    "a = stack(x, x*y); sum(a[1, ::-1]*a[0])",
]


@pytest.mark.parametrize("text", PROGRAMS)
def test_values_without_tensors_are_those_of_tensors(text: str) -> None:
    prepared = prepare(text, POINT)
    with_tensors = execute(prepared.program, leaves(prepared)).array
    assert numpy_eval(prepared.program, prepared.values).tolist() == pytest.approx(np.ravel(with_tensors), rel=1e-15)


def close(result: Any, found: dict[EntryAddress, Numeric], rel: float) -> None:
    assert found
    for address, number in found.items():
        engine = result.number(address)
        assert number.value is not None, (address, number)
        assert abs(number.value - engine) <= 4 * number.error + 1e-13 * abs(engine), (address, number, engine)
        assert number.error <= rel * max(abs(engine), abs(float(np.max(np.abs(result.value))))), (address, number)


@pytest.mark.parametrize("text", PROGRAMS)
def test_gradients(text: str) -> None:
    result = grad(text, POINT)
    close(result, numeric(result, picked(result, 400)), 1e-9)


@pytest.mark.parametrize("text", ["[x*y, x[0]/x + y]", "[x, abs(x)]*y", "outer(x, [y, 1])"])
def test_jacobians_and_weighted_gradients(text: str) -> None:
    result = jacobian(text, POINT)
    close(result, numeric(result, picked(result, 400)), 1e-9)
    weighted = grad(text, POINT, seed=np.linspace(1, 2, np.size(result.value)).reshape(np.shape(result.value)))
    close(weighted, numeric(weighted, picked(weighted, 400)), 1e-9)


@pytest.mark.parametrize("text", [PROGRAMS[0], PROGRAMS[1], "hypot(x[0], y)*x[1] + softplus(x[0]*y)"])
def test_hessians(text: str) -> None:
    result = hessian(text, POINT)
    close(result, numeric(result, picked(result, 400)), 1e-7)


def test_gradients_of_real_expressions() -> None:
    tried = 0
    for case in list(cases("feynman"))[::3]:
        result = grad(case.expression, case.point)
        found = numeric(result, picked(result, 400))
        for address, number in found.items():
            reference = case.gradients[address.by[0].name]
            assert number.value is not None
            assert abs(number.value - reference) <= 4 * number.error + 1e-12 * abs(reference), (case, address, number)
            tried += number.method == COMPLEX
    assert tried > 50


def test_it_uses_no_derivative_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    result = grad(PROGRAMS[0], POINT)
    monkeypatch.setattr(Rule, "__init__", lambda self, op: pytest.fail("a rule was asked for"))
    monkeypatch.setattr("gradcli.engine.rules.rule.rule_of", lambda name: pytest.fail("a rule was asked for"))
    assert len(numeric(result, picked(result, 400))) == 3


def method(text: str, **values: float) -> str:
    result = grad(text, values)
    (found,) = numeric(result, picked(result, 1)).values()
    return found.method


def test_a_complex_step_is_taken_only_where_it_means_something() -> None:
    assert method("x**3*exp(x)", x=2.0) == COMPLEX
    assert method("where(x > 1, x**2, x)", x=2.0) == COMPLEX
    assert method("abs(x)*x", x=2.0) == DIFFERENCES
    assert method("(-x)**101", x=2.0) == DIFFERENCES  # the complex power has no digits left in its imaginary part
    assert method("log(x)", x=-1.0) == "the values are not finite near the point"  # though its continuation is
    assert method("abs(x)", x=0.0) == "the slopes of both sides differ"


def test_a_complex_number_is_refused_by_what_does_not_continue() -> None:
    program = prepare("hypot(x, 1)", {"x": 2.0}).program
    with pytest.raises(NotAnalytic):
        numpy_eval(program, {"x": np.complex128(2 + 1e-20j)})


def test_digits_that_the_values_do_not_have_are_not_claimed() -> None:
    result = grad("(1 - cos(x))/x**2", {"x": 0.01})
    (found,) = numeric(result, picked(result, 1)).values()
    assert found.value is not None
    error = abs(found.value - -0.000833327777792658725459783472906)
    assert found.method == COMPLEX
    assert 1e-15 < error <= 4 * found.error


def test_the_deadline() -> None:
    result = grad("x*y", {"x": 1.0, "y": 2.0})
    found = numeric(result, picked(result, 2), time.monotonic() - 1)
    assert [n.value for n in found.values()] == [None, None]
    assert {n.method for n in found.values()} == {"not reached in time"}


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_of_an_input_that_is_not_finite_there_is_none(number: float) -> None:
    for result in (grad("x", {"x": number}), hessian("x*y", {"x": number, "y": 1.0})):
        found = numeric(result, picked(result, 10)).values()
        assert any(n.value is None for n in found)
        assert all(n.value is None or np.isfinite(n.value) for n in found)
