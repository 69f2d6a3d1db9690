"""From names as users write them to entries of the table: aliases, arities, calls that mean another one."""

from __future__ import annotations

from typing import NamedTuple

from gradcli.errors import Span, UsageProblem
from gradcli.lang import Assignment, Call, Literal, Name, Program, Tree, fold
from gradcli.ops.calls.bind import arity_problem
from gradcli.ops.entry.op import Op
from gradcli.ops.table.lookup import lookup

__all__ = ["resolve"]


class _Typed(NamedTuple):
    """A resolved tree; `gives` is the operation that gives several outputs, if the tree stands for several."""

    tree: Tree
    gives: str = ""


def resolve(program: Program) -> Program:
    """The same program with every call under its operation's canonical name, each known to fit its signature.

    `max(a, b)` becomes maximum(a, b), as in Python; `stack([a, b])` and `concatenate([a, b])` take the
    list's items as their arguments, as in NumPy. What picks one of an operation's several outputs, as in
    `qr(A)[0]` and `q, r = qr(A)`, becomes a call of output.

    Raises:
        NameProblem: for an unknown function, with its place.
        UsageProblem: for a call with too many, too few or unknown arguments, and for several outputs in the
            place of one array, with the place.

    >>> from gradcli.lang import parse, unparse
    >>> unparse(resolve(parse("arcsin(max(x, y, 0))")))
    'asin(maximum(maximum(x, y), 0))'
    >>> unparse(resolve(parse("qr(x)[0]")))
    'output(qr(x), 0)'
    """
    known: dict[str, str] = {}

    def literal(node: Literal) -> _Typed:
        return _Typed(node)

    def name(node: Name) -> _Typed:
        return _Typed(node, known.get(node.id, ""))

    def call(node: Call, args: list[_Typed], keywords: dict[str, _Typed]) -> _Typed:
        return _resolve_call(program.source, node, args, keywords)

    assignments = []
    for assignment in program.assignments:
        tree, known[assignment.name] = fold(assignment.tree, literal, name, call)
        assignments.append(Assignment(assignment.name, tree, assignment.span))
    result = fold(program.result, literal, name, call)
    if result.gives:
        raise _not_an_array("the result is", result, program.source)
    return Program(program.source, tuple(assignments), result.tree)


def _not_an_array(where: str, found: _Typed, source: str) -> UsageProblem:
    span = found.tree.span
    text = source[slice(*span)]
    pick = f"{text}[0]" if len(text) <= 30 and "\n" not in text else f"{found.gives}(...)[0]"
    message = f"{where} all outputs of {found.gives}, not one array"
    return UsageProblem(message, source=source, span=span, hint=f"pick one, {pick}, or name them: a, b = ...")


def _resolve_call(source: str, node: Call, args: list[_Typed], keywords: dict[str, _Typed]) -> _Typed:
    op = lookup(node.function, source, node.head)
    first = args[0] if args else _Typed(node)
    named = {key: typed.tree for key, typed in keywords.items()}
    trees = [typed.tree for typed in args]
    if first.gives and not keywords and op.name in ("getitem", "unpack"):
        return _picked(source, node, op, args)
    takes_lists = op.variadic and "axis" in op.statics and node.function != "array"
    joins = takes_lists and len(args) <= 2
    for i, typed in enumerate([*args, *keywords.values()]):
        if typed.gives and not (joins and i == 0):
            raise _not_an_array(f"{node.function} takes arrays, and this is", typed, source)
    if op.pairwise and len(args) > 1:
        return _Typed(_chain(op.pairwise, trees, node.span, node.head))
    if takes_lists and args and _is_list(first.tree):
        assert isinstance(first.tree, Call)
        rest = {"axis": trees[1], **named} if len(args) == 2 else named
        trees, named = list(first.tree.args), rest
    if first.gives and len(args) == 2:
        trees, named = trees[:1], {"axis": trees[1], **named}
    problem = arity_problem(op, len(trees), tuple(named))
    if problem is not None:
        raise problem.locate(source, node.head)
    made = Call(op.name, tuple(trees), node.span, node.head, tuple(named.items()))
    return _Typed(made, op.name if op.multi_output else "")


def _picked(source: str, node: Call, op: Op, args: list[_Typed]) -> _Typed:
    """One output, or with a slice some of them."""
    outputs, *rest = args
    for typed in rest:
        if typed.gives:
            raise _not_an_array("an index is a whole number, and this is", typed, source)
    trees = tuple(typed.tree for typed in args)
    if op.name == "unpack":
        return _Typed(Call("output", trees, node.span, node.head))
    if len(rest) != 1:
        hint = f"pick the output first: {outputs.gives}(...)[0][i, j]"
        message = f"the outputs of {outputs.gives} have one index"
        raise UsageProblem(message, source=source, span=node.span, hint=hint)
    index = rest[0].tree
    some = isinstance(index, Call) and index.function == "slice"
    return _Typed(Call("output", trees, node.span, node.head), outputs.gives if some else "")


def _is_list(node: Tree) -> bool:
    return isinstance(node, Call) and node.function == "stack"


def _chain(function: str, args: list[Tree], span: Span, head: Span) -> Tree:
    result = args[0]
    for arg in args[1:]:
        result = Call(function, (result, arg), span, head)
    return result
