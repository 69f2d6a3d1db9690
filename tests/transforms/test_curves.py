"""Curves: what is found on them is compared with SciPy, mpmath and what is known of the functions."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
import scipy.optimize
import scipy.special

from gradcli.errors import DomainProblem, NameProblem, Problem, ShapeProblem, UsageProblem
from gradcli.transforms.curves.curve import curve
from gradcli.transforms.curves.proved import Proof
from gradcli.transforms.curves.surface import surface
from gradcli.transforms.results.plot import Axis, Curve


def over(expression: str, start: float, stop: float, **options: object) -> Curve:
    """A curve; its process is forked, which takes a tenth of the time."""
    return curve(expression, Axis("x", start, stop), **{"proof": Proof(late=True), **options})  # type: ignore[arg-type]  # a test's own words


def breaks(expression: str, start: float, stop: float, **options: object) -> list[tuple[str, float]]:
    return [(one.kind, one.x) for one in over(expression, start, stop, **options).breaks]


def near(found: list[tuple[str, float]], expected: list[tuple[str, float]]) -> bool:
    kinds = [kind for kind, _ in found] == [kind for kind, _ in expected]
    return kinds and all(abs(a - b) <= 2 * math.ulp(b) for (_, a), (_, b) in zip(found, expected, strict=True))


@pytest.mark.parametrize(
    ("expression", "start", "stop", "expected"),
    [
        ("tan(x)", -3.0, 3.0, [("pole", -math.pi / 2), ("pole", math.pi / 2)]),
        ("1/x", -1.0, 2.0, [("pole", 0.0)]),
        ("1/x", 0.0, 2.0, [("pole", 0.0)]),
        ("1/(x - 0.3)**2", -1.0, 1.0, [("pole", 0.3)]),
        ("1e-3/(x - 1.2345)", -3.0, 3.0, [("pole", 1.2345)]),
        ("1/(x**2 - 2)", -2.0, 2.0, [("pole", -math.sqrt(2)), ("pole", math.sqrt(2))]),
        ("gamma(x)", -3.5, 3.0, [("pole", -3.0), ("pole", -2.0), ("pole", -1.0), ("pole", 0.0)]),
        ("lgamma(x)", -2.5, 3.0, [("pole", -2.0), ("pole", -1.0), ("pole", 0.0)]),
        ("log(abs(x - 1))", -1.0, 2.1, [("pole", 1.0)]),
        ("exp(1/x)", -1.0, 1.0, [("pole", 0.0)]),
        ("log(x)", -1.0, 3.0, [("pole", 0.0)]),
        ("floor(x)", -1.5, 1.5, [("jump", -1.0), ("jump", 0.0), ("jump", 1.0)]),
        ("round(x)", -1.0, 1.0, [("jump", -0.5), ("jump", 0.5)]),
        ("x % 0.7", 0.1, 2.0, [("jump", 0.7), ("jump", 1.4)]),
        ("fmod(x, 0.7)", -1.0, 1.0, [("jump", -0.7), ("jump", 0.7)]),
        ("sign(x)", -1.0, 1.1, [("jump", 0.0)]),
        ("x/abs(x)", -1.0, 1.0, [("jump", 0.0)]),
        ("atan(1/x)", -1.0, 1.1, [("jump", 0.0)]),
        ("where(x < 0.5, x, x**2)", -1.0, 1.1, [("jump", 0.5)]),
        ("2 if x < 1 else 3", -3.0, 3.0, [("jump", 1.0)]),
        ("abs(x - 1)", -1.0, 3.0, [("kink", 1.0)]),
        ("relu(x - 0.1)", -1.0, 1.0, [("kink", 0.1)]),
        ("max([x, 1 - x, 0.7])", -1.0, 2.0, [("kink", 0.3), ("kink", 0.7)]),
        ("norm([x, 2*x])", -1.0, 1.3, [("kink", 0.0)]),
        ("sqrt(abs(x - 0.3))", -1.0, 1.0, [("kink", 0.3)]),
        ("abs(sin(x))", -4.0, 4.0, [("kink", -math.pi), ("kink", 0.0), ("kink", math.pi)]),
        ("sqrt(x)", -1.0, 3.0, [("edge", 0.0)]),
        ("acos(x)", -2.0, 2.0, [("edge", -1.0), ("edge", 1.0)]),
        ("sin(1/x)", -1.0, 1.1, [("no limit", 0.0)]),
        ("exp(1000*x)", -1.0, 1.0, [("overflow", math.log(np.finfo(float).max) / 1000)]),
        ("sin(x)/x", -3.0, 3.0, [("removable", 0.0)]),
        ("(x**2 - 1)/(x - 1)", -1.0, 2.0, [("removable", 1.0)]),
        ("sin(50*x)", -3.0, 3.0, []),
        ("x**2", -1.0, 1.0, []),
        ("tanh(300*(x - 0.123))", -1.0, 1.0, []),
        ("exp(-10000*(x - 0.1)**2)", -1.0, 1.0, []),
        ("x**11 - 3*x", -2.0, 2.0, []),
        ("(1 - cos(x))/(x*abs(x))", -1.0, 1.0, [("jump", 0.0)]),
        ("sign(x - 0.25) + abs(x - 0.25)**0.1", -1.0, 1.0, [("jump", 0.25)]),
    ],
)
def test_known_breaks(expression: str, start: float, stop: float, expected: list[tuple[str, float]]) -> None:
    found = breaks(expression, start, stop)
    assert near(found, expected), found


def test_the_sides_of_breaks() -> None:
    (jump,) = over("floor(x) + x", 0.5, 1.5).breaks
    assert jump.left == pytest.approx(1.0)
    assert (jump.right, jump.order) == (2.0, 0)
    (kink,) = over("abs(x)*3", -1.0, 1.1).breaks
    assert (kink.left, kink.right, kink.order) == (-3.0, 3.0, 1)
    (second,) = over("x*abs(x)", -1.0, 1.1, order=2).breaks
    assert (second.left, second.right, second.order) == (-2.0, 2.0, 2)
    (pole,) = over("exp(1/x)", -1.0, 1.1).breaks
    assert (pole.left, pole.right) == (0.0, math.inf)


@pytest.mark.parametrize("expression", ["tan(x)", "1/x", "floor(x)", "1/(x*x)", "1/x + abs(x)"])
def test_no_segment_joins_two_sides(expression: str) -> None:
    found = over(expression, -3.0, 3.1)
    x, y = found.pieces(0, 0)
    step, length = np.abs(np.diff(y)), np.abs(np.diff(x))
    joined = np.isfinite(step) & (np.sign(y[1:]) != np.sign(y[:-1])) & (np.abs(y[1:]) > 100) & (np.abs(y[:-1]) > 100)
    assert not joined.any()
    assert not (expression == "floor(x)" and (step[np.isfinite(step)] > 0).any())
    assert (length >= 0).all()


def test_a_derivative_is_broken_where_its_curve_has_a_kink() -> None:
    found = over("abs(x - 0.3)", -1.0, 1.0)
    _, value = found.pieces(0, 0)
    assert np.isfinite(value).all()
    _, slope = found.pieces(1, 0)
    assert np.isnan(slope).any()
    runs = np.split(slope, np.flatnonzero(np.isnan(slope)))
    assert {float(number) for run in runs for number in run[np.isfinite(run)]} == {-1.0, 0.0, 1.0}
    assert all(len(set(run[np.isfinite(run)].tolist())) <= 1 for run in runs)


@pytest.mark.parametrize(
    ("expression", "start", "stop", "expected"),
    [
        ("sin(x)/x", -3.0, 3.0, 1.0),
        ("(1 - cos(x))/x**2", -2.0, 2.0, 0.5),
        ("expm1(x)/x", -1.0, 1.0, 1.0),
        ("(sqrt(1 + x) - 1)/x", -0.5, 0.5, 0.5),
        ("x*sin(1/x)", -1.0, 1.0, 0.0),
    ],
)
def test_removable_singularities_are_filled(expression: str, start: float, stop: float, expected: float) -> None:
    found = over(expression, start, stop, order=1)
    assert float(found.values[0, 0, np.searchsorted(found.x, 0.0)]) == pytest.approx(expected, abs=1e-12)
    (place,) = found.breaks
    assert place.kind == "removable"


@pytest.mark.parametrize(
    ("expression", "start", "stop"),
    [("cos(x) - x", -2.0, 2.0), ("x**3 - 2*x - 5", 0.0, 3.0), ("exp(-x) - x**2", -1.0, 2.0), ("log(x) + x", 0.1, 2.0)],
)
def test_roots_are_those_of_scipy(expression: str, start: float, stop: float) -> None:
    (found,) = over(expression, start, stop, marks=["roots"]).marks
    env = {name: getattr(math, name) for name in ("cos", "exp", "log")}
    expected = scipy.optimize.brentq(lambda x: eval(expression, env, {"x": x}), start, stop, xtol=1e-300, rtol=1e-15)
    assert abs(found.x - expected) <= 4 * math.ulp(expected)


def test_zeros_of_a_bessel_function_are_those_of_mpmath() -> None:
    found = over("j0(x)", 0.0, 30.0, marks=["roots", "extrema"]).marks
    roots = [mark.x for mark in found if mark.kind == "root"]
    with mpmath.workdps(30):
        zeros = [float(mpmath.besseljzero(0, k)) for k in range(1, 10)]
        turns = [float(mpmath.besseljzero(1, k)) for k in range(1, 10)]
    assert roots == pytest.approx(zeros, rel=4e-16)
    assert [mark.x for mark in found if mark.kind != "root" and mark.x > 0] == pytest.approx(turns, rel=4e-16)


def test_extrema_of_gamma_are_zeros_of_digamma() -> None:
    marks = over("gamma(x)", -3.5, 3.0, marks=["extrema"]).marks
    assert [mark.kind for mark in marks] == ["maximum", "minimum", "maximum", "minimum"]
    for mark in marks:
        with mpmath.workdps(30):
            assert mark.x == pytest.approx(float(mpmath.findroot(mpmath.digamma, mark.x)), rel=4e-16)
        assert mark.value == pytest.approx(float(scipy.special.gamma(mark.x)), rel=1e-14)


def test_marks_between_samples_and_none_of_rounding() -> None:
    assert len(over("sin(801*pi*x)", 0.0, 0.05, marks=["roots"], points=21).marks) == 41
    (peak,) = over("3*exp(-(1e5*(x - 0.3712))**2)", -1.0, 1.0, marks=["extrema"]).marks
    assert (peak.kind, peak.x, peak.value, peak.proved) == ("maximum", 0.3712, 3.0, True)
    found = over("(1 - cos(x))/x**2", -1.0, 1.0, marks=["extrema"])
    assert [(mark.kind, mark.x, mark.value) for mark in found.marks] == [("maximum", 0.0, 0.5)]
    noisy = over("x**3 - 3*x**2 + 3*x - 1", 0.5, 1.7, marks=["roots", "extrema"])
    assert [(mark.kind, mark.x, mark.touches) for mark in noisy.marks] == [("root", 1.0, False)]


def test_what_is_proved_of_marks() -> None:
    found = over("sin(x)*abs(x - 1)", 0.5, 4.0, marks=["roots", "extrema"])
    assert [(mark.kind, mark.x, mark.proved) for mark in found.marks if mark.x < 2] == [
        ("root", 1.0, False), ("minimum", 1.0, False)
    ]  # fmt: skip
    assert [(mark.kind, mark.x, mark.proved) for mark in found.marks if mark.kind == "root" and mark.x > 2] == [
        ("root", math.pi, True)
    ]
    assert (found.doubts, found.unproved) == ((), "")
    swings = over("sin(1/x)", 0.01, 1.0, marks=["roots"], points=11)
    assert (len(swings.marks), all(mark.proved for mark in swings.marks)) == (31, True)
    shown = over("x**2 - 0.25", 0.0, 1.0, marks=["roots"], proof=None)
    assert [(mark.x, mark.proved) for mark in shown.marks] == [(0.5, False)]
    late = over("x**2 - 0.25", 0.0, 1.0, marks=["roots"], proof=Proof(timeout=0.0, late=True))
    assert [(mark.x, mark.proved) for mark in late.marks] == [(0.5, False)]
    assert "no answer within 0 s" in late.unproved


def test_a_jump_may_have_the_value_zero() -> None:
    found = over("x % 1", -0.5, 2.5, marks=["roots"])
    assert [(mark.x, mark.touches) for mark in found.marks] == [(0.0, False), (1.0, False), (2.0, False)]
    assert [one.right for one in found.breaks] == [0.0] * 3
    assert [one.left for one in found.breaks] == pytest.approx([1.0] * 3, abs=1e-15)
    assert over("floor(x)", -1.5, 1.5, marks=["roots"]).marks == ()


@pytest.mark.parametrize("expression", ["tanh(1e9*(x - 0.123))", "atan(1e7*(x - 0.3))", "erf(1e8*(x - 0.2))"])
def test_what_is_steep_is_no_jump(expression: str) -> None:
    found = over(expression, -1.0, 1.0)
    assert found.breaks == ()
    assert found.values[1, 0].max() > 1e6  # points were added where it rises


@pytest.mark.parametrize("size", [1e-3, 1e-6, 1e-9])
def test_small_jumps(size: float) -> None:
    found = over(f"x + {size}*floor(x)", -0.5, 2.5).breaks
    assert [(one.kind, one.x) for one in found] == [("jump", 0.0), ("jump", 1.0), ("jump", 2.0)]
    assert found[1].right is not None
    assert found[1].left is not None
    assert found[1].right - found[1].left == pytest.approx(size, rel=1e-5)


@pytest.mark.parametrize("expression", ["sin(floor(x)*0) + x", "(1 - cos(x - 0.3))/(x - 0.3)", "abs(x)*x + x**3"])
def test_rounding_is_no_small_jump(expression: str) -> None:
    assert all(one.kind != "jump" for one in over(expression, -1.0, 1.3).breaks)


def test_two_roots_between_samples_are_found() -> None:
    marks = over("(x - 0.50001)*(x - 0.50002)", 0.0, 2.0, marks=["roots"], points=41).marks
    assert [mark.x for mark in marks] == pytest.approx([0.50001, 0.50002], abs=1e-11)


@pytest.mark.parametrize(
    ("expression", "touching"),
    [("(x - 0.3)**2", True), ("abs(x - 0.3)", True), ("x**2 - 0.6*x + 0.09", True), ("(x - 0.3)**3", False)],
)
def test_roots_where_a_curve_touches_zero(expression: str, touching: bool) -> None:
    (mark,) = over(expression, -1.0, 1.0, marks=["roots"]).marks
    assert mark.touches is touching
    assert mark.x == pytest.approx(0.3, abs=1e-5 if "**3" in expression else 1e-15)


@pytest.mark.parametrize("expression", ["x**2 + 1e-14", "x**2 + 1e-30", "abs(x) + 1e-17", "1/x", "sign(x) + 0.5"])
def test_what_comes_near_zero_or_jumps_over_it_is_no_root(expression: str) -> None:
    assert over(expression, -1.0, 1.1, marks=["roots"]).marks == ()


@pytest.mark.parametrize(
    ("expression", "roots"),
    [("sqrt(x)", [0.0]), ("acos(x)", [1.0]), ("x*sqrt(1 - x)", [0.0, 1.0]), ("1 + sqrt(x)", [])],
)
def test_the_end_of_a_domain_may_be_a_root(expression: str, roots: list[float]) -> None:
    for start in (-2.0, -2.1):
        assert [mark.x for mark in over(expression, start, 2.3, marks=["roots"]).marks] == roots


def test_where_there_is_no_value_there_is_no_derivative() -> None:
    found = over("log(x)", -1.0, 1.0)
    assert np.isnan(found.values[1, 0, found.x < 0]).all()
    assert over("loggamma(x)", -3.5, 3.0, marks=["extrema"]).marks[0].x == pytest.approx(1.4616321449683622)


def test_a_stretch_of_zeros_is_no_multitude_of_roots() -> None:
    found = over("relu(x - 0.25)", -1.0, 1.0, marks=["roots", "extrema"])
    assert found.marks == ()
    assert found.zeros == ((-1.0, 0.25, 0),)


def test_extrema_and_roots_at_removable_singularities() -> None:
    marks = over("sin(x)/x", -3.0, 3.0, marks=["extrema"]).marks
    assert [(mark.kind, mark.x, mark.value, mark.derivative) for mark in marks] == [("maximum", 0.0, 1.0, 0.0)]
    marks = over("sin(x)**2/x", -1.0, 1.0, marks=["roots"]).marks
    assert [(mark.kind, mark.x, mark.value) for mark in marks] == [("root", 0.0, 0.0)]


def test_extrema_at_kinks_and_none_at_poles_or_saddles() -> None:
    (mark,) = over("abs(x - 0.3) + 2", -1.0, 1.0, marks=["extrema"]).marks
    assert (mark.kind, mark.x, mark.value) == ("minimum", 0.3, 2.0)
    assert over("1/x**2", -1.0, 1.0, marks=["extrema"]).marks == ()
    assert over("x**3", -1.0, 1.0, marks=["extrema"]).marks == ()
    assert over("floor(x)", -1.5, 1.5, marks=["extrema"]).marks == ()


def test_inflections() -> None:
    marks = over("exp(-x**2)", -2.0, 2.0, marks=["inflections"]).marks
    assert [mark.x for mark in marks] == pytest.approx([-math.sqrt(0.5), math.sqrt(0.5)], abs=1e-15)
    assert {mark.kind for mark in marks} == {"inflection"}
    assert over("x**4", -1.0, 1.0, marks=["inflections"]).marks == ()


def test_lines() -> None:
    tangent, taylor = over("exp(x)", -1.0, 1.0, at=0.0, taylor=4).lines
    assert tangent.coefficients == (1.0, 1.0)
    assert taylor.coefficients == pytest.approx([1 / math.factorial(k) for k in range(5)])
    assert taylor(np.array([0.5]))[0] == pytest.approx(sum(0.5**k / math.factorial(k) for k in range(5)))


def test_the_polynomial_at_a_removable_singularity_has_the_limits() -> None:
    (taylor,) = over("sin(x)/x", -1.0, 1.0, taylor=4).lines
    assert taylor.coefficients == pytest.approx((1.0, 0.0, -1 / 6, 0.0, 1 / 120), abs=1e-15)


@pytest.mark.parametrize("expression", ["abs(x)", "1/x", "floor(x)", "sqrt(x)"])
def test_there_is_no_tangent_where_there_is_none(expression: str) -> None:
    with pytest.raises(DomainProblem, match="no tangent at x = 0"):
        over(expression, -1.0, 1.0, at=0.0)


def test_samples_are_added_where_a_curve_bends() -> None:
    found = over("exp(-1000*(x - 0.5)**2)", -1.0, 1.0)
    x, y = found.x, found.values[0, 0]
    assert len(x) > 401
    fine = np.linspace(-1, 1, 20_001)
    assert np.abs(np.interp(fine, x, y) - np.exp(-1000 * (fine - 0.5) ** 2)).max() < 2e-3
    assert len(over("2*x + 1", -1.0, 1.0).x) == 401


def test_a_count_gives_these_points_and_no_others() -> None:
    found = curve("1/x", Axis("x", -1.0, 1.0, 5))
    assert found.x.tolist() == [-1.0, -0.5, 0.0, 0.5, 1.0]
    assert [one.kind for one in found.breaks] == ["pole"]


def test_numbers_are_those_of_the_formula() -> None:
    found = over("exp(-x)*sin(3*x)", 0.0, 4.0, order=2)
    x = found.x
    assert np.allclose(found.values[0, 0], np.exp(-x) * np.sin(3 * x), rtol=1e-14)
    assert np.allclose(found.values[1, 0], np.exp(-x) * (3 * np.cos(3 * x) - np.sin(3 * x)), rtol=1e-12, atol=1e-15)
    assert np.allclose(
        found.values[2, 0], np.exp(-x) * (-8 * np.sin(3 * x) - 6 * np.cos(3 * x)), rtol=1e-12, atol=1e-14
    )


def test_a_curve_that_swings_between_the_points_is_told() -> None:
    assert "swings between the points" in over("sin(1e5*x)", 0.0, 1.0).notes[0]
    for expression in ("sin(1000*x)", "tan(x)", "floor(40*x)", "1/x", "x", "3 + 0*x"):
        assert over(expression, -1.0, 2.0).notes == ()


def test_powers_of_ten_along_the_axis() -> None:
    found = over("log(x)", 0.01, 100.0, log=True)
    assert np.allclose(np.diff(np.log(found.x)), math.log(1e4) / 400)


def test_several_entries_and_what_has_no_formula() -> None:
    found = over("[x, abs(x)]", -1.0, 1.1, marks=["roots"])
    assert found.entries == 2
    assert [(one.kind, one.output) for one in found.breaks] == [("kink", 1)]
    assert [(mark.output, mark.x) for mark in found.marks] == [(0, 0.0), (1, 0.0)]
    slow = curve("median([x, 1, 2])", Axis("x", 0.0, 3.0), points=31)
    assert slow.notes[0].startswith("the places are computed one by one")
    assert [round(one.x, 9) for one in slow.breaks] == [1.0, 2.0]


def test_a_variable_without_a_derivative_is_shown_without() -> None:
    found = over("jv(x, 2.0)", 0.0, 3.0)
    assert found.order == 0
    assert "without a derivative" in found.notes[0]
    with pytest.raises(Problem, match="no derivative"):
        over("jv(x, 2.0)", 0.0, 3.0, order=1)


@pytest.mark.parametrize(
    ("expression", "axis", "problem", "told"),
    [
        ("x", Axis("x", 3.0, -3.0), UsageProblem, "backward"),
        ("x", Axis("x", 3.0, 3.0), UsageProblem, "nothing between"),
        ("x", Axis("x", 0.0, math.inf), UsageProblem, "finite"),
        ("x", Axis("x", -1e308, 1e308), UsageProblem, "no float64"),
        ("x", Axis("x", 0.0, 1.0, 1), UsageProblem, "from 2"),
        ("x*ones(7)", Axis("x", 0.0, 1.0), ShapeProblem, "7 entries"),
        ("x > 1", Axis("x", 0.0, 2.0), UsageProblem, "truth value"),
        ("[1, 2, 3][x]", Axis("x", 0.0, 2.0), Problem, "whole number"),
        ("x*y", Axis("x", 0.0, 2.0), NameProblem, "'y' has no value"),
        ("2*y", Axis("x", 0.0, 2.0), NameProblem, "no variable 'x'"),
    ],
)
def test_what_cannot_be_plotted(expression: str, axis: Axis, problem: type[Problem], told: str) -> None:
    with pytest.raises(problem, match=told):
        curve(expression, axis)


def test_a_map() -> None:
    found = surface("x**2*y + k", (Axis("x", -1.0, 1.0, 5), Axis("y", 0.0, 2.0, 3)), {"k": 1.0})
    x, y = np.meshgrid(found.x, found.y)
    assert np.array_equal(found.value, x**2 * y + 1)
    assert np.array_equal(found.gradient, [2 * x * y, x**2])
    columns = dict(found.columns())
    assert list(columns) == ["x", "y", "value", "d_x", "d_y"]
    assert columns["y"][:4].tolist() == [0.0, 1.0, 2.0, 0.0]
    assert columns["value"][4] == found.value[1, 1]


@pytest.mark.parametrize(("expression", "told"), [("[x, y]", "shape"), ("x < y", "truth value")])
def test_what_has_no_map(expression: str, told: str) -> None:
    with pytest.raises(Problem, match=told):
        surface(expression, (Axis("x", 0.0, 1.0), Axis("y", 0.0, 1.0)))


@pytest.mark.parametrize(
    "text", ["1/(1 + 1e10*(x - 0.3)**2)", "1/(1e-10 + (x - 0.3333)**2)", "exp(-1e10*(x - 0.5)**2)"]
)
def test_a_narrow_peak_is_no_break(text: str) -> None:
    assert curve(text, Axis("x", 0.0, 1.0)).breaks == ()
