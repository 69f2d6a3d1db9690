"""The infinite derivatives of t**q*log(t)**k at 0, whose sign mpmath finds by differentiating close to it."""

from __future__ import annotations

import pytest
from mpmath import mp

from gradcli.onesided.interpret import one_sided_series
from gradcli.onesided.sides import as_float, coefficient
from gradcli.transforms.program.prepare import prepare


@pytest.mark.parametrize("power", [0, 1, 2, 3])
@pytest.mark.parametrize("logarithms", [1, 2, 3])
@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_the_sign_of_an_infinite_derivative(power: int, logarithms: int, order: int) -> None:
    prepared = prepare(f"where(x > 0, x**{power}*log(x)**{logarithms}, 0)", {"x": 0.0})
    side = one_sided_series(prepared.program, prepared.values, {"x": 1.0}).ravel()[0]
    found = as_float(coefficient(side, order, beyond=True))
    with mp.workdps(60):
        near = mp.diff(lambda t: t**power * mp.log(t) ** logarithms, mp.mpf("1e-15"), order, h=mp.mpf("1e-25"))
    if order < power:
        assert found == 0
    else:
        assert found == mp.inf * mp.sign(near)
