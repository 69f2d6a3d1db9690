"""The sub-expression that makes a point special, as text for a person."""

from __future__ import annotations

from typing import Any

import sympy
from sympy.printing.str import StrPrinter

from gradcli.symbolic.numbers.adaptive_precision import FIRST, Point, is_finite
from gradcli.symbolic.numbers.traversal import nodes, operands

__all__ = ["culprit", "describe"]

_LENGTH = 80
"""Characters of an expression in a message: a line of an ordinary terminal."""

_NODES = 200
"""Nodes of an expression whose text is made at all: with more it would be cut off at that length anyway."""

_PREC = 2 * FIRST
"""Bits: those of the more precise of the first two levels, which have been computed already."""


class _Printer(StrPrinter):  # type: ignore[misc]  # SymPy has no types
    """SymPy's text with the variables' own names, and constants as numbers."""

    def _print_Dummy(self, symbol: Any) -> str:
        return str(symbol.name)


def describe(expression: Any) -> str:
    """An expression as text of a bearable length.

    >>> describe(sympy.Dummy("x") + 1)
    'x + 1'
    """
    size = 0
    for size, _ in enumerate(sympy.preorder_traversal(expression)):
        if size > _NODES:
            return f"{type(expression).__name__}(...)"
    text: str = _Printer().doprint(expression)
    return text if len(text) <= _LENGTH else text[: _LENGTH - 1] + "…"


def culprit(point: Point, expression: Any) -> str:
    """The first part of an expression that has no finite value although all its arguments have one."""
    level = point.level(_PREC)
    for node in nodes(expression, point.bindings):
        parts = operands(node, point.bindings)
        if not is_finite(level.value(node)) and all(is_finite(level.value(p)) for p in parts):
            return describe(node)
    return ""
