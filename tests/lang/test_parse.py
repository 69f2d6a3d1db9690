"""What each construct of the language means: the tree of the text, written as calls."""

from __future__ import annotations

import pytest

from gradcli.errors import SyntaxProblem
from gradcli.lang import Call, Literal, Tree, fold, parse
from tests.lang.expressions import NUMBERS


def spell(tree: Tree) -> str:
    def call(node: Call, args: list[str], keywords: dict[str, str]) -> str:
        return f"{node.function}({', '.join([*args, *(f'{key}={value}' for key, value in keywords.items())])})"

    return fold(tree, lambda node: "..." if node.value is ... else f"{node.value!r}", lambda node: node.id, call)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a + b - c", "sub(add(a, b), c)"),
        ("a * b / c // d % e @ f", "matmul(mod(floor_divide(div(mul(a, b), c), d), e), f)"),
        ("2**3**2", "pow(2.0, pow(3.0, 2.0))"),
        ("2^3^2", "pow(2.0, pow(3.0, 2.0))"),
        ("2^3*x", "mul(pow(2.0, 3.0), x)"),
        ("-x**2", "neg(pow(x, 2.0))"),
        ("2**-1", "pow(2.0, neg(1.0))"),
        ("2**-x**y*z", "mul(pow(2.0, neg(pow(x, y))), z)"),
        ("+-~x", "pos(neg(logical_not(x)))"),
        ("a < b", "less(a, b)"),
        ("a <= b", "less_equal(a, b)"),
        ("a > b", "greater(a, b)"),
        ("a >= b", "greater_equal(a, b)"),
        ("a == b", "equal(a, b)"),
        ("a != b", "not_equal(a, b)"),
        ("a < b < c", "logical_and(less(a, b), less(b, c))"),
        ("a < b > c != d", "logical_and(logical_and(less(a, b), greater(b, c)), not_equal(c, d))"),
        ("not a < b", "logical_not(less(a, b))"),
        ("a or b and not c", "logical_or(a, logical_and(b, logical_not(c)))"),
        ("a < b | c & d", "less(a, logical_or(b, logical_and(c, d)))"),
        ("a & b + c", "logical_and(a, add(b, c))"),
        ("a if c else b", "where(c, a, b)"),
        ("a if b else c if d else e", "where(b, a, where(d, c, e))"),
        ("a if b or c else d + 1", "where(logical_or(b, c), a, add(d, 1.0))"),
        ("f()", "f()"),
        ("f(x, axis=-1,)", "f(x, axis=neg(1.0))"),
        ("f (x)", "f(x)"),
        ("x[0]", "getitem(x, 0.0)"),
        ("x[-1]", "getitem(x, neg(1.0))"),
        ("x[1:]", "getitem(x, slice(1.0, None, None))"),
        ("x[::2]", "getitem(x, slice(None, None, 2.0))"),
        ("x[:, 0]", "getitem(x, slice(None, None, None), 0.0)"),
        ("x[..., None]", "getitem(x, ..., None)"),
        ("x[[0, 2]]", "getitem(x, array(0.0, 2.0))"),
        ("x[(0, 2)]", "getitem(x, 0.0, 2.0)"),
        ("x[i, 1:]", "getitem(x, i, slice(1.0, None, None))"),
        ("f(x)[0][1].T", "transpose(getitem(getitem(f(x), 0.0), 1.0))"),
        ("-x.T**2", "neg(pow(transpose(x), 2.0))"),
        ("[1, [2]].T.T", "transpose(transpose(array(1.0, array(2.0))))"),
        ("[]", "array()"),
        ("[1, 2,]", "array(1.0, 2.0)"),
        ("(x)", "x"),
        ("(x,)", "array(x)"),
        ("(x, y)", "array(x, y)"),
        ("x, y", "array(x, y)"),
        ("x,", "array(x)"),
        ("1, 5", "array(1.0, 5.0)"),
        ("[1,5]", "array(1.0, 5.0)"),
        ("array([1, 2])", "array(1.0, 2.0)"),
        ("f(True, False, None, 'a b', \"it's\")", "f(True, False, None, 'a b', \"it's\")"),
        ("lambda + def_", "add(lambda, def_)"),
        ("θ*ﬁ", "mul(θ, fi)"),
        ("x # a comment", "x"),
        ("(x\n+ y)", "add(x, y)"),
        ("x +\n\n y", "add(x, y)"),
        ("f(\nx,\ny\n)", "f(x, y)"),
        ("x \\\n + y", "add(x, y)"),
        ("\ufeffx\xa0+\u30002\xa0*\u2028y", "add(x, mul(2.0, y))"),
    ],
)
def test_trees(text: str, tree: str) -> None:
    assert spell(parse(text).result) == tree


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers_are_those_of_python(text: str) -> None:
    number = parse(text).result
    assert isinstance(number, Literal)
    assert number.value == float(text)
    assert type(number.value) is float


@pytest.mark.parametrize("between", ["; ", ";", "\n", "\r\n", "\r", ";;\n\n ; ", " # why\n"])
def test_statements(between: str) -> None:
    program = parse(f"{between}a = x + 1{between}b ={between if between == chr(10) else ' '}2*a{between}a*b{between}")
    assert [(name, spell(tree)) for name, tree, _ in program.assignments] == [
        ("a", "add(x, 1.0)"),
        ("b", "mul(2.0, a)"),
    ]
    assert spell(program.result) == "mul(a, b)"


def test_a_vector_can_be_assigned() -> None:
    program = parse("v = 1, x; v[0]")
    assert spell(program.assignments[0].tree) == "array(1.0, x)"


def test_the_middle_of_a_chain_is_one_node() -> None:
    chain = parse("a < f(b) < c").result
    assert isinstance(chain, Call)
    first, second = chain.args
    assert isinstance(first, Call)
    assert isinstance(second, Call)
    assert first.args[1] is second.args[0]


@pytest.mark.parametrize("text", ["\x00", "x + \x1b", "\x7f", "a\x85b", "\ud800"])
def test_what_cannot_be_seen_is_named(text: str) -> None:
    with pytest.raises(SyntaxProblem) as caught:
        parse(text)
    character = next(c for c in text if not c.isprintable())
    assert caught.value.message == f"unexpected character {character!r}"
    assert caught.value.span == (text.index(character), text.index(character) + 1)


@pytest.mark.parametrize("text", ["", "   ", "\n\n", ";;", "# only a comment"])
def test_nothing_is_no_program(text: str) -> None:
    with pytest.raises(SyntaxProblem, match="there is no expression"):
        parse(text)
