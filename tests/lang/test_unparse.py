"""Trees become text again: minimal parentheses, conventional blanks, numbers that read back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcli.errors import SyntaxProblem
from gradcli.lang import Call, Literal, equal, parse, unparse
from tests.lang.expressions import expressions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x ^ 2 - 2 * x + 1", "x**2 - 2*x + 1"),
        ("-(x**2)", "-x**2"),
        ("(-x)**2", "(-x)**2"),
        ("2**(-1)", "2**-1"),
        ("(2**3)**2", "(2**3)**2"),
        ("2**(3**2)", "2**3**2"),
        ("a - (b - c)", "a - (b - c)"),
        ("(a - b) - c", "a - b - c"),
        ("a*(b/c)", "a*(b/c)"),
        ("(-a)*b", "-a*b"),
        ("-(a*b)", "-(a*b)"),
        ("A@(B@x)", "A @ (B @ x)"),
        ("a//b%c", "a//b%c"),
        ("a and b or not c", "a & b | ~c"),
        ("(a<b) and (b<c)", "(a < b) & (b < c)"),
        ("a<b<=c", "a < b <= c"),
        ("(a<b)<c", "(a < b) < c"),
        ("not a == b", "~(a == b)"),
        ("a if b else c", "a if b else c"),
        ("(a if b else c) + (d if e else f if g else h)", "(a if b else c) + (d if e else f if g else h)"),
        ("(a if b else c) if (d if e else f) else g", "(a if b else c) if (d if e else f) else g"),
        ("where(b, a, c)", "where(b, a, c)"),
        ("f( x,axis = 0 )", "f(x, axis=0)"),
        ("x[1 : ,0]", "x[1:, 0]"),
        ("x[::2, ..., None, :3, 1:2:3]", "x[::2, ..., None, :3, 1:2:3]"),
        ("x[(1, 2)]", "x[1, 2]"),
        ("x[[1, 2]]", "x[[1, 2]]"),
        ("(x + y)[0]", "(x + y)[0]"),
        ("(2).T", "(2).T"),
        ("-x.T", "-x.T"),
        ("(-x).T", "(-x).T"),
        ("1, 2", "[1, 2]"),
        ("x,", "[x]"),
        ("[]", "[]"),
        ("array([1, 2])", "[1, 2]"),
        ("f('a', \"it's\")", "f('a', \"it's\")"),
        ("[i*j for i in range(3) for j in range(i, 9, 2)]", "[i*j for i in range(3) for j in range(i, 9, 2)]"),
        ("sum(x[i] for i in range(len(x)))", "sum(x[i] for i in range(len(x)))"),
        ("a = 1\nb = a\n\na*b", "a = 1; b = a; a*b"),
        ("add(x, y, z)", "add(x, y, z)"),
        ("add(x, y)", "x + y"),
        ("slice(1, 2, 3)", "slice(1, 2, 3)"),
    ],
)
def test_spelling(text: str, expected: str) -> None:
    assert unparse(parse(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.0", "1"),
        ("0.1", "0.1"),
        ("1e3", "1000"),
        ("1_000.50", "1000.5"),
        ("1e16", "1e+16"),
        ("1e-9", "1e-09"),
        ("9007199254740993", "9007199254740992"),
    ],
)
def test_numbers(text: str, expected: str) -> None:
    assert unparse(parse(text)) == expected


def test_a_negative_literal_keeps_its_sign_under_a_power() -> None:
    negative = Literal(-2.0, (0, 0))
    assert unparse(Call("pow", (negative, negative), (0, 0), (0, 0))) == "(-2)**-2"
    assert unparse(Literal(-0.0, (0, 0))) == "-0.0"


@given(st.floats(min_value=0, allow_infinity=False))
@settings(derandomize=True, deadline=None)
def test_numbers_read_back(number: float) -> None:
    result = parse(unparse(Literal(number, (0, 0)))).result
    assert isinstance(result, Literal)
    assert result.value == number


@given(st.lists(expressions, min_size=1, max_size=3))
@settings(derandomize=True, deadline=None, max_examples=600)
def test_programs_read_back(texts: list[str]) -> None:
    *values, result = texts
    text = "\n".join([f"a{k} = {value}" for k, value in enumerate(values)] + [result])
    try:
        program = parse(text)
    except SyntaxProblem:
        return
    again = unparse(program)
    assert equal(parse(again), program)
    assert unparse(parse(again)) == again
