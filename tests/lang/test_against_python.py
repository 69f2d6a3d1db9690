"""Where our language is Python's, our parser must see what Python's parser sees."""

from __future__ import annotations

from hypothesis import example, given, settings

from gradcli.errors import SyntaxProblem
from gradcli.lang import equal, parse, unparse
from tests.lang.expressions import expressions, soups
from tests.lang.python_trees import read_as_python


@given(expressions)
@example("-x**2**-3")
@example("2**-x**-y * z")
@example("not a < b == c and d or e")
@example("a if b else c if d else e")
@example("x[1:, ::2, ..., None, -1][0].T.T")
@example("x[(1, 2)]")
@example("x[(1, 2),]")
@example("f(x, (y), [z,], k=(1,),)")
@example("a & b | c < d | e & f")
@example("~a**b")
@example("a @ b @ c / d // e % f")
@example("x,")
@example("1 + not x")
@settings(derandomize=True, deadline=None, max_examples=1000)
def test_the_trees_agree(text: str) -> None:
    text = text.replace("lambda", "lam")  # a name to us, a keyword to Python
    try:
        expected = read_as_python(text)
    except SyntaxError:
        assert is_refused(text)
        return
    program = parse(text)
    assert equal(program.result, expected), unparse(program)


@given(expressions)
@settings(derandomize=True, deadline=None, max_examples=300)
def test_our_spelling_is_python_too(text: str) -> None:
    text = text.replace("lambda", "lam")
    try:
        program = parse(text)
    except SyntaxProblem:
        return
    assert equal(program.result, read_as_python(unparse(program)))


@given(expressions)
@settings(derandomize=True, deadline=None, max_examples=300)
def test_a_caret_is_a_power(text: str) -> None:
    if not is_refused(text):
        assert equal(parse(text), parse(text.replace("**", "^")))


@given(soups)
@settings(derandomize=True, deadline=None, max_examples=2000)
def test_what_we_accept_python_reads_alike(text: str) -> None:
    try:
        program = parse(text)
    except SyntaxProblem:
        return
    assert equal(program.result, read_as_python(text))


def is_refused(text: str) -> bool:
    try:
        parse(text)
    except SyntaxProblem:
        return True
    return False
