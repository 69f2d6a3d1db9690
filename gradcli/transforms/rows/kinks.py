"""Which rows are at a kink of some operation, as conditions on a graph."""

from __future__ import annotations

from collections.abc import Sequence

from gradcli.errors import UsageProblem
from gradcli.formulas import Entry, Meaning, Rules
from gradcli.formulas.rules import OF_MANY, differentiable
from gradcli.ops import TABLE
from gradcli.transforms.kinks.conditions import can_be_at_kink, kink_tree

__all__ = ["kink_conditions"]

_AT_POINTS = frozenset({"atan2", "hypot", "pow"})
"""Operations of two arguments that are kinked at points, which lie on the diagonal too: x**x at 0."""


def kink_conditions(meaning: Meaning) -> list[int]:
    """Nodes that are true in the rows where an operation of a program is at a kink.

    >>> from gradcli.formulas import interpret
    >>> from gradcli.lang import parse
    >>> from gradcli.ops.calls.resolve import resolve
    >>> meaning = interpret(resolve(parse("abs(x) + x**2")), {"x": ()})
    >>> [meaning.graph.functions[node] for node in kink_conditions(meaning)]
    ['equal']
    """
    graph, arithmetic = meaning.graph, meaning.arithmetic
    rules = Rules(arithmetic)
    found: dict[int, None] = {}
    order = graph.reachable(meaning.entries)
    moving = _moving(meaning, order)
    for node in order:
        name, args = graph.functions[node], graph.args[node]
        if name in OF_MANY:
            if name in ("max", "min"):
                found[_tie(meaning, node)] = None
            elif name == "norm":
                found[arithmetic.call("equal", (node, arithmetic.zero))] = None
            continue
        if not name or name == "if" or not TABLE[name].kinks:
            continue
        if not any(moving[arg] for arg in args):
            continue  # what depends on nothing smoothly jumps elsewhere
        if len(set(args)) < len(args) and name not in _AT_POINTS:
            continue  # an entry is no boundary of itself
        constants = tuple(graph.constants[arg] for arg in args)
        if all(value is not None for value in constants) or not can_be_at_kink(name, constants):
            continue
        names = dict(zip(TABLE[name].params, args, strict=True)) | {"out": node}
        for kink in TABLE[name].kinks:
            expression = rules.expression(kink_tree(kink), names)
            found[arithmetic.call("equal", (expression, arithmetic.zero))] = None
    return list(found)


def _moving(meaning: Meaning, order: Sequence[int]) -> dict[int, bool]:
    """Whether the nodes depend on a variable in a way that has a derivative."""
    graph = meaning.graph
    found: dict[int, bool] = {}
    for node in order:
        name, args = graph.functions[node], graph.args[node]
        if not name:
            found[node] = isinstance(graph.leaves[node], Entry)
        else:
            found[node] = any(found[arg] and _passes(name, position) for position, arg in enumerate(args))
    return found


def _passes(name: str, position: int) -> bool:
    try:
        return differentiable(name, position)
    except UsageProblem:
        return True


def _tie(meaning: Meaning, node: int) -> int:
    """Whether the largest or smallest of several entries stands more than once."""
    graph, arithmetic = meaning.graph, meaning.arithmetic
    count = arithmetic.zero
    for arg in graph.args[node]:
        is_it = arithmetic.call("equal", (arg, node))
        count = arithmetic.add(count, arithmetic.where(is_it, arithmetic.one, arithmetic.zero))
    return arithmetic.call("greater", (count, arithmetic.one))
