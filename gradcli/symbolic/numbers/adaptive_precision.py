"""Numbers that more precision would not change: evaluated with twice the bits until two levels agree."""

from __future__ import annotations

from itertools import islice
from typing import Any

import sympy
from mpmath import mp

from gradcli.symbolic.numbers.evaluate import Evaluation
from gradcli.symbolic.numbers.level import Value
from gradcli.symbolic.numbers.traversal import nodes

__all__ = ["Point", "agree", "is_finite", "same"]

_FIRST = 128
_LAST = 4096  # the last pair of levels has 4,096 and 8,192 bits, beyond what separates products of float64
_SAME = 60
_BITS = 83  # 25 digits
_NEGLIGIBLE = -1100  # below the smallest float64


class Point:
    """Where expressions are evaluated: the symbols' values, and the levels of precision tried so far."""

    def __init__(self) -> None:
        self.bindings: dict[Any, Any] = {}
        self._levels: dict[int, Evaluation] = {}
        self._pairs: dict[int, _Pair] = {}

    def level(self, prec: int) -> Evaluation:
        """The values at so many bits."""
        if prec not in self._levels:
            self._levels[prec] = Evaluation(self.bindings, prec)
        return self._levels[prec]

    def _pair(self, prec: int) -> _Pair:
        if prec not in self._pairs:
            self._pairs[prec] = _Pair(self.level(prec), self.level(2 * prec))
        return self._pairs[prec]

    def settle(self, expression: Any) -> tuple[Value, frozenset[Any]]:
        """The value, to 25 digits at least, and the nodes in the expression whose compared numbers are equal.

        A sum that cancels to nothing, or a comparison that only rounding decides, is tried again with
        more bits; what is still undecided with 2,400 digits counts as equal.

        >>> import sympy
        >>> point, x = Point(), sympy.Symbol("x")
        >>> point.bindings[x] = mp.mpf("1e-30")
        >>> mp.nstr(point.settle(1 - sympy.cos(x))[0], 10)
        '5.0e-61'
        """
        prec = _FIRST
        while True:
            pair = self._pair(prec)
            first, second = pair.low.value(expression), pair.high.value(expression)
            unsure, ties = pair.doubts()
            doubts = unsure | ties | pair.high.cancelled
            inside = doubts.intersection(nodes(expression, self.bindings)) if doubts else frozenset()
            settled = agree(first, second) and inside <= ties
            if settled or prec >= _LAST:
                break
            prec *= 2
        ties = inside & (ties | unsure)
        if inside & unsure:
            second = Evaluation(self.bindings, pair.high.prec, ties).value(expression)
        elif not agree(first, second) and mp.mag(second) > _NEGLIGIBLE:
            second = mp.nan
        return second, ties

    def named(self, expression: Any) -> Any:
        """A symbol bound to the expression, so that what is made of it stays small; an atom stays itself."""
        if expression.is_Atom:
            return expression
        symbol = sympy.Dummy("…", real=True)
        self.bindings[symbol] = expression
        return symbol

    def number(self, expression: Any) -> Value:
        """The value alone."""
        return self.settle(expression)[0]


def agree(first: Value, second: Value, bits: int = _BITS) -> bool:
    """Whether two values are the same but for rounding; None and not-a-number are themselves alone."""
    if first is None or second is None:
        return first is second
    if mp.isnan(first) or mp.isnan(second):
        return bool(mp.isnan(first) and mp.isnan(second))
    if mp.isinf(first) or mp.isinf(second):
        return bool(first == second)
    return bool(abs(first - second) <= mp.ldexp(abs(second), -bits))


def same(first: Value, second: Value) -> bool:
    """Whether two settled values are one; a remainder of rounding below all of float64 counts as 0."""
    if is_finite(first) and is_finite(second) and max(mp.mag(first), mp.mag(second)) < _NEGLIGIBLE:
        return True
    return agree(first, second, _SAME)


def is_finite(value: Value) -> bool:
    """Whether a value is a real number."""
    return value is not None and bool(mp.isfinite(value))


class _Pair:
    """A level and the one with twice its bits, and what they disagree about."""

    def __init__(self, low: Evaluation, high: Evaluation) -> None:
        self.low = low
        self.high = high
        self._seen = 0
        self._unsure: set[Any] = set()
        self._ties: set[Any] = set()

    def doubts(self) -> tuple[frozenset[Any], frozenset[Any]]:
        """The nodes whose compared numbers differ by nothing but rounding so far, and those that are equal."""
        for node, gap in islice(self.high.gaps.items(), self._seen, None):
            if gap == 0:
                self._ties.add(node)
            elif not mp.isnan(gap) and not agree(self.low.gaps.get(node), gap, 20):
                self._unsure.add(node)
        self._seen = len(self.high.gaps)
        return frozenset(self._unsure), frozenset(self._ties)
