"""Derivatives as a part of an expression: `diff(e, x)`, `grad(e, v)`, `jacobian(e, v)`, `hessian(e, v)`.

They are calls to the parser. What stands in their place is no matter of the language: it knows how they are written,
and finds them in a program without loops.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from gradcli.errors import Problem, UsageProblem
from gradcli.lang.tree.conditional import is_conditional
from gradcli.lang.tree.fold import shared
from gradcli.lang.tree.names import calls_in, free_in, variables
from gradcli.lang.tree.nodes import DERIVATIVES, Assignment, Call, Literal, Name, Program, Tree

__all__ = ["By", "Wanted", "by_single_names", "has_derivatives", "needed", "replaced", "wanted"]

_HIGHEST = 20
"""The order of the highest derivative by one name."""


class By(NamedTuple):
    """What is differentiated by: a name, or with indices an entry of one; and how often.

    Attributes:
        tree: where it stands.
    """

    name: str
    at: tuple[int, ...]
    order: int
    tree: Tree


class Wanted(NamedTuple):
    """A derivative: of which kind, of what, by what."""

    kind: str
    of: Tree
    by: tuple[By, ...]


def has_derivatives(program: Program) -> bool:
    """Whether a program holds a derivative.

    >>> from gradcli.lang import parse
    >>> has_derivatives(parse("2*diff(x**2, x)")), has_derivatives(parse("2*x"))
    (True, False)
    """
    trees = [program.result, *(assignment.tree for assignment in program.assignments)]
    return any(call.function in DERIVATIVES for tree in trees for call in calls_in(tree))


def wanted(call: Call, source: str) -> Wanted:
    """What a call of a derivative asks for.

    Args:
        call: of one of `DERIVATIVES`.
        source: the text that its spans point into.

    Raises:
        UsageProblem: for a call that is not written as one, with the place.

    >>> from gradcli.lang import parse
    >>> found = wanted(parse("diff(x**2*y, x, 2, y)").result, "")
    >>> found.kind, [(by.name, by.order) for by in found.by]
    ('diff', [('x', 2), ('y', 1)])
    """
    name = call.function

    def refuse(message: str, tree: Tree, hint: str) -> Problem:
        return UsageProblem(message, source=source, span=tree.span, hint=hint)

    example = "diff(x**2*y, x, 2, y)" if name == "diff" else f"{name}(x**2*y, x)"
    if call.keywords:
        hint = f"write {example}"
        raise refuse(f"{name} takes no arguments by name", call.keywords[0][1], hint)
    if len(call.args) < 2:
        more = "; the differences of neighbours are x[1:] - x[:-1]" if name == "diff" else ""
        raise refuse(f"{name} does not say by what to differentiate", call, f"write {example}{more}")
    of, *rest = call.args
    if name != "diff" and len(rest) == 1 and isinstance(rest[0], Call) and rest[0].function == "array":
        rest = list(rest[0].args)
    found: list[By] = []
    for tree in rest:
        order = _whole(tree)
        if order is not None and name == "diff" and found and found[-1].order == 1 and found[-1].tree is not tree:
            if not 1 <= order <= _HIGHEST:
                raise refuse(f"the order of a derivative must be from 1 to {_HIGHEST}", tree, f"write {example}")
            found[-1] = By(found[-1].name, found[-1].at, order, tree)
            continue
        by = _by(tree)
        if by is None:
            if order is not None and name == "diff" and not found:
                more = "; the differences of neighbours are x[1:] - x[:-1]"
                raise refuse(f"{name} differentiates by a name, not by a number", tree, f"write {example}{more}")
            hint = f"give it a name first: u = ...; then write {name}(..., u)"
            raise refuse(f"{name} differentiates by a name, or an entry x[0]", tree, hint)
        if by.at and name != "diff":
            raise refuse(f"{name} differentiates by whole arrays", tree, f"write {name}(..., {by.name})[...]")
        found.append(by)
    return Wanted(name, of, tuple(found))


def _by(tree: Tree) -> By | None:
    if isinstance(tree, Name):
        return By(tree.id, (), 1, tree)
    if isinstance(tree, Call) and tree.function == "getitem" and isinstance(tree.args[0], Name):
        indices = [_whole(index) for index in tree.args[1:]]
        if all(index is not None for index in indices):
            return By(tree.args[0].id, tuple([index for index in indices if index is not None]), 1, tree)
    return None


def _whole(tree: Tree) -> int | None:
    sign = 1
    if isinstance(tree, Call) and tree.function == "neg" and len(tree.args) == 1:
        sign, tree = -1, tree.args[0]
    if isinstance(tree, Literal) and isinstance(tree.value, float) and tree.value.is_integer():
        return sign * int(tree.value)
    return None


def by_single_names(program: Program) -> tuple[Program, dict[str, str]]:
    """The same program, without loops, with a name of its own for each assignment; and what the new names were.

    The last assignment keeps the name, unless it is a variable's that is read before.

    >>> from gradcli.lang import parse, unparse
    >>> unparse(by_single_names(parse("a = 1; a = a + x; a = 2*a; a"))[0])
    'a_1 = 1; a_2 = a_1 + x; a = 2*a_2; a'
    >>> program, renamed = by_single_names(parse("y = x; x = 2; x*y"))
    >>> unparse(program), renamed
    ('y = x; x_1 = 2; x_1*y', {'x_1': 'x'})
    """
    times: dict[str, int] = {}
    for assignment in program.assignments:
        times[assignment.name] = times.get(assignment.name, 0) + 1
    read = variables(program)
    if all(count == 1 and name not in read for name, count in times.items()):
        return program, {}
    taken = {*times, *(name for tree in _trees(program) for name in free_in(tree))}
    meant: dict[str, str] = {}
    were: dict[str, str] = {}
    seen: dict[str, int] = {}

    def renamed(tree: Tree) -> Tree:
        return replaced(
            tree, lambda node, _: Name(meant[node.id], node.span) if isinstance(node, Name) else None, meant
        )

    made: list[Assignment] = []
    for name, tree, span in program.assignments:
        tree = renamed(tree)
        seen[name] = seen.get(name, 0) + 1
        own = name
        if seen[name] < times[name] or name in read:
            own = f"{name}_{seen[name]}"
            while own in taken:
                own += "_"
            taken.add(own)
            were[own] = name
        meant[name] = own
        made.append(Assignment(own, tree, span))
    return program._replace(assignments=tuple(made), result=renamed(program.result)), were


def needed(assignments: Sequence[Assignment], tree: Tree, names: frozenset[str]) -> list[Assignment]:
    """The assignments, of single names, by which a tree depends on some names; those of the names themselves are not.

    >>> from gradcli.lang import parse
    >>> program = parse("u = 2*x; v = u**2; w = y; v*w + u")
    >>> [a.name for a in needed(program.assignments, program.result, frozenset("u"))]
    ['v']
    """
    moving = set(names)
    for assignment in assignments:
        if assignment.name not in names and free_in(assignment.tree).keys() & moving:
            moving.add(assignment.name)
    used = set(free_in(tree))
    found: list[Assignment] = []
    for assignment in reversed(assignments):
        if assignment.name in used and assignment.name in moving and assignment.name not in names:
            used |= free_in(assignment.tree).keys()
            found.append(assignment)
    return found[::-1]


def replaced(
    tree: Tree, replacement: Callable[[Name | Call, bool], Tree | None], names: object = frozenset[str]()
) -> Tree:
    """A tree with other trees in the place of some names and calls, whose parts have been replaced before them.

    Args:
        tree: without loops.
        replacement: what stands for a name or a call, told whether it is in a branch of a conditional; None for itself.
        names: the names that are asked about.
    """
    made: list[Tree] = []
    kept: dict[int, Tree] = {}
    awaited: set[int] = set()
    tasks: list[tuple[Tree, bool, bool]] = [(tree, False, False)]
    while tasks:
        node, lazily, finished = tasks.pop()
        if isinstance(node, Name):
            known = replacement(node, lazily) if node.id in names else None  # type: ignore[operator]
            made.append(node if known is None else known)
        elif not isinstance(node, Call):
            made.append(node)
        elif finished:
            count = len(node.args) + len(node.keywords)
            parts = tuple(made[len(made) - count :])
            del made[len(made) - count :]
            args, values = parts[: len(node.args)], parts[len(node.args) :]
            keywords = tuple(zip([key for key, _ in node.keywords], values, strict=True))
            same = args == node.args and keywords == node.keywords
            call = node if same else Call(node.function, args, node.span, node.head, keywords)
            new = replacement(call, lazily)
            made.append(call if new is None else new)
            if id(node) in awaited:
                awaited.remove(id(node))
                kept[id(node)] = made[-1]
        elif id(node) in kept:
            made.append(kept.pop(id(node)))
        else:
            middle = shared(node)
            if middle is not None:
                awaited.add(id(middle))
            tasks.append((node, lazily, True))
            branches = is_conditional(node)
            parts = (*node.args, *(value for _, value in node.keywords))
            tasks += [(part, lazily or (branches and i > 0), False) for i, part in reversed([*enumerate(parts)])]
    return made[0]


def _trees(program: Program) -> Iterator[Tree]:
    yield from (assignment.tree for assignment in program.assignments)
    yield program.result
