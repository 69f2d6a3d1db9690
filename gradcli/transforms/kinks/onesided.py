"""Derivative entries from both sides, by one-sided series: what to compare for each kind of result."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations_with_replacement
from typing import Any, NamedTuple

import numpy as np

from gradcli.lang import Call
from gradcli.onesided.budget import Budget
from gradcli.onesided.coefficients import Coefficient
from gradcli.onesided.interpret import one_sided_series
from gradcli.onesided.series import OneSidedSeries
from gradcli.onesided.sides import NotDetermined, as_float, coefficient, equal, jumps, weighted_sum
from gradcli.symbolic import Truth
from gradcli.transforms.program.prepare import Prepared
from gradcli.transforms.results.entries import Checkable, label, ours
from gradcli.transforms.results.findings import Sides
from gradcli.transforms.results.kinds import Derivative, Gradient, Hessian, HessianProduct, Jacobian, Pushforward
from gradcli.transforms.results.labels import labels

__all__ = ["Entry", "OneSidedRuns", "Way", "entries"]

Way = tuple[tuple[str, int, float], ...]
"""A direction: (variable, flat index, component) for each entry of an input that moves."""

Noted = dict[int, tuple[list[Any], Any]]
"""By the id of a call the one-sided series of its arguments and its value."""


class Entry(NamedTuple):
    """A derivative entry from both sides, and the directions that tell of it.

    Attributes:
        smooth: whether both sides agree, or one side is all there is.
        known: whether the one-sided series tell.
        output: the flat index of the program's output that it belongs to, if it is one's.
    """

    sides: Sides
    smooth: bool
    known: bool
    ways: tuple[Way, ...]
    output: int | None = None


class OneSidedRuns:
    """The program's one-sided series, each direction once, within a budget for all of them."""

    def __init__(self, prepared: Prepared, watched: frozenset[int], order: int, budget: Budget) -> None:
        self._prepared = prepared
        self._watched = watched
        self._order = order
        self._budget = budget
        self._known: dict[Way, tuple[list[OneSidedSeries], Noted]] = {}

    def along(self, way: Way) -> list[OneSidedSeries]:
        """The entries of the value, in C order."""
        return self._run(way)[0]

    def noted(self, way: Way) -> Noted:
        """What became of the watched calls."""
        return self._run(way)[1]

    def _run(self, way: Way) -> tuple[list[OneSidedSeries], Noted]:
        if way not in self._known:
            noted: Noted = {}

            def observe(node: Call, args: list[Any], value: Any) -> None:
                if id(node) in self._watched:
                    noted[id(node)] = (args, value)

            program, values, _ = self._prepared
            result = one_sided_series(program, values, self._direction(way), observe, self._order, self._budget)
            self._known[way] = (list(result.ravel()), noted)
        return self._known[way]

    def _direction(self, way: Way) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for name, index, component in way:
            if name not in given:
                given[name] = np.zeros(self._prepared.values[name].size)
            given[name][index] += component
        return {name: flat.reshape(self._prepared.values[name].shape) for name, flat in given.items()}


def entries(result: Checkable, runs: OneSidedRuns, inputs: Mapping[str, list[int]]) -> Iterator[Entry]:
    """The derivative entries of a result by some entries of its inputs.

    Args:
        inputs: for each variable the flat indices concerned.
    """
    if isinstance(result, Pushforward):
        way = _way(result.tangents)
        yield from _first(result, runs, way, [(o, "", 0) for o in range(int(np.size(result.value)))])
    elif isinstance(result, Derivative):
        yield from _orders(result, runs)
    elif isinstance(result, Hessian):
        yield from _hessian(result, runs, inputs)
    elif isinstance(result, HessianProduct):
        yield from _product(result, runs, inputs)
    else:
        outputs = range(int(np.size(result.value))) if isinstance(result, Jacobian) else [0]
        for name, indices in inputs.items():
            for i in indices:
                yield from _first(result, runs, ((name, i, 1.0),), [(o, name, i) for o in outputs])
        yield from _across(result, runs, inputs)


def _way(tangents: Mapping[str, Any]) -> Way:
    flat = [(name, i, float(c)) for name, t in tangents.items() for i, c in enumerate(np.ravel(t))]
    return tuple(part for part in flat if part[2])


def back(way: Way) -> Way:
    """The opposite direction."""
    return tuple((name, i, -c) for name, i, c in way)


def _first(result: Checkable, runs: OneSidedRuns, way: Way, places: list[tuple[int, str, int]]) -> Iterator[Entry]:
    right, left, centre = (_outputs(result, runs, w) for w in (way, back(way), ()))
    for output, name, i in places:
        told, given = _named(result, output, name, i)
        entry = _compared(told, given, right[output], left[output], centre[output], 1, (way, back(way)))
        yield entry if isinstance(result, Gradient) else entry._replace(output=output)


def _across(result: Gradient | Jacobian, runs: OneSidedRuns, inputs: Mapping[str, list[int]]) -> Iterator[Entry]:
    """Entries along a direction that none of the axes is, where what the axes tell does not add up.

    A function may have every partial derivative and no linear approximation, as sqrt(abs(x*y)) at 0.
    """
    units = [(name, i) for name, indices in inputs.items() for i in indices]
    if len(units) < 2:
        return
    way: Way = tuple((name, i, float(k + 1)) for k, (name, i) in enumerate(units))
    right, left, centre = (_outputs(result, runs, w) for w in (way, back(way), ()))
    for output in range(len(right)):
        slopes = [_partial(result, runs, name, i, output) for name, i in units]
        known = [c for c in slopes if c is not None]
        if len(known) < len(units):
            continue
        linear = weighted_sum(known)
        size = weighted_sum([abs(c) for c in known])
        told = f"d{_row(result, output)} along {', '.join(_component(result, *part) for part in way)}"
        sides = (right[output], left[output], centre[output])
        entry = _compared(told, as_float(linear) or 0.0, *sides, 1, (way, back(way)))
        above = coefficient(right[output], 1) if entry.known else None
        if entry.known and not (entry.smooth and equal(above, linear, size)):
            told_of = None if isinstance(result, Gradient) else output
            yield entry._replace(sides=replace(entry.sides, added=True), smooth=False, output=told_of)


def _partial(result: Checkable, runs: OneSidedRuns, name: str, i: int, output: int) -> Coefficient | None:
    """The partial derivative, where both sides agree on it."""
    way: Way = ((name, i, 1.0),)
    right, left, centre = (_outputs(result, runs, w)[output] for w in (way, back(way), ()))
    entry = _compared("", 0.0, right, left, centre, 1, ())
    two = entry.known and entry.smooth and entry.sides.left is not None and entry.sides.right is not None
    return coefficient(right, 1) if two else None


def _row(result: Gradient | Jacobian, output: int) -> str:
    return result.rows[output] if isinstance(result, Jacobian) else "f"


def _component(result: Checkable, name: str, i: int, size: float) -> str:
    return f"{labels(name, np.shape(result.inputs[name]))[i]}={size:g}"


def _outputs(result: Checkable, runs: OneSidedRuns, way: Way) -> list[OneSidedSeries]:
    found = runs.along(way)
    if not isinstance(result, Gradient) or result.seed is None:
        return found
    total = found[0].context.number(0)
    for weight, series in zip(np.ravel(result.seed), found, strict=True):
        total = total + series * series.context.number(float(weight))
    return [total]


def _named(result: Checkable, output: int, name: str, entry: int) -> tuple[str, float]:
    """An entry's label and the engine's number."""
    truth = Truth(output, name or "·", entry, "number", 0.0)
    return label(result, truth), ours(result, truth)


def _compared(
    told: str, given: float, right: OneSidedSeries, left: OneSidedSeries, centre: OneSidedSeries, order: int, ways: Any
) -> Entry:
    if centre.failure == "undefined":  # without a value there is no derivative either
        return Entry(Sides(told, None, None, given), True, True, ways)
    jump = jumps(right, centre) or jumps(left, centre)
    try:
        above, below = (coefficient(side, order, beyond=not centre.failure) for side in (right, left))
    except NotDetermined:
        return Entry(Sides(told, None, None, given, jump), False, False, ways)
    factor, sign = math.factorial(order), (-1) ** order
    above = None if above is None else above * factor
    below = None if below is None else below * factor * sign
    return Entry(Sides(told, as_float(below), as_float(above), given, jump), _smooth(above, below, jump), True, ways)


def _smooth(above: Coefficient | None, below: Coefficient | None, jump: bool) -> bool:
    if jump or (above is None and below is None):
        return not jump
    one = below if above is None else above
    finite = math.isfinite(as_float(one) or 0.0)
    return finite and (above is None or below is None or equal(above, below))


def _orders(result: Derivative, runs: OneSidedRuns) -> Iterator[Entry]:
    way: Way = ((result.variable, 0, 1.0),)
    right, left, centre = runs.along(way), runs.along(back(way)), runs.along(())
    broken = set()  # outputs whose derivative of some order has two sides, so that it has no derivative itself
    for order in range(1, result.order + 1):
        for output in range(len(right)):
            told, given = _named(result, output, result.variable, order)
            sides = (right[output], left[output], centre[output])
            entry = _compared(told, given, *sides, order, (way, back(way)))
            if entry.known and not entry.smooth:
                broken.add(output)
            yield entry._replace(smooth=output not in broken and entry.smooth)


def _hessian(result: Hessian, runs: OneSidedRuns, inputs: Mapping[str, list[int]]) -> Iterator[Entry]:
    starts: dict[str, int] = {}
    start = 0
    for name in result.gradients:
        starts[name] = start
        start += int(np.size(result.inputs[name]))
    units = [(starts[name] + i, ((name, i, 1.0),)) for name, indices in inputs.items() for i in indices]
    broken = set()
    for column, way in units:
        given = float(np.concatenate([np.ravel(g) for g in result.gradients.values()])[column])
        right, left, centre = runs.along(way)[0], runs.along(back(way))[0], runs.along(())[0]
        first = _compared(f"df/d{result.columns[column]}", given, right, left, centre, 1, (way, back(way)))
        yield first
        if not first.smooth:
            broken.add(column)
    for (i, a), (j, b) in combinations_with_replacement(units, 2):
        if i not in broken and j not in broken:
            told = f"d2f/d{result.columns[i]} d{result.columns[j]}"
            given = float(result.hessian[i, j])
            if i == j:
                right, left, centre = runs.along(a)[0], runs.along(back(a))[0], runs.along(())[0]
                yield _compared(told, given, right, left, centre, 2, (a, back(a)))
            else:
                yield _second(told, given, runs, a, b)


def _product(result: HessianProduct, runs: OneSidedRuns, inputs: Mapping[str, list[int]]) -> Iterator[Entry]:
    vector = _way(result.vectors)
    for name, indices in inputs.items():
        names = labels(name, np.shape(result.inputs[name]))
        for i in indices:
            given = float(np.ravel(result.products[name])[i])
            yield _second(f"d(df/d{names[i]})", given, runs, ((name, i, 1.0),), vector)


def _second(told: str, given: float, runs: OneSidedRuns, a: Way, b: Way) -> Entry:
    """The mixed second derivative along two directions, from the four quadrants between them."""
    ways = (a, back(a), b, back(b), _sum(a, b), _sum(back(a), back(b)), _sum(a, back(b)), _sum(back(a), b))
    centre = runs.along(())[0]
    smooth = all(_slopes_agree(runs, way, centre) for way in (a, b))

    def estimate(first: Way, second: Way, sign: int) -> Coefficient | None:
        whole, *parts = (coefficient(runs.along(way)[0], 2) for way in (_sum(first, second), first, second))
        for part in parts:
            whole = None if whole is None or part is None else whole - part
        return None if whole is None or math.isnan(as_float(whole) or 0.0) else whole * sign

    try:
        above, below = estimate(a, b, 1), estimate(back(a), back(b), 1)
        across = [estimate(a, back(b), -1), estimate(back(a), b, -1)]
    except NotDetermined:
        return Entry(Sides(told, None, None, given), False, False, ways)
    smooth = smooth and _smooth(above, below, False)
    others = [c for c in across if c is not None and above is not None and not equal(c, above)]
    if others and smooth:
        smooth, below = False, others[0]
    return Entry(Sides(told, as_float(below), as_float(above), given), smooth, True, ways)


def _slopes_agree(runs: OneSidedRuns, way: Way, centre: OneSidedSeries) -> bool:
    right, left = runs.along(way)[0], runs.along(back(way))[0]
    return _compared("", 0.0, right, left, centre, 1, ()).smooth


def _sum(a: Way, b: Way) -> Way:
    parts: dict[tuple[str, int], float] = {}
    for name, i, c in (*a, *b):
        parts[name, i] = parts.get((name, i), 0.0) + c
    return tuple((name, i, c) for (name, i), c in parts.items() if c)
