"""Lazy sums and products: put together at the end, as SymPy sorts a sum's terms each time that one is added."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

__all__ = ["LazyOperation", "as_expression"]


class LazyOperation:
    """A sum or a product of two operands whose SymPy expression is made when it is needed.

    Args:
        operation: `sympy.Add` or `sympy.Mul`.
        left: an expression, or another lazy operation of the same kind.
        right: the same.
    """

    __slots__ = ("_expression", "left", "operation", "right")

    def __init__(self, operation: Callable[..., Any], left: Any, right: Any) -> None:
        self.operation = operation
        self.left = left
        self.right = right
        self._expression: Any = None

    def expression(self) -> Any:
        """The expression, of all operands at once, and made only once.

        >>> x = sympy.Symbol("x")
        >>> LazyOperation(sympy.Add, LazyOperation(sympy.Add, x, 1), x).expression()
        2*x + 1
        """
        if self._expression is None:
            operands: list[Any] = []
            stack: list[Any] = [self]
            while stack:
                item = stack.pop()
                if isinstance(item, LazyOperation) and item._expression is None:
                    stack += [item.right, item.left]
                else:
                    operands.append(item._expression if isinstance(item, LazyOperation) else item)
            self._expression = self.operation(*operands)
        return self._expression


def as_expression(item: Any) -> Any:
    """The SymPy expression of an entry; a truth value is 1 or 0.

    >>> as_expression(sympy.true)
    1
    """
    if isinstance(item, LazyOperation):
        return item.expression()
    if item is sympy.true:
        return sympy.S.One
    return sympy.S.Zero if item is sympy.false else item
