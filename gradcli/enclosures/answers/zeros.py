"""All zeros of derivatives along one variable: intervals are halved until each is known to hold none, or one.

What tells that an interval holds none is an enclosure of the derivative over all of it, by its series about the middle
with an enclosed remainder; the signs of the next derivatives there tell of one zero, or several.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from flint import arb, ctx

from gradcli.enclosures.answers.along import Along, Coefficients
from gradcli.enclosures.answers.decisions import Decisions, Interval
from gradcli.enclosures.answers.places import BITS, Places, Task, sign_of
from gradcli.enclosures.protocol import Search, Stretch, Zero, Zeros
from gradcli.ops.calls.read import read_program

__all__ = ["find_zeros"]

_BEYOND = ((6, 3), (12, 6), (24, 12), (1_000, 24))
"""Coefficients beyond the derivative that is looked for, of intervals that have been halved less often than so: where
numbers cancel, as those of (1 - cos(x))/x**2 next to 0, a long series is worth many short intervals."""

_OFTEN = 6
"""Halvings after which a higher precision is taken from the start."""

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

_ULPS = 2
"""How far beyond the ends of the range a zero may be that is nearest to one of them."""


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
    tasks: tuple[tuple[Task, bool], ...]


def _waiting(box: _Box) -> tuple[float, float, _Box]:
    """An interval in the order in which they are looked at: the widest first, then from the left to the right."""
    return box.low - box.high, box.low, box


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
        ctx.prec, ctx.cap = BITS[0], _UNLIMITED
        return _Finder(search, Along(program, search.name, search.values)).found()
    finally:
        ctx.prec, ctx.cap = precision, cap


class _Finder:
    """The search: intervals that wait, the widest first, and what has been found."""

    def __init__(self, search: Search, along: Along) -> None:
        self.search = search
        self.along = along
        self.zeros: dict[tuple[Task, float], Zero] = {}
        self.undecided: list[tuple[Task, float, float]] = []
        self.flat: list[tuple[Task, float, float]] = []
        self.until = time.process_time() + search.seconds
        self.narrow = (search.stop - search.start) * _NARROW
        self.highest = max(search.orders)
        self.ends = {end for gap in search.gaps for end in gap}
        self.places = Places(along, self.highest)
        self.decisions = Decisions(self.places)

    def found(self) -> Zeros:
        """Search the whole range."""
        search = self.search
        first = self.along.at(arb(search.start), 1, BITS[0]) or self.along.over(search.start, search.stop, 1, BITS[0])
        outputs = self._outputs(first)
        tasks = tuple(Task(output, order) for output in range(outputs) for order in search.orders)
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
            found = self.along.at(arb(x), 1, BITS[0])
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
        bits = BITS[box.depth >= _OFTEN]
        over = self.along.over(box.low, box.high, length, bits)
        middle = self._middle(box)
        about: Coefficients | None = None
        if over is None or not all(self._is_plain(task, over) for task, _ in box.tasks):
            about = self.along.at(arb(middle), length, bits)
            self.places.keep(middle, about)
        within, open_ = Interval(box.low, box.high), []
        for task, dark in box.tasks:
            known = None
            if over is not None:
                at_middle = about[task.output] if about else None
                known = self.decisions.decided(task, within, over[task.output], at_middle, middle)
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

    def _has_values(self, task: Task, box: _Box) -> bool:
        """Whether a derivative has a value at some place of an interval."""
        for share in _PROBES:
            found = self.places.at(box.low + share * (box.high - box.low), task.order + 1)
            if found is not None and found[task.output][task.order].is_finite():
                return True
        return False

    def _is_plain(self, task: Task, over: Coefficients) -> bool:
        """Whether the enclosure over an interval tells by itself that a derivative has no zero there."""
        return bool(sign_of(over[task.output][task.order]))

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

    def _at_the_ends(self, task: Task) -> None:
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
            over = self.along.over(low, high, 2, BITS[0])
            sign = 0 if over is None else sign_of(over[task.output][1])
            known = self.decisions.monotone(task, Interval(low, high), sign) if sign else None
            if known is not None and known.zeros and known.zeros[0].x == end:
                self.zeros[task, end] = known.zeros[0]

    def _signed(self, task: Task, low: float, high: float) -> Stretch:
        """A stretch, with the signs at its ends."""
        signs = [self.places.sign_at(task, task.order, x) or 0 for x in (low, high)]
        return Stretch(*task, low, high, *signs)


def _is_near_zero(ball: arb) -> bool:
    """Whether a number is so near to 0 that its sign is not known, and is not known to be 0."""
    return bool(ball.is_finite()) and not sign_of(ball) and not bool(ball.is_zero())


def _merged(stretches: Sequence[tuple[Task, float, float]]) -> Iterator[tuple[Task, float, float]]:
    """Stretches in order, those that touch as one."""
    current: tuple[Task, float, float] | None = None
    for task, low, high in sorted(stretches):
        if current is not None and current[0] == task and low <= current[2]:
            current = (task, current[1], max(current[2], high))
            continue
        if current is not None:
            yield current
        current = (task, low, high)
    if current is not None:
        yield current
