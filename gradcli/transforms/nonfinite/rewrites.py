"""Parts of a program that can be written so that they neither overflow nor cancel.

Which expressions an operation stands for, its entry says (`replaces`); the pairs here replace one expression by
another. Each pair is equal wherever both sides have real values, which the tests have SymPy confirm, and which is
confirmed again for what is found in a user's program.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple, TypeAlias, TypeGuard

from gradcli.lang import (
    Call,
    Comprehension,
    Literal,
    Name,
    Program,
    Span,
    Tree,
    equal,
    fold,
    parse,
    unparse,
    variables,
)
from gradcli.lang.tree.nodes import DERIVATIVES
from gradcli.ops import TABLE, lookup
from gradcli.ops.calls.resolve import resolve
from gradcli.transforms.nonfinite.common_factor import without_common_factor
from gradcli.transforms.results.findings import Remedy

__all__ = ["PAIRS", "Candidate", "candidates", "pairs"]

PAIRS = (
    ("sqrt(a)**2", "a"),
    ("sqrt(a)*sqrt(a)", "a"),
    ("(a**2)**0.5", "abs(a)"),
    ("norm(a)**2", "sum(a**2)"),
    ("abs(a)**2", "a**2"),
    ("1/(1/a)", "a"),
    ("a/a", "a**0"),
    ("a**2/a", "a"),
    ("sin(a)/a", "sinc(a/pi)"),
    ("(1 - cos(a))/a**2", "sinc(a/(2*pi))**2/2"),
    ("tan(a)/a", "sinc(a/pi)/cos(a)"),
    ("(a**2 - b**2)/(a - b)", "a + b"),
    ("((a + b)**2 - a**2)/b", "2*a + b"),
    ("(sqrt(1 + a) - 1)/a", "1/(sqrt(1 + a) + 1)"),
    ("(sqrt(a) - sqrt(b))/(a - b)", "1/(sqrt(a) + sqrt(b))"),
    ("(sqrt(a + b) - sqrt(a))/b", "1/(sqrt(a + b) + sqrt(a))"),
    ("a**2 - b**2", "(a - b)*(a + b)"),
    ("exp(log(a))", "a"),
    ("log(exp(a))", "a"),
    ("exp(a)*exp(b)", "exp(a + b)"),
    ("exp(a)/exp(b)", "exp(a - b)"),
    ("1/(1 + exp(a))", "sigmoid(-a)"),
    ("exp(-a)/(1 + exp(-a))", "sigmoid(-a)"),
    ("exp(a)/(1 + exp(a))**2", "sigmoid(a)*sigmoid(-a)"),
    ("exp(-a)/(1 + exp(-a))**2", "sigmoid(a)*sigmoid(-a)"),
    ("log(1 - sigmoid(a))", "-softplus(a)"),
    ("log(1 - exp(-a))", "log(-expm1(-a))"),
    ("log(cosh(a))", "logaddexp(a, -a) - log(2)"),
    ("log(a**b)", "b*log(a)"),
    ("log(exp(a)/exp(b))", "a - b"),
    ("gamma(a)/gamma(b)", "exp(lgamma(a) - lgamma(b))"),
    ("sinh(a)/cosh(a)", "tanh(a)"),
    ("condition*a", "where(condition, a, 0)"),
)
"""What to look for, over names that stand for anything (`condition` for a comparison), and what to write."""

Bound: TypeAlias = dict[str, Tree]


class Candidate(NamedTuple):
    """A remedy, and both texts with the assigned names written out."""

    remedy: Remedy
    before: str
    after: str


class Pair(NamedTuple):
    """A pattern, and what takes its place."""

    pattern: Tree
    replacement: Tree


@cache
def pairs() -> tuple[Pair, ...]:
    """All of them, the operations' own first.

    >>> any(unparse(pair.replacement) == "log1p(x)" for pair in pairs())
    True
    """
    own = [(text, f"{op.name}({', '.join(op.params)})") for op in TABLE.values() for text in op.unstable_forms]
    texts = sorted([*own, *PAIRS], key=lambda pair: -len(pair[0]))
    return tuple(Pair(resolve(parse(before)).result, resolve(parse(after)).result) for before, after in texts)


def candidates(source: str, span: tuple[int, int]) -> Iterator[Candidate]:
    """What could be written in another way: what holds a place first, the smallest part of it first.

    >>> [c.remedy.program for c in candidates("1 + log(exp(a) + exp(b))", (8, 14))]
    ['1 + logaddexp(a, b)']
    """
    program = parse(source)
    assigned = _assigned(program)
    changing = {a.name for a in program.assignments} - assigned.keys()
    found: list[tuple[bool, int, Call, Tree, Mapping[str, Tree]]] = []
    for node, own in _places(program, assigned):
        holds = node.span[0] <= span[0] and span[1] <= node.span[1]
        length = node.span[1] - node.span[0]
        found += [(not holds, length, node, after, own) for after in _rewritten(node, own)]
    for _, _, node, after, own in sorted(found, key=lambda item: item[:2]):
        start, end = node.span
        text = _in_place(source, node.span, unparse(after))
        remedy = Remedy(node.span, source[start:end], text, source[:start] + text + source[end:])
        before, written = _written_out(node, own), _written_out(after, own)
        if before and written and not _reads(before) & changing:
            yield Candidate(remedy, before, written)


def _rewritten(node: Call, assigned: Mapping[str, Tree]) -> Iterator[Tree]:
    """What may be written for a call; for c*a/b also what may be written for a/b, times c."""
    whole: list[tuple[Tree | None, Tree]] = [(None, node)]
    above, below = node.args if _is_plain(node, "div", 2) else (None, node)
    if _is_plain(above, "mul", 2):
        first, second = above.args
        whole += [(first, _call("div", second, below)), (second, _call("div", first, below))]
    for factor, tree in whole:
        if _is_plain(tree, "div", 2):
            quotient = without_common_factor(*tree.args)
            if quotient is not None:
                yield quotient if factor is None else _call("mul", factor, quotient)
        for pair in pairs():
            bound = _match(pair.pattern, tree, {}, assigned)
            if bound is not None:
                after = _put(pair.replacement, bound)
                yield after if factor is None else _call("mul", factor, after)


def _is_plain(tree: Tree | None, function: str, count: int) -> TypeGuard[Call]:
    """Whether a tree is a call of a function with so many arguments, none of them by its name."""
    return isinstance(tree, Call) and tree.function == function and len(tree.args) == count and not tree.keywords


def _assigned(program: Program) -> dict[str, Tree]:
    """The assigned names, without those that are assigned twice."""
    found: dict[str, Tree] = {}
    twice: set[str] = set()
    for assignment in program.assignments:
        if assignment.name in found:
            twice.add(assignment.name)
        found[assignment.name] = assignment.tree
    return {name: tree for name, tree in found.items() if name not in twice}


def _places(program: Program, assigned: Mapping[str, Tree]) -> Iterator[tuple[Call, Mapping[str, Tree]]]:
    """The calls of a program with the names that are assigned there: in a function's body not its parameters."""
    functions = {definition.name for definition in program.definitions} | DERIVATIVES
    trees = [(program.result, assigned), *((a.tree, assigned) for a in program.assignments)]
    for definition in program.definitions:
        hidden = {parameter.name for parameter in definition.parameters}
        trees.append((definition.body, {name: tree for name, tree in assigned.items() if name not in hidden}))
    for tree, own in trees:
        for node in _calls(tree):
            if not functions & {call.function for call in _calls(node)}:
                yield node, own


def _calls(tree: Tree) -> Iterator[Call]:
    stack: list[Tree] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, Call):
            yield node
            stack += [*node.args, *(tree for _, tree in node.keywords)]
        elif isinstance(node, Comprehension):
            stack.append(node.element)


def _match(pattern: Tree, tree: Tree, bound: Bound, assigned: Mapping[str, Tree]) -> Bound | None:
    """What the pattern's names stand for in a tree; None if it is no such tree. As deep as the pattern is."""
    if isinstance(pattern, Name) and pattern.id not in ("pi", "e"):
        return _bind(pattern.id, tree, bound, assigned)
    for view in _views(tree, assigned):
        if isinstance(pattern, Call) and isinstance(view, Call):
            found = _match_call(pattern, view, bound, assigned)
            if found is not None:
                return found
        elif not isinstance(pattern, Call) and equal(pattern, view):
            return bound
    return None


def _bind(name: str, tree: Tree, bound: Bound, assigned: Mapping[str, Tree]) -> Bound | None:
    if name in bound:
        return bound if equal(bound[name], tree) else None
    if name == "condition" and not any(_is_condition(view) for view in _views(tree, assigned)):
        return None
    return {**bound, name: tree}


def _is_condition(tree: Tree) -> bool:
    return isinstance(tree, Call) and lookup(tree.function).kind == "predicate" and tree.function != "len"


def _match_call(pattern: Call, tree: Call, bound: Bound, assigned: Mapping[str, Tree]) -> Bound | None:
    if _canonical(tree.function) != pattern.function or tree.keywords or len(tree.args) != len(pattern.args):
        return None
    orders = [tree.args]
    if pattern.function in ("add", "mul"):
        orders.append(tree.args[::-1])
    for args in orders:
        found: Bound | None = bound
        for part, arg in zip(pattern.args, args, strict=True):
            found = None if found is None else _match(part, arg, found, assigned)
        if found is not None:
            return found
    return None


def _canonical(function: str) -> str:
    return lookup(function).name


def _views(tree: Tree, assigned: Mapping[str, Tree]) -> Iterator[Tree]:
    """A tree, and how else the same may be written."""
    seen = 0
    while isinstance(tree, Name) and tree.id in assigned and seen < len(assigned):
        tree, seen = assigned[tree.id], seen + 1
    yield tree
    if not isinstance(tree, Call) or not tree.args or tree.keywords:
        return
    name, args = _canonical(tree.function), tree.args
    if name == "square" or (name == "mul" and equal(args[0], args[1])):
        yield _call("pow", args[0], _literal(2))
    if name == "pow" and isinstance(args[1], Literal) and args[1].value == 0.5:
        yield _call("sqrt", args[0])
    if name == "reciprocal":
        yield _call("div", _literal(1), args[0])
    if name in ("mul", "div") and _is_plain(args[0], "neg", 1):
        yield _call("neg", _call(name, args[0].args[0], args[1]))


def _put(replacement: Tree, bound: Bound) -> Tree:
    def call(node: Call, args: list[Tree], keywords: dict[str, Tree]) -> Tree:
        return _call(node.function, *args)

    return fold(replacement, lambda node: node, lambda node: bound.get(node.id, node), call)


def _in_place(source: str, span: Span, text: str) -> str:
    """A text that may stand in the place of a part of the source: in parentheses, if it needs them."""
    start, end = span
    bare, enclosed = (parse(source[:start] + t + source[end:]) for t in (text, f"({text})"))
    return text if equal(bare, enclosed) else f"({text})"


def _reads(text: str) -> set[str]:
    return set(variables(parse(text)))


_LONGEST = 4_000


def _written_out(tree: Tree, assigned: Mapping[str, Tree]) -> str:
    """A tree's text with the assigned names' expressions; "" if it holds a loop or becomes too long."""
    try:
        while True:
            text = unparse(tree)
            if len(text) > _LONGEST:
                return ""
            inner = fold(tree, lambda node: node, lambda node: assigned.get(node.id, node), _same_call)
            if equal(inner, tree):
                return text
            tree = inner
    except TypeError:  # a comprehension
        return ""


def _same_call(node: Call, args: list[Tree], keywords: dict[str, Tree]) -> Tree:
    return Call(node.function, tuple(args), node.span, node.head, tuple(keywords.items()))


def _call(function: str, *args: Tree) -> Call:
    return Call(function, args, (0, 0), (0, 0))


def _literal(value: float) -> Literal:
    return Literal(float(value), (0, 0))
