"""What SymPy's `str` writes of derivatives, pieces and relations is read."""

from __future__ import annotations

from typing import Any

import pytest
import sympy
from sympy import Derivative, Eq, Ge, Gt, Le, Lt, Ne, Piecewise, cos, sin

from gradcli.lang.notation import read_notation
from gradcli.transforms.operators.evaluate import evaluate

X, Y = sympy.symbols("x y", real=True)


@pytest.mark.parametrize(
    ("theirs", "line"),
    [
        (Derivative(sin(X), (X, 2)), "diff(sin(x), x, 2)"), (Derivative(sin(X), X, X), "diff(sin(x), x, 2)"),
        (Derivative(X**3*Y**2, (X, 2), Y), "diff(x**3*y**2, x, 2, y)"), (Derivative(X*Y, X), "diff(x*y, x)"),
        (Piecewise((1, Eq(X, 0)), (sin(X)/X, True)), "1 if x == 0 else sin(x)/x"),
        (Piecewise((X, Ne(X, 1) & (X > 2)), (0, True)), "x if (x > 2) & (x != 1) else 0"),
        (sympy.factorial(X), "gamma(x + 1)"),
    ],
)  # fmt: skip
def test_what_str_writes(theirs: Any, line: str) -> None:
    assert read_notation("sympy", str(theirs), {}) == line


@pytest.mark.parametrize("relation", [Eq, Ne, Lt, Le, Gt, Ge])
@pytest.mark.parametrize("at", [-1.0, 0.0, 2.0])
def test_relations(relation: Any, at: float) -> None:
    name = next(name for name in ("Eq", "Ne", "Lt", "Le", "Gt", "Ge") if getattr(sympy, name) is relation)
    line = read_notation("sympy", f"Piecewise((cos(x), {name}(x, 0)), (x, True))", {})
    expected = Piecewise((cos(X), relation(X, 0)), (X, True)).subs(X, sympy.Rational(at))
    assert float(evaluate(line, {"x": at}, explain=False).value) == pytest.approx(float(expected))
