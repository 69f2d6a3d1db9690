"""No text at all may do anything but become a program or be explained."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gradcli.errors import Problem, SyntaxProblem
from gradcli.lang import Program, calls, equal, parse, unparse, unroll, variables
from tests.lang.expressions import TOKENS

WORDS = (
    *TOKENS,
    *("=", ";", "\n", "\r\n", "#", "# c\n", "\\", "\\\n", "\t", " ", "'", '"', "'s'", "a = ", "lambda", "not in", "is"),
    *("sum(", "range(", "len(", "for i in", "np.", ".sum(", "0x1", "1__0", "2j", "1e", "1.2.3", "1e999", "1,5", "007"),
    *(":=", "+=", "->", "&&", "||", "!", "?", "$", "{", "}", "`", "×", "²", "√", "“", "\xa0", "\0", "\x1b", "\u200b"),
    *("é", "e\u0301", "x\u0302", "ﬁ", "\u2028", "\ud800", "😀", "２", "٣", "_", "__", "|", "..", ".", "\x85", "\x0c"),
)

words = st.lists(st.sampled_from(WORDS), max_size=12)
texts = words.map("".join) | words.map(" ".join) | st.text(st.characters(), max_size=30)


@given(texts)
@example("")
@example("x" * 5000 + "²")
@example("1" * 5000 + "x")
@example("1_" * 5000)
@example("'" * 5001)
@example("." * 5000)
@settings(derandomize=True, deadline=None, max_examples=2000)
def test_every_text_is_read_or_explained(text: str) -> None:
    try:
        program = parse(text)
    except SyntaxProblem as problem:
        check_explanation(problem, text)
    else:
        check_program(program)


def check_explanation(problem: Problem, text: str) -> None:
    assert problem.source == text
    assert problem.span is not None
    start, end = problem.span
    assert 0 <= start <= end <= len(text)
    assert start < end or not text
    assert problem.message.isprintable()
    assert 0 < len(problem.message) < 200
    assert problem.hint
    assert len(problem.hint) < 200
    assert str(problem).startswith(problem.message)


def check_program(program: Program) -> None:
    assert equal(parse(unparse(program)), program)
    assert all(name.isidentifier() for name in variables(program))
    assert all(call.function.isidentifier() for call in calls(program))
    try:
        unrolled = unroll(program, lambda name: 2)
    except Problem as problem:
        check_explanation(problem, program.source)
    else:
        assert equal(unroll(unrolled, lambda name: None), unrolled)
