"""Uncertainties: those that the package `uncertainties` gives, and what the Guide's formulas say."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from gradcli.errors import Problem
from gradcli.lang import parse
from gradcli.transforms.operators.propagate import propagate
from gradcli.transforms.program.covariances import covariance_of
from gradcli.transforms.results.propagation import rounded
from gradcli.transforms.rows.simulate import simulate
from tests.corpora import SCALAR_FILES, cases


@pytest.mark.parametrize("file", SCALAR_FILES)
def test_corpora_beside_the_package_uncertainties(file: str) -> None:
    """Each second record whose expression Python reads as it stands: some 1,400, to 1e-12.

    Where terms cancel neither has twelve digits; that are few, and there nine are the same.
    """
    uncertainties = pytest.importorskip("uncertainties", reason="compared with the package uncertainties")
    from uncertainties import umath

    functions = {name: getattr(umath, name) for name in dir(umath) if not name.startswith("_")}
    compared = cancelled = 0
    for case in list(cases(file))[:: 5 if file == "rubi_long" else 2]:
        spread = {name: 0.01 * abs(value) + 0.001 for name, value in case.point.items()}
        given = {name: uncertainties.ufloat(value, spread[name]) for name, value in case.point.items()}
        try:
            theirs = eval(
                case.expression.replace("^", "**"), {**functions, "pi": math.pi, "abs": abs}, given
            )  # a test's own data
        except (NameError, TypeError, ValueError, ZeroDivisionError, OverflowError, AttributeError):
            continue
        if not hasattr(theirs, "std_dev") or not math.isfinite(theirs.std_dev):
            continue
        found = propagate(case.expression, case.point, spread)
        assert found.uncertainty == pytest.approx(theirs.std_dev, rel=1e-9), case.id
        cancelled += found.uncertainty != pytest.approx(theirs.std_dev, rel=1e-12, abs=1e-300)
        compared += 1
    assert compared > 5
    assert cancelled <= 1 + compared // 100


def test_documented_examples_of_that_package() -> None:
    """Figures from its user guide: 2*x + 1000 for x = 0.20±0.01, and x*sin(x)."""
    assert rounded(*_pair("2*x + 1000", x=(0.20, 0.01))) == "1000.400 ± 0.020"
    value, u = _pair("x*sin(x)", x=(3.0, 0.1))
    assert value == pytest.approx(0.42336002417960162)
    assert u == pytest.approx(0.2828857482, rel=1e-9)


@pytest.mark.parametrize(
    "text", ["2*x + 1000", "x*sin(x)", "x**2", "x - x", "sin(x**2)", "sqrt(x)", "sin(1/x)", "x + y", "x*y", "x**y"]
)
def test_expressions_of_its_user_guide(text: str) -> None:
    uncertainties = pytest.importorskip("uncertainties", reason="compared with the package uncertainties")
    from uncertainties import umath

    given = {"x": (0.2, 0.01), "y": (2.5, 0.3)} if "y" in text else {"x": (0.2, 0.01)}
    theirs = eval(text, {"sin": umath.sin, "sqrt": umath.sqrt},
                  {name: uncertainties.ufloat(*pair) for name, pair in given.items()})  # fmt: skip
    value, u = _pair(text, **given)
    assert value == pytest.approx(theirs.nominal_value, rel=1e-12)
    assert u == pytest.approx(theirs.std_dev, rel=1e-12, abs=1e-300)


def _pair(text: str, **given: tuple[float, float]) -> tuple[float, float]:
    found = propagate(text, {n: v for n, (v, _) in given.items()}, {n: u for n, (_, u) in given.items()})
    return float(found.value), float(found.uncertainty)


def test_resistance_and_reactance_of_the_guide() -> None:
    """GUM (JCGM 100:2008) H.2, tables H.2 to H.4: five observations of voltage, current and phase, correlated."""
    observed = np.array([
        [5.007, 4.994, 5.005, 4.990, 4.999], [19.663, 19.639, 19.640, 19.685, 19.678],
        [1.0456, 1.0438, 1.0468, 1.0428, 1.0433],
    ])  # fmt: skip
    covariance = np.cov(observed) / 5
    means = dict(zip(("V", "I", "phi"), observed.mean(axis=1), strict=True))
    spread = dict(zip(means, np.sqrt(np.diag(covariance)), strict=True))
    found = propagate("Z = V/(I/1000); [Z*cos(phi), Z*sin(phi), Z]", means, spread, covariance)
    assert np.asarray(found.value) == pytest.approx([127.732, 219.847, 254.260], abs=6e-4)
    assert np.asarray(found.uncertainty) == pytest.approx([0.071, 0.295, 0.236], abs=1e-3)
    u = np.asarray(found.uncertainty)
    correlations = np.asarray(found.covariance) / np.outer(u, u)
    assert correlations[[0, 0, 1], [1, 2, 2]] == pytest.approx([-0.588, -0.485, 0.993], abs=6e-4)


def test_end_gauge_of_the_guide() -> None:
    """GUM H.1, in nanometres: 50,000,838 with 32 to first order; what that leaves out is not negligible (H.1.7)."""
    values = {"ls": 50_000_623.0, "d": 215.0, "da": 0.0, "t": -0.1, "a": 11.5e-6, "dt": 0.0}
    spread = {"ls": 25.0, "d": 9.7, "da": 0.58e-6, "t": 0.41, "a": 1.2e-6, "dt": 0.029}
    found = propagate("ls + d - ls*(da*t + a*dt)", values, spread)
    assert float(found.value) == 50_000_838.0
    assert round(float(found.uncertainty)) == 32
    assert {name: math.sqrt(share) * float(found.uncertainty) for name, share in found.shares.items()} == pytest.approx(
        {"ls": 25.0, "d": 9.7, "da": 2.9, "t": 0.0, "a": 0.0, "dt": 16.6}, abs=0.1
    )
    assert any("curved" in warning for warning in found.warnings)


def test_falling_ball_viscometer_of_nist() -> None:
    """NIST Technical Note 1900, example E3: 5.69 mPa s; of a product of powers relative variances add up."""
    values = {"m": 4.63, "b": 2217.0, "r": 1180.0, "c": 810.0, "t": 61.0, "tc": 36.6}
    spread = {"m": 0.0463, "b": 0.5, "r": 0.5, "c": 0.5, "t": 6.1, "tc": 5.49}
    found = propagate("m*(b - r)/(b - c)*t/tc", values, spread)
    assert round(float(found.value), 2) == 5.69
    relative = math.sqrt(0.01**2 + 0.1**2 + 0.15**2)  # the densities count less than 0.1 %
    assert float(found.uncertainty) == pytest.approx(relative * float(found.value), rel=1e-4)


def test_correlated_inputs_as_in_the_guides_formula() -> None:
    """u(x - y)**2 = u(x)**2 + u(y)**2 - 2 u(x, y)."""
    covariance = [[0.04, 0.03], [0.03, 0.09]]
    found = propagate("x - y", {"x": 1.0, "y": 2.0}, {"x": 0.2, "y": 0.3}, covariance)
    assert found.uncertainty == pytest.approx(math.sqrt(0.04 + 0.09 - 0.06))
    assert sum(found.shares.values()) == pytest.approx(1.0)


def test_several_values_have_a_covariance() -> None:
    found = propagate("[x + y, x - y]", {"x": 1.0, "y": 2.0}, {"x": 0.1, "y": 0.2})
    np.testing.assert_allclose(found.covariance, [[0.05, -0.03], [-0.03, 0.05]])
    np.testing.assert_allclose(found.uncertainty, math.sqrt(0.05))


def test_arrays_and_inputs_without_uncertainty() -> None:
    found = propagate("sum(v)*k", {"v": [1.0, 2.0], "k": 3.0}, {"v": 0.1})
    assert found.uncertainty == pytest.approx(3 * 0.1 * math.sqrt(2))
    assert list(found.shares) == ["v[0]", "v[1]"]


@pytest.mark.parametrize(
    ("text", "values", "curved"),
    [
        ("x**2", {"x": 0.0}, True),
        ("x**2", {"x": 100.0}, False),
        ("exp(x)", {"x": 0.0}, True),
        ("3*x", {"x": 0.0}, False),
    ],
)
def test_curvature_is_told_where_it_counts(text: str, values: dict[str, float], curved: bool) -> None:
    found = propagate(text, values, {"x": 0.5})
    assert bool(found.warnings) == curved


def test_draws_agree_with_the_exact_variance() -> None:
    """For x normal with mean m and deviation s, x**2 has the variance 4 m**2 s**2 + 2 s**4."""
    found = propagate("x**2", {"x": 1.0}, {"x": 0.5})
    drawn = simulate(parse("x**2"), {"x": 1.0}, found, covariance_of({"x": np.array(0.5)}, None), 200_000, 0)
    assert drawn.uncertainty == pytest.approx(math.sqrt(4 * 0.25 + 2 * 0.5**4), rel=0.01)
    assert drawn.mean == pytest.approx(1.25, rel=0.01)
    assert found.second_order == pytest.approx((math.sqrt(2 * 0.5**4), 0.25))


@pytest.mark.parametrize(
    ("uncertainties", "covariance", "told"),
    [
        ({}, None, "no input is uncertain"),
        ({"x": -1.0}, None, "not negative"),
        ({"x": math.inf}, None, "finite"),
        ({"x": [0.1, 0.2]}, None, "shape"),
        ({"q": 0.1}, None, "no such variable"),
        ({"x": 0.1}, [[1.0, 0.0], [0.0, 1.0]], "there are 1 uncertain inputs"),
        ({"x": 0.1, "y": 0.1}, [[1.0, 2.0], [2.0, 1.0]], "negative eigenvalue"),
        ({"x": 0.1, "y": 0.1}, [[1.0, 0.5], [0.4, 1.0]], "symmetric"),
    ],
)
def test_mistakes(uncertainties: dict[str, Any], covariance: Any, told: str) -> None:
    with pytest.raises(Problem, match=told):
        propagate("x*y", {"x": 1.0, "y": 2.0}, uncertainties, covariance)


_RANGE = [1e-320, 1e-300, 1e-200, 1e-162, 1e-120, 1e120, 1e154, 1e200, 1e300]
"""Uncertainties whose squares are not in float64's range, or have few digits there, and some at the border."""


@pytest.mark.parametrize("size", _RANGE)
def test_squares_that_leave_float64_do_not_matter(size: float) -> None:
    """The uncertainty of 3*x + 4*y is 5 times that of both, at any size; so with correlations and by second order."""
    values, unit = {"x": size, "y": size}, {"x": size, "y": size}
    found = propagate("3*x + 4*y", values, unit)
    assert found.uncertainty == pytest.approx(5 * size, rel=1e-15 if size > 1e-310 else 1e-3)
    assert list(found.shares.values()) == pytest.approx([9 / 25, 16 / 25])
    both = propagate("[x + y, x - y]", values, unit)
    assert np.asarray(both.uncertainty) == pytest.approx([math.sqrt(2) * size] * 2, rel=1e-3)
    if size < 1e-170:
        assert any("below float64's range" in told for told in both.warnings)
    drawn = simulate(parse("3*x + 4*y"), values, found, covariance_of({n: np.array(size) for n in "xy"}, None), 2000, 0)
    assert drawn.uncertainty == pytest.approx(5 * size, rel=0.05)
    if 1e-150 < size < 1e150:
        square = size**2
        pair = propagate("3*x - 4*y", values, unit, [[square, square / 2], [square / 2, square]])
        assert pair.uncertainty == pytest.approx(math.sqrt(13) * size)


@pytest.mark.parametrize("scale", _RANGE[1:-1])
def test_scales_that_undo_each_other(scale: float) -> None:
    """A product of something huge and something tiny, each known to 3 and 4 percent, is known to 5 percent."""
    found = propagate("x*y", {"x": scale, "y": 1 / scale}, {"x": 0.03 * scale, "y": 0.04 / scale})
    assert found.uncertainty == pytest.approx(0.05, rel=1e-12)
    assert list(found.shares.values()) == pytest.approx([0.36, 0.64])
    assert found.second_order == pytest.approx((0.03 * 0.04, 0.0), rel=1e-9)
    covariance = (
        np.array([[0.0009 * scale**2, 0.0006], [0.0006, 0.0016 / scale**2]]) if 1e-150 < scale < 1e150 else None
    )
    if covariance is not None:
        tied = propagate("x*y", {"x": scale, "y": 1 / scale}, {"x": 1.0, "y": 1.0}, covariance)
        assert tied.uncertainty == pytest.approx(math.sqrt(0.0009 + 0.0016 + 2 * 0.0006), rel=1e-12)


def test_an_uncertainty_that_float64_does_not_reach_is_infinite() -> None:
    assert propagate("3*x", {"x": 1.0}, {"x": 1e308}).uncertainty == math.inf
    both = propagate("[3*x, y]", {"x": 1.0, "y": 1.0}, {"x": 1e308, "y": 1.0})
    assert np.asarray(both.uncertainty).tolist() == [math.inf, 1.0]


def test_a_covariance_is_one_whatever_its_units() -> None:
    """Correlations beyond 1 are none, though the larger variance hide the smaller."""
    with pytest.raises(Problem, match="negative eigenvalue"):
        propagate("x*y", {"x": 1.0, "y": 2.0}, {"x": 1e3, "y": 1e-3}, [[1e6, 2.0], [2.0, 1e-6]])


@pytest.mark.parametrize(
    ("value", "u", "text"),
    [
        (5e-324, 5e-324, "(5.0 ± 5.0)e-324"),
        (1e-200, 1e-199, "(0.1 ± 1.0)e-199"),
        (2.0, 1.4142e-167, "2.0 ± 1.4e-167"),
        (1e308, 1.5e307, "(1.00 ± 0.15)e+308"),
    ],
)
def test_results_at_the_ends_of_float64_are_rounded(value: float, u: float, text: str) -> None:
    assert rounded(value, u) == text
