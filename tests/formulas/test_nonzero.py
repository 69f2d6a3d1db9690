"""Powers need no guard against 0 where the program has no value at 0."""

from __future__ import annotations

import math
from contextlib import suppress

import pytest

from gradcli.errors import Problem
from gradcli.formulas import gradient, interpret
from gradcli.formulas.nonzero import nonzero
from gradcli.lang import parse
from gradcli.ops import TABLE
from gradcli.ops.calls.resolve import resolve
from gradcli.transforms.operators.evaluate import evaluate
from tests.formulas.programs import names_of, numbers


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x**k/x", "x"),
        ("x**k*log(c*x)", "xc"),
        ("(x**k + 1)/(-x**2*c)", "xc"),
        ("sqrt(a**k/x)/(x + 1)", "x"),
        ("(c + 1/k)**-2", ""),
        ("exp(1/x)", ""),
        ("1/(1/x)", ""),
        ("atan(1/x)*k", ""),
        ("x**k/a if x > 0 else 1", ""),
        ("x**k*c", ""),
        ("1/x**k", ""),
        ("1/log(x)", ""),
        ("log(x)**k", ""),
    ],
)
def test_what_cannot_be_0(text: str, found: str) -> None:
    meaning = interpret(resolve(parse(text)), dict.fromkeys(names_of(text), ()))
    apart = nonzero(meaning.graph, meaning.entries[0])
    assert {name for name, (leaf,) in meaning.inputs.items() if leaf in apart} == set(found)
    for name in found:
        values = dict.fromkeys(names_of(text), 0.5) | {name: 0.0}
        with suppress(Problem):
            assert not math.isfinite(evaluate(text, values, explain=False).value)


@pytest.mark.parametrize("simplified", [False, True])
@pytest.mark.parametrize(
    ("text", "guards"),
    [("x**k", 2), ("x**k/x", 0), ("x**k/k", 1), ("x**k/(2*k)", 1), ("x**k*k", 2), ("log(x)*x**k", 0), ("c/x**k", 2)],
)
def test_guards_of_powers(text: str, guards: int, simplified: bool) -> None:
    meaning = interpret(resolve(parse(text)), dict.fromkeys(names_of(text), ()), simplified)
    slopes = gradient(meaning, ["x", "k"])
    functions = [meaning.graph.functions[node] for node in meaning.graph.reachable(slopes)]
    assert functions.count("where") == guards


@pytest.mark.parametrize(("x", "k"), [(0.0, 0.0), (0.0, 1.0), (0.0, 2.0), (2.0, 0.0), (1.5, -2.5)])
def test_guarded_partials_are_the_conventions(x: float, k: float) -> None:
    """As they are run: the partials of x**k are those of the table wherever x**k is finite."""
    values = {"x": x, "y": k}
    table = [numbers(text, values | {"out": x**k}) for text in TABLE["pow"].partials if text]
    run = {"y*x**where(y == 0, 1, y - 1)": table[0], "out*log(where(x == 0, 1, x))": table[1]}
    for text, wanted in run.items():
        assert numbers(text, values | {"out": x**k}) == wanted
