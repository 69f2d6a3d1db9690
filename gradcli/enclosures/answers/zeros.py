"""All zeros of derivatives along one variable: intervals are halved until each is known to hold none, or one.

What tells that an interval holds none is an enclosure of the derivative over all of it, by its series about the middle
with an enclosed remainder. Where the next derivative has no zero, the derivative is monotone, and the signs at both
ends tell whether there is one; where the one after that has none, it is convex or concave, and the value at its
turning point tells whether there are two. Of a higher multiplicity are zeros at a float64 at which all derivatives up
to some order are exactly 0, and the next one has no zero around it (R. E. Moore, R. B. Kearfott, M. J. Cloud,
Introduction to Interval Analysis, 2009, chapters 6 and 8).
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from flint import arb, ctx

from gradcli.enclosures.answers.along import Along, Coefficients, interval
from gradcli.enclosures.protocol import Search, Stretch, Zero, Zeros
from gradcli.ops.calls.read import read_program

__all__ = ["find_zeros"]

_BITS = (128, 512, 2048)
"""Precisions, one after the other where a sign is not decided."""

_BEYOND = ((6, 3), (12, 6), (24, 12), (1_000, 24))
"""Coefficients beyond the derivative that is looked for, of intervals that have been halved less often than so: where
numbers cancel, as those of (1 - cos(x))/x**2 next to 0, a long series is worth many short intervals."""

_OFTEN = 6
"""Halvings after which a higher precision is taken from the start."""

_NOTHING = 2.0**-1074
"""The smallest float64: what is below it is 0 to all who compute with them."""

_AROUND = tuple(2**k for k in range(0, 40, 3))
"""Float64s on both sides of a turning point within which a zero may be that cannot be told from none."""

_NARROW = 2.0**-44
"""Of the range the width below which an interval is halved no more."""

_STEEPLY, _HALVINGS = 16.0, 4
"""Part of an interval that is cut off next to a place that is left out, and as how many halvings that counts."""

_BESIDE = 0.53125
"""Where an interval is divided instead of its middle."""

_RATIO = 1.0 + 2.0**-30
"""The same of the quotient of its ends, where places count by their powers of ten."""

_WIDE_RATIO = 16.0
"""Quotient of the ends beyond which an interval is divided at their geometric mean, where places count so."""

_PROBES = tuple(k * 0.6180339887498949 % 1 for k in range(1, 12))
"""Where in an interval without a value at its middle, and in one without, values are looked for before it is left."""

_UNLIMITED = 1_000_000
"""FLINT cuts every power series at a length of its own, in silence; each of ours has its length."""

_NEWTON = 60
"""Steps to a zero, which are few unless it is at the end of what floating-point numbers tell apart."""

_ULPS = 2
"""How far beyond the ends of the range a zero may be that is nearest to one of them."""


class _Task(NamedTuple):
    """A derivative of an entry of the value, whose zeros are looked for."""

    output: int
    order: int


class _Box(NamedTuple):
    """An interval.

    Attributes:
        low: where it begins.
        high: where it ends.
        depth: how often it has been halved.
        tasks: what is looked for there; with each whether the interval that was halved has no value at its middle.
    """

    low: float
    high: float
    depth: int
    tasks: tuple[tuple[_Task, bool], ...]


def _waiting(box: _Box) -> tuple[float, float, _Box]:
    """An interval in the order in which they are looked at: the widest first, then from the left to the right."""
    return box.low - box.high, box.low, box


class _Sure(NamedTuple):
    """What is known of a derivative in an interval.

    Attributes:
        zeros: all that are there.
        flat: whether it is zero all along, or nearer to it than any float64.
        but: a part of the interval in which it is not known.
    """

    zeros: tuple[Zero, ...] = ()
    flat: bool = False
    but: tuple[float, float] | None = None


def find_zeros(search: Search) -> Zeros:
    """All zeros of some derivatives in a range, proved, and the stretches where they are not known.

    Args:
        search: the program, the range and the orders.

    Raises:
        Problem: if the program is wrong.

    >>> found = find_zeros(Search("x**3 - 3*x", {}, "x", -3.0, 3.0, (0, 1)))
    >>> [(zero.order, zero.x) for zero in found.zeros]
    [(0, -1.7320508075688772), (0, 0.0), (0, 1.7320508075688772), (1, -1.0), (1, 1.0)]
    >>> found.undecided, found.complete
    ((), True)
    """
    program = read_program(search.source, {**search.values, search.name: search.start})
    precision, cap = ctx.prec, ctx.cap
    try:
        ctx.prec, ctx.cap = _BITS[0], _UNLIMITED
        return _Finder(search, Along(program, search.name, search.values)).found()
    finally:
        ctx.prec, ctx.cap = precision, cap


class _Finder:
    """The search: intervals that wait, the widest first, and what has been found."""

    def __init__(self, search: Search, along: Along) -> None:
        self.search = search
        self.along = along
        self.zeros: dict[tuple[_Task, float], Zero] = {}
        self.undecided: list[tuple[_Task, float, float]] = []
        self.flat: list[tuple[_Task, float, float]] = []
        self.until = time.process_time() + search.seconds
        self.narrow = (search.stop - search.start) * _NARROW
        self.highest = max(search.orders)
        self.ends = {end for gap in search.gaps for end in gap}
        self.points: dict[float, Coefficients | None] = {}

    def found(self) -> Zeros:
        """Search the whole range."""
        search = self.search
        first = self.along.at(arb(search.start), 1, _BITS[0]) or self.along.over(search.start, search.stop, 1, _BITS[0])
        outputs = self._outputs(first)
        tasks = tuple(_Task(output, order) for output in range(outputs) for order in search.orders)
        all_tasks = tuple((task, False) for task in tasks)
        waiting = [_waiting(_Box(low, high, 0, all_tasks)) for low, high in self._pieces()]
        heapify(waiting)
        complete = True
        while waiting:
            box = heappop(waiting)[2]
            if self.along.evaluations >= search.most or time.process_time() > self.until:
                complete = False
                self.undecided += [(task, box.low, box.high) for task, _ in box.tasks]
                continue
            for part in self._looked_at(box):
                heappush(waiting, _waiting(part))
        for task in tasks:
            self._at_the_ends(task)
        undecided = [*self.undecided, *((task, low, high) for low, high in search.gaps for task in tasks)]
        return Zeros(
            tuple(sorted(self.zeros.values(), key=lambda zero: (zero.output, zero.order, zero.x))),
            tuple(self._signed(task, low, high) for task, low, high in _merged(undecided)),
            tuple(Stretch(*task, low, high) for task, low, high in _merged(self.flat)),
            complete,
        )

    def _outputs(self, first: Coefficients | None) -> int:
        """How many entries the value has, by some place where that can be told."""
        if first is not None:
            return len(first)
        for share in _PROBES:
            x = self.search.start + share * (self.search.stop - self.search.start)
            found = self.along.at(arb(x), 1, _BITS[0])
            if found is not None:
                return len(found)
        return 0

    def _pieces(self) -> Iterator[tuple[float, float]]:
        """The range without its gaps."""
        low = self.search.start
        for first, last in self.search.gaps:
            if first > low:
                yield low, min(first, self.search.stop)
            low = max(low, last)
        if low < self.search.stop:
            yield low, self.search.stop

    def _looked_at(self, box: _Box) -> list[_Box]:
        """Decide what can be decided in an interval, and halve it for the rest."""
        length = self.highest + 1 + next(more for depth, more in _BEYOND if box.depth < depth)
        bits = _BITS[box.depth >= _OFTEN]
        over = self.along.over(box.low, box.high, length, bits)
        middle = self._middle(box)
        about: Coefficients | None = None
        if over is None or not all(self._is_plain(task, over) for task, _ in box.tasks):
            about = self.points[middle] = self.along.at(arb(middle), length, bits)
        open_ = []
        for task, dark in box.tasks:
            known = None
            if over is not None:
                known = self._decided(task, box, over[task.output], about[task.output] if about else None, middle)
            if known is None:
                has_value = about is not None and about[task.output][task.order].is_finite()
                if has_value or not dark or self._has_values(task, box):
                    open_.append((task, not has_value))
                else:
                    self.undecided.append((task, box.low, box.high))
                continue
            for zero in known.zeros:
                self.zeros[task, zero.x] = zero
            if known.flat:
                self.flat.append((task, box.low, box.high))
            if known.but is not None:
                self.undecided.append((task, *known.but))
        if not open_:
            return []
        if not box.low < middle < box.high or self._is_narrow(box):
            self.undecided += [(task, box.low, box.high) for task, _ in open_]
            return []
        rest = tuple(open_)
        if about is not None and any(_is_near_zero(about[task.output][task.order]) for task, _ in rest):
            middle = box.low + (box.high - box.low) * _BESIDE  # a zero at an end is one that is hard to prove
        depth = box.depth + (_HALVINGS if (box.low in self.ends) != (box.high in self.ends) else 1)
        return [_Box(box.low, middle, depth, rest), _Box(middle, box.high, depth, rest)]

    def _has_values(self, task: _Task, box: _Box) -> bool:
        """Whether a derivative has a value at some place of an interval."""
        for share in _PROBES:
            found = self._at(box.low + share * (box.high - box.low), task.order + 1)
            if found is not None and found[task.output][task.order].is_finite():
                return True
        return False

    def _is_plain(self, task: _Task, over: Coefficients) -> bool:
        """Whether the enclosure over an interval tells by itself that a derivative has no zero there."""
        return bool(_sign(over[task.output][task.order]))

    def _middle(self, box: _Box) -> float:
        """Where an interval is divided: near a place that is left out, as next to it nothing may be decided."""
        at_low, at_high = box.low in self.ends, box.high in self.ends
        if at_low != at_high:
            step = (box.high - box.low) / _STEEPLY
            return box.low + step if at_low else box.high - step
        if self.search.log and box.low > 0 and box.high / _WIDE_RATIO > box.low:
            return math.sqrt(box.low) * math.sqrt(box.high)
        return box.low + (box.high - box.low) / 2

    def _is_narrow(self, box: _Box) -> bool:
        if self.search.log:
            return box.high <= box.low * _RATIO
        return box.high - box.low <= max(self.narrow, 2 * math.ulp(max(abs(box.low), abs(box.high))))

    def _decided(
        self, task: _Task, box: _Box, over: Sequence[arb], about: Sequence[arb] | None, middle: float
    ) -> _Sure | None:
        """What is known of a derivative in an interval; None for nothing.

        Args:
            task: which derivative.
            box: the interval.
            over: enclosures of the Taylor coefficients at all of its places.
            about: the coefficients at its middle.
            middle: that place.
        """
        first = task.order
        if over[first].is_finite() and abs(over[first]) < _NOTHING:
            return _Sure(flat=True)
        if _sign(over[first]):
            return _Sure()
        step = interval(box.low, box.high) - arb(middle)
        for k in range(first, len(over) - 1):
            sign = _sign(over[k]) or (_sign(_over(k, over, about, step)) if about is not None else 0)
            if not sign:
                continue
            if k == first:
                return _Sure()
            if k == first + 1:
                return self._monotone(task, box, sign)
            if k == first + 2:
                found = self._convex(task, box, sign)
                if found is not None:
                    return found
            return self._multiple(task, box, k, sign)
        return None

    def _monotone(self, task: _Task, box: _Box, sign: int) -> _Sure | None:
        """The zeros of a derivative that rises all along, or falls."""
        left, right = (self._sign_at(task, task.order, x) for x in (box.low, box.high))
        if left is None or right is None:
            return self._but_an_end(task, box, sign, left is None)
        if left * right > 0:
            return _Sure()
        if left == 0 or right == 0:
            x = box.low if left == 0 else box.high
        else:
            found = self._nearest(task, task.order, box.low, box.high, left)
            if found is None:
                return None
            x = found
        return _Sure((Zero(*task, x, -sign, sign),))

    def _but_an_end(self, task: _Task, box: _Box, sign: int, at_low: bool) -> _Sure | None:
        """The zeros where no precision tells the sign at an end: how far from it that is known."""
        end, towards = (box.low, 1) if at_low else (box.high, -1)
        for ulps in _AROUND:
            inner = end + towards * ulps * math.ulp(end)
            if not box.low < inner < box.high:
                return None
            if self._sign_at(task, task.order, inner):
                rest = box._replace(low=inner) if at_low else box._replace(high=inner)
                known = self._monotone(task, rest, sign)
                if known is None or known.but is not None:
                    return None
                return known._replace(but=(min(end, inner), max(end, inner)))
        return None

    def _convex(self, task: _Task, box: _Box, sign: int) -> _Sure | None:
        """The zeros of a derivative whose slope is monotone, and so has a zero at most."""
        order = task.order
        ends = [self._sign_at(task, order + 1, x) for x in (box.low, box.high)]
        if None in ends:
            return None
        left, right = ends
        if left == right:
            return self._monotone(task, box, left or sign)
        at_left, at_right = (self._sign_at(task, order, x) for x in (box.low, box.high))
        if at_left is None or at_right is None:
            return None
        if sign * at_left < 0 and sign * at_right < 0:
            return _Sure()
        if left == 0 or right == 0:
            return self._from_the_turn(task, box, sign, at_left, at_right, left == 0)
        turn = self._nearest(task, order + 1, box.low, box.high, left or 0)
        if turn is None:
            return None
        low, high = max(math.nextafter(turn, -math.inf), box.low), min(math.nextafter(turn, math.inf), box.high)
        value = _sign_over(self.along, task, order, low, high)
        if value == sign:
            return _Sure()
        if value == -sign:
            return self._two(task, box, sign, turn, (at_left, at_right))
        exact = self._at(turn, order + 2)
        if exact is not None and exact[task.output][order].is_zero() and exact[task.output][order + 1].is_zero():
            return _Sure((Zero(*task, turn, sign, sign),))
        return self._touching(task, box, sign, turn)

    def _touching(self, task: _Task, box: _Box, sign: int, turn: float) -> _Sure | None:
        """What is left where a turning point is so near to zero that no precision tells on which side."""
        for ulps in _AROUND:
            low, high = (turn + side * ulps * math.ulp(turn) for side in (-1, 1))
            if not box.low < low < high < box.high:
                return None
            if self._sign_at(task, task.order, low) == sign == self._sign_at(task, task.order, high):
                return _Sure(but=(low, high))
        return None

    def _from_the_turn(
        self, task: _Task, box: _Box, sign: int, at_left: int, at_right: int, at_low: bool
    ) -> _Sure | None:
        """The zeros where the slope is zero at an end: in between it has the one sign."""
        at, other = (at_left, at_right) if at_low else (at_right, at_left)
        if at == sign:
            return _Sure()
        x = box.low if at_low else box.high
        if at == 0:
            return _Sure((Zero(*task, x, sign, sign),))
        if other == -sign:
            return _Sure()
        return self._monotone(task, box, sign if at_low else -sign)

    def _two(self, task: _Task, box: _Box, sign: int, turn: float, ends: tuple[int, int]) -> _Sure | None:
        """The zeros on both sides of a turning point with a value of the other sign."""
        found = []
        for low, high, at, before in ((box.low, turn, ends[0], sign), (turn, box.high, ends[1], -sign)):
            if at == -sign:
                continue
            end = low if before == sign else high
            x = end if at == 0 else self._nearest(task, task.order, low, high, before)
            if x is None:
                return None
            found.append(Zero(*task, x, before, -before))
        return _Sure(tuple(found))

    def _multiple(self, task: _Task, box: _Box, k: int, sign: int) -> _Sure | None:
        """A zero of several derivatives at once, at a float64, where the k-th has none in the interval."""
        ends = [self._sign_at(task, k - 1, x) for x in (box.low, box.high)]
        if None in ends or (ends[0] or 0) * (ends[1] or 0) > 0:
            return None
        x = box.low if ends[0] == 0 else box.high if ends[1] == 0 else None
        if x is None:
            x = self._nearest(task, k - 1, box.low, box.high, ends[0] or 0)
        if x is None:
            return None
        here = self._at(x, k, _BITS[1])
        if here is None or not all(c.is_zero() for c in here[task.output][task.order : k]):
            return None
        before = sign if (k - task.order) % 2 == 0 else -sign
        return _Sure((Zero(*task, x, before, sign),))

    def _at(self, x: float | arb, length: int, bits: int = _BITS[0]) -> Coefficients | None:
        """The power series at a place, of at least so many coefficients; of low precision they are kept."""
        if bits > _BITS[0] or isinstance(x, arb):
            return self.along.at(arb(x), length, bits)
        found = self.points.get(x)
        if found is None or len(found[0]) < length:
            found = self.points[x] = self.along.at(arb(x), max(length, self.highest + 2), bits)
        return found

    def _sign_at(self, task: _Task, order: int, x: float | arb) -> int | None:
        """The sign of a derivative at a place, 0 where it is exactly zero; None where it is not known."""
        for bits in _BITS:
            found = self._at(x, order + 1, bits)
            if found is None:
                return None
            ball = found[task.output][order]
            if ball.is_zero():
                return 0
            sign = _sign(ball)
            if sign or not ball.is_finite():
                return sign or None
        return None

    def _nearest(self, task: _Task, order: int, low: float, high: float, left: int) -> float | None:
        """The float64 nearest to the only zero of a derivative between two places of different signs.

        Newton's steps lead to it, halvings where they lead out of what is left; the signs beside it prove it.
        """
        x = low + (high - low) / 2
        for _ in range(_NEWTON):
            sign, towards = self._newton(task, order, x)
            if sign is None:
                return None
            if sign == 0:
                return x
            low, high = (x, high) if sign == left else (low, x)
            if low == x or high == x:
                beside = self._proved_beside(task, order, x, low, high, left)
                if beside is not None:
                    return beside
            x = towards if low < towards < high else low + (high - low) / 2
            if not low < x < high:
                middle = self._sign_at(task, order, (arb(low) + arb(high)) / 2)
                return None if middle is None else high if middle == left else low
        return None

    def _newton(self, task: _Task, order: int, x: float) -> tuple[int | None, float]:
        """The sign of a derivative at a place, and the place where its tangent has its zero."""
        for bits in _BITS:
            found = self._at(x, order + 2, bits)
            if found is None:
                return None, x
            value, slope = found[task.output][order], (order + 1) * found[task.output][order + 1]
            if value.is_zero():
                return 0, x
            sign = _sign(value)
            if sign:
                step = value / slope
                return sign, float((arb(x) - step).mid()) if step.is_finite() else math.nan
        return None, x

    def _proved_beside(self, task: _Task, order: int, x: float, low: float, high: float, left: int) -> float | None:
        """The float64 nearest to the zero, if it is this one or a neighbour of it."""
        _, towards = self._newton(task, order, x)
        if not abs(towards - x) <= math.ulp(x):
            return None
        inside = towards if low <= towards <= high else x
        before, after = (arb(inside) + arb(math.nextafter(inside, side)) for side in (-math.inf, math.inf))
        signs = [self._sign_at(task, order, both / 2) for both in (before, after)]
        if None in signs:
            return None
        return inside if signs[0] in (left, 0) and signs[1] in (-left, 0) else None

    def _at_the_ends(self, task: _Task) -> None:
        """Zeros of the value beyond an end of the range whose nearest float64 is that end."""
        if task.order:
            return
        for end, beyond in ((self.search.start, -math.inf), (self.search.stop, math.inf)):
            if (task, end) in self.zeros:
                continue
            other = end
            for _ in range(_ULPS):
                other = math.nextafter(other, beyond)
            low, high = min(end, other), max(end, other)
            over = self.along.over(low, high, 2, _BITS[0])
            sign = 0 if over is None else _sign(over[task.output][1])
            known = self._monotone(task, _Box(low, high, 0, ()), sign) if sign else None
            if known is not None and known.zeros and known.zeros[0].x == end:
                self.zeros[task, end] = known.zeros[0]

    def _signed(self, task: _Task, low: float, high: float) -> Stretch:
        """A stretch, with the signs at its ends."""
        signs = [self._sign_at(task, task.order, x) or 0 for x in (low, high)]
        return Stretch(*task, low, high, *signs)


def _is_near_zero(ball: arb) -> bool:
    """Whether a number is so near to 0 that its sign is not known, and is not known to be 0."""
    return bool(ball.is_finite()) and not _sign(ball) and not bool(ball.is_zero())


def _sign(ball: arb) -> int:
    """The sign that all numbers of a ball have; 0 if they have several."""
    return 1 if ball > 0 else -1 if ball < 0 else 0


def _sign_over(along: Along, task: _Task, order: int, low: float, high: float) -> int:
    """The sign that a derivative has all over a small interval; 0 if that is not known."""
    for bits in _BITS:
        over, about = along.over(low, high, order + 4, bits), along.at(arb(low), order + 4, bits)
        if over is None or about is None:
            return 0
        sign = _sign(_over(order, over[task.output], about[task.output], interval(low, high) - arb(low)))
        if sign:
            return sign
    return 0


def _over(k: int, over: Sequence[arb], about: Sequence[arb] | None, step: arb) -> arb:
    """An enclosure of the k-th Taylor coefficient at all places of an interval, by its series about one of them.

    The k-th coefficient at x + h is the sum of binomial(m, k)*c[m]*h**(m - k), the last c being one at a place between.
    """
    if about is None:
        return over[k]
    last = len(over) - 1
    total = math.comb(last, k) * over[last]
    for m in range(last - 1, k - 1, -1):
        total = total * step + math.comb(m, k) * about[m]
    return total


def _merged(stretches: Sequence[tuple[_Task, float, float]]) -> Iterator[tuple[_Task, float, float]]:
    """Stretches in order, those that touch as one."""
    current: tuple[_Task, float, float] | None = None
    for task, low, high in sorted(stretches):
        if current is not None and current[0] == task and low <= current[2]:
            current = (task, current[1], max(current[2], high))
            continue
        if current is not None:
            yield current
        current = (task, low, high)
    if current is not None:
        yield current
