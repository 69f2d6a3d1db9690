"""From tokens to a program, by a state machine with a stack of its own, so that no input is nested too deeply.

The state is what is expected next. Where an OPERAND is expected, these may stand:

    number | string | name | constant | '...'         an operand: go on with OPERATOR
    '(' | '['                                         a parenthesis, a list: OPERAND inside
    '-' | '+' | '~' | 'not'                           a prefix: OPERAND again
    ')' | ']' | ',' | ':'                             where an operand may be left out: f(), [a, ], x[:, 1:]

and where an OPERATOR is expected:

    '+' | '*' | '**' | '<' | 'and' | 'if' | ...       an operand follows: OPERAND
    '(' | '[' | '.T'                                  a call, an index, a transpose
    ')' | ']'                                         the bracket's value is an operand: OPERATOR
    ',' | ':' | '=' | ';' | newline                   the next item, slice part, value, statement: OPERAND
    'for' name 'in'                                   LOOP_INDEX, LOOP_IN; then OPERAND, for the range

In each state the token's kind selects the function that reads the token and returns the next state; a kind without
one is an error.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NoReturn, TypeAlias

from gradcli.lang import messages
from gradcli.lang.parser import operands, operations
from gradcli.lang.text.parser_state import LOOP_IN, LOOP_INDEX, OPERAND, OPERATOR, ParserState
from gradcli.lang.text.tokens import Token, tokenize
from gradcli.lang.tree.nodes import Program

__all__ = ["parse"]

_Readers: TypeAlias = dict[str, Callable[[ParserState, Token], int]]

_OPERAND: _Readers = {
    "number": operands.read_number,
    "name": operands.read_name,
    "string": operands.read_string,
    "constant": operands.read_constant,
    "ellipsis": operands.read_ellipsis,
    "sign": operands.read_prefix,
    "tilde": operands.read_prefix,
    "not": operands.read_not,
    "paren": operands.read_open,
    "bracket": operands.read_open,
    "comma": operands.read_empty_comma,
    "close": operands.read_empty_close,
    "colon": operands.read_empty_colon,
    "newline": operands.read_empty_end,
    "semicolon": operands.read_empty_end,
    "end": operands.read_empty_end,
}

_OPERATOR: _Readers = {
    "operator": operations.read_binary,
    "sign": operations.read_binary,
    "if": operations.read_if,
    "else": operations.read_else,
    "paren": operations.read_call,
    "bracket": operations.read_index,
    "attribute": operations.read_attribute,
    "comma": operations.read_comma,
    "colon": operations.read_colon,
    "assign": operations.read_assign,
    "for": operations.read_for,
    "close": operations.read_close,
    "newline": operations.read_end,
    "semicolon": operations.read_end,
    "end": operations.read_end,
}

_LOOP_INDEX: _Readers = {
    "name": operations.read_loop_index,
    "newline": operations.stay_at_loop_index,
}

_LOOP_IN: _Readers = {
    "in": operations.read_loop_in,
    "newline": operations.stay_at_loop_in,
}

_STATES = {OPERAND: _OPERAND, OPERATOR: _OPERATOR, LOOP_INDEX: _LOOP_INDEX, LOOP_IN: _LOOP_IN}


def parse(source: str) -> Program:
    """Read a program: assignments, then the expression whose value is the program's.

    Raises:
        SyntaxProblem: for every text that is not in the language, with its place and a hint.

    >>> parse("a = x + 1; 2*a").result.function
    'mul'
    >>> parse("2x")
    Traceback (most recent call last):
        ...
    gradcli.errors.SyntaxProblem: an operator is missing in '2x'
      2x
      ^^
    hint: write 2*x
    """
    return _read(source)


@lru_cache(maxsize=1)  # a check reads the program again, in a fork of this process too, which has this then
def _read(source: str) -> Program:
    parser = ParserState(source)
    states = _STATES
    state = OPERAND
    for token in tokenize(source):
        read = states[state].get(token[0])
        if read is None:
            _refuse(state, parser, token)
        state = read(parser, token)
    return parser.program()


def _refuse(state: int, parser: ParserState, token: Token) -> NoReturn:
    """Complain of a token that cannot stand where the state expects another one."""
    refusals = {
        OPERAND: messages.missing.expected_operand,
        OPERATOR: messages.missing.expected_operator,
        LOOP_INDEX: messages.misplaced.expected_index,
        LOOP_IN: messages.misplaced.expected_in,
    }
    refusals[state](parser, token)
