"""A node's span is its text, and a call's head its function's name or operator."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from gradcli.errors import SyntaxProblem
from gradcli.lang import Call, Literal, calls, equal, parse
from tests.lang.expressions import expressions


@pytest.mark.parametrize(
    ("text", "whole", "head"),
    [
        ("2 * (x + 1)", "2 * (x + 1)", "*"),
        ("(x + 1) * 2", "(x + 1) * 2", "*"),
        ("((x)) ** (y)", "((x)) ** (y)", "**"),
        ("- (x)", "- (x)", "-"),
        ("not x", "not x", "not"),
        ("sin (x)", "sin (x)", "sin"),
        ("(a) if (c) else (b)", "(a) if (c) else (b)", "if"),
        ("(a) < (b) < (c)", "(a) < (b) < (c)", "<"),
        ("(x)[0 , 1]", "(x)[0 , 1]", "[0 , 1]"),
        ("(x). T", "(x). T", ". T"),
        ("[1, 2 ]", "[1, 2 ]", "["),
        ("(1, 2)", "(1, 2)", "("),
        ("(1), (2)", "(1), (2)", ","),
        ("(1) ,", "(1) ,", ","),
    ],
)
def test_spans_of_calls(text: str, whole: str, head: str) -> None:
    program = parse(f"a = 1; {text}")
    call = program.result
    assert isinstance(call, Call)
    assert program.source[slice(*call.span)] == whole
    assert program.source[slice(*call.head)] == head


def test_spans_inside() -> None:
    program = parse("y = (a) < (b) < c; x[(y):, None]")
    texts = [program.source[slice(*call.span)] for call in calls(program)]
    assert texts == ["(a) < (b) < c", "(a) < (b)", "(b) < c", "x[(y):, None]", "(y):"]
    assert program.source[slice(*program.assignments[0].span)] == "y = (a) < (b) < c"


def test_a_name_has_no_parentheses() -> None:
    assert parse("((x))").result.span == (2, 3)


@given(expressions)
@settings(derandomize=True, deadline=None, max_examples=300)
def test_the_text_of_a_span_is_the_tree(text: str) -> None:
    try:
        program = parse(text)
    except SyntaxProblem:
        return
    for call in calls(program):
        if call.function != "slice":
            assert equal(parse(text[slice(*call.span)]).result, call)
        for part in call.args:
            left_out = isinstance(part, Literal) and part.value is None
            assert left_out or call.span[0] <= part.span[0] < part.span[1] <= call.span[1]
        assert call.span[0] <= call.head[0] < call.head[1] <= call.span[1]
