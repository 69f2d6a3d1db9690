"""Higher functions that SymPy does not have, or has no derivatives of.

Each is given by an integral or a series that mpmath computes, and by its derivative; sources: NIST Digital Library of
Mathematical Functions, 7.2.5 (Dawson), 11.4.27 (Struve), 15.5.1 (hypergeometric), 19.2 (elliptic), 25.2.1 (zeta).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Derivative, Integer, Pow, Rational, gamma, sin

from gradcli.symbolic.numbers.higher_values import HIGHER, elliptic
from gradcli.symbolic.numbers.level import Level, RealFunction, Value

__all__ = ["DawsonDerivative", "EllipticEDerivative", "EllipticFDerivative", "Hypergeometric", "Struve",
           "ZetaDerivative"]  # fmt: skip


class _OfParameters(RealFunction):
    """A function of its last argument.

    Attributes:
        name: in the language.
    """

    __slots__ = ()
    name = ""

    def _eval_derivative(self, symbol: Any) -> Any:
        *fixed, x = self.args
        if any(p.has(symbol) for p in fixed):
            return Derivative(self, symbol, evaluate=False)
        return self.slope() * x.diff(symbol)

    def slope(self) -> Any:
        """The derivative by the last argument: of a function of an order the one of the next order."""
        order, *rest = self.args
        return type(self)(order + 1, *rest)

    def numeric(self, level: Level, values: Sequence[Value]) -> Value:  # noqa: ARG002  # compares nothing
        """The value."""
        return HIGHER[self.name](values)


class DawsonDerivative(_OfParameters):
    """The n-th derivative of Dawson's integral F."""

    __slots__ = ()
    name = "ddawsn"


class ZetaDerivative(_OfParameters):
    """The n-th derivative of zeta."""

    __slots__ = ()
    name = "dzeta"


class Struve(_OfParameters):
    """Struve's function of order v."""

    __slots__ = ()
    name = "struve"

    def slope(self) -> Any:
        """The derivative by the last argument."""
        v, x = self.args
        return Struve(v - 1, x) - v * self / x


class Hypergeometric(_OfParameters):
    """Gauss's function 2F1(a, b; c; x)."""

    __slots__ = ()
    name = "hyp2f1"

    def slope(self) -> Any:
        """The derivative by the last argument."""
        a, b, c, x = self.args
        return a * b / c * Hypergeometric(a + 1, b + 1, c + 1, x)


class _Elliptic(RealFunction):
    """The n-th derivative by m of an incomplete elliptic integral of phi and m, by the integral differentiated."""

    __slots__ = ()
    power: Any = Rational(1, 2)

    def _eval_derivative(self, symbol: Any) -> Any:
        order, phi, m = self.args
        if order.has(symbol):
            return Derivative(self, symbol, evaluate=False)
        square = Pow(sin(phi), Integer(2))
        rising = gamma(order + self.power, evaluate=False) / gamma(self.power)
        by_angle = rising * square**order / (1 - m * square) ** (order + self.power)
        by_modulus = type(self)(order + 1, phi, m)
        return by_angle * phi.diff(symbol) + by_modulus * m.diff(symbol)

    def numeric(self, level: Level, values: Sequence[Value]) -> Value:  # noqa: ARG002  # compares nothing
        """The value, for m < 1."""
        return elliptic((int(self.power.p), int(self.power.q)), values)


class EllipticFDerivative(_Elliptic):
    """Of the first kind."""

    __slots__ = ()


class EllipticEDerivative(_Elliptic):
    """Of the second kind."""

    __slots__ = ()
    power = Rational(-1, 2)
