"""What single entries of the table promise at edges, in tails, for singular matrices and wrong arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

import gradcli
from gradcli.engine.api import autograd
from gradcli.engine.tape.tensor import Tensor
from gradcli.errors import DomainProblem, Problem, ShapeProblem, UsageProblem
from gradcli.ops.functions.normal import erfc, ndtr
from gradcli.ops.functions.sinc import dsinc, sinc
from tests.ops.array_samples import BATCH, RANDOM, M, P, S, T, V


def relative(ours: float, reference: Any) -> float:
    return float(abs(mpmath.mpf(ours) - reference) / abs(reference))


@pytest.mark.parametrize("x", [0.3, 1.2, 3.7, 8.3, 20.7, 26.1])
def test_tails_keep_their_digits(x: float) -> None:
    with mpmath.workdps(40):
        assert relative(float(erfc(x)), mpmath.erfc(mpmath.mpf(x))) < 1e-15
        assert relative(float(ndtr(-x)), mpmath.ncdf(-mpmath.mpf(x))) < 1e-15


def test_tails_end() -> None:
    np.testing.assert_array_equal(erfc(np.array([-np.inf, 0, np.inf, np.nan])), [2, 1, 0, np.nan])
    np.testing.assert_array_equal(ndtr(np.array([-np.inf, -1e200, 0, np.inf, np.nan])), [0, 0, 0.5, 1, np.nan])


def test_sinc_at_whole_numbers() -> None:
    np.testing.assert_array_equal(sinc(np.array([0.0, 1.0, -2.0, 1e6])), [1, 0, 0, 0])


@pytest.mark.parametrize("n", [1, 2, 3, 6])
@pytest.mark.parametrize("x", [1e-30, 1e-8, 0.01, 0.3, 0.7, 1.0, 2.25, 30.125])
def test_derivatives_of_sinc(n: int, x: float) -> None:
    with mpmath.workdps(100):
        pieces = mpmath.linspace(0, 1, 2 + int(x))
        phase, turn = mpmath.pi * x, n * mpmath.pi / 2
        reference = mpmath.pi**n * mpmath.quad(lambda t: t**n * mpmath.cos(phase * t + turn), pieces)
        amplitude = mpmath.pi**n / ((n + 1) * (1 + phase))
        scale = abs(reference) if x < 0.1 else max(abs(reference), amplitude)
        assert abs(mpmath.mpf(float(dsinc(n, x))) - reference) < 2e-14 * scale


@pytest.mark.parametrize("order", [-1, 0.5])
def test_sinc_has_derivatives_of_whole_order(order: float) -> None:
    with pytest.raises(DomainProblem, match="order n of dsinc must be a whole number >= 0"):
        dsinc(order, 1.0)


def test_entropy_terms_at_zero() -> None:
    assert gradcli.evaluate("xlogy(x, y)", {"x": 0, "y": 0}).value == 0
    assert gradcli.evaluate("entr(x)", {"x": 0}).value == 0
    assert gradcli.grad("xlogy(x, y)", {"x": 0, "y": 2}).gradients == {"x": np.log(2), "y": 0}


@pytest.mark.parametrize("x", [np.array([[1.0, 2.0], [2.0, 4.0]]), np.zeros((3, 3)), np.diag([1.0, 2, 0, 3, 4])])
def test_gradient_of_the_determinant_of_a_singular_matrix(x: Any) -> None:
    found = gradcli.grad("det(x)", {"x": x}).gradients["x"]
    n = len(x)
    minors = [
        [np.linalg.det(np.delete(np.delete(x, i, 0), j, 1)) * (-1) ** (i + j) for j in range(n)] for i in range(n)
    ]
    np.testing.assert_allclose(found, minors, atol=1e-14)


@pytest.mark.parametrize("name", ["inv", "matrix_power", "solve"])
def test_singular_matrices_are_named(name: str) -> None:
    call = {"inv": "inv(x)", "matrix_power": "matrix_power(x, -1)", "solve": "solve(x, [1, 2])"}[name]
    with pytest.raises(DomainProblem, match=f"{name} cannot take its argument: the matrix is singular, or too near"):
        gradcli.evaluate(call, {"x": [[1, 2], [2, 4]]})


@pytest.mark.parametrize(
    ("call", "problem", "message"),
    [
        ("det(x)", ShapeProblem, r"det takes a square matrix, not an array of shape \(2, 3\)"),
        (
            "cross(x, [1, 2])",
            ShapeProblem,
            r"cross takes vectors of 3 entries, not arrays of shapes \(2, 3\) and \(2,\)",
        ),
        ('einsum("ij,jk->ik", x)', UsageProblem, "subscripts 'ij,jk->ik' are for 2 arrays, 1 given"),
        ('einsum("i.j", x)', UsageProblem, "takes its subscripts first, letters for the axes of each array"),
        ('einsum("", x)', UsageProblem, "takes its subscripts first, letters for the axes of each array"),
        ("einsum(x, x)", UsageProblem, "takes its subscripts first, letters for the axes of each array"),
        ("einsum(x)", UsageProblem, "einsum needs another argument"),
        ('einsum("ij->ii", x)', UsageProblem, "must name letters of the arrays, each once"),
        ('einsum("i->i", x)', ShapeProblem, r"einsum's 'i' names 1 axes, the array has shape \(2, 3\)"),
        ('einsum("ii->i", x)', ShapeProblem, "einsum's 'i' stands for axes of 2 and of 3"),
        ("cholesky(-x @ x.T)", DomainProblem, "takes a positive definite matrix"),
        ('norm(x, "nic")', UsageProblem, "norm has no order 'nic' for 2 axes"),
    ],
)
def test_wrong_arguments(call: str, problem: type[Problem], message: str) -> None:
    with pytest.raises(problem, match=message):
        gradcli.evaluate(call, {"x": M})


def test_picked_twice_counts_twice_in_a_recorded_gradient_too() -> None:
    x = Tensor(V.copy(), True)
    (found,) = autograd.grad(x[np.array([0, 0, 2])].sum(), [x], create_graph=True)
    assert found is not None
    np.testing.assert_array_equal(found.array, [2, 0, 1])


NUMPY: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "cholesky": (np.linalg.cholesky, P),
    "cross": (lambda x: np.cross(x, V), S),
    "cumprod": (lambda x: np.cumprod(x, axis=1), M),
    "cumsum": (np.cumsum, M),
    "det": (np.linalg.det, BATCH),
    "diag": (lambda x: np.diag(x, 1), S),
    "diagonal": (lambda x: np.diagonal(x, 1, 1, 2), T),
    "eigvalsh": (np.linalg.eigvalsh, P),
    "einsum": (lambda x: np.einsum("ij,ik->jk", x, M), M),
    "flip": (lambda x: np.flip(x, 0), M),
    "i0": (np.i0, V),
    "inner": (lambda x: np.inner(x, V), M),
    "inv": (np.linalg.inv, BATCH),
    "kron": (lambda x: np.kron(x, M), S),
    "matrix_power": (lambda x: np.linalg.matrix_power(x, -2), S),
    "median": (lambda x: np.median(x, axis=0), T),
    "moveaxis": (lambda x: np.moveaxis(x, 0, -1), T),
    "norm": (lambda x: np.linalg.norm(x, 1, axis=1), M),
    "nuclear norm": (lambda x: np.linalg.norm(x, "nuc"), S),
    "pad": (lambda x: np.pad(x, ((1, 0), (0, 2))), M),
    "pinv": (np.linalg.pinv, M),
    "repeat": (lambda x: np.repeat(x, 2, axis=1), M),
    "roll": (lambda x: np.roll(x, 1), M),
    "sinc": (np.sinc, V),
    "solve": (lambda x: np.linalg.solve(x, V), S),
    "sort": (lambda x: np.sort(x, axis=0), RANDOM.uniform(size=(4, 2))),
    "std": (lambda x: np.std(x, axis=0, ddof=1), M),
    "take": (lambda x: np.take(x, [0, 0, 2], axis=1), M),
    "tensordot": (lambda x: np.tensordot(x, M, axes=((0,), (0,))), M),
    "tile": (lambda x: np.tile(x, 2), M),
    "tril": (np.tril, S),
    "var": (lambda x: np.var(x, axis=0), M),
}


@pytest.mark.parametrize("name", NUMPY)
def test_numpys_functions_record(name: str) -> None:
    function, array = NUMPY[name]
    found = function(Tensor(array.copy(), True))
    assert isinstance(found, Tensor)
    assert found.requires_grad
    np.testing.assert_allclose(found.array, function(array), rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("function", [np.any, np.all, np.count_nonzero, np.argmax, np.argmin, np.argsort])
def test_what_only_counts_or_points_does_not_record(function: Callable[[Any], Any]) -> None:
    found = function(Tensor(V.copy(), True))
    assert not found.requires_grad
    np.testing.assert_array_equal(found.array, function(V))


def test_the_beta_function_has_its_digits_where_one_argument_is_small() -> None:
    x, y = 41.36666567044835, 2.382706644716725e-08
    found = gradcli.grad("beta(x, y)", {"x": x, "y": y})
    with mpmath.workdps(40):
        exact = mpmath.beta(x, y)
        assert abs(found.value - exact) <= 8 * np.spacing(float(exact))
        by_y = exact * (mpmath.digamma(y) - mpmath.digamma(mpmath.mpf(x) + mpmath.mpf(y)))
        assert abs(found.gradients["y"] - by_y) <= 8 * np.spacing(abs(float(by_y)))


@pytest.mark.parametrize(("x", "y"), [(3461.695597064, 0.29638561721609136), (5872.353374646603, 1e-10), (20.5, 2.0)])
def test_the_logarithm_of_beta_has_its_digits_where_an_argument_is_large(x: float, y: float) -> None:
    with mpmath.workdps(40):
        exact = mpmath.log(mpmath.beta(x, y))
        for found in (
            gradcli.evaluate("betaln(x, y)", {"x": x, "y": y}),
            gradcli.evaluate("betaln(y, x)", {"x": x, "y": y}),
        ):
            assert abs(found.value - exact) <= 8 * np.spacing(max(1.0, abs(float(exact))))


@pytest.mark.parametrize("shift", [0.0, 1e3, -1e5, 1e9])
def test_the_gradient_of_logsumexp_keeps_its_digits_far_from_zero(shift: float) -> None:
    x = Tensor(np.array([[0.0, 0.5, -2.0], [1.0, 1.0, 3.0]]) + shift, True)
    gradcli.logsumexp(x, axis=1).sum().backward()
    assert x.grad is not None
    with mpmath.workdps(40):
        for row, found in zip(x.array.tolist(), x.grad.array.tolist(), strict=True):
            powers = [mpmath.exp(mpmath.mpf(entry) - mpmath.mpf(shift)) for entry in row]
            for power, entry in zip(powers, found, strict=True):
                assert entry == pytest.approx(float(power / sum(powers)), rel=4e-16)
