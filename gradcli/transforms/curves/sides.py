"""What numbers tend to on one side of a place, by samples that come nearer and nearer to it."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["FACTOR", "SAME", "Side", "SideKind", "side"]

SideKind: TypeAlias = Literal["finite", "infinite", "overflowing", "outside", "unsettled"]

FACTOR = 4.0
"""By which each sample is nearer than the one before."""

SAME = 1e-5
"""Of the size of numbers the distance at which they are taken for one: what cancels beside a place is no better."""

_SLOW = 0.97
"""Of a step to the next one the ratio below which steps add up to a finite number; of a logarithm it is 1."""

_LOOKED_AT = 10

_FEW = 4
_LAST = 12
"""Steps next to a place, the widest a ten-millionth of the first one: there a curve has none that count."""


_NEAREST = 6
"""Steps next to a place, the widest a thousand float64s long."""

_BETWEEN = 3
"""Different numbers that are on the way of a steep curve, and not of a jump."""


class Side(NamedTuple):
    """What becomes of numbers on one side.

    Attributes:
        kind: "outside" where there are none, "overflowing" where they are infinite not only next to the place,
            "unsettled" where they tend to nothing.
        limit: what they tend to; NaN where that is nothing.
        rough: the largest step between numbers next to where the limit was read off.
        largest: the size of the largest of the numbers on the way there.
        nearest: the number at the nearest place that there is.
        grain: the largest step between the numbers at the few places nearest to it: what slope and rounding make.
        rises: 1 if the numbers only rise from the limit to the nearest one, step by step, -1 if they only fall, else 0.
    """

    kind: SideKind
    limit: float = np.nan
    rough: float = 0.0
    largest: float = 0.0
    nearest: float = np.nan
    grain: float = np.inf
    rises: int = 0

    @property
    def told(self) -> float | None:
        """The limit; None for nothing."""
        return None if np.isnan(self.limit) else self.limit


def side(numbers: NDArray[np.float64], next_to_it: float, size: float) -> Side:
    """What numbers tend to, given at places each four times as near as the one before.

    Args:
        numbers: the nearest last.
        next_to_it: the number at the nearest place that there is.
        size: how large such numbers are elsewhere.

    >>> near = 4.0 ** -np.arange(24.0)
    >>> side(1 + near, 1.0, 1.0)[:2], side(np.log(near), -744.0, 1.0)[:2], side(np.sin(1/near), 0.0, 1.0).kind
    (('finite', 1.0), ('infinite', -inf), 'unsettled')
    """
    known = numbers[np.isfinite(numbers)]
    if len(known) < _FEW:
        is_inf = np.isinf(numbers)
        return Side("overflowing", float(numbers[is_inf][-1])) if is_inf.sum() >= _FEW else Side("outside")
    largest = float(np.max(np.abs(known)))
    with np.errstate(all="ignore"):
        step = np.diff(known)
        small = np.abs(step) <= SAME * np.maximum(np.abs(known[1:]), size)
        calm = np.flatnonzero(small[:-1] & small[1:])
        if len(calm):
            settled = float(known[calm[0] + 2])
            near = 10 * SAME * max(abs(settled), size)
            better = [one for one in (next_to_it, float(known[-1])) if abs(one - settled) <= near]
            rough = float(np.max(np.abs(step[-_LAST:] if better else step[calm[0] + 1 : calm[0] + 2])))
            grain = float(np.max(np.abs(step[-_NEAREST:])))
            way = 0 if better else _way(known[calm[0] :])
            return Side("finite", better[0] if better else settled, rough, largest, next_to_it, grain, way)
        if np.isinf(numbers[-1]):
            return Side("infinite", float(numbers[-1]))
        if np.isnan(numbers[-1]):
            return Side("unsettled")
        recent = np.sign(step[-_LOOKED_AT:])
        if not (recent == recent[-1]).all():
            return Side("unsettled")
        ratio = float(np.median(np.abs(step[1:] / step[:-1])[-_LOOKED_AT:]))
        if ratio < _SLOW:
            return Side("finite", float(known[-1] + step[-1] * ratio / (1 - ratio)), 0.0, largest, next_to_it)
        return Side("infinite", float(recent[-1] * np.inf))


def _way(numbers: NDArray[np.float64]) -> int:
    """Whether numbers only rise, in several steps, or only fall."""
    step = np.diff(numbers)
    moved = step[step != 0]
    if len(moved) < _BETWEEN or not (np.sign(moved) == np.sign(moved[0])).all():
        return 0
    return int(np.sign(moved[0]))
