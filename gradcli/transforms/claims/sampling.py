"""Points at which an expression has a value and a derivative: simple ones first, then random ones.

The domain of an expression is found by trying: candidates of many sizes and signs are drawn, and those are
kept at which the engine's value and gradient are finite. Of an expression of single numbers, element by element, all
candidates are computed in one pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.tape.tensor import Tensor
from gradcli.errors import Problem
from gradcli.lang import Call, Literal, Program, calls, is_conditional, literals, parse
from gradcli.ops import TABLE, lookup
from gradcli.symbolic.protocol.inquiry import Interval
from gradcli.transforms.claims.assumptions import Region, region_of
from gradcli.transforms.claims.on_planes import inside
from gradcli.transforms.claims.types import Case
from gradcli.transforms.kinks.conditions import can_be_at_kink
from gradcli.transforms.operators.grad import pull_back
from gradcli.transforms.program.execute import execute
from gradcli.transforms.program.prepare import Prepared, prepare
from gradcli.transforms.program.variables import may_have_derivatives

__all__ = ["sample"]

_SIMPLE = (1.0, 2.0, -1.0, 0.5, 3.0, -2.0, 0.0, -0.5, 0.25, 5.0, -3.0, 10.0)
_GRID = 64
_ROUNDS = 6
_TRIES = 300
_LARGE = 1e100
_USUAL, _FAR = 3.0, 1e6
"""Around numbers of these sizes candidates are drawn too, where something may switch there."""
_MOST_SWITCHES = 4
_BESIDE = 1.5
"""How far from such a number, on either side, the middle of the candidates is."""

Matrix = NDArray[np.float64]


def sample(
    program: Program, case: Case, free: Mapping[str, tuple[int, ...]], region: Region | None = None
) -> list[dict[str, Any]]:
    """Points inside the domain, every second one simple; none if none was found.

    There are `case.points` at most, and some more on both sides of numbers at which there may be a kink.

    Args:
        program: the case's expression, parsed.
        case: with the fixed values, how many points, and the random seed.
        free: the shapes of the variables that vary.
        region: where they vary, by the case's ranges and assumptions, which tell it themselves if it is not given.

    Raises:
        Problem: if the program does not fit the values, whatever they are.

    >>> from gradcli.lang import parse
    >>> case = Case("log(x)", (), points=4)
    >>> [point["x"] > 0 for point in sample(parse("log(x)"), case, {"x": ()})]
    [True, True, True, True]
    """
    if not any(0 not in shape for shape in free.values()):  # nothing varies, as an empty array does not
        return [_point(case, free, np.zeros(0))]
    random = np.random.default_rng(case.random_seed)
    region = region_of(case, free) if region is None else region
    sides = _sides(program, case)
    blocks = [[_point(case, free, row) for row in block] for block in _blocks(region, free, random, sides)]
    if _together(program, case, free):
        kept = [_inside_together(program, case, free, block) for block in blocks]
    else:
        kept = _inside_singly(program, case, blocks)
    rounds = 1
    while rounds < _ROUNDS and sum(map(len, kept)) < case.points and _together(program, case, free):
        rounds += 1
        for block in list(_blocks(region, free, random, sides))[1:]:
            points = [_point(case, free, row) for row in block]
            kept.append(_inside_together(program, case, free, points))
    return _chosen(kept, case.points + len(sides))


def _chosen(blocks: list[list[dict[str, Any]]], count: int) -> list[dict[str, Any]]:
    """Half of them simple, the others in turn from every kind of random ones; by turns, the simplest of each first."""
    simple, *others = [[*{repr(point): point for point in block}.values()] for block in blocks]
    simple = sorted(simple, key=_complexity)
    first = simple[
        : max(count - sum(map(len, others)), count // 2)
    ]  # a single point is random: simple ones are special
    turns = [point for row in zip_longest(*others) for point in row if point is not None]
    chosen = {repr(point): point for point in [*first, *turns, *simple]}
    ordered = sorted(list(chosen.values())[:count], key=_complexity)
    half = len(ordered) // 2
    pairs = zip_longest(ordered[half:], ordered[:half])
    return [point for pair in pairs for point in pair if point is not None]


def _complexity(point: Mapping[str, Any]) -> float:
    """How much there is to read in a point's numbers; zeros and equal numbers, where much is special, come late."""
    numbers = [number for value in point.values() for number in np.ravel(value).tolist()]
    total = 2.0 * (len(numbers) - len(set(numbers)))
    for number in numbers:
        top, bottom = abs(number).as_integer_ratio()
        total += int(top).bit_length() + 2 * int(bottom).bit_length() + (0.5 if number < 0 else 0)
        total += 5 if number == 0 else 0
    return total


def _point(case: Case, free: Mapping[str, tuple[int, ...]], row: Matrix) -> dict[str, Any]:
    point, start = dict(case.fixed), 0
    for name, shape in free.items():
        size = int(np.prod(shape, dtype=int))
        part = row[start : start + size] + 0.0  # no -0.0, which nobody means and where odd things happen
        array = part.reshape(shape)
        if name in case.symmetric:
            array = (array + array.T) / 2
        point[name] = array.tolist() if shape else float(part[0])
        start += size
    return point


def _sides(program: Program, case: Case) -> list[float]:
    """Numbers on both sides of those, beyond the usual ones, at which a function or a claim may have a kink.

    As abs(x - 37.5) has one; that of abs(x + 37.5) is at the negative of what is written.
    """
    texts = [program, *(parse(claim.text) for claim in case.claims)]
    if not any(_may_switch(call) for text in texts for call in calls(text)):
        return []
    numbers = {node.value for text in texts for node in literals(text) if type(node.value) is float}
    switches = sorted(number for number in numbers if _USUAL < abs(number) < _FAR)[:_MOST_SWITCHES]
    return [at * sign + side for at in switches for sign in (1, -1) for side in (-_BESIDE, _BESIDE)]


def _may_switch(call: Call) -> bool:
    if is_conditional(call):
        return True
    try:
        op = lookup(call.function, "", call.head)
    except Problem:  # a function of the program's own
        return False
    if op.kind != "elementwise" or not op.kinks:
        return op.kind == "predicate" or bool(op.kinks)
    known = tuple(a.value if isinstance(a, Literal) and isinstance(a.value, float) else None for a in call.args)
    return len(known) != len(op.params) or can_be_at_kink(op.name, known)


def _blocks(
    region: Region, free: Mapping[str, tuple[int, ...]], random: np.random.Generator, sides: Sequence[float]
) -> Iterator[Matrix]:
    """Candidates, a row each: simple numbers; then random ones of some sizes and signs, and some around others."""
    bounds = [region.intervals.get(n, Interval()) for n, s in free.items() for _ in range(int(np.prod(s, dtype=int)))]
    width = len(bounds)
    pools = [_simple_inside(bound) for bound in bounds]
    rows = [[pool[min(i, len(pool) - 1)] for pool in pools] for i in range(max(map(len, pools)))]
    rows += [[pool[(i + j) % len(pool)] for j, pool in enumerate(pools)] for i in range(4)]
    rows += [[pool[random.integers(min(len(pool), 7))] for pool in pools] for _ in range(200)]
    yield inside(region, free, np.array(rows))
    sizes: list[Matrix] = [
        *(side + random.uniform(-1.25, 1.25, (60, width)) for side in sides),
        random.uniform(-3, 3, (300, width)),
        random.uniform(0.25, 3, (400, width)),
        2.0 ** random.uniform(-4, 4, (300, width)) * random.choice([-1.0, 1.0], (300, width)),
        random.uniform(-1, 1, (200, width)),
        random.uniform(0.25, 3, (300, width)) * random.choice([-1.0, 1.0], (300, width)),
    ]
    for size in sizes:
        columns = [_column(size[:, j], bound.low, bound.high, random) for j, bound in enumerate(bounds)]
        yield inside(region, free, np.stack(columns, axis=1))


def _column(drawn: Matrix, low: float, high: float, random: np.random.Generator) -> Matrix:
    """Drawn numbers on a grid, inside the range."""
    if np.isfinite(low) and np.isfinite(high):
        step = 2.0 ** np.floor(np.log2((high - low) / 1024)) if high > low else 1.0
        numbers = np.round(random.uniform(low, high, drawn.shape) / step) * step
        return np.clip(numbers, low, high)
    numbers = np.round(drawn * _GRID) / _GRID
    if np.isfinite(low):
        return low + np.abs(numbers)
    return high - np.abs(numbers) if np.isfinite(high) else numbers


def _simple_inside(bound: Interval) -> list[float]:
    low, high = bound.low, bound.high
    inside = [number for number in _SIMPLE if bound.holds(number)]
    if len(inside) < 4:
        start, stop = (low if np.isfinite(low) else high - 10), (high if np.isfinite(high) else low + 10)
        inside += [float(n) for n in range(int(np.ceil(start)), min(int(np.floor(stop)), int(np.ceil(start)) + 10) + 1)]
        inside += [start + (stop - start) * part for part in (0.5, 0.25, 0.75)]
        inside += [end for end in (low, high) if np.isfinite(end)]
    return list(dict.fromkeys(filter(bound.holds, inside)))


def _together(program: Program, case: Case, free: Mapping[str, tuple[int, ...]]) -> bool:
    """Whether many points can be computed as arrays: of numbers alone, by operations on each entry."""
    if may_have_derivatives(program) or any(free.values()) or any(np.ndim(value) for value in case.fixed.values()):
        return False
    prepared = prepare(program, {**case.fixed, **dict.fromkeys(free, 1.0)}, ())
    found = list(calls(prepared.program))
    if any(map(is_conditional, found)):
        return False
    return all(TABLE[call.function].kind in ("elementwise", "predicate") for call in found)


def _inside_together(
    program: Program, case: Case, free: Mapping[str, Any], points: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    columns = {name: np.array([point[name] for point in points]) for name in free}
    moving = {name for claim in case.claims for name in claim.names}
    prepared = prepare(program, {**case.fixed, **columns}, [name for name in free if name in moving])
    value, gradients = _computed(prepared)
    inside = np.broadcast_to(_moderate(value), (len(points),)).copy()
    for gradient in gradients.values():
        inside &= _moderate(gradient)
    return [point for point, good in zip(points, inside.tolist(), strict=True) if good]


def _inside_singly(program: Program, case: Case, blocks: list[list[dict[str, Any]]]) -> list[list[dict[str, Any]]]:
    """By turns from each block, until there are enough or it has taken too long."""
    kept: list[list[dict[str, Any]]] = [[] for _ in blocks]
    problem: Problem | None = None
    for tries, (i, place) in enumerate(
        (i, place) for place in range(max(map(len, blocks))) for i in range(len(blocks))
    ):
        if tries > _TRIES or sum(map(len, kept)) >= 2 * case.points:
            break
        if place >= len(blocks[i]):
            continue
        point = blocks[i][place]
        try:
            prepared = prepare(program, point)
            value, gradients = _computed(prepared)
        except Problem as found:
            problem = problem or found
            continue
        if all(bool(np.all(_moderate(array))) for array in (value, *gradients.values())):
            kept[i].append(point)
    if problem is not None and not any(kept):
        raise problem
    return kept


def _computed(prepared: Prepared) -> tuple[Any, dict[str, Matrix]]:
    """The value, and the gradients of the sum of its entries."""
    tensors = {name: Tensor(array, name in prepared.wrt) for name, array in prepared.values.items()}
    value = execute(prepared.program, tensors)
    with np.errstate(all="ignore"):
        return value.array, pull_back(value, np.ones(value.shape), tensors, prepared)


def _moderate(array: Any) -> Any:
    with np.errstate(invalid="ignore"):
        return np.abs(array) < _LARGE
