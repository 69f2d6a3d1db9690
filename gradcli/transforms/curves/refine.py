"""Where samples are added: where a curve bends between two of them, as its derivatives tell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gradcli.transforms.curves.sampler import Sampled, Sampler

__all__ = ["places", "refined", "visible"]

_ROUNDS = 8
_FINE = 1e-3
"""Of the height of a picture how far a chord may be from its curve: less than a dot of any."""
_FLAT = 1e-6
"""Of its size how much of a curve's height may be rounding."""
_MOST = 5
"""Times as many samples are added as there are, at most;"""
_ENOUGH = 50_000
"""and never more than these."""


def places(start: float, stop: float, count: int, log: bool) -> NDArray[np.float64]:
    """So many places, the ends among them, at equal distances or at equal ratios.

    >>> places(1.0, 100.0, 3, True)
    array([  1.,  10., 100.])
    """
    found = np.geomspace(start, stop, count) if log else np.linspace(start, stop, count)
    found[0], found[-1] = start, stop
    return found


def refined(sampler: Sampler, sampled: Sampled, order: int, log: bool) -> Sampled:
    """A curve with samples added between those whose chord is not near to it.

    Args:
        sampler: of the curve.
        sampled: the samples there are.
        order: of the highest derivative that is shown.
        log: whether samples are added at equal ratios.
    """
    most = len(sampled.x) + min(_MOST * len(sampled.x), _ENOUGH)
    for _ in range(_ROUNDS):
        bent = _bent(sampled, order)
        if not bent.any():
            break
        low, high = sampled.x[:-1][bent], sampled.x[1:][bent]
        middle = np.sqrt(low) * np.sqrt(high) if log else low + (high - low) / 2
        middle = middle[(middle > low) & (middle < high)][: most - len(sampled.x)]
        if not len(middle):
            break
        sampled = sampled.joined(sampler.at(middle))
    return sampled


def _bent(sampled: Sampled, order: int) -> NDArray[np.bool_]:
    """Between which samples a curve leaves its chord."""
    x = sampled.x
    bent = np.zeros(len(x) - 1, bool)
    with np.errstate(all="ignore"):
        width = np.diff(x)
        for k in range(order + 1):
            for entry, numbers in enumerate(sampled.values[k]):
                low, high = visible(numbers)
                if k + 1 < len(sampled.values):
                    slopes = sampled.values[k + 1, entry]
                    missed = np.abs(np.diff(numbers) - width * (slopes[1:] / 2 + slopes[:-1] / 2)) / 2
                    away = np.fmax(np.abs(np.diff(slopes)) * width / 8, missed)
                else:
                    chords = np.diff(numbers) / width
                    turned = np.abs(np.diff(chords))
                    away = np.fmax(np.append(turned, 0.0), np.append(0.0, turned)) * width / 8
                inside = (np.fmax(numbers[1:], numbers[:-1]) >= low) & (np.fmin(numbers[1:], numbers[:-1]) <= high)
                height = max(high - low, _FLAT * max(abs(high), abs(low)))
                bent |= (away > _FINE * height) & inside & np.isfinite(away)
    return bent


def visible(numbers: NDArray[np.float64]) -> tuple[float, float]:
    """Limits within which most of some numbers are: a pole's few large ones do not count."""
    finite = numbers[np.isfinite(numbers)]
    if not len(finite):
        return 0.0, 0.0
    low, high = np.quantile(finite, [0.03, 0.97])
    room = high - low
    return float(max(low - room, finite.min())), float(min(high + room, finite.max()))
