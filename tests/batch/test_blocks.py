"""Straight-line code: the numbers that NumPy gives for the formula itself, in little memory."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from gradcli.batch import plan, run
from gradcli.batch.blocks import BLOCK
from gradcli.formulas import Entry, Graph, gradient, interpret
from gradcli.lang import parse
from gradcli.ops.calls.resolve import resolve

ROWS = 2 * BLOCK + 17


def columns(rows: int = ROWS) -> dict[str, NDArray[np.float64]]:
    chance = np.random.default_rng(1)
    return {name: chance.uniform(0.5, 2.0, rows) for name in ("x", "y", "z")}


def computed(text: str, threads: int = 1) -> list[NDArray[np.float64]]:
    given = columns()
    meaning = interpret(resolve(parse(text)), dict.fromkeys(given, ()))
    made = plan(meaning.graph, [*meaning.entries, *gradient(meaning, list(given))], lambda entry: True)
    return run(made, ROWS, lambda entry: given[entry.name], {}, threads)


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_value_and_partials_are_those_of_the_formula(threads: int) -> None:
    x, y, z = columns().values()
    value, by_x, by_y, by_z = computed("exp(-x**2)*sin(y*z) + log(1+x*y)/sqrt(z)", threads)
    bell, wave, log = np.exp(-(x**2)), y * z, np.log(1 + x * y)
    np.testing.assert_allclose(value, bell * np.sin(wave) + log / np.sqrt(z), rtol=1e-14, atol=1e-15)
    np.testing.assert_allclose(
        by_x, -2 * x * bell * np.sin(wave) + y / (1 + x * y) / np.sqrt(z), rtol=1e-13, atol=1e-15
    )
    np.testing.assert_allclose(by_y, bell * np.cos(wave) * z + x / (1 + x * y) / np.sqrt(z), rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(by_z, bell * np.cos(wave) * y - log / (2 * z**1.5), rtol=1e-13, atol=1e-15)


def test_a_long_program_runs_in_a_few_places() -> None:
    text = "; ".join(["a0 = x"] + [f"a{i + 1} = sin(a{i}) + y" for i in range(200)] + ["a200"])
    meaning = interpret(resolve(parse(text)), {"x": (), "y": ()})
    made = plan(meaning.graph, meaning.entries, lambda entry: True)
    assert len(made.steps) == 400
    assert made.places <= 4


def test_what_is_the_same_in_all_rows_is_computed_once() -> None:
    meaning = interpret(resolve(parse("x*exp(k)*sin(k)")), {"x": (), "k": ()})
    made = plan(meaning.graph, meaning.entries, lambda entry: entry.name == "x")
    assert {step.function for step in made.before} >= {np.exp, np.sin}
    assert [step.function for step in made.steps] == [np.multiply] * len(made.steps)
    (found,) = run(made, 2, lambda entry: np.array([1.0, 2.0]), {Entry("k"): 0.5})
    np.testing.assert_allclose(found, np.exp(0.5) * np.sin(0.5) * np.array([1.0, 2.0]), rtol=1e-15)


def test_a_result_may_be_a_column_a_constant_or_another_result() -> None:
    graph = Graph()
    x = graph.leaf(Entry("x"))
    square = graph.call("mul", (x, x))
    made = plan(graph, [x, graph.leaf(3.0), square, graph.call("sin", (square,)), square], lambda entry: True)
    given = np.array([1.0, 2.0])
    found = run(made, 2, lambda entry: given, {})
    for got, expected in zip(found, [given, [3.0, 3.0], given**2, np.sin(given**2), given**2], strict=True):
        np.testing.assert_array_equal(got, expected)


def test_truth_values_are_counted_as_numbers() -> None:
    meaning = interpret(resolve(parse("(x > 1) + (y > 1) + (z > 1)*2")), dict.fromkeys("xyz", ()))
    made = plan(meaning.graph, meaning.entries, lambda entry: True)
    given = columns()
    (found,) = run(made, ROWS, lambda entry: given[entry.name], {})
    x, y, z = given.values()
    np.testing.assert_array_equal(found, 1.0 * (x > 1) + (y > 1) + 2 * (z > 1))


def test_no_rows_are_no_error() -> None:
    graph = Graph()
    made = plan(graph, [graph.call("sin", (graph.leaf(Entry("x")),))], lambda entry: True)
    assert run(made, 0, lambda entry: np.zeros(0), {})[0].shape == (0,)
