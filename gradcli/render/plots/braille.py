"""Curves of braille dots: this module alone knows the library that draws them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import plotille
from numpy.typing import NDArray

__all__ = ["BLANK", "SOLID", "Dashes", "dotted"]

BLANK = "\N{BRAILLE PATTERN BLANK}"

_ACROSS, _UP = 2, 4
"""Dots of a character."""


class Dashes(NamedTuple):
    """How a line is interrupted: so many dots of so many."""

    drawn: int = 1
    of: int = 1


SOLID = Dashes()


def dotted(
    x: NDArray[np.float64], y: NDArray[np.float64], width: int, height: int, dashes: Dashes = SOLID
) -> list[str]:
    """A curve as lines of braille characters, the top one first.

    Args:
        x: from 0 at the left edge to 1 at the right one, rising; NaN where the curve is broken.
        y: from 0 at the lower edge to 1 at the upper one; NaN where the curve is broken.
        width: in characters.
        height: in characters.
        dashes: how the line is interrupted.

    >>> dotted(np.array([0.0, 1.0]), np.array([0.0, 1.0]), 2, 1)
    ['⡠⠊']
    """
    canvas = plotille.Canvas(width, height, xmax=width * _ACROSS, ymax=height * _UP)
    columns, rows = x * (width * _ACROSS - 1), np.clip(y * (height * _UP - 1), -1, height * _UP)
    start = 0.0
    for first, last in _pieces(np.isfinite(columns) & np.isfinite(rows)):
        across, up = _outline(columns[first:last], rows[first:last])
        along = np.append(0.0, np.cumsum(np.maximum(np.abs(np.diff(across)), np.abs(np.diff(up)))))
        steps = np.arange(0.0, along[-1] + 0.5)
        on = (start + steps) % dashes.of < dashes.drawn
        dots = zip(np.interp(steps, along, across)[on].tolist(), np.interp(steps, along, up)[on].tolist(), strict=True)
        for dot in dots:
            canvas.point(*dot)
        start += along[-1]
    drawn: str = canvas.plot("\n")
    return drawn.split("\n")


def _pieces(known: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Where stretches without a gap begin and end."""
    change = np.flatnonzero(np.diff(np.concatenate([[0], known.astype(np.int8), [0]])))
    yield from zip(change[::2].tolist(), change[1::2].tolist(), strict=True)


def _outline(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The same line with four points a column of dots at most: the first, the lowest, the highest and the last."""
    column = np.rint(x)
    begins = np.flatnonzero(np.append(True, np.diff(column) != 0))
    ends = np.append(begins[1:], len(x)) - 1
    lows, highs = np.minimum.reduceat(y, begins), np.maximum.reduceat(y, begins)
    rises = y[ends] >= y[begins]
    second, third = np.where(rises, lows, highs), np.where(rises, highs, lows)
    outline = np.stack([y[begins], second, third, y[ends]], axis=1).ravel()
    return np.repeat(column[begins], 4), outline
