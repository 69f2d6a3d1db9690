"""What stands in LaTeX's formulas is what it means there, or is refused with what to write."""

from __future__ import annotations

import pytest

from gradcli.errors import Problem
from gradcli.lang.notation import read_notation

pytest.importorskip("pylatexenc", reason="LaTeX is read with pylatexenc, of the extra 'latex'")

DERIVATIVES = [
    (r"\frac{d^2}{dx^2} (x^3)", "diff(x**3, x, 2)"),
    (r"\frac{d^{2}}{dx^{2}} \left[x^3\right]", "diff(x**3, x, 2)"),
    (r"2\frac{d x^3}{dx} + 1", "2*diff(x**3, x) + 1"),
    (r"\dfrac{\partial x^3}{\partial x}", "diff(x**3, x)"),
    (r"\frac{\partial^3}{\partial x^2 \partial y} (x^2 y)", "diff(x**2*y, x, 2, y)"),
    (r"\frac{\mathrm{d}^2 \sin(x)}{\mathrm{d}x^2}", "diff(sin(x), x, 2)"),
    (r"\frac{d (x^2 + 1)}{dx}", "diff(x**2 + 1, x)"),
    (r"\frac{d}{d\theta_1} (\theta_1^2)", "diff(theta_1**2, theta_1)"),
    (r"\frac{d \frac{d x^3}{dx}}{dx}", "diff(diff(x**3, x), x)"),
    (r"\frac{d x^3}{dx}^2", "diff(x**3, x)**2"),
    (r"|\frac{d}{dx} (x)| + 1", "abs(diff(x, x)) + 1"),
    (r"\frac{d \cdot y}{d \cdot x}", "d*y/(d*x)"),
    (r"\frac{d^2}{2} + \frac{d_0}{d}", "d**2/2 + d_0/d"),
]


@pytest.mark.parametrize(("text", "line"), DERIVATIVES)
def test_derivatives(text: str, line: str) -> None:
    assert read_notation("latex", text, {}) == line


def test_the_derivative_of_a_matrix_is_a_matrix() -> None:
    assert read_notation("latex", r"(\frac{d}{dt} (t A)) x", {"A": 2, "x": 1, "t": 0}) == "diff(t*A, t) @ x"


def test_names_that_are_given_begin_with_d() -> None:
    assert read_notation("latex", r"\frac{dy}{dx}", {"dx": 0, "dy": 0}) == "dy/dx"
    assert read_notation("latex", r"\frac{d rate^2}{d rate}", {"rate": 0}) == "diff(rate**2, rate)"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (r"\frac{dy}{dx}", ""), (r"\frac{\partial y}{\partial x}", ""), (r"\frac{d^2y}{dx^2}", ""),
        (r"\frac{d x^2 + 1}{dx}", ""), (r"\frac{d^2}{dx} (x)", ""), (r"\frac{d x^2}{dx^2}", ""),
        (r"\frac{d}{dx} (x)", "d"), (r"\frac{d x^2}{dx}", "d"), (r"\frac{d x^2}{dx}", "dx"),
        (r"\frac{d}{dx} (x^2)^3", ""), (r"\frac{d}{dx} (x+1)(x+2)", ""), (r"\frac{d}{dx} (x+1) / x", ""),
        (r"\frac{d a b}{dx}", ""), (r"\frac{dxy}{dxy}", ""), (r"\frac{d^n x^2}{dx^n}", ""),
    ],
)  # fmt: skip
def test_what_may_be_a_derivative_or_a_quotient(text: str, names: str) -> None:
    with pytest.raises(Problem, match="more than one reading") as caught:
        read_notation("latex", text, dict.fromkeys(names.split(), 0))
    assert r"\frac{d}{dx} (" in (caught.value.hint or "")
