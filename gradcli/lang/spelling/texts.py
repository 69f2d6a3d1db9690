"""Pieces of a line that is being written: what stands by itself, and what needs parentheses beside others."""

from __future__ import annotations

import re

__all__ = ["Piece", "Unreadable", "closing", "enclosed", "stands_alone"]

_WORD = re.compile(r"[^\W\d]\w*(?:\.T)*|[0-9][0-9._]*(?:[eE][+-]?[0-9]+)?")
_PARTNER = {"(": ")", "[": "]", "{": "}"}


class Unreadable(Exception):
    """The text is not understood: nothing is suggested."""


def closing(text: str, start: int) -> int:
    """Where the bracket that opens at `start` closes.

    Raises:
        Unreadable: if it does not.

    >>> closing("f(x, [1])", 1)
    8
    """
    waiting: list[str] = []
    for i in range(start, len(text)):
        if text[i] in _PARTNER:
            waiting.append(_PARTNER[text[i]])
        elif text[i] in ")]}":
            if waiting.pop() != text[i]:
                raise Unreadable
            if not waiting:
                return i
    raise Unreadable


def stands_alone(text: str) -> bool:
    """Whether a piece is a number, a name, a call, a list or a pair of parentheses.

    >>> stands_alone("f(x)[0]"), stands_alone("(a)*(b)"), stands_alone("-x")
    (True, False, False)
    """
    word = _WORD.match(text)
    at = word.end() if word else 0
    while at < len(text) and text[at] in "([" and (at or not word):
        at = closing(text, at) + 1
        at += 2 * text.startswith(".T", at)
    return at == len(text) > 0


def enclosed(text: str) -> str:
    """A piece, in parentheses where it does not stand alone.

    >>> enclosed("x"), enclosed("x + 1")
    ('x', '(x + 1)')
    """
    return text if stands_alone(text) else f"({text})"


class Piece(str):
    """An argument in a pattern: `{0}` as it is, `{0:a}` in parentheses where it does not stand alone."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return enclosed(self) if spec == "a" else str(self)
