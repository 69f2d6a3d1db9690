"""Arithmetic of entries: exact where the numbers are small, symbols where they are not."""

from __future__ import annotations

from typing import Any

import sympy

from gradcli.symbolic.numbers.constants import LARGEST_EXACT, Constants
from gradcli.symbolic.program.lazy_sums import LazyOperation, as_expression
from gradcli.symbolic.program.shared_subexpressions import SharedSubexpressions

__all__ = ["Arithmetic"]

_EXPONENT = 64
"""The largest numerator and denominator of a constant exponent that SymPy sees: it then knows x**(1/2) for a root, and
multiplies the exponents of powers of powers. Neither helps with a larger exponent."""


class Arithmetic:
    """Sums, products and powers of a program's entries.

    >>> from gradcli.symbolic.numbers.adaptive_precision import Point
    >>> point = Point()
    >>> Arithmetic(Constants(point), SharedSubexpressions(point)).add(sympy.Integer(1), sympy.Rational(1, 2))
    3/2
    """

    def __init__(self, constants: Constants, subexpressions: SharedSubexpressions) -> None:
        self.constants = constants
        self.subexpressions = subexpressions

    def add(self, x: Any, y: Any) -> Any:
        """x + y."""
        return self._operate(sympy.Add, x, y)

    def subtract(self, x: Any, y: Any) -> Any:
        """x - y."""
        return self.add(x, as_expression(self.negate(y)))

    def multiply(self, x: Any, y: Any) -> Any:
        """x*y."""
        return self._operate(sympy.Mul, x, y)

    def negate(self, x: Any) -> Any:
        """-x."""
        return self.multiply(sympy.S.NegativeOne, x)

    def divide(self, x: Any, y: Any) -> Any:
        """x/y."""
        return self.multiply(x, self.power(y, sympy.S.NegativeOne))

    def power(self, x: Any, y: Any) -> Any:
        """x**y; SymPy sees small rational exponents, so that it knows a root when it meets one."""
        base, exponent = self.compact(x), self.compact(y)
        if exponent in self.constants:
            if base in self.constants:
                return self._constant_power(base, exponent)
            if exponent.is_Rational and max(abs(exponent.p), exponent.q) > _EXPONENT:
                exponent = self.constants.fold(exponent)
        return sympy.Pow(base, exponent)

    def compact(self, entry: Any) -> Any:
        """An entry as an expression of bounded size: of a large one the symbol that stands for it."""
        return self.subexpressions.extract(as_expression(entry))

    def _constant_power(self, base: Any, exponent: Any) -> Any:
        exact = base.is_Rational and exponent.is_Integer and (base != 0 or exponent > 0)
        if exact and abs(exponent) * _bits(base) <= _bits(sympy.Integer(LARGEST_EXACT)):
            return sympy.Pow(base, exponent)
        return self.constants.fold(sympy.Pow(base, exponent, evaluate=False))

    def _operate(self, operation: Any, x: Any, y: Any) -> Any:
        left, right = self._operand(operation, x), self._operand(operation, y)
        if isinstance(left, LazyOperation) or isinstance(right, LazyOperation):
            return LazyOperation(operation, left, right)
        if left not in self.constants or right not in self.constants:
            return LazyOperation(operation, left, right)
        if left.is_Rational and right.is_Rational:
            exact = operation(left, right)
            if max(abs(exact.p), exact.q) <= LARGEST_EXACT:
                return exact
        return self.constants.fold(operation(left, right, evaluate=False))

    def _operand(self, operation: Any, entry: Any) -> Any:
        return entry if isinstance(entry, LazyOperation) and entry.operation is operation else self.compact(entry)


def _bits(number: Any) -> int:
    return int(max(abs(number.p), number.q)).bit_length()
