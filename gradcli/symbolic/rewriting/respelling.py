"""An expression by other trigonometric functions: cot(x) for 1/tan(x), cos(x)**2 for (1 - sin(x))*(1 + sin(x))."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy

__all__ = ["respelled"]

_RECIPROCALS: dict[Any, Any] = {
    sympy.cos: sympy.sec, sympy.cosh: sympy.sech, sympy.sin: sympy.csc, sympy.sinh: sympy.csch,
    sympy.tan: sympy.cot, sympy.tanh: sympy.coth,
}  # fmt: skip

_OTHER = {sympy.cos: sympy.sin, sympy.sin: sympy.cos}


def respelled(expression: Any) -> Iterator[Any]:
    """Other spellings; none where there is nothing of the kind in it.

    >>> x = sympy.Symbol("x", real=True)
    >>> list(respelled(1/sympy.cos(x)**2))
    [sec(x)**2]
    >>> list(respelled(sympy.cos(x)/((sympy.sin(x) - 1)*(sympy.sin(x) + 1))))
    [-1/cos(x), -sec(x)]
    """
    if expression is None or not expression.has(*_RECIPROCALS):
        return
    found = [expression]
    for rewrite in (_pythagorean, _reciprocal):
        for before in tuple(found):
            after = rewrite(before)
            if after not in found:
                found.append(after)
    yield from found[1:]


def _reciprocal(expression: Any) -> Any:
    """Powers with negative exponents by the functions that are named for them."""
    return expression.replace(
        lambda node: node.is_Pow and node.exp.is_Integer and node.exp < 0 and node.base.func in _RECIPROCALS,
        lambda node: _RECIPROCALS[node.base.func](*node.base.args) ** -node.exp,
    )


def _pythagorean(expression: Any) -> Any:
    """Squares by the square of the other function: of both factors, and of their product."""
    return expression.replace(lambda node: node.is_Mul, _of_factors).replace(lambda node: node.is_Add, _of_terms)


def _of_terms(node: Any) -> Any:
    """1 - sin(x)**2."""
    if len(node.args) != 2:
        return node
    number, square = node.as_coeff_Add()
    sign, power = square.as_coeff_Mul()
    if power.is_Pow and power.exp == 2 and power.base.func in _OTHER and sign == -number:
        return number * _OTHER[power.base.func](*power.base.args) ** 2
    return node


def _of_factors(node: Any) -> Any:
    """(1 - sin(x))*(1 + sin(x)), to the same power or to different ones."""
    powers = dict(factor.as_base_exp() for factor in node.args)
    made: Any = sympy.S.One
    for base in tuple(powers):
        number, function = base.as_coeff_Add()
        if number != 1 or function.func not in _OTHER:
            continue
        for other, sign in ((1 - function, 1), (function - 1, -1)):
            exponent, second = powers.get(base), powers.get(other)
            if exponent is None or second is None or not (exponent.is_Integer and second.is_Integer):
                continue
            if exponent * second > 0:
                both = exponent if abs(exponent) < abs(second) else second
                made *= (sign * _OTHER[function.func](*function.args) ** 2) ** both
                powers[base], powers[other] = exponent - both, second - both
    return made * sympy.Mul(*[base**exponent for base, exponent in powers.items()]) if made != 1 else node
