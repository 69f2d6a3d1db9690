"""Candidates moved to where they satisfy what is assumed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from gradcli.symbolic.protocol.inquiry import Interval
from gradcli.transforms.claims.assumptions import Plane, Region

__all__ = ["inside"]

_GRID = 64
_MOST = 400
"""Rows of a block that are kept."""

Matrix = NDArray[np.float64]


def inside(region: Region, free: Mapping[str, tuple[int, ...]], rows: Matrix) -> Matrix:
    """The rows that are in a region, after the numbers that equalities determine are put in; half of them scaled.

    Args:
        region: where they are to be.
        free: the shapes of the variables, whose entries are the columns.
        rows: of candidates.

    >>> from gradcli.transforms.claims.assumptions import region_of
    >>> from gradcli.transforms.claims.types import Case
    >>> free = {"y": (3,)}
    >>> region = region_of(Case("sum(y)", (), shapes=free, assume=("sum(y)==1", "y>0")), free)
    >>> inside(region, free, np.array([[1.0, 2.0, 1.0], [0.5, 0.25, 3.0]])).tolist()
    [[0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0.1328125, 0.06640625, 0.80078125]]
    """
    columns = _columns(free)
    candidates = [rows]
    if region.planes:
        scaled = rows.copy()
        for plane in region.planes:
            _scale(scaled, plane, columns)
        candidates.append(scaled)
    kept = []
    for some in candidates:
        for plane in region.planes:
            _solve(some, plane, columns)
        good = np.isfinite(some).all(axis=1)
        for name, places in columns.items():
            good &= _held(region.intervals.get(name, Interval()), some[:, places]).all(axis=1)
        kept.append(some[good])
    return np.concatenate(kept)[: max(_MOST, len(rows))]


def _columns(free: Mapping[str, tuple[int, ...]]) -> dict[str, slice]:
    """Where each variable's entries are in a row."""
    found, start = {}, 0
    for name, shape in free.items():
        size = int(np.prod(shape, dtype=int))
        found[name] = slice(start, start + size)
        start += size
    return found


def _scale(rows: Matrix, plane: Plane, columns: Mapping[str, slice]) -> None:
    """Multiply the numbers of an equality so that they satisfy it but for rounding to a grid: signs stay."""
    total = sum(rows[:, columns[name]] @ slopes for name, slopes in plane.slopes.items())
    with np.errstate(all="ignore"):
        factor = np.where(total == 0, 1.0, -plane.constant / total)
    if not plane.constant:
        return
    count = sum(slopes.size for slopes in plane.slopes.values())
    grid = _GRID * 2.0 ** np.ceil(np.log2(max(count, 1)))
    for name in plane.slopes:
        with np.errstate(all="ignore"):
            rows[:, columns[name]] = np.round(rows[:, columns[name]] * factor[:, None] * grid) / grid


def _solve(rows: Matrix, plane: Plane, columns: Mapping[str, slice]) -> None:
    """Put in the number that the others determine."""
    pivot = columns[plane.equality.name].start + plane.equality.entry
    slope = plane.slopes[plane.equality.name][plane.equality.entry]
    rows[:, pivot] = 0.0
    total = sum(rows[:, columns[name]] @ slopes for name, slopes in plane.slopes.items())
    rows[:, pivot] = -(total + plane.constant) / slope + 0.0


def _held(interval: Interval, numbers: Matrix) -> NDArray[np.bool_]:
    above = numbers > interval.low if interval.open_low else numbers >= interval.low
    below = numbers < interval.high if interval.open_high else numbers <= interval.high
    return above & below
