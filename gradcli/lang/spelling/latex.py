r"""LaTeX as plain mathematics: `\frac{a}{b}`, `\sqrt[3]{x}`, `\sin`, `\left( \right)`, `x_{1}`, `e^{-x}`."""

from __future__ import annotations

import re
from collections.abc import Collection

from gradcli.lang.spelling.texts import Unreadable, enclosed
from gradcli.lang.spelling.words import foreign

__all__ = ["GREEK", "plain"]

_PLAIN = (
    (r"\\(?:left|right|bigl|bigr|Bigl|Bigr|displaystyle|limits)\s*(?![a-zA-Z])", ""),
    (r"\\[,;:! ]|~|\\quad\b|\\qquad\b", " "),
    (r"\\(?:cdot|times|ast)(?![a-zA-Z])", "*"),
    (r"\\div(?![a-zA-Z])", "/"),
    (r"\\leq?(?![a-zA-Z])", "<="),
    (r"\\geq?(?![a-zA-Z])", ">="),
    (r"\\neq?(?![a-zA-Z])", "!="),
    (r"\\(?:lvert|rvert|vert|mid)(?![a-zA-Z])", "|"),
    (r"\\(?:lVert|rVert|Vert)(?![a-zA-Z])|\\\|", "‖"),
    (r"\\lfloor(?![a-zA-Z])", "⌊"),
    (r"\\rfloor(?![a-zA-Z])", "⌋"),
    (r"\\lceil(?![a-zA-Z])", "⌈"),
    (r"\\rceil(?![a-zA-Z])", "⌉"),
    (r"\\infty(?![a-zA-Z])", " inf "),
    (r"\^\s*\\circ(?![a-zA-Z])|\^\s*\{\s*\\circ\s*\}|\\degree(?![a-zA-Z])", "°"),
    (r"\\(?:mathrm|operatorname\*?|text|mathit|mathbf|rm)\s*\{\s*([a-zA-Z]+)\s*\}", r" \1 "),
    (r"_\s*\{\s*(\w+)\s*\}", r"_\1"),
    (r"\\sqrt\s*([0-9a-zA-Z])", r" sqrt(\1)"),
    (r"\\[dt]?frac\s*([0-9a-zA-Z])\s*([0-9a-zA-Z])", r"(\1/\2)"),
    (r"\\[dt]?frac\s*([0-9])\s*\{", r"\\frac{\1}{"),
)
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_ROOT = re.compile(r"\\sqrt\s*(?:\[([^\[\]{}]*)\])?\s*\{([^{}]*)\}")
_BRACES = re.compile(r"(?<!\})(?<!\} )(?<!frac)(?<!frac )\{([^{}]*)\}")
_COMMAND = re.compile(r"\\([a-zA-Z]{2,})")
GREEK = re.compile(
    "alpha|beta|gamma|delta|(?:var)?epsilon|zeta|eta|(?:var)?theta|iota|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|upsilon"
    "|(?:var)?phi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Phi|Psi|Omega"
)


def plain(text: str, functions: Collection[str]) -> str:
    r"""A text without LaTeX's commands and braces.

    Raises:
        Unreadable: if a backslash or a brace stays.

    >>> plain(r"\frac{x^{2}}{2} + \sqrt{x}", {"sqrt"})
    '((x^(2))/2) +  sqrt(x)'
    """
    if "\\" not in text and "{" not in text:
        return text
    for pattern, instead in _PLAIN:
        text = re.sub(pattern, instead, text)
    before = None
    while text != before:
        before = text
        for notation, rewritten in ((_FRACTION, _fraction), (_ROOT, _root), (_BRACES, _group)):
            text, count = notation.subn(rewritten, text, 1)
            if count:
                break
    for command in _COMMAND.findall(text):
        if command not in functions and not GREEK.fullmatch(command) and foreign(command, functions) is None:
            raise Unreadable
    text = _COMMAND.sub(r" \1", re.sub(r"(\\[a-zA-Z]{2,})(?=[0-9])", r"\1 ", text))
    if "{" in text or "}" in text:
        raise Unreadable
    return text


def _fraction(match: re.Match[str]) -> str:
    return f"({enclosed(match[1].strip())}/{enclosed(match[2].strip())})"


def _root(match: re.Match[str]) -> str:
    degree, inside = match.groups()
    if degree is None:
        return f" sqrt({inside})"
    return f" cbrt({inside})" if degree.strip() == "3" else f"(({inside})^(1/({degree})))"


def _group(match: re.Match[str]) -> str:
    return f"[{match[1]}]" if "," in match[1] else f"({match[1]})"
