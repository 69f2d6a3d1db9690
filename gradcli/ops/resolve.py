"""From names as users write them to entries of the table: aliases, arities, calls that mean another one."""

from __future__ import annotations

from gradcli.errors import Span
from gradcli.lang import Assignment, Call, Literal, Name, Program, Tree, fold
from gradcli.ops.bind import arity_problem
from gradcli.ops.table import lookup

__all__ = ["resolve"]


def resolve(program: Program) -> Program:
    """The same program with every call under its operation's canonical name, each known to fit its signature.

    `max(a, b)` becomes maximum(a, b), as in Python; `stack([a, b])` and `concatenate([a, b])` take the
    list's items as their arguments, as in NumPy.

    Raises:
        NameProblem: for an unknown function, with its place.
        UsageProblem: for a call with too many, too few or unknown arguments, with its place.

    >>> from gradcli.lang import parse, unparse
    >>> unparse(resolve(parse("arcsin(max(x, y, 0))")))
    'asin(maximum(maximum(x, y), 0))'
    """

    def call(node: Call, args: list[Tree], keywords: dict[str, Tree]) -> Tree:
        return _resolve_call(program.source, node, args, keywords)

    def same(node: Literal | Name) -> Tree:
        return node

    def tree(node: Tree) -> Tree:
        return fold(node, same, same, call)

    return Program(
        program.source,
        tuple(Assignment(a.name, tree(a.tree), a.span) for a in program.assignments),
        tree(program.result),
    )


def _resolve_call(source: str, node: Call, args: list[Tree], keywords: dict[str, Tree]) -> Tree:
    op = lookup(node.function, source, node.head)
    if op.pairwise and len(args) > 1:
        return _chain(op.pairwise, args, node.span, node.head)
    if op.variadic and node.function != "array" and args and _is_list(args[0]):
        first = args[0]
        assert isinstance(first, Call)
        rest = {"axis": args[1], **keywords} if len(args) == 2 else keywords
        args, keywords = list(first.args), rest
    problem = arity_problem(op, len(args), tuple(keywords))
    if problem is not None:
        raise problem.locate(source, node.head)
    return Call(op.name, tuple(args), node.span, node.head, tuple(keywords.items()))


def _is_list(node: Tree) -> bool:
    return isinstance(node, Call) and node.function == "stack"


def _chain(function: str, args: list[Tree], span: Span, head: Span) -> Tree:
    result = args[0]
    for arg in args[1:]:
        result = Call(function, (result, arg), span, head)
    return result
