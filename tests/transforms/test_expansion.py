"""Taylor polynomials and tangents: against SymPy's series, mpmath's, and the formulas read back."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest
import sympy

from gradcli.errors import Problem
from gradcli.transforms.operators.evaluate import evaluate
from gradcli.transforms.operators.expansion import expand, tangent
from gradcli.transforms.operators.grad import grad


def at(polynomial: str, values: dict[str, Any]) -> Any:
    """The polynomial's value, by the language."""
    return evaluate(polynomial, {name: value for name, value in values.items() if name in polynomial}).value


@pytest.mark.parametrize(
    ("expression", "point", "degree"),
    [
        ("sin(x)", 0, 7), ("exp(x)*cos(x)", 0, 6), ("log(1 + x)", 0, 6), ("1/(1 - x)", 0, 5), ("sqrt(1 + x)", 0, 5),
        ("tan(x)", 0, 7), ("x**3 - 2*x + 1", 2, 4), ("sin(x)/x", 0, 6), ("(exp(x) - 1)/x", 0, 5), ("atan(x)", 1, 4),
        ("(1 - cos(x))/x**2", 0, 4), ("log(x)", 3, 4), ("exp(-x**2)", -0.5, 4),
    ],
)  # fmt: skip
def test_it_is_sympys_series(expression: str, point: float, degree: int) -> None:
    x = sympy.Symbol("x")
    series = sympy.series(sympy.sympify(expression), x, sympy.Rational(point), degree + 1).removeO()
    found = expand(expression, {"x": point}, degree)
    for step in (-0.5, 0.25, 1.0):
        right = float(series.subs(x, sympy.Rational(point) + sympy.Rational(step)).evalf(30))
        assert at(found.polynomial, {"x": point + step}) == pytest.approx(right, rel=1e-13, abs=1e-14)


def test_it_is_mpmaths_series_too() -> None:
    found = expand("gamma(x)", {"x": 1.5}, 6)
    with mpmath.workdps(40):
        terms = mpmath.taylor(mpmath.gamma, mpmath.mpf("1.5"), 6)
        right = float(mpmath.polyval(terms[::-1], mpmath.mpf("0.25")))
    assert at(found.polynomial, {"x": 1.75}) == pytest.approx(right, rel=1e-14)


@pytest.mark.parametrize(
    ("expression", "point", "degree"),
    [("exp(x*y)", (0, 1), 3), ("sin(x + 2*y)*y", (0, 0), 4), ("a = x*y; a**2 + y/x", (1, 2), 3)],
)
def test_several_variables_are_sympys_terms(expression: str, point: tuple[float, float], degree: int) -> None:
    x, y, t = sympy.symbols("x y t")
    *_, last = expression.split("; ")
    whole = sympy.sympify(last, locals={"x": x, "y": y, "a": x * y})
    moved = whole.subs({x: point[0] + t * x, y: point[1] + t * y}, simultaneous=True)
    along = sum(sympy.diff(moved, t, k).subs(t, 0) / sympy.factorial(k) for k in range(degree + 1))
    found = expand(expression, {"x": point[0], "y": point[1]}, degree)
    assert found.expression == expression
    for dx, dy in ((0.5, -0.25), (-1.0, 0.75)):
        right = float(along.subs({x: dx, y: dy}))
        assert at(found.polynomial, {"x": point[0] + dx, "y": point[1] + dy}) == pytest.approx(right, rel=1e-13)
    assert all(sum(term.orders.values()) <= degree for term in found.terms)


def test_texts() -> None:
    assert expand("exp(x)", {"x": 0}, 4).polynomial == "1 + x + x**2/2 + x**3/6 + x**4/24"
    assert expand("x**2", {"x": -1}, 3).polynomial == "1 - 2*(x + 1) + (x + 1)**2"
    assert expand("[sin(x), cos(x)]", {"x": 0}, 3).polynomial == "[x - x**3/6, 1 - x**2/2]"
    assert expand("exp(-k*t)", {"k": 2, "t": 0}, 2, ["t"]).polynomial == "1 - 2*t + 2*t**2"
    assert expand("0*x", {"x": 1}, 2).polynomial == "0"
    assert expand("x - 1", {"x": 1}, 1).polynomial == "x - 1"
    assert expand("0.1*x", {"x": 0.3}, 1).polynomial == "0.03 + 0.1*(x - 0.3)"


@pytest.mark.parametrize(
    ("expression", "degree"),
    [("exp(x)", 24), ("sin(x)", 21), ("log(1 + x)", 24), ("tan(x)", 17), ("1/(x - 1)", 22), ("cos(x)*exp(x/3)", 7)],
)
def test_rational_coefficients_are_written_exactly(expression: str, degree: int) -> None:
    x = sympy.Symbol("x")
    exact = sympy.series(sympy.sympify(expression), x, 0, degree + 1).removeO()
    text = expand(expression, {"x": 0.0}, degree).polynomial
    assert "1*x" not in text.replace("21*x", "")
    assert sympy.expand(sympy.sympify(text) - exact) == 0


def test_what_is_given_with_decimals_stays_decimal() -> None:
    assert expand("0.1*x*(1 + x)", {"x": 0.0}, 2).polynomial == "0.1*x + 0.1*x**2"
    assert expand("sin(x)", {"x": 1.0}, 1).polynomial == "0.8414709848078965 + 0.5403023058681398*(x - 1)"


def test_a_removable_singularity_has_the_series_of_the_limits() -> None:
    found = expand("sin(x)/x", {"x": 0}, 4)
    assert found.by_limits
    assert found.value == 1.0
    assert list(found.arrays())[1] == ("limit of d2f/dx2", -0.3333333333333333)
    assert found.warnings == ("f has no value at x = 0; the polynomial is that of what f and its derivatives tend to",)
    assert tangent("(exp(x) - 1)/x", {"x": 0}).polynomial == "1 + 0.5*x"


@pytest.mark.parametrize(
    ("expression", "values", "text"),
    [
        ("x**2", {"x": 1}, "1 + 2*(x - 1)"),
        ("x**2*y", {"x": 1, "y": 2}, "2 + 4*(x - 1) + (y - 2)"),
        ("sum(x**2) + y", {"x": [1, 2], "y": 0}, "5 + sum([2, 4]*(x - [1, 2])) + y"),
        ("[x**2, x*y]", {"x": 1, "y": 2}, "[1 + 2*(x - 1), 2 + 2*(x - 1) + (y - 2)]"),
        ("sum(x)", {"x": [0, 0]}, "sum([1, 1]*x)"),
    ],
)
def test_tangents(expression: str, values: dict[str, Any], text: str) -> None:
    found = tangent(expression, values)
    assert found.polynomial == text
    point = {name: np.asarray(value, dtype=float) for name, value in values.items()}
    assert np.array_equal(at(text, point), evaluate(expression, point).value)
    if np.ndim(found.value) == 0:
        slopes, own = grad(text, point).gradients, grad(expression, point).gradients
        assert all(np.array_equal(slopes[name], own[name]) for name in own)


@pytest.mark.parametrize(
    ("expression", "point", "told"),
    [
        ("abs(x)", {"x": 0}, "not differentiable"),
        ("sqrt(x)", {"x": 0}, "not differentiable"),
        ("1/x", {"x": 0}, "not finite"),
        ("log(x)", {"x": -1}, "not finite"),
        ("relu(x)*y", {"x": 0, "y": 1}, "not differentiable"),
    ],
)
def test_where_there_is_none(expression: str, point: dict[str, Any], told: str) -> None:
    for derive in (tangent, lambda e, v: expand(e, v, 2)):
        with pytest.raises(Problem, match=told):
            derive(expression, point)


def test_what_is_too_much_or_of_no_number_is_refused() -> None:
    with pytest.raises(Problem, match="has 1,001 terms"):
        expand("a*b*c*d", dict.fromkeys("abcd", 1), 10)
    with pytest.raises(Problem, match="'x' is an array"):
        expand("sum(x)*y", {"x": [1, 2], "y": 1}, 2)
    with pytest.raises(Problem, match="of one number"):
        expand("[x*y, x]", {"x": 1, "y": 1}, 2)
