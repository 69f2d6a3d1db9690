"""Higher functions that SymPy does not have, or has no derivatives of.

Each is given by an integral or a series that mpmath computes, and by its derivative; sources: NIST Digital Library of
Mathematical Functions, 7.2.5 (Dawson), 11.4.27 (Struve), 15.5.1 (hypergeometric), 19.2 (elliptic), 25.2.1 (zeta).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mpmath import mp
from sympy import Derivative, Integer, Pow, Rational, gamma, sin

from gradcli.symbolic.numbers.errors import Inexpressible
from gradcli.symbolic.numbers.level import Level, RealFunction, Value

__all__ = ["DawsonDerivative", "EllipticEDerivative", "EllipticFDerivative", "Hypergeometric", "Struve",
           "ZetaDerivative"]  # fmt: skip


class _OfParameters(RealFunction):
    """A function of its last argument."""

    __slots__ = ()

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
        if not all(mp.isfinite(v) for v in values):
            return mp.nan
        try:
            found = self.at(*values)
        except (ValueError, ZeroDivisionError, OverflowError):  # mpmath's ways to name a pole
            return mp.inf
        if isinstance(found, mp.mpc):
            return found.real if found.imag == 0 else None
        return found

    def at(self, *_values: Value) -> Value:
        """The value at finite arguments."""
        raise Inexpressible(f"there are no numbers for {type(self).__name__}")


def _whole(order: Value, name: str) -> int:
    if not mp.isint(order) or order < 0:
        raise Inexpressible(f"{name} has no order {mp.nstr(order, 6)}")
    return int(order)


class DawsonDerivative(_OfParameters):
    """The n-th derivative of Dawson's integral F: F' = 1 - 2*x*F, differentiated."""

    __slots__ = ()

    def at(self, *values: Value) -> Value:
        """The value at finite arguments."""
        order, x = _whole(values[0], "ddawsn"), values[1]
        with mp.workprec(mp.prec + 60 + (order + 2) * (10 + 2 * max(0, mp.mag(x)))):
            before = mp.sqrt(mp.pi) / 2 * mp.exp(-(x**2)) * mp.erfi(x)
            if order == 0:
                return before
            out = 1 - 2 * x * before
            for k in range(1, order):
                before, out = out, -2 * x * out - 2 * k * before
        return out


class ZetaDerivative(_OfParameters):
    """The n-th derivative of zeta."""

    __slots__ = ()

    def at(self, *values: Value) -> Value:
        """The value at finite arguments."""
        order, s = _whole(values[0], "dzeta"), values[1]
        return None if s < 1 else mp.inf if s == 1 else mp.zeta(s, 1, order)


class Struve(_OfParameters):
    """Struve's function of order v."""

    __slots__ = ()

    def slope(self) -> Any:
        """The derivative by the last argument."""
        v, x = self.args
        return Struve(v - 1, x) - v * self / x

    def at(self, *values: Value) -> Value:
        """The value at finite arguments."""
        return mp.struveh(*values)


class Hypergeometric(_OfParameters):
    """Gauss's function 2F1(a, b; c; x)."""

    __slots__ = ()

    def slope(self) -> Any:
        """The derivative by the last argument."""
        a, b, c, x = self.args
        return a * b / c * Hypergeometric(a + 1, b + 1, c + 1, x)

    def at(self, *values: Value) -> Value:
        """The value at finite arguments."""
        return mp.hyp2f1(*values)


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
        if not all(mp.isfinite(v) for v in values):
            return mp.nan
        order, phi, m = values
        n, power = _whole(order, "an elliptic integral's derivative"), mp.mpf(self.power.p) / self.power.q
        if m >= 1:
            raise Inexpressible("elliptic integrals are computed for m < 1")
        if n == 0:
            return mp.re((mp.ellipf if power > 0 else mp.ellipe)(phi, m))
        turns = mp.nint(phi / mp.pi)
        whole = mp.rf(power, n) * turns * mp.pi * mp.rf(mp.mpf(1) / 2, n) / mp.factorial(n)
        whole *= mp.hyp2f1(n + power, n + mp.mpf(1) / 2, n + 1, m) if turns else 0
        rest, half = phi - turns * mp.pi, mp.mpf(1) / 2
        if rest == 0:
            return whole
        s = mp.sin(rest)
        part = mp.rf(power, n) * s ** (2 * n + 1) / (2 * n + 1)
        return whole + part * mp.appellf1(n + half, half, n + power, n + 3 * half, s**2, m * s**2)


class EllipticFDerivative(_Elliptic):
    """Of the first kind."""

    __slots__ = ()


class EllipticEDerivative(_Elliptic):
    """Of the second kind."""

    __slots__ = ()
    power = Rational(-1, 2)
