"""Where what is not finite was born, in every transform; and when there is nothing to say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcli.transforms.operators.derivative import derivative
from gradcli.transforms.operators.evaluate import evaluate
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.operators.graph import graph
from gradcli.transforms.operators.hessian import hessian, hvp
from gradcli.transforms.operators.jacobian import jacobian
from gradcli.transforms.operators.jvp import jvp
from gradcli.transforms.results.base import Result
from gradcli.transforms.results.findings import Origin

INF = float("inf")
Transform = Callable[[str, dict[str, Any]], Result]

EVERY: dict[str, Transform] = {
    "eval": evaluate,
    "grad": lambda text, values: grad(text, values, seed=1.0),
    "jacobian": jacobian,
    "graph": lambda text, values: graph(text, values, seed=1.0),
    "hessian": hessian,
    "hvp": lambda text, values: hvp(text, values, dict.fromkeys(values, 1.0)),
    "jvp": lambda text, values: jvp(text, values, dict.fromkeys(values, 1.0)),
    "derivative": lambda text, values: derivative(text, values, 2),
}
DERIVING = {name: transform for name, transform in EVERY.items() if name != "eval"}


def born(result: Result) -> tuple[str, str]:
    """The kind of the origin and its text."""
    origin = result.origin
    assert origin is not None
    return origin.kind, origin.source[slice(*origin.span)]


@pytest.mark.parametrize("name", EVERY)
def test_a_value_is_born_where_the_inputs_are_finite(name: str) -> None:
    assert born(EVERY[name]("1 + 2*log(x)", {"x": 0.0})) == ("forward", "log(x)")


@pytest.mark.parametrize("name", EVERY)
def test_an_input_is_named_as_such(name: str) -> None:
    assert born(EVERY[name]("1 + 2*x", {"x": INF})) == ("input", "x")


@pytest.mark.parametrize("name", DERIVING)
def test_a_slope_is_born_at_the_root(name: str) -> None:
    kind, text = born(DERIVING[name]("1 + 2*sqrt(sin(x))", {"x": 0.0}))
    assert text == "sqrt(sin(x))"
    assert kind == ("tangent" if name in ("jvp", "derivative") else "backward")


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize(
    "text", ["where(x > 1, log(x), x)", "where(x > 1, sqrt(x), x**2) + where(x < 5, x, 1/x)", "maximum(-1/x**2, x)"]
)
def test_a_masked_infinity_is_no_alarm(name: str, text: str) -> None:
    assert EVERY[name](text, {"x": 0.0}).origin is None


def test_a_masked_infinity_is_not_blamed_for_another_one() -> None:
    found = grad("where(x > 1, log(x), x) + 1/y", {"x": 0.0, "y": 0.0})
    assert born(found) == ("forward", "1/y")
    slope = grad("sqrt(where(x > 1, x, 0)) + sqrt(y)", {"x": 0.0, "y": 0.0})
    assert born(slope) == ("backward", "sqrt(y)")


def test_the_cotangent_and_the_partial_are_told() -> None:
    origin = grad("2*sqrt(x)", {"x": 0.0}).origin
    assert origin is not None
    assert (origin.operation, origin.inputs, origin.output) == ("sqrt", (0.0,), 0.0)
    assert (origin.cotangent, origin.partial) == (2.0, INF)


def test_entries_of_arrays_are_told() -> None:
    origin = grad("sum(sqrt(x))", {"x": [[1.0, 0.0], [4.0, 0.0]]}).origin
    assert origin is not None
    assert (origin.index, origin.entries, origin.inputs) == ((0, 1), 2, (0.0,))
    forward = evaluate("1/x", {"x": [1.0, 2.0, 0.0]}).origin
    assert forward is not None
    assert (forward.index, forward.inputs, forward.output) == ((2,), (1.0, 0.0), INF)


def test_the_second_derivative_names_the_operation() -> None:
    origin = hessian("y + x**1.5", {"x": 0.0, "y": 1.0}).origin
    assert origin is not None
    assert origin.source[slice(*origin.span)] == "x**1.5"
    assert "second derivative" in origin.message


def test_a_sum_of_finite_cotangents_that_overflows_is_placed() -> None:
    found = grad("x*1e308 + x*1e308 - x", {"x": 0.5})
    assert isinstance(found.origin, Origin)
    assert born(found) == ("backward", "x")


@pytest.mark.parametrize("name", EVERY)
def test_without_explanation_there_is_none(name: str) -> None:
    plain: dict[str, Callable[[], Result]] = {
        "eval": lambda: evaluate("1/x", {"x": 0.0}, explain=False),
        "grad": lambda: grad("1/x", {"x": 0.0}, explain=False),
        "jacobian": lambda: jacobian("1/x", {"x": 0.0}, explain=False),
        "graph": lambda: graph("1/x", {"x": 0.0}, explain=False),
        "hessian": lambda: hessian("1/x", {"x": 0.0}, explain=False),
        "hvp": lambda: hvp("1/x", {"x": 0.0}, {"x": 1.0}, explain=False),
        "jvp": lambda: jvp("1/x", {"x": 0.0}, {"x": 1.0}, explain=False),
        "derivative": lambda: derivative("1/x", {"x": 0.0}, explain=False),
    }
    assert plain[name]().origin is None


def test_entries_of_a_jacobian_do_not_spoil_each_other() -> None:
    assert np.array_equal(jacobian("1/x", {"x": [0.0, 1.0]}).jacobian, [[-INF, 0.0], [0.0, -1.0]])
    second = hessian("sum(where(x > 1, sqrt(x), x**2))", {"x": [0.0, 4.0]})
    assert np.array_equal(second.hessian, [[2.0, 0.0], [0.0, -1 / 32]])


def test_a_direction_that_stands_still_does_not_spoil() -> None:
    found = jvp("sum(sqrt(x))", {"x": [0.0, 1.0]}, {"x": [0.0, 1.0]})
    assert (found.derivative, found.origin) == (0.5, None)


SINGULAR = st.sampled_from(
    ["sqrt({})", "log({})", "1/{}", "{}**0.5", "acos({})", "{}*log({})", "sqrt({})**2", "exp(1/{})"]
)
HARMLESS = st.sampled_from(["x**2", "3*x", "sin(x)", "x*exp(x)"])
NUMBERS = st.lists(st.sampled_from([-4.0, -1.0, 0.0, 0.25, 0.5, 2.0, 3.0]), min_size=1, max_size=4)


@settings(deadline=None, max_examples=20)
@given(SINGULAR, HARMLESS, NUMBERS)
def test_one_where_is_as_good_as_two(singular: str, harmless: str, x: list[float]) -> None:
    """The known remedy, a second `where` that keeps bad arguments out, gives what one `where` gives here."""
    inside = "(x > 0.1) & (x < 0.9)"
    once = f"sum(where({inside}, {singular.replace('{}', 'x')}, {harmless}))"
    twice = f"sum(where({inside}, {singular.replace('{}', f'where({inside}, x, 0.3)')}, {harmless}))"
    values = {"x": x}
    first, second = hessian(once, values), hessian(twice, values)
    assert first.origin is None
    assert np.allclose(first.gradients["x"], second.gradients["x"], rtol=1e-14, atol=0)
    assert np.allclose(first.hessian, second.hessian, rtol=1e-12, atol=0)
    direction = {"x": [1.0] * len(x)}
    assert jvp(once, values, direction).derivative == pytest.approx(jvp(twice, values, direction).derivative, rel=1e-13)
    product = hvp(once, values, direction).products["x"]
    assert np.allclose(product, hvp(twice, values, direction).products["x"], rtol=1e-12, atol=0)
