"""Interpreting trees and programs by three functions, applied from the leaves to the root."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias, TypeVar

from gradcli.lang.tree.conditional import is_conditional
from gradcli.lang.tree.nodes import Call, Literal, Name, Program, Tree

__all__ = ["fold", "run", "shared"]

T = TypeVar("T")


class _Again:
    """The second occurrence of the middle operand of a chained comparison. Its value is known already."""

    __slots__ = ("tree",)

    def __init__(self, tree: Tree) -> None:
        self.tree = tree


class _Decide:
    """The place of a conditional whose condition is known: which branch is computed is decided here."""

    __slots__ = ("call",)

    def __init__(self, call: Call) -> None:
        self.call = call


class _Keep:
    """The place behind the branch that was taken: the conditional's value is known."""

    __slots__ = ("call",)

    def __init__(self, call: Call) -> None:
        self.call = call


_Step: TypeAlias = Tree | _Again | _Decide | _Keep


def shared(call: Call) -> Call | None:
    """The middle operand `b` of `a < b < c`, which both comparisons hold and which is evaluated once.

    None if the call is no such chain, or the operand is a leaf.
    """
    if call.function != "logical_and" or len(call.args) != 2:
        return None
    first, second = call.args
    if isinstance(first, Call) and first.function == "logical_and" and len(first.args) == 2:
        first = first.args[1]
    if not isinstance(first, Call) or not isinstance(second, Call) or len(first.args) != 2 or not second.args:
        return None
    middle = first.args[1]
    return middle if middle is second.args[0] and isinstance(middle, Call) else None


def fold(
    tree: Tree,
    literal: Callable[[Literal], T],
    name: Callable[[Name], T],
    call: Callable[[Call, list[T], dict[str, T]], T],
    choose: Callable[[Call, T], bool | None] | None = None,
) -> T:
    """The value of a tree, of any depth: each argument before its call, from left to right.

    A value is let go as soon as the call that it was computed for has been made.

    Args:
        tree: a tree without comprehensions; `unroll` takes them out of a program.
        literal: the value of a literal.
        name: the value of a name.
        call: the value of a call, given the values of its arguments and keyword arguments.
        choose: which branch of `a if c else b` is computed alone, given the value of c: True for a, False for b,
            None for both, of which `call` then makes one value. Without it both are computed.

    Raises:
        TypeError: if the tree holds a comprehension.

    >>> from gradcli.lang import parse
    >>> tree = parse("2*(x + 3)").result
    >>> fold(tree, lambda n: str(n.value), lambda n: n.id, lambda n, args, _: f"{n.function}({', '.join(args)})")
    'mul(2.0, add(x, 3.0))'
    """
    values: list[T] = []
    kept: dict[int, T] = {}
    middles: set[int] = set()
    order = _order(tree, middles, choose is not None)
    while order:
        node = order.pop()
        if type(node) is Call:
            count = len(node.args)
            if node.keywords:
                first = len(values) - len(node.keywords)
                keywords = dict(zip([key for key, _ in node.keywords], values[first:], strict=True))
                del values[first:]
            else:
                keywords = {}
            args = values[-count:] if count else []
            del values[len(values) - count :]
            values.append(call(node, args, keywords))
            if middles and id(node) in middles:
                kept[id(node)] = values[-1]
        elif type(node) is Name:
            values.append(name(node))
        elif type(node) is Literal:
            values.append(literal(node))
        elif type(node) is _Again:
            values.append(kept.pop(id(node.tree)))
        elif type(node) is _Decide and choose is not None:
            taken = choose(node.call, values[-1])
            _, chosen, otherwise = node.call.args
            if taken is None:
                order.append(node.call)
                order += _order(otherwise, middles, True)
                order += _order(chosen, middles, True)
            else:
                values.pop()
                order.append(_Keep(node.call))
                order += _order(chosen if taken else otherwise, middles, True)
        elif type(node) is _Keep:
            if id(node.call) in middles:
                kept[id(node.call)] = values[-1]
        else:
            raise TypeError(f"a comprehension must be unrolled before it is folded: {node!r}")
    return values.pop()


def _order(tree: Tree, middles: set[int], lazily: bool) -> list[_Step]:
    """The nodes in the reverse of the order of evaluation.

    Args:
        tree: what is evaluated.
        middles: the ids of the operands that are needed twice are added to it.
        lazily: whether the branches of a conditional wait until its condition is known.
    """
    order: list[_Step] = []
    awaited: set[int] = set()
    stack: list[Tree] = [tree]
    while stack:
        node = stack.pop()
        if type(node) is Call:
            if awaited and id(node) in awaited:
                awaited.remove(id(node))
                order.append(_Again(node))
                continue
            if node.function == "logical_and":
                middle = shared(node)
                if middle is not None:
                    awaited.add(id(middle))
                    middles.add(id(middle))
            elif lazily and node.function == "where" and is_conditional(node):
                order.append(_Decide(node))
                stack.append(node.args[0])
                continue
            stack.extend(node.args)
            if node.keywords:
                stack.extend([value for _, value in node.keywords])
        order.append(node)
    return order


def run(
    program: Program,
    literal: Callable[[Literal], T],
    name: Callable[[Name], T],
    call: Callable[[Call, list[T], dict[str, T]], T],
    assigned: Callable[[str, T], T] | None = None,
    choose: Callable[[Call, T], bool | None] | None = None,
) -> T:
    """The value of a program's last expression, its assignments evaluated before it in order.

    Args:
        program: a program without comprehensions.
        literal: the value of a literal.
        name: the value of a name that the program has not assigned so far.
        call: the value of a call, given the values of its arguments and keyword arguments.
        assigned: is told each assignment's name and value, and returns the value to bind.
        choose: which branch of a conditional is computed alone, as in `fold`.

    Raises:
        TypeError: if the program holds a comprehension.

    >>> from gradcli.lang import parse
    >>> run(parse("a = 2; a + b"), lambda n: n.value, lambda n: 40, lambda n, args, _: sum(args))
    42.0
    """
    values: dict[str, T] = {}

    def look_up(node: Name) -> T:
        return values[node.id] if node.id in values else name(node)

    for assignment in program.assignments:
        value = fold(assignment.tree, literal, look_up, call, choose)
        values[assignment.name] = value if assigned is None else assigned(assignment.name, value)
    return fold(program.result, literal, look_up, call, choose)
