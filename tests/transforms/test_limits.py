"""What value and derivatives tend to where there is no value, against limits that SymPy or a book knows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gradcli.address import EntryAddress, Input
from gradcli.lang import parse, unparse
from gradcli.render import Style, render
from gradcli.symbolic import Answer, Truth
from gradcli.transforms.nonfinite.common_factor import without_common_factor
from gradcli.transforms.nonfinite.suggest_rewrite import all_finite, confirm
from gradcli.transforms.operators.derivative import derivative
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.operators.hessian import hessian, hvp
from gradcli.transforms.operators.jacobian import jacobian
from gradcli.transforms.operators.jvp import jvp
from gradcli.transforms.results.base import Result
from gradcli.transforms.verify.check import judge

INF = float("inf")

KNOWN: list[tuple[str, float, float, float]] = [
    ("(x**2 - 1)/(x - 1)", 1.0, 2.0, 1.0),
    ("(exp(x) - 1)/x", 0.0, 1.0, 0.5),
    ("erf(x)/x", 0.0, 2 / np.sqrt(np.pi), 0.0),
    ("(1 - cos(x))/x**2", 0.0, 0.5, 0.0),
    ("sin(x)/x", 0.0, 1.0, 0.0),
    ("log(1 + x)/x", 0.0, 1.0, -0.5),
    ("tan(x)/x", 0.0, 1.0, 0.0),
    ("(x - sin(x))/x**3", 0.0, 1 / 6, 0.0),
    ("1/x - 1/sin(x)", 0.0, 0.0, -1 / 6),
    ("1/x - 1/(exp(x) - 1)", 0.0, 0.5, -1 / 12),
    ("(sqrt(x) - 2)/(x - 4)", 4.0, 0.25, -1 / 64),
    ("(x**3 - 8)/(x**2 - 4)", 2.0, 3.0, 0.75),
]


@pytest.mark.parametrize(("text", "point", "value", "slope"), KNOWN, ids=[case[0] for case in KNOWN])
def test_a_removable_singularity_has_the_limits_of_value_and_derivative(
    text: str, point: float, value: float, slope: float
) -> None:
    result = grad(text, {"x": point})
    assert np.isnan(result.value)
    of_value, of_slope = result.limits
    assert (of_value.of, of_slope.of) == ("f", "df/dx")
    assert of_value.both == pytest.approx(value, rel=1e-15, abs=1e-15)
    assert of_slope.both == pytest.approx(slope, rel=1e-15, abs=1e-15)


@pytest.mark.parametrize(("text", "point", "value", "slope"), KNOWN, ids=[case[0] for case in KNOWN])
def test_a_remedy_has_them_as_its_numbers(text: str, point: float, value: float, slope: float) -> None:
    origin = grad(text, {"x": point}).origin
    assert origin is not None
    if origin.remedy is None:
        assert text.startswith("1/x")  # an infinity before the NaN is not for a `where` alone ...
    program = text if origin.remedy is None else origin.remedy.program
    filled = grad(program, {"x": point})
    assert all_finite(filled)
    assert not filled.kinks
    assert filled.value == pytest.approx(value, rel=1e-14, abs=1e-14)
    assert filled.gradients["x"] == pytest.approx(slope, rel=1e-14, abs=1e-14)


def test_a_filled_in_singularity_is_confirmed_and_keeps_the_digits_beside_the_point() -> None:
    origin = grad("(exp(x) - 1)/x", {"x": 0.0}).origin
    assert origin is not None
    confirmed = confirm(origin, {"x": 0.0}, 60).remedy
    assert confirmed is not None
    assert confirmed.confirmed
    assert "expm1(x)" in confirmed.program
    assert grad(confirmed.program, {"x": 1e-9}).value == pytest.approx(1 + 5e-10, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "left", "right"),
    [
        ("abs(x)/x", -1.0, 1.0),
        ("sin(x)/x**2", -INF, INF),
        ("log(1 + sqrt(x))/sqrt(x)", None, 1.0),
        ("x*log(x)", None, 0.0),
    ],
)
def test_sides_that_differ_are_told_as_they_are(text: str, left: float | None, right: float) -> None:
    limit = grad(text, {"x": 0.0}).limits[0]
    assert (limit.left, limit.right) == (left, right)


def _told(result: Result) -> dict[tuple[str, tuple[str, ...]], float | None]:
    return {(limit.of, limit.along): limit.both for limit in result.limits}


def test_of_several_inputs_each_is_looked_along_and_one_line_across() -> None:
    assert _told(grad("sin(x)/x*y", {"x": 0.0, "y": 2.0})) == {("f", ("x",)): 2.0, ("df/dx", ()): 0.0}
    apart = grad("x*y/(x**2 + y**2)", {"x": 0.0, "y": 0.0})
    assert _told(apart)["f", ("x", "y")] == 0
    assert _told(apart)["f", ("x=1, y=2",)] == 0.4
    assert _told(grad("sin(x*y)/(x*y)", {"x": 0.0, "y": 0.0})) == {("f", ("x=1, y=2",)): 1.0}


def test_every_command_has_them() -> None:
    at: Mapping[str, Any] = {"x": 0.0, "y": 2.0}
    text = "sin(x)/x*y"
    third = pytest.approx(-2 / 3, rel=1e-15)
    assert _told(jacobian(f"[x*y, {text}]", at)) == {("f[1]", ("x",)): 2.0, ("df[1]/dx", ()): 0.0}
    assert _told(hessian(text, at)) == {
        ("f", ("x",)): 2.0, ("df/dx", ()): 0.0, ("d2f/dx dx", ()): third, ("d2f/dx dy", ()): 0.0,
    }  # fmt: skip
    assert _told(hvp(text, at, {"x": 1.0, "y": 2.0})) == {
        ("f", ("x",)): 2.0, ("d(df/dx)", ()): third, ("d(df/dy)", ()): 0.0,
    }  # fmt: skip
    assert _told(jvp(text, at, {"x": 1.0, "y": 1.0})) == {("f", ()): 2.0, ("df", ()): 1.0}
    orders = derivative("(exp(x) - 1)/x", {"x": 0.0}, 4)
    assert _told(orders) == {
        (name, ()): pytest.approx(1 / (k + 1), rel=1e-15)
        for k, name in enumerate(["f", "df/dx", "d2f/dx2", "d3f/dx3", "d4f/dx4"])
    }


def test_a_mixed_derivative_of_what_is_not_smooth_has_no_limit() -> None:
    assert ("d2f/dx dy", ()) not in _told(hessian("x*y*(x**2 - y**2)/(x**2 + y**2)", {"x": 0.0, "y": 0.0}))


def test_where_there_is_a_value_there_is_nothing_to_tell() -> None:
    assert grad("sin(x)/x", {"x": 1.0}).limits == ()
    assert grad("1/x", {"x": 0.0}).limits == ()  # infinite, and the verdict tells of both sides


def test_sympys_limits_bear_them_out_or_contradict_them() -> None:
    result = grad("sin(x)/x", {"x": 0.0})
    address = EntryAddress(0, (Input("x", 0),))
    nan = float("nan")

    def answer(slope: float) -> Answer:
        of_slope = Truth(address, "undefined", nan, left=slope, right=slope)
        return Answer((Truth(EntryAddress(0), "undefined", nan),), (of_slope,), 1, False)

    good = judge(result, answer(0.0))
    assert good.verdict == "singular"
    assert good.reason is not None
    assert good.reason.endswith("its limits of the derivatives are the same")
    assert judge(result, answer(1.0)).verdict == "differs"


def test_the_document_has_them_and_notes_what_is_infinite() -> None:
    found = json.loads(render(grad("sin(x)/x**2", {"x": 0.0}), None, Style("json")))
    assert found["limits"] == [{"of": "f", "along": [], "left": None, "right": None, "given": None}]
    assert {"at": "/limits/0/right", "is": "inf"} in found["nonfinite"]
    assert "limits" not in json.loads(render(grad("x", {"x": 0.0}), None, Style("json")))


@pytest.mark.parametrize("style", [Style("plain"), Style("rich", width=80)])
def test_pipes_and_terminals_show_them(style: Style) -> None:
    text = render(grad("(x**2 - 1)/(x - 1)", {"x": 1.0}), None, style)
    assert "f is nan here, and tends to 2.0" in text
    assert "f: 2.0 from both sides; given nan" in text
    assert "df/dx: 1.0 from both sides; given nan" in text


def test_a_line_is_no_limit_from_everywhere() -> None:
    result = grad("sin(x)/x*y", {"x": 0.0, "y": 2.0})
    assert "tends to 2.0 along x" in render(result, None, Style("plain"))
    many = replace(result, limits=result.limits * 10)
    assert "... and 10 more" in render(many, None, Style("plain"))


@pytest.mark.parametrize(
    ("above", "below", "expected"),
    [
        ("x**2 - 1", "x - 1", "x + 1"),
        ("(x + 1)**3*(x - 2)", "2*(x + 1)**2", "0.5*x**2 - 0.5*x - 1"),
        ("x**4 - 1", "x**2 + 3*x + 2", "(x**3 - x**2 + x - 1)/(x + 2)"),
        ("x*x - 4", "-(x - 2)", "-x - 2"),
        ("x**2 + 1", "x - 1", None),
        ("x**2 - y**2", "x - y", None),
        ("sin(x)", "x", None),
        ("x**2 - 1", "3*(x - 1)", None),  # a third is no float64 number
        ("x**2 - 1", "x - x", None),
    ],
)
def test_common_factors(above: str, below: str, expected: str | None) -> None:
    found = without_common_factor(parse(above).result, parse(below).result)
    assert (None if found is None else unparse(found)) == expected
