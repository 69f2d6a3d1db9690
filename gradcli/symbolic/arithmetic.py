"""Arithmetic of entries: exact where the numbers are small, symbols where they are not."""

from __future__ import annotations

from typing import Any

import sympy

from gradcli.symbolic.chains import Chain, expression
from gradcli.symbolic.constants import Constants

__all__ = ["add", "divide", "multiply", "negate", "power", "subtract"]

_SMALL = 1_000_000
_EXPONENT = 64


def add(constants: Constants, x: Any, y: Any) -> Any:
    """x + y.

    >>> from gradcli.symbolic.settle import Point
    >>> add(Constants(Point()), sympy.Integer(1), sympy.Rational(1, 2))
    3/2
    """
    return _join(constants, sympy.Add, x, y)


def multiply(constants: Constants, x: Any, y: Any) -> Any:
    """x*y."""
    return _join(constants, sympy.Mul, x, y)


def negate(constants: Constants, x: Any) -> Any:
    """-x."""
    return _join(constants, sympy.Mul, sympy.S.NegativeOne, x)


def subtract(constants: Constants, x: Any, y: Any) -> Any:
    """x - y."""
    return add(constants, x, negate(constants, expression(y)))


def divide(constants: Constants, x: Any, y: Any) -> Any:
    """x/y."""
    return multiply(constants, x, power(constants, y, sympy.S.NegativeOne))


def power(constants: Constants, x: Any, y: Any) -> Any:
    """x**y; SymPy sees small rational exponents, so that it knows a root when it meets one."""
    base, exponent = expression(x), expression(y)
    if exponent in constants:
        if base in constants:
            return _constant_power(constants, base, exponent)
        if exponent.is_Rational and max(abs(exponent.p), exponent.q) > _EXPONENT:
            exponent = constants.fold(exponent)
    return sympy.Pow(base, exponent)


def _constant_power(constants: Constants, base: Any, exponent: Any) -> Any:
    exact = base.is_Rational and exponent.is_Integer and (base != 0 or exponent > 0)
    if exact and abs(exponent) <= _EXPONENT and abs(exponent) * _bits(base) <= _bits(sympy.Integer(_SMALL)):
        return sympy.Pow(base, exponent)
    return constants.fold(sympy.Pow(base, exponent, evaluate=False))


def _join(constants: Constants, join: Any, x: Any, y: Any) -> Any:
    if isinstance(x, Chain) or isinstance(y, Chain):
        return Chain(join, x, y)
    left, right = expression(x), expression(y)
    if left not in constants or right not in constants:
        return Chain(join, left, right)
    if left.is_Rational and right.is_Rational:
        exact = join(left, right)
        if max(abs(exact.p), exact.q) <= _SMALL:
            return exact
    return constants.fold(join(left, right, evaluate=False))


def _bits(number: Any) -> int:
    return int(max(abs(number.p), number.q)).bit_length()
