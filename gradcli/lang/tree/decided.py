"""Conditions that loop indices and literals decide: of `a if i > 2 else b` one branch is unrolled alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from operator import add, eq, floordiv, ge, gt, le, lt, mod, mul, ne, sub
from typing import Any, TypeAlias

from gradcli.lang.tree.fold import fold
from gradcli.lang.tree.names import has_loop
from gradcli.lang.tree.nodes import Call, Comprehension, Literal, Name, Tree

__all__ = ["decided", "holding_loops"]

Value: TypeAlias = "float | bool | None"  # None for what is not known

_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "less": lt,
    "less_equal": le,
    "greater": gt,
    "greater_equal": ge,
    "equal": eq,
    "not_equal": ne,
}
_ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {
    "add": add,
    "sub": sub,
    "mul": mul,
    "floor_divide": floordiv,
    "mod": mod,
}
_LARGEST = 2.0**53
"""Up to here float64 arithmetic with whole numbers is exact, whoever does it."""


def decided(condition: Tree, index: Callable[[str], int | None], length: Callable[[Name], int | None]) -> bool | None:
    """Whether a condition holds; None where a variable has a part in it, or anything but whole numbers.

    Args:
        condition: the tree.
        index: the value of a loop index; None for any other name.
        length: what `len(name)` is; None where that is not known.

    >>> from gradcli.lang import parse
    >>> condition = parse("0 < i % 3 and not i == 5").result
    >>> [decided(condition, lambda name: i, lambda name: None) for i in (3, 4, 5)]
    [False, True, False]
    >>> decided(condition, lambda name: None, lambda name: None) is None
    True
    """
    if has_loop(condition):
        return None

    def literal(node: Literal) -> Value:
        return node.value if isinstance(node.value, bool) or _is_whole(node.value) else None  # type: ignore[return-value]

    def name(node: Name) -> Value:
        value = index(node.id)
        return None if value is None else float(value)

    def call(node: Call, args: list[Value], keywords: dict[str, Value]) -> Value:
        if node.function == "len" and len(node.args) == 1 and isinstance(node.args[0], Name):
            found = length(node.args[0])
            return None if found is None else float(found)
        return None if keywords else _applied(node.function, args)

    found = fold(condition, literal, name, call)
    return found if isinstance(found, bool) else None


def _applied(function: str, args: list[Value]) -> Value:
    """An operation of known values; None where it has no such value."""
    if any(a is None for a in args):
        return None
    truths, count = [a for a in args if isinstance(a, bool)], len(args)
    if function in ("logical_and", "logical_or", "logical_not"):
        if len(truths) < count or count != (1 if function == "logical_not" else 2):
            return None
        return not truths[0] if function == "logical_not" else (all if function == "logical_and" else any)(truths)
    if truths or count > 2:
        return None
    numbers: Any = args
    if count == 1:
        return {"neg": -numbers[0], "pos": numbers[0]}.get(function)
    if function in _COMPARISONS:
        return _COMPARISONS[function](*numbers)
    if function not in _ARITHMETIC or (function in ("floor_divide", "mod") and numbers[1] == 0):
        return None
    made = _ARITHMETIC[function](*numbers)
    return made if _is_whole(made) else None


def _is_whole(value: object) -> bool:
    return isinstance(value, float) and abs(value) <= _LARGEST and value == int(value)


def holding_loops(trees: Iterable[Tree], functions: Set[str] = frozenset()) -> set[int]:
    """The ids of the nodes of some trees that are loops or have one inside; the trees keep these ids their own.

    Args:
        trees: the trees.
        functions: the names of functions whose calls count as loops do.
    """
    found: set[int] = set()
    seen: set[int] = set()
    stack = [(tree, False) for tree in trees]
    while stack:
        node, finished = stack.pop()
        if finished:
            called = isinstance(node, Call) and node.function in functions
            if called or isinstance(node, Comprehension) or any(id(child) in found for child in _children(node)):
                found.add(id(node))
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack += [(child, False) for child in _children(node)]
    return found


def _children(node: Tree) -> list[Tree]:
    if isinstance(node, Comprehension):
        return [node.element, *(bound for clause in node.clauses for bound in clause.bounds)]
    return [*node.args, *(value for _, value in node.keywords)] if isinstance(node, Call) else []
