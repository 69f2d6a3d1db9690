"""The numbers that a page computes by itself are the engine's: every node's value and gradient, at other inputs."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest

from gradcli.errors import UsageProblem
from gradcli.ops import TABLE
from gradcli.render.pages.local_rules import local_rule
from gradcli.render.pictures.boxes import NUMBERS
from gradcli.render.words.numbers import brief
from gradcli.transforms.operators.graph import graph
from tests.corpora import Case, cases
from tests.render.page_numbers import computed_by_page, data_of, needs_node, page_of

EXPRESSIONS = {
    "decay = exp(-k*t); decay*cos(w*t) + abs(w - 2)": {"k": 0.5, "t": 1.0, "w": 2.5},
    "w*w*w + x*x - w*x": {"w": 2.0, "x": 3.0},
    "sqrt(x)*0 + sigmoid(x) + relu(x)": {"x": 1.0},
    "x**2 + x**0.5 + x**-1 + 2**x + x**y + x**0": {"x": 1.5, "y": 2.5},
    "where(x < y, sin(x), cos(y))*pi + (x if x > 0.5 and y < 9 else y)": {"x": 1.0, "y": 2.0},
    "f(t, k=2) = t*exp(-k*t); f(x) + f(y, k=3)": {"x": 0.3, "y": 0.4},
    "maximum(x, y)*minimum(x, y) + hypot(x, y) + atan2(x, y) + x % y": {"x": 3.5, "y": 1.25},
    "log1p(x**2)/tanh(y) - asinh(x*y)": {"x": 0.7, "y": -1.2},
}


def other_points(values: Mapping[str, float], seed: int) -> list[dict[str, float]]:
    rng = random.Random(seed)
    return [{name: value * rng.uniform(0.8, 1.25) for name, value in values.items()} for _ in range(4)]


def number(told: Any) -> float:
    return float(told)


def compare(expression: str, point: Mapping[str, float], found: Mapping[str, Any], tolerance: float = 1e-12) -> int:
    """How many numbers are the engine's."""
    truth = graph(expression, point)
    compared = 0
    for node, value, grad in zip(truth.nodes, found["value"], found["grad"], strict=False):
        assert number(value) == pytest.approx(float(node.value), rel=tolerance, abs=1e-300, nan_ok=True), node.text
        compared += 1
        if node.grad is not None:
            assert number(grad) == pytest.approx(float(node.grad), rel=tolerance, abs=1e-13, nan_ok=True), node.text
            compared += 1
    return compared


def test_expressions_at_other_inputs() -> None:
    jobs = [(page_of(graph(e, v)), other_points(v, i)) for i, (e, v) in enumerate(EXPRESSIONS.items())]
    answers = computed_by_page(jobs)
    compared = 0
    for (expression, values), (_, points), answer in zip(EXPRESSIONS.items(), jobs, answers, strict=True):
        assert answer["agrees"], expression
        for point, found in zip(points, answer["found"], strict=True):
            if not found["flipped"]:
                compared += compare(expression, {**values, **point}, found)
    assert compared > 400


def operations() -> Iterator[tuple[str, str, dict[str, float], list[dict[str, float]]]]:
    """Every operation that a page computes, in a program, at two points inside its domain."""
    rng = random.Random(7)
    for name, op in TABLE.items():
        if op.kind != "elementwise" or name == "where":
            continue
        try:
            local_rule(name, (None,) * len(op.params))
        except UsageProblem:
            continue
        points = []
        for _ in range(3):
            values = {}
            for param, domain in zip(op.params, op.sample_domains, strict=True):
                low, high = rng.choice(domain)
                values[param] = rng.uniform(low, high)
            points.append(values)
        call = f"{name}({', '.join(op.params)})" if name != "neg" else "-x"
        yield name, f"1.5*{call} + {op.params[0]}", points[0], points[1:]


def test_every_operation_that_javascript_has() -> None:
    needs_node()
    cases = list(operations())
    assert len(cases) > 60
    known = []
    for name, expression, values, points in cases:
        result = graph(expression, values)
        page = page_of(result)
        assert data_of(page)["why"] == "", name
        known.append((expression, values, points, page))
    answers = computed_by_page([(page, points) for _, _, points, page in known])
    compared = 0
    for (expression, values, points, _), answer in zip(known, answers, strict=True):
        assert answer["agrees"], expression
        for point, found in zip(points, answer["found"], strict=True):
            compared += compare(expression, {**values, **point}, found, 2e-12)
    assert compared > 500


def test_a_page_that_gets_a_rule_wrong_says_that_it_disagrees() -> None:
    page = page_of(graph("sin(x)*x", {"x": 1.0}))
    broken = page.replace("Math.cos(a0)", "Math.sin(a0)")
    assert broken != page
    good, bad = computed_by_page([(page, [{"x": 2.0}]), (broken, [{"x": 2.0}])])
    assert (good["agrees"], bad["agrees"]) == (True, False)


def test_kinks_are_found_at_new_inputs() -> None:
    answer = computed_by_page(
        [(page_of(graph("abs(x) + maximum(x, y)", {"x": 1.0, "y": 2.0})), [{"x": 0.0, "y": 0.0}])]
    )
    result = graph("abs(x) + maximum(x, y)", {"x": 0.0, "y": 0.0})
    assert answer[0]["found"][0]["kinks"] == [bool(node.kink) for node in result.nodes]
    assert [number(g) for g in answer[0]["found"][0]["grad"]] == [float(n.grad) for n in result.nodes]  # type: ignore[arg-type]


def test_a_condition_that_changes_is_told() -> None:
    page = page_of(graph("x if x*y > 1 else y", {"x": 2.0, "y": 1.0}))
    answer = computed_by_page([(page, [{"x": 3.0, "y": 1.0}, {"x": 0.1, "y": 1.0}])])[0]
    assert answer["found"][0]["flipped"] == []
    condition, first, start, end = answer["found"][1]["flipped"][0]
    assert first is True
    assert "x if x*y > 1 else y"[start:end] == "x*y > 1"
    assert condition == 4


def test_a_zero_that_meets_an_infinite_slope_is_told() -> None:
    """0*inf is NaN in y*sqrt(x) and 0 behind a condition: the page knows that it does not know."""
    for expression in ("y*sqrt(x)", "where(x > 0, sqrt(x), 0)*y + y"):
        page = page_of(graph(expression, {"x": 1.0, "y": 1.0}))
        first, second = computed_by_page([(page, [{"x": 4.0, "y": 0.5}, {"x": 0.0, "y": 0.0}])])[0]["found"]
        assert (first["unsure"], second["unsure"]) == (False, True)
    at_zero = page_of(graph("y*sqrt(x)", {"x": 0.0, "y": 0.0}))
    assert not computed_by_page([(at_zero, [])])[0]["agrees"]
    assert computed_by_page([(page_of(graph("0*sqrt(x)", {"x": 0.0})), [])])[0]["agrees"]


def test_numbers_are_written_as_python_does() -> None:
    numbers = [0.1, 1.0, -0.0, 1e16, 123456789012345680.0, 1e-5, 1.5e-7, 2.5e300, 1e22, 0.0001, float("inf"), 1 / 3]
    page = page_of(graph("x + 0", {"x": 1.0}))
    points = [{"x": x} for x in numbers if np.isfinite(x)]
    found = computed_by_page([(page, points)])[0]["found"]
    assert [f["texts"][0] for f in found] == [repr(p["x"]) for p in points]


ARRAYS: dict[str, dict[str, Any]] = {
    "sum(sin(A@x)**2)": {"A": [[1.0, 2.0], [3.0, 4.5]], "x": [0.1, 0.2]},
    "softmax(x)[1] + norm(x)*mean(x) - max(x)": {"x": [1.0, -2.0, 3.0]},
    "u = [x, y]; sum(u*u, axis=0)*x": {"x": 1.0, "y": 2.0},
    "sum(x[i]**2*i for i in range(len(x)))": {"x": [1.0, 2.0, 4.0]},
    "sum(where(x > 1.5, x, 0)) + sum(abs(x[1:] - x[:-1]))": {"x": [1.0, 2.0, 3.0]},
    "logdet(A) + trace(inv(A)) + sum(A.T*[1, 2])": {"A": [[2.0, 1.0], [0.5, 3.0]]},
}


def test_arrays_at_other_inputs() -> None:
    jobs = []
    for expression, values in ARRAYS.items():
        moved = {name: (np.ravel(value) * 1.1).tolist() if np.ndim(value) else 1.1 * value
                 for name, value in values.items()}  # fmt: skip
        jobs.append((page_of(graph(expression, values)), [moved]))
    for (expression, values), answer in zip(ARRAYS.items(), computed_by_page(jobs), strict=True):
        assert answer["agrees"], expression
        truth = graph(expression, {name: np.multiply(value, 1.1) for name, value in values.items()})
        (found,) = answer["found"]
        for node, value, grad, text in zip(truth.nodes, found["value"], found["grad"], found["texts"], strict=False):
            assert value == pytest.approx(np.ravel(node.value) if np.ndim(node.value) else node.value, rel=1e-12)
            assert text.startswith("<") == (brief(node.value, NUMBERS)[0] == "<"), text
            if node.grad is not None:
                shown = np.ravel(node.grad) if np.ndim(node.grad) else node.grad
                assert grad == pytest.approx(shown, rel=1e-12, abs=1e-13), node.text


def test_arrays_are_told_as_python_tells_them() -> None:
    arrays = [
        [1 / 3, -2e-5, 1e20, 5.0, 0.25, 1234567.0, -0.00123456, 9.9999e-5], [1.0, 2.0], [[0.0, 1.5], [-2.0, 3e-7]],
        [1 / 3, 2 / 3], [-1 / 7, 1e-7 / 3, 12345.678901], [99999.99999, 0.1 + 0.2],
        [1e22 / 3, -1e-5 / 3, math.pi * 1e5],
        [-0.0, 1 / 3, 123456.7], [7.0] * 30, [[12345.678] * 9] * 3, [0.1] * 8 + [99996.0],
    ]  # fmt: skip
    pages: list[tuple[str, list[dict[str, float]]]] = [
        (page_of(graph("sum(x)", {"x": array})), [{}]) for array in arrays
    ]
    texts = [answer["found"][0]["texts"][0] for answer in computed_by_page(pages)]
    assert texts == [brief(np.array(array), NUMBERS) for array in arrays]


@pytest.mark.parametrize(
    ("expression", "values", "why"),
    [
        ("sum(eigvalsh(A))", {"A": [[2.0, 1.0], [1.0, 4.0]]}, "eigvalsh(A): eigvalsh has no formula of entries"),
        ("sum(x)", {"x": [1.0] * 500}, "sum(x): an array has more than 400 entries"),
        ("erf(y)*y", {"y": 1.0}, "erf(y): JavaScript has no function erf"),
        ("2*3", {}, "there are none"),
    ],
)
def test_why_inputs_cannot_be_changed(expression: str, values: dict[str, Any], why: str) -> None:
    result = graph(expression, values, with_grad=expression != "x")
    assert data_of(page_of(result))["why"].startswith(why)


def test_pages_of_the_corpora_compute_what_the_engine_does_at_another_point() -> None:
    """Real expressions: made at the first of their points, computed at the second."""
    needs_node()
    known = []
    for corpus in ("feynman", "sr_benchmarks", "cas_pairs"):
        of_one: dict[str, list[Case]] = {}
        for case in cases(corpus):
            of_one.setdefault(case.id, []).append(case)
        for first, second, *_ in [points for points in of_one.values() if len(points) > 1][::3]:
            page = page_of(graph(first.expression, first.point))
            if data_of(page)["why"] == "":
                known.append((page, second))
    answers = computed_by_page([(page, [case.point]) for page, case in known])
    compared = 0
    for (_, case), answer in zip(known, answers, strict=True):
        (found,) = answer["found"]
        assert answer["agrees"], case.expression
        if not found["flipped"] and not found["unsure"]:
            compared += compare(case.expression, case.point, found)
    assert compared > 1000


def test_the_picture_of_an_expression_of_the_corpora_has_all_of_its_nodes() -> None:
    for case in [*cases("feynman")][::40]:
        result = graph(case.expression, case.point)
        page = page_of(result)
        assert page.count('<g class="node ') - page.count("aria-hidden") == len(result.nodes)
        assert page.count("data-to=") == sum(len(node.inputs) for node in result.nodes)
