"""Numbers that more precision would not change: evaluated with twice the bits until two levels agree.

This is Ziv's strategy (A. Ziv, Fast evaluation of elementary mathematical functions with correctly rounded last bit,
ACM Transactions on Mathematical Software 17, 1991), with the agreement of two levels in the place of his bound on the
error.

What agreement shows, and what it does not. Rounding with p bits and with 2p bits is unrelated, so that digits that
rounding has spoiled differ, but for a coincidence. There are two ways in which both levels are wrong alike, and both
are looked for: a sum whose terms cancel beyond either precision, and a comparison that only rounding decides. It is no
proof, as interval arithmetic would give one: what is still undecided at the last level counts as equal, and mpmath's
functions are taken at their word. What rests on it is called verified, and never proved.
"""

from __future__ import annotations

from itertools import islice
from typing import Any

import sympy
from mpmath import mp

from gradcli.symbolic.numbers.agreement import FIRST, GAP, LAST, LOST, SAME, agree, is_finite, same
from gradcli.symbolic.numbers.evaluate import Evaluation
from gradcli.symbolic.numbers.floats import NEGLIGIBLE
from gradcli.symbolic.numbers.level import Value
from gradcli.symbolic.numbers.traversal import nodes

__all__ = ["FIRST", "LAST", "SAME", "Point", "agree", "is_finite", "same"]


class Point:
    """Where expressions are evaluated: the symbols' values, and the levels of precision tried so far.

    Attributes:
        bindings: for each symbol its value, or the expression that it stands for.
        watched: the symbols of inputs, while a program is read.
        consulted: whether the value of something that depends on one of them has been asked for meanwhile: what the
            program means depends on the point then.
    """

    def __init__(self) -> None:
        self.bindings: dict[Any, Any] = {}
        self.watched: frozenset[Any] = frozenset()
        self.consulted = False
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

    def evaluate(self, expression: Any) -> tuple[Value, frozenset[Any]]:
        """The value, to 25 digits at least, and the nodes in the expression whose compared numbers are equal.

        A sum that cancels to nothing, or a comparison that only rounding decides, is tried again with
        more bits; what is still undecided with 2,400 digits counts as equal.

        >>> import sympy
        >>> point, x = Point(), sympy.Symbol("x")
        >>> point.bindings[x] = mp.mpf("1e-30")
        >>> mp.nstr(point.evaluate(1 - sympy.cos(x))[0], 10)
        '5.0e-61'
        """
        if self.watched and not self.consulted:
            self.consulted = not self.watched.isdisjoint(nodes(expression, self.bindings))
        prec = FIRST
        while True:
            pair = self._pair(prec)
            first, second = pair.low.value(expression), pair.high.value(expression)
            unsure, ties = pair.comparisons()
            suspects = unsure | ties | pair.high.cancelled
            # The levels are shared by all expressions at the point: what is suspected in another one does not matter.
            inside = suspects.intersection(nodes(expression, self.bindings)) if suspects else frozenset()
            # log(1 + t) is 0 for every t that is lost beside 1: a zero is believed when no float64 could be lost.
            vanished = second == 0 and prec < LOST and not expression.is_Atom
            if (agree(first, second) and inside <= ties and not vanished) or prec >= LAST:
                break
            prec *= 2
        ties = inside & (ties | unsure)
        if inside & unsure:
            # The nearly equal counts as equal everywhere in the expression: evaluated again, no branch contradicts it.
            second = Evaluation(self.bindings, pair.high.prec, ties).value(expression)
        elif not agree(first, second) and mp.mag(second) > NEGLIGIBLE:
            second = mp.nan
        return second, ties

    def number(self, expression: Any) -> Value:
        """The value alone."""
        return self.evaluate(expression)[0]

    def symbol_for(self, expression: Any) -> Any:
        """A symbol bound to the expression, so that what is made of it stays small; an atom stays itself."""
        if expression.is_Atom:
            return expression
        symbol = sympy.Dummy("…", real=True)
        self.bindings[symbol] = expression
        return symbol


class _Pair:
    """A level and the one with twice its bits, and what they disagree about."""

    def __init__(self, low: Evaluation, high: Evaluation) -> None:
        self.low = low
        self.high = high
        self._seen = 0
        self._unsure: set[Any] = set()
        self._ties: set[Any] = set()

    def comparisons(self) -> tuple[frozenset[Any], frozenset[Any]]:
        """The nodes whose compared numbers differ by nothing but rounding so far, and those that are equal."""
        for node, gap in islice(self.high.gaps.items(), self._seen, None):
            if gap == 0:
                self._ties.add(node)
            elif not mp.isnan(gap) and not agree(self.low.gaps.get(node), gap, GAP):
                self._unsure.add(node)
        self._seen = len(self.high.gaps)
        return frozenset(self._unsure), frozenset(self._ties)
