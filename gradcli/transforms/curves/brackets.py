"""Intervals between neighbouring samples in which something happens, halved until their ends are neighbouring float64s.

Halving goes by the order of floating-point numbers, so that it takes 64 steps at most, next to zero too. All intervals
take each step together.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradcli.transforms.curves.sampler import Sampled, Sampler

__all__ = ["Brackets", "all_brackets", "edges", "jumps", "narrowed", "sign_changes"]

SIGN, EDGE, JUMP = 0, 1, 2

_LEAST = np.iinfo(np.int64).min


class Brackets(NamedTuple):
    """Intervals, and what is looked for in each.

    Attributes:
        low: their left ends.
        high: their right ends; where they are the left ones, the place is known exactly.
        kind: SIGN for a change of sign, EDGE for a change between finite and not, JUMP for the largest step.
        row: of which row of numbers.
        left: the sign of that row on the left side.
        right: on the right side.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    kind: NDArray[np.int64]
    row: NDArray[np.int64]
    left: NDArray[np.float64]
    right: NDArray[np.float64]

    def joined(self, *others: Brackets) -> Brackets:
        """These and others."""
        parts: Any = map(np.concatenate, zip(self, *others, strict=True))
        return Brackets(*parts)

    def picked(self, which: NDArray[np.bool_]) -> Brackets:
        """Some of them."""
        parts: Any = (part[which] for part in self)
        return Brackets(*parts)


def _made(
    low: NDArray[np.float64], high: NDArray[np.float64], kind: int, row: int, signs: tuple[object, object]
) -> Brackets:
    n = len(low)
    left, right = (np.broadcast_to(np.asarray(sign, np.float64), n) for sign in signs)
    return Brackets(low, high, np.full(n, kind), np.full(n, row), left, right)


def sign_changes(x: NDArray[np.float64], numbers: NDArray[np.float64], row: int) -> Brackets:
    """Where a row of numbers changes its sign, or is zero at a single sample.

    >>> found = sign_changes(np.arange(4.0), np.array([-1.0, 1.0, 0.0, 1.0]), 0)
    >>> found.low, found.high
    (array([0., 2.]), array([1., 2.]))
    """
    sign = np.sign(numbers)
    crossing = np.flatnonzero(sign[:-1] * sign[1:] < 0)
    found = _made(x[crossing], x[crossing + 1], SIGN, row, (sign[crossing], sign[crossing + 1]))
    zero = sign == 0
    before, after = np.append(np.nan, sign[:-1]), np.append(sign[1:], np.nan)
    alone = np.flatnonzero(zero & (before != 0) & (after != 0))
    return found.joined(_made(x[alone], x[alone], SIGN, row, (before[alone], after[alone])))


def edges(x: NDArray[np.float64], numbers: NDArray[np.float64], row: int) -> Brackets:
    """Where numbers cease to be finite; a single sample between finite ones is such a place itself.

    >>> found = edges(np.arange(5.0), np.array([np.nan, np.nan, 1.0, np.inf, 1.0]), 0)
    >>> found.low, found.high
    (array([1., 3.]), array([2., 3.]))
    """
    finite = np.isfinite(numbers)
    before, after = np.append(True, finite[:-1]), np.append(finite[1:], True)
    alone = ~finite & before & after
    change = np.flatnonzero((finite[:-1] != finite[1:]) & ~alone[:-1] & ~alone[1:])
    ends = np.flatnonzero(alone)
    none = (np.nan, np.nan)
    return _made(x[change], x[change + 1], EDGE, row, none).joined(_made(x[ends], x[ends], SIGN, row, none))


def jumps(
    x: NDArray[np.float64], numbers: NDArray[np.float64], slopes: NDArray[np.float64] | None, row: int
) -> Brackets:
    """Where numbers change by far more than their slopes tell, or than they do nearby.

    >>> found = jumps(np.arange(5.0), np.array([0.0, 0.0, 0.0, 1.0, 1.0]), np.zeros(5), 0)
    >>> found.low, found.high
    (array([2.]), array([3.]))
    """
    with np.errstate(all="ignore"):
        step = np.diff(numbers)
        finite = np.abs(numbers[np.isfinite(numbers)])
        size = np.quantile(finite, 0.9) if len(finite) else 0.0
        if slopes is None:
            rest = np.abs(step)
            # A kink at a sample makes two steps, so that not the next ones tell what is usual.
            usual = np.full(len(rest), -np.inf)
            usual[:-2] = rest[2:]
            usual[2:] = np.fmax(usual[2:], rest[:-2])
            large = (rest > _OFTEN * usual) & (rest > _SMALL * size)
        else:
            rest = np.abs(step - np.diff(x) * (slopes[1:] + slopes[:-1]) / 2)
            large = (rest > 0.5 * np.abs(step)) & (rest > _SMALL * size)
        places = np.flatnonzero(large)
        if len(places) > _MOST:
            places = np.sort(places[np.argsort(-rest[places])[:_MOST]])
        return _made(x[places], x[places + 1], JUMP, row, (np.nan, np.nan))


_OFTEN = 8.0
_SMALL = 1e-3
_MOST = 400


def narrowed(sampler: Sampler, brackets: Brackets) -> Brackets:
    """The same intervals, each as small as float64 has them; one point where a number is exactly zero, or none.

    Steps that turn out to be those of a smooth curve are left out.

    >>> from gradcli.lang import parse
    >>> from gradcli.transforms.curves.sampler import sampler_of
    >>> sampler = sampler_of(parse("x**2 - 2"), "x", {}, 1, 1.0)
    >>> x = np.array([0.0, 1.0, 2.0])
    >>> narrowed(sampler, sign_changes(x, sampler.at(x).values[0, 0], 0))[:2]
    (array([1.41421356]), array([1.41421356]))
    """
    low, high = _ordered(brackets.low), _ordered(brackets.high)
    if not (high > low + 1).any():
        return brackets
    rows = sampler.at(np.concatenate([brackets.low, brackets.high])).rows()
    places = np.arange(len(low))
    at_low, at_high = rows[brackets.row, places], rows[brackets.row, places + len(low)]
    state = _State(sampler, brackets, low, high, at_low, at_high)
    state.narrow_signs(np.flatnonzero((brackets.kind == SIGN) & (high > low + 1)))
    state.halve(np.flatnonzero((brackets.kind != SIGN) & (high > low + 1)))
    found = brackets._replace(low=_float(low), high=_float(high))
    return found.picked(high <= low + 1)


class _State(NamedTuple):
    """Intervals on their way; their ends in the order of floating-point numbers, and the numbers there."""

    sampler: Sampler
    brackets: Brackets
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    at_low: NDArray[np.float64]
    at_high: NDArray[np.float64]

    def narrow_signs(self, open_: NDArray[np.int64]) -> None:
        """Three places a step: the middle, and both sides of where the chord is zero, which is near it soon."""
        low, high, at_low, at_high = self.low, self.high, self.at_low, self.at_high
        while len(open_):
            a, b = low[open_], high[open_]
            start, width = _float(a), _float(b) / 2 - _float(a) / 2
            with np.errstate(all="ignore"):
                chord = start + 2 * width * (at_low[open_] / (at_low[open_] - at_high[open_]))
            middle = _middle(a, b)
            chord = np.where(np.isfinite(chord), chord, _float(middle))
            beside = np.maximum(np.abs(width) * _BESIDE, np.spacing(np.abs(chord)))
            inner = np.stack([_ordered(chord - beside), middle, _ordered(chord + beside)])
            inner = np.sort(np.clip(inner, a + 1, b - 1), axis=0)
            found = self.sampler.at(_float(inner).ravel()).rows()
            found = found[np.tile(self.brackets.row[open_], 3), np.arange(inner.size)].reshape(inner.shape)
            whole = np.concatenate([[a], inner, [b]])
            numbers = np.concatenate([[at_low[open_]], found, [at_high[open_]]])
            exact = np.isnan(found) | (found == 0)
            crossed = np.sign(numbers) != np.sign(numbers[0])
            first = np.argmax(crossed | np.concatenate([exact[:1] & False, exact, exact[:1] & False]), axis=0)
            column = np.arange(len(open_))
            hit = np.isnan(numbers[first, column]) | (numbers[first, column] == 0)
            high[open_], at_high[open_] = whole[first, column], numbers[first, column]
            before = np.where(hit, first, first - 1)
            low[open_], at_low[open_] = whole[before, column], numbers[before, column]
            open_ = open_[high[open_] > low[open_] + 1]

    def halve(self, open_: NDArray[np.int64]) -> None:
        """One place a step; steps that become small as those of any smooth curve do are let go."""
        low, high, at_low, at_high = self.low, self.high, self.at_low, self.at_high
        with np.errstate(all="ignore"):
            wanted = np.abs(at_high - at_low) * _VANISHING
        for turn in range(_TURNS):
            if not len(open_):
                break
            a, b, which = low[open_], high[open_], self.brackets.kind[open_]
            middle = _middle(a, b)
            found = self.sampler.at(_float(middle)).rows()[self.brackets.row[open_], np.arange(len(open_))]
            first, last = at_low[open_], at_high[open_]
            with np.errstate(all="ignore"):
                finite = np.isfinite(found) == np.isfinite(first)
                right = np.where(which == EDGE, finite, np.abs(last - found) > np.abs(found - first))
            exact = (which != EDGE) & np.isnan(found)
            goes_right, goes_left = right | exact, ~right | exact
            low[open_[goes_right]], at_low[open_[goes_right]] = middle[goes_right], found[goes_right]
            high[open_[goes_left]], at_high[open_[goes_left]] = middle[goes_left], found[goes_left]
            keep = high[open_] > low[open_] + 1
            if turn >= _PATIENCE:
                with np.errstate(all="ignore"):
                    keep &= (which == EDGE) | ~(np.abs(at_high[open_] - at_low[open_]) < wanted[open_])
            open_ = open_[keep]


_BESIDE = 2.0**-9
"""Of the width of an interval how far beside the zero of its chord to look."""

_TURNS = 70
_PATIENCE = 16
_VANISHING = 2.0**-12
"""Of the first step what is left of it after so many turns, where a curve is smooth: 2**-16; of a square root 2**-8."""


def _middle(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    """Half way in the order of floating-point numbers; zero itself comes first, where it is between."""
    return np.where((a < 0) & (b > 0), 0, (a >> 1) + (b >> 1) + (a & b & 1))


def _ordered(x: NDArray[np.float64]) -> NDArray[np.int64]:
    """Whole numbers in the order of float64s, neighbours differing by one.

    >>> _ordered(np.array([0.0, 5e-324, -5e-324]))
    array([ 0,  1, -1])
    """
    bits = np.asarray(x, np.float64).view(np.int64)
    return np.where(bits < 0, _LEAST - bits, bits)


def _float(ordered: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.where(ordered < 0, _LEAST - ordered, ordered).view(np.float64)


def all_brackets(sampled: Sampled, entries: int, orders: int) -> Brackets:
    """Whatever happens between samples: breaks, extrema of the value, and zeros of what tells of breaks."""
    x, rows = sampled.x, sampled.rows()
    found = []
    for entry in range(entries):
        value = sampled.values[0, entry]
        slope = sampled.values[1, entry] if orders else None
        found += [edges(x, value, entry), jumps(x, value, slope, entry)]
        if slope is not None:
            found += [sign_changes(x, slope, entries + entry), jumps(x, slope, None, entries + entry)]
        found.append(sign_changes(x, value, entry))
    first = entries * (orders + 1)
    found += [sign_changes(x, rows[i], i) for i in range(first, len(rows))]
    return found[0].joined(*found[1:])
