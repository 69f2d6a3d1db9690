"""Loops as operations on arrays: the same numbers as the engine's, which goes element by element, for several sizes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradcli.formulas.array_loops import with_array_loops
from gradcli.lang import parse, unparse, variables
from gradcli.transforms.operators.diff import diff
from gradcli.transforms.operators.evaluate import evaluate
from gradcli.transforms.operators.jacobian import jacobian
from tests.cli.runner import gradcli

SHAPES: dict[str, tuple[str, ...]] = {"x": ("n",), "y": ("n",), "A": ("n", "n"), "B": ("m", "n"), "a": (), "b": ()}
SIZES = ({"n": 3, "m": 2}, {"n": 5, "m": 4})

PROGRAMS = [
    ("sum(x[i]**2*i for i in range(len(x)))", ["2*x*arange(len(x))"]),
    ("sum((x[i + 1] - x[i])**2 for i in range(len(x) - 1))", None),
    ("sum(100*(x[i + 1] - x[i]**2)**2 + (1 - x[i])**2 for i in range(len(x) - 1))", None),
    ("sum(a*x[i] + b for i in range(len(x)))", ["sum(x)", "a*ones(len(x))", "len(x)"]),
    ("sum(A[i, j]*x[i]*x[j] for i in range(len(x)) for j in range(len(x)))", ["outer(x, x)", "(A + A.T) @ x"]),
    ("sum(A[j, i]*x[i]*y[j] for i in range(len(x)) for j in range(len(x)))", None),
    ("sum(B[i, j]*x[j]*a for i in range(len(B)) for j in range(len(x)))", None),
    (
        "sum(sum(B[i, j]*x[j] for j in range(len(x)))**2 for i in range(len(B)))",
        ["2*outer(B @ x, x)", "2*B.T @ (B @ x)"],
    ),
    ("norm([sum(B[i, j]*x[j] for j in range(len(x))) for i in range(len(B))])", None),
    ("prod(x[i] + i for i in range(len(x)))", None),
    ("a*prod([x[i]*y[i] for i in range(1, len(x))])", None),
    ("x[0]*sum(x[i] for i in range(len(x))) + x[-1]", None),
    ("sum(a**k/k for k in range(1, len(x)))*x[1]", None),
    ("s = sum(x[i] for i in range(len(x))); sum((x[i] - s/len(x))**2 for i in range(len(x)))", None),
    ("d = [x[i + 1] - x[i] for i in range(len(x) - 1)]; sum(d[i]**4 for i in range(len(x) - 1))", None),
    ("sum(a for i in range(len(x)))*sum(b*x[i] for i in range(2, len(x)))", None),
    ("sum(sin(x[i]*y[i - 1]) for i in range(1, len(x)))", None),
    ("sum(exp(-(x[i] - y[j])**2) for i in range(len(x)) for j in range(len(y)))", None),
    ("norm([[x[i]*y[j] - A[i, j] for j in range(len(y))] for i in range(len(x))])", None),
    ("sum(x[i]**2 if x[i] > 1 else -x[i] for i in range(len(x)))", ["where(x > 1, 2*x, -1)"]),
    ("sum(A[i, j]*x[j] if x[i] > y[j] else b*x[i] for i in range(len(x)) for j in range(len(x)))", None),
    ("sum(1/(x[i] - a) if x[i] > a and i > 0 else a for i in range(len(x)))", None),
    ("sum(A[i, i]*x[i]**2 for i in range(len(x)))", ["diag(x**2)", "2*x*diag(A)"]),
    ("sum(A[i, i] for i in range(len(A)))**2*x[0]", None),
    ("sum(A[i, i]*A[i, j] for i in range(len(A)) for j in range(len(A)))", None),
    ("sum(diag(x)@y) + sum(diag(diag(A))*A) + sum(b for i in range(len(x)))", None),
    ("sum(sum(A[i, k]*A[k, j] for k in range(len(x))) for i in range(len(x)) for j in range(len(x)))*x[0]", None),
]


def drawn(text: str, sizes: dict[str, int]) -> dict[str, Any]:
    random = np.random.default_rng(3)
    used = [name for name in SHAPES if name in variables(parse(text))]
    return {name: random.uniform(0.5, 1.5, [sizes[size] for size in SHAPES[name]]).round(3) for name in used}


@pytest.mark.parametrize(("text", "formulas"), PROGRAMS)
def test_for_all_sizes(text: str, formulas: list[str] | None) -> None:
    names = list(drawn(text, SIZES[0]))
    shapes = {name: SHAPES[name] for name in names if SHAPES[name]}
    found = diff(text, shapes=shapes)
    if formulas is not None:
        assert [formula.text for formula in found.formulas] == formulas
    for sizes in SIZES:
        values = drawn(text, sizes)
        for formula in found.formulas:
            (name,) = formula.names
            wanted = np.reshape(jacobian(text, values, [name]).jacobian, np.shape(values[name]))
            used = {other: value for other, value in values.items() if other in variables(formula.program)}
            number = np.asarray(evaluate(formula.program, used).value)
            assert number.shape == np.shape(values[name])
            np.testing.assert_allclose(number, wanted, rtol=1e-11, atol=1e-12, err_msg=formula.text)


@pytest.mark.parametrize(("text", "_"), PROGRAMS)
def test_programs_mean_the_same(text: str, _: Any) -> None:
    values = drawn(text, SIZES[1])
    made = with_array_loops(parse(text), {name: SHAPES[name] for name in values})
    assert made is not None
    assert " for " not in unparse(made.program)
    value = evaluate(unparse(made.program), values).value
    np.testing.assert_allclose(np.asarray(value), np.asarray(evaluate(text, values).value), rtol=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "sum(x[2*i] for i in range(2))",
        "sum(x[i]*x[len(x) - 1 - i] for i in range(len(x)))",
        "sum(x[i + 1] if i > 1 else a for i in range(len(x)))",
        "sum(x[i - 1] for i in range(len(x)))",
        "sum(x[i + 1] for i in range(len(x)))",
        "sum(x[i] for i in range(3))",
        "sum(A[i + 1, i + 1] for i in range(len(A) - 1))",
        "sum(B[i, i] for i in range(len(B)))",
        "sum(A[i] for i in range(len(A)))",
        "max(x[i] for i in range(len(x)))",
        "sum(y[i] for i in range(len(B)))",
        "prod(a for i in range(len(x)))",
        "sum(x[i] for i in range(0, len(x), 2))",
        "f(t) = t**2; sum(f(x[i]) for i in range(len(x)))",
    ],
)
def test_what_has_no_such_form(text: str) -> None:
    assert with_array_loops(parse(text), SHAPES) is None


def test_a_product_has_a_slope_where_an_entry_is_zero() -> None:
    formula = diff("prod(x[i] for i in range(len(x)))", shapes={"x": ("n",)}).formulas[0]
    assert np.asarray(evaluate(formula.program, {"x": [2.0, 0.0, 3.0]}).value).tolist() == [0.0, 6.0, 0.0]


def test_long_loops_stay_short_lines() -> None:
    told = gradcli('diff "sum(x**k/k for k in range(1, 1001))" --no-check').stdout
    assert told == "df/dx = sum(arange(1, 1001)*x**(arange(1, 1001) - 1)/arange(1, 1001))\n"
    told = gradcli('diff "sum(sin(x[i])*i for i in range(len(x)))" --shape x=100 --no-check').stdout
    assert told == "df/dx = arange(100)*cos(x)\n"
    told = gradcli('diff "sum(x[i]**2*i for i in range(len(x)))" --x "[1, 2, 3]" --no-check').stdout
    assert told == "df/dx = 2*x*arange(3)\nat x = [1.0, 2.0, 3.0]:\nf = 22.0\ndf/dx = [0.0, 4.0, 12.0]\n"
    assert gradcli('diff "sum(x**k for k in range(4))" --no-check').stdout == "df/dx = 1 + 2*x + 3*x**2\n"


def test_formulas_of_loops_are_checked() -> None:
    found = gradcli('diff "sum((x[i + 1] - x[i])**2 for i in range(len(x) - 1))" --shape x=n')
    assert (found.status, found.stderr) == (0, "check = proved equal to SymPy's derivative\n")


def test_a_jacobian_of_a_list() -> None:
    formula = diff("[x[i]**2*y[i] for i in range(len(x))]", "jacobian", ["x"], shapes={"x": ("n",), "y": ("n",)})
    assert formula.formulas[0].text == "2*diag(x*y)"


@pytest.mark.parametrize("form", ["text", "pretty", "latex", "mathml", "markdown"])
def test_parts_of_arrays_are_typeset(form: str) -> None:
    told = gradcli(f'diff "sum(x[i + 1]*x[i] for i in range(len(x) - 1))" --shape x=n --format {form} --no-check')
    assert told.status == 0
    assert "None" not in told.stdout
    assert "slice" not in told.stdout


def test_what_sympy_cannot_say_of_arrays_is_refused() -> None:
    found = gradcli('diff "sum(x[i]*i for i in range(len(x)))" --shape x=n --format sympy --no-check')
    assert (found.status, found.stdout) == (2, "")
    assert "is no formula that SymPy's parser reads" in found.stderr


def test_second_derivatives_of_parts() -> None:
    """Of any size they have no formula, and with numbers for sizes one entry by entry."""
    text = "sum((x[i + 1] - x[i])**2 for i in range(len(x) - 1))"
    refused = gradcli(f'diff "{text}" --shape x=n --hessian --no-check')
    assert (refused.status, refused.stdout) == (2, "")
    assert "--shape x=3" in refused.stderr
    told = gradcli(f'diff "{text}" --shape x=3 --hessian --no-check').stdout
    assert told == "d2f/dx2 = [[2, -2, 0], [-2, 4, -2], [0, -2, 2]]\n"
