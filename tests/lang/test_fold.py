"""`fold` and `run`: order, sharing, names, assignments."""

from __future__ import annotations

import pytest

from gradcli.lang import Call, Name, fold, parse, run


def spell(node: Call, args: list[str], keywords: dict[str, str]) -> str:
    return f"{node.function}({', '.join([*args, *(f'{key}={value}' for key, value in keywords.items())])})"


def test_arguments_come_before_their_call_from_left_to_right() -> None:
    seen: list[str] = []

    def name(node: Name) -> str:
        seen.append(node.id)
        return node.id

    def call(node: Call, args: list[str], keywords: dict[str, str]) -> str:
        seen.append(node.function)
        return spell(node, args, keywords)

    text = fold(parse("f(a, g(b), k=c, j=h())").result, lambda node: "", name, call)
    assert seen == ["a", "b", "g", "c", "h", "f"]
    assert text == "f(a, g(b), k=c, j=h())"


def test_the_middle_of_a_chain_is_evaluated_once() -> None:
    counted: list[str] = []

    def call(node: Call, args: list[str], keywords: dict[str, str]) -> str:
        counted.append(node.function)
        return spell(node, args, keywords)

    text = fold(parse("a < f(b) < g(c) < d").result, lambda node: "", lambda node: node.id, call)
    assert text == "logical_and(logical_and(less(a, f(b)), less(f(b), g(c))), less(g(c), d))"
    assert counted.count("f") == counted.count("g") == 1


def test_a_chain_in_a_chain_is_not_evaluated_twice_as_often_each_time() -> None:
    counted = 0

    def call(_node: Call, args: list[int], _: dict[str, int]) -> int:
        nonlocal counted
        counted += 1
        return max(args)

    fold(parse("0 < (" * 60 + "f(x)" + ") < 1" * 60).result, lambda node: 1, lambda node: 1, call)
    assert counted == 3 * 60 + 1


def test_run_binds_assigned_names_in_order() -> None:
    told: list[tuple[str, str]] = []

    def assigned(name: str, value: str) -> str:
        told.append((name, value))
        return f"{name}!"

    program = parse("a = x; b = f(a, x); a = g(a); h(a, b, x)")
    value = run(program, lambda node: "", lambda node: node.id, spell, assigned)
    assert told == [("a", "x"), ("b", "f(a!, x)"), ("a", "g(a!)")]
    assert value == "h(a!, b!, x)"


def test_run_without_being_told() -> None:
    program = parse("x = f(x); x = f(x); x")
    assert run(program, lambda node: "", lambda node: node.id, spell) == "f(f(x))"


def test_a_loop_cannot_be_folded() -> None:
    with pytest.raises(TypeError, match="unrolled"):
        fold(parse("[i for i in range(2)]").result, lambda node: 0, lambda node: 0, lambda node, args, keywords: 0)
