"""Higher functions are right to their last digits throughout their reach, and refuse what is beyond.

The figure: value and derivative within 16 units in the last place and 16 times the condition times 2**-52 of mpmath's
numbers with 50 digits, at 200 points of the reach. The condition is by how much a relative change of all arguments is
magnified, itself from mpmath's numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf

import gradcli
from gradcli.errors import DomainProblem
from gradcli.ops import TABLE, Op
from gradcli.ops.table.special import HIGHER
from tests.enclosures.test_functions import FUNCTIONS

POINTS = 200
FEWER = 40
"""Points of the derivatives of others, of which mpmath takes long to find the next."""
EPS = 2.0**-52

LOG, WHOLE = "log", "whole"

REACH: dict[str, tuple[tuple[Any, ...], ...]] = {
    "gammainc": ((0.01, 1000, LOG), (0.001, 1000, LOG)),
    "gammaincc": ((0.01, 1000, LOG), (0.001, 1000, LOG)),
    "gamma_density": ((0.01, 1000, LOG), (0.001, 1000, LOG)),
    "betainc": ((0.01, 1000, LOG), (0.01, 1000, LOG), (0, 1)),
    "beta_density": ((0.01, 1000, LOG), (0.01, 1000, LOG), (0, 1)),
    "expi": ((-50, 50),),
    "exp1": ((1e-6, 600, LOG),),
    "jv": ((-60, 60), (0.01, 200, LOG)),
    "yv": ((-60, 60), (0.01, 200, LOG)),
    "iv": ((-10, 60), (0.01, 200, LOG)),
    "kv": ((-60, 60), (0.01, 200, LOG)),
    "kn": ((0, 60, WHOLE), (0.01, 200, LOG)),
    "struve": ((0, 10), (0.01, 60, LOG)),
    "lambertw": ((-0.36, 50),),
    "zeta": ((1.001, 60, LOG),),
    "dzeta": ((0, 4, WHOLE), (1.001, 60, LOG)),
    "ellipk": ((-10, 1),),
    "ellipe": ((-10, 1),),
    "ellipkinc": ((-8, 8), (-10, 1)),
    "ellipeinc": ((-8, 8), (-10, 1)),
    "dellipk": ((0, 3, WHOLE), (-10, 1)),
    "dellipe": ((0, 3, WHOLE), (-10, 1)),
    "dellipkinc": ((0, 1, WHOLE), (-4, 4), (-5, 0.95)),
    "dellipeinc": ((0, 1, WHOLE), (-4, 4), (-5, 0.95)),
    "fresnel_s": ((-20, 20),),
    "fresnel_c": ((-20, 20),),
    "si": ((-50, 50),),
    "ci": ((1e-3, 100, LOG),),
    "airy_ai": ((-30, 15),),
    "airy_aip": ((-30, 15),),
    "airy_bi": ((-30, 15),),
    "airy_bip": ((-30, 15),),
    "dawsn": ((-20, 20),),
    "ddawsn": ((0, 4, WHOLE), (-20, 20)),
    "hyp2f1": ((-10, 10), (-10, 10), (0.1, 20), (-0.9, 0.9)),
    "ldexp": ((-3, 3), (-50, 50, WHOLE)),
}
"""For each parameter where it is sampled: evenly, evenly on a scale of logarithms, or at whole numbers."""

BEYOND = {
    "gammainc": (2.0, 1001.0), "gammaincc": (1001.0, 2.0), "gamma_density": (1001.0, 2.0),
    "betainc": (1001.0, 2.0, 0.5), "beta_density": (2.0, 1001.0, 0.5), "jv": (64.0, 2.0),
    "yv": (-64.0, 2.0), "kv": (64.0, 2.0), "kn": (64.0, 2.0),
    "struve": (2.0, -1.0), "zeta": (0.5,), "dzeta": (1.0, 0.5), "ellipk": (-1001.0,), "ellipe": (-1001.0,),
    "ellipkinc": (101.0, 0.5), "ellipeinc": (0.5, -1001.0), "dellipk": (1.0, -1001.0), "dellipe": (1.0, -1001.0),
    "dellipkinc": (1.0, 101.0, 0.5), "dellipeinc": (1.0, 0.5, -1001.0), "airy_ai": (-101.0,), "airy_aip": (-101.0,),
    "airy_bi": (-101.0,), "airy_bip": (-101.0,), "hyp2f1": (2.0, 2.0, 1.0, 0.95),
    "dsinc": (161.0, 0.5), "ddawsn": (201.0, 0.5),
}  # fmt: skip
"""Points beyond the reach of those that have one."""


SLOPES = {
    "gammainc": FUNCTIONS["gamma_density"],
    "gammaincc": lambda a, x: -FUNCTIONS["gamma_density"](a, x),
    "betainc": FUNCTIONS["beta_density"],
}
"""Derivatives of values that may be so near to 1 that differences of 50 digits do not tell them."""


def sampled(name: str, count: int) -> list[tuple[float, ...]]:
    random = np.random.default_rng(len(name))
    axes = []
    for low, high, *how in REACH[name]:
        if how == [LOG]:
            axes.append(np.exp(random.uniform(np.log(low), np.log(high), count)))
        elif how == [WHOLE]:
            axes.append(random.integers(low, high + 1, count).astype(float))
        else:
            axes.append(random.uniform(low, high, count))
    return [tuple(point) for point in np.transpose(axes).tolist()]


def truth(name: str, point: tuple[Any, ...]) -> Any:
    if name == "dawsn":  # quicker than the one by erfi
        return point[0] * mp.hyp1f1(1, 1.5, -(point[0] ** 2))
    return mp.re(FUNCTIONS[name](*point))


def moved(point: tuple[Any, ...], *steps: tuple[int, Any]) -> tuple[Any, ...]:
    out = list(point)
    for i, step in steps:
        out[i] += step
    return tuple(out)


def bounds(op: Op, point: tuple[Any, ...], by: int) -> tuple[Any, Any, Any, Any]:
    """mpmath's value and derivative by one parameter, and the conditions of both."""
    steps = [mpf(10) ** -14 * (abs(x) or 1) for x in point]
    movable = [i for i, (_, _, *how) in enumerate(REACH[op.name]) if how != [WHOLE]]
    h = steps[by]

    def slope(at: tuple[Any, ...]) -> Any:
        if op.name in SLOPES:
            return SLOPES[op.name](*at)
        return (truth(op.name, moved(at, (by, h))) - truth(op.name, moved(at, (by, -h)))) / (2 * h)

    above, here, below = (truth(op.name, moved(point, (by, k * h))) for k in (1, 0, -1))
    derivative = slope(point)
    by_value, by_slope = abs(derivative * point[by]), abs((above - 2 * here + below) / h**2 * point[by])
    if op.name in SLOPES:
        by_slope = abs((slope(moved(point, (by, h))) - slope(moved(point, (by, -h)))) / (2 * h) * point[by])
    for i in movable:
        if i != by:
            k = steps[i]
            up, down = moved(point, (i, k)), moved(point, (i, -k))
            by_value += abs((truth(op.name, up) - truth(op.name, down)) / (2 * k) * point[i])
            by_slope += abs((slope(up) - slope(down)) / (2 * k) * point[i])
    return here, derivative, by_value, by_slope


def ratio(found: float, right: Any, magnified: Any) -> float:
    """The error in units of what is allowed."""
    allowed = 16 * mpf(float(np.spacing(abs(float(right))))) + 16 * EPS * magnified
    return float(abs(mpf(found) - right) / allowed)


def worst(op: Op, count: int) -> tuple[float, float, tuple[float, ...] | None]:
    """The largest errors of the value and of the derivatives, and where."""
    worst_value, worst_slope, where = 0.0, 0.0, None
    learned = [i for i, partial in enumerate(op.partials) if partial is not None]
    with mp.workdps(50):
        for place, point in enumerate(sampled(op.name, count)):
            values = dict(zip(op.params, point, strict=True))
            by = learned[place % len(learned)]
            found = gradcli.grad(f"{op.name}({', '.join(op.params)})", values, wrt=[op.params[by]])
            exact = tuple(map(mpf, point))
            right, derivative, by_value, by_slope = bounds(op, exact, by)
            if not all(1e-290 < abs(number) < 1e290 for number in (right, derivative)):
                continue
            of_value = ratio(float(found.value), right, by_value)
            of_slope = ratio(float(found.gradients[op.params[by]]), derivative, by_slope)
            if max(of_value, of_slope) > max(worst_value, worst_slope):
                where = point
            worst_value, worst_slope = max(worst_value, of_value), max(worst_slope, of_slope)
    return worst_value, worst_slope, where


@pytest.mark.parametrize("op", HIGHER, ids=lambda op: op.name)
def test_value_and_derivative_have_their_last_digits(op: Op) -> None:
    value, slope, where = worst(op, FEWER if op.unlearned == TABLE["dzeta"].unlearned else POINTS)
    assert value <= 1, where
    assert slope <= 1, where


@pytest.mark.parametrize("pole", [-1, -2, -7, -1500])
def test_beside_its_poles_digamma_has_its_last_digits(pole: int) -> None:
    distances = np.array([2.0**-k for k in range(4, 40)])
    points = pole + np.concatenate([distances, -distances])
    with mp.workdps(50):
        right = np.array([float(mp.digamma(mpf(float(x)))) for x in points])
    for text in ("digamma(x)", "polygamma(0, x)"):
        found = gradcli.evaluate(text, {"x": points}).value
        assert np.all(np.abs(found - right) <= 4 * np.spacing(np.abs(right)))
    np.testing.assert_array_equal(gradcli.grad("sum(lgamma(x))", {"x": points}).gradients["x"], found)


@pytest.mark.parametrize("name", BEYOND)
def test_beyond_its_reach_a_function_refuses(name: str) -> None:
    op = TABLE[name]
    values = dict(zip(op.params, BEYOND[name], strict=True))
    assert op.reach
    assert not gradcli.evaluate(op.reach, {k: v for k, v in values.items() if k in op.reach}).value
    with pytest.raises(DomainProblem, match=f"{name} is computed to its last digits for"):
        gradcli.evaluate(f"{name}({', '.join(op.params)})", values)


def test_every_reach_is_tried() -> None:
    assert {op.name for op in HIGHER} == set(REACH)
    assert {op.name for op in TABLE.values() if op.reach} == set(BEYOND)


def test_samples_are_within_reach() -> None:
    for op in HIGHER:
        if op.reach:
            for point in sampled(op.name, 20):
                values = {k: v for k, v in zip(op.params, point, strict=True) if k in op.reach}
                assert gradcli.evaluate(op.reach, values).value


def test_a_function_that_is_a_little_off_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    right = FUNCTIONS["si"]
    monkeypatch.setitem(FUNCTIONS, "si", lambda x: right(x) * (1 + mpf(2) ** -46))
    assert max(worst(TABLE["si"], 20)[:2]) > 1
