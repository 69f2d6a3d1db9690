"""Derivatives from differences of values, extrapolated to step zero, with an estimate of their own error.

Sources: C. J. F. Ridders, "Accurate computation of F'(x) and F'(x) F''(x)", Advances in Engineering Software 4
(1982) 75-76, for the extrapolation; J. J. More, S. M. Wild, "Estimating computational noise", SIAM J. Sci. Comput.
33 (2011) 1292-1314, for the noise of the values.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import factorial
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Estimate", "extrapolated", "noise_of", "scale_of", "slope"]

Array: TypeAlias = NDArray[np.float64]

_DEPTH = 8
_MOST_LEVELS = 130
_GOOD = 2.0**-40
_SURE = 4
"""So many narrower steps must bear an estimate out before it is final."""

_EPS = 2.0**-52
_WIDEST = 8
"""Of the first steps, which are wide, kinks beside the point are not told from one at it."""

_TOLD = 3
_CLEAR = 20

_STENCIL = 9
_ORDERS = (4, 5, 6)


class Estimate(NamedTuple):
    """Numbers, how far off each may be, and where the slopes of the two sides differ however narrow the step."""

    value: Array
    error: Array
    kink: NDArray[np.bool_]


def scale_of(number: float) -> float:
    """The power of two that steps from a number are measured by: its own size, but at least one.

    >>> scale_of(0.0), scale_of(-20.0)
    (1.0, 16.0)
    """
    return float(2.0 ** np.floor(np.log2(max(abs(number), 1.0))))


def noise_of(value: Callable[[float], Array], *steps: float) -> Array:
    """How far rounding puts values near 0 off a smooth curve: from high differences over a few narrow steps.

    Differences of every order show the noise, those of the highest the least of the curve; of several widths of
    the steps each may miss noise that changes more slowly.

    >>> bool(1e-13 < noise_of(lambda t: np.array([1000.0 * np.exp(1 + t)]), 2.0**-44)[0] < 1e-11)
    True
    """
    found = None
    for step in steps:
        values = _beside(value, step)
        spreads = []
        for order in _ORDERS:
            weight = factorial(order) ** 2 / factorial(2 * order)
            spreads.append(np.sqrt(weight * np.mean(np.diff(values, order, axis=0) ** 2, axis=0)))
        floor = _EPS / 2 * np.max(np.abs(values), axis=0)
        here = np.fmax(floor, np.min(spreads, axis=0))
        found = here if found is None else np.fmax(found, here)
    return np.asarray(found)


def _beside(value: Callable[[float], Array], step: float) -> Array:
    """Values on one side of 0, which may be a kink: above, or where that is outside the domain below."""
    above = np.array([value(i * step) for i in range(1, _STENCIL + 1)])
    if np.all(np.isfinite(above)):
        return above
    below = np.array([value(-i * step) for i in range(1, _STENCIL + 1)])
    return np.where(np.all(np.isfinite(above), axis=0), above, below)


def slope(value: Callable[[float], Array], at: float) -> Estimate:
    """The derivative at 0 of a function of a step from `at`.

    >>> found = slope(lambda t: np.array([np.exp(1 + t)]), 1.0)
    >>> bool(abs(found.value[0] - np.e) < 10 * found.error[0] < 1e-9)
    True
    >>> slope(lambda t: np.array([abs(t)]), 0.0).kink
    array([ True])
    """
    here = value(0.0)
    if not np.isfinite(at):
        nothing = np.full(here.shape, np.nan)
        return Estimate(nothing, nothing, np.zeros(here.shape, dtype=bool))
    scale = scale_of(at)
    noise = 3 * noise_of(value, scale * 2.0**-44)

    def difference(step: float) -> tuple[Array, Array, Array]:
        above, below = value(step), value(-step)
        width = (at + step) - (at - step)
        return (above - below) / width, (above - 2 * here + below) / (width / 2), noise / step

    return extrapolated(difference, scale / 4, min(scale * 2.0**-46, (abs(at) or 1.0) * 2.0**-26))


def extrapolated(
    difference: Callable[[float], tuple[Array, Array, Array]], widest: float, narrowest: float
) -> Estimate:
    """Differences whose error is a series in even powers of the step, extrapolated to step zero.

    Args:
        difference: for a step the estimate, by how much the slopes of both sides differ, and the estimate's noise.
        widest: the first step; each further one is half of it.
        narrowest: the last one.
    """
    levels = _Levels()
    step = widest
    with np.errstate(all="ignore"):
        while step >= narrowest and len(levels.raw) < _MOST_LEVELS:
            levels.add(*difference(step))
            if levels.settled():
                break
            step /= 2
        return levels.estimate()


class _Levels:
    """The tableau's rows so far and what is best in them."""

    def __init__(self) -> None:
        self.raw: list[Array] = []
        self._bends: list[Array] = []
        self._noises: list[Array] = []
        self._above: list[Array] = []
        self._best: Any = None
        self._error: Any = None
        self._level: Any = None

    def add(self, raw: Array, bend: Array, noise: Array) -> None:
        """One more step."""
        row = [raw]
        for k, upper in enumerate(self._above[: _DEPTH - 1]):
            row.append(row[k] + (row[k] - upper) / (4.0 ** (k + 1) - 1))
        if self._best is None:
            self._best, self._error = np.full(raw.shape, np.nan), np.full(raw.shape, np.inf)
            self._level = np.zeros(raw.shape, dtype=int)
        for k, upper in enumerate(self._above[: _DEPTH - 1]):
            off = np.maximum(np.abs(row[k + 1] - row[k]), np.abs(row[k + 1] - upper)) + 2 * noise
            better = off < self._error
            self._best = np.where(better, row[k + 1], self._best)
            self._error = np.where(better, off, self._error)
            self._level = np.where(better, len(self.raw), self._level)
        self.raw.append(raw)
        self._bends.append(np.abs(bend))
        self._noises.append(noise)
        self._above = row

    def settled(self) -> bool:
        """Whether narrower steps would show nothing new: all estimates are good, borne out, and both sides agree."""
        last = len(self.raw) - 1
        if last < 2 * _SURE or np.any(self._level > last - _SURE):
            return False
        good = self._error <= _GOOD * np.abs(self._best)
        flat = (self._best == 0) & (self._error <= 4 * self._noises[last])
        bends = self._bends[last - _SURE :]
        shrinking = [narrow <= 0.6 * wide for wide, narrow in pairwise(bends)]
        smooth = np.all(shrinking, axis=0) | (bends[-1] <= 20 * self._noises[last])
        return bool(np.all((good | flat) & smooth))

    def estimate(self) -> Estimate:
        """The best of each tableau, its error no smaller than what narrower steps say against it."""
        error = self._error
        chosen = np.take_along_axis(np.array(self.raw), self._level[np.newaxis], axis=0)[0]
        first_off = np.abs(chosen - self._best)
        for level, (raw, noise) in enumerate(zip(self.raw, self._noises, strict=True)):
            allowed = 4 * noise + 2 * first_off * 4.0 ** -(level - self._level).astype(float)
            against = np.where(level > self._level, np.abs(raw - self._best) - allowed, 0.0)
            error = np.where(against > error, against, error)
        return Estimate(self._best, error, self._kinks())

    def _kinks(self) -> NDArray[np.bool_]:
        """Where the slopes of both sides stay apart, or part further, down to the narrowest step that tells."""
        raws, bends, noises = (np.array(rows[_WIDEST:]) for rows in (self.raw, self._bends, self._noises))
        found = np.zeros(self._best.shape, dtype=bool)
        for i in range(found.size):
            apart, steep = _telling(bends[:, i], noises[:, i]), _telling(raws[:, i], noises[:, i])
            stays = len(apart) == _TOLD and bool(np.all(apart > apart[0] / 2)) and bool(np.ptp(apart) < apart[0] / 10)
            found[i] = stays or _doubles(apart) or _doubles(steep)
        return found


def _telling(numbers: Array, noises: Array) -> Array:
    """Of the last steps where so large a number would stand out of the noise the numbers, if they do stand out."""
    usable = np.isfinite(numbers) & np.isfinite(noises)
    sizes, noises = np.abs(numbers[usable]), _CLEAR * noises[usable]
    clear = sizes > noises
    if not clear.any():
        return sizes[:0]
    last = np.flatnonzero(noises < np.max(sizes[clear]))[-_TOLD:]
    return sizes[last] if np.all(clear[last]) else sizes[:0]


def _doubles(sizes: Array) -> bool:
    """Whether slopes grow as fast as the steps shrink: the value jumps."""
    return len(sizes) == _TOLD and bool(np.all(np.abs(sizes[1:] - 2 * sizes[:-1]) < sizes[1:] / 20))
