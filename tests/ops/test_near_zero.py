"""Functions of the least numbers there are, beside mpmath: subnormal arguments have values like others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from mpmath import mp, mpf

import gradcli
from gradcli.transforms.operators.grad import grad

_NEAR = [5e-324, 1.5e-323, 1e-320, 1e-310, 1e-300, 1e-160, 1e-101]

_ORDERS = [0.0, 1e-6, 1e-3, 0.02, 0.049, 0.051, 0.3, 1.0, 2.0]


def _same(found: Any, right: Any) -> bool:
    ours, theirs = float(found), float(right)
    return ours == theirs or abs(ours - theirs) <= 4e-14 * abs(theirs) + 1e-323


def _first_term(n: Any, x: Any) -> Any:
    return (x / 2) ** n / mp.gamma(n + 1)


@pytest.mark.parametrize("x", _NEAR)
@pytest.mark.parametrize(
    ("name", "theirs"), [("kv", mp.besselk), ("yv", mp.bessely), ("iv", _first_term), ("jv", _first_term)]
)
def test_bessel_functions(name: str, theirs: Callable[..., Any], x: float) -> None:
    ours = getattr(gradcli, name)
    with mp.workdps(40):
        for n in [*_ORDERS, -0.5, -2.5] if theirs is _first_term else _ORDERS:
            assert _same(ours(n, x), theirs(mpf(n), mpf(x))), n


@pytest.mark.parametrize("x", _NEAR)
def test_functions_of_one_number(x: float) -> None:
    with mp.workdps(40):
        at = mpf(x)
        assert _same(gradcli.lgamma(x), mp.loggamma(at))
        assert _same(gradcli.lgamma(-x), mp.log(abs(mp.gamma(-at))))
        assert _same(gradcli.loggamma(x), mp.loggamma(at))
        assert _same(gradcli.asech(x), mp.log(2 / at))
        assert _same(gradcli.acsch(-x), -mp.log(2 / at))
        assert _same(gradcli.j1(x), at / 2)
        assert _same(gradcli.iv(1.0, -x), -at / 2)
        for y in (5e-324, 1e-310, 1e-200, 0.5, 3.0, 20.0, 1e10):
            right = mp.loggamma(at) + mp.loggamma(mpf(y)) - mp.loggamma(at + mpf(y))
            assert _same(gradcli.betaln(x, y), right), y
            assert _same(gradcli.betaln(y, x), right), y


@pytest.mark.parametrize("x", [5e-324, 1e-310, -1e-310, 1e-160])
@pytest.mark.parametrize(("text", "slope"), [("i1(x)", 0.5), ("j1(x)", 0.5), ("i0(x)", 0.0), ("iv(1, x)", 0.5)])
def test_slopes(text: str, slope: float, x: float) -> None:
    assert grad(text, {"x": x}).gradients["x"] == pytest.approx(slope, abs=1e-150)
