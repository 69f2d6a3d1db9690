"""What a program refers to: its free variables, its calls and its literals."""

from __future__ import annotations

from collections.abc import Iterator

from gradcli.lang.tree.nodes import Call, Comprehension, Literal, Name, Program, Span, Tree

__all__ = ["calls", "literals", "variables"]

_NOTHING: frozenset[str] = frozenset()


def variables(program: Program) -> dict[str, Span]:
    """The names whose values a program needs, each with the place of its first use, in that order.

    Assigned names count from their assignment on, loop indices inside their loop, function names never.

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
    return dict(sorted(found.items(), key=lambda item: item[1]))


def _find_free(tree: Tree, assigned: set[str], found: dict[str, Span]) -> None:
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
    return (node for node in _nodes(program) if isinstance(node, Call))


def literals(program: Program) -> Iterator[Literal]:
    """Every literal of a program in the order of the text.

    >>> from gradcli.lang import parse
    >>> [literal.value for literal in literals(parse("a = 2*x; a**3"))]
    [2.0, 3.0]
    """
    return (node for node in _nodes(program) if isinstance(node, Literal))


def _nodes(program: Program) -> Iterator[Tree]:
    """Every part of a program in the order of the text, a chained comparison's middle operand once."""
    stack = [program.result, *(assignment.tree for assignment in reversed(program.assignments))]
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


def _parts(call: Call) -> list[Tree]:
    """A call's arguments in the order of the text: `a if c else b` is where(c, a, b)."""
    parts = [*call.args, *(tree for _, tree in call.keywords)]
    if call.function == "where":
        parts.sort(key=_start)
    return parts


def _start(tree: Literal | Name | Call | Comprehension) -> int:
    return tree.span[0]
