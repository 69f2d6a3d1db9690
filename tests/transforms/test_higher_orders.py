"""Hessians, directions and n-th derivatives against references and against each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

from gradcli.engine.rules.rule import rule_of
from gradcli.errors import Problem
from gradcli.lang import parse, variables
from gradcli.transforms.operators.derivative import derivative
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.operators.hessian import hessian, hvp
from gradcli.transforms.operators.jacobian import jacobian
from gradcli.transforms.operators.jvp import jvp
from tests.corpora import cases, records

PROGRAMS: list[tuple[str, dict[str, Any]]] = [
    ("x**2*y + sin(x*y)", {"x": 1.5, "y": 0.25}),
    ("sum(x**3) + prod(x)", {"x": [1.0, 2.0, -0.5]}),
    ("norm(A @ x) + trace(A)*x[0]", {"A": [[1.0, 2.0], [3.0, -1.0]], "x": [0.5, 1.5]}),
    ("a = exp(-x); b = a*y + a; where(b > 0, b**2, a)", {"x": 0.3, "y": 2.0}),
    ("log(sum(exp(x))) + mean(reshape(x, (2, 2)) @ reshape(x, (2, 2)))", {"x": [0.1, -0.4, 0.9, 0.2]}),
    ("sum((x + A)[1:]*(2*x - A)[0]) + sum((x % A)[1])", {"x": [0.1, -0.4], "A": [[0.9, 0.7], [0.3, 2.0]]}),
    ("max(x)*min(x) + concatenate([x, [2.0]])[3]*x[1]", {"x": [0.1, -0.4, 0.9]}),
]


@pytest.mark.parametrize("name", ["feynman", "sr_benchmarks"])
def test_hessians_of_the_corpora(name: str) -> None:
    compared = 0
    for record in records(name):
        used = variables(parse(record["expr"]))
        order = [v for v in record["hess_order"] if v in used]
        picked = [record["hess_order"].index(v) for v in order]
        loss = max([1e-12, *(100 * e for e in record["f64_relerr"])])
        for point, reference in zip(record["points"], record["hessians"], strict=True):
            ours = hessian(record["expr"], {v: point[v] for v in order}).hessian
            want = np.asarray(reference)[np.ix_(picked, picked)]
            scale = max(1.0, float(np.max(np.abs(want), initial=0.0)))
            np.testing.assert_allclose(ours, want, rtol=loss, atol=10 * loss * scale, err_msg=record["id"])
            compared += ours.size
    assert compared > 500


@pytest.mark.parametrize(("program", "values"), PROGRAMS)
def test_a_hessian_is_symmetric_and_holds_the_products(program: str, values: dict[str, Any]) -> None:
    found = hessian(program, values)
    np.testing.assert_allclose(found.hessian, found.hessian.T, rtol=1e-13, atol=1e-14)
    rng = np.random.default_rng(5)
    vectors = {n: rng.uniform(-1, 1, np.shape(v)) for n, v in values.items()}
    flat = np.concatenate([np.ravel(vectors[n]) for n in values])
    product = hvp(program, values, vectors).products
    ours = np.concatenate([np.ravel(product[n]) for n in values])
    np.testing.assert_allclose(ours, found.hessian @ flat, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(("program", "values"), PROGRAMS)
def test_forward_mode_agrees_with_reverse_mode(program: str, values: dict[str, Any]) -> None:
    rng = np.random.default_rng(6)
    tangents = {n: rng.uniform(-1, 1, np.shape(v)) for n, v in values.items()}
    pushed = jvp(program, values, tangents)
    matrix = jacobian(program, values)
    flat = np.concatenate([np.ravel(tangents[n]) for n in values])
    np.testing.assert_allclose(np.ravel(pushed.derivative), matrix.jacobian @ flat, rtol=1e-13, atol=1e-14)
    np.testing.assert_array_equal(pushed.value, matrix.value)


SERIES: list[tuple[str, Callable[[Any], Any], float]] = [
    ("exp(sin(x))", lambda x: mpmath.exp(mpmath.sin(x)), 0.5),
    ("x**2.5*log(x)", lambda x: x**2.5 * mpmath.log(x), 1.5),
    ("tanh(x)/(1 + x**2)", lambda x: mpmath.tanh(x) / (1 + x**2), 0.3125),
    ("gamma(x)", mpmath.gamma, 2.5),
    ("asin(x)*sqrt(x + 2)", lambda x: mpmath.asin(x) * mpmath.sqrt(x + 2), 0.25),
    ("x**x", lambda x: x**x, 1.25),
    ("erf(x)", mpmath.erf, 0.75),
    ("x**3", lambda x: x**3, 0.0),
    ("cos(x)*abs(x - 3)", lambda x: mpmath.cos(x) * (3 - x), 1.0),
    ("sum([x, x**2, 1/x])", lambda x: x + x**2 + 1 / x, 1.5),
    ("norm([x, 1])", lambda x: mpmath.sqrt(x**2 + 1), 0.5),
    ("x if x > 1 else x**2", lambda x: x**2, 0.5),
]


@pytest.mark.parametrize(("text", "function", "x"), SERIES, ids=[s[0] for s in SERIES])
def test_derivatives_up_to_order_20_against_mpmath(text: str, function: Callable[[Any], Any], x: float) -> None:
    found = derivative(text, {"x": x}, order=20).derivatives
    with mpmath.workdps(70):
        want = [mpmath.factorial(k) * c for k, c in enumerate(mpmath.taylor(function, mpmath.mpf(x), 20))]
    scale = max(abs(float(w)) for w in want)
    for k, (ours, reference) in enumerate(zip(found, want[1:], strict=True), start=1):
        error = abs(float(ours) - float(reference))
        assert error <= 1e-11 * max(abs(float(reference)), 1e-12 * scale), f"order {k}: {ours!r}, not {reference}"


def test_first_and_second_orders_agree_with_the_engine() -> None:
    compared = 0
    for case in cases("cas_pairs"):
        if list(case.point) != ["x"]:
            continue
        found = derivative(case.expression, case.point, order=2).derivatives
        first = grad(case.expression, case.point).gradients["x"]
        second = hessian(case.expression, case.point).hessian[0, 0]
        assert found[0] == pytest.approx(first, rel=1e-11, abs=1e-12), case.id
        assert found[1] == pytest.approx(second, rel=1e-10, abs=1e-11), case.id
        compared += 1
    assert compared > 80


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: derivative("x", {"x": 1}, order=0), "the order must be from 1 to 150"),
        (lambda: derivative("x*y", {"x": 1, "y": 2}), "name the variable to differentiate by: x, y"),
        (lambda: derivative("sum(x)", {"x": [1, 2]}), "needs a number"),
        (
            lambda: derivative("polygamma(x, 2)", {"x": 1}, order=2),
            "polygamma has no derivative by its parameter 'n'",
        ),
        (lambda: derivative("[x, 2] + [1, 2, 3]", {"x": 1}), "do not broadcast"),
        (lambda: hessian("[x, x]", {"x": 1}), "a Hessian needs one number"),
        (lambda: jvp("x", {"x": 1}, {}), "a tangent is needed"),
        (lambda: jvp("x", {"x": 1}, {"y": 1}), "names 'y', which is no variable"),
        (lambda: hvp("x**2", {"x": 1}, {"x": [1, 2]}), "has shape (2,)"),
        (lambda: jvp("x[y]", {"x": [1, 2], "y": 1}, {"y": 1}), "stands where a whole number must"),
    ],
)
def test_what_cannot_be_done_is_said(call: Callable[[], object], text: str) -> None:
    with pytest.raises(Problem) as caught:
        call()
    assert text in str(caught.value)


def test_deep_expressions_need_no_recursion() -> None:
    text = "x" + " + sin(x)" * 3000
    assert derivative(text, {"x": 0.0}, order=2).derivatives == (3001.0, 0.0)
    nested = "sin(" * 2000 + "x" + ")" * 2000
    assert derivative(nested, {"x": 0.0}, order=1).derivatives == (1.0,)
    assert jvp(nested, {"x": 0.0}, {"x": 1.0}).derivative == 1.0


def test_a_tangent_has_the_shape_of_what_was_broadcast() -> None:
    found = jvp("(x + A)[1:]", {"x": [1.0, 2.0, 3.0], "A": np.ones((3, 3))}, {"x": [1.0, 0.0, 2.0]})
    np.testing.assert_array_equal(found.derivative, [[1.0, 0.0, 2.0]] * 2)


def test_what_numpy_cannot_do_on_the_way_back_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any) -> Any:
        return np.reshape([1.0, 2.0, 3.0], (2, 2))

    monkeypatch.setattr(rule_of("take_along_axis"), "vjps", (refused,))
    with pytest.raises(Problem, match="behind TakeAlongAxisBackward0 cannot be computed here: cannot reshape"):
        grad("sum(take_along_axis(A, [2, 3], axis=None))", {"A": [[1.0, 2.0], [3.0, 4.0]]})


def test_positions_in_the_whole_array_are_differentiated() -> None:
    found = grad("sum(take_along_axis(A, [2, 3, 3], axis=None))", {"A": [[1.0, 2.0], [3.0, 4.0]]})
    np.testing.assert_array_equal(found.gradients["A"], [[0.0, 0.0], [1.0, 2.0]])


def test_a_triangle_of_a_vector_is_numpys_matrix() -> None:
    found = jacobian("triu(v)", {"v": [1.0, 2.0, 3.0]})
    assert np.shape(found.value) == (3, 3)
    np.testing.assert_array_equal(found.jacobian.sum(axis=0), [1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    "text", ["atan(x > 0)*y", "(x > 0)**(-1.5)*y", "y/argmax([x, 5])", "mean([x, 1] > 0)*y", "-(x > 0)*y"]
)
def test_truth_values_and_integers_count_as_float64(text: str) -> None:
    point = {"x": 2.0, "y": 3.0}
    want = {"atan": np.arctan(1.0), "(x >": 1.0, "y/ar": 1.0, "mean": 1.0, "-(x ": -1.0}[text[:4]]
    found = grad(text, point)
    assert (found.value, found.gradients["y"]) == (3 * want, want)
    assert jvp(text, point, {"y": 1.0}).derivative == want
    assert derivative(text, point, order=2, wrt="y").derivatives == (want, 0.0)


def test_a_mask_still_selects() -> None:
    found = grad("sum(x[x > 0]**2) + sum(where(x > 0, x, 0))", {"x": [1.0, -2.0, 3.0]})
    np.testing.assert_array_equal(found.gradients["x"], [3.0, 0.0, 7.0])
