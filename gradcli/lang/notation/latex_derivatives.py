r"""Derivatives in LaTeX's fractions: `\frac{d^2}{dx^2} (x^3)`, `\frac{d x^3}{dx}`, and with `\partial`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gradcli.lang.notation.grammar import ambiguous
from gradcli.lang.notation.latex_tokens import Raw
from gradcli.lang.notation.latex_words import BLANK, GREEK, PLAIN, PRODUCTS, RELATIONS

__all__ = ["Derivative", "clear_behind", "derivative_at", "is_blank"]

_NO_FACTOR = frozenset(["_", "^", "*", "/", "+", "-", "=", "<", ">", ")", "]", "'", ",", *PRODUCTS, *RELATIONS])
"""What makes of a d before it a variable."""


class Derivative(NamedTuple):
    """A fraction that is a derivative.

    Attributes:
        by: the names of variables, with how often it is differentiated by each.
        of: the tokens of what is differentiated, where they stand in the numerator.
        end: the index of the token behind the fraction.
    """

    by: tuple[tuple[str, int], ...]
    of: list[Raw]
    end: int


def is_blank(token: Raw) -> bool:
    """Whether a token is blank, or a macro that changes looks alone."""
    return (
        (token.kind == "char" and token.text.isspace())
        or (token.kind == "macro" and token.text in BLANK)
        or (token.kind == "specials" and token.text == "~")
    )


def derivative_at(source: str, raw: Sequence[Raw], at: int, names: frozenset[str]) -> Derivative | None:
    r"""The derivative that the two groups behind `\frac` are; None where they are a quotient.

    Args:
        source: the text.
        raw: its tokens.
        at: the index of the token behind `\frac`.
        names: the variables that have values.

    Raises:
        SyntaxProblem: for what may be a derivative and may be a quotient with a variable d.
    """
    above, middle = _group(raw, at)
    below, end = _group(raw, middle)
    if not above or not below:
        return None
    sign = _sign(above, 0)
    if not sign or not _sign(below, 0) or _sign(below, 0) == len(below):
        return None
    words = [_run(above, 0), _run(below, 0)]
    if all(len(word) > 1 and word in names for word in words):
        return None
    problem = ambiguous(
        source, (raw[at - 1].start, raw[end - 1].end), "the derivative, as \\frac{d}{dx} (...)",
        "a quotient with a variable d, as \\frac{d \\cdot y}{d \\cdot x}",
    )  # fmt: skip
    order, of = _order(above, sign)
    by = _by(below, names)
    spelled = any(_letter(group) for group in (above, below))
    told = {word for word in words if len(word) > 1} & names or ("d" in names and spelled)
    if not by or told or order != sum(times for _, times in by):
        raise problem
    if of and (_is_sum(of) or not {name for name, _ in by} <= _letters(of) or len(of) == 1):
        raise problem
    return Derivative(by, of, end)


def clear_behind(raw: Sequence[Raw], at: int) -> bool:
    """Whether nothing is behind the brackets that begin at a token, or what is clearly no part of what they hold."""
    depth = 0
    for i in range(at, len(raw)):
        token = raw[i]
        if token.kind in ("open", "begin") or (token.kind == "char" and token.text in "(["):
            depth += 1
        elif token.kind in ("close", "end") or (token.kind == "char" and token.text in ")]"):
            depth -= 1
        if not depth:
            behind = next((each for each in raw[i + 1 :] if not is_blank(each)), None)
            return (
                behind is None
                or behind.kind in ("close", "end")
                or behind.text in ("+", "-", ")", "]", ",", "<", ">", "=", "&", "|", "\\", "rvert", "rVert", "rfloor")
                or behind.text in ("rceil", *RELATIONS)
            )
    return True


def _group(raw: Sequence[Raw], at: int) -> tuple[list[Raw], int]:
    """The tokens of the argument that begins at one, without blanks and its braces, and where it ends."""
    while at < len(raw) and is_blank(raw[at]):
        at += 1
    if at >= len(raw):
        return [], at
    if raw[at].kind != "open":
        return [raw[at]], at + 1
    depth, start = 0, at + 1
    for end in range(at, len(raw)):
        depth += {"open": 1, "close": -1}.get(raw[end].kind, 0)
        if not depth:
            return [token for token in raw[start:end] if not is_blank(token)], end + 1
    return [], len(raw)


def _letter(group: Sequence[Raw]) -> bool:
    """Whether the sign of a derivative is the letter d, which may be a variable."""
    return group[0].kind == "char"


def _sign(group: Sequence[Raw], at: int) -> int:
    r"""The index behind `d`, `\partial` or `\mathrm{d}`; 0 where there is none, or a variable d."""
    text = [token.text for token in group[at : at + 4]]
    if not text:
        return 0
    kind = group[at].kind
    if kind == "char" and text[0] == "d":
        behind = at + 1
    elif kind == "macro" and text[0] == "partial":
        return at + 1
    elif kind == "macro" and text[0] in PLAIN and len(text) == 4 and text[2] == "d" and group[at + 3].kind == "close":
        behind = at + 4
    else:
        return 0
    if behind < len(group) and group[behind].text in _NO_FACTOR - ({"^"} if at == 0 else set()):
        return 0
    return behind


def _order(group: Sequence[Raw], at: int) -> tuple[int, list[Raw]]:
    """How often it is differentiated, 0 where that is no whole number, and the tokens behind."""
    if at >= len(group) or group[at].text != "^":
        return 1, list(group[at:])
    inside, end = _group(group, at + 1)
    digits = "".join(token.text for token in inside)
    return int(digits) if digits.isdecimal() else 0, list(group[end:])


def _by(group: Sequence[Raw], names: frozenset[str]) -> tuple[tuple[str, int], ...]:
    """The variables of a denominator such as dx^2 or dx dy; none where it is something else."""
    found: list[tuple[str, int]] = []
    at = 0
    while at < len(group):
        behind = _sign(group, at)
        name, at = _variable(group, behind, names) if behind else ("", at)
        if not name:
            return ()
        order, rest = _order(group, at)
        at = len(group) - len(rest)
        found.append((name, order))
    return tuple(found) if all(order for _, order in found) else ()


def _variable(group: Sequence[Raw], at: int, names: frozenset[str]) -> tuple[str, int]:
    """The name of the variable at a token, and the index behind it."""
    if at >= len(group):
        return "", at
    token = group[at]
    word = _run(group, at)
    if len(word) > 1 and word in names:
        name, at = word, at + len(word)
    elif word or (token.kind == "macro" and token.text in GREEK):
        name, at = token.text, at + 1
    elif token.kind == "macro" and token.text in PLAIN:
        inside, at = _group(group, at + 1)
        name = "".join(each.text for each in inside)
    else:
        return "", at
    if at < len(group) and group[at].text == "_":
        inside, at = _group(group, at + 1)
        name += "_" + "".join(each.text for each in inside)
    return (name if name.isidentifier() else ""), at


def _run(group: Sequence[Raw], at: int) -> str:
    """The letters that stand together from a token on."""
    letters = ""
    for i in range(at, len(group)):
        token = group[i]
        if token.kind != "char" or not token.text.isalpha() or (letters and token.start != group[i - 1].end):
            break
        letters += token.text
    return letters


def _is_sum(group: Sequence[Raw]) -> bool:
    """Whether there is a sign of a sum outside brackets, not before all of it."""
    depth = 0
    for i, token in enumerate(group):
        if token.kind in ("open", "begin") or (token.kind == "char" and token.text in "(["):
            depth += 1
        elif token.kind in ("close", "end") or (token.kind == "char" and token.text in ")]"):
            depth -= 1
        elif not depth and i and token.kind == "char" and token.text in "+-":
            return True
    return False


def _letters(group: Sequence[Raw]) -> set[str]:
    """The names that may be in a group: words and letters, with their subscripts."""
    found: set[str] = set()
    for at in range(len(group)):
        found |= {_variable(group, at, frozenset())[0], _run(group, at)}
    return found
