"""What part of the values a picture shows, and where its axes are marked."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gradcli.transforms.results.plot import Curve

__all__ = ["bounds", "tick_texts", "ticks"]

_PLACES = 500
_QUANTILES = (0.1, 0.9)
_ROOM = 0.5
_TAIL = 30.0
"""Times the height of the middle eight tenths, from which on the rest is left to run out of the picture."""
_BESIDE = 1.0
"""Heights of the curve itself that its derivatives may take beside it."""
_MARGIN = 0.04
_DECADES = 50.0
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def bounds(curve: Curve, y_range: tuple[float, float] | None, log: bool) -> tuple[float, float]:
    """The least and the largest value that a picture shows.

    Poles do not count, so that the rest is not flattened, and of derivatives that are far larger than the curve a part.

    >>> from gradcli.transforms.results.plot import Axis
    >>> curve = Curve("x", Axis("x", 0.0, 1.0), {}, np.linspace(0, 1, 5), np.linspace(0, 1, 5).reshape(1, 1, 5))
    >>> bounds(curve, None, False)
    (-0.04, 1.04)
    """
    if y_range is not None:
        return y_range
    even = np.geomspace if curve.log else np.linspace
    where = np.searchsorted(curve.x, even(curve.axis.start, curve.axis.stop, _PLACES)).clip(0, len(curve.x) - 1)
    poles = any(one.kind in ("pole", "overflow") for one in curve.breaks)
    spans = [_span(curve.values[0, entry], where, poles, log) for entry in range(curve.entries)]
    values = [span for span in spans if span is not None]
    if not values:
        return (0.1, 10.0) if log else (-1.0, 1.0)
    low, high = min(span[0] for span in values), max(span[1] for span in values)
    reach = _BESIDE * (high - low)
    least, most = (low - reach, high + reach) if reach and not log else (-np.inf, np.inf)
    for order in range(1, curve.order + 1):
        for entry in range(curve.entries):
            span = _span(curve.values[order, entry], where, poles, log)
            if span is not None and span[0] <= most and span[1] >= least:  # else nothing of it comes into view
                low, high = min(low, max(span[0], least)), max(high, min(span[1], most))
    return _with_margin(low, high, log)


def _span(numbers: NDArray[np.float64], where: NDArray[np.int64], poles: bool, log: bool) -> tuple[float, float] | None:
    even = numbers[where]
    even = even[np.isfinite(even) & ((even > 0) | (not log))]
    if not len(even):
        return None
    if log:
        even = np.log10(even)
    low, high = float(even.min()), float(even.max())
    first, last = (float(q) for q in np.quantile(even, _QUANTILES))
    if not log and last > first and (poles or high - low > _TAIL * (last - first)):
        room = _ROOM * (last - first)
        low, high = max(low, first - room), min(high, last + room)
    return (10.0 ** max(low, high - _DECADES), 10.0**high) if log else (low, high)


def _with_margin(low: float, high: float, log: bool) -> tuple[float, float]:
    if log:
        factor = max((high / low) ** _MARGIN, 1.0 + _MARGIN)
        return low / factor, high * factor
    if low == high:
        room = abs(low) / 2 or 1.0
        return low - room, high + room
    room = _MARGIN * (high - low)
    return (low - room, high + room) if math.isfinite(room) else (low, high)


def ticks(low: float, high: float, count: int, log: bool = False) -> list[float]:
    """About so many round numbers between two others.

    >>> ticks(-1.04, 1.04, 5), ticks(0.5, 2000.0, 4, log=True)
    ([-1.0, -0.5, 0.0, 0.5, 1.0], [1.0, 10.0, 100.0, 1000.0])
    """
    if log:
        first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
        step = max(1, -(-(last - first) // max(count, 1)))
        powers = [10.0**k for k in range(first, last + 1, step)]
        if len(powers) > 1:
            return powers
    size = (high - low) / max(count, 1)
    if not size > 0 or not math.isfinite(size):
        return [low]
    power = 10.0 ** math.floor(math.log10(size))
    step_size = next(step * power for step in _STEPS if step * power >= size * (1 - 1e-9))
    first, last = math.ceil(low / step_size - 1e-9), math.floor(high / step_size + 1e-9)
    digits = max(0, 1 - math.floor(math.log10(step_size)))
    return [round(k * step_size, digits) + 0.0 for k in range(first, last + 1)]


def tick_texts(numbers: Sequence[float]) -> list[str]:
    """Numbers at an axis, with as many digits as tell them apart.

    >>> tick_texts([-2.0, 0.5, 1e-7]), tick_texts([1.0, 1.0 + 5e-9])
    (['-2', '0.5', '1e-07'], ['1', '1.000000005'])
    """
    for digits in range(6, 18):
        texts = [f"{number:.{digits}g}" for number in numbers]
        if len(set(texts)) == len(texts):
            break
    return texts
