"""A quotient of two polynomials without their common factor: (x**2 - 1)/(x - 1) is x + 1.

Exact arithmetic with the literals' float64 numbers; a result whose coefficients are no float64 numbers is none.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from gradcli.lang import Call, Literal, Name, Tree, fold, parse
from gradcli.ops import CONSTANTS

__all__ = ["without_common_factor"]

_DEGREE = 24
"""Of larger polynomials no readable quotient comes, and the coefficients of the remainders grow with it."""

Coefficients = tuple[Fraction, ...]
"""By their powers, the last of them not 0; empty for the polynomial 0."""


class _Polynomial(NamedTuple):
    """A polynomial in one variable; the variable of a constant is ""."""

    name: str
    coefficients: Coefficients


def without_common_factor(numerator: Tree, denominator: Tree) -> Tree | None:
    """The quotient as a tree; None where there is no common factor, or no such polynomials.

    >>> from gradcli.lang import unparse
    >>> unparse(without_common_factor(parse("x**2 - 1").result, parse("2*(x - 1)").result))
    '0.5*x + 0.5'
    """
    above, below = _polynomial(numerator), _polynomial(denominator)
    if above is None or below is None or not above.name or above.name != below.name or not below.coefficients:
        return None
    factor = _greatest_common_divisor(above.coefficients, below.coefficients)
    if len(factor) < 2:
        return None
    top, bottom = (_divided(p.coefficients, factor)[0] for p in (above, below))
    if len(bottom) == 1:
        top, bottom = tuple(c / bottom[0] for c in top), (Fraction(1),)
    over, under = _written(above.name, top), _written(above.name, bottom)
    if over is None or under is None:
        return None
    return parse(over if under == "1" else f"({over})/({under})").result


def _polynomial(tree: Tree) -> _Polynomial | None:
    try:
        return fold(tree, _literal, _variable, _call)
    except TypeError:  # a comprehension
        return None


def _literal(node: Literal) -> _Polynomial | None:
    if not isinstance(node.value, float) or node.value - node.value != 0:
        return None
    return _Polynomial("", _trimmed((Fraction(node.value),)))


def _variable(node: Name) -> _Polynomial | None:
    return None if node.id in CONSTANTS else _Polynomial(node.id, (Fraction(0), Fraction(1)))


def _call(node: Call, args: list[_Polynomial | None], keywords: dict[str, _Polynomial | None]) -> _Polynomial | None:
    parts = [a for a in args if a is not None]
    names = {part.name for part in parts} - {""}
    if len(parts) < len(args) or keywords or len(names) > 1 or not 1 <= len(parts) <= 2:
        return None
    first, last = parts[0].coefficients, parts[-1].coefficients
    made = _made(node.function, first, last)
    if made is None or len(made) > _DEGREE + 1:
        return None
    return _Polynomial(names.pop() if names else "", made)


def _made(function: str, a: Coefficients, b: Coefficients) -> Coefficients | None:
    """What an operation makes of polynomials; of one operand, it is both of them."""
    match function:
        case "add":
            return _sum(a, b)
        case "sub":
            return _sum(a, tuple(-c for c in b))
        case "neg":
            return tuple(-c for c in a)
        case "pos":
            return a
        case "mul":
            return _product(a, b)
        case "square":
            return _product(a, a)
        case "div" if len(b) == 1:
            return tuple(c / b[0] for c in a)
        case "pow" if len(b) <= 1:
            return _power(a, sum(b, Fraction(0)))
    return None


def _power(a: Coefficients, exponent: Fraction) -> Coefficients | None:
    if exponent.denominator != 1 or not 0 <= exponent <= _DEGREE or len(a) * exponent > 2 * _DEGREE + 2:
        return None
    result: Coefficients = (Fraction(1),)
    for _ in range(int(exponent)):
        result = _product(result, a)
    return result


def _trimmed(coefficients: Coefficients) -> Coefficients:
    end = len(coefficients)
    while end and not coefficients[end - 1]:
        end -= 1
    return coefficients[:end]


def _sum(a: Coefficients, b: Coefficients) -> Coefficients:
    longer, shorter = (a, b) if len(a) >= len(b) else (b, a)
    return _trimmed((*(x + y for x, y in zip(longer, shorter, strict=False)), *longer[len(shorter) :]))


def _product(a: Coefficients, b: Coefficients) -> Coefficients:
    found = [Fraction(0)] * max(0, len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            found[i + j] += x * y
    return _trimmed(tuple(found))


def _divided(a: Coefficients, b: Coefficients) -> tuple[Coefficients, Coefficients]:
    """Quotient and remainder."""
    quotient, rest = [Fraction(0)] * max(0, len(a) - len(b) + 1), list(a)
    for i in range(len(quotient) - 1, -1, -1):
        quotient[i] = rest[i + len(b) - 1] / b[-1]
        for j, c in enumerate(b):
            rest[i + j] -= quotient[i] * c
    return _trimmed(tuple(quotient)), _trimmed(tuple(rest))


def _greatest_common_divisor(a: Coefficients, b: Coefficients) -> Coefficients:
    """By Euclid's algorithm, with a leading coefficient of 1."""
    while b:
        a, b = b, _divided(a, b)[1]
    return tuple(c / a[-1] for c in a)


def _written(name: str, coefficients: Coefficients) -> str | None:
    """The text of a polynomial, its highest power first; None where a coefficient is no float64 number."""
    text = ""
    for power in range(len(coefficients) - 1, -1, -1):
        c = coefficients[power]
        if not c:
            continue
        number = float(c)
        if Fraction(number) != c:
            return None
        size = repr(abs(number)).removesuffix(".0")
        symbol = "" if power == 0 else name if power == 1 else f"{name}**{power}"
        term = size if not symbol else symbol if size == "1" else f"{size}*{symbol}"
        text += (f" {'-' if c < 0 else '+'} " if text else "-" if c < 0 else "") + term
    return text or "0"
