"""Which inputs a part of an expression depends on."""

from __future__ import annotations

from typing import Any

from gradcli.symbolic.numbers.adaptive_precision import Point
from gradcli.symbolic.numbers.traversal import nodes, operands

__all__ = ["Dependence"]


class Dependence:
    """The inputs' symbols that expressions depend on, through shared subexpressions too. No part is looked at twice."""

    def __init__(self, symbols: frozenset[Any], point: Point) -> None:
        self._symbols = symbols
        self._point = point
        self._memo: dict[Any, frozenset[Any]] = {}

    def of(self, expression: Any) -> frozenset[Any]:
        """The symbols among the inputs' that change an expression.

        >>> import sympy
        >>> x, y = sympy.symbols("x y")
        >>> point = Point()
        >>> point.bindings.update({x: 1, y: 2})
        >>> Dependence(frozenset({x, y}), point).of(sympy.sin(x) + 1)
        frozenset({x})
        """
        if expression not in self._memo:
            for node in nodes(expression, self._point.bindings):
                if node not in self._memo:
                    self._memo[node] = self._one(node)
        return self._memo[expression]

    def _one(self, node: Any) -> frozenset[Any]:
        parts = {self._memo[part] for part in operands(node, self._point.bindings)}
        if not parts:
            return frozenset({node}) & self._symbols
        return parts.pop() if len(parts) == 1 else frozenset().union(*parts)
