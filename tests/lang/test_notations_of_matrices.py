"""What operations of other notations are, of matrices: as theirs are, or refused with what to write."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy

from gradcli.errors import Problem
from gradcli.lang import parse, variables
from gradcli.lang.notation import read_notation
from gradcli.transforms.operators.evaluate import evaluate

KNOWN: dict[str, int | None] = {"x": 1, "y": 1, "A": 2, "B": 2, "c": 0}


@pytest.mark.parametrize("notation", ["matlab", "matrixcalculus"])
def test_powers(notation: str) -> None:
    for text, hint in (
        ("2^A", "2.^A, entry by entry or the power by the matrix"),
        ("A^A", "A .^ ..."), ("2^x", "2.^x, entry by entry"),
        ("A^2", "A*A, the product"), ("x^2", "x' * x, the product"), ("c^(A*B)", "entry by entry"),
    ):  # fmt: skip
        with pytest.raises(Problem, match="more than one reading") as caught:
            read_notation(notation, text, KNOWN)
        assert hint in (caught.value.hint or "")
    assert read_notation(notation, "2.^A + c^c", KNOWN) == "2**A + c**c"
    assert read_notation(notation, "A^(-1)*x", KNOWN) == "inv(A) @ x"
    assert read_notation(notation, "A^-1", KNOWN) == "inv(A)"


def _value(notation: str, text: str, values: dict[str, Any]) -> Any:
    line = read_notation(notation, text, {name: np.ndim(value) for name, value in values.items()})
    used = {name: values[name] for name in variables(parse(line)) if name in values}
    return evaluate(line, used, explain=False).value


VALUES: dict[str, Any] = {"A": [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], "v": [10.0, 100.0], "w": [1.0, 2.0, 3.0], "c": 2.0}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{{1, 2}, {3, 4}} {10, 100}", [[10, 20], [300, 400]]), ("A v", [[10, 20, 30], [400, 500, 600]]),
        ("v A", [[10, 20, 30], [400, 500, 600]]), ("A + v", [[11, 12, 13], [104, 105, 106]]),
        ("v - A", [[9, 8, 7], [96, 95, 94]]), ("A/v", [[0.1, 0.2, 0.3], [0.04, 0.05, 0.06]]),
        ("A^(v/100)", [[1, 2**0.1, 3**0.1], [4, 5, 6]]), ("Times[c, v, A]", [[20, 40, 60], [800, 1000, 1200]]),
        ("Mod[A, v/10]", [[0, 0, 0], [4, 5, 6]]), ("(A.w) A", [[14, 28, 42], [128, 160, 192]]),
        ("Total[A] w", [5, 14, 27]), ("Total[A]", [5, 7, 9]), ("Total[v]", 110), ("Total[{{1, 2}, {3, 4}}]", [4, 6]),
        ("Norm[{{1, 2}, {3, 4}}]", 5.464985704219043), ("Norm[{3, 4}]", 5), ("Norm[2 A]", 2*9.508032000695724),
        ("Max[{1, 2}]", 2), ("Max[{1, 2}, 3]", 3), ("Min[A, {3, -1}]", -1), ("Max[A]", 6), ("Max[c, 3]", 3),
        ("Tr[v]", 110), ("5!!", 15), ("6!!", 48), ("3!!!", 6), ("(3!)!", 720), ("3! !", 720), ("-5!! c", -30),
        ("v v", [100, 10000]), ("A A", [[1, 4, 9], [16, 25, 36]]), ("A[[2]] w", [4, 10, 18]),
        ("A[[-1]]", [4, 5, 6]), ("A[[-2, -1]]", 3),
    ],
)  # fmt: skip
def test_mathematica_goes_down_the_rows(text: str, value: Any) -> None:
    assert np.asarray(_value("mathematica", text, VALUES)) == pytest.approx(np.asarray(value), rel=1e-12)


def test_what_is_not_known_of_mathematica() -> None:
    """What holds for vectors and for matrices."""
    unknown: dict[str, int | None] = {"": None}
    assert read_notation("mathematica", "Norm[x] + Max[x, 1]", unknown) == "norm(x, 2) + maximum(max(x), 1)"
    assert read_notation("mathematica", "Total[x]", unknown) == "sum(x, axis=0)"
    for text in ("x!!", "2.5!!", "301!!"):
        with pytest.raises(Problem, match="double factorial"):
            read_notation("mathematica", text, {})


M = "Matrix([[1, 2], [3, 4]])"


@pytest.mark.parametrize(
    ("text", "theirs"),
    [
        (f"{M}**2", None), (f"{M}*{M}", None), (f"{M}*A", None), (f"A*{M}", None), (f"-{M}*2*{M}", None),
        (f"{M}**(-1)", None), (f"{M}**-2", None), (f"{M}*Matrix([1, 2])", None), (f"{M}.T*{M}/2", None),
        (f"Mul(2, {M}, {M})", None), (f"Pow({M}, 3)", None), (f"Matrix(A)**2*{M}", "A**2*M"), (f"exp({M})", "M.exp()"),
        (f"exp(-{M})*Matrix([1, 2])", "(-M).exp()*Matrix([1, 2])"), (f"Abs(-{M})", "M"), ("A @ A.T", "A*A.T"),
        ("HadamardProduct(A, A) + A/2", "Matrix([[5, 5], [10.5, 27.5]])"),
        ("Trace(A) + Determinant(A)", "A.trace() + A.det()"),
    ],
)  # fmt: skip
def test_sympy_multiplies_matrices(text: str, theirs: str | None) -> None:
    values = {"A": [[2.0, 2.0], [3.0, 5.0]]} if "A" in text.replace("Abs", "") else {}
    names = {"A": sympy.Matrix(values.get("A", [])), "M": sympy.Matrix([[1, 2], [3, 4]])}
    expected = sympy.sympify(theirs or text, names)
    numbers = np.asarray(sympy.N(expected).tolist() if hasattr(expected, "tolist") else expected, dtype=float)
    found = np.asarray(_value("sympy", text, values))
    assert found == pytest.approx(numbers.reshape(found.shape), rel=1e-9)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("A*B", "A @ B, the product of matrices or the same of each entry"), ("A*x", "A @ x"), ("Mul(2, A, B)", "@"),
        ("A**2", "Matrix(A)**2, the power"), ("Pow(A, -1)", "Matrix(A)**-1, the inverse"), ("exp(A)", "exp(Matrix(A))"),
        ("sqrt(A)", "the root of the matrix"), ("log(A, 2)", "the logarithm of the matrix"), ("A**c", "whole numbers"),
        ("2**A", "whole numbers"), ("1/A", "Matrix(A)**(-1)"), ("root(A, 2)", "whole numbers"), (f"{M} + 1", "equal"),
        (f"x*{M}", "x @ y"), (f"sin({M})", "each entry"), ("Matrix([1, 2])**2", "whole"), ("x.T", "x @ y"),
        ("Matrix(c)**2", "tell its shape"), ("Array([[1]])*A", "@"), (f"c/{M}", "inverse"),
    ],
)  # fmt: skip
def test_what_may_be_a_matrix_of_sympys(text: str, hint: str) -> None:
    with pytest.raises(Problem) as caught:
        read_notation("sympy", text, KNOWN)
    assert hint in (caught.value.hint or "")


def test_vectors_and_numbers_of_sympys() -> None:
    """Of what has one axis there is no product of matrices."""
    assert read_notation("sympy", "x*y + c*x**2 - exp(x)", KNOWN) == "x*y + c*x**2 - exp(x)"
    assert read_notation("sympy", "2*A/c + sin(B)", KNOWN) == "2*A/c + sin(B)"


@pytest.mark.parametrize(
    "text",
    ["vector(1)", "sum(vector(1))", "norm2(vector(1))", "norm1(2*vector(1))", "sum(exp(vector(1)))", "sum(-vector(1)')",
     "tr(matrix(1))", "det(matrix(1))", "diag(vector(1))", "sum(c*vector(1) + vector(1))", "1 + sum(matrix(1))"],
)  # fmt: skip
def test_sums_of_what_has_no_size(text: str) -> None:
    with pytest.raises(Problem, match=r"the size of '.*' is not known") as caught:
        read_notation("matrixcalculus", text, KNOWN)
    assert "vector(1)'*x" in (caught.value.hint or "")


def test_sums_of_what_has_a_size() -> None:
    assert read_notation("matrixcalculus", "sum(x + vector(1)) + vector(1)'*x", KNOWN) == "sum(x + 1) + 1*sum(x)"
    assert read_notation("matrixcalculus", "sum(matrix(1) + A)", KNOWN) == "sum(1 + A)"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("sum(x, 1)", "sum(x)"), ("sum(x, 2)", "x"), ("sum(x', 1)", "x"), ("prod(x', 2)", "prod(x)"),
        ("mean([1 2 3], 1)", "[1, 2, 3]"), ("sum([1; 2], 1)", "sum([1, 2])"), ("sum(c, 1)", "c"),
        ("sum(A, 1)*x", "sum(A, axis=0) @ x"), ("sum(x, 2)'*x", "x @ x"), ("dot(x, y)", "sum(x*y)"),
        ("dot(A, B)*x", "sum(A*B, axis=0) @ x"),
    ],
)  # fmt: skip
def test_matlab_adds_along_a_dimension(text: str, line: str) -> None:
    assert read_notation("matlab", text, KNOWN) == line


def test_what_is_not_known_of_matlab() -> None:
    """What holds for vectors and for matrices, and what depends on which it is."""
    assert read_notation("matlab", "sum(u) + norm(u)", {"u": None}) == "sum(u, axis=0) + norm(u, 2)"
    with pytest.raises(Problem, match="more than one reading"):
        read_notation("matlab", "sum(u, 1)", {"u": None})
    with pytest.raises(Problem, match="1 or 2"):
        read_notation("matlab", "sum(A, 3)", KNOWN)
