"""A program with the value of every operation moved by a little, as rounding moves it but further."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gradcli.lang import Call, Literal, Name, Program, Tree, fold
from gradcli.ops import lookup

__all__ = ["moved"]


class _Pair(NamedTuple):
    """A sub-expression as it is, for axes and shapes, and with what it computes moved."""

    plain: Tree
    moved: Tree


def moved(program: Program, step: float, seed: int) -> Program:
    """The program with each elementwise operation's value times 1 + step or 1 - step.

    Args:
        program: unrolled.
        step: by how much, relative to the value.
        seed: of the signs.

    >>> from gradcli.lang import parse, unparse
    >>> unparse(moved(parse("sum(x + 2, axis=-1)"), 0.5, 0))
    'sum((x + 2)*1.5, axis=-1)'
    """
    random = np.random.default_rng(seed)
    assigned = {assignment.name for assignment in program.assignments}

    def leaf(node: Literal | Name) -> _Pair:
        known = isinstance(node, Name) and node.id in assigned
        return _Pair(node, Name(_name(node.id), node.span) if isinstance(node, Name) and known else node)

    def call(node: Call, args: list[_Pair], keywords: dict[str, _Pair]) -> _Pair:
        op = lookup(node.function)
        count = len(args) if op.variadic else len(op.params)
        if op.name == "pow":
            count = 1  # a negative base takes whole exponents alone
        shifted = [pair.moved if i < count else pair.plain for i, pair in enumerate(args)]
        made = _call(node, shifted, {k: p.moved if k in op.params else p.plain for k, p in keywords.items()})
        if op.kind == "elementwise":
            factor = Literal(1 + step * float(random.choice([-1.0, 1.0])), node.span)
            made = Call("mul", (made, factor), node.span, node.head)
        return _Pair(_call(node, [p.plain for p in args], {k: p.plain for k, p in keywords.items()}), made)

    assignments = []
    for assignment in program.assignments:
        made = fold(assignment.tree, leaf, leaf, call).moved
        assignments += [assignment, assignment._replace(name=_name(assignment.name), tree=made)]
    return Program(program.source, tuple(assignments), fold(program.result, leaf, leaf, call).moved)


def _name(name: str) -> str:
    """What the moved value of an assigned name is called, which no program can call its own."""
    return f"{name} moved"


def _call(node: Call, args: list[Tree], keywords: dict[str, Tree]) -> Call:
    return Call(node.function, tuple(args), node.span, node.head, tuple(keywords.items()))
