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
_LETTERS = r"[^\W\d](?:(?![²³])\w)*"
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
    | =(?!=)                                                # a cell of Excel
    )"""
)
_D = r"(?:d|∂|\\partial|\\mathrm\{d\})"
_TIMES = r"(?:\^\{?([2-9])\}?|([²³]))?"
_DERIVATIVE = re.compile(
    rf"""(?x:
      {_D}{_TIMES}\s*/\s*{_D}\s*({_LETTERS}){_TIMES}(?=\s*[^\s*/+^)=.-])(?!\s*=)  # d/dx, d^2/dx^2
    | \(\s*{_D}{_TIMES}\s*/\s*{_D}\s*({_LETTERS}){_TIMES}\s*\)
    | \\d?frac\s*\{{\s*{_D}{_TIMES}\s*\}}\s*\{{\s*{_D}\s*({_LETTERS}){_TIMES}\s*\}}
    )"""
)
_DEFINES = re.compile(rf"{_NAME}[ \t]*\([^()]*\)[ \t]*=(?!=)[^;\n]*[;\n]\s*\S")
_ASSIGNED = re.compile(rf"({_NAME})\s*=(?!=)")
_UNFINISHED = re.compile(rf"{_NAME}\s*=")
_BRANCHES = re.compile(r"[Ii][Ff]\b(.*?)\b[Tt][Hh][Ee][Nn]\b(.*)\b[Ee][Ll][Ss][Ee]\b(.*)", re.DOTALL)
_BESIDE = re.compile(
    rf"\s*(?:,|;|@|\|_?|\\\||\b(?:at|where|for|when|with|if)\b)\s*\{{?\s*"
    rf"(({_NAME})\s*=\s*(-?[0-9.]+(?:[eE][+-]?[0-9]+)?|pi|e))\s*\}}?\s*$"
)
_DIFFERENTIATED = re.compile(rf"(?:D|diff|derivative|Derivative|Diff)\s*([(\[])(.*),\s*({_NAME})\s*[)\]]", re.DOTALL)
_DELIMITERS = (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]"), ("`", "`"))


def peel(text: str) -> Peeled:
    """The expression without what stands around it.

    A derivative is one of the language.

    >>> peel("f(x) = x^2 at x=3")
    Peeled(text='x^2', values={'x': '3'})
    >>> peel("d/dx x^2").text, peel("d²/dx² (x^3 + x)").text
    ('diff(x^2, x)', 'diff(x^3 + x, x, 2)')
    """
    values: dict[str, str] = {}
    by: list[str] = []
    before = None
    while text != before:
        before = text
        text = text.strip().removesuffix(";").rstrip()
        if text.endswith("=") and not text.endswith(("==", "<=", ">=", "!=")) and not _UNFINISHED.fullmatch(text):
            text = text[:-1].rstrip()
        for opening, end in _DELIMITERS:
            if text.startswith(opening) and text.endswith(end) and len(text) > len(opening) + len(end):
                text = text[len(opening) : -len(end)].strip()
        ahead = _AHEAD.match(text)
        if ahead is not None and not _DEFINES.match(text):
            text = text[ahead.end() :].strip()
        derivative = _DERIVATIVE.match(text)
        if derivative is not None:
            text = text[derivative.end() :].strip()
            by.append(_name_and_order(derivative))
            if text[:1] + text[-1:] in ("()", "[]") and _is_balanced(text[1:-1]):
                text = text[1:-1].strip()
            elif _TERMS.search(_outside(text)):
                raise Unreadable  # d/dx x^2 + 1 may be the derivative of the sum, or a sum
        beside = _BESIDE.search(text)
        if beside is not None and _is_balanced(text[: beside.start()]):
            values[beside[2]] = beside[3]
            text = text[: beside.start()]
        text = _with_branches(_without_name(text))
        differentiated = _DIFFERENTIATED.fullmatch(text)
        if differentiated is not None and _is_balanced(differentiated[2]):
            text = differentiated[2].strip()
            by.append(differentiated[3])
    for name in reversed(by):
        text = f"diff({text}, {name})"
    return Peeled(text, values)


_TERMS = re.compile(r"(?<=[^\s(*/^,eE])\s*[-+]|[=<>]")


def _outside(text: str) -> str:
    """A text without what stands in brackets."""
    kept, at = "", 0
    while at < len(text):
        end = closing(text, at) if text[at] in "([{" else at
        kept += text[at : end + 1] if end == at else "()"
        at = end + 1
    return kept


def _name_and_order(found: re.Match[str]) -> str:
    """`x`, or `x, 2`.

    Raises:
        Unreadable: if it is d^2 above and dx below.
    """
    above, above_sign, name, below, below_sign = [
        next((group for group in found.groups()[i::5] if group), "") for i in range(5)
    ]
    times, again = above or {"²": "2", "³": "3"}.get(above_sign, ""), below or {"²": "2", "³": "3"}.get(below_sign, "")
    if times != again:
        raise Unreadable
    return f"{name}, {times}" if times else name


def _without_name(text: str) -> str:
    """`y = x^2` without `y =`, where it is the only statement and the name is not used."""
    assigned = _ASSIGNED.match(text)
    if assigned is None or "\n" in text or ";" in text:
        return text
    rest = text[assigned.end() :]
    if not rest.strip():
        raise Unreadable  # `x =` is not finished
    if re.search(r"(?<![=<>!])=(?!=)", rest) or re.search(rf"\b{assigned[1]}\b", rest):
        return text
    return rest.strip()


def _with_branches(text: str) -> str:
    """`if c then a else b` as the language has it, if it is one of its kind alone."""
    branches = _BRANCHES.fullmatch(text)
    if branches is None or any(re.search(r"(?i)\bif\b", part) for part in branches.groups()):
        return text
    condition, chosen, otherwise = (part.strip() for part in branches.groups())
    return f"{chosen} if {condition} else {otherwise}"


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
