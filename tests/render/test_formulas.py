"""Formulas as LaTeX and JSON."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from gradcli.lang import parse
from gradcli.render import style
from gradcli.render.formulas.formats import render_formulas
from gradcli.render.formulas.latex import latex
from gradcli.transforms.operators.diff import diff
from gradcli.transforms.results.formula import Confirmation
from tests.cli.runner import gradcli

SCHEMA = json.loads((Path(style.__file__).parent / "schema.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-k*exp(-k*t)*sin(w*t)", r"-k e^{-k t} \sin\left(w t\right)"),
        ("-y/hypot(x,y)**2", r"-\frac{y}{\operatorname{hypot}\left(x, y\right)^{2}}"),
        ("(x+1)**2/(3*(x-1)**(2/3))", r"\frac{\left(x + 1\right)^{2}}{3 \left(x - 1\right)^{\frac{2}{3}}}"),
        ("2*3*x", r"2 \cdot 3 x"),
        ("x*-2", r"x \left(-2\right)"),
        ("(-x)**2", r"\left(-x\right)^{2}"),
        ("a-(b-c)", r"a - \left(b - c\right)"),
        ("-(a-b)", r"-\left(a - b\right)"),
        ("(a*b)/(c+d)", r"\frac{a b}{c + d}"),
        ("1e-7*x", r"1 \cdot 10^{-7} x"),
        ("sin(x)**2", r"\sin^{2}\left(x\right)"),
        ("(x**2)**3", r"\left(x^{2}\right)^{3}"),
        ("x if x < -1 else 0", r"\begin{cases} x & \text{if } x < -1 \\ 0 & \text{otherwise} \end{cases}"),
        ("alpha_1 + x12 + mass + θ", r"\alpha_{1} + x_{12} + \mathrm{mass} + \theta"),
        ("x[0]*A[0, 1]", r"x_{0} A_{0, 1}"),
        ("[[1, x], [y, 2]]", r"\begin{pmatrix} 1 & x \\ y & 2 \end{pmatrix}"),
        ("log_ndtr(x)", r"\operatorname{log\_ndtr}\left(x\right)"),
    ],
)
def test_latex(text: str, expected: str) -> None:
    assert latex(parse(text)) == expected


def test_latex_of_statements() -> None:
    told = latex(parse("t = a + b; t**2"))
    assert told == "\\begin{aligned}\n&t^{2} \\\\\n\\text{where} \\quad & \\\\\nt &= a + b \\\\\n\\end{aligned}"


@pytest.mark.parametrize("check", [None, Confirmation("equal", 20, "no proof", ("somewhere",))])
def test_json(check: Confirmation | None) -> None:
    for found in (diff("x*y"), diff("[x, y]", "jacobian"), diff("x**3", "derivative", order=2)):
        jsonschema.validate(json.loads(render_formulas(found, "json", check)), SCHEMA)


def test_json_of_what_is_not_finite() -> None:
    outcome = gradcli('diff "1/x" --x 0 --json --no-check')
    document = json.loads(outcome.stdout)
    jsonschema.validate(document, SCHEMA)
    assert document["numbers"] == {"f": "inf", "df/dx": "-inf"}


def test_a_verdict_is_on_the_terminal_with_the_formula() -> None:
    outcome = gradcli('diff "x**2"', terminal=True)
    assert outcome.stdout == "df/dx = 2*x\n✓ proved equal to SymPy's derivative\n"
    assert outcome.stderr == ""
