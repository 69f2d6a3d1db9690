"""Expressions as directed acyclic graphs: a symbol leads on to the expression that it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy.core.expr import Expr

__all__ = ["nodes", "operands"]


def operands(node: Any, bindings: Mapping[Any, Any]) -> tuple[Any, ...]:
    """What a node's value is computed from: its arguments, or the expression that a symbol stands for.

    >>> import sympy
    >>> x, y = sympy.symbols("x y")
    >>> operands(x*y, {}), operands(y, {y: x + 1}), operands(x, {x: 3})
    ((x, y), (x + 1,), ())
    """
    if node.is_Symbol:
        bound = bindings[node]
        return (bound,) if isinstance(bound, Expr) else ()
    return () if node.is_Number else node.args


def nodes(expression: Any, bindings: Mapping[Any, Any]) -> list[Any]:
    """Every part of an expression once, what a node is computed from before the node.

    >>> import sympy
    >>> x = sympy.Symbol("x")
    >>> nodes(sympy.sin(x)**2, {x: 3})
    [2, x, sin(x), sin(x)**2]
    """
    order: list[Any] = []
    seen: set[Any] = set()
    stack: list[tuple[Any, bool]] = [(expression, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack += [(part, False) for part in operands(node, bindings)]
    return order
