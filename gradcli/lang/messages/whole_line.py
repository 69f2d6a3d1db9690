"""What a line in another notation means here: the whole line, every place of it mended, for a hint.

Only notations with one reading are here. Textbooks write sin^2(x) and tan^-1(x), JavaScript Math.exp(x), statistics
norm.cdf(x), everybody 30° and x₁.
"""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["whole_line"]

_LONGEST = 300

_POWER = re.compile(r"\b(a?(?:sin|cos|tan)h?|sec|csc|cot|log|ln|exp)\s*(?:\^|\*\*)\s*(-1|\d+)\s*\(")
_INVERSES = {"sin": "asin", "cos": "acos", "tan": "atan", "sec": "asec", "csc": "acsc", "cot": "acot"}
_INVERSES |= {f"{name}h": f"a{name}h" for name in ("sin", "cos", "tan")}

_EXPONENT = re.compile(r"(?<![\w.])((?:\d+\.?\d*|\.\d+)[eE][+-]?\d+)([A-Za-z_]\w*)")
_DEGREES = re.compile(r"([\^*/%]\s*)?(?<![\w.])(\d+(?:\.\d+)?)\s*(?:deg|°)(?!\w)")
_SUBSCRIPT = re.compile(r"(?<=\w)[₀-₉]+")
_DIGITS = {ord("₀") + digit: str(digit) for digit in range(10)}
_JAVASCRIPT = re.compile(r"\bMath\.([a-z]\w*)(?=\s*\()|\bMath\.(PI|E)\b")
_NORMAL = re.compile(r"\b(?:stats\.)?norm\.(cdf|logcdf)(\s*\([^(),]*\))")


def whole_line(text: str) -> str | None:
    """The line as it is written here, or None where nothing in it is of another notation that is known.

    >>> whole_line("3*sin^2(x) + tan^-1(y)"), whole_line("Math.exp(x₁)"), whole_line("sin(30deg)")
    ('3*sin(x)**2 + atan(y)', 'exp(x1)', 'sin(30*pi/180)')
    >>> whole_line("x + ") is None
    True
    """
    if len(text) > _LONGEST or "\n" in text:
        return None
    mended = text
    for mend in _MENDS:
        mended = mend(mended)
    return None if mended == text else mended


def _powers(text: str) -> str:
    """`sin^2(x)` is `sin(x)**2`, and `sin^-1(x)` the inverse; of functions whose inverse has no such name, nothing."""
    found = _POWER.search(text)
    while found is not None:
        name, power = found[1], found[2]
        end = _closing(text, found.end() - 1)
        if end is None or (power == "-1" and name not in _INVERSES):
            return text
        inside = text[found.end() : end]
        call = f"{_INVERSES[name]}({inside})" if power == "-1" else f"{name}({inside})**{power}"
        text = text[: found.start()] + call + text[end + 1 :]
        found = _POWER.search(text)
    return text


def _closing(text: str, start: int) -> int | None:
    """The place of the parenthesis that closes the one at a place."""
    depth = 0
    for place in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if not depth:
            return place
    return None


def _degrees(found: re.Match[str]) -> str:
    before = found[1] or ""
    return f"{before}({found[2]}*pi/180)" if before else f"{found[2]}*pi/180"


def _javascript(found: re.Match[str]) -> str:
    return found[1] or {"PI": "pi", "E": "e"}[found[2]]


_MENDS: tuple[Callable[[str], str], ...] = (
    _powers,
    lambda text: _EXPONENT.sub(r"\1*\2", text),
    lambda text: _DEGREES.sub(_degrees, text),
    lambda text: _SUBSCRIPT.sub(lambda found: found[0].translate(_DIGITS), text),
    lambda text: _JAVASCRIPT.sub(_javascript, text),
    lambda text: _NORMAL.sub(lambda found: {"cdf": "ndtr", "logcdf": "log_ndtr"}[found[1]] + found[2], text),
)
