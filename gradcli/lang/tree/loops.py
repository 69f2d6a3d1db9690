"""The loops of a program: their ranges, counted before anything is built, and the branches that indices decide."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set

from gradcli.errors import NameProblem, Problem, SyntaxProblem
from gradcli.lang.tree.bounds import integers
from gradcli.lang.tree.conditional import is_conditional
from gradcli.lang.tree.nodes import Call, Clause, Comprehension, Name, Span, Tree
from gradcli.lang.tree.scopes import Scope, index_of, meant, placed

__all__ = ["Loops", "length_of", "only_loop"]

_LIMIT = 1_000_000
"""Elements of all loops together. The gradient of sum(sin(i*x) for ...) with as many takes about 2 GB."""

_REDUCTIONS = ("sum", "prod", "max", "min")


def length_of(tree: Tree, lengths: Mapping[str, int | None], length: Callable[[str], int | None]) -> int | None:
    """The length of an assigned value, where its text shows it."""
    if isinstance(tree, Call) and tree.function == "array" and not tree.keywords:
        return len(tree.args)
    if isinstance(tree, Name):
        return lengths[tree.id] if tree.id in lengths else length(tree.id)
    return None


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


def only_loop(call: Call) -> Comprehension | None:
    """The loop that is a call's only argument, as in `sum(x[i] for i in range(3))`; None if it is none."""
    only = call.args[0] if len(call.args) == 1 else None
    return only if isinstance(only, Comprehension) else None


class Loops:
    """The loops of one program.

    Attributes:
        elements: how many elements they have, as far as they are counted.
        steps: how many ranges were counted.
        assigned_lengths: of the names that are assigned so far, as far as they are known.
        tree: what is being unrolled.
        holding: the ids of its nodes that hold a loop, known as soon as a conditional is met.
        branching: whether a conditional was met of which a branch holds a loop.
        bodies: of the program's functions.
        called: their names: a call counts as a loop where branches are told apart.
    """

    def __init__(self, source: str, length: Callable[[str], int | None]) -> None:
        self.source = source
        self.variable_length = length
        self.assigned_lengths: dict[str, int | None] = {}
        self.elements = 0
        self.steps = 0
        self.tree: Tree | None = None
        self.holding: set[int] | None = None
        self.branching = False
        self.bodies: list[Tree] = []
        self.called: Set[str] = frozenset()

    def length(self, name: Name, scope: Scope | None) -> int:
        """What `len(name)` is in a range, where it must be known."""
        known = self.known_length(name, scope)
        if known is None:
            message = f"the length of '{name.id}' is not known"
            hint = "write the number of elements instead"
            raise NameProblem(message, source=self.source, span=name.span, hint=hint)
        return known

    def taken(self, node: Call, scope: Scope | None) -> Tree | None:
        """The branch that `a if c else b` takes, if one of them holds a loop, and indices and literals decide.

        The other branch may have no end, or ranges that cannot be; what has no loop is decided when it is resolved.
        """
        if node.function != "where" or not is_conditional(node):
            return None
        from gradcli.lang.tree.decided import decided, holding_loops  # few programs have conditionals

        if self.holding is None:
            assert self.tree is not None
            self.holding = holding_loops([self.tree, *self.bodies], self.called)
        if not any(id(branch) in self.holding for branch in node.args[1:]):
            return None
        self.branching = True
        condition, chosen, otherwise = node.args
        holds = decided(condition, lambda name: index_of(scope, name), lambda name: self.known_length(name, scope))
        return None if holds is None else chosen if holds else otherwise

    def known_length(self, name: Name, scope: Scope | None) -> int | None:
        """What `len(name)` is; None where that is not known."""
        stands_for = meant(scope, name)
        if not isinstance(stands_for, Name):
            return length_of(stands_for, self.assigned_lengths, self.variable_length)
        name = stands_for
        return self.assigned_lengths[name.id] if name.id in self.assigned_lengths else self.variable_length(name.id)

    def loops(self, tree: Tree, scope: Scope | None) -> list[Comprehension]:
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
                if only_loop(node) is not None and node.function != "array" and node.function not in _REDUCTIONS:
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

    def range(self, clause: Clause, scope: Scope | None) -> range:
        """The numbers that a loop's index runs over."""
        try:
            numbers = integers(
                self.source, clause.bounds, lambda name: index_of(scope, name), lambda name: self.length(name, scope)
            )
        except Problem as problem:
            if problem.span is not None:
                problem.span = placed(problem.span, scope)
            raise
        if len(numbers) > _LIMIT:
            raise self.too_many((clause.bounds[0].span[0], clause.bounds[-1].span[1]))
        return numbers

    def too_many(self, span: Span) -> SyntaxProblem:
        """The error for loops that are too large."""
        message = f"the loops of this program make more than {_LIMIT:,} elements"
        return SyntaxProblem(message, source=self.source, span=span, hint="write them with arrays, as in sum(x**2)")

    def scopes(self, clauses: tuple[Clause, ...], scope: Scope | None) -> Iterator[Scope | None]:
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
            inner = Scope(clauses[len(stack) - 1].target, value, outer)
            if len(stack) == len(clauses):
                yield inner
            else:
                stack.append((inner, iter(self.range(clauses[len(stack)], inner))))

    def measure(self, loops: list[Comprehension], around: Scope | None = None) -> None:
        """Count the elements of loops, without building them."""
        inside: dict[int, list[Comprehension]] = {}
        stack: list[tuple[Comprehension, Scope | None]] = [(loop, around) for loop in loops]
        while stack:
            loop, scope = stack.pop()
            if id(loop) not in inside:
                inside[id(loop)] = self.loops(loop.element, around)
            for outer in self.scopes(loop.clauses[:-1], scope):
                last = loop.clauses[-1]
                numbers = self.range(last, outer)
                self.elements += len(numbers)
                self.steps += 1
                if self.elements > _LIMIT or self.steps > _LIMIT:
                    raise self.too_many(loop.span)
                if inside[id(loop)]:
                    scopes = [Scope(last.target, number, outer) for number in numbers]
                    stack.extend(
                        (inner, each)
                        for each in scopes
                        for inner in (self.loops(loop.element, each) if self.branching else inside[id(loop)])
                    )
