"""Derivatives inside expressions: against SymPy and the engine, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy

from gradcli.errors import Problem
from gradcli.lang import parse, unparse, unroll
from gradcli.transforms.operators.evaluate import evaluate
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.operators.hessian import hessian
from gradcli.transforms.operators.jacobian import jacobian
from gradcli.transforms.program import derivatives
from gradcli.transforms.program.derivatives import as_formulas, with_formulas
from gradcli.transforms.verify.ask import check
from tests.cli.runner import gradcli
from tests.corpora import cases

POINT = {"x": 0.7, "y": 1.3}
INNER = (
    "x**2*y", "sin(x*y)", "exp(-x**2)*cos(y)", "log(x**2 + y)/x", "sqrt(x*y + 1)", "atan2(y, x)", "x**y", "erf(x*y)",
    "tanh(x)**3 - y/x", "(x + y)/(x - y)", "gamma(x + 2)", "sinh(x)*acos(x/2)",
)  # fmt: skip
FORMS = ("diff({}, x)", "diff({}, y)", "diff({}, x, 2)", "diff({}, x, y)", "diff({}, x, 2, y)", "diff(diff({}, y), x)")


def value(text: str, values: dict[str, Any]) -> Any:
    return np.asarray(evaluate(text, values, explain=False).value)


@pytest.mark.parametrize("inner", INNER)
@pytest.mark.parametrize("form", FORMS)
def test_as_sympy(inner: str, form: str) -> None:
    x, y = sympy.symbols("x y", positive=True)
    names = {**{k: getattr(sympy, k) for k in dir(sympy)}, "x": x, "y": y}
    expected = eval(form.format(inner), {"__builtins__": {}}, names)
    exact = float(sympy.N(expected.subs({x: sympy.Rational("0.7"), y: sympy.Rational("1.3")}), 30))
    used = POINT if "y" in form.format(inner) else {"x": POINT["x"]}
    assert value(form.format(inner), used) == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize("case", list(cases("feynman"))[::4], ids=lambda case: case.id)
def test_as_the_corpus(case: Any) -> None:
    for name, expected in case.gradients.items():
        found = float(value(f"diff({case.expression}, {name})", case.point))
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)


ARRAYS: list[tuple[str, dict[str, Any]]] = [
    ("norm(A@x - b)**2", {"A": [[1.0, 2.0], [3.0, -4.0]], "x": [1.0, 0.5], "b": [0.0, 2.0]}),
    ("x@A@x", {"x": [1.0, 2.0], "A": [[1.0, 2.0], [0.5, 1.0]]}),
    ("sum(log(1 + exp(-x)))", {"x": [0.3, -1.0, 2.0]}),
    ("log(det(x))", {"x": [[2.0, 1.0], [0.5, 3.0]]}),
    ("x[0]*sin(x[1])", {"x": [1.0, 2.0]}),
    ("sum(x[i]**i for i in range(len(x)))", {"x": [1.5, 2.0, 0.5]}),
]


@pytest.mark.parametrize(("text", "values"), ARRAYS, ids=[text for text, _ in ARRAYS])
def test_gradients_and_hessians_as_the_engine_has_them(text: str, values: dict[str, Any]) -> None:
    assert value(f"grad({text}, x)", values) == pytest.approx(np.asarray(grad(text, values, ["x"]).gradients["x"]))
    second = np.asarray(hessian(text, values, ["x"]).hessian)
    found = value(f"hessian({text}, x)", values)
    assert found.reshape(second.shape) == pytest.approx(second)


def test_jacobians_as_the_engine_has_them() -> None:
    values = {"x": [0.5, 2.0], "y": 3.0}
    text = "[x[0]*x[1], sin(x[0]*y), y**2]"
    assert value(f"jacobian({text}, x)", values) == pytest.approx(np.asarray(jacobian(text, values, ["x"]).jacobian))
    both = np.asarray(jacobian(text, values).jacobian)
    assert value(f"jacobian({text}, x, y)", values) == pytest.approx(both)
    assert value(f"jacobian({text}, [x, y])", values) == pytest.approx(both)


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("u = x**2; diff(sin(u)*x, u)", "u = x**2; cos(u)*x"),  # x is held
        ("u = x**2; diff(u*x, x)", "u = x**2; 2*x*x + x**2"),  # and u is not
        ("f(x) = x**3; df(x) = diff(f(x), x); df(2*y)", "x_df1 = 2*y; 3*x_df1**2"),
        ("g(x, y) = diff(x*y, x); g(a, a)", "a"),  # by the first argument alone
        ("f(x) = diff(a*x, x); f(a)", "a"),  # the other a is the program's
        ("[diff(t**k, t) for k in range(1, 3)]", "[1, 2*t]"),
        ("x if x > 0 else diff(x**3, x)", "x if x > 0 else 3*x**2"),
        ("a = x; a = 2*a; diff(a**2, a)", "a_1 = x; a = 2*a_1; 2*a"),
        ("L(q, v) = v**2/2 - q**2; q = sin(t); v = diff(q, t); diff(diff(L(q, v), v), t)",
         "q = sin(t); v = cos(t); -sin(t)"),
        ("diff(x**2, y)", "0"),
        ("diff(abs(x), x)", "sign(x)"),
        ("diff(relu(x), x)", "where(x > 0, 1, 0)"),
    ],
)  # fmt: skip
def test_what_stands_in_their_place(text: str, formulas: str) -> None:
    numbers = {name: np.array(0.5) for name in ("x", "y", "a", "t")}
    assert unparse(with_formulas(unroll(parse(text), lambda name: None), numbers)[0]) == formulas


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("diff(x)", "diff does not say by what to differentiate", "differences of neighbours"),
        ("diff(x, 2)", "diff differentiates by a name, not by a number", "differences of neighbours"),
        ("diff(x**2, 2*x)", "diff differentiates by a name, or an entry x[0]", "u = ..."),
        ("diff(x**2, x, 0)", "the order of a derivative must be from 1 to 20", "diff("),
        ("diff(x**2, x, n=2)", "diff takes no arguments by name", "diff("),
        ("grad(v, v)", "the value has shape (2,): a gradient needs one number", "jacobian"),
        ("diff(sum(v**2), v)", "'v' is an array of shape (2,), and diff differentiates by a number", "grad(e, v)"),
        ("diff(sum(v**2), v[2])", "there is no such entry: index 2 is out of bounds for axis 0 with size 2", ""),
        ("grad(sum(v**2), v[0])", "grad differentiates by whole arrays", "grad(..., v)[...]"),
        ("x = 2*x; diff(x**2, x)", "'x' is a variable, and what is assigned to it", "a name of its own"),
        ("diff(pi*x, pi)", "'pi' is no variable to differentiate by", "variable"),
        ("[diff(x**k, k) for k in range(2)]", "diff differentiates by a name, not by a number", ""),
        ("diff(eigvals(diag(v))[0], x)", "unknown function 'eigvals'", ""),
        ("diff(svd(outer(v, v))[1][0], v[0])", "svd has no formula of entries", ""),
        ("diff(x) = 2; x", "'diff' is a function of the language", "another name"),
    ],
)
def test_what_is_refused(text: str, message: str, hint: str) -> None:
    values = {"x": 0.5, "v": [1.0, 2.0]}
    with pytest.raises(Problem) as caught:
        evaluate(text, {name: v for name, v in values.items() if name in text.replace("eigvals", "")})
    assert caught.value.message == message
    assert hint in (caught.value.hint or "")
    assert caught.value.span is not None


def test_a_derivative_that_is_zero_because_all_else_is_held_is_told() -> None:
    outcome = gradcli("eval 'y = x**2; u = 3*x; diff(y, u)' --x 3")
    assert outcome.stdout == "0.0\n"
    assert "not made of 'u'" in outcome.stderr


CHECKED: list[tuple[str, dict[str, Any]]] = [
    ("diff(x**3*y, x, 2)", {"x": 3.0, "y": 2.0}),
    ("u = x**2; diff(sin(u)*x, u)", {"x": 3.0}),
    ("L(q, v) = m*v**2/2 - k*q**2/2; q = a*sin(t); v = diff(q, t); diff(diff(L(q, v), v), t) - diff(L(q, v), q)",
     {"m": 1.5, "k": 2.0, "a": 1.0, "t": 0.5}),
    ("g = grad(norm(A@x - b)**2, x); sum(g**2)", {"A": [[1.0, 2.0], [3.0, 4.0]], "x": [1.0, 1.0], "b": [0.0, 1.0]}),
    ("diff(erf(x)*gamma(x), x)", {"x": 2.5}),
    ("f(x) = x**3; df(x) = diff(f(x), x); sum(df(x[i]) for i in range(3))", {"x": [1.0, 2.0, 3.0]}),
    ("diff(diff(x**3*y**2, x)*x, y)", {"x": 2.5, "y": 3.0}),
    ("hessian(exp(x*y)/y, x, y)[0, 1]", {"x": 1.0, "y": 2.0}),
    ("diff(x if x > 0 else -x, x)*y", {"x": -1.0, "y": 2.0}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "values"), CHECKED, ids=[text for text, _ in CHECKED])
def test_sympy_derives_them_again(text: str, values: dict[str, Any]) -> None:
    verdict = check(grad(text, values), timeout=60)
    assert verdict.verdict == "verified"
    assert verdict.witness == "SymPy"
    assert not verdict.by_proof


def test_a_wrong_formula_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine, the numeric derivative and the enclosures have the same formula: SymPy has not."""
    right = derivatives._by_entries

    def wrong(meaning: Any, *rest: Any) -> list[int]:
        return [meaning.graph.call("mul", (node, meaning.graph.leaf(1.0000001))) for node in right(meaning, *rest)]

    monkeypatch.setattr(derivatives, "_by_entries", wrong)
    for kind in (grad, hessian, jacobian):
        verdict = check(kind("diff(x**4*y, x)", {"x": 3.0, "y": 2.0}), timeout=60)
        assert verdict.verdict == "differs"
        assert not verdict.by_proof
    outcome = gradcli("check 'diff(x**4*y, x)' --x 3 --y 2")
    assert outcome.status == 1
    assert "differs" in outcome.stdout


def test_where_sympy_is_silent_nothing_is_verified() -> None:
    outcome = gradcli("grad 'diff(relu(x), x)' --x 0")
    assert "check = not checked: the derivatives inside the expression are formulas here" in outcome.stdout
    outcome = gradcli("grad 'diff(x**3, x)' --x 2 --verify proof")
    assert "check = not checked: the derivatives inside" in outcome.stdout
    assert gradcli("grad 'diff(x**3, x)' --x 2 --verify proof --check require").status == 4
    outcome = gradcli("check 'diff(x**3, x)' --x 2 --check-timeout 0.000001")
    assert "check = not checked: the derivatives inside" in outcome.stdout


@pytest.mark.parametrize(
    ("command", "printed"),
    [
        ("diff 'diff(x**3*y, x, 2)'", "df/dx = 6*y\ndf/dy = 6*x\ncheck = proved equal to SymPy's derivative\n"),
        ("diff 'grad(norm(A@x - b)**2, x)@c' --shape A=m,n --shape x=n --shape b=m --shape c=n --wrt b --no-check",
         "df/db = -2*A @ c\n"),
        ("eval 'diff(x**3, x)' --x 2", "12.0\n"),
        ("check 'diff(x**3, x)' --claim x=6*x", "df/dx: true"),
        ("check 'diff(x**3, x)' --claim x=5*x", "df/dx: false at x = "),
        ("derivative 'diff(exp(2*x), x)' --x 0 --order 2 --no-check", "f = 2.0\ndf/dx = 4.0\nd2f/dx2 = 8.0\n"),
        ("graph 'diff(sin(x)*x, x)' --x 2", "cos(x)*x + sin(x)  AddBackward0"),
        ("grad 'diff(sqrt(x)**2, x)' --x 0 --no-check", "f = "),
        ("code 'f(x) = exp(-x**2); diff(f(x), x)' --to python", "exp("),
    ],
)  # fmt: skip
def test_commands(command: str, printed: str) -> None:
    outcome = gradcli(command)
    assert "Traceback" not in outcome.stderr
    assert (outcome.stdout + outcome.stderr).startswith(printed) or printed in outcome.stdout


def test_text_without_derivatives() -> None:
    text = as_formulas("f(x) = x**3; y = diff(f(a), a); y*a", {"a": 2.0})
    assert text == "y = 3*a**2; y*a"
