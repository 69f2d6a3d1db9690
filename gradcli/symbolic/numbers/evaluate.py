"""Numbers for SymPy expressions at one fixed precision: iterative, each shared part once.

A value is a real mpmath number, possibly infinite or not-a-number, or None where some step has no real
value (the engine has not-a-number there): the language computes with real numbers.

This is floating-point arithmetic and not interval arithmetic: a value comes without a bound on its error. What
evaluation does keep, so that others can tell whether to trust the value, are the two places where an error of
rounding can grow without limit: comparisons (`gaps`) and sums that cancel (`cancelled`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mpmath import mp
from sympy import Add

from gradcli.symbolic.numbers.errors import Inexpressible
from gradcli.symbolic.numbers.exact import exact_sum, is_exact
from gradcli.symbolic.numbers.level import Level, RealFunction, Value
from gradcli.symbolic.numbers.mpmath_values import RULES
from gradcli.symbolic.numbers.traversal import nodes, operands

__all__ = ["Evaluation"]

_LEFT_OF_A_SUM = 40
"""Bits, 12 digits: a sum in which cancellation leaves fewer right ones is added again exactly, and suspected."""


class Evaluation(Level):
    """The values of expressions at one point with one precision.

    Args:
        bindings: for each symbol its value, or the expression that it stands for.
        prec: bits of working precision.
        ties: nodes whose compared numbers are equal, however far apart rounding leaves them.

    Attributes:
        values: of the nodes evaluated so far.
        gaps: for each node that compares, how far apart the two numbers are.
        cancelled: sums of which nothing but rounding was left, and functions of numbers too large for so many bits:
            more bits may show more.

    >>> import sympy
    >>> x = sympy.Symbol("x")
    >>> Evaluation({x: mp.mpf(4)}, 53).value(sympy.sqrt(x) + 1)
    mpf('3.0')
    """

    def __init__(self, bindings: Mapping[Any, Any], prec: int, ties: frozenset[Any] = frozenset()) -> None:
        self.bindings = bindings
        self.prec = prec
        self.ties = ties
        self.values: dict[Any, Value] = {}
        self.gaps: dict[Any, Value] = {}
        self.cancelled: set[Any] = set()

    def value(self, expression: Any) -> Value:
        """The value of an expression.

        Raises:
            Inexpressible: for a function that there are no numbers for.
        """
        values = self.values
        if expression in values:
            return values[expression]
        with mp.workprec(self.prec):
            stack = [expression]
            while stack:
                node = stack[-1]
                if node in values:
                    stack.pop()
                    continue
                parts = operands(node, self.bindings)
                missing = [a for a in parts if a not in values]
                if missing:
                    stack += missing
                    continue
                stack.pop()
                values[node] = self._apply(node, [values[a] for a in parts])
        return values[expression]

    def _apply(self, node: Any, values: list[Value]) -> Value:
        if node.is_Symbol:
            return values[0] if values else self.bindings[node]
        if isinstance(node, RealFunction):
            return None if node.strict and None in values else node.numeric(self, values)
        if None in values:
            return None
        if isinstance(node, Add):
            return self._sum(node, values)
        # Where a class has no rule one of its bases may: each integer and each half is a Rational.
        rule = RULES.get(node.func) or next((RULES[c] for c in type(node).__mro__ if c in RULES), None)
        if rule is None:
            raise Inexpressible(f"there are no numbers for SymPy's {type(node).__name__}")
        return rule(self, node, values)

    def _sum(self, node: Any, values: list[Value]) -> Value:
        """A sum, which is suspected where nearly everything cancels, unless its terms are exact numbers.

        Terms that are exact leave an exact remainder: more bits would show nothing else, and must not be asked for.
        """
        if not all(mp.isfinite(v) for v in values):
            return sum(values, mp.zero)
        total = mp.fsum(values)
        if abs(total) * mp.ldexp(1, self.prec - _LEFT_OF_A_SUM) < max(abs(v) for v in values):
            total = +exact_sum(values)
            if not all(is_exact(nodes(a, self.bindings), self.bindings, self.values, self.prec) for a in node.args):
                self.cancelled.add(node)
        return total

    def suspect(self, node: Any) -> None:
        """Take a node's value for one that more bits may change."""
        self.cancelled.add(node)

    def sign(self, node: Any, a: Value, b: Value) -> int | None:
        """The sign of a - b, noted as the node's gap; None if there is none."""
        if node in self.ties:
            return 0
        gap = mp.zero if a == b else a - b
        self.gaps[node] = gap
        return None if mp.isnan(gap) else int(mp.sign(gap))
