"""Numbers as a person means them: 0.1 is a tenth, and pi is pi.

A derivative at a point is checked with the float64 numbers that the engine computed with. A claim is about
formulas, and 0.3*x**2 is the derivative of 0.1*x**3 although three times the float64 0.1 is not the
float64 0.3.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import sympy
from mpmath import mp

from gradcli.symbolic.numbers.constants import LARGEST_EXACT, Constants

__all__ = ["Decimals", "shortest_decimal"]

_NAMED = {"pi": sympy.pi, "e": sympy.E, "tau": 2 * sympy.pi}


def shortest_decimal(number: float) -> Fraction:
    """The decimal that reads as this float64, the shortest one.

    >>> shortest_decimal(0.1)
    Fraction(1, 10)
    """
    return Fraction(repr(float(number)))


class Decimals(Constants):
    """The symbols of a program's constants, each bound to the decimal or the named number that was written."""

    def of(self, number: float) -> Any:
        """A number as an exact SymPy number if it is a simple one, as a symbol otherwise.

        >>> from gradcli.symbolic.numbers.adaptive_precision import Point
        >>> Decimals(Point()).of(0.3)
        3/10
        """
        return self._exactly(number, shortest_decimal(number)) if math.isfinite(number) else super().of(number)

    def written(self, number: float, text: str) -> Any:
        """All the digits of a number that has more of them than a float64.

        >>> from gradcli.symbolic.numbers.adaptive_precision import Point
        >>> point = Point()
        >>> point.bindings[Decimals(point).written(1e20, "100000000000000000001")]
        100000000000000000001
        """
        if not number or not math.isfinite(number):
            return self.of(number)
        try:
            exact = Fraction(text)
        except ValueError:  # the text of something else, such as a loop
            return self.of(number)
        return self._exactly(number, exact) if float(text) == number else self.of(number)

    def _exactly(self, number: float, exact: Fraction) -> Any:
        rational = sympy.Rational(exact.numerator, exact.denominator)
        if self._shown and max(abs(exact.numerator), exact.denominator) <= LARGEST_EXACT:
            return rational
        if rational not in self._known:
            self._bind(rational, repr(number), rational, mp.mpf(number))
        return self._known[rational]

    def named(self, name: str) -> Any:
        """The symbol of a named number, bound to SymPy's."""
        if name not in _NAMED:
            return super().named(name)
        known = _NAMED[name]
        if known not in self._known:
            self._bind(known, name, known, mp.mpf(float(known)))
        return self._known[known]
