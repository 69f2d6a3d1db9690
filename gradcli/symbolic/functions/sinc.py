"""The derivatives of the cardinal sine sin(pi*x)/(pi*x), which SymPy has no function for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mpmath import mp
from sympy import Derivative

from gradcli.symbolic.numbers.errors import Inexpressible
from gradcli.symbolic.numbers.level import Level, RealFunction, Value

__all__ = ["SincDerivative"]


class SincDerivative(RealFunction):
    """The n-th derivative of the cardinal sine at x, from `SincDerivative(n, x)`.

    It is the integral of (pi*t)**n * cos(pi*x*t + n*pi/2) over 0 < t < 1, a hypergeometric function.
    Source: NIST Digital Library of Mathematical Functions, 16.5.
    """

    __slots__ = ()

    def _eval_derivative(self, symbol: Any) -> Any:
        order, x = self.args
        if order.has(symbol):
            return Derivative(self, symbol, evaluate=False)
        return SincDerivative(order + 1, x) * x.diff(symbol)

    def _sympystr(self, printer: Any) -> str:
        return f"dsinc({printer.doprint(self.args[0])}, {printer.doprint(self.args[1])})"

    def numeric(self, level: Level, values: Sequence[Value]) -> Value:  # noqa: ARG002  # compares nothing
        """The value, real for every real x.

        Raises:
            Inexpressible: for an order that is no whole number.
        """
        order, x = values
        if not mp.isint(order) or order < 0:
            raise Inexpressible(f"dsinc has no order {mp.nstr(order, 6)}")
        if not mp.isfinite(x):
            return mp.nan if mp.isnan(x) else mp.zero
        if order == 0:
            return mp.sincpi(x)  # which knows that it is 0 at the whole numbers
        n, angle = int(order), mp.pi * x
        if n % 2 == 0:
            integral = mp.hyp1f2((n + 1) / mp.mpf(2), 0.5, (n + 3) / mp.mpf(2), -(angle**2) / 4) / (n + 1)
            return (-1) ** (n // 2) * mp.pi**n * integral
        integral = angle * mp.hyp1f2((n + 2) / mp.mpf(2), 1.5, (n + 4) / mp.mpf(2), -(angle**2) / 4) / (n + 2)
        return (-1) ** ((n + 1) // 2) * mp.pi**n * integral
