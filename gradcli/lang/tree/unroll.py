"""Unrolling loops: every comprehension of a program becomes the array of its elements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from gradcli.errors import NameProblem, SyntaxProblem
from gradcli.lang.tree.bounds import integers
from gradcli.lang.tree.conditional import is_conditional
from gradcli.lang.tree.fold import shared
from gradcli.lang.tree.nodes import Assignment, Call, Clause, Comprehension, Literal, Name, Program, Span, Tree

__all__ = ["unroll"]

_LIMIT = 1_000_000
"""Elements of all loops together. The gradient of sum(sin(i*x) for ...) with as many takes about 2 GB."""

_REDUCTIONS = ("sum", "prod", "max", "min")


class _Scope:
    """The indices of the loops around a tree, innermost first."""

    __slots__ = ("name", "outer", "value")

    def __init__(self, name: str, value: int, outer: _Scope | None) -> None:
        self.name = name
        self.value = value
        self.outer = outer


def _names_in(trees: tuple[Tree, ...]) -> set[str]:
    """The names that some trees read; those of a loop inside them, which a bound cannot hold, are left out."""
    found: set[str] = set()
    stack = list(trees)
    while stack:
        node = stack.pop()
        if isinstance(node, Name):
            found.add(node.id)
        elif isinstance(node, Call):
            stack.extend(node.args)
    return found


def _find(scope: _Scope | None, name: str) -> int | None:
    while scope is not None:
        if scope.name == name:
            return scope.value
        scope = scope.outer
    return None


class _Make:
    """A call to build from the finished trees.

    Attributes:
        call: the call that it replaces.
        start: the position of its first argument among the finished trees; all that follow are its arguments.
        loop: the loop whose elements the arguments are, if they are.
    """

    __slots__ = ("call", "loop", "start")

    def __init__(self, call: Call, start: int, loop: Comprehension | None = None) -> None:
        self.call = call
        self.start = start
        self.loop = loop


class _Repeat:
    """A loop's element to build in each of the remaining scopes."""

    __slots__ = ("element", "scopes")

    def __init__(self, element: Tree, scopes: Iterator[_Scope | None]) -> None:
        self.element = element
        self.scopes = scopes


_Task: TypeAlias = "tuple[Tree, _Scope | None] | _Make | _Repeat"


def unroll(program: Program, length: Callable[[str], int | None]) -> Program:
    """The program without comprehensions.

    `[f(i) for i in range(3)]` becomes `[f(0), f(1), f(2)]`, and `sum`, `prod`, `max` and `min` of a loop
    become that function of the array, with `axis=0`: an element may itself be an array.

    Args:
        program: any program.
        length: the length of a variable, for `len(name)` in a range; None where it is not known.

    Raises:
        SyntaxProblem: for a loop in another function, for a bound that is no constant integer, for an index that
            is bound twice and read in between, and for more than 1,000,000 elements, which are counted before any is
            made.
        NameProblem: for `len(name)` where the length is not known.

    >>> from gradcli.lang import parse, unparse
    >>> unparse(unroll(parse("sum(i*x for i in range(1, 4))"), lambda name: None))
    'sum([1*x, 2*x, 3*x], axis=0)'
    """
    lengths: dict[str, int | None] = {}
    unroller = _Unroller(program.source, length, lengths)
    assignments = []
    for name, tree, span in program.assignments:
        tree = unroller.unroll(tree)
        assignments.append(Assignment(name, tree, span))
        lengths[name] = _length(tree, lengths, length)
    return Program(program.source, tuple(assignments), unroller.unroll(program.result))


def _length(tree: Tree, lengths: Mapping[str, int | None], length: Callable[[str], int | None]) -> int | None:
    """The length of an assigned value, where its text shows it."""
    if isinstance(tree, Call) and tree.function == "array" and not tree.keywords:
        return len(tree.args)
    if isinstance(tree, Name):
        return lengths[tree.id] if tree.id in lengths else length(tree.id)
    return None


class _Unroller:
    """The unrolling of one program.

    Attributes:
        elements: how many elements its loops have, as far as they are counted.
        steps: how many ranges were counted.
        tree: what is being unrolled.
        holding: the ids of its nodes that hold a loop, known as soon as a conditional is met.
        branching: whether a conditional was met of which a branch holds a loop.
    """

    def __init__(self, source: str, length: Callable[[str], int | None], lengths: Mapping[str, int | None]) -> None:
        self.source = source
        self.variable_length = length
        self.assigned_lengths = lengths
        self.elements = 0
        self.steps = 0
        self.tree: Tree | None = None
        self.holding: set[int] | None = None
        self.branching = False

    def unroll(self, tree: Tree) -> Tree:
        self.tree, self.holding, self.branching = tree, None, False
        loops = self.loops(tree, None)
        if not loops and not self.branching:
            return tree
        self.measure(loops)
        return self.build(tree)

    def length(self, name: Name) -> int:
        name_is_assigned = name.id in self.assigned_lengths
        known = self.assigned_lengths[name.id] if name_is_assigned else self.variable_length(name.id)
        if known is None:
            message = f"the length of '{name.id}' is not known"
            hint = "write the number of elements instead"
            raise NameProblem(message, source=self.source, span=name.span, hint=hint)
        return known

    def taken(self, node: Call, scope: _Scope | None) -> Tree | None:
        """The branch that `a if c else b` takes, if one of them holds a loop, and indices and literals decide.

        The other branch may have no end, or ranges that cannot be; what has no loop is decided when it is resolved.
        """
        if node.function != "where" or not is_conditional(node):
            return None
        from gradcli.lang.tree.decided import decided, holding_loops  # few programs have conditionals

        if self.holding is None:
            assert self.tree is not None
            self.holding = holding_loops(self.tree)
        if not any(id(branch) in self.holding for branch in node.args[1:]):
            return None
        self.branching = True
        condition, chosen, otherwise = node.args
        holds = decided(condition, lambda name: _find(scope, name), self.known_length)
        return None if holds is None else chosen if holds else otherwise

    def known_length(self, name: Name) -> int | None:
        """What `len(name)` is; None where that is not known."""
        return self.assigned_lengths[name.id] if name.id in self.assigned_lengths else self.variable_length(name.id)

    def loops(self, tree: Tree, scope: _Scope | None) -> list[Comprehension]:
        """The outermost loops of a tree, in the branches that are taken."""
        found: list[Comprehension] = []
        stack = [tree]
        seen: set[int] = set()
        while stack:
            node = stack.pop()
            if isinstance(node, Comprehension):
                self.check_indices(node)
                found.append(node)
            elif isinstance(node, Call) and (node.function != "logical_and" or id(node) not in seen):
                seen.add(id(node))
                branch = self.taken(node, scope)
                if branch is not None:
                    stack.append(branch)
                    continue
                if _loop(node) is not None and node.function != "array" and node.function not in _REDUCTIONS:
                    hint = f"write {node.function}([... for ...]) to apply it to each element"
                    message = f"'{node.function}' cannot run over a loop"
                    raise SyntaxProblem(message, source=self.source, span=node.head, hint=hint)
                stack.extend(node.args)
                stack.extend([value for _, value in node.keywords])
        return found

    def check_indices(self, loop: Comprehension) -> None:
        """Refuse an index that a later clause binds again after a bound between them has read it.

        In Python such a bound reads what the inner loop has left there.
        """
        bound_at: dict[str, int] = {}
        read: dict[str, int] = {}
        for place, (target, bounds) in enumerate(loop.clauses):
            for name in _names_in(bounds):
                if place > bound_at.get(name, place) + 1:
                    read[name] = place
            if target in read:
                message = f"the loop index '{target}' is bound again, and a bound before it reads it"
                span = (bounds[0].span[0], bounds[-1].span[1])
                raise SyntaxProblem(message, source=self.source, span=span, hint="give each loop an index of its own")
            bound_at.setdefault(target, place)

    def range(self, clause: Clause, scope: _Scope | None) -> range:
        numbers = integers(self.source, clause.bounds, lambda name: _find(scope, name), self.length)
        if len(numbers) > _LIMIT:
            raise self.too_many((clause.bounds[0].span[0], clause.bounds[-1].span[1]))
        return numbers

    def too_many(self, span: Span) -> SyntaxProblem:
        message = f"the loops of this program make more than {_LIMIT:,} elements"
        return SyntaxProblem(message, source=self.source, span=span, hint="write them with arrays, as in sum(x**2)")

    def scopes(self, clauses: tuple[Clause, ...], scope: _Scope | None) -> Iterator[_Scope | None]:
        """For each element of a loop the scope with its indices, in order."""
        if not clauses:
            yield scope
            return
        stack = [(scope, iter(self.range(clauses[0], scope)))]
        while stack:
            outer, values = stack[-1]
            value = next(values, None)
            if value is None:
                stack.pop()
                continue
            inner = _Scope(clauses[len(stack) - 1].target, value, outer)
            if len(stack) == len(clauses):
                yield inner
            else:
                stack.append((inner, iter(self.range(clauses[len(stack)], inner))))

    def measure(self, loops: list[Comprehension]) -> None:
        """Count the elements of loops, without building them."""
        inside: dict[int, list[Comprehension]] = {}
        stack: list[tuple[Comprehension, _Scope | None]] = [(loop, None) for loop in loops]
        while stack:
            loop, scope = stack.pop()
            if id(loop) not in inside:
                inside[id(loop)] = self.loops(loop.element, None)
            for outer in self.scopes(loop.clauses[:-1], scope):
                last = loop.clauses[-1]
                numbers = self.range(last, outer)
                self.elements += len(numbers)
                self.steps += 1
                if self.elements > _LIMIT or self.steps > _LIMIT:
                    raise self.too_many(loop.span)
                if inside[id(loop)]:
                    scopes = [_Scope(last.target, number, outer) for number in numbers]
                    stack.extend(
                        (inner, each)
                        for each in scopes
                        for inner in (self.loops(loop.element, each) if self.branching else inside[id(loop)])
                    )

    def build(self, tree: Tree) -> Tree:
        """The tree without loops. Parts that hold neither a loop nor an index are not copied."""
        made: list[Tree] = []
        awaited: set[int] = set()
        kept: dict[int, Tree] = {}
        tasks: list[_Task] = [(tree, None)]
        while tasks:
            task = tasks.pop()
            if isinstance(task, _Make):
                result = _make(task, made)
                if id(task.call) in awaited:
                    awaited.remove(id(task.call))
                    kept[id(task.call)] = result
                made.append(result)
            elif isinstance(task, _Repeat):
                for scope in task.scopes:
                    tasks += [task, (task.element, scope)]
                    break
            else:
                node, scope = task
                if type(node) is not Call:
                    made.append(_leaf(node, scope))
                elif id(node) in kept:
                    made.append(kept.pop(id(node)))
                elif (branch := self.taken(node, scope)) is not None:
                    tasks.append((branch, scope))
                else:
                    middle = shared(node)
                    if middle is not None:
                        awaited.add(id(middle))
                    loop = _loop(node)
                    tasks.append(_Make(node, len(made), loop))
                    if loop is not None:
                        tasks.append(_Repeat(loop.element, self.scopes(loop.clauses, scope)))
                    else:
                        parts = [*node.args, *(value for _, value in node.keywords)]
                        tasks += [(part, scope) for part in reversed(parts)]
        return made[0]


def _leaf(node: Tree, scope: _Scope | None) -> Tree:
    value = _find(scope, node.id) if type(node) is Name else None
    return node if value is None else Literal(float(value), node.span)


def _loop(call: Call) -> Comprehension | None:
    """The loop that is a call's only argument, as in `sum(x[i] for i in range(3))`; None if it is none."""
    only = call.args[0] if len(call.args) == 1 else None
    return only if isinstance(only, Comprehension) else None


def _make(task: _Make, made: list[Tree]) -> Tree:
    """Build a call from the last finished trees, which it takes off the list."""
    call, loop = task.call, task.loop
    parts = made[task.start :]
    del made[task.start :]
    if loop is None:
        keywords = call.keywords
        if keywords:
            count = len(call.args)
            keywords = tuple(zip([name for name, _ in keywords], parts[count:], strict=True))
            del parts[count:]
        args = tuple(parts)
        # Trees compare by identity: equal tuples hold the very same trees, and nothing has changed.
        if args == call.args and keywords == call.keywords:
            return call
        return Call(call.function, args, call.span, call.head, keywords)
    array = Call("array", tuple(parts), call.span if call.function == "array" else loop.span, call.head)
    if call.function == "array":
        return array
    return Call(call.function, (array,), call.span, call.head, (("axis", Literal(0.0, loop.span)),))
