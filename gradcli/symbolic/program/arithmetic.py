"""Arithmetic of entries: exact where the numbers are small, symbols where they are not."""

from __future__ import annotations

from typing import Any

import sympy

from gradcli.symbolic.numbers.constants import Constants
from gradcli.symbolic.program.lazy_sums import Chain, expression
from gradcli.symbolic.program.shared_subexpressions import Pieces

__all__ = ["Arithmetic"]

_SMALL = 1_000_000
_EXPONENT = 64


class Arithmetic:
    """Sums, products and powers of a program's entries.

    >>> from gradcli.symbolic.numbers.adaptive_precision import Point
    >>> point = Point()
    >>> Arithmetic(Constants(point), Pieces(point)).add(sympy.Integer(1), sympy.Rational(1, 2))
    3/2
    """

    def __init__(self, constants: Constants, pieces: Pieces) -> None:
        self.constants = constants
        self.pieces = pieces

    def add(self, x: Any, y: Any) -> Any:
        """x + y."""
        return self._join(sympy.Add, x, y)

    def subtract(self, x: Any, y: Any) -> Any:
        """x - y."""
        return self.add(x, expression(self.negate(y)))

    def multiply(self, x: Any, y: Any) -> Any:
        """x*y."""
        return self._join(sympy.Mul, x, y)

    def negate(self, x: Any) -> Any:
        """-x."""
        return self.multiply(sympy.S.NegativeOne, x)

    def divide(self, x: Any, y: Any) -> Any:
        """x/y."""
        return self.multiply(x, self.power(y, sympy.S.NegativeOne))

    def power(self, x: Any, y: Any) -> Any:
        """x**y; SymPy sees small rational exponents, so that it knows a root when it meets one."""
        base, exponent = self.solid(x), self.solid(y)
        if exponent in self.constants:
            if base in self.constants:
                return self._constant_power(base, exponent)
            if exponent.is_Rational and max(abs(exponent.p), exponent.q) > _EXPONENT:
                exponent = self.constants.fold(exponent)
        return sympy.Pow(base, exponent)

    def solid(self, entry: Any) -> Any:
        """An entry as an expression that is not large."""
        return self.pieces.cut(expression(entry))

    def _constant_power(self, base: Any, exponent: Any) -> Any:
        exact = base.is_Rational and exponent.is_Integer and (base != 0 or exponent > 0)
        if exact and abs(exponent) * _bits(base) <= _bits(sympy.Integer(_SMALL)):
            return sympy.Pow(base, exponent)
        return self.constants.fold(sympy.Pow(base, exponent, evaluate=False))

    def _join(self, join: Any, x: Any, y: Any) -> Any:
        left, right = self._link(join, x), self._link(join, y)
        if isinstance(left, Chain) or isinstance(right, Chain):
            return Chain(join, left, right)
        if left not in self.constants or right not in self.constants:
            return Chain(join, left, right)
        if left.is_Rational and right.is_Rational:
            exact = join(left, right)
            if max(abs(exact.p), exact.q) <= _SMALL:
                return exact
        return self.constants.fold(join(left, right, evaluate=False))

    def _link(self, join: Any, entry: Any) -> Any:
        return entry if isinstance(entry, Chain) and entry.join is join else self.solid(entry)


def _bits(number: Any) -> int:
    return int(max(abs(number.p), number.q)).bit_length()
