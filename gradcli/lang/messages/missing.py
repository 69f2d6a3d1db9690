"""Messages about a missing operand or operator: a function for each mistake, whose docstring shows examples of it."""

from __future__ import annotations

from itertools import takewhile
from typing import NoReturn

from gradcli.errors import SyntaxProblem
from gradcli.lang.messages.characters import unreadable
from gradcli.lang.messages.context import (
    PYTHON_WORDS,
    SIDES,
    called,
    is_ambiguous,
    left_text,
    right_text,
    short,
    token_before,
    tokens_after,
)
from gradcli.lang.text.operators import BINARY
from gradcli.lang.text.parser_state import CALL, INDEX, LIST, STATEMENT, ParserState
from gradcli.lang.text.tokens import UNREADABLE, Token
from gradcli.lang.tree.nodes import Literal, Name

__all__ = [
    "attribute",
    "decimal_comma",
    "ellipsis",
    "expected_operand",
    "expected_operator",
    "missing_operand",
    "missing_operator",
    "overflow",
]

_MODULES = ("F", "cmath", "jax", "jnp", "math", "nn", "np", "numpy", "scipy", "sp", "sympy", "tf", "torch")


def expected_operand(parser: ParserState, token: Token) -> NoReturn:
    """Any token that cannot begin an operand."""
    if token[0] in UNREADABLE:
        raise unreadable(parser, token, None)
    raise missing_operand(parser, token)


def missing_operand(parser: ParserState, token: Token) -> SyntaxProblem:
    """`x +`, `* x`, `x ** * y`, `()`, `x[]`."""
    kind, text, start, end = token
    text = short(text, "...")
    before, frame = token_before(parser, token), parser.frame
    hint = "write a number, a name or a parenthesis there"
    begins = frame.kind == STATEMENT and not frame.operators and not frame.items
    begins = begins and frame.target is None and frame.defined is None
    if before is None or begins:
        if text in BINARY and before is not None and before[0] != "semicolon":
            hint = "to continue the line above, end it with the operator"
        hint = _start_hint(parser, token) or hint
        return parser.problem(f"an operand is missing before '{text}'", (start, end), hint)
    span = (before[2], end)
    if kind in ("end", "semicolon", "newline"):
        if before[1] == "|":
            hint = "write abs(x) for an absolute value"
        return parser.problem(f"an operand is missing after '{before[1]}'", before[2:], hint)
    if kind == "close" and before[0] in ("paren", "bracket"):
        if frame.kind == INDEX:
            return parser.problem("the index is empty", span, "write x[0] for an element, x[:] for all of them")
        return parser.problem("the parentheses are empty", span, "write an expression in them, or [] for an empty list")
    glued = before[1] + text
    if glued == "==":
        return parser.problem("'=' stands twice", span, "write == without a blank to compare")
    if glued in BINARY:
        hint = f"write {glued} without a blank"
    elif text == "|":
        hint = _start_hint(parser, token) or hint
    message = f"an operand is missing between '{before[1]}' and '{text}'"
    return parser.problem(message, span, hint)


def _start_hint(parser: ParserState, token: Token) -> str | None:
    if token[1] == "|":
        inner = parser.source[token[3] :].partition("|")[0].strip()
        return f"write abs({short(inner, 'x') or 'x'}) for an absolute value"
    if token[1] == "=":
        return "write a name before it"
    return None


def overflow(parser: ParserState, token: Token) -> SyntaxProblem:
    """`1e999`."""
    text = short(token[1], "this number")
    return parser.problem(f"{text} overflows float64", token[2:], "the largest number is about 1.8e308")


def expected_operator(parser: ParserState, token: Token) -> NoReturn:
    """Any token that cannot follow an operand."""
    if token[0] in UNREADABLE:
        raise unreadable(parser, token, left_text(parser))
    if token[0] == "ellipsis":
        raise ellipsis(parser, token)
    raise missing_operator(parser, token)


def missing_operator(parser: ParserState, token: Token) -> SyntaxProblem:
    """`2 x`, `sin x`, `(x+1)(x-1)`, `x is y`, `x in y`."""
    kind, text, start, end = token
    name = parser.frame.operands[-1]
    word = name.id if isinstance(name, Name) else ""
    if word in PYTHON_WORDS and word != "is":
        return parser.problem(f"there is no '{word}' in the language", name.span, PYTHON_WORDS[word])
    if text == "is" or kind == "in":
        return parser.problem(f"there is no operator '{text}'", (start, end), "compare with ==")
    left, right = left_text(parser), right_text(parser, token)
    span = (parser.frame.starts[-1], end)
    if kind == "not":
        return parser.problem("'not' cannot follow an operand", (start, end), f"write {left} and not ..., or !=")
    if kind == "string" or (isinstance(name, Literal) and isinstance(name.value, str)):
        hint = "write a comma between two arguments, and x.T for a transpose"
    elif parser.frame.kind in (LIST, CALL) and kind != "paren":
        hint = f"write {left}, {right} for two of them, {left}*{right} for the product"
    elif len(word) > 1 and kind in ("name", "number"):
        hint = f"write {left}({right}) to apply a function, {left}*{right} to multiply"
    elif is_ambiguous(parser):
        hint = SIDES
    else:
        hint = f"write {left}*{right}"
    return parser.problem(f"an operator is missing between '{left}' and '{right}'", span, hint)


def attribute(parser: ParserState, token: Token) -> SyntaxProblem:
    """`np.sin(x)`, `math.pi`, `x.sum()`, `x.shape`."""
    left, after = left_text(parser), tokens_after(parser, token)
    if left in _MODULES:
        path = [token, *takewhile(lambda other: other[0] == "attribute", after)]
        _, text, _, end = path[-1]
        hint = f"write {text[1:].lstrip()}{called(parser.source, end)}"
        return parser.problem("names stand without their module", (parser.frame.starts[-1], end), hint)
    name, arguments = token[1][1:].lstrip(), called(parser.source, token[3])
    if arguments:
        inside = arguments[1:-1].strip()
        hint = f"write {name}({left}, {inside})" if inside else f"write {name}({left})"
        return parser.problem("functions are not written as methods", (parser.frame.starts[-1], token[3]), hint)
    return parser.problem(f"there is no attribute '.{name}'", token[2:], "the only one is .T, the transpose")


def decimal_comma(parser: ParserState, token: Token) -> SyntaxProblem:
    """`1,5*x`."""
    follows = tokens_after(parser, token)[0]
    start = parser.frame.starts[-1]
    left, right = left_text(parser), short(follows[1], "...")
    number = f"{left}.{right} with a decimal point"
    if "." in left:  # 1.234,5
        number = f"{left.replace('.', '')}.{right} with one decimal point"
    elif len(right) == 3:
        number = f"{left}{right} or {left}.{right} for one number"
    hint = f"write {number}; for a vector [{left}, {right}], or a blank after the comma"
    return parser.problem("a comma between digits is ambiguous", (start, follows[3]), hint)


def ellipsis(parser: ParserState, token: Token) -> SyntaxProblem:
    """`1 + ... + n`."""
    hint = "write a sum as sum(i**2 for i in range(1, 11))"
    return parser.problem("'...' stands only in an index", token[2:], hint)
