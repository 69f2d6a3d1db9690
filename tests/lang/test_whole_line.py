"""Lines in other notations, and the whole line that is meant; nothing where there are two readings or none."""

from __future__ import annotations

import pytest

from gradcli.errors import SyntaxProblem
from gradcli.lang import parse


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("sin^2(x) + cos^2(x)", "sin(x)**2 + cos(x)**2"),
        ("2*sin**2(x*(1 + y))", "2*sin(x*(1 + y))**2"),
        ("sin^2(cos^2(x))", "sin(cos(x)**2)**2"),
        ("tan^-1(y/x)", "atan(y/x)"),
        ("sinh^-1(x)", "asinh(x)"),
        ("log^2(x)", "log(x)**2"),
        ("1e-3x + 2.5E+6y", "1e-3*x + 2.5E+6*y"),
        ("Math.pow(x, 2)*Math.PI", "pow(x, 2)*pi"),
        ("sin(30deg)", "sin(30*pi/180)"),
        ("2*30°", "2*(30*pi/180)"),
        ("2^30deg", "2^(30*pi/180)"),
        ("x₁ + x₁₂", "x1 + x12"),
        ("norm.cdf((x - 1)/2)", None),  # the parentheses inside are left to the user
        ("norm.cdf(d1)", "ndtr(d1)"),
        ("log^-1(x)", None),  # exp(x), or 1/log(x)
        ("norm.cdf(x, 1, 2)", None),
        ("sin^2(x", None),
        ("sin^2(x) +", None),
        ("f^2(x)", None),
    ],
)
def test_the_hint(text: str, meant: str | None) -> None:
    with pytest.raises(SyntaxProblem) as caught:
        parse(text)
    assert (caught.value.hint == f"write {meant}") == (meant is not None)
    if meant is not None:
        parse(meant)
