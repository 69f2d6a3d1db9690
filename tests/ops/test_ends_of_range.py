"""Functions near the ends of float64's range: where a value is in it, it is given, beside mpmath's."""

from __future__ import annotations

import pytest

import gradcli


@pytest.mark.parametrize("name", ["fresnel_c", "fresnel_s"])
@pytest.mark.parametrize("x", [1e8, 1e100, 1.3e154, 1.4e154, 1e200, 1.7e308, float("inf")])
def test_fresnel_integrals_tend_to_a_half(name: str, x: float) -> None:
    function = getattr(gradcli, name)
    assert float(function(x)) == pytest.approx(0.5, abs=1e-8)
    assert float(function(-x)) == pytest.approx(-0.5, abs=1e-8)
