"""Faults to plant in the way in: in what the parser reads, the unroller makes, the resolver means, and the values are.

Each is a change of the program, or of what makes it, at the station where such a fault would be. The engine, SymPy and
the numeric derivative all get the changed program, and agree about it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias
from unittest.mock import patch

from gradcli.lang import Assignment, Call, Name, Program, Tree, fold, is_conditional
from gradcli.lang import Literal as Number
from gradcli.lang.tree import loops
from gradcli.ops.calls.resolve import Resolved
from gradcli.ops.table import lookup as table
from gradcli.transforms.program import prepare

Change: TypeAlias = Callable[[Call], Tree]
Station: TypeAlias = Literal["read", "resolved"]


@dataclass(frozen=True)
class Fault:
    """A fault, and how to plant it.

    Attributes:
        name: what is wrong.
        plant: what wrongs it, for as long as its context lasts.
    """

    name: str
    plant: Callable[[], Any]


def rewritten(program: Program, change: Change, number: Callable[[Program, Number], Tree]) -> Program:
    def call(node: Call, args: list[Tree], keywords: dict[str, Tree]) -> Tree:
        return change(Call(node.function, tuple(args), node.span, node.head, tuple(keywords.items())))

    def tree(old: Tree) -> Tree:
        return fold(old, lambda node: number(program, node), lambda node: node, call)

    assignments = tuple(Assignment(name, tree(old), span) for name, old, span in program.assignments)
    return Program(program.source, assignments, tree(program.result))


def as_it_is(program: Program, node: Number) -> Tree:
    return node


@contextmanager
def programs(station: Station, change: Callable[[Program], Program]) -> Iterator[None]:
    """Programs changed after they are read and unrolled, or after they are resolved."""
    unroll, resolve = prepare.unroll, prepare.resolve_with

    def read(*given: Any) -> Program:
        return change(unroll(*given))

    def resolved(*given: Any) -> Resolved:
        found = resolve(*given)
        return found._replace(program=change(found.program))

    with patch.object(prepare, *(("unroll", read) if station == "read" else ("resolve_with", resolved))):
        yield


def on_calls(name: str, change: Change, station: Station = "read") -> Fault:
    return Fault(name, lambda: programs(station, lambda p: rewritten(p, change, as_it_is)))


def on_numbers(name: str, change: Callable[[str], float]) -> Fault:
    """A fault in the reading of numbers, from their text."""

    def number(program: Program, node: Number) -> Tree:
        text = program.source[slice(*node.span)]
        if not isinstance(node.value, float) or not text[:1].isdigit():
            return node
        return Number(change(text), node.span)

    return Fault(name, lambda: programs("read", lambda p: rewritten(p, lambda node: node, number)))


def on_programs(name: str, change: Callable[[Program], Program]) -> Fault:
    return Fault(name, lambda: programs("read", change))


def patched(name: str, *wrong: tuple[Any, str, Any]) -> Fault:
    @contextmanager
    def plant() -> Iterator[None]:
        with ExitStack() as stack:
            for place, attribute, value in wrong:
                stack.enter_context(patch.object(place, attribute, value))
            yield

    return Fault(name, plant)


def again(node: Call, *args: Tree, function: str = "", keywords: tuple[tuple[str, Tree], ...] | None = None) -> Call:
    kept = node.keywords if keywords is None else keywords
    return Call(function or node.function, args, node.span, node.head, kept)


def is_call(tree: Tree, function: str, count: int) -> bool:
    return isinstance(tree, Call) and tree.function == function and len(tree.args) == count


def of(function: str, count: int, change: Callable[..., Tree]) -> Change:
    """A change of the calls of one function with so many arguments, given the call and its arguments."""
    return lambda node: change(node, *node.args) if is_call(node, function, count) else node


def swap(function: str) -> Change:
    return of(function, 2, lambda node, a, b: again(node, b, a))


def renamed(function: str, other: str) -> Change:
    return lambda node: again(node, *node.args, function=other) if node.function == function else node


def regrouped(outer: str, inner: str, left: bool, change: Callable[..., Tree]) -> Change:
    """A change of two operators, one in the other's left or right operand: given both calls and the three operands."""

    def look(node: Call) -> Tree:
        if not is_call(node, outer, 2):
            return node
        part = node.args[0 if left else 1]
        if not isinstance(part, Call) or not is_call(part, inner, 2):
            return node
        a, b, c = (*part.args, node.args[1]) if left else (node.args[0], *part.args)
        return change(node, part, a, b, c)

    return look


def is_written_as_call(node: Call) -> bool:
    """Whether it is a function's call in the text, not an operator, a list or an index."""
    named = node.head[1] - node.head[0] == len(node.function) and node.function not in ("getitem", "array", "slice")
    return named and not is_conditional(node)


def without(key: str) -> Change:
    def change(node: Call) -> Tree:
        kept = tuple((name, value) for name, value in node.keywords if name != key)
        return node if len(kept) == len(node.keywords) else again(node, *node.args, keywords=kept)

    return change


def default(functions: str, key: str, value: float | bool) -> Change:
    """A default that is another."""

    def change(node: Call) -> Tree:
        if node.function not in functions.split() or key in dict(node.keywords) or len(node.args) != 1:
            return node
        return again(node, *node.args, keywords=(*node.keywords, (key, Number(value, node.span))))

    return change


def on_axes(move: Callable[[float], float]) -> Change:
    def moved(tree: Tree) -> Tree:
        if isinstance(tree, Number) and isinstance(tree.value, float):
            return Number(move(tree.value), tree.span)
        if is_call(tree, "neg", 1) and isinstance(tree, Call) and isinstance(tree.args[0], Number):
            return Number(move(-float(tree.args[0].value or 0)), tree.span)  # type: ignore[arg-type]
        return tree

    def change(node: Call) -> Tree:
        return again(node, *node.args, keywords=tuple((k, moved(v) if k == "axis" else v) for k, v in node.keywords))

    return change


def on_slices(change: Callable[[list[Tree], Call], list[Tree]]) -> Change:
    return lambda node: again(node, *change(list(node.args), node)) if node.function == "slice" else node


def moved(tree: Tree, by: float) -> Tree:
    return Call("add", (tree, Number(by, tree.span)), tree.span, tree.span)


def end_moved(parts: list[Tree], node: Call, place: int, by: float) -> list[Tree]:
    part = parts[place]
    if not isinstance(part, Number) or part.value is not None:
        parts[place] = Number(part.value + by, part.span) if isinstance(part, Number) else moved(part, by)  # type: ignore[operator]
    return parts


def on_indices(change: Callable[[list[Tree]], list[Tree]]) -> Change:
    return lambda node: again(node, node.args[0], *change(list(node.args[1:]))) if node.function == "getitem" else node


def index_moved(parts: list[Tree]) -> list[Tree]:
    return [
        Number(p.value - 1, p.span) if isinstance(p, Number) and isinstance(p.value, float) and p.value > 0 else p
        for p in parts
    ]


def masks_as_numbers(parts: list[Tree]) -> list[Tree]:
    def numbers(tree: Tree) -> Tree:
        truth = (
            isinstance(tree, Call) and tree.function in table.TABLE and table.TABLE[tree.function].kind == "predicate"
        )
        return Call("mul", (tree, Number(1.0, tree.span)), tree.span, tree.span) if truth else tree

    return [numbers(part) for part in parts]


def on_conditionals(change: Callable[[Call, Tree, Tree, Tree], Tree]) -> Change:
    return lambda node: change(node, *node.args) if is_conditional(node) else node  # type: ignore[call-arg]


RANGE = loops.Loops.range
SCOPES = loops.Loops.scopes
LENGTH = loops.Loops.length


def reversed_clauses(self: Any, clauses: Any, scope: Any) -> Any:
    try:
        yield from SCOPES(self, tuple(reversed(clauses)), scope)
    except Exception:  # noqa: BLE001  # a bound needs an index that comes later now
        yield from SCOPES(self, clauses, scope)


def first_assignment_stays(program: Program) -> Program:
    kept: dict[str, Assignment] = {}
    for assignment in program.assignments:
        kept.setdefault(assignment.name, assignment)
    return program._replace(assignments=tuple(kept.values()))


def names_read_as(program: Program, name: str, other: str) -> Program:
    def changed(node: Name) -> Tree:
        return Name(other, node.span) if node.id == name else node

    def call(node: Call, args: list[Tree], keywords: dict[str, Tree]) -> Tree:
        return Call(node.function, tuple(args), node.span, node.head, tuple(keywords.items()))

    def tree(old: Tree) -> Tree:
        return fold(old, lambda node: node, changed, call)

    assignments = tuple(Assignment(target, tree(old), span) for target, old, span in program.assignments)
    return Program(program.source, assignments, tree(program.result))


def moved_range(numbers: range, by: int) -> range:
    return range(numbers.start + by, numbers.stop + by, numbers.step)


def unstepped(numbers: range) -> range:
    return range(numbers.start, numbers.stop)
