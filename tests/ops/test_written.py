"""Operations that are written out in the language: NumPy's and SciPy's values, slopes of these, kinks, refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

import gradcli
from gradcli.errors import DomainProblem, Problem, ShapeProblem, UsageProblem
from tests.cli.runner import gradcli as run

RANDOM = np.random.default_rng(5)
X = RANDOM.uniform(-3, 3, 7)
M = RANDOM.uniform(-3, 3, (3, 5))
NODES = np.array([-2.0, -1.25, 0.0, 0.5, 2.0, 3.5])
HEIGHTS = RANDOM.uniform(-2, 2, 6)
AT = np.array([-2.5, -1.9, 0.1, 0.7, 3.0, 4.25])

CALLS: list[tuple[str, dict[str, Any], Callable[..., Any]]] = [
    ("quantile(x, q)", {"x": X, "q": 0.37}, np.quantile),
    ("quantile(x, q)", {"x": M, "q": np.array([0.11, 0.9])}, np.quantile),
    ("quantile(x, 0.3, axis=1)", {"x": M}, lambda x: np.quantile(x, 0.3, axis=1)),
    ("quantile(x, 0.25, 0)", {"x": M}, lambda x: np.quantile(x, 0.25, axis=0)),
    ("quantile(x, 0.5)", {"x": X}, np.median),
    ("quantile(x, 1)", {"x": X}, np.max),
    ("interp(x, xp, fp)", {"x": AT, "xp": NODES, "fp": HEIGHTS}, np.interp),
    ("interp(x, xp, fp)", {"x": 0.2, "xp": NODES, "fp": HEIGHTS}, np.interp),
    ("cubic_spline(x, xp, fp)", {"x": AT, "xp": NODES, "fp": HEIGHTS}, lambda x, xp, fp: CubicSpline(xp, fp)(x)),
    ("cubic_spline(x, xp, fp)", {"x": 0.2, "xp": NODES[:4], "fp": HEIGHTS[:4]},
     lambda x, xp, fp: CubicSpline(xp, fp)(x)),
    ("ediff1d(x)", {"x": M}, np.ediff1d),
    ("convolve(a, v)", {"a": X, "v": HEIGHTS}, np.convolve),
    ("convolve(a, v, 'same')", {"a": X, "v": HEIGHTS}, lambda a, v: np.convolve(a, v, "same")),
    ("convolve(a, v, mode='same')", {"a": HEIGHTS[:3], "v": X}, lambda a, v: np.convolve(a, v, "same")),
    ("convolve(a, v, mode='valid')", {"a": X, "v": HEIGHTS[:3]}, lambda a, v: np.convolve(a, v, "valid")),
]  # fmt: skip


@pytest.mark.parametrize(("call", "values", "function"), CALLS, ids=lambda c: c if isinstance(c, str) else "")
def test_value_and_slopes_are_those_of_the_library_function(
    call: str, values: dict[str, Any], function: Callable[..., Any]
) -> None:
    np.testing.assert_allclose(gradcli.evaluate(call, values).value, function(*values.values()), rtol=1e-12, atol=1e-13)
    found = gradcli.grad(f"sum({call}*cos(1 + {call}))", values).gradients

    def total(**moved: Any) -> float:
        out = np.asarray(function(*moved.values()))
        return float(np.sum(out * np.cos(1 + out)))

    assert set(found) == set(values)
    for name, array in values.items():
        for index in np.ndindex(np.shape(array)):
            h = 1e-6
            up, down = ({**values, name: np.array(array, dtype=float)} for _ in range(2))
            up[name][index] += h
            down[name][index] -= h
            slope = (total(**up) - total(**down)) / (2 * h)
            assert np.asarray(found[name])[index] == pytest.approx(slope, rel=1e-7, abs=1e-8), (name, index)


@pytest.mark.parametrize(
    ("call", "at", "sides"),
    [
        ("interp(x, [0,1,3], [1,5,2])", 1.0, "from the left 4.0, from the right -1.5"),
        ("interp(x, [0,1,3], [1,5,2])", 0.0, "from the left 0.0, from the right 4.0"),
        ("interp(x, [0,1,3], [1,5,2])", 3.0, "from the left -1.5, from the right 0.0"),
        ("quantile([1,4,9], x)", 0.5, "from the left 6.0, from the right 10.0"),
        ("quantile([1,x,2], 0.5)", 2.0, "from the left 1.0, from the right 0.0"),
    ],
)
def test_a_node_and_a_tie_are_kinks(call: str, at: float, sides: str) -> None:
    told = run(["grad", call, "--x", str(at)])
    assert sides in told.stdout
    assert "check = kink: the expression is not differentiable at this point; SymPy's limits" in told.stdout


def test_a_spline_is_smooth_at_its_nodes() -> None:
    told = run(["grad", "cubic_spline(x, [0,1,2,4], [1,2,0,1])", "--x", "2"])
    assert told.stdout.startswith("f = 0.0\ndf/dx = -2.3333333333333335\ncheck = verified: 1 of 1 entries")
    assert CubicSpline([0, 1, 2, 4], [1, 2, 0, 1])(2, 1) == pytest.approx(-7 / 3)


@pytest.mark.parametrize("name", ["interp", "cubic_spline"])
def test_nodes_that_do_not_increase_give_no_number(name: str) -> None:
    assert np.isnan(gradcli.evaluate(f"{name}(1.5, [0, 2, 1, 3], [1, 2, 3, 4])", {}).value)


@pytest.mark.parametrize(
    ("call", "problem", "message"),
    [
        ("quantile(x, 1.5)", DomainProblem, "a quantile's q is from 0 to 1, not 1.5"),
        ("quantile(x, [0.1, 0.2], axis=0)", ShapeProblem, "quantile along an axis takes one q"),
        ("convolve(x, 2)", ShapeProblem, "convolve's v is a vector, and this has 0 axes"),
        ("convolve(x, x, 'most')", UsageProblem, "convolve's mode is 'full', 'same' or 'valid'"),
        ("interp(1, x, [[1, 2]])", ShapeProblem, "interp's fp is a vector, and this has 2 axes"),
        ("cubic_spline(1, [0, 1, 2], [1, 2, 3])", Problem, "the matrix is singular, or too near"),
        ("quantile(x)", UsageProblem, "quantile is missing its argument 'q'"),
    ],
)
def test_what_does_not_fit_is_refused(call: str, problem: type[Problem], message: str) -> None:
    values = {"x": [1.0, 2.0, 4.0]} if "x" in call.replace("axis", "") else {}
    with pytest.raises(problem, match=message):
        gradcli.evaluate(call, values)


def test_a_quantile_that_is_none_gives_no_number() -> None:
    assert np.isnan(gradcli.evaluate("quantile(x, q)", {"x": X, "q": 1.5}).value)
