"""What is known of a derivative in an interval: that it has no zero there, or how many, and where.

Where the next derivative has no zero, the derivative is monotone, and the signs at both ends tell whether there is a
zero; where the one after that has none, it is convex or concave, and the value at its turning point tells whether
there are two. Of a higher multiplicity are zeros at a float64 at which all derivatives up to some order are exactly 0,
and the next one has no zero around it (R. E. Moore, R. B. Kearfott, M. J. Cloud, Introduction to Interval Analysis,
2009, chapters 6 and 8).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from flint import arb

from gradcli.enclosures.answers.along import interval
from gradcli.enclosures.answers.places import BITS, Places, Task, coefficient_over, sign_of
from gradcli.enclosures.protocol import Zero

__all__ = ["Decisions", "Interval", "Sure"]

_NOTHING = 2.0**-1074
"""The smallest float64: what is below it is 0 to all who compute with them."""

_AROUND = tuple(2**k for k in range(0, 40, 3))
"""Float64s on both sides of a turning point within which a zero may be that cannot be told from none."""


class Interval(NamedTuple):
    """All numbers between two, with them."""

    low: float
    high: float


class Sure(NamedTuple):
    """What is known of a derivative in an interval.

    Attributes:
        zeros: all that are there.
        flat: whether it is zero all along, or nearer to it than any float64.
        but: a part of the interval in which it is not known.
    """

    zeros: tuple[Zero, ...] = ()
    flat: bool = False
    but: tuple[float, float] | None = None


class Decisions:
    """What is known in intervals, by the signs at places."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def decided(
        self, task: Task, within: Interval, over: Sequence[arb], about: Sequence[arb] | None, middle: float
    ) -> Sure | None:
        """What is known of a derivative in an interval; None for nothing.

        Args:
            task: which derivative.
            within: the interval.
            over: enclosures of the Taylor coefficients at all of its places.
            about: the coefficients at its middle.
            middle: that place.
        """
        first = task.order
        if over[first].is_finite() and abs(over[first]) < _NOTHING:
            return Sure(flat=True)
        if sign_of(over[first]):
            return Sure()
        step = interval(within.low, within.high) - arb(middle)
        for k in range(first, len(over) - 1):
            sign = sign_of(over[k]) or (sign_of(coefficient_over(k, over, about, step)) if about is not None else 0)
            if not sign:
                continue
            if k == first:
                return Sure()
            if k == first + 1:
                return self.monotone(task, within, sign)
            if k == first + 2:
                found = self._convex(task, within, sign)
                if found is not None:
                    return found
            return self._multiple(task, within, k, sign)
        return None

    def monotone(self, task: Task, within: Interval, sign: int) -> Sure | None:
        """The zeros of a derivative that rises all along, or falls."""
        left, right = (self._places.sign_at(task, task.order, x) for x in (within.low, within.high))
        if left is None or right is None:
            return self._but_an_end(task, within, sign, left is None)
        if left * right > 0:
            return Sure()
        if left == 0 or right == 0:
            x = within.low if left == 0 else within.high
        else:
            found = self._places.nearest(task, task.order, within.low, within.high, left)
            if found is None:
                return None
            x = found
        return Sure((Zero(*task, x, -sign, sign),))

    def _but_an_end(self, task: Task, within: Interval, sign: int, at_low: bool) -> Sure | None:
        """The zeros where no precision tells the sign at an end: how far from it that is known."""
        end, towards = (within.low, 1) if at_low else (within.high, -1)
        for ulps in _AROUND:
            inner = end + towards * ulps * math.ulp(end)
            if not within.low < inner < within.high:
                return None
            if self._places.sign_at(task, task.order, inner):
                rest = within._replace(low=inner) if at_low else within._replace(high=inner)
                known = self.monotone(task, rest, sign)
                if known is None or known.but is not None:
                    return None
                return known._replace(but=(min(end, inner), max(end, inner)))
        return None

    def _convex(self, task: Task, within: Interval, sign: int) -> Sure | None:
        """The zeros of a derivative whose slope is monotone, and so has a zero at most."""
        order = task.order
        ends = [self._places.sign_at(task, order + 1, x) for x in (within.low, within.high)]
        if None in ends:
            return None
        left, right = ends
        if left == right:
            return self.monotone(task, within, left or sign)
        at_left, at_right = (self._places.sign_at(task, order, x) for x in (within.low, within.high))
        if at_left is None or at_right is None:
            return None
        if sign * at_left < 0 and sign * at_right < 0:
            return Sure()
        if left == 0 or right == 0:
            return self._from_the_turn(task, within, sign, at_left, at_right, left == 0)
        turn = self._places.nearest(task, order + 1, within.low, within.high, left or 0)
        if turn is None:
            return None
        low, high = max(math.nextafter(turn, -math.inf), within.low), min(math.nextafter(turn, math.inf), within.high)
        value = self._places.sign_over(task, order, low, high)
        if value == sign:
            return Sure()
        if value == -sign:
            return self._two(task, within, sign, turn, (at_left, at_right))
        exact = self._places.at(turn, order + 2)
        if exact is not None and exact[task.output][order].is_zero() and exact[task.output][order + 1].is_zero():
            return Sure((Zero(*task, turn, sign, sign),))
        return self._touching(task, within, sign, turn)

    def _touching(self, task: Task, within: Interval, sign: int, turn: float) -> Sure | None:
        """What is left where a turning point is so near to zero that no precision tells on which side."""
        for ulps in _AROUND:
            low, high = (turn + side * ulps * math.ulp(turn) for side in (-1, 1))
            if not within.low < low < high < within.high:
                return None
            if self._places.sign_at(task, task.order, low) == sign == self._places.sign_at(task, task.order, high):
                return Sure(but=(low, high))
        return None

    def _from_the_turn(
        self, task: Task, within: Interval, sign: int, at_left: int, at_right: int, at_low: bool
    ) -> Sure | None:
        """The zeros where the slope is zero at an end: in between it has the one sign."""
        at, other = (at_left, at_right) if at_low else (at_right, at_left)
        if at == sign:
            return Sure()
        x = within.low if at_low else within.high
        if at == 0:
            return Sure((Zero(*task, x, sign, sign),))
        if other == -sign:
            return Sure()
        return self.monotone(task, within, sign if at_low else -sign)

    def _two(self, task: Task, within: Interval, sign: int, turn: float, ends: tuple[int, int]) -> Sure | None:
        """The zeros on both sides of a turning point with a value of the other sign."""
        found = []
        for low, high, at, before in ((within.low, turn, ends[0], sign), (turn, within.high, ends[1], -sign)):
            if at == -sign:
                continue
            end = low if before == sign else high
            x = end if at == 0 else self._places.nearest(task, task.order, low, high, before)
            if x is None:
                return None
            found.append(Zero(*task, x, before, -before))
        return Sure(tuple(found))

    def _multiple(self, task: Task, within: Interval, k: int, sign: int) -> Sure | None:
        """A zero of several derivatives at once, at a float64, where the k-th has none in the interval."""
        ends = [self._places.sign_at(task, k - 1, x) for x in (within.low, within.high)]
        if None in ends or (ends[0] or 0) * (ends[1] or 0) > 0:
            return None
        x = within.low if ends[0] == 0 else within.high if ends[1] == 0 else None
        if x is None:
            x = self._places.nearest(task, k - 1, within.low, within.high, ends[0] or 0)
        if x is None:
            return None
        here = self._places.at(x, k, BITS[1])
        if here is None or not all(c.is_zero() for c in here[task.output][task.order : k]):
            return None
        before = sign if (k - task.order) % 2 == 0 else -sign
        return Sure((Zero(*task, x, before, sign),))
