"""Expressions whose zeros are where a program may break: at kinks, at the ends of domains, at poles.

The derivative table says of each operation where it is not differentiable and where it is defined; put on a program's
graph, these become expressions in its variables.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from gradcli.formulas import Entry, Meaning, Rules
from gradcli.formulas.rules import OF_MANY
from gradcli.lang import Call, Tree, parse, unparse
from gradcli.ops import TABLE
from gradcli.ops.entry.domains import NONZERO, POSITIVE
from gradcli.transforms.kinks.conditions import can_be_at_kink, kink_tree

__all__ = ["watches"]

_COMPARISONS = ("less", "less_equal", "greater", "greater_equal", "equal", "not_equal")

_CENTRED = {"mod(x, y)": "mod(x, y) - y/2", "where(abs(x) < abs(y), 1, fmod(x, y))": "fmod(abs(x), y) - abs(y)/2"}
"""For expressions that touch zero where they jump others that change their sign there."""


def watches(meaning: Meaning, moving: str) -> list[int]:
    """Nodes of a program's graph, whose zeros are where it may break.

    Args:
        meaning: what the program computes.
        moving: the variable; what does not depend on it is left out.

    >>> from gradcli.formulas import interpret
    >>> from gradcli.lang import parse
    >>> from gradcli.ops.calls.resolve import resolve
    >>> meaning = interpret(resolve(parse("abs(x - 1) + 1/x")), {"x": ()})
    >>> len(watches(meaning, "x"))
    2
    """
    graph = meaning.graph
    rules = Rules(meaning.arithmetic)
    order = graph.reachable(meaning.entries)
    moves: dict[int, bool] = {}
    for node in order:
        leaf = graph.leaves[node]
        moves[node] = leaf == Entry(moving) if not graph.functions[node] else any(moves[a] for a in graph.args[node])
    found: dict[int, None] = {}
    for node in order:
        name, args = graph.functions[node], graph.args[node]
        if not name or name in OF_MANY or name == "if" or not moves[node] or len(set(args)) < len(args):
            continue
        op = TABLE[name]
        names = dict(zip(op.params, args, strict=False)) | {"out": node}
        constants = tuple(graph.constants[arg] for arg in args)
        for text in _texts(name):
            if text in op.kinks and not can_be_at_kink(name, constants):
                continue
            expression = rules.expression(kink_tree(_CENTRED.get(text, text)), names)
            if graph.constants[expression] is None:
                found[expression] = None
    return list(found)


@cache
def _texts(name: str) -> tuple[str, ...]:
    """The expressions of an operation, over its parameters."""
    op = TABLE[name]
    found = [kink for kink in op.kinks if kink != "ties"]
    if op.domain:
        found += _borders(parse(op.domain).result)
    else:
        borders = zip(op.params, op.sample_domains, strict=False)
        found += [param for param, domain in borders if domain in (NONZERO, POSITIVE)]
    return tuple(dict.fromkeys(found)) if op.kind in ("elementwise", "predicate") else ()


def _borders(condition: Tree) -> Iterator[str]:
    """Differences of what a condition compares."""
    stack = [condition]
    while stack:
        node = stack.pop()
        if isinstance(node, Call):
            if node.function in _COMPARISONS:
                left, right = map(unparse, node.args)
                yield f"({left}) - ({right})"
            else:
                stack += node.args
