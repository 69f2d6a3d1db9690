"""Long JSON lists of numbers, read piece by piece.

One call that reads megabytes takes seconds, in which neither Ctrl-C nor a timer comes through.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

__all__ = ["read_list"]

_PIECE = 1_000_000
"""Characters that are read at a time, in about a hundredth of a second; shorter texts are read at once."""

_DEEPER = re.compile(r"\[\s*\[")
_BETWEEN_ROWS = re.compile(r"\]\s*,")


def read_list(text: str) -> list[Any] | None:
    """The numbers of a list, or of a list of lists; None for any other text, and for what is no JSON.

    >>> read_list("[1, 2]") is None, len(read_list("[" + "1.5, "*999_999 + "1.5]"))
    (True, 1000000)
    """
    if len(text) <= _PIECE or text[0] != "[" or text[-1] != "]" or '"' in text:
        return None
    nested = text.count("[") > 1
    if nested and (not text[1:].lstrip().startswith("[") or _DEEPER.search(text, 1) is not None):
        return None
    found: list[Any] = []
    try:
        for piece in _pieces(text, nested):
            if not piece.strip():  # a comma too many
                return None
            found += json.loads(f"[{piece}]", parse_constant=_no_constant)
    except (ValueError, RecursionError):  # whoever reads it at once says what is wrong, and where
        return None
    return found


def _no_constant(text: str) -> float:
    raise ValueError(text)


def _pieces(text: str, nested: bool) -> Iterator[str]:
    """What stands between the outer brackets, cut at commas between elements."""
    start, end = 1, len(text) - 1
    while True:
        cut = _next_comma(text, start + _PIECE, nested) if start + _PIECE < end else -1
        yield text[start : end if cut < 0 else cut]
        if cut < 0:
            return
        start = cut + 1


def _next_comma(text: str, start: int, nested: bool) -> int:
    if not nested:
        return text.find(",", start)
    found = _BETWEEN_ROWS.search(text, start)
    return -1 if found is None else found.end() - 1
