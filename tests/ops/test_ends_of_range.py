"""Functions near the ends of float64's range: where a value is in it, it is given, beside mpmath's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf

import gradcli
from gradcli.reread.names import function

_RIGHT = 2e-14
"""Relative, near the ends."""

_FAR: dict[str, tuple[Callable[..., Any], tuple[float, ...], tuple[float, float]]] = {
    "airy_ai": (mp.airyai, (), (3.0, 108.0)),
    "airy_aip": (lambda x: mp.airyai(x, derivative=1), (), (3.0, 108.0)),
    "airy_bi": (mp.airybi, (), (20.0, 104.2)),
    "airy_bip": (lambda x: mp.airybi(x, derivative=1), (), (20.0, 104.2)),
    "expi": (mp.ei, (), (690.0, 716.0)),
    "i0": (lambda x: mp.besseli(0, x), (), (690.0, 713.9)),
    "i1": (lambda x: mp.besseli(1, x), (), (690.0, 713.9)),
    "iv": (mp.besseli, (0.0, 0.3, 2.0, 7.5), (702.0, 713.9)),
    "kn": (mp.besselk, (0.0, 1.0, 2.0, 9.0), (601.0, 745.0)),
    "kv": (mp.besselk, (0.0, 0.3, 2.0, 30.5), (601.0, 745.0)),
    "sech": (mp.sech, (), (600.0, 745.0)),
    "csch": (mp.csch, (), (600.0, 745.0)),
    "silu": (lambda x: x * mp.exp(x) / (1 + mp.exp(x)), (), (-745.0, -600.0)),
}
"""mpmath's function, orders, and where it goes out of float64's range."""


def _points(orders: tuple[float, ...]) -> list[tuple[float, ...]]:
    """The orders, each as arguments; of a function without one no arguments."""
    return [(order,) for order in orders] if orders else [()]


@pytest.mark.parametrize("name", _FAR)
def test_values_far_out(name: str) -> None:
    theirs, orders, (low, high) = _FAR[name]
    ours: Callable[..., Any] = getattr(gradcli, name)
    found = function(name)
    again = found[1] if found else None
    for at in np.random.default_rng(len(name)).uniform(low, high, 60 if not orders else 15).tolist():
        for order in _points(orders):
            with mp.workdps(30):
                right = theirs(*map(mpf, order), mpf(at))
                room = abs(right) * _RIGHT + mpf(2) ** -1073
            assert abs(mpf(float(ours(*order, at))) - right) <= room, (order, at)
            if again is not None:  # the second reading of a program takes the value elsewhere
                with np.errstate(all="ignore"):
                    value = float(again(*order, np.float64(at)))
                assert abs(mpf(value) - right) <= 200 * room, (order, at)


@pytest.mark.parametrize("name", _FAR)
def test_beyond_the_range_values_are_zero_or_infinite(name: str) -> None:
    ours: Callable[..., Any] = getattr(gradcli, name)
    order = _FAR[name][1][:1]
    sign = -1.0 if name == "silu" else 1.0
    grows = name in {"airy_bi", "airy_bip", "expi", "i0", "i1", "iv"}
    for at in (120.0, 200.0, 1e5, 1e20, 1e200, np.inf) if "airy" in name else (800.0, 1e5, 1e20, 1e200):
        assert float(ours(*order, sign * at)) == (np.inf if grows else 0.0), at


@pytest.mark.parametrize("name", ["fresnel_c", "fresnel_s"])
@pytest.mark.parametrize("x", [1e8, 1e100, 1.3e154, 1.4e154, 1e200, 1.7e308, float("inf")])
def test_fresnel_integrals_tend_to_a_half(name: str, x: float) -> None:
    ours = getattr(gradcli, name)
    assert float(ours(x)) == pytest.approx(0.5, abs=1e-8)
    assert float(ours(-x)) == pytest.approx(-0.5, abs=1e-8)


@pytest.mark.parametrize("name", ["acot", "acsch", "asech", "acoth", "sech", "csch", "silu", "i0", "i1", "expi"])
def test_whole_numbers_are_numbers(name: str) -> None:
    ours = getattr(gradcli, name)
    for at in (1, 2, 7):
        assert float(ours(at)) == pytest.approx(float(ours(float(at))), rel=1e-6, nan_ok=True)
