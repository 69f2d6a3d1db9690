"""Other notations, as SymPy writes them: what is read has the value of what was written."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
import sympy
from sympy.printing.latex import latex
from sympy.printing.mathematica import mathematica_code
from sympy.printing.octave import octave_code

from gradcli.errors import Problem
from gradcli.lang import parse, variables
from gradcli.lang.notation import read_notation
from gradcli.transforms.operators.evaluate import evaluate
from gradcli.transforms.operators.grad import grad
from tests.cli.runner import gradcli
from tests.corpora import records

X, Y, A1 = sympy.symbols("x y a_1", real=True)
POINT = {"x": 0.6, "y": 1.7, "a_1": 2.25}
EXACT = {X: sympy.Rational("0.6"), Y: sympy.Rational("1.7"), A1: sympy.Rational("2.25")}

WRITERS = {
    "sympy": str,
    "mathematica": lambda e: mathematica_code(e.subs(A1, sympy.Symbol("a1", real=True))),
    "matlab": octave_code,
    "latex": latex,
}
UNARY = (
    sympy.sin, sympy.cos, sympy.exp, sympy.atan, sympy.tanh, sympy.sqrt, sympy.log, sympy.Abs, sympy.erf,
    lambda e: -e, lambda e: 1/e, lambda e: e**2, sympy.cbrt, lambda e: e**sympy.Rational(-3, 2),
)  # fmt: skip


def needs(notation: str) -> None:
    """Skip a test for which a library is missing."""
    if notation == "latex":
        pytest.importorskip("pylatexenc", reason="LaTeX is read with pylatexenc, of the extra 'latex'")


def random_expression(rng: random.Random, depth: int) -> sympy.Expr:
    if depth == 0 or rng.random() < 0.15:
        return rng.choice([X, Y, A1, sympy.Integer(3), sympy.Rational(1, 2), sympy.pi, sympy.E, sympy.Float("0.25")])
    if rng.random() < 0.45:
        return rng.choice(UNARY)(random_expression(rng, depth - 1))
    left, right = random_expression(rng, depth - 1), random_expression(rng, depth - 1)
    kind = rng.randrange(5)
    if kind == 3:
        return left / right
    return left**right if kind == 4 and right.is_number else [left + right, left - right, left * right][min(kind, 2)]


@pytest.mark.parametrize("notation", WRITERS)
def test_what_sympy_writes(notation: str) -> None:
    needs(notation)
    rng = random.Random(notation)
    compared = 0
    for _ in range(250):
        expression = random_expression(rng, 4)
        exact = sympy.N(expression.subs(EXACT), 30)
        if (
            not exact.is_real
            or not exact.is_finite
            or abs(exact) > 1e200
            or expression.has(sympy.I, sympy.zoo, sympy.AccumBounds)
        ):
            continue
        text = WRITERS[notation](expression)
        if notation == "mathematica" and "e-" in text:  # which is a variable e there: SymPy writes it all the same
            continue
        values: dict[str, Any] = dict(POINT)
        if notation == "mathematica":
            values["a1"] = values.pop("a_1")
        try:
            line = read_notation(notation, text, dict.fromkeys(values, 0))
        except Problem as problem:
            assert "the power of a function is a whole number" in problem.message, text  # noqa: PT017  # goes on
            continue
        used = {name: value for name, value in values.items() if name in set(_names(line))}
        found = float(np.asarray(evaluate(line, used, explain=False).value))
        if np.isnan(found) and expression.subs(EXACT).has(sympy.sqrt, sympy.Pow, sympy.log):
            continue  # on the way there is no real number
        assert found == pytest.approx(float(exact), rel=1e-9), (text, line)
        compared += 1
    assert compared > 120


def _names(line: str) -> list[str]:
    return list(variables(parse(line)))


READ: list[tuple[str, str, dict[str, int | None], str]] = [
    ("sympy", "Piecewise((x**2, x < 1), (log(x, 2), True))", {}, "x**2 if x < 1 else log(x)/log(2)"),
    ("sympy", "Max(x, y, 0) + Rational(1, 3)*Heaviside(x)", {},
     "maximum(maximum(x, y), 0) + 1/3*heaviside(x, 0.5)"),
    ("sympy", "Derivative(sin(x)**2, x)", {}, "diff(sin(x)**2, x)"),
    ("sympy", "(x < 1) & (y > 2)", {}, "(x < 1) & (y > 2)"),
    ("sympy", "Matrix([[x, 1], [2, y]])", {}, "[[x, 1], [2, y]]"),
    ("mathematica", "2 x^2 Sin[y]/3 z", {}, "2*x**2*sin(y)/3*z"),
    ("mathematica", "-x^2^y!", {}, "-x**2**gamma(y + 1)"),
    ("mathematica", "ArcTan[x, y] + Log[2, x]", {}, "atan2(y, x) + log(x)/log(2)"),
    ("mathematica", "If[x > 0 && y < 1, E^x, Pi]", {}, "e**x if (x > 0) & (y < 1) else pi"),
    ("mathematica", "{a, b}.{x, y} + v[[2]]", {}, "[a, b] @ [x, y] + v[1]"),
    ("mathematica", "Sum[x^i/i, {i, 1, 3}] + D[x^3 y, {x, 2}, y]", {},
     "sum(x**i/i for i in range(1, 4)) + diff(x**3*y, x, 2, y)"),
    ("mathematica", "1.5*^-3 x(y + 1)", {}, "0.0015*x*(y + 1)"),
    ("mathematica", "Piecewise[{{x, x > 1}, {y, x > 0}}]", {}, "x if x > 1 else y if x > 0 else 0"),
    ("matlab", "2^3^2 - -x^2", {}, "(2**3)**2 - -x**2"),
    ("matlab", "x(1)*x(2) + A(2, 1)", {"x": 1, "A": 2}, "x[0]*x[1] + A[1, 0]"),
    ("matlab", "A\\b", {"A": 2, "b": 1}, "solve(A, b)"),
    ("matlab", "x'*A*x + sum(x.^2 ./ b)", {"A": 2, "x": 1, "b": 1}, "x @ A @ x + sum(x**2/b)"),
    ("matlab", "x*y'", {"x": 1, "y": 1}, "outer(x, y)"),
    ("matlab", "[1 -2 x]*[1; 2; y]", {"y": 0}, "[1, -2, x] @ [1, 2, y]"),
    ("matlab", "[1 - 2, 3]*b", {"b": 1}, "[1 - 2, 3] @ b"),
    ("matlab", "norm(A) + norm(A, 2) + norm(x, 1) % a comment", {"A": 2, "x": 1},
     "norm(A, 2) + norm(A, 2) + norm(x, 1)"),
    ("matlab", "sum(A) * x;", {"A": 2, "x": 1}, "sum(A, axis=0) @ x"),
    ("matlab", "[1 2;\r\n 3\f4]*x\r\n", {"x": 1}, "[[1, 2], [3, 4]] @ x"),
    ("matlab", "a | b & c || d && e1", {}, "a | b & c | d & e1"),
    ("excel", "=-A1^2", {}, "(-A1)**2"),
    ("excel", "=0-$a$1^2", {}, "0 - A1**2"),
    ("excel", "=2^3^2", {}, "(2**3)**2"),
    ("excel", "=IF(AND(A1>=0,B2<>1),LOG(A1),LN(B2))+PI()*10%", {},
     "(log10(A1) if (A1 >= 0) & (B2 != 1) else log(B2)) + pi*(10/100)"),
    ("excel", "=ATAN2(x, y)+SUM(x,y,3)-AVERAGE(x,y)", {}, "atan2(y, x) + (x + y + 3) - (x + y)/2"),
    ("excel", "=NORM.S.DIST((x-Mu)/sd,TRUE)", {"mu": 0}, "ndtr((x - mu)/sd)"),
    ("matrixcalculus", "x'*A*x + c*sin(y)'*x", {"x": 1, "A": 2, "c": 0, "y": 1}, "x @ A @ x + c*sin(y) @ x"),
    ("matrixcalculus", "sum(log(exp(-y.*(X*w)) + vector(1)))", {"y": 1, "X": 2, "w": 1},
     "sum(log(exp(-y*(X @ w)) + 1))"),
    ("matrixcalculus", "norm2(A*x - y)^2/2 + norm1(x)", {"A": 2, "x": 1, "y": 1},
     "norm(A @ x - y)**2/2 + sum(abs(x))"),
    ("matrixcalculus", "tr(A*X'*B) + logdet(X) + vector(1)'*x", {"A": 2, "X": 2, "B": 2, "x": 1},
     "trace(A @ X.T @ B) + logdet(X) + 1*sum(x)"),
    ("matrixcalculus", "x*y' + 2.*A.^2", {"x": 1, "y": 1, "A": 2}, "outer(x, y) + 2*A**2"),
    ("latex", r"$\frac12 x^{2} \cdot \sin 2\pi x$", {}, "1/2*x**2*sin(2*pi*x)"),
    ("latex", r"\left\lVert A x - b \right\rVert_2^2 + \lambda |w|", {"A": 2, "x": 1, "b": 1},
     "norm(A @ x - b, 2)**2 + lambda*abs(w)"),
    ("latex", r"x^\top A x", {"x": 1, "A": 2}, "x @ A @ x"),
    ("latex", r"\log_2 (x) + \sqrt[3]{y_{12}} - \max(x, 0)", {}, "log2(x) + y_12**(1/3) - maximum(x, 0)"),
    ("latex", r"\frac{d}{dx} (x^2) + \begin{pmatrix} 1 & x \\ y & 2 \end{pmatrix}", {},
     "diff(x**2, x) + [[1, x], [y, 2]]"),
    ("latex", r"\sin^2 x + rate \cdot \mathrm{rate}", {"rate": 0}, "sin(x)**2 + rate*rate"),
]  # fmt: skip


@pytest.mark.parametrize(("notation", "text", "ranks", "line"), READ, ids=[f"{n} {t}" for n, t, _, _ in READ])
def test_what_is_read(notation: str, text: str, ranks: dict[str, int | None], line: str) -> None:
    needs(notation)
    assert read_notation(notation, text, ranks) == line


REFUSED: list[tuple[str, str, dict[str, int | None], str]] = [
    ("latex", "1/2x", {}, "more than one reading"),
    ("latex", "x^23", {}, "more than one reading"),
    ("latex", r"\sqrt12", {}, "more than one reading"),
    ("latex", r"\sin x y", {}, "more than one reading"),
    ("latex", r"\sin^{-1} x", {}, "more than one reading"),
    ("latex", "x^T x", {}, "more than one reading"),
    ("latex", "sin(x)", {}, "more than one reading"),
    ("latex", "f(x)", {}, "more than one reading"),
    ("latex", "e^{i x}", {}, "more than one reading"),
    ("latex", "{x+1}^2", {}, "more than one reading"),
    ("latex", "|x|y|", {}, "ends too early"),
    ("latex", "x = 2", {}, "an equation has no value"),
    ("latex", r"\int x", {}, "is not read"),
    ("latex", r"\frac{a}{b", {}, "missing"),
    ("latex", "x_{i,j}", {}, "a subscript is letters and digits"),
    ("latex", "(x", {}, "is not closed"),
    ("latex", "x)", {}, "closes nothing"),
    ("latex", "", {}, "there is no expression"),
    ("latex", "A x", {"A": None, "x": 1}, "more than one reading"),
    ("matrixcalculus", "x'*A*x", {}, "more than one reading"),
    ("matrixcalculus", "A*B", {}, "more than one reading"),
    ("matrixcalculus", "A*x", {"A": None, "x": 1}, "more than one reading"),
    ("matrixcalculus", "x*y", {"x": 1, "y": 1}, "a column times a column is no product"),
    ("matrixcalculus", "A^2", {"A": 2}, "more than one reading"),
    ("matrixcalculus", "norm2(A)", {"A": 2}, "more than one reading"),
    ("matrixcalculus", "x + y'", {"x": 1, "y": 1}, "do not fit"),
    ("matrixcalculus", "x/y", {"x": 1, "y": 1}, "divides by a column"),
    ("matrixcalculus", "vector(1)'*vector(1)", {"x": 1}, "is not known"),
    ("matrixcalculus", "tr(x)", {"x": 1}, "takes a matrix"),
    ("matrixcalculus", "foo(x)", {"x": 1}, "no function of matrixcalculus.org"),
    ("sympy", "x^2", {}, "more than one reading"),
    ("sympy", "I*x", {}, "imaginary unit"),
    ("sympy", "e**x", {}, "more than one reading"),
    ("sympy", "2x", {}, "missing"),
    ("sympy", "besselj(0, x)", {}, "no function of SymPy"),
    ("sympy", "Piecewise((x, x > 1))", {}, "no value"),
    ("mathematica", "e^x", {}, "more than one reading"),
    ("mathematica", "I x", {}, "no real number"),
    ("mathematica", "f[x]", {}, "no function of Mathematica"),
    ("mathematica", "Sin[x, y]", {}, "takes 1 arguments"),
    ("mathematica", "Sin[x", {}, "is not closed"),
    ("mathematica", "x = 3", {}, "has no '='"),
    ("mathematica", "v[[0]]", {}, "numbered 1"),
    ("matlab", "f(1)", {}, "more than one reading"),
    ("matlab", "2*i", {}, "more than one reading"),
    ("matlab", "x*y", {"x": 1, "y": 1}, "no product"),
    ("matlab", "x^2", {"x": 1}, "more than one reading"),
    ("matlab", "x(0)", {"x": 1}, "an index is 1, 2"),
    ("matlab", "'text'", {}, "texts are not read"),
    ("excel", "=A1:A3", {}, "has no ':'"),
    ("excel", "=VLOOKUP(A1,B1,2)", {}, "no function of Excel"),
    ("excel", "=pi*2", {}, "more than one reading"),
    ("excel", "=1<2<3", {}, "chained"),
]


@pytest.mark.parametrize(("notation", "text", "ranks", "message"), REFUSED, ids=[f"{n} {t}" for n, t, _, _ in REFUSED])
def test_what_is_refused(notation: str, text: str, ranks: dict[str, int | None], message: str) -> None:
    needs(notation)
    with pytest.raises(Problem) as caught:
        read_notation(notation, text, ranks)
    assert message in caught.value.message
    assert caught.value.source == text
    assert caught.value.span is not None
    assert 0 <= caught.value.span[0] <= len(text)


# The same expressions as matrixcalculus.org takes them; the gradients are the corpus's.
COOKBOOK = {
    "x @ a": "x'*a", "a @ X @ b": "a'*X*b", "a @ X @ a": "a'*X*a", "trace(X)": "tr(X)", "det(X)": "det(X)",
    "trace(X @ A)": "tr(X*A)", "trace(A @ X @ B)": "tr(A*X*B)", "trace(A @ X.T @ B)": "tr(A*X'*B)",
    "trace(X.T @ A)": "tr(X'*A)", "trace(A @ X.T)": "tr(A*X')", "trace(X.T @ X)": "tr(X'*X)",
    "trace(X @ X)": "tr(X*X)", "a @ inv(X) @ b": "a'*inv(X)*b", "log(abs(det(X)))": "log(abs(det(X)))",
    "x @ B @ x": "x'*B*x", "x @ x": "x'*x", "norm(x - a)": "norm2(x - a)", "a @ X.T @ b": "a'*X'*b",
}  # fmt: skip


def test_matrices_of_the_cookbook() -> None:
    compared = 0
    for record in records("matrix_cookbook"):
        theirs = COOKBOOK.get(record["expr"])
        if theirs is None:
            continue
        ranks = {name: len(of["shape"]) for name, of in record["vars"].items()}
        line = read_notation("matrixcalculus", theirs, ranks)
        again = read_notation("matlab", theirs.replace("tr(", "trace(").replace("norm2", "norm"), ranks)
        for point, gradients in zip(record["points"], record["grads"], strict=True):
            for text in (line, again):
                found = grad(text, point, record["wrt"]).gradients
                for name in record["wrt"]:
                    assert np.asarray(found[name]) == pytest.approx(np.asarray(gradients[name]), rel=1e-9, abs=1e-9)
        compared += 1
    assert compared >= 8


def test_deep_brackets() -> None:
    deep = "(" * 5000 + "x" + ")" * 5000
    for notation in ("sympy", "mathematica", "matlab", "excel", "latex"):
        needs(notation)
        assert read_notation(notation, deep, {}) == "x"


@pytest.mark.parametrize(
    ("command", "stdout", "stderr"),
    [
        (r"grad --notation latex '\frac{x^2}{2\sigma}' --x 3 --sigma 2 -q --no-check", "1.5\n-1.125\n",
         "note: read as x**2/(2*sigma)\n"),
        ("grad \"x'*A*x\" --notation matrixcalculus --x '[1,2]' --A '[[1,2],[3,4]]' --wrt x -q --no-check",
         "[12.0, 21.0]\n", "note: read as x @ A @ x\n"),
        ("diff --notation=matrixcalculus 'norm2(A*x-b)^2' --shape A=m,n --shape x=n --shape b=m --wrt x -q --no-check",
         "2*A.T @ (A @ x - b)\n", "note: read as norm(A @ x - b)**2\n"),
        ("eval --notation excel '=-A1^2' --A1 3", "9.0\n", "note: read as (-A1)**2\n"),
        ("eval --notation mathematica 'Sin[x]' --x 0", "0.0\n", "note: read as sin(x)\n"),
        ("check --notation sympy 'x**Rational(3, 1)' --claim 'x=3*x**2'",
         "df/dx: true for all x (proved)\n", "note: read as x**(3/1)\n"),
    ],
)  # fmt: skip
def test_commands(command: str, stdout: str, stderr: str) -> None:
    needs("latex" if "latex" in command else "")
    outcome = gradcli(command)
    assert outcome.stdout == stdout
    assert outcome.stderr == stderr
    assert outcome.status == 0


def test_errors_of_the_command_line() -> None:
    outcome = gradcli("eval --notation mathmatica 'Sin[x]' --x 0")
    assert outcome.status == 2
    assert outcome.stderr == "error: there is no notation 'mathmatica'\nhint: did you mean 'mathematica'?\n"
    outcome = gradcli("eval --notation matrixcalculus 'A*x' --x '[1, 2]' --A @nowhere.json")
    assert outcome.status == 2
    assert outcome.stderr.startswith("error: 'A*x' has more than one reading\n  A*x\n  ^^^\n")


def test_without_pylatexenc(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pylatexenc.latexwalker", None)
    with pytest.raises(Problem, match="LaTeX is read with pylatexenc") as caught:
        read_notation("latex", "x", {})
    assert caught.value.hint == "pip install 'gradcli[latex]'"


BITS = {
    "latex": [
        r"\frac",
        "{",
        "}",
        "x",
        "y",
        "2",
        "3.5",
        "^",
        "_",
        "+",
        "-",
        "*",
        "/",
        "(",
        ")",
        "[",
        "]",
        "|",
        r"\|",
        r"\sin",
        r"\log",
        r"\sqrt",
        r"\left",
        r"\right",
        r"\cdot",
        " ",
        r"\pi",
        r"\alpha",
        r"\mathrm{ab}",
        r"\operatorname{erf}",
        r"\begin{pmatrix}",
        r"\end{pmatrix}",
        "&",
        r"\\",
        r"\top",
        "T",
        r"\max",
        ",",
        r"\frac{d}{dx}",
        "^{-1}",
        "^2",
        "'",
        "=",
        "<",
        r"\le",
        "$",
        "%",
        "~",
        r"\lVert",
        r"\rVert",
        "_2",
        "_{12}",
        r"\text{a}",
        "é",
        r"\frac{d^2}{dx^2}",
        r"\frac{d x^2}{dx}",
        r"\partial",
        r"\odot",
        r"\,",
    ],
    "matrixcalculus": [
        "x",
        "A",
        "'",
        "*",
        ".*",
        "./",
        ".^",
        "^",
        "+",
        "-",
        "(",
        ")",
        "2",
        "1.5",
        "norm2(",
        "tr(",
        "inv(",
        "vector(1)",
        "matrix(1)",
        "diag(",
        "sum(",
        ",",
        "exp(",
        " ",
        "/",
    ],
    "sympy": [
        "x",
        "y",
        "2",
        "**",
        "*",
        "/",
        "(",
        ")",
        "+",
        "-",
        "Piecewise(",
        "(x, True)",
        "Max(",
        ",",
        "log(",
        "Rational(1,2)",
        "[",
        "]",
        "<",
        "&",
        "|",
        "~",
        "E",
        "I",
        "oo",
        "^",
        "Matrix(",
        "sqrt(",
        "[[1, 2], [3, 4]]",
        ".T",
        "exp(",
        "Derivative(",
        "(x, 2)",
    ],
    "mathematica": [
        "x",
        "y",
        " ",
        "2",
        "Sin[",
        "]",
        "[[",
        "]]",
        "[",
        "(",
        ")",
        "{",
        "}",
        "^",
        "*",
        "/",
        "+",
        "-",
        ".",
        "!",
        "&&",
        "||",
        "<",
        "If[",
        ",",
        "D[",
        "Sum[",
        "{i,1,3}",
        "Piecewise[",
        "E",
        "Pi",
        "1.5*^3",
        "Log[",
        "!!",
        "Max[",
        "Total[",
    ],
    "matlab": [
        "x",
        "A",
        "2",
        "[",
        "]",
        ";",
        ",",
        " ",
        "'",
        ".'",
        "*",
        ".*",
        "^",
        ".^",
        "\\",
        "/",
        "./",
        "(",
        ")",
        "+",
        "-",
        "~",
        "&&",
        "|",
        "<",
        "==",
        "norm(",
        "sum(",
        "x(1)",
        "A(1,2)",
        "1.",
        "e",
        "...",
        "%",
        "\n",
        "max(",
    ],
    "excel": [
        "=",
        "A1",
        "$B$2",
        "2",
        "^",
        "-",
        "+",
        "*",
        "/",
        "%",
        "(",
        ")",
        "IF(",
        ",",
        ";",
        "SUM(",
        "LOG(",
        "<",
        ">",
        "<>",
        "PI()",
        "TRUE",
        "x.y",
        "E",
        "&",
    ],
}


@pytest.mark.parametrize("notation", BITS)
def test_any_text_is_read_or_refused(notation: str) -> None:
    needs(notation)
    rng = random.Random(notation)
    known: list[dict[str, int | None]] = [{}, {"x": 1, "A": 2, "y": 0}, {"x": None, "A": 2}, {"": None}]
    read = 0
    refused: list[tuple[int, Problem]] = []
    for _ in range(3000):
        text = "".join(rng.choice(BITS[notation]) for _ in range(rng.randint(1, 9)))
        try:
            line = read_notation(notation, text, rng.choice(known))
        except Problem as problem:
            refused.append((len(text), problem))
        else:
            parse(line)
            read += 1
    assert read > 30
    for length, found in refused:
        assert str(found)
        assert found.span is None or 0 <= found.span[0] <= found.span[1] <= length + 1


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        (["Sin[x]^2", "--notation", "mathematica", "--claim", "x=2 Sin[x] Cos[x]"], "2*sin(x)*cos(x)"),
        (["x^2/2", "--notation", "latex", "--claim", r"x=\frac{2x}{2}"], "2*x/2"),
        (["x'*A*x", "--notation", "matrixcalculus", "--shape", "x=2", "--shape", "A=2,2", "--claim", "x=A*x+A'*x"],
         "A @ x + A.T @ x"),
    ],
)  # fmt: skip
def test_claims_are_in_the_notation_too(asked: list[str], read: str) -> None:
    found = gradcli(["check", *asked])
    assert found.status == 0
    assert found.stdout.endswith("(proved)\n")
    assert f"note: the claim about df/dx is read as {read}\n" in found.stderr


def test_claims_in_the_language_itself_are_read_as_such() -> None:
    found = gradcli(["check", "Sin[x]^2", "--notation", "mathematica", "--claim", "x=2*sin(x)*cos(x)"])
    assert (found.status, "gradcli's own language" in found.stderr) == (0, True)
    refused = gradcli(["check", "Sin[x]^2", "--notation", "mathematica", "--claim", "x=2 Sin[x"])
    assert (refused.status, refused.stdout) == (2, "")
