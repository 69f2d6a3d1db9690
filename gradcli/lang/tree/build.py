"""Building a program without loops and without functions of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from gradcli.lang.tree.conditional import is_conditional
from gradcli.lang.tree.fold import shared
from gradcli.lang.tree.loops import Loops, length_of, only_loop
from gradcli.lang.tree.nodes import Assignment, Call, Comprehension, Definition, Literal, Name, Program, Span, Tree
from gradcli.lang.tree.scopes import Scope, body_scope, find, placed

if TYPE_CHECKING:
    from gradcli.lang.tree.expand import Bound, Functions

__all__ = ["build"]


def build(program: Program, length: Callable[[str], int | None]) -> Program:
    """The program without comprehensions and definitions; `unroll` tells more.

    >>> from gradcli.lang import parse, unparse
    >>> unparse(build(parse("[2*i for i in range(2)]"), lambda name: None))
    '[2*0, 2*1]'
    """
    builder = _Builder(program, length)
    for name, tree, span in program.assignments:
        builder.assign(name, builder.unroll(tree), span)
    count = len(builder.assignments)
    result = builder.unroll(program.result)
    made = builder.assignments[count:]
    if made and isinstance(result, Name) and result.id == made[-1].name:  # the result needs no name
        result = builder.assignments.pop().tree
    return Program(program.source, tuple(builder.assignments), result)


class _Make:
    """A call to build from the finished trees.

    Attributes:
        call: the call that it replaces.
        start: the position of its first argument among the finished trees; all that follow are its arguments.
        loop: the loop whose elements the arguments are, if they are.
        scope: the call's.
    """

    __slots__ = ("call", "loop", "scope", "start")

    def __init__(self, call: Call, start: int, loop: Comprehension | None, scope: Scope | None) -> None:
        self.call = call
        self.start = start
        self.loop = loop
        self.scope = scope


class _Enter:
    """A call of a function of the program, whose arguments are the last finished trees."""

    __slots__ = ("call", "definition", "scope", "start")

    def __init__(self, call: Call, definition: Definition, start: int, scope: Scope | None) -> None:
        self.call = call
        self.definition = definition
        self.start = start
        self.scope = scope


class _Leave:
    """A call of a function of the program, whose body is the last finished tree."""

    __slots__ = ("bound", "call", "definition", "scope")

    def __init__(self, entered: _Enter, bound: Bound) -> None:
        self.call = entered.call
        self.definition = entered.definition
        self.scope = entered.scope
        self.bound = bound


class _Repeat:
    """A loop's element to build in each of the remaining scopes."""

    __slots__ = ("element", "scopes")

    def __init__(self, element: Tree, scopes: Iterator[Scope | None]) -> None:
        self.element = element
        self.scopes = scopes


_Task: TypeAlias = "tuple[Tree, Scope | None] | _Make | _Repeat | _Enter | _Leave"


class _Builder(Loops):
    """One program in the making.

    Attributes:
        assignments: the statements so far.
        functions: those that the program defines.
    """

    def __init__(self, program: Program, length: Callable[[str], int | None]) -> None:
        super().__init__(program.source, length)
        self.assignments: list[Assignment] = []
        self.functions: Functions | None = None
        if program.definitions:
            from gradcli.lang.tree.expand import Functions

            self.functions = Functions(program, self.assign)
            self.bodies = [definition.body for definition in program.definitions]
            self.called = self.functions.definitions.keys()

    def assign(self, name: str, tree: Tree, span: Span) -> None:
        """Take a statement into the program."""
        self.assignments.append(Assignment(name, tree, span))
        self.assigned_lengths[name] = length_of(tree, self.assigned_lengths, self.variable_length)
        if self.functions is not None:
            self.functions.assigned(name)

    def unroll(self, tree: Tree) -> Tree:
        self.tree, self.holding, self.branching = tree, None, False
        loops = self.loops(tree, None)
        called = self.functions is not None and self.functions.are_called(tree)
        if not loops and not self.branching and not called:
            return tree
        self.measure(loops)
        return self.build(tree)

    def build(self, tree: Tree) -> Tree:
        """The tree without loops. Parts that hold neither a loop nor an index are not copied."""
        made: list[Tree] = []
        awaited: set[int] = set()
        kept: dict[int, Tree] = {}
        tasks: list[_Task] = [(tree, None)]
        while tasks:
            task = tasks.pop()
            if isinstance(task, _Repeat):
                for scope in task.scopes:
                    tasks += [task, (task.element, scope)]
                    break
            elif isinstance(task, tuple):
                node, scope = task
                if type(node) is not Call:
                    made.append(node if scope is None else _leaf(node, scope))
                elif id(node) in kept:
                    made.append(kept.pop(id(node)))
                elif (branch := self.taken(node, scope)) is not None:
                    tasks.append((branch, scope))
                else:
                    middle = shared(node)
                    if middle is not None:
                        awaited.add(id(middle))
                    tasks += self.tasks(node, scope, len(made))
            elif (found := self.finished(task, made, tasks)) is not None:
                if id(task.call) in awaited:
                    awaited.remove(id(task.call))
                    kept[id(task.call)] = found
                made.append(found)
        return made[0]

    def tasks(self, node: Call, scope: Scope | None, start: int) -> list[_Task]:
        """What it takes to build a call, the last task first: what is made of its parts, and these."""
        if self.functions is not None and node.function in self.functions.definitions:
            definition, parts = self.functions.arguments(node)
            return [_Enter(node, definition, start, scope), *reversed(self.in_scopes(node, definition, parts, scope))]
        loop = only_loop(node)
        make = _Make(node, start, loop, scope)
        if loop is not None:
            return [make, _Repeat(loop.element, self.scopes(loop.clauses, scope))]
        if self.functions is not None and is_conditional(node):
            lazily = Scope("", 0, scope)
            lazily.lazily = True
            condition, chosen, otherwise = node.args
            return [make, (otherwise, lazily), (chosen, lazily), (condition, scope)]
        parts = [*node.args, *(value for _, value in node.keywords)]
        return [make, *((part, scope) for part in reversed(parts))]

    def finished(self, task: _Make | _Enter | _Leave, made: list[Tree], tasks: list[_Task]) -> Tree | None:
        """The tree of a call whose parts are made; None where a function's body is to be built first."""
        if isinstance(task, _Make):
            return _make(task, made)
        if isinstance(task, _Enter):
            return self.enter(task, made, tasks)
        assert self.functions is not None
        span = placed(task.call.span, task.scope)
        return self.functions.leave(task.definition, task.bound, made.pop(), span)

    @staticmethod
    def in_scopes(call: Call, definition: Definition, parts: list[Tree], scope: Scope | None) -> list[_Task]:
        """The arguments of a call of a function; a default is computed as if it stood before the definition."""
        defaults = [parameter.default for parameter in definition.parameters]
        outside = body_scope({}, placed(call.span, scope), scope is not None and scope.lazily)
        return [(part, outside if part is default else scope) for part, default in zip(parts, defaults, strict=True)]

    def enter(self, task: _Enter, made: list[Tree], tasks: list[_Task]) -> Tree | None:
        """Go into the body of a function, or give the value that it has already."""
        assert self.functions is not None
        args = made[task.start :]
        del made[task.start :]
        lazily = task.scope is not None and task.scope.lazily
        span = placed(task.call.span, task.scope)
        bound = self.functions.enter(task.definition, args, span, lazily)
        if bound.name is not None:
            return Name(bound.name, span)
        scope = body_scope(bound.values, span, lazily)
        if self.functions.has_loops(task.definition):
            self.measure(self.loops(task.definition.body, scope), scope)
        tasks += [_Leave(task, bound), (task.definition.body, scope)]
        return None


def _leaf(node: Tree, scope: Scope) -> Tree:
    value = find(scope, node.id) if type(node) is Name else None
    if value is None and scope.called is None:
        return node
    span = placed(node.span, scope)
    if isinstance(value, int):
        return Literal(float(value), span)
    meant = node if value is None else value
    if isinstance(meant, Name):
        return Name(meant.id, span)
    if isinstance(meant, Literal):
        return Literal(meant.value, meant.span if meant is not node else span)
    from gradcli.lang.tree.expand import copied

    return copied(meant)


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
        if args == call.args and keywords == call.keywords and (task.scope is None or task.scope.called is None):
            return call
        return Call(call.function, args, placed(call.span, task.scope), placed(call.head, task.scope), keywords)
    span, head, place = (placed(each, task.scope) for each in (call.span, call.head, loop.span))
    array = Call("array", tuple(parts), span if call.function == "array" else place, head)
    if call.function == "array":
        return array
    return Call(call.function, (array,), span, head, (("axis", Literal(0.0, place)),))
