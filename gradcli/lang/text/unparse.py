"""From tree to text: the shortest conventional spelling that parses to the same tree."""

from __future__ import annotations

from math import copysign
from typing import TypeAlias

from gradcli.lang.text.operators import ATOM, BINARY, COMPARE, POWER, PREFIX, TERNARY, UNARY
from gradcli.lang.tree.conditional import is_conditional
from gradcli.lang.tree.nodes import Call, Comprehension, Definition, Literal, Name, Program, Tree

__all__ = ["unparse"]

Piece: TypeAlias = "str | tuple[Tree, int]"  # text, or a tree and how tightly it must bind to stand without parentheses

# function -> (operator, precedence); `&` and `|` rather than `and` and `or`, which Python does not apply to arrays.
_BINARY = {function: (text, precedence) for text, (precedence, function) in BINARY.items() if not text.isalpha()}
_PREFIX = {function: text for text, function in PREFIX.items() if text != "not"}
_TIGHT = {"*", "/", "//", "%", "**"}  # written without blanks around them

_EXPONENT_FROM = 1e16  # from here on `repr` writes whole floats with an exponent


def unparse(tree: Tree | Program) -> str:
    """Text that parses back to an equal tree, with as few parentheses as it takes.

    It is Python's expression syntax as well: powers are `**`, conditions `where(c, a, b)`, `&`, `|` and `~`.

    >>> from gradcli.lang import parse
    >>> unparse(parse("x^2-(2*x)+1.0")), unparse(parse("((-x)^2, -(x^2))"))
    ('x**2 - 2*x + 1', '[(-x)**2, -x**2]')
    """
    pieces: list[Piece] = []
    if isinstance(tree, Program):
        for place, assignment in enumerate(tree.assignments):
            pieces += _definitions(tree.definitions, place)
            if _is_part(assignment.tree):
                continue
            pieces += [f"{assignment.name} = ", (assignment.tree, TERNARY), "; "]
        pieces += _definitions(tree.definitions, len(tree.assignments))
        tree = tree.result
    pieces.append((tree, TERNARY))
    stack = pieces[::-1]
    text: list[str] = []
    while stack:
        piece = stack.pop()
        if isinstance(piece, str):
            text.append(piece)
            continue
        node, least = piece
        binds, parts = _spell(node)
        if binds < least:
            parts = ["(", *parts, ")"]
        stack.extend(reversed(parts))
    return "".join(text)


def _definitions(definitions: tuple[Definition, ...], place: int) -> list[Piece]:
    """The definitions of functions that stand after so many assignments."""
    pieces: list[Piece] = []
    for definition in definitions:
        if definition.after == place:
            parameters: list[list[Piece]] = [
                [name] if default is None else [f"{name}=", (default, TERNARY)]
                for name, default, _ in definition.parameters
            ]
            pieces += [f"{definition.name}(", *_joined(parameters), ") = ", (definition.body, TERNARY), "; "]
    return pieces


def _is_part(tree: Tree) -> bool:
    """Whether an assignment binds one of the names of `a, b = x`, whose first assignment binds them all."""
    if not isinstance(tree, Call) or tree.function != "unpack" or not isinstance(tree.args[0], Name):
        return False
    return "," in tree.args[0].id


def _spell(node: Tree) -> tuple[int, list[Piece]]:
    """How tightly a node's text binds, and the text with its subtrees still to be spelled."""
    if isinstance(node, Call):
        return _call(node)
    if isinstance(node, Name):
        return ATOM, [node.id]
    if isinstance(node, Literal):
        text = _literal(node)
        return UNARY if text.startswith("-") else ATOM, [text]
    return ATOM, ["(", *_comprehension(node), ")"]


def _literal(node: Literal) -> str:
    value = node.value
    if isinstance(value, float):
        negative_zero = value == 0 and copysign(1.0, value) < 0
        whole = value.is_integer() and abs(value) < _EXPONENT_FROM and not negative_zero
        return str(int(value)) if whole else repr(value)
    if isinstance(value, str):
        quote = '"' if "'" in value else "'"
        return f"{quote}{value}{quote}"
    return "..." if value is ... else repr(value)


def _call(node: Call) -> tuple[int, list[Piece]]:
    function, args = node.function, node.args
    if not node.keywords:
        if function == "array":
            if len(args) == 1 and isinstance(args[0], Comprehension):
                return ATOM, ["[", *_comprehension(args[0]), "]"]
            return ATOM, ["[", *_listed(args), "]"]
        if len(args) == 2 and function in _BINARY:
            return _spell_chain(node) or _operation(node)
        if len(args) == 1 and function in _PREFIX:
            return UNARY, [_PREFIX[function], (args[0], UNARY)]
        if len(args) == 1 and function == "transpose":
            return ATOM, [*_primary(args[0]), ".T"]
        if is_conditional(node):
            condition, chosen, otherwise = args
            return TERNARY, [(chosen, TERNARY + 1), " if ", (condition, TERNARY + 1), " else ", (otherwise, TERNARY)]
        if len(args) > 1 and function == "getitem":
            return ATOM, [*_primary(args[0]), "[", *_joined([_subscript(arg) for arg in args[1:]]), "]"]
    if len(args) == 1 and isinstance(args[0], Comprehension) and not node.keywords:
        return ATOM, [f"{function}(", *_comprehension(args[0]), ")"]
    spelled: list[list[Piece]] = [[(arg, TERNARY)] for arg in args]
    spelled += [[f"{keyword}=", (value, TERNARY)] for keyword, value in node.keywords]
    return ATOM, [f"{function}(", *_joined(spelled), ")"]


def _operation(node: Call) -> tuple[int, list[Piece]]:
    text, precedence = _BINARY[node.function]
    left, right = precedence, precedence + 1
    if precedence == POWER:
        left, right = ATOM, UNARY
    elif precedence == COMPARE:
        left = precedence + 1
    middle = text if text in _TIGHT else f" {text} "
    return precedence, [(node.args[0], left), middle, (node.args[1], right)]


def _spell_chain(node: Call) -> tuple[int, list[Piece]] | None:
    """The spelling of `a < b < c`, whose comparisons share the operand `b`; None for any other tree."""
    links: list[Call] = []
    rest: Tree = node
    while isinstance(rest, Call):
        joined = rest.function == "logical_and" and len(rest.args) == 2
        link = rest.args[1] if joined else rest
        if not isinstance(link, Call) or _BINARY.get(link.function, ("", 0))[1] != COMPARE or len(link.args) != 2:
            return None
        if links and links[-1].args[0] is not link.args[1]:
            return None
        links.append(link)
        if not joined:
            break
        rest = rest.args[0]
    if len(links) < 2 or links[-1] is not rest:
        return None
    pieces: list[Piece] = [(rest.args[0], COMPARE + 1)]
    for link in reversed(links):
        pieces += [f" {_BINARY[link.function][0]} ", (link.args[1], COMPARE + 1)]
    return COMPARE, pieces


def _primary(tree: Tree) -> list[Piece]:
    """The operand before an index or `.T`. A number is put in parentheses: the point would belong to it."""
    if isinstance(tree, Literal) and isinstance(tree.value, float):
        return ["(", _literal(tree), ")"]
    return [(tree, ATOM)]


def _subscript(tree: Tree) -> list[Piece]:
    if not isinstance(tree, Call) or tree.function != "slice" or len(tree.args) != 3 or tree.keywords:
        return [(tree, TERNARY)]
    start, stop, step = [[] if _is_none(part) else [(part, TERNARY)] for part in tree.args]
    pieces: list[Piece] = [*start, ":", *stop]
    return [*pieces, ":", *step] if step else pieces


def _is_none(tree: Tree) -> bool:
    return isinstance(tree, Literal) and tree.value is None


def _comprehension(tree: Comprehension) -> list[Piece]:
    pieces: list[Piece] = [(tree.element, TERNARY)]
    for target, bounds in tree.clauses:
        pieces += [f" for {target} in range(", *_listed(bounds), ")"]
    return pieces


def _listed(trees: tuple[Tree, ...]) -> list[Piece]:
    return _joined([[(tree, TERNARY)] for tree in trees])


def _joined(spelled: list[list[Piece]]) -> list[Piece]:
    pieces: list[Piece] = []
    for item in spelled:
        if pieces:
            pieces.append(", ")
        pieces += item
    return pieces
