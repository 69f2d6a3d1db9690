"""The derivatives of the cardinal sine sin(pi*x)/(pi*x), which SymPy has no function for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Derivative

from gradcli.symbolic.numbers.higher_values import HIGHER
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
        return HIGHER["dsinc"](values)
