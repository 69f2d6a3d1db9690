"""Long sums and products, put together at the end: SymPy sorts a sum's terms each time that one is added."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

__all__ = ["Chain", "expression"]


class Chain:
    """A sum or a product whose SymPy expression is made when it is needed.

    Args:
        join: `sympy.Add` or `sympy.Mul`.
        left: an expression, or a chain of the same kind.
        right: the same.
    """

    __slots__ = ("_made", "join", "left", "right")

    def __init__(self, join: Callable[..., Any], left: Any, right: Any) -> None:
        self.join = join
        self.left = left
        self.right = right
        self._made: Any = None

    def make(self) -> Any:
        """The expression.

        >>> x = sympy.Symbol("x")
        >>> Chain(sympy.Add, Chain(sympy.Add, x, 1), x).make()
        2*x + 1
        """
        if self._made is None:
            parts: list[Any] = []
            stack: list[Any] = [self]
            while stack:
                item = stack.pop()
                if isinstance(item, Chain) and item._made is None:
                    stack += [item.right, item.left]
                else:
                    parts.append(item._made if isinstance(item, Chain) else item)
            self._made = self.join(*parts)
        return self._made


def expression(item: Any) -> Any:
    """The SymPy expression of an entry; a truth value is 1 or 0.

    >>> expression(sympy.true)
    1
    """
    if isinstance(item, Chain):
        return item.make()
    if item is sympy.true:
        return sympy.S.One
    return sympy.S.Zero if item is sympy.false else item
