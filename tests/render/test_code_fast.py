"""Code that is fast loses last digits, and no more: what jumps does so where it should."""

from __future__ import annotations

from typing import Any

import pytest

from gradcli.render.code.printer import language_of, render_code
from gradcli.transforms.operators.code import routine
from gradcli.transforms.operators.grad import grad

JUMPS = [
    "x % 49",
    "floor(x/49)",
    "ceil(x/49)",
    "trunc(x/49)",
    "round(x/49 + 0.5)",
    "floor(x/49 + 3)/49 + x/49",
    "sign(x/49 - 1)",
    "where(x/49 >= 1, x/3, x/7)",
    "x/49 - 1 if x/49 < 1 else 2",
    "(x/49 == 1) + 0",
    "heaviside(x/49 - 1, 0.5)",
    "floor(x/49)**2 + (x % 49)**2",
    "fmod(x, 49) + floor_divide(x, 49)",
    "floor(x/y) + x/y + 1/y + (x % y)",
]


@pytest.mark.parametrize("text", JUMPS)
def test_what_jumps_does_so_at_the_same_point(text: str) -> None:
    for x in [*(49.0 * i for i in range(-12, 13)), 10.0, -3.5]:
        values = {"x": x, "y": 49.0} if "y" in text else {"x": x}
        namespace: dict[str, Any] = {}
        exec(render_code(routine(text, fast=True), language_of("python"), "f"), namespace)
        assert namespace["f"](**values) == pytest.approx(float(grad(text, values).value), rel=1e-14, abs=1e-14), x


def test_other_divisions_by_numbers_are_products() -> None:
    text = render_code(routine("floor(x/49) + x/7", fast=True), language_of("c"), "f")
    assert "return floor(x/49.0) + 0.14285714285714285*x;" in text


def test_the_head_tells_how_a_remainder_is_computed() -> None:
    assert "x % y is x - y*floor(x/y)" in render_code(routine("x % y", fast=True), language_of("c"), "f")
