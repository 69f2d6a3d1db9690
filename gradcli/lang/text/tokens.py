"""From text to tokens, in one pass of one regular expression.

A token is `(kind, text, start, end)`. Text that is no token of the language becomes a token of kind
"bad", "malformed" or "refused", and it is the last one. The parser reads everything before it, and so
can say what was expected in its place.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TypeAlias

from gradcli.lang.text.normalize import normalize

__all__ = ["KEYWORDS", "UNREADABLE", "Token", "name_length", "tokenize"]

Token: TypeAlias = tuple[str, str, int, int]

# Pasted text may hold no-break, thin and ideographic spaces and a byte order mark: they are blanks too.
_BLANK = r"[^\S\r\n\x1c-\x1f\x85]|\ufeff"

# As in Python's own scanner, every character beyond ASCII is read as a part of a name and examined afterwards.
# Character classes that list ASCII alone compile several times as fast.
_WORD = r"[^\x00-@\[-\^`{-\x7f\s][^\x00-/:-@\[-\^`{-\x7f\s]*+"

_DIGITS = r"[0-9]++(?:_[0-9]++)*+"
_NUMBER = rf"(?>(?:{_DIGITS}(?:\.(?:{_DIGITS})?+)?+|\.{_DIGITS})(?:[eE][+-]?{_DIGITS})?+)"

_PATTERNS = {
    "name": _WORD,
    "number": rf"{_NUMBER}(?![0-9A-Za-z_.]|[^\x00-\x7f\s])",
    "malformed": r"\.?[0-9][^\x00-\x2d/:-@\[-\^`{-\x7f\s]*+",
    "refused": r"(?:\*\*|//|<<|>>|[-+*/%@^&|:])=(?!=)|->|=>|=<|&&|\|\||<<|>>|<>|===|!==",
    "operator": r"\*\*|//|[<>=!]=|[*/%@^&|<>]",
    "sign": r"[+-]",
    "tilde": r"~",
    "comma": r",",
    "paren": r"\(",
    "bracket": r"\[",
    "close": r"[)\]]",
    "assign": r"=",
    "colon": r":",
    "semicolon": r";",
    "newline": r"\r\n?|\n",
    "ellipsis": r"\.\.\.",
    "attribute": r"\. *+[A-Za-z_][0-9A-Za-z_]*+",
    "string": r"'[^'\\\x00-\x1f\x7f]*+'|\"[^\"\\\x00-\x1f\x7f]*+\"",
    "end": r"\Z",
    "bad": r"(?s:.)",
}

_MASTER = re.compile(
    rf"(?:{_BLANK}|\#[^\r\n]*+|\\(?:\r\n?|\n))*+(?:"
    + "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS.items())
    + ")"
)

KEYWORDS = {
    "and": "operator",
    "or": "operator",
    "not": "not",
    "if": "if",
    "else": "else",
    "for": "for",
    "in": "in",
    "True": "constant",
    "False": "constant",
    "None": "constant",
}

UNREADABLE = ("bad", "malformed", "refused")


def tokenize(source: str) -> list[Token]:
    """The tokens of a text; the last one is of kind "end", "bad", "malformed" or "refused".

    >>> [kind for kind, text, start, end in tokenize("2*x # twice")]
    ['number', 'operator', 'name', 'end']
    """
    tokens: list[Token] = []
    keywords = KEYWORDS
    for match in _MASTER.finditer(source):
        kind, text = match.lastgroup or "", match[match.lastindex or 0]
        end = match.end()
        start = end - len(text)
        if kind == "name":
            if not text.isascii():
                text, valid = _identifier(text)
                if not valid:
                    _append_broken_name(tokens, text, start)
                    break
            kind = keywords.get(text, kind)
        elif kind == "string" and not text.isprintable():
            kind = "bad"
        tokens.append((kind, text, start, end))
        if kind in UNREADABLE or kind == "end":
            break
    return tokens


def _identifier(text: str) -> tuple[str, bool]:
    """The name in Python's normal form and True; for text that is no name the text itself and False."""
    if not text.isidentifier():
        return text, False
    return normalize(text), True


def _append_broken_name(tokens: list[Token], text: str, start: int) -> None:
    """Append the part of the text that is a name, then the character that cannot be in a name."""
    good = name_length(text)
    if good:
        name = normalize(text[:good])
        tokens.append((KEYWORDS.get(name, "name"), name, start, start + good))
    tokens.append(("bad", text[good], start + good, start + good + 1))


def name_length(text: str) -> int:
    """The length of the name that a text begins with.

    >>> name_length("x² + 1"), name_length("²")
    (1, 0)
    """
    return bisect_left(range(len(text)), True, key=lambda index: not text[: index + 1].isidentifier())
