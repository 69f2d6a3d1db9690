"""Long and deep inputs take time in proportion, and no Python stack."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gradcli.errors import SyntaxProblem
from gradcli.lang import Call, calls, equal, fold, parse, unparse, unroll, variables

DEEP = 10_000

NESTS: dict[str, Callable[[int], str]] = {
    "parentheses": lambda n: "(" * n + "x + 1" + ")" * n,
    "calls": lambda n: "f(" * n + "x" + ")" * n,
    "keywords": lambda n: "f(k=" * n + "x" + ")" * n,
    "powers": lambda n: "**".join(["x"] * n),
    "lists": lambda n: "[" * n + "x" + "]" * n,
    "signs": lambda n: "-" * n + "x",
    "negations": lambda n: "not " * n + "x",
    "conditions": lambda n: "x if y else " * n + "z",
    "indices": lambda n: "x[" * n + "0" + "]" * n,
    "indexed": lambda n: "x" + "[0]" * n,
    "slices": lambda n: "x[:" * n + "1" + "]" * n,
    "transposes": lambda n: "x" + ".T" * n,
    "comparisons": lambda n: "<".join(["x"] * n),
    "nested comparisons": lambda n: "0 < (" * n + "x" + ") < 1" * n,
    "loops": lambda n: "[" * n + "x*i" + " for i in range(1)]" * n,
    "differently named loops": lambda n: "sum(" * n + "x" + "".join(f" for i{k} in range(1))" for k in range(n)),
    "clauses": lambda n: "[x" + " for i in range(1)" * n + "]",
    "assignments": lambda n: "a = x + 1\n" * n + "a",
}


@pytest.mark.parametrize("nest", NESTS.values(), ids=NESTS)
def test_no_nesting_is_too_deep(nest: Callable[[int], str]) -> None:
    program = parse(nest(DEEP))
    assert equal(parse(unparse(program)), program)
    assert set(variables(program)) <= {"x", "y", "z"}
    assert len(list(calls(program))) >= (0 if program.source.startswith("((") else 1)
    unrolled = unroll(program, lambda name: None)
    size = fold(unrolled.result, lambda node: 1, lambda node: 1, lambda node, args, _: max([0, *args]) + 1)
    assert size >= 1


@pytest.mark.parametrize("opening", ["(", "[", "f(", "x[", "f(k=", "[x for i in range("])
def test_deep_mistakes_are_explained(opening: str) -> None:
    with pytest.raises(SyntaxProblem):
        parse(opening * DEEP)


def test_fold_lets_values_go_as_it_proceeds() -> None:
    class Value:
        alive = 0
        most = 0

        def __init__(self) -> None:
            Value.alive += 1
            Value.most = max(Value.most, Value.alive)

        def __del__(self) -> None:
            Value.alive -= 1

    def call(_node: Call, args: list[Value], _: dict[str, Value]) -> Value:
        args.clear()
        return Value()

    fold(parse("+".join(["x"] * 1000)).result, lambda _: Value(), lambda _: Value(), call)
    assert Value.most <= 4
