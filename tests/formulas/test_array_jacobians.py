"""Jacobians and Hessians of any size, and gradients on symmetric matrices: against the engine and the cookbook."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gradcli.errors import Problem
from gradcli.formulas import reading_length
from gradcli.lang import parse, variables
from gradcli.symbolic import Oracle
from gradcli.transforms.claims.confirm import confirm
from gradcli.transforms.operators.diff import diff
from gradcli.transforms.operators.evaluate import evaluate
from gradcli.transforms.operators.hessian import hessian
from gradcli.transforms.operators.jacobian import jacobian
from tests.cli.runner import gradcli
from tests.corpora import records

SIZES = {"n": 3, "m": 2}


def values_of(shapes: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    rng = np.random.default_rng(5)
    return {name: rng.uniform(0.3, 1.5, [SIZES[size] for size in shape]) for name, shape in shapes.items()}


def number(program: Any, values: dict[str, Any]) -> Any:
    used = variables(program)
    return np.asarray(evaluate(program, {k: v for k, v in values.items() if k in used}).value)


JACOBIANS = [
    ("A @ x", "A", {"A": ("m", "n"), "x": ("n",)}, "x"),
    ("x*(A @ x)", "diag(A @ x) + diag(x) @ A", {"A": ("n", "n"), "x": ("n",)}, "x"),
    ("tanh(W @ x + b)", "diag(sech(W @ x + b)**2) @ W", {"W": ("m", "n"), "x": ("n",), "b": ("m",)}, "x"),
    ("x/norm(x)", "eye(len(x))/norm(x) - outer(x, x)/norm(x)**3", {"x": ("n",)}, "x"),
    ("exp(x)/sum(exp(x))", "", {"x": ("n",)}, "x"),
    ("where(x > 1, x**2, 0) + x", "", {"x": ("n",)}, "x"),
    ("(a @ x)*x + sum(x)*a", "", {"a": ("n",), "x": ("n",)}, "x"),
    ("x*k**2", "2*x*k", {"x": ("n",), "k": ()}, "k"),
    ("inv(A) @ x", "inv(A)", {"A": ("n", "n"), "x": ("n",)}, "x"),
    ("1/(x + y) - x/y", "", {"x": ("n",), "y": ("n",)}, "y"),
]


@pytest.mark.parametrize(("text", "formula", "shapes", "name"), JACOBIANS)
def test_jacobians(text: str, formula: str, shapes: dict[str, tuple[str, ...]], name: str) -> None:
    found = diff(text, "jacobian", [name], shapes=shapes).formulas[0]
    assert not formula or diff(text, "jacobian", [name], shapes=shapes, guarded=False).formulas[0].text == formula
    values = values_of(shapes)
    expected = np.asarray(jacobian(text, values, [name]).jacobian)
    np.testing.assert_allclose(number(found.program, values), expected.reshape(number(found.program, values).shape))
    assert found.shape == (*(("m",) if "m" in str(found.shape) else ("n",)), *shapes[name])


HESSIANS = [
    ("x @ A @ x", "A + A.T", {"A": ("n", "n"), "x": ("n",)}, "x"),
    ("norm(A @ x - b)**2", "2*A.T @ A", {"A": ("m", "n"), "x": ("n",), "b": ("m",)}, "x"),
    ("sum(x**3)", "6*diag(x)", {"x": ("n",)}, "x"),
    ("sum(log(1 + exp(-y*(X @ w))))", "", {"X": ("m", "n"), "w": ("n",), "y": ("m",)}, "w"),
    ("norm(x)", "", {"x": ("n",)}, "x"),
    ("log(sum(exp(W @ x)))", "", {"W": ("m", "n"), "x": ("n",)}, "x"),
    ("a @ x", "", {"a": ("n",), "x": ("n",)}, "x"),
]


@pytest.mark.parametrize(("text", "formula", "shapes", "name"), HESSIANS)
def test_hessians(text: str, formula: str, shapes: dict[str, tuple[str, ...]], name: str) -> None:
    found = diff(text, "hessian", [name], shapes=shapes).formulas[0]
    assert formula in ("", found.text)
    values = values_of(shapes)
    expected = np.asarray(hessian(text, values, [name]).hessian)
    np.testing.assert_allclose(number(found.program, values), expected, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ('"A@B" --shape A=n,n --shape B=n,n --wrt A', "no formula of arrays"),
        ('"x@A@x" --shape A=n,n --shape x=n --hessian', "name one with --wrt"),
        ('"cumsum(x)" --shape x=n', "no formula of arrays"),
        ('"A@x" --shape A=m,n --shape x=n --hessian --wrt x', "a gradient and a Hessian are of one number"),
        ('"trace(A)" --shape A=n,n --hessian', "no formula of arrays"),
        ('"x@A" --shape A=m,n --shape x=m --symmetric A', "a symmetric matrix is square"),
        ('"x**2" --symmetric A', "the expression has no variable 'A'"),
        ('"x**2" --symmetric x', "a symmetric matrix is square"),
        ('"trace(A@A)" --A "[[1,2],[3,4]]" --symmetric A', "its value is not"),
    ],
)
def test_what_has_none_is_refused(asked: str, told: str) -> None:
    found = gradcli(f"diff {asked} --no-check")
    assert (found.status, found.stdout) == (2, "")
    assert told in found.stderr


SYMMETRIC = [
    ("log(det(A))", "inv(A)", {"A": ("n", "n")}),
    ("x @ A @ y", "(outer(x, y) + outer(y, x))/2", {"A": ("n", "n"), "x": ("n",), "y": ("n",)}),
    ("x @ inv(A) @ x", "-outer(inv(A) @ x, inv(A) @ x)", {"A": ("n", "n"), "x": ("n",)}),
    ("trace(A @ A)", "2*A", {"A": ("n", "n")}),
    ("trace(B @ A)", "(B.T + B)/2", {"A": ("n", "n"), "B": ("n", "n")}),
    ("norm(A)**2 + det(A)", "", {"A": ("n", "n")}),
]


@pytest.mark.parametrize(("text", "formula", "shapes"), SYMMETRIC)
def test_gradients_on_symmetric_matrices(text: str, formula: str, shapes: dict[str, tuple[str, ...]]) -> None:
    found = diff(text, wrt=["A"], shapes=shapes, symmetric=["A"])
    assert formula in ("", found.formulas[0].text)
    values = values_of(shapes)
    values["A"] = values["A"] @ values["A"].T
    free = np.asarray(jacobian(text, values, ["A"]).jacobian).reshape(3, 3)
    np.testing.assert_allclose(number(found.formulas[0].program, values), (free + free.T) / 2, rtol=1e-9, atol=1e-12)


def test_other_derivatives_know_that_a_matrix_is_symmetric() -> None:
    found = diff("x @ A @ x", wrt=["x"], shapes={"A": ("n", "n"), "x": ("n",)}, symmetric=["A"])
    assert found.formulas[0].text == "2*A @ x"


def test_formulas_on_symmetric_matrices_are_confirmed_and_refuted() -> None:
    found = diff("x @ A @ y", shapes={"A": ("n", "n"), "x": ("n",), "y": ("n",)}, symmetric=["A"])
    plain = diff("x @ A @ y", shapes={"A": ("n", "n"), "x": ("n",), "y": ("n",)})
    with Oracle.start() as oracle:
        assert confirm(found, oracle, 60).verdict == "proved"
        assert confirm(replace(plain, symmetric=("A",)), oracle, 60).verdict == "differs"


def test_the_convention_is_told() -> None:
    told = gradcli('diff "log(det(A))" --A "[[2, 1], [1, 3]]" --symmetric A --no-check').stdout
    assert "(G + G.T)/2 of the gradient G by any A, not G + G.T - diag(G)" in told
    numbers = gradcli(
        'diff "trace(A @ B @ A)" --A "[[2, 1], [1, 3]]" --B "[[0, 1], [0, 0]]" --wrt A --symmetric A --no-check'
    )
    assert "df/dA = [[1.0, 2.5], [2.5, 1.0]]" in numbers.stdout


def test_no_longer_than_the_cookbook() -> None:
    """The others are meant for symmetric matrices, which the cookbook does not say."""
    longer, count = [], 0
    for record in records("matrix_cookbook"):
        shapes = {name: tuple(told["shape"]) for name, told in record["vars"].items()}
        for name, stated in record.get("stated_gradient", {}).items():
            count += 1
            found = diff(record["expr"], wrt=[name], shapes=shapes, guarded=False).formulas[0]
            if reading_length(found.program) > reading_length(parse(stated)):
                longer.append(record["id"])
    assert longer == ["cookbook/(84) weighted LS", "cookbook/gauss logpdf wrt mu"]
    assert len(longer) < 0.1 * count


@pytest.mark.parametrize(
    ("text", "wrt", "symmetric", "stated"),
    [
        ("(x - A @ s) @ W @ (x - A @ s)", "s", "W", "-2*A.T @ W @ (x - A @ s)"),
        ("-0.5*((x - mu) @ inv(W) @ (x - mu))", "mu", "W", "inv(W) @ (x - mu)"),
    ],
)
def test_these_are_as_short_when_it_is_said(text: str, wrt: str, symmetric: str, stated: str) -> None:
    shapes = {"x": ("n",), "A": ("n", "m"), "s": ("m",), "W": ("n", "n"), "mu": ("n",)}
    used = {name: shape for name, shape in shapes.items() if name in variables(parse(text))}
    found = diff(text, wrt=[wrt], shapes=used, symmetric=[symmetric]).formulas[0]
    assert reading_length(found.program) <= reading_length(parse(stated)), found.text


def test_powers_of_numbers_of_matrices_stay_refused() -> None:
    with pytest.raises(Problem):
        diff("trace(matrix_power(A, 40))", shapes={"A": ("n", "n")})


@pytest.mark.parametrize(
    ("text", "formula"),
    [("sum(z*log(z))", "diag(1/z)"), ("sum(log(1 + exp(z)))", None), ("sum(z*log(z)) + sum(z)**2", None)],
)
def test_a_hessian_keeps_no_quotient_that_the_gradient_has_lost(text: str, formula: str | None) -> None:
    (found,) = diff(text, "hessian", shapes={"z": ("n",)}).formulas
    assert formula in (None, found.text)
    z = np.array([0.5, 1.5, 3.0])
    np.testing.assert_allclose(evaluate(found.text, {"z": z}).value, hessian(text, {"z": z}).hessian, rtol=1e-13)
