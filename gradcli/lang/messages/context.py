"""The text around the place where the parser cannot go on, as its hints repeat it.

Nothing here runs for a correct text, so that each function may look at the whole text again.
"""

from __future__ import annotations

from gradcli.lang.text.frame import Parser
from gradcli.lang.text.tokens import Token, tokenize

__all__ = ["called", "left_text", "right_text", "short", "token_before", "tokens_after"]

_LONGEST = 24  # of a piece of the user's text


def token_before(parser: Parser, token: Token) -> Token | None:
    """The token before a token, newlines apart."""
    earlier = [other for other in tokenize(parser.source) if other[2] < token[2] and other[0] != "newline"]
    return earlier[-1] if earlier else None


def tokens_after(parser: Parser, token: Token) -> list[Token]:
    """The tokens after a token."""
    return [other for other in tokenize(parser.source) if other[3] > token[3] or other[0] == "end"]


def short(text: str, otherwise: str) -> str:
    """A piece of the user's text, or what stands for it where it is too long to repeat."""
    return text if len(text) <= _LONGEST and "\n" not in text else otherwise


def left_text(parser: Parser) -> str:
    """The text of the last operand, its parentheses included."""
    text = parser.source[parser.frame.starts[-1] : parser.end]
    return short(text, "(...)" if text.endswith(")") else "...")


def _bracketed(source: str, start: int) -> str:
    """The text of the bracket that opens at `start`, up to its partner."""
    depth = 0
    for end in range(start, min(start + _LONGEST, len(source))):
        depth += (source[end] in "([") - (source[end] in ")]")
        if depth == 0:
            return short(source[start : end + 1], "(...)")
    return "(...)"


def called(source: str, end: int) -> str:
    """The text of the arguments after a name that ends at `end`; nothing where none follow."""
    start = end + len(source[end:]) - len(source[end:].lstrip())
    return _bracketed(source, start) if source.startswith("(", start) else ""


def right_text(parser: Parser, token: Token) -> str:
    """The text of the operand that begins with a token."""
    kind, text, start, end = token
    if kind in ("paren", "bracket"):
        return _bracketed(parser.source, start)
    return short(text, "...") + (called(parser.source, end) if kind == "name" else "")
