"""Where an expression has no value, as sin(x)/x at 0: what value and derivatives tend to, by one-sided series.

The series go on from a point in one direction, whether there is a value at the point itself or not. Along each input
they tell both sides; of several inputs one direction across them is looked at too, as a value that tends to the same
number along each axis need not have a limit: x*y/(x**2 + y**2).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from gradcli.address import EntryAddress, Input
from gradcli.errors import Problem
from gradcli.onesided.budget import Budget, TooMuchWork
from gradcli.onesided.coefficients import Coefficient
from gradcli.onesided.limits import Pair, both_limits, mixed_term, same_pair
from gradcli.onesided.sides import as_float
from gradcli.ops.calls.numeric_errors import NUMERIC_ERRORS
from gradcli.transforms.kinks.onesided import OneSidedRuns, Way, back, outputs_along, sum_of_ways, way_of
from gradcli.transforms.program.prepare import Prepared
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.derivative import Derivative
from gradcli.transforms.results.findings import Limit
from gradcli.transforms.results.hessian import Hessian, HessianProduct
from gradcli.transforms.results.pushforward import Pushforward

__all__ = ["limits_of"]

_DIRECTIONS = 16
_PRODUCTS = 60_000
"""Of coefficients of one-sided series, as many as a look at kinks may take: about a second."""
_LOOKED_AT = 100_000
"""Derivatives, a tenth of a second, that are asked for those without a value: their inputs are looked along."""
_ORDER = 12
"""The highest derivative whose limit is told: the series grow longer with it."""


class _Line(NamedTuple):
    """A line through the point: what moves along it, "" if nothing else could; the way; the input it is the axis of."""

    label: str
    way: Way
    by: Input | None = None


def limits_of(result: Derived, prepared: Prepared) -> tuple[Limit, ...]:
    """The limits of the entries of the value that are NaN, and of their derivatives; none where none is known.

    >>> from gradcli.transforms.operators.grad import grad
    >>> [(limit.of, limit.left, limit.right) for limit in grad("(x**2 - 1)/(x - 1)", {"x": 1}).limits]
    [('f', 2.0, 2.0), ('df/dx', 1.0, 1.0)]
    """
    spoilt = [i for i, number in enumerate(np.ravel(result.value)) if np.isnan(number)]
    lines = _lines(result)
    if not lines or len(lines) * len(spoilt) > _DIRECTIONS**2 or len(lines) > _DIRECTIONS:
        return ()
    order = min(result.highest_order(), _ORDER)
    runs = OneSidedRuns(prepared, frozenset(), order, Budget(_PRODUCTS))
    try:
        return tuple(_found(result, runs, lines, spoilt))
    except (TooMuchWork, Problem, *NUMERIC_ERRORS):  # an operation that takes no one-sided series
        return ()


def _lines(result: Derived) -> list[_Line]:
    if isinstance(result, Pushforward):
        way = way_of(result.tangents)
        return [_Line("", way)] if way else []
    names = (result.variable,) if isinstance(result, Derivative) else result.by_each()
    units = [Input(name, i) for name in names for i in range(int(np.size(result.inputs[name])))]
    alone = len(units) == 1
    if len(units) > _DIRECTIONS:
        addresses = (result.address(position) for position in range(min(result.count(), _LOOKED_AT)))
        spoilt = {by for a in addresses if not math.isfinite(result.number(a)) for by in a.by}
        units = [unit for unit in units if unit in spoilt]
    return [_Line("" if alone else result.input_label(unit), ((unit.name, unit.entry, 1.0),), unit) for unit in units]


def _found(result: Derived, runs: OneSidedRuns, lines: Sequence[_Line], spoilt: Sequence[int]) -> Iterator[Limit]:
    for output in spoilt:
        yield from _of_value(result, runs, lines, output)
    weighted = result.weights() is not None
    for output in [0] if weighted else spoilt:
        for line in lines:
            yield from _of_derivatives(result, runs, line, output)
        if isinstance(result, Hessian | HessianProduct):
            yield from _of_mixed(result, runs, lines)


def _of_value(result: Derived, runs: OneSidedRuns, lines: Sequence[_Line], output: int) -> Iterator[Limit]:
    """A limit for the lines along which it is the same; one line across where the axes agree, or tell nothing."""
    label, given = result.output_label(output), float(np.ravel(result.value)[output])
    told = {line: pair for line in lines if (pair := _value(runs, line.way, output)) is not None}
    groups: list[tuple[Pair, list[str]]] = []
    for line, pair in told.items():
        mine = next((names for other, names in groups if same_pair(pair, other)), None)
        if mine is None:
            groups.append((pair, [line.label]))
        else:
            mine.append(line.label)
    for pair, names in groups:
        yield _limit(label, 0, pair, given, tuple(filter(None, names)))
    if len(lines) > 1 and (not groups or (len(groups) == 1 and len(told) > 1)):
        across = tuple((*line.way[0][:2], float(k)) for k, line in enumerate(lines, start=1))
        pair = _value(runs, across, output)
        if pair is not None and not (groups and same_pair(pair, groups[0][0])):
            along = ", ".join(f"{line.label}={k}" for k, line in enumerate(lines, start=1))
            yield _limit(label, 0, pair, given, (along,))


def _value(runs: OneSidedRuns, way: Way, output: int) -> Pair | None:
    """Both limits of an output along a line; None where the line tells nothing."""
    return both_limits(runs.along(way)[output], runs.along(back(way))[output], 0)


def _of_derivatives(result: Derived, runs: OneSidedRuns, line: _Line, output: int) -> Iterator[Limit]:
    for address in _addresses(result, line, output):
        right, left = (outputs_along(result, runs, way)[output] for way in (line.way, back(line.way)))
        order = 1 if address.along else address.order
        pair = both_limits(right, left, order)
        given = result.number(address)
        if pair is not None and not math.isfinite(given):
            yield _limit(result.label(address), order, pair, given, ())


def _addresses(result: Derived, line: _Line, output: int) -> Iterator[EntryAddress]:
    """The entries of a result that a line through the point tells by itself."""
    if line.by is None:
        yield EntryAddress(output, along=True)
    elif isinstance(result, Derivative):
        yield from (EntryAddress(output, (line.by,) * k) for k in range(1, min(result.order, _ORDER) + 1))
    elif not isinstance(result, HessianProduct):
        yield from (EntryAddress(output, (line.by,) * k) for k in range(1, result.highest_order() + 1))


def _of_mixed(result: Hessian | HessianProduct, runs: OneSidedRuns, lines: Sequence[_Line]) -> Iterator[Limit]:
    """Second derivatives along two directions, where value and derivatives go on smoothly across the point."""
    if isinstance(result, HessianProduct):
        vector = way_of(result.vectors)
        pairs = [(line.way, vector, EntryAddress(0, (line.by,), along=True)) for line in lines if line.by]
    else:
        pairs = [(a.way, b.way, EntryAddress(0, (a.by, b.by))) for a, b in combinations(lines, 2) if a.by and b.by]
    for a, b, address in pairs:
        given = result.number(address)
        limit = None if math.isfinite(given) else _mixed(runs, a, b)
        if limit is not None:
            yield _limit(result.label(address), 2, (limit, limit), given, ())


def _mixed(runs: OneSidedRuns, a: Way, b: Way) -> Coefficient | None:
    """The limit of a second derivative along a and b; None where the ways between them do not fit together."""
    terms = []
    for p, q in _WAYS:
        way = sum_of_ways(_times(a, p), _times(b, q))
        pair = both_limits(runs.along(way)[0], runs.along(back(way))[0], 2) if way else None
        if pair is not None and pair[0] is not None and same_pair(pair, pair[::-1]):
            terms.append((p, q, pair[0]))
    return mixed_term(terms)


_WAYS = ((1, 1), (2, 1), (1, 2), (1, -1), (1, 0), (0, 1), (2, -1), (1, -2))
"""Multiples (p, q) of two ways, any three of which tell; some may lead along a line where nothing is known."""


def _times(way: Way, factor: float) -> Way:
    return tuple((name, i, factor * c) for name, i, c in way)


def _limit(of: str, order: int, pair: Pair, given: float, along: tuple[str, ...]) -> Limit:
    left, right = map(as_float, pair)
    return Limit(of, order, along, left, right, given)
