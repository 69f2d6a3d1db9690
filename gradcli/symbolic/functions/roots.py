"""Roots of polynomials as SymPy expressions: eigenvalues, with their derivatives by the implicit function theorem."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from mpmath import mp
from mpmath.libmp.libhyper import NoConvergence
from sympy import Add, Integer, S

from gradcli.symbolic.numbers.errors import Inexpressible
from gradcli.symbolic.numbers.level import Level, RealFunction, Value

__all__ = ["Root"]


class Root(RealFunction):
    """The k-th smallest root, from `Root(k, c0, ..., c(n-1))`, of c0 + c1*x + ... + x**n, whose roots are all real.

    Where the root is a simple one its derivative by the coefficient c(j) is -x**j over the polynomial's derivative
    at the root.
    """

    __slots__ = ()
    is_extended_real = True

    def _eval_derivative(self, symbol: Any) -> Any:
        _, *coefficients = self.args
        changes = [c.diff(symbol) for c in coefficients]
        if all(change == 0 for change in changes):
            return S.Zero
        change = Add(*[self**j * change for j, change in enumerate(changes)])
        return -change / self._polynomial_derivative()

    def _polynomial_derivative(self) -> Any:
        """The polynomial's derivative at the root."""
        _, *coefficients = self.args
        n = len(coefficients)
        return Add(*[Integer(j) * self ** (j - 1) * c for j, c in enumerate(coefficients) if j], n * self ** (n - 1))

    def _sympystr(self, printer: Any) -> str:
        return f"root({', '.join(printer.doprint(a) for a in self.args)})"

    def numeric(self, level: Level, values: Sequence[Value]) -> Value:
        """The root; not-a-number where a coefficient is not finite.

        Raises:
            Inexpressible: if the roots are not found.
        """
        k, *coefficients = values
        if not all(mp.isfinite(c) for c in coefficients):
            return mp.nan
        return _roots(tuple(coefficients), level.prec)[int(k)]


_STEPS = 200
"""Of the Durand-Kerner iteration, four times as many as mpmath takes if not told: it doubles the right digits with each
step once it converges, and slows down only where roots nearly coincide."""

_KNOWN = 256
"""Lists of roots kept: the eigenvalues of a matrix are asked for one by one, at each level of precision."""


@lru_cache(maxsize=_KNOWN)
def _roots(coefficients: tuple[Any, ...], prec: int) -> list[Any]:
    """All the roots, in ascending order; their imaginary parts are rounding.

    Roots that nearly coincide have half the right digits of the coefficients, hence three times the bits inside.
    """
    try:
        found = mp.polyroots([mp.one, *reversed(coefficients)], maxsteps=_STEPS, extraprec=2 * prec)
    except NoConvergence:
        raise Inexpressible("the eigenvalues are too near each other to be told apart") from None
    return sorted(mp.re(root) for root in found)
