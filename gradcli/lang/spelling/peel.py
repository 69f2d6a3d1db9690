"""What stands around the expression: `y =`, `f(x) =`, `d/dx`, `@(x)`, `lambda x:`, `at x = 3`, `$...$`."""

from __future__ import annotations

import re
from typing import NamedTuple

from gradcli.lang.spelling.texts import Unreadable, closing

__all__ = ["Peeled", "peel"]


class Peeled(NamedTuple):
    """The expression, and the values that stood beside it."""

    text: str
    values: dict[str, str]


_NAME = r"[^\W\d]\w*"
_BLANKS = r"[ \t]*"
_AHEAD = re.compile(
    rf"""(?x:
      (?:def\s+)?{_NAME}\s*\(\s*{_NAME}(?:\s*,\s*{_NAME})*\s*\)\s*=(?![=>])  # f(x) =
    | def\s+{_NAME}\s*\([^()]*\)\s*:\s*return\b
    | return\b
    | function\s*\([^()]*\)(?!\s*[:=-])                    # R's function(x)
    | @\(\s*{_NAME}(?:\s*,\s*{_NAME})*\s*\)                # Matlab's @(x)
    | (?:lambda|fun|function)\s*\(?\s*{_NAME}(?:\s*,\s*{_NAME})*\s*\)?\s*(?::|->|=>)
    | \(?\s*{_NAME}(?:\s*,\s*{_NAME})*\s*\)?\s*(?:->|=>|↦|→|\|->)
    | (?:d|∂)\s*/\s*(?:d|∂)\s*{_NAME}(?=\s*[^\s*/+^)=.-])(?!\s*=)          # d/dx
    | \(\s*d\s*/\s*d{_NAME}\s*\)
    | \\frac\s*\{{\s*(?:d|\\partial|\\mathrm\{{d\}})\s*\}}\s*\{{\s*(?:d|\\partial|\\mathrm\{{d\}})\s*{_NAME}\s*\}}
    | =(?!=)                                                # a cell of Excel
    )"""
)
_ASSIGNED = re.compile(rf"({_NAME})\s*=(?!=)")
_BESIDE = re.compile(
    rf"\s*(?:,|;|@|\|_?|\\\||\b(?:at|where|for|when|with|if)\b)\s*\{{?\s*"
    rf"(({_NAME})\s*=\s*(-?[0-9.]+(?:[eE][+-]?[0-9]+)?|pi|e))\s*\}}?\s*$"
)
_DIFFERENTIATED = re.compile(rf"(?:D|diff|derivative|Derivative|Diff)\s*([(\[])(.*),\s*({_NAME})\s*[)\]]", re.DOTALL)
_DELIMITERS = (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]"), ("`", "`"))


def peel(text: str) -> Peeled:
    """The expression without what stands around it.

    >>> peel("f(x) = x^2 at x=3")
    Peeled(text='x^2', values={'x': '3'})
    """
    values: dict[str, str] = {}
    before = None
    while text != before:
        before = text
        text = text.strip().removesuffix(";").rstrip()
        if text.endswith("=") and not text.endswith(("==", "<=", ">=", "!=")):
            text = text[:-1].rstrip()
        for opening, end in _DELIMITERS:
            if text.startswith(opening) and text.endswith(end) and len(text) > len(opening) + len(end):
                text = text[len(opening) : -len(end)].strip()
        ahead = _AHEAD.match(text)
        if ahead is not None:
            text = text[ahead.end() :].strip()
            if "/" in ahead[0] and text.startswith("[") and _is_balanced(text[1:-1]):
                text = f"({text[1:-1]})"  # d/dx [...]
        beside = _BESIDE.search(text)
        if beside is not None and _is_balanced(text[: beside.start()]):
            values[beside[2]] = beside[3]
            text = text[: beside.start()]
        text = _without_name(text)
        differentiated = _DIFFERENTIATED.fullmatch(text)
        if differentiated is not None and _is_balanced(differentiated[2]):
            text = differentiated[2]
    return Peeled(text, values)


def _without_name(text: str) -> str:
    """`y = x^2` without `y =`, where it is the only statement and the name is not used."""
    assigned = _ASSIGNED.match(text)
    if assigned is None or "\n" in text or ";" in text:
        return text
    rest = text[assigned.end() :]
    if re.search(r"(?<![=<>!])=(?!=)", rest) or re.search(rf"\b{assigned[1]}\b", rest):
        return text
    return rest.strip()


def _is_balanced(text: str) -> bool:
    at = 0
    try:
        while at < len(text):
            if text[at] in ")]}":
                return False
            at = closing(text, at) + 1 if text[at] in "([{" else at + 1
    except Unreadable:
        return False
    return True
