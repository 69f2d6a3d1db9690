"""Free variables and calls of programs."""

from __future__ import annotations

import pytest

from gradcli.lang import calls, equal, parse, variables


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("x + y*x", ["x", "y"]),
        ("b if c else a", ["b", "c", "a"]),
        ("f(x) + f", ["x", "f"]),
        ("f(x)", ["x"]),
        ("a = x; b = a + y; a*b + z", ["x", "y", "z"]),
        ("a = a + 1; a", ["a"]),
        ("a = b; b = 1; a + b", ["b"]),
        ("[x[i]*i for i in range(len(y))]", ["x", "y"]),
        ("[i for i in range(i)]", ["i"]),
        ("[j for i in range(n) for j in range(i)]", ["n"]),
        ("sum(i for i in range(3)) + i", ["i"]),
        ("[[i*j for j in range(2)] + j for i in range(2)]", ["j"]),
        ("x[a:b, c]", ["x", "a", "b", "c"]),
        ("f(k=x)", ["x"]),
        ("a < b < c", ["a", "b", "c"]),
        ("3", []),
    ],
)
def test_variables(text: str, names: list[str]) -> None:
    assert list(variables(parse(text))) == names


def test_a_variable_has_the_place_of_its_first_use() -> None:
    assert variables(parse("a = 2*x; (y) + x")) == {"x": (6, 7), "y": (10, 11)}


@pytest.mark.parametrize(
    ("text", "functions"),
    [
        ("f(g(x), h(y))", ["f", "g", "h"]),
        ("f(x) if g(x) else h(x)", ["where", "f", "g", "h"]),
        ("where(g(x), f(x), h(x))", ["where", "g", "f", "h"]),
        ("a = f(x); g(a) + h(a)", ["f", "add", "g", "h"]),
        ("sum(f(i) for i in range(len(x)))", ["sum", "f", "len"]),
        ("f(x) < g(x) < h(x)", ["logical_and", "less", "f", "g", "less", "h"]),
        ("f(x, k=g(x))", ["f", "g"]),
        ("x", []),
    ],
)
def test_calls(text: str, functions: list[str]) -> None:
    assert [call.function for call in calls(parse(text))] == functions


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x", "y"),
        ("1", "2"),
        ("1", "True"),
        ("x", "1"),
        ("'1'", "1"),
        ("f(x)", "g(x)"),
        ("f(x)", "f(x, x)"),
        ("f(x, k=1)", "f(x, j=1)"),
        ("f(x, k=1)", "f(x, k=2)"),
        ("f(x, 1)", "f(x, k=1)"),
        ("[i for i in range(3)]", "[i for i in range(4)]"),
        ("[i for i in range(3)]", "[j for j in range(3)]"),
        ("[i for i in range(3)]", "[1 for i in range(3)]"),
        ("[1 for i in range(3)]", "[1 for i in range(3) for j in range(3)]"),
        ("[1 for i in range(3)]", "[1 for i in range(3, 4)]"),
        ("a = 1; x", "b = 1; x"),
        ("a = 1; x", "a = 2; x"),
        ("a = 1; x", "x"),
    ],
)
def test_unequal(one: str, other: str) -> None:
    assert not equal(parse(one), parse(other))
    assert equal(parse(one), parse(f" ({one}) " if ";" not in one else f" {one} # same"))
    assert not equal(parse(one), parse(one).result)
