"""The text around the place where the parser cannot go on, as its hints repeat it.

Nothing here runs for a correct text, so that each function may look at the whole text again.
"""

from __future__ import annotations

from gradcli.lang.frame import Parser
from gradcli.lang.tokens import Token, tokenize

__all__ = ["after", "before", "bracketed", "left", "right", "short"]

_LONGEST = 24  # of a piece of the user's text


def before(parser: Parser, token: Token) -> Token | None:
    before = [t for t in tokenize(parser.source) if t[2] < token[2] and t[0] != "newline"]
    return before[-1] if before else None


def after(parser: Parser, token: Token) -> list[Token]:
    return [t for t in tokenize(parser.source) if t[2] > token[2] or t[3] > token[3]]


def short(text: str, otherwise: str) -> str:
    return text if len(text) <= _LONGEST and "\n" not in text else otherwise


def left(parser: Parser) -> str:
    """The text of the last operand, its parentheses included."""
    text = parser.source[parser.frame.starts[-1] : parser.end]
    return short(text, "(...)" if text.endswith(")") else "...")


def bracketed(parser: Parser, tokens: list[Token]) -> str:
    """The text of the bracket that opens with the first token, up to its partner."""
    depth = 0
    for kind, _, _, end in tokens:
        depth += (kind in ("paren", "bracket")) - (kind == "close")
        if depth == 0:
            return short(parser.source[tokens[0][2] : end], "(...)")
    return "(...)"


def right(parser: Parser, token: Token) -> str:
    """The text of the operand that begins with a token."""
    after = after(parser, token)
    if token[0] in ("paren", "bracket"):
        return bracketed(parser, [token, *after])
    if token[0] == "name" and after and after[0][0] == "paren":
        return token[1] + bracketed(parser, after)
    return short(token[1], "...")
