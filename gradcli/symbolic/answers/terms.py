"""How large the terms of a sum are, which those who compute it in few digits are off by a part of."""

from __future__ import annotations

from typing import Any

import sympy
from mpmath import mp

from gradcli.symbolic.numbers.adaptive_precision import Point, is_finite
from gradcli.symbolic.numbers.level import Value
from gradcli.symbolic.numbers.traversal import nodes, operands

__all__ = ["largest_term"]


def largest_term(expression: Any, point: Point) -> Value:
    """The absolute value of the largest term of an expression, its products of sums multiplied out.

    A sum within another function, a power among them, is no sum here: it is one number.

    >>> x = sympy.Symbol("x")
    >>> point = Point()
    >>> point.bindings[x] = mp.mpf(1000)
    >>> largest_term(x*(x - 999), point), largest_term((x - 999)**2, point)
    (mpf('1000000.0'), mpf('1.0'))
    """
    sizes: dict[Any, Value] = {}
    for node in nodes(expression, point.bindings):
        parts = [sizes[part] for part in operands(node, point.bindings)]
        if node.is_Symbol and parts:
            sizes[node] = parts[0]
        elif node.func is sympy.Add:
            sizes[node] = max(parts)
        elif node.func is sympy.Mul:
            sizes[node] = mp.fprod(parts)
        else:
            number = point.number(node)
            sizes[node] = abs(number) if is_finite(number) else mp.zero
    return sizes[expression]
