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

from gradcli.symbolic.numbers.evaluate import Evaluation
from gradcli.symbolic.numbers.floats import NEGLIGIBLE
from gradcli.symbolic.numbers.level import Value
from gradcli.symbolic.numbers.traversal import nodes

__all__ = ["FIRST", "LAST", "SAME", "Point", "agree", "is_finite", "same"]

FIRST = 128
"""Bits of the first level: 25 digits, and 45 bits that may get lost.

Of 1,340 expressions from the tests' corpora, values and derivatives, 1,336 agree with those of 256 bits.
"""

LAST = 4096
"""Bits of the last level that is compared with one of twice as many: 8,192 are more than 2,400 digits.

The binary exponents of products of two float64 numbers differ by at most 4,196, so that 8,192 bits hold such a sum
and all the digits of its terms.
"""

SAME = 60
"""Bits in which numbers that were computed in different ways are the same: more than the 53 of a float64."""

_AGREE = 83
"""Bits in which two levels have to agree: 25 digits."""

_GAP = 20
"""Bits, 6 digits, in which two levels have to agree on how far apart compared numbers are: its sign is then sure."""

_LOST = 1100
"""Bits to which every float64 shows beside 1: the smallest is 2**-1074."""


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
        prec = FIRST
        while True:
            pair = self._pair(prec)
            first, second = pair.low.value(expression), pair.high.value(expression)
            unsure, ties = pair.comparisons()
            suspects = unsure | ties | pair.high.cancelled
            # The levels are shared by all expressions at the point: what is suspected in another one does not matter.
            inside = suspects.intersection(nodes(expression, self.bindings)) if suspects else frozenset()
            # log(1 + t) is 0 for every t that is lost beside 1: a zero is believed when no float64 could be lost.
            vanished = second == 0 and prec < _LOST and not expression.is_Atom
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


def agree(first: Value, second: Value, bits: int = _AGREE) -> bool:
    """Whether two values are the same but for rounding; None and not-a-number are themselves alone."""
    if first is None or second is None:
        return first is second
    if mp.isnan(first) or mp.isnan(second):
        return bool(mp.isnan(first) and mp.isnan(second))
    if mp.isinf(first) or mp.isinf(second):
        return bool(first == second)
    return bool(abs(first - second) <= mp.ldexp(abs(second), -bits))


def same(first: Value, second: Value) -> bool:
    """Whether two values that were computed in different ways are one number; below all of float64 all are 0."""
    if is_finite(first) and is_finite(second) and max(mp.mag(first), mp.mag(second)) < NEGLIGIBLE:
        return True
    return agree(first, second, SAME)


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

    def comparisons(self) -> tuple[frozenset[Any], frozenset[Any]]:
        """The nodes whose compared numbers differ by nothing but rounding so far, and those that are equal."""
        for node, gap in islice(self.high.gaps.items(), self._seen, None):
            if gap == 0:
                self._ties.add(node)
            elif not mp.isnan(gap) and not agree(self.low.gaps.get(node), gap, _GAP):
                self._unsure.add(node)
        self._seen = len(self.high.gaps)
        return frozenset(self._unsure), frozenset(self._ties)
