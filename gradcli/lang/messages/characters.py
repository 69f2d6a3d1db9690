"""Messages about text that is no token: unknown characters, malformed numbers and strings, foreign operators."""

from __future__ import annotations

import re
import unicodedata
from itertools import takewhile

from gradcli.errors import SyntaxProblem
from gradcli.lang.messages.context import LONGEST, SIDES, called, is_ambiguous, short
from gradcli.lang.text.parser_state import ParserState
from gradcli.lang.text.tokens import KEYWORDS, Token, name_length

__all__ = ["unreadable"]

_REFUSED = {
    "&&": "write 'and'",
    "||": "write 'or', and abs(x) for an absolute value",
    "=>": "write >=",
    "=<": "write <=",
    "<>": "write !=",
    "===": "write ==",
    "!==": "write !=",
    "->": "write the expression itself, without arrows",
    ":=": "assign in a statement of its own: a = ...; then the expression",
    "<<": "write x*2**n",
    ">>": "write x//2**n",
}

_CHARACTERS = {
    "$": "write names without $",
    "?": "write a if condition else b",
    "{": "write ( ) around a part, [ ] around a list",
    "}": "write ( ) around a part, [ ] around a list",
    "\\": "write functions without a backslash, as in sin(x)",
    "`": "write names without quotes",
    "·": "write *",
    "×": "write *",
    "∙": "write *",
    "⋅": "write *",
    "∗": "write *",
    "•": "write *",
    "⊙": "write *",
    "−": "write -",
    "–": "write -",
    "—": "write -",
    "÷": "write /",
    "∕": "write /",
    "⁄": "write /",
    "∫": "there are no integrals in the language",
    "√": "write sqrt(x)",
    "∛": "write x**(1/3)",
    "≤": "write <=",
    "≥": "write >=",
    "≠": "write !=",
    "≈": "write abs(x - y) < 1e-9",
    "∧": "write 'and'",
    "∨": "write 'or'",
    "¬": "write 'not'",
    "∑": "write sum(x[i] for i in range(n))",
    "∏": "write prod(x[i] for i in range(n))",
    "∂": "write the function itself, not its derivative",
    "∇": "write the function itself, not its derivative",
    "°": "write *pi/180",
    "“": "write a string as 'text'",
    "”": "write a string as 'text'",
    "‘": "write a string as 'text'",
    "’": "write a string as 'text'",
    "…": "write ...",
}

_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"
_DIGITS = r"[0-9]+(?:_[0-9]+)*"
_NUMBER = re.compile(rf"(?:{_DIGITS}(?:\.(?:{_DIGITS})?)?|\.{_DIGITS})(?:[eE][+-]?{_DIGITS})?")


def unreadable(parser: ParserState, token: Token, left: str | None) -> SyntaxProblem:
    """The problem for a token of kind "bad", "malformed" or "refused"; `left` is the operand before it, if one is."""
    kind, text, start, _ = token
    if kind == "malformed":
        return _number(parser, token)
    if kind == "refused":
        return _operator(parser, token, left)
    if text[0] in "'\"":
        return _string(parser, start, left)
    return _character(parser, start, left)


def _operator(parser: ParserState, token: Token, left: str | None) -> SyntaxProblem:
    text = token[1]
    name = left if left is not None and left.isidentifier() else "a"
    hint = _REFUSED.get(text) or f"write {name} = {name} {text[:-1]} ..."
    return parser.problem(f"there is no operator '{text}'", token[2:], hint)


def _string(parser: ParserState, start: int, left: str | None) -> SyntaxProblem:
    source = parser.source
    quote = source[start]
    line = source[start:].splitlines()[0]
    closing = line.find(quote, 1)
    if closing > 0:
        hint = "write it without backslashes and control characters"
        return parser.problem("a string must be plain text", (start, start + closing + 1), hint)
    hint = f"write {quote} at its end"
    if left is not None:
        hint = f"write {left}.T for the transpose; a string ends with {quote}"
    return parser.problem("the string is not closed", (start, start + len(line)), hint)


def _character(parser: ParserState, start: int, left: str | None) -> SyntaxProblem:
    source = parser.source
    character = source[start]
    span = (start, start + 1)
    superscript = "".join(takewhile(_SUPERSCRIPTS.__contains__, source[start:]))
    plain = unicodedata.normalize("NFKC", character)
    if superscript:
        power = unicodedata.normalize("NFKC", superscript).replace("−", "-")
        span, hint = (start, start + len(superscript)), f"write **{short(power, '2')}"
    elif character == "!":
        hint = "write 'not'" if left is None else f"write gamma({left} + 1) for the factorial, != for unequal"
    elif character == ".":
        following = source[start + 1 : start + 2]
        elementwise = following != "" and following in "*/^"
        hint = f"write {following}: it works by element" if elementwise else "write a number as 0.5, a transpose as x.T"
    elif character in _CHARACTERS:
        hint = _CHARACTERS[character]
    elif plain != character and plain.isascii() and plain.isprintable():
        hint = f"write {plain}"
    elif character.isprintable():
        hint = "remove it: names consist of letters, digits and _"
    else:
        hint = "remove it: it cannot be seen"
    return parser.problem(f"unexpected character '{character}'", span, hint)


def _number(parser: ParserState, token: Token) -> SyntaxProblem:
    """`2x`, `1e`, `0x1F`, `1__0`, `1.2.3`, `2j`."""
    _, text, start, end = token
    span = (start, end)
    good = _NUMBER.match(text)
    assert good is not None
    number, rest = short(good[0], "2"), text[good.end() :]
    shown = short(text, text[: LONGEST - 1] + "…")
    if re.fullmatch("0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+", text) and len(text) <= LONGEST:
        return parser.problem("numbers are written in decimal digits", span, f"write {int(text, 0)}")
    if rest in ("j", "J"):
        hint = f"write {number}*{rest} if {rest} is a variable"
        return parser.problem("numbers are real: there is no imaginary unit", span, hint)
    if rest in ("e", "E"):
        hint = f"write {number}e3 for a power of ten, {number}*{rest} for a product"
        return parser.problem(f"the exponent of '{shown}' has no digits", span, hint)
    if rest in KEYWORDS:
        return parser.problem(f"a blank is missing in '{shown}'", span, f"write {number} {rest}")
    if rest.startswith("_"):
        plain = re.fullmatch("[0-9_]+", shown)
        hint = f"write {re.sub('_+', '_', text).strip('_') if plain else number}"
        return parser.problem("'_' stands only between two digits", span, hint)
    if rest.startswith("."):
        return parser.problem(
            f"'{shown}' has more than one decimal point", span, "a number has one decimal point, as in 1.25"
        )
    length = name_length(rest)
    if not length:
        return _character(parser, start + good.end(), number)
    end = start + good.end() + length
    name = rest[:length] + called(parser.source, end)
    hint = SIDES if is_ambiguous(parser) else f"write {number}*{short(name, 'x')}"
    return parser.problem(f"an operator is missing in '{short(parser.source[start:end], shown)}'", (start, end), hint)
