"""Systems of the optimisation corpora through every transform: products with the Jacobian, and second derivatives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest

from gradcli.lang import parse, variables
from gradcli.symbolic.answers.solve import solve
from gradcli.transforms.operators.derivative import derivative
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.operators.hessian import hessian, hvp
from gradcli.transforms.operators.jvp import jvp
from gradcli.transforms.verify.check import judge
from tests.corpora import records

CORPORA = ("mgh", "hock_schittkowski")
SMALL = 40
"""Residuals times variables up to which SymPy's Hessian takes no time worth mentioning."""


class System(NamedTuple):
    """Residuals at a point, with their Jacobian and the gradient of the sum of their squares, of 50 digits."""

    id: str
    residuals: str
    point: dict[str, float]
    jacobian: Any
    gradient: Any

    @property
    def objective(self) -> str:
        return f"sum({self.residuals}**2)"


def systems(name: str) -> Iterator[System]:
    for record in records(name):
        residuals = "[" + ", ".join(record["residuals"]) + "]"
        used = [p for p in record["params"] if p in variables(parse(residuals))]
        columns = [record["params"].index(p) for p in used]
        points = zip(record["points"], record["jacobians"], record["objective_grads"], strict=True)
        for point, jacobian, gradient in points:
            at = {p: point[p] for p in used}
            yield System(record["id"], residuals, at, np.asarray(jacobian)[:, columns], np.asarray(gradient)[columns])


def direction(point: dict[str, float]) -> dict[str, float]:
    random = np.random.default_rng(len(point))
    return {name: random.uniform(-1, 1) for name in point}


def numbers(named: dict[str, Any]) -> Any:
    return np.array(list(named.values()))


def near(ours: Any, reference: Any, where: str) -> None:
    scale = float(np.max(np.abs(reference), initial=0.0))
    np.testing.assert_allclose(ours, reference, rtol=1e-12, atol=1e-12 * scale, err_msg=where)


@pytest.mark.parametrize("name", CORPORA)
def test_products_with_the_jacobian(name: str) -> None:
    for system in systems(name):
        moved = direction(system.point)
        found = jvp(system.residuals, system.point, moved).derivative
        near(found, system.jacobian @ numbers(moved), system.id)
        seed = np.linspace(-1, 1, len(system.jacobian))
        pulled = grad(system.residuals, system.point, seed=seed).gradients
        near(numbers(pulled), seed @ system.jacobian, system.id)


@pytest.mark.parametrize("name", CORPORA)
def test_second_derivatives_of_the_sum_of_squares(name: str) -> None:
    compared = 0
    for system in systems(name):
        found = hessian(system.objective, system.point)
        near(numbers(found.gradients), system.gradient, system.id)
        near(found.hessian, found.hessian.T, system.id)
        moved = direction(system.point)
        products = hvp(system.objective, system.point, moved).products
        near(numbers(products), found.hessian @ numbers(moved), system.id)
        first = next(iter(system.point))
        along = derivative(system.objective, system.point, order=2, wrt=first).derivatives
        near(along, [found.gradients[first], found.hessian[0, 0]], system.id)
        compared += found.hessian.size
    assert compared > 400


@pytest.mark.parametrize("name", CORPORA)
def test_sympy_finds_the_same_second_derivatives(name: str) -> None:
    small = [system for system in systems(name) if system.jacobian.size <= SMALL]
    assert len(small) > 5
    for system in small:
        result = hessian(system.objective, system.point)
        verdict = judge(result, solve(result.question()))
        assert verdict.verdict == "verified", system.id
        assert verdict.checked == verdict.entries
