"""Variables of a claim that stand where a whole number must, as in an index: which they are, and their numbers.

`z[label]` has a value at label = 0, 1, 2 where z has three entries. A claim about it is one about each of those: with
the index fixed, the program is one like any other, whose derivative is compared, and proved.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, product
from math import ceil, floor, isfinite, prod
from typing import Any

import numpy as np

from gradcli.errors import Problem, UsageProblem
from gradcli.lang import Program, parse, unroll
from gradcli.ops.calls.operands import Variable, variable_of
from gradcli.ops.calls.resolve import resolve_with
from gradcli.symbolic.protocol.inquiry import Interval
from gradcli.transforms.claims.assumptions import Region
from gradcli.transforms.claims.types import Case
from gradcli.transforms.operators.evaluate import evaluate

__all__ = ["IndexValues", "index_values", "index_variables"]

_MOST = 32
"""Values of all index variables together for which a claim is judged; of more, so many are drawn."""

_TRIED = 420
"""Whole numbers that are tried, from the least: more than the entries that the arrays of a claim can have."""


@dataclass(frozen=True, slots=True)
class IndexValues:
    """The values of the index variables that vary.

    Attributes:
        numbers: for each variable the whole numbers that one of its entries takes.
        combinations: values of all of them, as numbers and nested lists.
        every: whether there are no others.
    """

    numbers: dict[str, tuple[int, ...]]
    combinations: tuple[dict[str, Any], ...]
    every: bool


def index_variables(program: Program, case: Case, free: Mapping[str, tuple[int, ...]]) -> frozenset[str]:
    """The variables that stand where a whole number must, in the program or in a claim.

    Args:
        program: the case's expression.
        case: with the claims, and the values of what does not vary.
        free: the shapes of the variables that vary.

    >>> from gradcli.transforms.claims.types import Claimed
    >>> case = Case("z[k]*x", (Claimed(("x",), "z[k]"),), {"k": 1.0})
    >>> sorted(index_variables(parse("z[k]*x"), case, {"z": (3,), "x": ()}))
    ['k']
    """
    held = {name: Variable("whole", len(shape)) for name, shape in free.items()}
    held |= {name: variable_of(value) for name, value in case.fixed.items()}
    shapes = {**free, **{name: np.shape(value) for name, value in case.fixed.items()}}

    def length(name: str) -> int | None:
        return shapes[name][0] if shapes.get(name) else None

    found: set[str] = set()
    for text in ("", *(claimed.text for claimed in case.claims)):
        try:
            found |= resolve_with(unroll(parse(text) if text else program, length), held).positions
        except Problem:  # what is wrong with it is told where it is computed
            continue
    return frozenset(found)


def index_values(
    program: Program,
    case: Case,
    free: Mapping[str, tuple[int, ...]],
    names: Collection[str],
    region: Region,
) -> IndexValues:
    """The numbers at which the program has a value, found by trying: from 0 up, or those of a variable's range.

    Args:
        program: the case's expression.
        case: with the values of what does not vary, and the seed by which some are drawn where there are many.
        free: the shapes of the variables that vary.
        names: those of them that are index variables.
        region: where they vary.

    Raises:
        Problem: if it has a value at none, or an equality is assumed of an index variable.

    >>> case = Case("z[k]", ())
    >>> index_values(parse("z[k]"), case, {"z": (3,), "k": ()}, ["k"], Region())
    IndexValues(numbers={'k': (0, 1, 2)}, combinations=({'k': 0}, {'k': 1}, {'k': 2}), every=True)
    """
    for plane in region.planes:
        for name in names:
            if name in plane.slopes:
                told = f"'{name}' stands where a whole number must, and {plane.given} is assumed of it"
                raise UsageProblem(told, hint=f"give it a value, --{name} 0, or a range, --{name} 0:2")
    longest = max((size for shape in _shapes(case, free) for size in shape), default=0)
    tried = {name: _candidates(region.intervals.get(name, Interval()), longest) for name in names}
    for name, (numbers, _, _) in tried.items():
        if not numbers:
            raise UsageProblem(f"there is no whole number where '{name}' is, and it stands where one must")
    start = {name: _filled(free[name], tried[name][0][0] if name in tried else 1.0) for name in free}
    found: dict[str, tuple[int, ...]] = {}
    every = True
    for name, (numbers, more_below, more_above) in tried.items():
        kept, problem = [], None
        for number in numbers:
            try:
                evaluate(program, {**case.fixed, **start, name: _filled(free[name], number)}, explain=False)
                kept.append(number)
            except Problem as error:
                problem = problem or error
        if not kept:
            assert problem is not None
            raise problem
        found[name] = tuple(kept)
        start[name] = _filled(free[name], kept[0])
        every = every and not (more_below and kept[0] == numbers[0]) and not (more_above and kept[-1] == numbers[-1])
    count = prod(len(found[name]) ** _size(free[name]) for name in names)
    if count <= _MOST:
        return IndexValues(found, tuple(_all(found, free)), every)
    random = np.random.default_rng(case.random_seed)
    drawn = ({n: random.choice(found[n], free[n]).tolist() for n in found} for _ in range(_MOST - 2))
    ends = [{n: _filled(free[n], found[n][end]) for n in found} for end in (0, -1)]
    different = {repr(values): values for values in (*ends, *drawn)}
    return IndexValues(found, tuple(different.values()), every=False)


def _shapes(case: Case, free: Mapping[str, tuple[int, ...]]) -> Iterator[tuple[int, ...]]:
    yield from free.values()
    yield from (np.shape(value) for value in case.fixed.values())


def _candidates(inside: Interval, longest: int) -> tuple[list[int], bool, bool]:
    """Whole numbers within an interval, and whether there are more of them below and above.

    Without an end they go from 0 to past the last entry; below 0 they are looked for where a range asks for them.

    >>> _candidates(Interval(), 3), _candidates(Interval(high=-1.0), 1), _candidates(Interval(0.5, 2.0), 3)
    (([0, 1, 2, 3, 4], False, True), ([-3, -2, -1], True, False), ([1, 2], False, False))
    """
    low = ceil(inside.low) if isfinite(inside.low) else 0
    below = not isfinite(inside.low) and inside.high < 0
    if below:
        low = floor(inside.high) - longest - 1
    high = floor(inside.high) if isfinite(inside.high) else low + longest + 1
    last = min(high, low + _TRIED)
    numbers = [number for number in range(low, last + 1) if inside.holds(number)]
    return numbers, below, last < high or not isfinite(inside.high)


def _all(found: Mapping[str, tuple[int, ...]], free: Mapping[str, tuple[int, ...]]) -> Iterator[dict[str, Any]]:
    """Every value of every entry."""
    sizes = {name: _size(free[name]) for name in found}
    for row in product(*(found[name] for name, size in sizes.items() for _ in range(size))):
        entries = iter(row)
        yield {
            name: np.array([*islice(entries, size)], dtype=int).reshape(free[name]).tolist()
            for name, size in sizes.items()
        }


def _filled(shape: tuple[int, ...], number: float) -> Any:
    return np.full(shape, number).tolist()


def _size(shape: tuple[int, ...]) -> int:
    return int(np.prod(shape, dtype=int))
