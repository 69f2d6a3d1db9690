"""Differences of values: right within their own estimate, for functions of which mpmath knows the derivative."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcli.transforms.verify.differences import extrapolated, noise_of, slope

FUNCTIONS: list[tuple[Callable[[Any], Any], Callable[[Any], Any], float, float]] = [
    (np.exp, mpmath.exp, -5.0, 5.0),
    (np.sin, mpmath.sin, -20.0, 20.0),
    (np.log, mpmath.log, 1e-4, 50.0),
    (np.arctan, mpmath.atan, -100.0, 100.0),
    (lambda x: np.hypot(x, 1e-3), lambda x: mpmath.sqrt(x * x + mpmath.mpf(1e-3) ** 2), -1.0, 1.0),
    (lambda x: x**5 - 3 * x, lambda x: x**5 - 3 * x, -10.0, 10.0),
    (lambda x: np.abs(x) ** 3, lambda x: abs(x) ** 3, -1.0, 1.0),
]


@pytest.mark.parametrize("which", range(len(FUNCTIONS)))
@given(part=st.floats(0.0, 1.0))
def test_the_error_is_within_the_estimate_and_the_estimate_is_small(which: int, part: float) -> None:
    function, exact, low, high = FUNCTIONS[which]
    at = low + part * (high - low)
    found = slope(lambda t: np.array([function(at + t)]), at)
    with mpmath.workdps(40):
        truth = mpmath.diff(exact, mpmath.mpf(at))
        error = float(abs(mpmath.mpf(float(found.value[0])) - truth))
        size = float(abs(truth))
    assert not found.kink[0]
    assert error <= 4 * found.error[0] + 1e-300
    assert found.error[0] <= 1e-7 * max(size, abs(float(function(at))), 1e-3)


@pytest.mark.parametrize(
    ("function", "at"),
    [
        (np.abs, 0.0),
        (lambda x: np.maximum(x, 0.0), 0.0),
        (lambda x: np.abs(x - 3.0) + np.exp(x), 3.0),
        (lambda x: np.clip(x, -1.0, 1.0), 1.0),
        (np.floor, 2.0),
        (np.sign, 0.0),
    ],
)
def test_a_kink_or_a_jump_at_the_point_is_seen(function: Callable[[Any], Any], at: float) -> None:
    assert slope(lambda t: np.array([function(at + t)]), at).kink.tolist() == [True]


@pytest.mark.parametrize("away", [1e-3, 1e-6, 1e-9, -1e-9])
def test_a_kink_beside_the_point_is_not_taken_for_one_at_it(away: float) -> None:
    found = slope(lambda t: np.array([abs(t - away)]), 0.0)
    assert not found.kink[0]
    assert abs(found.value[0] + np.sign(away)) <= 4 * found.error[0] + 1e-12
    assert found.error[0] < 1e-3


def test_noise_that_is_larger_than_rounding_widens_the_estimate() -> None:
    random = np.random.default_rng(0)

    def value(t: float) -> Any:
        return np.array([np.exp(1 + t) + 1e-6 * random.uniform(-1, 1)])

    assert 1e-8 < noise_of(value, 2.0**-44)[0] < 1e-5
    found = slope(value, 1.0)
    assert abs(found.value[0] - np.e) <= 4 * found.error[0]
    assert found.error[0] > 1e-8


def test_what_has_no_values_beside_the_point_has_no_estimate() -> None:
    with np.errstate(invalid="ignore"):
        found = slope(lambda t: np.array([np.sqrt(t)]), 0.0)
    assert not np.isfinite(found.error[0])


def test_a_second_difference() -> None:
    def difference(step: float) -> Any:
        found = (np.cosh(0.5 + step) - 2 * np.cosh(0.5) + np.cosh(0.5 - step)) / step**2
        return np.array([found]), np.zeros(1), np.array([4 * 2.0**-52 / step**2])

    found = extrapolated(difference, 0.25, 2.0**-26)
    assert abs(found.value[0] - np.cosh(0.5)) <= found.error[0] < 1e-9
