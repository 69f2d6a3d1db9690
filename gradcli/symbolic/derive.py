"""Derivatives by SymPy, one output by one input at a time."""

from __future__ import annotations

from typing import Any

import sympy

from gradcli.symbolic.evaluate import nodes
from gradcli.symbolic.rules import Inexpressible

__all__ = ["Dependence", "Derivatives"]


class Dependence:
    """Which of the given symbols an expression depends on; each shared part is looked at once."""

    def __init__(self, symbols: frozenset[Any]) -> None:
        self._symbols = symbols
        self._memo: dict[Any, frozenset[Any]] = {}

    def of(self, expression: Any) -> frozenset[Any]:
        """The symbols in an expression.

        >>> x, y = sympy.symbols("x y")
        >>> Dependence(frozenset({x, y})).of(sympy.sin(x) + 1)
        frozenset({x})
        """
        if expression not in self._memo:
            for node in nodes(expression):
                if node not in self._memo:
                    self._memo[node] = self._one(node)
        return self._memo[expression]

    def _one(self, node: Any) -> frozenset[Any]:
        if not node.args:
            return frozenset({node}) & self._symbols
        parts = {self._memo[a] for a in node.args}
        return parts.pop() if len(parts) == 1 else frozenset().union(*parts)


class Derivatives:
    """The derivatives of one expression: of a sum only the terms that hold the symbol."""

    def __init__(self, expression: Any, dependence: Dependence) -> None:
        self._terms: dict[Any, list[Any]] = {}
        for term in sympy.Add.make_args(expression):
            for symbol in dependence.of(term):
                self._terms.setdefault(symbol, []).append(term)

    def by(self, symbol: Any) -> Any:
        """SymPy's derivative by a symbol, not simplified.

        Raises:
            Inexpressible: if SymPy does not know it.
        """
        try:
            return sympy.Add(*[sympy.diff(term, symbol) for term in self._terms.get(symbol, [])])
        except sympy.ArgumentIndexError as error:
            raise Inexpressible("SymPy does not know a derivative in this program") from error
