"""What a program refers to: its free variables, its calls and its literals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from gradcli.lang.tree.nodes import Assignment, Call, Comprehension, Definition, Literal, Name, Program, Span, Tree

__all__ = ["calls", "calls_in", "free_in", "has_loop", "literals", "variables", "without_unread"]

_NOTHING: frozenset[str] = frozenset()


def variables(program: Program) -> dict[str, Span]:
    """The names whose values a program needs, each with the place of its first use, in that order.

    Assigned names count from their assignment on, loop indices inside their loop, function names never. In the body
    of a function that is called they are those that are not assigned before its definition.

    >>> from gradcli.lang import parse
    >>> variables(parse("a = 2*w; sum(a*x[i] for i in range(len(x)))"))
    {'w': (6, 7), 'x': (15, 16)}
    """
    found: dict[str, Span] = {}
    assigned: set[str] = set()
    for name, tree, _ in program.assignments:
        _find_free(tree, assigned, found)
        assigned.add(name)
    _find_free(program.result, assigned, found)
    if program.definitions:
        for definition in _called(program):
            before = {assignment.name for assignment in program.assignments[: definition.after]}
            _find_free(definition.body, before | {p.name for p in definition.parameters}, found)
            for parameter in definition.parameters:
                if parameter.default is not None:
                    _find_free(parameter.default, before, found)
    return dict(sorted(found.items(), key=lambda item: item[1]))


def free_in(tree: Tree) -> dict[str, Span]:
    """The names of a tree that are no indices of its loops, each with the place of its first use.

    >>> from gradcli.lang import parse
    >>> sorted(free_in(parse("sum(a*x[i] for i in range(n))").result))
    ['a', 'n', 'x']
    """
    found: dict[str, Span] = {}
    _find_free(tree, frozenset(), found)
    return found


def without_unread(program: Program) -> Program:
    """A program without the assignments that its result is not computed from.

    >>> from gradcli.lang import parse, unparse
    >>> unparse(without_unread(parse("a = 2*x; b = abs(a); a = a + 1; a**2")))
    'a = 2*x; a = a + 1; a**2'
    """
    read = set(free_in(program.result))
    found: list[Assignment] = []
    for assignment in reversed(program.assignments):
        if assignment.name in read:
            read.remove(assignment.name)
            read |= free_in(assignment.tree).keys()
            found.append(assignment)
    return program._replace(assignments=tuple(found[::-1]))


def _called(program: Program) -> list[Definition]:
    """The functions that are called, by others too, in the order of the text."""
    functions = {definition.name: definition for definition in program.definitions}
    stack = [program.result, *(assignment.tree for assignment in program.assignments)]
    seen: set[str] = set()
    while stack:
        for call in calls_in(stack.pop()):
            definition = functions.get(call.function)
            if definition is not None and definition.name not in seen:
                seen.add(definition.name)
                stack += [definition.body, *(p.default for p in definition.parameters if p.default is not None)]
    return [definition for definition in program.definitions if definition.name in seen]


def _find_free(tree: Tree, assigned: Set[str], found: dict[str, Span]) -> None:
    stack = [(tree, _NOTHING)]
    seen: set[tuple[int, frozenset[str]]] = set()
    while stack:
        node, hidden = stack.pop()
        if type(node) is Name:
            name, span = node.id, node.span
            if name not in hidden and name not in assigned and (name not in found or span < found[name]):
                found[name] = span
        elif type(node) is Call:
            # A chained comparison holds its middle operand twice: with each chain in a chain the walk would double.
            if node.function == "logical_and":
                if (id(node), hidden) in seen:
                    continue
                seen.add((id(node), hidden))
            stack.extend([(part, hidden) for part in _parts(node)])
        elif type(node) is Comprehension:
            bounded: list[tuple[Tree, frozenset[str]]] = []
            for target, bounds in node.clauses:
                bounded += [(bound, hidden) for bound in bounds]
                hidden = hidden | {target}
            stack.append((node.element, hidden))
            stack += bounded  # on top of the element: of nested loops the sets of hidden names are then not all alive


def calls(program: Program) -> Iterator[Call]:
    """Every call of a program in the order of the text, an outer one before those inside it.

    >>> from gradcli.lang import parse
    >>> [call.function for call in calls(parse("a = sin(x); 1 + cos(a)"))]
    ['sin', 'add', 'cos']
    """
    return (node for node in _nodes(_trees(program)) if isinstance(node, Call))


def calls_in(*trees: Tree) -> Iterator[Call]:
    """Every call of some trees, in the order of the text.

    >>> from gradcli.lang import parse
    >>> [call.function for call in calls_in(parse("1 + cos(a)").result)]
    ['add', 'cos']
    """
    return (node for node in _nodes(trees) if isinstance(node, Call))


def literals(program: Program) -> Iterator[Literal]:
    """Every literal of a program in the order of the text.

    >>> from gradcli.lang import parse
    >>> [literal.value for literal in literals(parse("a = 2*x; a**3"))]
    [2.0, 3.0]
    """
    return (node for node in _nodes(_trees(program)) if isinstance(node, Literal))


def _trees(program: Program) -> list[Tree]:
    """The trees of all statements, in order; a program without its text has no functions."""
    found = [*(assignment.tree for assignment in program.assignments), program.result]
    if program.definitions:
        for definition in program.definitions:
            found += [definition.body, *(p.default for p in definition.parameters if p.default is not None)]
        found.sort(key=_start)
    return found


def _nodes(trees: Sequence[Tree]) -> Iterator[Tree]:
    """Every part of some trees in the order of the text, a chained comparison's middle operand once."""
    stack = list(reversed(trees))
    seen: set[int] = set()
    while stack:
        node = stack.pop()
        if isinstance(node, Call):
            if id(node) in seen:
                continue
            seen.add(id(node))
            stack.extend(reversed(_parts(node)))
        elif isinstance(node, Comprehension):
            bounds = [bound for clause in node.clauses for bound in clause.bounds]
            stack.extend(reversed([node.element, *bounds]))
        yield node


def _parts(call: Call) -> Sequence[Tree]:
    """A call's arguments in the order of the text: `a if c else b` is where(c, a, b)."""
    if call.function != "where" and not call.keywords:
        return call.args
    parts = [*call.args, *(tree for _, tree in call.keywords)]
    if call.function == "where":
        parts.sort(key=_start)
    return parts


def _start(tree: Literal | Name | Call | Comprehension) -> int:
    return tree.span[0]


def has_loop(tree: Tree) -> bool:
    """Whether a tree is a loop or holds one.

    >>> from gradcli.lang import parse
    >>> has_loop(parse("2*sum(x[i] for i in range(3))").result), has_loop(parse("sum(x)").result)
    (True, False)
    """
    stack, seen = [tree], set[int]()
    while stack:
        node = stack.pop()
        if isinstance(node, Comprehension):
            return True
        if isinstance(node, Call) and id(node) not in seen:
            seen.add(id(node))
            stack += [*node.args, *(value for _, value in node.keywords)]
    return False
