"""Derivative entries from both sides, by one-sided series: what to compare for each kind of result."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, combinations_with_replacement
from typing import Any, NamedTuple

import numpy as np

from gradcli.address import EntryAddress, Input
from gradcli.lang import Call
from gradcli.onesided.budget import Budget
from gradcli.onesided.coefficients import Coefficient
from gradcli.onesided.interpret import one_sided_series
from gradcli.onesided.series import OneSidedSeries
from gradcli.onesided.sides import (
    NotDetermined,
    as_float,
    coefficient,
    difference,
    equal,
    jumps,
    negative,
    weighted_sum,
)  # fmt: skip
from gradcli.transforms.program.prepare import Prepared
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.derivative import Derivative
from gradcli.transforms.results.findings import Sides
from gradcli.transforms.results.gradient import Gradient
from gradcli.transforms.results.hessian import Hessian, HessianProduct
from gradcli.transforms.results.jacobian import Jacobian
from gradcli.transforms.results.pushforward import Pushforward

__all__ = ["Entry", "OneSidedRuns", "Way", "back", "entries", "outputs_along", "sum_of_ways", "way_of"]

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

            program, values = self._prepared.program, self._prepared.values
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


def entries(result: Derived, runs: OneSidedRuns, inputs: Mapping[str, list[int]]) -> Iterator[Entry]:
    """The derivative entries of a result by some entries of its inputs.

    Args:
        inputs: for each variable the flat indices concerned.
    """
    return _LOOKS.get(type(result), _first_order)(result, runs, inputs)


def _along_tangents(result: Pushforward, runs: OneSidedRuns, _: Mapping[str, list[int]]) -> Iterator[Entry]:
    outputs = range(int(np.size(result.value)))
    return _first(result, runs, way_of(result.tangents), [EntryAddress(output, along=True) for output in outputs])


def _first_order(result: Gradient | Jacobian, runs: OneSidedRuns, inputs: Mapping[str, list[int]]) -> Iterator[Entry]:
    outputs = range(len(outputs_along(result, runs, ())))
    for name, indices in inputs.items():
        for i in indices:
            by = Input(name, i)
            yield from _first(result, runs, ((name, i, 1.0),), [EntryAddress(output, (by,)) for output in outputs])
    yield from _across(result, runs, inputs)


def way_of(tangents: Mapping[str, Any]) -> Way:
    """The way that tangents point."""
    flat = [(name, i, float(c)) for name, t in tangents.items() for i, c in enumerate(np.ravel(t))]
    return tuple(part for part in flat if part[2])


def back(way: Way) -> Way:
    """The opposite direction."""
    return tuple((name, i, -c) for name, i, c in way)


def _first(result: Derived, runs: OneSidedRuns, way: Way, addresses: list[EntryAddress]) -> Iterator[Entry]:
    right, left, centre = (outputs_along(result, runs, w) for w in (way, back(way), ()))
    for address in addresses:
        output = address.output
        told, given = result.label(address), result.number(address)
        entry = _compared(told, given, right[output], left[output], centre[output], 1, (way, back(way)))
        entry = _addressed(entry, address)
        yield entry if len(right) == 1 else entry._replace(output=output)


def _across(result: Gradient | Jacobian, runs: OneSidedRuns, inputs: Mapping[str, list[int]]) -> Iterator[Entry]:
    """Entries along a direction that none of the axes is, where what the axes tell does not add up.

    A function may have every partial derivative and no linear approximation, as sqrt(abs(x*y)) at 0.
    """
    units = [(name, i) for name, indices in inputs.items() for i in indices]
    if len(units) < 2:
        return
    count = len(outputs_along(result, runs, ()))
    for output in range(count):
        partials = [_partial(result, runs, unit, output) for unit in units]
        known = [partial for partial in partials if partial is not None]
        if len(known) < len(units):
            continue
        # At the end of a domain the direction leads inside.
        ways = zip(units, known, range(1, len(units) + 1), strict=True)
        way: Way = tuple((*unit, side * k) for unit, (_, side), k in ways)
        right, left, centre = (outputs_along(result, runs, w)[output] for w in (way, back(way), ()))
        linear = weighted_sum([slope for slope, _ in known])
        size = weighted_sum([abs(slope) for slope, _ in known])
        components = ", ".join(f"{result.input_label(Input(name, i))}={size:g}" for name, i, size in way)
        told = f"d{result.differentiated(output)} along {components}"
        entry = _compared(told, as_float(linear) or 0.0, right, left, centre, 1, (way, back(way)))
        above = coefficient(right, 1) if entry.known else None
        if entry.known and not (entry.smooth and equal(above, linear, size)):
            sides = replace(entry.sides, added=True, output=output)
            yield entry._replace(sides=sides, smooth=False, output=None if count == 1 else output)


def _partial(
    result: Derived, runs: OneSidedRuns, unit: tuple[str, int], output: int
) -> tuple[Coefficient, float] | None:
    """The slope towards one side, 1 or -1, and that side; None where the sides differ, or tell nothing."""
    way: Way = ((*unit, 1.0),)
    right, left, centre = (outputs_along(result, runs, w)[output] for w in (way, back(way), ()))
    entry = _compared("", 0.0, right, left, centre, 1, ())
    if not entry.known or not entry.smooth:
        return None
    if entry.sides.right is not None:
        slope = coefficient(right, 1)
        return None if slope is None else (slope, 1.0)
    slope = None if entry.sides.left is None else coefficient(left, 1)
    return None if slope is None else (slope, -1.0)


def outputs_along(result: Derived, runs: OneSidedRuns, way: Way) -> list[OneSidedSeries]:
    """The series of what was differentiated: the entries of the value, or their weighted sum."""
    found = runs.along(way)
    weights = result.weights()
    if weights is None:
        return found
    total = found[0].context.number(0)
    for weight, series in zip(np.ravel(weights), found, strict=True):
        total = total + series * series.context.number(float(weight))
    return [total]


def _addressed(entry: Entry, address: EntryAddress) -> Entry:
    return entry._replace(sides=replace(entry.sides, address=address))


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


def _smooth(above: Coefficient | None, below: Coefficient | None, jump: bool, size: Coefficient = 0) -> bool:
    if jump or (above is None and below is None):
        return not jump
    one = below if above is None else above
    finite = math.isfinite(as_float(one) or 0.0)
    return finite and (above is None or below is None or equal(above, below, size))


def _orders(result: Derivative, runs: OneSidedRuns, _: Mapping[str, list[int]]) -> Iterator[Entry]:
    way: Way = ((result.variable, 0, 1.0),)
    right, left, centre = runs.along(way), runs.along(back(way)), runs.along(())
    broken = set()  # outputs whose derivative of some order has two sides, so that it has no derivative itself
    for order in range(1, result.order + 1):
        for output in range(len(right)):
            address = EntryAddress(output, (Input(result.variable),) * order)
            told, given = result.label(address), result.number(address)
            sides = (right[output], left[output], centre[output])
            entry = _addressed(_compared(told, given, *sides, order, (way, back(way))), address)
            if entry.known and not entry.smooth:
                broken.add(output)
            yield entry._replace(smooth=output not in broken and entry.smooth)


def _hessian(result: Hessian, runs: OneSidedRuns, inputs: Mapping[str, list[int]]) -> Iterator[Entry]:
    units = [Input(name, i) for name, indices in inputs.items() for i in indices]
    ways: dict[Input, Way] = {by: ((*by, 1.0),) for by in units}
    broken, steep = set[Input](), set[Input]()
    for by in units:
        (first,) = _first(result, runs, ways[by], [EntryAddress(0, (by,))])
        yield first
        if not first.smooth:
            (steep if first.sides.infinite is not None else broken).add(by)
    for a, b in combinations_with_replacement(units, 2):
        # Where the slope is infinite the second derivative may be too; where it jumps there is none.
        if a in broken or b in broken or (a != b and {a, b} & steep):
            continue
        address = EntryAddress(0, (a, b))
        told, given = result.label(address), result.number(address)
        if a == b:
            right, left, centre = (runs.along(way)[0] for way in (ways[a], back(ways[a]), ()))
            entry = _compared(told, given, right, left, centre, 2, (ways[a], back(ways[a])))
        else:
            entry = _second(told, given, runs, ways[a], ways[b])
        yield _addressed(entry, address)


def _product(result: HessianProduct, runs: OneSidedRuns, inputs: Mapping[str, list[int]]) -> Iterator[Entry]:
    vector = way_of(result.vectors)
    for name, indices in inputs.items():
        for i in indices:
            address = EntryAddress(0, (Input(name, i),), along=True)
            entry = _second(result.label(address), result.number(address), runs, ((name, i, 1.0),), vector)
            yield _addressed(entry, address)


def _second(told: str, given: float, runs: OneSidedRuns, a: Way, b: Way) -> Entry:
    """The mixed second derivative along two directions, from the four quadrants between them."""
    ways = (
        a,
        back(a),
        b,
        back(b),
        sum_of_ways(a, b),
        sum_of_ways(back(a), back(b)),
        sum_of_ways(a, back(b)),
        sum_of_ways(back(a), b),
    )
    centre = runs.along(())[0]
    smooth = all(_slopes_agree(runs, way, centre) for way in (a, b))

    def estimate(first: Way, second: Way) -> tuple[Coefficient | None, Coefficient]:
        return difference(*(coefficient(runs.along(way)[0], 2) for way in (sum_of_ways(first, second), first, second)))

    try:
        (above, size), (below, _) = estimate(a, b), estimate(back(a), back(b))
        opposite = [negative(estimate(*quadrant)[0]) for quadrant in ((a, back(b)), (back(a), b))]
    except NotDetermined:
        return Entry(Sides(told, None, None, given), False, False, ways)
    smooth = smooth and _smooth(above, below, False, size)
    others = [c for c in opposite if c is not None and above is not None and not equal(c, above, size)]
    if others and smooth:
        smooth, below = False, others[0]
    return Entry(Sides(told, as_float(below), as_float(above), given), smooth, True, ways)


def _slopes_agree(runs: OneSidedRuns, way: Way, centre: OneSidedSeries) -> bool:
    right, left = runs.along(way)[0], runs.along(back(way))[0]
    return _compared("", 0.0, right, left, centre, 1, ()).smooth


def sum_of_ways(*ways: Way) -> Way:
    """The sum of directions, without what does not move."""
    parts: dict[tuple[str, int], float] = {}
    for name, i, c in chain(*ways):
        parts[name, i] = parts.get((name, i), 0.0) + c
    return tuple((name, i, c) for (name, i), c in parts.items() if c)


_LOOKS: dict[type[Derived], Callable[[Any, OneSidedRuns, Mapping[str, list[int]]], Iterator[Entry]]] = {
    Pushforward: _along_tangents,
    Derivative: _orders,
    Hessian: _hessian,
    HessianProduct: _product,
}
"""How to look at each kind of result; at any other as at first derivatives by each input."""
