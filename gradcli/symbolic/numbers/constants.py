"""Constants of a program, kept out of SymPy's hands: each number is a symbol that is bound to it.

SymPy computes with exact integers and rationals, so that 9**9**9 never ends. Only small ones are shown to
it; every other number, and every function of numbers, becomes a symbol with the number's sign, and
its value is computed when all else is.
"""

from __future__ import annotations

import math
from typing import Any

import sympy
from mpmath import mp

from gradcli.ops import CONSTANTS
from gradcli.symbolic.numbers.adaptive_precision import FIRST, Point, agree, is_finite
from gradcli.symbolic.numbers.level import Value

__all__ = ["LARGEST_EXACT", "Constants", "UnevaluatedConstants"]

LARGEST_EXACT = 1_000_000
"""The largest numerator and denominator that SymPy sees: 20 bits.

It lets SymPy recognise the numbers that people write, and keeps what it makes of them small: a product of two such
numbers has 40 bits, and is a symbol again.
"""

_DENOMINATOR = 64
"""The largest denominator of a float64 that SymPy sees as a fraction: 1/2, 3/4, 1/64. Beyond that a float64 is more
often a rounded decimal, such as 0.1, whose fraction means nothing to anybody."""

_SIGN = 20
"""Bits in which two levels of precision have to agree on a constant before SymPy is told its sign."""


class Constants:
    """The symbols of one program's constants, bound at a point.

    Args:
        point: where they are bound.
        shown: whether SymPy may see small numbers and the signs of the others, and simplify with them.
    """

    def __init__(self, point: Point, shown: bool = True) -> None:
        self.point = point
        self._shown = shown
        self._known: dict[Any, Any] = {}
        self._symbols: set[Any] = set()

    def of(self, number: float) -> Any:
        """A float64 as an exact SymPy number if it is a simple one, as a symbol otherwise.

        >>> Constants(Point()).of(0.5), Constants(Point()).of(0.3).is_positive
        (1/2, True)
        """
        if self._shown and math.isfinite(number):
            numerator, denominator = float(number).as_integer_ratio()
            if abs(numerator) <= LARGEST_EXACT and denominator <= _DENOMINATOR:
                return sympy.Rational(numerator, denominator)
        key = repr(number)
        if key not in self._known:
            self._bind(key, key, mp.mpf(number), mp.mpf(number))
        return self._known[key]

    def written(self, number: float, text: str) -> Any:  # noqa: ARG002  # Decimals reads it
        """A number of the program, which has this text in it."""
        return self.of(number)

    def named(self, name: str) -> Any:
        """The constant of a name: pi is the float64 that the engine computes with."""
        return self.of(CONSTANTS[name])

    def fold(self, expression: Any) -> Any:
        """The symbol that stands for an unevaluated function of constants."""
        if expression not in self._known:
            value = self._value(expression) if self._shown else None
            self._bind(expression, "…" if value is None else mp.nstr(value, 6), expression, value)
        return self._known[expression]

    def _value(self, expression: Any) -> Value:
        """The value as two levels of precision agree on it; 0, which has no sign, if they do not."""
        rough = self.point.level(FIRST).value(expression)
        value = self.point.level(2 * FIRST).value(expression)
        return value if agree(rough, value, _SIGN) else mp.zero

    def __contains__(self, expression: Any) -> bool:
        """Whether an expression is a constant."""
        return bool(expression.is_Number) or expression in self._symbols

    def _bind(self, key: Any, text: str, bound: Any, value: Value) -> None:
        symbol = sympy.Dummy(text, **_assumptions(value))
        self._known[key] = symbol
        self._symbols.add(symbol)
        self.point.bindings[symbol] = bound


class UnevaluatedConstants(Constants):
    """For a program in which all is constant: SymPy simplifies nothing, and each operation stays as it is written."""

    def fold(self, expression: Any) -> Any:
        """The unevaluated expression itself."""
        return expression

    def __contains__(self, expression: Any) -> bool:
        """Every expression is a constant."""
        return True


def _assumptions(value: Value) -> dict[str, bool]:
    if not is_finite(value):
        return {}
    return {"real": True} if value == 0 else {"positive": True} if value > 0 else {"negative": True}
