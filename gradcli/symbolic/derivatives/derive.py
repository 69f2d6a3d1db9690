"""Derivatives by SymPy, one output by one input at a time; the chain rule joins the shared subexpressions.

Of an output's derivative by a subexpression there is one symbol, bound to its expression, and what the
subexpressions before it contribute is written with these symbols: the whole stays as small as the program.
This is reverse accumulation (A. Griewank, A. Walther, Evaluating Derivatives, 2nd edition, 2008, chapter 3) by SymPy's
partial derivatives: no rule of the derivative table is used.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import sympy
from sympy.core.function import ArgumentIndexError

from gradcli.symbolic.derivatives.describe import describe
from gradcli.symbolic.numbers.adaptive_precision import Point
from gradcli.symbolic.numbers.errors import Inexpressible
from gradcli.symbolic.program.shared_subexpressions import SharedSubexpressions

__all__ = ["Derivatives", "Derived", "Partials"]


class Derived(NamedTuple):
    """An entry of a derivative.

    Attributes:
        value: the expression that was differentiated.
        derivative: its derivative.
    """

    value: Any
    derivative: Any


class Partials:
    """SymPy's derivatives of expressions by the symbols in them: of a sum only of the terms that hold one."""

    def __init__(self) -> None:
        self._terms: dict[Any, dict[Any, list[Any]]] = {}
        self._known: dict[tuple[Any, Any], Any] = {}

    def symbols(self, expression: Any) -> dict[Any, list[Any]]:
        """The symbols in an expression, each with the terms that hold it.

        >>> x, y = sympy.symbols("x y")
        >>> Partials().symbols(x*y + x)[x] == [x, x*y]
        True
        """
        if expression not in self._terms:
            terms: dict[Any, list[Any]] = {}
            for term in sympy.Add.make_args(expression):
                for symbol in term.free_symbols:
                    terms.setdefault(symbol, []).append(term)
            self._terms[expression] = terms
        return self._terms[expression]

    def of(self, expression: Any, symbol: Any) -> Any:
        """The derivative, not simplified.

        Raises:
            Inexpressible: if SymPy does not know it.
        """
        key = expression, symbol
        if key not in self._known:
            try:
                slopes = [sympy.diff(term, symbol) for term in self.symbols(expression).get(symbol, [])]
            except ArgumentIndexError:
                slopes = [sympy.Derivative(expression, symbol)]
            if any(slope.has(sympy.Derivative) for slope in slopes):
                raise Inexpressible(f"SymPy does not know the derivative of {describe(expression)}")
            self._known[key] = sympy.Add(*slopes)
        return self._known[key]


class Derivatives:
    """The derivatives of one output by every symbol.

    Args:
        output: an expression.
        subexpressions: whose symbols may occur in it.
        point: where new symbols are bound.
        partials: SymPy's derivatives known so far.
    """

    def __init__(self, output: Any, subexpressions: SharedSubexpressions, point: Point, partials: Partials) -> None:
        self._partials = partials
        self._point = point
        self._users: dict[Any, list[tuple[Any, Any]]] = {}
        self._note(sympy.S.One, output)
        # Each subexpression is used only by later ones: backwards, all users of one are known before it is come to.
        for subexpression in reversed(subexpressions.order):
            if subexpression in self._users:
                self._note(self._point.symbol_for(self.by(subexpression)), point.bindings[subexpression])

    def by(self, symbol: Any) -> Any:
        """The derivative by a symbol, not simplified.

        Raises:
            Inexpressible: if SymPy does not know it.
        """
        return sympy.Add(*[outer * self._partials.of(part, symbol) for outer, part in self._users.get(symbol, [])])

    def _note(self, outer: Any, expression: Any) -> None:
        """Note what the partial derivatives of an expression are multiplied with: the output's derivative by it."""
        for symbol in self._partials.symbols(expression):
            self._users.setdefault(symbol, []).append((outer, expression))
