"""Interpolation between points as what it is on each piece: looking up which one it is has no formula."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from math import isfinite

from gradcli.errors import UsageProblem
from gradcli.formulas.array_sizes import Shape
from gradcli.lang import Call, Literal, Name, Program, Tree, fold, variables
from gradcli.lang.tree.names import has_loop
from gradcli.lang.tree.nodes import Assignment

__all__ = ["with_pieces"]

_MOST = 50
"""Points between which pieces are written."""

_NOWHERE = (0, 0)


def with_pieces(program: Program, shapes: Mapping[str, Shape]) -> Program:
    """The program with `interp(x, xp, fp)` as choices among its pieces, where the points are known or have a number.

    Args:
        program: any program.
        shapes: of the variables.

    Raises:
        UsageProblem: for a cubic spline, with the way out.

    >>> from gradcli.lang import parse, unparse
    >>> unparse(with_pieces(parse("interp(x, [0, 1], [5, 7])"), {"x": ()}))
    'where(x < 0, 5, where(x <= 1, 5 + 2*(x/1), 7))'
    """
    source = program.source
    if "interp" not in source and "cubic_spline" not in source:
        return program
    trees = [program.result, *(assignment.tree for assignment in program.assignments)]
    if program.definitions or any(map(has_loop, trees)):
        return program

    def call(node: Call, args: list[Tree], keywords: dict[str, Tree]) -> Tree:
        made = Call(node.function, tuple(args), node.span, node.head, tuple(keywords.items()))
        if node.function == "cubic_spline":
            raise UsageProblem(
                "cubic_spline has no formula: its pieces are the solution of a linear system",
                source=source,
                span=node.span,
                hint="`gradcli grad` and `jacobian` give its numbers; interp has a formula",
            )
        if node.function != "interp" or len(args) != 3 or keywords or not _varies(args[0]):
            return made
        places, values = (_entries(arg, shapes) for arg in args[1:])
        return made if places is None or values is None else _choices(args[0], places, values) or made

    def rewritten(tree: Tree) -> Tree:
        return fold(tree, lambda node: node, lambda node: node, call)

    assignments = tuple([Assignment(name, rewritten(tree), span) for name, tree, span in program.assignments])
    return program._replace(assignments=assignments, result=rewritten(program.result))


def _varies(tree: Tree) -> bool:
    return bool(variables(Program("", (), tree)))


def _entries(tree: Tree, shapes: Mapping[str, Shape]) -> list[Tree] | None:
    """The entries of a vector, where their number is known."""
    if isinstance(tree, Call) and tree.function == "array" and not tree.keywords:
        nested = any(isinstance(arg, Call) and arg.function == "array" for arg in tree.args)
        return None if nested else list(tree.args)
    shape = shapes.get(tree.id, ()) if isinstance(tree, Name) else ()
    if len(shape) != 1 or not isinstance(shape[0], int):
        return None
    return [_call("getitem", tree, Literal(float(i), _NOWHERE)) for i in range(shape[0])]


def _choices(x: Tree, places: Sequence[Tree], values: Sequence[Tree]) -> Tree | None:
    """A choice among the pieces; at a point that joins two it is the one on the right, at the last one the last."""
    if len(places) != len(values) or not 2 <= len(places) <= _MOST:
        return None
    made = values[-1]
    for k in reversed(range(len(places) - 1)):
        rise, run = _difference(values[k + 1], values[k]), _difference(places[k + 1], places[k])
        piece = _call("add", values[k], _call("mul", rise, _call("div", _difference(x, places[k]), run)))
        inside = "less_equal" if k == len(places) - 2 else "less"
        made = _call("where", _call(inside, x, places[k + 1]), piece, made)
    made = _call("where", _call("less", x, places[0]), values[0], made)
    numbers = [number for place in places if (number := _number(place)) is not None]
    if len(numbers) == len(places):
        return made if all(a < b for a, b in pairwise(numbers)) else None
    increases = _call("less", places[0], places[1])
    for first, second in pairwise(places[1:]):
        increases = _call("logical_and", increases, _call("less", first, second))
    return _call("where", increases, made, Name("nan", _NOWHERE))


def _difference(a: Tree, b: Tree) -> Tree:
    """a - b; of two numbers the number, where it is exact."""
    first, second = _number(a), _number(b)
    if second == 0:
        return a
    if first is not None and second is not None:
        exact = Fraction(first) - Fraction(second)
        if Fraction(float(exact)) == exact:
            return Literal(float(exact), _NOWHERE)
    return _call("sub", a, b)


def _number(tree: Tree) -> float | None:
    """The finite number that a tree is written as, with or without a sign."""
    if isinstance(tree, Call) and tree.function == "neg":
        inner = _number(tree.args[0])
        return None if inner is None else -inner
    value = tree.value if isinstance(tree, Literal) else None
    return value if isinstance(value, float) and isfinite(value) else None


def _call(function: str, *args: Tree) -> Call:
    return Call(function, args, _NOWHERE, _NOWHERE)
