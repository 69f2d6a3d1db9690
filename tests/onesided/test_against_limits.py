"""OneSidedRuns against two other ways to the same one-sided derivatives: limits by mpmath, and the oracle's limits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from mpmath import mp

from gradcli.onesided.interpret import one_sided_series
from gradcli.onesided.sides import NotDetermined, as_float, coefficient, jumps
from gradcli.transforms.program.prepare import prepare
from tests.onesided.programs import PROGRAMS, NoLimit, limits
from tests.symbolic.asking import gradient
from tests.symbolic.test_kinks import JUMPS, KINKS, SMOOTH


def one_side(source: str, values: dict[str, Any], name: str, index: int, direction: int) -> tuple[float | None, bool]:
    """The derivative from a side, and whether the value jumps, by one-sided series."""
    prepared = prepare(source, values)
    move = np.zeros(prepared.values[name].size)
    move[index] = direction
    along = {name: move.reshape(prepared.values[name].shape)}
    side = one_sided_series(prepared.program, prepared.values, along).ravel()[0]
    centre = one_sided_series(prepared.program, prepared.values, {}).ravel()[0]
    slope = as_float(coefficient(side, 1, beyond=True))
    return (None if slope is None else direction * slope + 0.0), jumps(side, centre)


@given(PROGRAMS, st.sampled_from([0.0, 1.0, 0.5, -1.0]), st.sampled_from([1, -1]))
@example("where((hypot(x - 1, 1)) < (hypot(x - x**2, 1)), hypot(x - x**2, 1), x - 1)", 1.0, 1)  # apart by h**3 alone
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_random_piecewise_programs_have_these_limits(source: str, x: float, direction: int) -> None:
    assume("x" in source.replace("exp", "").replace("max", ""))
    try:
        slope, jumping = one_side(source, {"x": x}, "x", 0, direction)
        limit, jumped = limits(prepare(source, {"x": x}).program, x, direction)
    except (NotDetermined, NoLimit):
        assume(False)
    if slope is None:
        pytest.fail(f"{source} at {x}: no derivative by one-sided series, {limit} by limits")
    assert jumping == jumped
    # limits at a distance of 1e-150 are as near to the derivative as any float64
    assert slope == float(limit) or abs(slope - float(limit)) <= 1e-12 * abs(slope)


@pytest.mark.parametrize(("source", "values", "left", "right", "where"), KINKS, ids=[case[0] for case in KINKS])
def test_known_kinks(source: str, values: dict[str, Any], left: float, right: float, where: str) -> None:
    name = next(iter(values))
    assert one_side(source, values, name, 0, -1) == (left, False)
    assert one_side(source, values, name, 0, 1) == (right, False)


@pytest.mark.parametrize(("source", "x", "side", "where"), JUMPS, ids=[case[0] for case in JUMPS])
def test_known_jumps(source: str, x: float, side: float, where: str) -> None:
    sides = [one_side(source, {"x": x}, "x", 0, direction) for direction in (-1, 1)]
    assert [slope for slope, _ in sides] == [side, side]
    assert any(jumping for _, jumping in sides)


@pytest.mark.parametrize(("source", "x", "expected"), SMOOTH, ids=[case[0] for case in SMOOTH])
def test_smooth_all_the_same(source: str, x: float, expected: float) -> None:
    sides = [one_side(source, {"x": x}, "x", 0, direction) for direction in (-1, 1)]
    known = [slope for slope, jumping in sides if slope is not None and not jumping]
    assert known
    assert known == [expected] * len(known)


ORACLE = [
    ("max(sin(x), x - x**3/6)", {"x": 0.0}), ("abs(x)**1.5", {"x": 0.0}), ("x*abs(sin(x))", {"x": 0.0}),
    ("max(x, y, 1)", {"x": 1.0, "y": 1.0}), ("norm(x - 1)", {"x": [1.0, 1.0]}), ("median(x)", {"x": [1.0, 1.0, 2.0]}),
    ("max(abs(x))", {"x": [1.0, -1.0]}), ("sum(relu(x - 1)*[1, 2])", {"x": [1.0, 1.0]}),
    ("where(x > 1, x**2, 2*x - 1)", {"x": 1.0}), ("where(x >= 1, x**2, x)", {"x": 1.0}),
    ("sqrt(x**2 + y**2) + abs(y)", {"x": 0.0, "y": 0.0}), ("std(x)", {"x": [1.0, 1.0, 1.0]}),
    ("asin(x)", {"x": 1.0}), ("acos(1 - x**2)", {"x": 0.0}), ("acosh(1 + x**2)", {"x": 0.0}),
    ("sort(x) @ [1, 2, 3]", {"x": [1.0, 1.0, 1.0]}), ("x % 1 + floor(x)", {"x": 2.0}), ("trunc(x)*x", {"x": 0.0}),
    ("atan2(y, x)", {"x": -1.0, "y": 0.0}), ("exp(abs(x))", {"x": 0.0}), ("abs(x)**x", {"x": 0.0}),
    ("copysign(x, 1)", {"x": 0.0}), ("heaviside(x, 0.5)*x", {"x": 0.0}), ("abs(x - 0.1 - 0.2)", {"x": 0.3}),
    ("min(max(x, -1), 1)", {"x": -1.0}), ("relu(x) - relu(-x)", {"x": 0.0}), ("sqrt(x**4)", {"x": 0.0}),
    ("(exp(x**4) - 1)**0.25", {"x": 0.0}), ("abs(1 - cos(x**4))**0.125", {"x": 0.0}), ("cos(x**0.01)", {"x": 0.0}),
    ("where(x > 0, log(x), 0)", {"x": 0.0}), ("where(x < 0, 1/x**2, x)", {"x": 0.0}),
    ("where(x < 0, log(-x)**2, 1)", {"x": 0.0}), ("where(x > 0, x**-0.5, x)", {"x": 0.0}),
]  # fmt: skip


@pytest.mark.parametrize(("source", "values"), ORACLE, ids=[case[0] for case in ORACLE])
def test_the_oracle_finds_the_same_sides(source: str, values: dict[str, Any]) -> None:
    for truth in gradient(source, **values).derivatives:
        found = []
        for direction in (-1, 1):
            try:
                found.append(one_side(source, values, *truth.address.by[0], direction))
            except NotDetermined:
                found.append((None, False))
        expected = [truth.left, truth.right] if truth.status == "kink" else [truth.high, truth.high]
        pairs = [(a, b) for (a, _), b in zip(found, expected, strict=True) if a is not None and b is not None]
        assert pairs
        assert all(a == b or abs(a - b) <= 1e-14 * abs(b) for a, b in pairs), (truth, found)
        both = all(a is not None for a, _ in found)
        (left, below), (right, above) = found
        same = both and (left == right or mp.almosteq(left, right, 1e-14)) and not (below or above)
        assert not both or same == (truth.status != "kink")


@pytest.mark.parametrize(
    "source", ["relu(x)*sin(exp(exp(x + 50)))", "relu(x) + erf(exp(exp(x + 50)))", "relu(x)*2**exp(exp(x + 50))",
               "relu(x) + tanh(exp(-exp(x + 50)))", "relu(x)*floor(exp(exp(x + 50)))"]
)  # fmt: skip
def test_numbers_beyond_all_memory_are_unknown(source: str) -> None:
    with pytest.raises(NotDetermined):
        one_side(source, {"x": 0.0}, "x", 0, 1)
