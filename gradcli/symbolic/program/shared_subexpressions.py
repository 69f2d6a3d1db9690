"""Large expressions with a symbol for each large part, so that none grows beyond what SymPy does fast.

Without this, a program that uses a name twice in each of twenty steps would be an expression of a
million terms, and SymPy takes more than linear time for the depth of an expression.
"""

from __future__ import annotations

from typing import Any

import sympy

from gradcli.symbolic.numbers.adaptive_precision import Point

__all__ = ["SharedSubexpressions"]

_SIZE = 60
"""Nodes of an expression, written out, that has no symbol yet.

Measured by the gradient of a = 3.75*a*(1 - a), sixty times: 0.4 s with up to 60 nodes, 0.5 s with up to 15, 67 s
with up to 200.
"""

_DEPTH = 10
"""Nodes within each other. Between 5 and 20 sin(sin(...)), two hundred times, takes from 0.2 s to 0.5 s."""


class SharedSubexpressions:
    """The large parts of one program, each a symbol that is bound at the point to the expression it stands for.

    Args:
        point: where they are bound.
        size: how many nodes an expression may have when written out; 0 for any number.
        depth: how many nodes may be nested.

    Attributes:
        order: the symbols; each stands for an expression of inputs and of symbols before it.
    """

    def __init__(self, point: Point, size: int = _SIZE, depth: int = _DEPTH) -> None:
        self.order: list[Any] = []
        self._point = point
        self._limits = size, depth
        self._known: dict[Any, Any] = {}
        self._measures: dict[Any, tuple[int, int]] = {}

    def extract(self, expression: Any) -> Any:
        """The expression, or the symbol that stands for it if it is a large one.

        >>> x = sympy.Symbol("x")
        >>> SharedSubexpressions(Point(), size=3).extract(sympy.sin(x) + 1)
        _…
        """
        if not self._limits[0]:
            return expression
        size, depth = self._measure(expression)
        if size <= self._limits[0] and depth <= self._limits[1]:
            return expression
        if expression not in self._known:
            symbol = sympy.Dummy("…", real=True)
            self._point.bindings[symbol] = expression
            self.order.append(symbol)
            self._known[expression] = symbol
        return self._known[expression]

    def _measure(self, expression: Any) -> tuple[int, int]:
        """How many nodes an expression has when written out, and how many are nested."""
        known = self._measures
        stack = [expression]
        while stack:
            node = stack[-1]
            if node in known:
                stack.pop()
                continue
            missing = [a for a in node.args if a not in known]
            if missing:
                stack += missing
                continue
            parts = [known[a] for a in node.args]
            known[node] = 1 + sum(size for size, _ in parts), 1 + max((depth for _, depth in parts), default=0)
            stack.pop()
        return known[expression]
