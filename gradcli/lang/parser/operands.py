"""Reading a token where an operand is expected: a function for each kind of token. It returns what is expected next."""

from __future__ import annotations

from math import isinf

from gradcli.lang import messages
from gradcli.lang.parser.operations import leave, read_close, read_comma
from gradcli.lang.text.operators import NOT, PREFIX, UNARY
from gradcli.lang.text.parser_state import (
    CALL,
    CLOSING,
    GROUP,
    INDEX,
    LIST,
    OPERAND,
    OPERATOR,
    STATEMENT,
    Frame,
    ParserState,
)
from gradcli.lang.text.tokens import Token
from gradcli.lang.tree.nodes import Constant, Literal, Name, Tree

__all__ = [
    "read_constant",
    "read_ellipsis",
    "read_empty_close",
    "read_empty_colon",
    "read_empty_comma",
    "read_empty_end",
    "read_name",
    "read_not",
    "read_number",
    "read_open",
    "read_prefix",
    "read_string",
]

_CONSTANTS: dict[str, Constant] = {"True": True, "False": False, "None": None, "...": ...}


def read_number(parser: ParserState, token: Token) -> int:
    """A number, which must fit float64."""
    _, text, start, end = token
    value = float(text)
    if isinf(value):
        raise messages.missing.overflow(parser, token)
    return _operand(parser, Literal(value, (start, end)), start, end)


def read_name(parser: ParserState, token: Token) -> int:
    """A name; whether it is a function's shows later."""
    _, text, start, end = token
    return _operand(parser, Name(text, (start, end)), start, end)


def read_string(parser: ParserState, token: Token) -> int:
    """A string without its quotes."""
    _, text, start, end = token
    return _operand(parser, Literal(text[1:-1], (start, end)), start, end)


def read_constant(parser: ParserState, token: Token) -> int:
    """`True`, `False` or `None`."""
    _, text, start, end = token
    return _operand(parser, Literal(_CONSTANTS[text], (start, end)), start, end)


def read_ellipsis(parser: ParserState, token: Token) -> int:
    """`...`, which is an index only."""
    if parser.frame.kind != INDEX:
        raise messages.missing.ellipsis(parser, token)
    return read_constant(parser, token)


def _operand(parser: ParserState, tree: Tree, start: int, end: int) -> int:
    frame = parser.frame
    frame.operands.append(tree)
    frame.starts.append(start)
    parser.end = end
    return OPERATOR


def read_prefix(parser: ParserState, token: Token) -> int:
    """A sign or `~`."""
    _, text, start, end = token
    parser.frame.operators.append((UNARY, PREFIX[text], (start, end), start))
    return OPERAND


def read_not(parser: ParserState, token: Token) -> int:
    """`not`, which cannot follow an operator that binds more tightly."""
    _, text, start, end = token
    operators = parser.frame.operators
    if operators and operators[-1][0] > NOT:
        raise messages.misplaced.not_inside(parser, token)
    operators.append((NOT, PREFIX[text], (start, end), start))
    return OPERAND


def read_open(parser: ParserState, token: Token) -> int:
    """A parenthesis or a list."""
    _, text, start, end = token
    parser.outer.append(parser.frame)
    parser.frame = Frame(GROUP if text == "(" else LIST, start, (start, end))
    return OPERAND


def read_empty_comma(parser: ParserState, token: Token) -> int:
    """A comma where an operand is expected: after a slice such as `:`."""
    if not parser.frame.parts or parser.frame.operators:
        raise messages.missing.missing_operand(parser, token)
    return read_comma(parser, token)


def read_empty_close(parser: ParserState, token: Token) -> int:
    """A closing bracket where an operand is expected: of `f()`, `[]`, after a last comma or a slice."""
    frame = parser.frame
    if CLOSING.get(frame.kind) != token[1]:
        raise messages.misplaced.wrong_closing(parser, token)
    if frame.parts and not frame.operators:
        return read_close(parser, token)
    trailing = frame.comma is not None or frame.kind in (LIST, CALL)
    if not trailing or frame.operators or frame.target or frame.index:
        raise messages.missing.missing_operand(parser, token)
    return leave(parser, token)


def read_empty_colon(parser: ParserState, token: Token) -> int:
    """A colon where an operand is expected: that part of the slice is left out."""
    _, _, start, end = token
    frame = parser.frame
    if frame.kind != INDEX or len(frame.parts) == 2:
        raise messages.misplaced.misplaced_colon(parser, token)
    if frame.operators:
        raise messages.missing.missing_operand(parser, token)
    frame.parts.append((Literal(None, (start, start)), start, (start, end)))
    return OPERAND


def read_empty_end(parser: ParserState, token: Token) -> int:
    """The end of an empty statement or after a last comma; otherwise a newline is a blank."""
    frame = parser.frame
    kind = token[0]
    if frame.kind != STATEMENT:
        if kind == "newline":
            return OPERAND
        raise messages.misplaced.unclosed(parser, token)
    if frame.operators or ((frame.target is not None or frame.defined is not None) and not frame.items):
        if kind == "newline":
            return OPERAND
        raise messages.missing.missing_operand(parser, token)
    if frame.items:
        parser.finish_statement()
    return OPERAND
