"""Loops written out."""

from __future__ import annotations

import time

import pytest

from gradcli.errors import NameProblem, Problem, SyntaxProblem
from gradcli.lang import Call, Literal, equal, parse, unparse, unroll, variables

LENGTHS = {"x": 3, "empty": 0}


def unrolled(text: str) -> str:
    return unparse(unroll(parse(text), LENGTHS.get))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[i**2 for i in range(3)]", "[0**2, 1**2, 2**2]"),
        ("[a*i for i in range(1, 3)]", "[a*1, a*2]"),
        ("[i for i in range(6, 0, -2)]", "[6, 4, 2]"),
        ("[2**i for i in range(-1, 1)]", "[2**-1, 2**0]"),
        ("sum(x[i]**2 for i in range(len(x)))", "sum([x[0]**2, x[1]**2, x[2]**2], axis=0)"),
        ("prod(i for i in range(2))", "prod([0, 1], axis=0)"),
        ("max(i for i in range(2)) + min(i for i in range(1))", "max([0, 1], axis=0) + min([0], axis=0)"),
        ("[i + j for i in range(2) for j in range(2)]", "[0 + 0, 0 + 1, 1 + 0, 1 + 1]"),
        ("[10*i + j for i in range(3) for j in range(i)]", "[10*1 + 0, 10*2 + 0, 10*2 + 1]"),
        ("[[i*j for j in range(i + 1)] for i in range(2)]", "[[0*0], [1*0, 1*1]]"),
        ("[sum(x[j] for j in range(i)) for i in range(2)]", "[sum([], axis=0), sum([x[0]], axis=0)]"),
        ("[i for i in range(0)]", "[]"),
        ("sum(i for i in range(len(empty)))", "sum([], axis=0)"),
        ("[i for i in range(2) for i in range(i + 1)]", "[0, 0, 1]"),
        ("[[i for i in range(i)] for i in range(3)]", "[[], [0], [0, 1]]"),
        ("i + sum(i*x for i in range(1, 2)) + i", "i + sum([1*x], axis=0) + i"),
        ("[f(x, k=i) for i in range(2)]", "[f(x, k=0), f(x, k=1)]"),
        ("[0 < i < y for i in range(1)]", "[(0 < 0) & (0 < y)]"),
        ("[0 < f(i) < y for i in range(1)]", "[0 < f(0) < y]"),
        ("[x[i:] for i in range(1)]", "[x[0:]]"),
        ("a = [i for i in range(2)]; b = a; [b[i] for i in range(len(b))]", "a = [0, 1]; b = a; [b[0], b[1]]"),
        ("[1 for i in range(7//2 - 2*1 + 2**2 % 3 - -0)]", "[1, 1]"),
        ("len(x)*x", "len(x)*x"),
    ],
)
def test_unrolled(text: str, expected: str) -> None:
    assert unrolled(text) == expected


def test_a_program_without_loops_keeps_its_trees() -> None:
    program = parse("a = f(x); a + 1")
    result = unroll(program, LENGTHS.get)
    assert result.result is program.result
    assert result.assignments[0].tree is program.assignments[0].tree


def test_parts_without_an_index_are_not_copied() -> None:
    array = unroll(parse("[f(x) + i for i in range(2)]"), LENGTHS.get).result
    assert isinstance(array, Call)
    first, second = array.args
    assert isinstance(first, Call)
    assert isinstance(second, Call)
    assert first.args[0] is second.args[0]


def test_an_index_becomes_a_number_where_it_stood() -> None:
    array = unroll(parse("[i for i in range(1, 2)]"), LENGTHS.get).result
    assert isinstance(array, Call)
    (number,) = array.args
    assert isinstance(number, Literal)
    assert type(number.value) is float
    assert (number.value, number.span) == (1.0, (1, 2))


def test_unrolling_leaves_the_same_variables() -> None:
    program = parse("[x[i] + y for i in range(2)]")
    assert variables(unroll(program, LENGTHS.get)) == variables(program)
    assert equal(unroll(unroll(program, LENGTHS.get), LENGTHS.get), unroll(program, LENGTHS.get))


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("sin(i for i in range(3))", "sin", "'sin' cannot run over a loop"),
        ("[i for i in range(n)]", "n", "'n' is not a constant"),
        ("[i for i in range(1.5)]", "1.5", "a bound must be an integer"),
        ("[i for i in range(3/2)]", "3/2", "a bound must be a constant integer"),
        ("[i for i in range(sin(1))]", "sin(1)", "a bound must be a constant integer"),
        (
            "[i for i in range(sum(j for j in range(2)))]",
            "sum(j for j in range(2))",
            "a bound must be a constant integer",
        ),
        ("[i for i in range(True)]", "True", "a bound must be an integer"),
        ("[i for i in range('a')]", "'a'", "a bound must be an integer"),
        ("[i for i in range(2**-1)]", "2**-1", "a bound must be an integer"),
        ("[i for i in range(1//0)]", "1//0", "a bound divides by zero"),
        ("[i for i in range(1 % 0)]", "1 % 0", "a bound divides by zero"),
        ("[i for i in range(9**9**9)]", "9**9**9", "a bound is too large"),
        ("[i for i in range(1e300)]", "1e300", "a bound is too large"),
        ("[i for i in range(1, 5, 0)]", "0", "the step of a range is zero"),
        ("[j for i in range(2) for j in range(len(i))]", "len(i)", "len in a bound takes a name"),
        ("[i for i in range(len(x + 1))]", "len(x + 1)", "len in a bound takes a name"),
        ("[i for i in range(i)]", "i)", "'i' is not a constant"),
    ],
)
def test_refused(text: str, place: str, message: str) -> None:
    with pytest.raises(SyntaxProblem) as caught:
        unroll(parse(text), LENGTHS.get)
    problem = caught.value
    assert problem.message == message
    start = text.rindex(place)
    assert problem.span == (start, start + len(place.rstrip(")") if place == "i)" else place))
    assert problem.source == text
    assert problem.hint


@pytest.mark.parametrize("text", ["[i for i in range(len(y))]", "y = x; x = f(x); [i for i in range(len(x))]"])
def test_unknown_length(text: str) -> None:
    with pytest.raises(NameProblem, match=r"the length of '[xy]' is not known"):
        unroll(parse(text), LENGTHS.get)


@pytest.mark.parametrize(
    "text",
    [
        "[i for i in range(1000001)]",
        "[i for i in range(10**15)]",
        "[i*j for i in range(2000) for j in range(2000)]",
        "[1 for i in range(10**9) for j in range(0)]",
        "[[1 for j in range(2000)] for i in range(2000)]",
        "[[[1 for k in range(10**6)] for j in range(10**6)] for i in range(10**6)]",
        "a = [i for i in range(600000)]; b = [i for i in range(600000)]; a + b",
    ],
)
def test_too_many_elements_are_refused_before_they_are_made(text: str) -> None:
    start = time.process_time()
    with pytest.raises(Problem, match="more than 1,000,000 elements"):
        unroll(parse(text), LENGTHS.get)
    assert time.process_time() - start < 10


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[sum(x for j in range(10**9)) if i > 5 else x for i in range(2)]", "[x, x]"),
        ("sum(x for j in range(10**9)) if 1 > 5 else x", "x"),
        (
            "[sum(j for j in range(i)) if i % 2 == 0 else i for i in range(3)]",
            "[sum([], axis=0), 1, sum([0, 1], axis=0)]",
        ),
        ("[x if not (0 < i and i < 2) else sum(j for j in range(1, 0 - 5)) for i in range(1)]", "[x]"),
        ("[sum(x for j in range(10**9)) if i >= len(v) else v[i] for i in range(2)]", "[v[0], v[1]]"),
        ("sum(x for j in range(2)) if x > 1 else x", "sum([x, x], axis=0) if x > 1 else x"),
        ("sum(x for j in range(2)) if 0.5 > 0 else x", "sum([x, x], axis=0) if 0.5 > 0 else x"),
    ],
)
def test_a_branch_that_is_not_taken_is_not_unrolled(text: str, expected: str) -> None:
    made = unroll(parse(text), {"v": 2}.get)
    assert unparse(made) == expected


def test_an_undecided_branch_counts() -> None:
    with pytest.raises(Problem, match="more than 1,000,000 elements"):
        unroll(parse("[sum(x for j in range(10**9)) if i > x else x for i in range(2)]"), LENGTHS.get)
