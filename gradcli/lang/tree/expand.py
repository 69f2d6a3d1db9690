"""The functions of a program: what their parameters are bound to, and the statements that calls become.

Each call gets a statement of its own, `f_1 = ...`, and so does an argument that the body needs more than once,
`x_f1 = ...`. A call with the same arguments is computed once. In a branch of `a if c else b`, which may have no value,
a call has no statement: the body stands in its place, and so do the arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from gradcli.errors import Problem, SyntaxProblem
from gradcli.lang.tree.arguments import arguments
from gradcli.lang.tree.bounds import integers
from gradcli.lang.tree.fold import shared
from gradcli.lang.tree.names import calls_in
from gradcli.lang.tree.nodes import DERIVATIVES, Call, Comprehension, Definition, Literal, Name, Program, Span, Tree

__all__ = ["Bound", "Functions", "MadeName", "copied"]

_LIMIT = 250_000
"""Nodes of all bodies that are put in the place of calls. To make as many takes some two seconds."""

_MANY = 2


class MadeName(str):  # noqa: SLOT000  # an attribute is what it is for
    """The name of a call's value or argument, which no user has given, and the function that is called.

    >>> MadeName("f_1", "f") == "f_1", MadeName("f_1", "f").function
    (True, 'f')
    """

    function: str

    def __new__(cls, name: str, function: str) -> MadeName:
        """A name with its function."""
        made = super().__new__(cls, name)
        made.function = function
        return made


class Bound(NamedTuple):
    """A call whose arguments are known.

    Attributes:
        values: what each parameter stands for.
        name: the name of the value, if it has been computed already.
        key: by which the same call is known again; None where it has no statement.
        number: of the call, which its names have.
    """

    values: dict[str, Tree]
    name: str | None
    key: object
    number: int


class _Uses(NamedTuple):
    """What a body does.

    Attributes:
        counts: how often it reads each parameter.
        bounds: the parameters in the bounds of its loops.
        by: the parameters by which it differentiates.
        size: how many nodes it has.
        has_loops: whether it has loops.
    """

    counts: dict[str, int]
    bounds: frozenset[str]
    by: frozenset[str]
    size: int
    has_loops: bool


class Functions:
    """The functions of a program, and their calls so far.

    Args:
        program: with definitions.
        assign: takes a new statement: a name, its tree, and its span.
    """

    def __init__(self, program: Program, assign: Callable[[str, Tree, Span], None]) -> None:
        self.source = program.source
        self.assign = assign
        self.definitions = {definition.name: definition for definition in program.definitions}
        self.uses: dict[str, _Uses] = {}
        for definition in program.definitions:
            self.uses[definition.name] = _uses(definition)
        self.taken = set(_all_names(program))
        self.numbers: dict[str, int] = {}
        self.known: dict[object, str] = {}
        self.shapes: dict[object, int] = {}
        self.versions: dict[str, int] = {}
        self.made = 0

    def are_called(self, tree: Tree) -> bool:
        """Whether a tree calls one of the functions."""
        return any(call.function in self.definitions for call in calls_in(tree))

    def has_loops(self, definition: Definition) -> bool:
        """Whether a body holds a loop."""
        return self.uses[definition.name].has_loops

    def assigned(self, name: str) -> None:
        """Know that a name has a new value from now on."""
        self.versions[name] = self.versions.get(name, 0) + 1

    def arguments(self, call: Call) -> tuple[Definition, list[Tree]]:
        """The function that a call is of, and a tree for each of its parameters."""
        definition = self.definitions[call.function]
        return definition, arguments(definition, call, self.source)

    def enter(self, definition: Definition, args: list[Tree], span: Span, lazily: bool) -> Bound:
        """Bind the parameters to arguments, which are built; new statements come before the call's.

        Raises:
            SyntaxProblem: if the bodies of all calls together become too large.
        """
        uses = self.uses[definition.name]
        names = [parameter.name for parameter in definition.parameters]
        key: object = None
        if not lazily:
            key = (definition.name, *map(self.shape, args))
            if key in self.known:
                return Bound({}, self.known[key], key, 0)
        self.count(uses.size, span)
        number = self.numbers[definition.name] = self.numbers.get(definition.name, 0) + 1
        values: dict[str, Tree] = {}
        for name, arg in zip(names, args, strict=True):
            values[name] = self.bind(definition, name, arg, number, lazily, span)
        return Bound(values, None, key, number)

    def bind(self, definition: Definition, name: str, arg: Tree, number: int, lazily: bool, span: Span) -> Tree:
        """What a parameter stands for: its argument, or a name for it."""
        uses = self.uses[definition.name]
        count = uses.counts.get(name, 0)
        leaf = isinstance(arg, Literal | Name)
        if name in uses.bounds and not leaf:
            whole = _whole(self.source, arg)
            if whole is not None:
                return whole
        # An argument that the body does not read is kept as a statement: what it is made of are inputs all the same.
        # What a body differentiates by has a name of its own, which nothing outside depends on.
        if count and name not in uses.by and (leaf or count == 1 or lazily):
            if count > 1 and not leaf:
                self.count(count * sum(1 for _ in _nodes(arg)), span)
            return arg
        joint = "_" if definition.name[-1].isdigit() else ""
        own = self.fresh(f"{name}_{definition.name}{joint}{number}", definition)
        self.assign(own, arg, arg.span)
        return Name(own, arg.span)

    def leave(self, definition: Definition, bound: Bound, tree: Tree, span: Span) -> Tree:
        """What stands in the place of a call, whose body is built."""
        if bound.key is None or isinstance(tree, Literal):
            return tree
        if isinstance(tree, Name):
            self.known[bound.key] = tree.id
            return Name(tree.id, span)
        own = self.known[bound.key] = self.fresh(f"{definition.name}_{bound.number}", definition)
        self.assign(own, tree, span)
        return Name(own, span)

    def fresh(self, name: str, definition: Definition) -> MadeName:
        """A name that the program does not have."""
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return MadeName(name, definition.name)

    def count(self, nodes: int, span: Span) -> None:
        """Count what is made, before it is."""
        self.made += nodes
        if self.made > _LIMIT:
            raise SyntaxProblem(
                f"the functions of this program make more than {_LIMIT:,} operations",
                source=self.source,
                span=span,
                hint="equal calls are computed once, but not in a branch of if: assign inner calls to names",
            )

    def shape(self, tree: Tree) -> int:
        """A number that equal trees share, whose names have the same values."""
        made: list[int] = []
        tasks: list[Tree | tuple[Call]] = [tree]
        while tasks:
            task = tasks.pop()
            if isinstance(task, tuple):
                call = task[0]
                count = len(call.args) + len(call.keywords)
                parts = tuple(made[len(made) - count :])
                del made[len(made) - count :]
                own: object = (
                    call.function,
                    call.head[1] - call.head[0],
                    tuple(key for key, _ in call.keywords),
                    parts,
                )
            elif isinstance(task, Call):
                tasks.append((task,))
                tasks += reversed([*task.args, *(value for _, value in task.keywords)])
                continue
            elif isinstance(task, Name):
                own = ("name", task.id, self.versions.get(task.id, 0))
            else:
                assert isinstance(task, Literal)
                own = (type(task.value).__name__, repr(task.value))
            made.append(self.shapes.setdefault(own, len(self.shapes)))
        return made[0]


def copied(tree: Tree) -> Tree:
    """The same tree once more, node by node: a tree is in one place of a program only."""
    made: list[Tree] = []
    kept: dict[int, Tree] = {}
    awaited: set[int] = set()
    tasks: list[Tree | tuple[Call]] = [tree]
    while tasks:
        task = tasks.pop()
        if isinstance(task, tuple):
            call = task[0]
            count = len(call.args) + len(call.keywords)
            parts = made[len(made) - count :]
            del made[len(made) - count :]
            keys = [key for key, _ in call.keywords]
            keywords = tuple(zip(keys, parts[len(call.args) :], strict=True))
            copy: Tree = Call(call.function, tuple(parts[: len(call.args)]), call.span, call.head, keywords)
            if id(call) in awaited:
                awaited.remove(id(call))
                kept[id(call)] = copy
            made.append(copy)
        elif isinstance(task, Call):
            if id(task) in kept:
                made.append(kept.pop(id(task)))
                continue
            middle = shared(task)
            if middle is not None:
                awaited.add(id(middle))
            tasks.append((task,))
            tasks += reversed([*task.args, *(value for _, value in task.keywords)])
        else:
            made.append(Name(task.id, task.span) if isinstance(task, Name) else task)
    return made[0]


def _whole(source: str, tree: Tree) -> Literal | None:
    """The whole number that a tree of numbers alone is."""
    try:
        numbers = integers(source, (tree,), lambda name: None, _unknown)
    except Problem:
        return None
    return Literal(float(numbers.stop), tree.span)


def _unknown(name: Name) -> int:
    raise SyntaxProblem(f"the length of '{name.id}' is not known")


def _uses(definition: Definition) -> _Uses:
    counts: dict[str, int] = {}
    bounds: set[str] = set()
    by: set[str] = set()
    names = {parameter.name for parameter in definition.parameters}
    size = 0
    loops = False
    stack: list[tuple[Tree, frozenset[str], int]] = [(definition.body, frozenset(), 1)]
    while stack:
        node, hidden, times = stack.pop()
        size += 1
        if isinstance(node, Name):
            if node.id in names and node.id not in hidden:
                counts[node.id] = counts.get(node.id, 0) + times
        elif isinstance(node, Call):
            if node.function in DERIVATIVES:
                by |= {n.id for part in node.args[1:] for n in _nodes(part) if isinstance(n, Name)} & names - hidden
            stack += [(part, hidden, times) for part in (*node.args, *(value for _, value in node.keywords))]
        elif isinstance(node, Comprehension):
            loops = True
            for target, trees in node.clauses:
                for tree in trees:
                    bounds |= {n.id for n in _nodes(tree) if isinstance(n, Name) and n.id not in hidden} & names
                    stack.append((tree, hidden, _MANY))
                hidden = hidden | {target}
            stack.append((node.element, hidden, _MANY))
    return _Uses(counts, frozenset(bounds), frozenset(by), size, loops)


def _nodes(tree: Tree) -> Iterable[Tree]:
    stack = [tree]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, Call):
            stack += [*node.args, *(value for _, value in node.keywords)]
        elif isinstance(node, Comprehension):
            stack += [node.element, *(bound for clause in node.clauses for bound in clause.bounds)]


def _all_names(program: Program) -> Iterable[str]:
    """Every name that stands in a program, of whatever kind."""
    trees = [program.result, *(assignment.tree for assignment in program.assignments)]
    for definition in program.definitions:
        yield definition.name
        yield from (parameter.name for parameter in definition.parameters)
        trees += [definition.body, *(p.default for p in definition.parameters if p.default is not None)]
    yield from (assignment.name for assignment in program.assignments)
    for tree in trees:
        for node in _nodes(tree):
            if isinstance(node, Name):
                yield node.id
            elif isinstance(node, Call):
                yield node.function
            elif isinstance(node, Comprehension):
                yield from (clause.target for clause in node.clauses)
