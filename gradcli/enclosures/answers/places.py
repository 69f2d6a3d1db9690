"""A program's derivatives at places along one variable: their signs, and the float64 nearest to a zero."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from flint import arb

from gradcli.enclosures.answers.along import Along, Coefficients, interval

__all__ = ["BITS", "Places", "Task", "coefficient_over", "sign_of"]

BITS = (128, 512, 2048)
"""Precisions, one after the other where a sign is not decided."""

_NEWTON = 60
"""Steps to a zero, which are few unless it is at the end of what floating-point numbers tell apart."""


class Task(NamedTuple):
    """A derivative of an entry of the value, whose zeros are looked for."""

    output: int
    order: int


class Places:
    """The power series at places, those of low precision kept.

    Args:
        along: the program along its variable.
        highest: the highest order of a derivative that is looked at.
    """

    def __init__(self, along: Along, highest: int) -> None:
        self.along = along
        self._highest = highest
        self._kept: dict[float, Coefficients | None] = {}

    def keep(self, x: float, found: Coefficients | None) -> None:
        """Remember the power series at a place."""
        self._kept[x] = found

    def at(self, x: float | arb, length: int, bits: int = BITS[0]) -> Coefficients | None:
        """The power series at a place, of at least so many coefficients; of low precision they are kept."""
        if bits > BITS[0] or isinstance(x, arb):
            return self.along.at(arb(x), length, bits)
        found = self._kept.get(x)
        if found is None or len(found[0]) < length:
            found = self._kept[x] = self.along.at(arb(x), max(length, self._highest + 2), bits)
        return found

    def sign_at(self, task: Task, order: int, x: float | arb) -> int | None:
        """The sign of a derivative at a place, 0 where it is exactly zero; None where it is not known."""
        for bits in BITS:
            found = self.at(x, order + 1, bits)
            if found is None:
                return None
            ball = found[task.output][order]
            if ball.is_zero():
                return 0
            sign = sign_of(ball)
            if sign or not ball.is_finite():
                return sign or None
        return None

    def sign_over(self, task: Task, order: int, low: float, high: float) -> int:
        """The sign that a derivative has all over a small interval; 0 if that is not known."""
        for bits in BITS:
            over, about = self.along.over(low, high, order + 4, bits), self.along.at(arb(low), order + 4, bits)
            if over is None or about is None:
                return 0
            sign = sign_of(
                coefficient_over(order, over[task.output], about[task.output], interval(low, high) - arb(low))
            )
            if sign:
                return sign
        return 0

    def nearest(self, task: Task, order: int, low: float, high: float, left: int) -> float | None:
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
                middle = self.sign_at(task, order, (arb(low) + arb(high)) / 2)
                return None if middle is None else high if middle == left else low
        return None

    def _newton(self, task: Task, order: int, x: float) -> tuple[int | None, float]:
        """The sign of a derivative at a place, and the place where its tangent has its zero."""
        for bits in BITS:
            found = self.at(x, order + 2, bits)
            if found is None:
                return None, x
            value, slope = found[task.output][order], (order + 1) * found[task.output][order + 1]
            if value.is_zero():
                return 0, x
            sign = sign_of(value)
            if sign:
                step = value / slope
                return sign, float((arb(x) - step).mid()) if step.is_finite() else math.nan
        return None, x

    def _proved_beside(self, task: Task, order: int, x: float, low: float, high: float, left: int) -> float | None:
        """The float64 nearest to the zero, if it is this one or a neighbour of it."""
        _, towards = self._newton(task, order, x)
        if not abs(towards - x) <= math.ulp(x):
            return None
        inside = towards if low <= towards <= high else x
        before, after = (arb(inside) + arb(math.nextafter(inside, side)) for side in (-math.inf, math.inf))
        signs = [self.sign_at(task, order, both / 2) for both in (before, after)]
        if None in signs:
            return None
        return inside if signs[0] in (left, 0) and signs[1] in (-left, 0) else None


def sign_of(ball: arb) -> int:
    """The sign that all numbers of a ball have; 0 if they have several."""
    return 1 if ball > 0 else -1 if ball < 0 else 0


def coefficient_over(k: int, over: Sequence[arb], about: Sequence[arb] | None, step: arb) -> arb:
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
