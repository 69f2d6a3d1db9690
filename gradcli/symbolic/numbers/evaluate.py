"""Numbers for SymPy expressions: iterative, each shared part once, at a given precision.

A value is a real mpmath number, possibly infinite or not-a-number, or None where some step has no real
value (the engine has not-a-number there): the language computes with real numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from mpmath import mp
from sympy import Add
from sympy.core.expr import Expr

from gradcli.symbolic.functions.exact import exact_sum, is_exact
from gradcli.symbolic.functions.mpmath_values import RULES, Inexpressible
from gradcli.symbolic.functions.piecewise import Active, Step, Where
from gradcli.symbolic.functions.roots import Root
from gradcli.symbolic.functions.sinc import Cardinal

__all__ = ["Level", "Value", "nodes", "operands"]

Value: TypeAlias = Any
"""An mpf, or None for what has no real value."""


class Level:
    """The values of expressions at one point with one precision.

    Args:
        bindings: for each symbol its value, or the expression that it stands for.
        prec: bits of working precision.
        ties: nodes whose compared numbers are equal, however far apart rounding leaves them.

    Attributes:
        gaps: for each node that compares, how far apart the two numbers are.
        cancelled: sums of which nothing but rounding was left: more bits may show more.
    """

    def __init__(self, bindings: Mapping[Any, Any], prec: int, ties: frozenset[Any] = frozenset()) -> None:
        self.bindings = bindings
        self.prec = prec
        self.ties = ties
        self.memo: dict[Any, Value] = {}
        self.gaps: dict[Any, Value] = {}
        self.cancelled: set[Any] = set()

    def value(self, expression: Any) -> Value:
        """The value of an expression.

        Raises:
            Inexpressible: for a function that there are no numbers for.
        """
        memo = self.memo
        if expression in memo:
            return memo[expression]
        with mp.workprec(self.prec):
            stack = [expression]
            while stack:
                node = stack[-1]
                if node in memo:
                    stack.pop()
                    continue
                parts = self.operands(node)
                missing = [a for a in parts if a not in memo]
                if missing:
                    stack += missing
                    continue
                stack.pop()
                memo[node] = self._apply(node, [memo[a] for a in parts])
        return memo[expression]

    def _apply(self, node: Any, values: list[Value]) -> Value:
        if node.is_Symbol:
            return values[0] if values else self.bindings[node]
        if None in values and not isinstance(node, Where | Active):
            return None
        if isinstance(node, Step | Cardinal | Root):
            return node.numeric(self, values)
        rule = RULES.get(node.func)
        if rule is None:
            rule = next((RULES[c] for c in type(node).__mro__ if c in RULES), None)
        if rule is None:
            raise Inexpressible(f"there are no numbers for SymPy's {type(node).__name__}")
        if isinstance(node, Add):
            return self._sum(node, values)
        return rule(self, node, values)

    def _sum(self, node: Any, values: list[Value]) -> Value:
        if not all(mp.isfinite(v) for v in values):
            return sum(values, mp.zero)
        total = mp.fsum(values)
        if abs(total) * mp.ldexp(1, self.prec - 40) < max(abs(v) for v in values):
            total = +exact_sum(values)
            if not all(is_exact(self, nodes(a, self.bindings)) for a in node.args):
                self.cancelled.add(node)
        return total

    def operands(self, node: Any) -> tuple[Any, ...]:
        """What a node's value is computed from."""
        return operands(node, self.bindings)

    def sign(self, node: Any, a: Value, b: Value) -> int | None:
        """The sign of a - b, noted as the node's gap; None if there is none."""
        if node in self.ties:
            return 0
        gap = mp.zero if a == b else a - b
        self.gaps[node] = gap
        return None if mp.isnan(gap) else int(mp.sign(gap))

    def truth(self, condition: Value) -> bool:
        """Whether a number counts as true."""
        return bool(condition != 0)


def operands(node: Any, bindings: Mapping[Any, Any]) -> tuple[Any, ...]:
    """What a node's value is computed from: its arguments, or the expression that a symbol stands for."""
    if node.is_Symbol:
        bound = bindings[node]
        return (bound,) if isinstance(bound, Expr) else ()
    return () if node.is_Number else node.args


def nodes(expression: Any, bindings: Mapping[Any, Any]) -> list[Any]:
    """Every part of an expression once, what a node is computed from before the node."""
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
