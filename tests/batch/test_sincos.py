"""Sine and cosine of one number from its tangent: within 3 ulps, with the right signs, wherever the number lies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from numpy.typing import NDArray

from gradcli.batch import plan, run
from gradcli.batch.sincos import cosine
from gradcli.formulas import interpret
from gradcli.lang import parse
from gradcli.ops.calls.resolve import resolve

CHANCE = np.random.default_rng(7)
COUNT = 2000
QUARTERS = np.repeat(np.arange(-50.0, 51.0), 20) * np.pi / 4
ANGLES = {
    "small turns": CHANCE.uniform(-10, 10, COUNT),
    "many turns": CHANCE.uniform(-1e6, 1e6, COUNT),
    "near zeros, and where the nearest quarter turn changes": QUARTERS
    * (1 + CHANCE.normal(size=QUARTERS.size) * 10 ** CHANCE.uniform(-17, -2, QUARTERS.size)),
    "all sizes": CHANCE.choice([-1.0, 1.0], COUNT) * 10 ** CHANCE.uniform(-20, 25, COUNT),
    "where the way changes": 2.0**40 * np.pi / 2 * CHANCE.uniform(0.9, 1.1, COUNT),
    "tiny": np.array([5e-324, -1e-310, 1e-200, -0.0, 0.0]),
}


def sine_and_cosine(u: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    tangent = np.tan(u)
    found = cosine(u, tangent, np.empty(len(u)))
    return tangent * found, found


def ulps(found: NDArray[np.float64], u: NDArray[np.float64], function: Callable[..., Any]) -> float:
    with mpmath.workprec(300):
        exact = [function(mpmath.mpf(float(number))) for number in u]
        errors = [
            abs(mpmath.mpf(float(number)) - true) / np.spacing(abs(float(true)))
            for number, true in zip(found, exact, strict=True)
        ]
    return float(max(errors))


@pytest.mark.parametrize("kind", ANGLES)
def test_they_are_within_3_ulps(kind: str) -> None:
    u = ANGLES[kind]
    sine, found = sine_and_cosine(u)
    assert ulps(sine, u, mpmath.sin) <= 3
    assert ulps(found, u, mpmath.cos) <= 3


def test_zeros_keep_their_sign_and_what_is_not_finite_has_none() -> None:
    with np.errstate(invalid="ignore"):
        sine, found = sine_and_cosine(np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1.0]))
    assert np.signbit(sine[:2]).tolist() == [False, True]
    assert found[:2].tolist() == [1.0, 1.0]
    assert np.isnan(sine).tolist() == np.isnan(found).tolist() == [False, False, True, True, True, False]


def test_it_may_write_where_it_reads() -> None:
    u = np.linspace(-20, 20, 101)
    expected = sine_and_cosine(u)[1]
    assert cosine(u, np.tan(u), u) is u
    np.testing.assert_array_equal(u, expected)
    assert sine_and_cosine(np.array([]))[1].shape == (0,)


@pytest.mark.parametrize(
    ("text", "functions"),
    [
        ("sin(x)*cos(x)", [np.tan, cosine, np.multiply, np.multiply]),
        ("cos(x)*sin(x) + tan(x)", [np.tan, cosine, np.multiply, np.multiply, np.add]),
        ("tan(x) + cos(x)*sin(x)", [np.tan, cosine, np.multiply, np.multiply, np.add]),
        ("sin(x)*cos(y)", [np.sin, np.cos, np.multiply]),
        ("sin(x)**2", [np.sin, np.square]),
    ],
)
def test_the_tangent_is_taken_where_both_are_wanted(text: str, functions: list[Callable[..., object]]) -> None:
    shapes = dict.fromkeys([name for name in "xy" if name in text.replace("exp", "")], ())
    meaning = interpret(resolve(parse(text)), shapes)
    made = plan(meaning.graph, meaning.entries, lambda entry: True)
    assert [step.function for step in made.steps] == functions
    given = {"x": np.linspace(-30, 30, 50_000), "y": np.linspace(1, 2, 50_000)}
    (found,) = run(made, 50_000, lambda entry: given[entry.name], {}, 2)
    sin, cos, tan = np.sin, np.cos, np.tan
    x, y = given["x"], given["y"]
    expected = {"sin(x)*cos(x)": sin(x) * cos(x), "sin(x)*cos(y)": sin(x) * cos(y), "sin(x)**2": sin(x) ** 2}
    both = sin(x) * cos(x) + tan(x)
    np.testing.assert_allclose(found, expected.get(text, both), rtol=1e-14, atol=1e-14 * np.abs(both).max())


def test_truth_values_are_no_angles() -> None:
    meaning = interpret(resolve(parse("sin(b)*cos(b)")), {"b": ()})
    made = plan(meaning.graph, meaning.entries, lambda entry: True, {"b"})
    (found,) = run(made, 2, lambda entry: np.array([True, False]), {})
    np.testing.assert_allclose(found, [np.sin(1) * np.cos(1), 0], rtol=1e-15)
