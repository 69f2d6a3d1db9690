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


SPACED = [r"1\,000 + x", "1~000", r"10\ 000", r"1\!000", "1 000", r"\sin 2 3", r"\sqrt{1\;000}"]


@pytest.mark.parametrize("text", SPACED)
def test_numbers_that_stand_as_one_in_print(text: str) -> None:
    with pytest.raises(Problem, match="more than one reading"):
        read_notation("latex", text, {})


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x^2 3", "x**2*3"), (r"\frac 1 2", "1/2"), (r"\frac12 3", "1/2*3"), (r"\max(1, 2)", "maximum(1, 2)"),
        ("2 x 3", "2*x*3"), (r"\log_2 3", "log2(3)"), ("x_1 2", "x_1*2"), ("x_1y", "x_1*y"),
    ],
)  # fmt: skip
def test_numbers_that_stand_apart(text: str, line: str) -> None:
    assert read_notation("latex", text, {}) == line


@pytest.mark.parametrize("text", ["x_12", "x_a2", r"\theta_12", r"\log_210", r"\|x\|_22"])
def test_digits_behind_a_subscript(text: str) -> None:
    with pytest.raises(Problem, match="more than one reading") as caught:
        read_notation("latex", text, {})
    assert "_{" in (caught.value.hint or "")


def test_bars() -> None:
    for text, ranks in {"||x||": {"x": 1}, "||x|-1|": {"x": 0}, "2||x||": {}}.items():
        with pytest.raises(Problem, match=r"'\|\|' has more than one reading"):
            read_notation("latex", text, dict[str, int | None](ranks))
    for text in (r"\left||x|-1\right|", "| |x| - 1|", r"\lvert\lvert x\rvert - 1\rvert"):
        assert read_notation("latex", text, {}) == "abs(abs(x) - 1)"
    assert read_notation("latex", "|x||y|", {}) == "abs(x)*abs(y)"
    assert read_notation("latex", r"\||x|\|", {}) == "norm(abs(x))"


@pytest.mark.parametrize("text", ["|x|", r"\lvert x\rvert", r"\left|x\right|"])
@pytest.mark.parametrize("rank", [1, 2, None])
def test_bars_around_an_array(text: str, rank: int | None) -> None:
    with pytest.raises(Problem, match="more than one reading"):
        read_notation("latex", text, {"x": rank})
    assert read_notation("latex", text, {"x": 0}) == "abs(x)"
    assert read_notation("latex", r"\operatorname{abs}(x)", {"x": rank}) == "abs(x)"


def test_norms_of_a_matrix() -> None:
    for ranks in ({"A": 2}, {"A": None}):
        with pytest.raises(Problem, match="more than one reading") as caught:
            read_notation("latex", r"\|A\|^2", dict[str, int | None](ranks))
        assert r"\|A\|_F, of all entries or \|A\|_2" in (caught.value.hint or "")
        orders = {"F": "norm(A)", "2": "norm(A, 2)", "1": "norm(A, 1)"}
        for order, line in orders.items():
            assert read_notation("latex", rf"\|A\|_{order}", dict[str, int | None](ranks)) == line
    assert read_notation("latex", r"\|A x\|", {"A": 2, "x": 1}) == "norm(A @ x)"


FUNCTIONS = [
    "f(x+1)", "g(x)^2", "f_1(x+1)", "f^2(x+1)", "h^{-1}(y)", "f [x]", r"F\left(x+1\right)", "u(x)", r"\phi(x)", "u(0)",
    r"u(\theta_1)", "u_1( x_{12} )", r"u\left(x\right)",
]  # fmt: skip


@pytest.mark.parametrize("text", FUNCTIONS)
def test_letters_before_brackets(text: str) -> None:
    with pytest.raises(Problem, match="more than one reading") as caught:
        read_notation("latex", text, {})
    assert "the function " in (caught.value.hint or "")


def test_letters_before_factors() -> None:
    for text, names, line in (
        ("a(b+c)", "", "a*(b + c)"), ("x(x+1)", "", "x*(x + 1)"), ("u(xy)", "", "u*(x*y)"), ("f^2 x", "", "f**2*x"),
        ("u(x)", "u", "u*x"), ("f(x)", "f", "f*x"), (r"\sin(x)(y)", "", "sin(x)*y"),
    ):  # fmt: skip
        assert read_notation("latex", text, dict.fromkeys(names.split(), 0)) == line


KNOWN: dict[str, int | None] = {"x": 1, "y": 1, "A": 2, "c": 0}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("A^{-1} x", "inv(A) @ x"), (r"\operatorname{inv}(A) x", "inv(A) @ x"), ("c^{-1}", "c**-1"),
        (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix} x", "[[1, 2], [3, 4]] @ x"),
        (r"\begin{bmatrix} 1 & 2 \end{bmatrix} \begin{bmatrix} 3 \\ c \end{bmatrix}", "[1, 2] @ [3, c]"),
        (r"\det \begin{matrix} 1 & c \\ 3 & 4 \end{matrix} + 1", "det([[1, c], [3, 4]]) + 1"),
        (r"A \max(x, 0)", "A @ maximum(x, 0)"), (r"A \log_2(x)", "A @ log2(x)"), (r"\max(x) + \min(c)", "max(x) + c"),
        (r"x \odot y \oslash x", "x*y/x"), (r"\sin c \odot c", "sin(c)*c"), (r"\exp(x)", "exp(x)"),
    ],
)  # fmt: skip
def test_matrices(text: str, line: str) -> None:
    assert read_notation("latex", text, KNOWN) == line


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("x y", r"x^\top y for the product of two columns, x \odot y"), ("x + y^\\top", r"x^\top for the transpose"),
        ("A^2", r"A \odot ..., entry by entry or A A, the product"), ("x^2", r"x^\top x, the product"),
        ("x/A", r"\oslash to divide entry by entry, A^{-1} b to solve"), ("e^A", "entry by entry, in the language"),
        ("2^x", "entry by entry, in the language"), (r"\exp(A)", "the exponential of a matrix"),
        (r"\begin{pmatrix} 1 \\ 2 \end{pmatrix} x", r"x^\top y"), (r"\min(x, 1) y", r"x^\top y"),
        (r"\log_3(x) y", r"x^\top y"), (r"\sqrt{A}", "the root of a matrix"), (r"\sqrt[3]{x}", "entry by entry"),
    ],
)  # fmt: skip
def test_hints_are_in_latex(text: str, hint: str) -> None:
    with pytest.raises(Problem) as caught:
        read_notation("latex", text, KNOWN)
    assert hint in (caught.value.hint or "")
    assert "' *" not in (caught.value.hint or "")
    assert ".^" not in (caught.value.hint or "")
