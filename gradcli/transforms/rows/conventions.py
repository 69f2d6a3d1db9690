"""Rows at a kink where a convention may not be the derivative: `relu(x) - relu(-x)` at 0 has the slope 1, not 0.

Whether it is one is asked of points around: where the derivatives on both sides agree with each other, and not with the
convention, or where they grow without end, one row at a time is looked into. Only what to look into is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gradcli.errors import Problem

__all__ = ["doubtful"]

Numbers: TypeAlias = dict[str, NDArray[Any]]

Sides: TypeAlias = Sequence[NDArray[Any]]

_FAR, _NEAR = (2.0**-24, -(2.0**-24)), (2.0**-32, -(2.0**-32))
"""How far the points around are away, on both sides, for numbers up to 1; for larger ones in proportion."""

_GROWS = 1.2
"""By what factor it then does: the derivative of x*log(x) grows by 1.33, a bounded one by 1."""

_FEW = 16
"""Variables up to which each is moved alone, as the derivative by it asks."""

_ALIKE = 1e-5
"""Of derivatives around a point how much they differ for being some step away."""


def doubtful(
    columns: Mapping[str, NDArray[Any]],
    made_of: Mapping[str, Sequence[str]],
    values: Mapping[str, NDArray[Any]],
    constants: Mapping[str, NDArray[Any]],
    inputs: Sequence[str],
    compute: Callable[[Numbers, Numbers], Mapping[str, NDArray[Any]]],
) -> NDArray[np.bool_]:
    """Which rows, all at a kink, are to be looked into one at a time.

    Args:
        columns: what was computed for the rows.
        made_of: for each column the variables that it is a derivative by; none for the value.
        values: of each column, with an axis for rows before its own.
        constants: the variables that are the same in all rows.
        inputs: the variables that are differentiated by.
        compute: what gives the results at other values and constants.
    """
    rows = len(columns["value"])
    found = np.zeros(rows, bool)
    derivatives = [name for name in columns if made_of[name]]
    if not derivatives or not rows:
        return found
    point = _Point(values, constants, inputs)
    any_way = point.direction()
    single = len(inputs) <= _FEW and all(array.ndim == (name in values) for name, array in point.moving.items())
    ways = {name: {name: any_way[name]} for name in inputs} if single else {"": any_way}
    try:
        beside = {key: [compute(*point.moved(way, side)) for side in _NEAR] for key, way in ways.items()}
        near = beside[""] if "" in beside else [compute(*point.moved(any_way, side)) for side in _NEAR]
        far = [compute(*point.moved(any_way, side)) for side in _FAR]
    except Problem:  # an operation does not take the numbers of a point around
        return np.ones(rows, bool)
    with np.errstate(all="ignore"):  # what is not finite is asked about
        for name in derivatives:
            given = np.asarray(columns[name])
            keys = [key for key in beside if not key or key in made_of[name]]
            passed = np.all([_is_passed(given, [one[name] for one in beside[key]]) for key in keys], axis=0)
            sides = [[one[name] for one in points] for points in (far, near)]
            odd = (passed & ~_is_reached(given, *sides)) | _grows(*sides)
            found |= odd.reshape(rows, -1).any(axis=1)
    return found


def _is_passed(given: NDArray[Any], sides: Sides) -> NDArray[np.bool_]:
    """Where both sides, or the one that there is, agree on another number; where they disagree there is a kink."""
    low, high = _extremes(sides)
    slack = _ALIKE * np.maximum(abs(low), abs(high))
    return np.asarray((high - low <= slack) & ~(abs(given - low) <= 2 * slack))


def _is_reached(given: NDArray[Any], far: Sides, near: Sides) -> NDArray[np.bool_]:
    """Where derivatives come the nearer to a number the nearer the points are, as 2*abs(x) to 0."""
    away = [np.maximum(*(abs(end - given) for end in _extremes(sides))) for sides in (far, near)]
    return np.asarray(away[1] < away[0] / 2)


def _grows(far: Sides, near: Sides) -> NDArray[np.bool_]:
    """Where a derivative grows towards the kink without end."""
    sizes = [np.maximum(*map(abs, _extremes(sides))) for sides in (far, near)]
    return np.asarray(sizes[1] > _GROWS * sizes[0])


def _extremes(sides: Sides) -> tuple[NDArray[Any], NDArray[Any]]:
    """The least and the greatest, of finite numbers."""
    known = np.array(sides, dtype=np.float64)
    known[~np.isfinite(known)] = np.nan
    return np.fmin.reduce(known), np.fmax.reduce(known)


class _Point:
    """Where the rows are, and points around it."""

    def __init__(
        self, values: Mapping[str, NDArray[Any]], constants: Mapping[str, NDArray[Any]], inputs: Sequence[str]
    ) -> None:
        self.values = values
        self.constants = constants
        self.moving = {name: np.asarray(values.get(name, constants.get(name)), np.float64) for name in inputs}

    def direction(self) -> Numbers:
        """For each entry, the same in all rows, a number from 0.5 to 1 with either sign."""
        chance = np.random.default_rng(0)
        shapes = {name: array.shape[1:] if name in self.values else array.shape for name, array in self.moving.items()}
        return {
            name: np.asarray(chance.uniform(0.5, 1, shape) * chance.choice([-1.0, 1.0], shape))
            for name, shape in shapes.items()
        }

    def moved(self, way: Numbers, step: float) -> tuple[Numbers, Numbers]:
        """The values and the constants some step along a direction."""
        moved = {n: self.moving[n] + step * part * np.maximum(abs(self.moving[n]), 1) for n, part in way.items()}
        of_rows = {name: moved.get(name, array) for name, array in self.values.items()}
        fixed = {n: moved[n] if n in moved and n not in self.values else a for n, a in self.constants.items()}
        return of_rows, fixed
