"""Formulas as MathML, in two dimensions, and as text for SymPy: read back by what reads these."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest
import sympy

from gradcli.errors import UsageProblem
from gradcli.lang import Name, Program, parse, variables
from gradcli.ops import CONSTANTS, TABLE
from gradcli.render.formats.ops import render_op
from gradcli.render.formulas.mathml import mathml
from gradcli.render.formulas.pretty import pretty
from gradcli.render.formulas.sympy_text import sympy_text
from gradcli.transforms.operators.diff import diff
from gradcli.transforms.operators.evaluate import evaluate
from tests.cli.runner import gradcli
from tests.corpora import records


def _id(record: dict[str, Any]) -> str:
    return str(record["id"])


_MATHML = "{http://www.w3.org/1998/Math/MathML}"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("x**2*sin(x)/(1 + x)", {"x": 0.7}),
        ("t = exp(x*beta); t/(1 + t)", {"x": 0.7, "beta": 1.2}),
        ("S*E*I*N + Q - O/C", dict(zip("SEINQOC", (1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5), strict=True))),
        ("gamma*lambda_1 + gamma(x)*e**x*pi", {"gamma": 0.3, "lambda_1": 2.0, "x": 1.4}),
        ("where(x > y, x, y**2) + (x if x <= 1 else 2)", {"x": 0.7, "y": 0.1}),
        ("max(x, y, 2) - min(x, y) + abs(x) + sign(y)", {"x": 0.7, "y": 0.1}),
        ("sigmoid(x) + log1p(x) + hypot(x, y) + cbrt(x) + expm1(y) + log2(x)", {"x": 0.7, "y": 0.1}),
        ("-x**2 - (-x)**2 + 2**-x - 1e-20*x + 0.1", {"x": 0.7}),
        ("where((x > 0) & ~(y > 1) | (x == 3), 1, x)", {"x": 0.7, "y": 0.1}),
        ("ndtr(x) + digamma(x) + polygamma(1, x) + erfcx(x)", {"x": 0.7}),
        ("mod(x, 0.3) + floor_divide(x, 0.3) + trunc(x) + deg2rad(x)", {"x": 0.7}),
    ],
)
def test_sympy_reads_the_same_formula(text: str, values: dict[str, float]) -> None:
    read = sympy.sympify(sympy_text(parse(text)))
    symbols = {str(symbol): symbol for symbol in read.free_symbols}
    found = read.subs({symbols[name]: value for name, value in values.items()}).evalf()
    assert float(found) == pytest.approx(evaluate(text, values).value, rel=1e-13)


def test_no_name_means_something_else_to_sympy() -> None:
    names = [name for name in dir(sympy) if name.isidentifier() and not name.startswith("_")]
    for name in [*names, "x1", "lambda_", "mass"]:
        if name not in CONSTANTS:
            text = sympy_text(Program("", (), Name(name, (0, 0))))
            assert sympy.sympify(text) == sympy.Symbol(name), name


def test_sympy_reads_arrays_entry_by_entry() -> None:
    text = diff("[x[0]*y, sin(x[1])]", "jacobian", shapes={"x": (2,)}).formulas[0].program
    read = sympy.sympify(sympy_text(text))
    x, y = sympy.IndexedBase("x"), sympy.Symbol("y")
    assert sympy.Matrix(read.tolist()) == sympy.Matrix([[y, 0, x[0]], [0, sympy.cos(x[1]), 0]])


def test_what_sympys_parser_cannot_read_is_refused() -> None:
    program = diff("x@A@x", shapes={"A": ("n", "n"), "x": ("n",)}).formulas[0].program
    with pytest.raises(UsageProblem, match="no formula that SymPy's parser reads"):
        sympy_text(program)
    shared = "a = sin(x) + x; " + "a = a*a + sin(a); " * 30 + "a"
    with pytest.raises(UsageProblem, match="too long"):
        sympy_text(parse(shared))


@pytest.mark.parametrize("record", [r for name in ("cas_pairs", "rubi_core") for r in records(name)[::40]], ids=_id)
def test_derivatives_from_the_corpora(record: dict[str, Any]) -> None:
    text = record.get("antiderivative") or record["expr"]
    if record["var"] not in variables(parse(text)):
        pytest.skip("a constant")
    program = diff(text, wrt=[record["var"]], guarded=False).formulas[0].program
    ET.fromstring(mathml(program))
    assert pretty(program)
    read = sympy.sympify(sympy_text(program))
    point = record["points"][0]
    found = read.subs({symbol: point[str(symbol)] for symbol in read.free_symbols}).evalf()
    values = {name: point[name] for name in variables(program) if name in point}
    assert complex(found).real == pytest.approx(evaluate(program, values).value, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "inner"),
    [
        ("-x/y", "<mrow><mo>\u2212</mo><mfrac><mi>x</mi><mi>y</mi></mfrac></mrow>"),
        ("sqrt(alpha_1)", "<msqrt><msub><mi>\u03b1</mi><mi>1</mi></msub></msqrt>"),
        ("x < 1", "<mrow><mi>x</mi><mo>&lt;</mo><mn>1</mn></mrow>"),
        ("cbrt(x)", "<mroot><mi>x</mi><mn>3</mn></mroot>"),
    ],
)
def test_mathml(text: str, inner: str) -> None:
    assert mathml(parse(text)).partition(">")[2].removesuffix("</math>") == inner


@pytest.mark.parametrize("text", ["x < y", "t = x; t*t", "[[x, 1], [2, y]]", "where(x & y, 1, 2)", "x[0]", "x_a_b"])
def test_mathml_is_well_formed(text: str) -> None:
    root = ET.fromstring(mathml(parse(text)))
    assert root.tag == f"{_MATHML}math"
    for element in root.iter():
        wanted = {f"{_MATHML}mfrac": 2, f"{_MATHML}msup": 2, f"{_MATHML}msub": 2, f"{_MATHML}mroot": 2}.get(element.tag)
        assert wanted is None or len(element) == wanted


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("x**2*sin(x)", ["x²⋅sin(x)"]),
        ("-(a + b)/c", [" (a + b)", "-───────", "    c"]),
        ("x**(k - 1)", [" k - 1", "x"]),
        ("(1/x)**2", ["   2", "⎛1⎞", "⎜─⎟", "⎝x⎠"]),
        ("[[x, 1], [2, y1]]", ["⎡x  1 ⎤", "⎣2  y₁⎦"]),
        ("sqrt(x + 1)", ["√(x + 1)"]),
        ("sqrt(x)**3", ["(√x)³"]),
        ("where(x > 1, x, 1/x)", ["⎧x  if x > 1", "⎪1", "⎨─  otherwise", "⎩x"]),
        ("x[3]*theta", ["x₃⋅θ"]),
    ],
)
def test_pretty(text: str, lines: list[str]) -> None:
    assert pretty(parse(text)) == lines


def test_a_program_and_its_names() -> None:
    assert pretty(parse("t = sin(x); t/(1 + t)"), "f") == [
        "      t", "f = ─────", "    1 + t", "    where", "      t = sin(x)"
    ]  # fmt: skip


def test_commands() -> None:
    assert gradcli('diff "(x + 1)**2/y" --wrt y --no-check --format pretty').stdout == (
        "         (x + 1)²\ndf/dy = -────────\n            y²\n"
    )
    assert gradcli('diff "x**2" --no-check --format mathml').stdout.startswith("<math ")
    assert gradcli('diff "beta**2" --no-check --format sympy').stdout == "2*Symbol('beta')\n"
    refused = gradcli("diff x@A@x --shape A=n,n --shape x=n --wrt x --no-check --format sympy")
    assert (refused.status, refused.stdout) == (2, "")
    assert "transpose is no formula that SymPy's parser reads" in refused.stderr


@pytest.mark.parametrize(
    ("word", "lines"),
    [
        ("atan", ["         1", "d/dx = ──────", "       1 + x²"]),
        ("softmax", ["d out = out⋅(t - sum(out⋅t))", "  the Jacobian is symmetric, so that both modes are one"]),
        ("+", ["d/dx = 1", "d/dy = 1"]),
    ],
)
def test_derivatives_of_functions_are_drawn_at_a_terminal(word: str, lines: list[str]) -> None:
    told = gradcli(["ops", word], terminal=True).stdout.splitlines()
    assert [line for line in told if line in lines] == lines


def test_all_entries_are_drawn() -> None:
    for op in TABLE.values():
        assert render_op(op, drawn=True).splitlines()[0] == op.signature


@pytest.mark.parametrize("expression", ["x1*x_1", "α*alpha", "x_1**2*sin(x1)*y"])
def test_two_variables_are_never_one_symbol(expression: str) -> None:
    for form in ("latex", "mathml", "markdown"):
        refused = gradcli(["diff", expression, "--format", form, "--no-check"])
        assert (refused.status, refused.stdout) == (2, "")
        assert "are written alike\nhint: rename one of them; --format text" in refused.stderr
    names = [name for name in variables(parse(expression)) if name != "y"]
    drawn = gradcli(["diff", expression, "--format", "pretty", "--no-check"]).stdout
    assert all(name in drawn for name in names)
    assert gradcli(["diff", expression, "--no-check"]).status == 0


@pytest.mark.parametrize(("expression", "order"), [("x*y", 2), ("x**2*y", 3), ("3*x + y", 2)])
def test_a_variable_that_an_earlier_derivative_has_lost_is_not_told_of(expression: str, order: int) -> None:
    done = gradcli(["diff", expression, "--wrt", "x", "--order", str(order)])
    assert (done.status, "no variable" in done.stderr) == (0, False)
    assert "proved" in done.stderr
