"""Rows at a kink where a convention may not be the derivative: `relu(x) - relu(-x)` at 0 has the slope 1, not 0.

Whether it is one is asked of points around: where the derivatives there agree with each other, and not with the
convention, or where they grow without end, one row at a time is looked into. Only what to look into is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gradcli.errors import Problem

__all__ = ["doubtful"]

Numbers: TypeAlias = dict[str, NDArray[Any]]

_STEP = 2.0**-24
"""How far the points around are away, for numbers up to 1; for larger ones in proportion."""

_NEARER = 2.0**-8
"""How much nearer the points are that tell whether a derivative grows towards the kink."""

_GROWS = 1.2
"""By what factor it then does: the derivative of x*log(x) grows by 1.33, a bounded one by 1."""

_ALIKE = 1e-5
"""Of derivatives around a point how much they differ for being some step away."""


def doubtful(
    columns: Mapping[str, NDArray[Any]],
    values: Mapping[str, NDArray[Any]],
    constants: Mapping[str, NDArray[Any]],
    inputs: Sequence[str],
    compute: Callable[[Numbers, Numbers], Mapping[str, NDArray[Any]]],
) -> NDArray[np.bool_]:
    """Which rows, all at a kink, are to be looked into one at a time.

    Args:
        columns: what was computed for the rows.
        values: of each column, with an axis for rows before its own.
        constants: the variables that are the same in all rows.
        inputs: the variables that are differentiated by.
        compute: what gives the results at other values and constants.
    """
    derivatives = [name for name in columns if name != "value"]
    rows = len(columns["value"])
    if not derivatives or not rows:
        return np.zeros(rows, bool)
    try:
        around = [compute(*moved) for moved in _around(values, constants, inputs)]
    except Problem:  # an operation does not take the numbers of a point around
        return np.ones(rows, bool)
    found = np.zeros(rows, bool)
    with np.errstate(all="ignore"):  # what is not finite is asked about
        for name in derivatives:
            odd = _is_odd(np.asarray(columns[name]), [np.asarray(numbers[name]) for numbers in around])
            found |= odd.reshape(rows, -1).any(axis=1)
    return found


def _is_odd(given: NDArray[Any], around: Sequence[NDArray[Any]]) -> NDArray[np.bool_]:
    """Which of a column's numbers the points around, of which the last two are nearer, speak against."""
    known = np.array(around)
    known[~np.isfinite(known)] = np.nan
    low, high = np.fmin.reduce(known), np.fmax.reduce(known)
    size = np.maximum(abs(low), abs(high))
    slack = _ALIKE * (1 + size)
    between = (given >= low - slack) & (given <= high + slack)
    far, near = (np.fmax.reduce(abs(part)) for part in (known[:2], known[-2:]))
    return np.asarray(~between | (near > _GROWS * far + _ALIKE))


def _around(
    values: Mapping[str, NDArray[Any]], constants: Mapping[str, NDArray[Any]], inputs: Sequence[str]
) -> Iterator[tuple[Numbers, Numbers]]:
    """Points on both sides along two directions, and nearer ones along the first."""
    chance = np.random.default_rng(0)
    moving = {name: np.asarray(values.get(name, constants.get(name)), np.float64) for name in inputs}
    ways = [{name: _direction(chance, array, name in values) for name, array in moving.items()} for _ in range(2)]
    for way, step in ((ways[0], _STEP), (ways[1], _STEP), (ways[0], _STEP * _NEARER)):
        for side in (step, -step):
            moved = {n: array + side * way[n] * np.maximum(abs(array), 1) for n, array in moving.items()}
            of_rows = {name: moved.get(name, array) for name, array in values.items()}
            yield of_rows, {name: moved[name] if name in moved and name not in values else array
                            for name, array in constants.items()}  # fmt: skip


def _direction(chance: np.random.Generator, array: NDArray[Any], of_rows: bool) -> NDArray[np.float64]:
    """For each entry, the same in all rows, a number from 0.5 to 1 with either sign."""
    shape = array.shape[1:] if of_rows else array.shape
    return np.asarray(chance.uniform(0.5, 1, shape) * chance.choice([-1.0, 1.0], shape))
