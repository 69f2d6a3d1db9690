"""The user's text around the place of an error, for messages and hints that repeat it.

Nothing here runs for a correct text. So each function may read the whole text again.
"""

from __future__ import annotations

from gradcli.lang.text.parser_state import ParserState
from gradcli.lang.text.tokens import Token, tokenize

__all__ = [
    "LONGEST",
    "PYTHON_WORDS",
    "SIDES",
    "called",
    "is_ambiguous",
    "left_text",
    "right_text",
    "short",
    "token_before",
    "tokens_after",
]

LONGEST = 24
"""Characters of the user's text that are repeated in one piece. A hint has up to four pieces, and with about 50
characters of its own takes no more than two lines of a terminal of 80 columns."""

PYTHON_WORDS = {
    "def": "write the expression itself, without a definition around it",
    "from": "functions are known by their names, without an import",
    "import": "functions are known by their names, without an import",
    "is": "compare with ==",
    "let": "write the assignment first: y = 2*x; y**2",
    "lim": "there are no limits in the language; give the value, as --x 0",
    "lambda": "write the expression itself, without 'lambda x:'",
    "return": "end with the expression, without 'return'",
}
"""Keywords of Python and of textbooks that are names in the language, with what to write instead."""


SIDES = "write * for a product, and parentheses around what belongs together"
"""What to do where a product without a sign has two readings."""


def is_ambiguous(parser: ParserState) -> bool:
    """Whether a factor without a sign would stand behind a power or a quotient: `1/2x`, `2^3x`, `sin^2(x)`.

    It may belong to the last operand alone, or to all that stands before it.
    """
    signs = [operator for operator in parser.frame.operators if operator[1] not in ("neg", "pos")]
    return bool(signs) and signs[-1][1] in ("pow", "div", "floor_divide", "mod", "matmul")


def token_before(parser: ParserState, token: Token) -> Token | None:
    """The last token before a token that is no newline; None if there is none."""
    earlier = [other for other in tokenize(parser.source) if other[2] < token[2] and other[0] != "newline"]
    return earlier[-1] if earlier else None


def tokens_after(parser: ParserState, token: Token) -> list[Token]:
    """The tokens after a token."""
    return [other for other in tokenize(parser.source) if other[3] > token[3] or other[0] == "end"]


def short(text: str, otherwise: str) -> str:
    """A piece of the user's text, or `otherwise` where it is too long or has several lines."""
    return text if len(text) <= LONGEST and "\n" not in text else otherwise


def left_text(parser: ParserState) -> str:
    """The text of the last operand, with its parentheses."""
    text = parser.source[parser.frame.starts[-1] : parser.end]
    return short(text, "(...)" if text.endswith(")") else "...")


def _bracketed(source: str, start: int) -> str:
    """The text from the bracket that opens at `start` to the one that closes it."""
    depth = 0
    for end in range(start, min(start + LONGEST, len(source))):
        depth += (source[end] in "([") - (source[end] in ")]")
        if depth == 0:
            return short(source[start : end + 1], "(...)")
    return "(...)"


def called(source: str, end: int) -> str:
    """The text of the arguments, in parentheses, of a name that ends at `end`; "" if none follow."""
    start = end + len(source[end:]) - len(source[end:].lstrip())
    return _bracketed(source, start) if source.startswith("(", start) else ""


def right_text(parser: ParserState, token: Token) -> str:
    """The text of the operand that begins with a token."""
    kind, text, start, end = token
    if kind in ("paren", "bracket"):
        return _bracketed(parser.source, start)
    return short(text, "...") + (called(parser.source, end) if kind == "name" else "")
