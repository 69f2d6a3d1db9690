"""Places where a curve does not go on: found between samples, and told apart by what is on both sides."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradcli.errors import Problem
from gradcli.transforms.curves.brackets import JUMP, Brackets
from gradcli.transforms.curves.sampler import Sampled, Sampler
from gradcli.transforms.curves.sides import FACTOR, SAME, Side, side
from gradcli.transforms.results.plot import Break, BreakKind

__all__ = ["Looked", "filled", "look"]

_DEEP = 26
_ULPS = 4
_LIMITS = 40
"""Places whose limits are asked for exactly: a look takes some milliseconds."""
_HUGE = 1e300
_USUAL = 0.9
_SLOPES = 1e-4
_STEPS = 4.0
"""Times as large as the steps beside it a jump must be: where digits are lost a curve has steps everywhere."""
_LEAPS, _LEAST_LEAP = 64.0, 4.0
"""Times the steps on both sides, and a few units in the last place, that a small jump is larger than."""
_UNDERFLOW = 1e-290


class Looked(NamedTuple):
    """What was found at some places.

    Attributes:
        breaks: of each entry of the value, from the left to the right.
        at: for each place and entry the break there, by (place, entry).
        beside: samples on both sides of breaks.
        steep: samples on both sides of places where a curve is so steep that it looks like a jump.
    """

    breaks: tuple[Break, ...]
    at: dict[tuple[int, int], Break]
    beside: Sampled
    steep: Sampled


def look(sampler: Sampler, sampled: Sampled, places: Brackets) -> Looked:
    """What a curve does at places that have been found.

    Args:
        sampler: of the curve.
        sampled: the curve.
        places: as narrow as can be.
    """
    below, above = _ends(places)
    reach = _reach(sampled.x, below, above)
    nearer = reach[:, None] * FACTOR ** -np.arange(_DEEP)
    grain = np.spacing(np.maximum(np.abs(below), np.abs(above)))[:, None]
    nearer = np.where(nearer >= _ULPS * grain, nearer, np.nan)
    nearer = np.append(nearer, np.zeros((len(below), 1)), axis=1)
    left, right = (sampler.at(x.ravel()) for x in (below[:, None] - nearer, above[:, None] + nearer))
    here = sampler.at(np.where(places.low == places.high, places.low, np.nan))
    sizes = _sizes(sampled)
    at: dict[tuple[int, int], Break] = {}
    by_jump: set[tuple[int, int]] = set()
    steep: set[int] = set()
    limits = 0
    for place in range(len(below)):
        span = slice(place * nearer.shape[1], (place + 1) * nearer.shape[1])
        for entry in range(sampler.entries):
            pairs = [
                (_side(left, order, entry, span, sizes), _side(right, order, entry, span, sizes))
                for order in range(sampler.order + 1)
            ]
            if _is_steep(*pairs[0]):
                steep.add(place)
            exact = float(here.values[0, entry, place]) if places.low[place] == places.high[place] else None
            found = _told(pairs, exact, sizes[:, entry])
            if found is None:
                continue
            x = float(places.low[place] if exact is not None else _nicer(places.low[place], places.high[place]))
            made = replace(found, x=x, output=entry, below=float(below[place]), above=float(above[place]))
            if made.kind == "removable" and limits < _LIMITS:
                limits += 1
                made = filled(sampler, made, max(sampler.order, 1))
            if places.kind[place] == JUMP:
                by_jump.add((place, entry))
            at[place, entry] = _sided(made, exact, float(here.values[0, entry, place]), pairs[0])
    kept = _apart(at, by_jump, np.diff(sampled.x).max() if len(sampled.x) > 1 else 1.0)
    broken = sorted({place for (place, entry), one in at.items() if one in kept})

    def around(which: Collection[int]) -> Sampled:
        spans = [np.arange(nearer.shape[1]) + place * nearer.shape[1] for place in which]
        picked = np.concatenate(spans) if spans else np.zeros(0, int)
        return _some(left, picked).joined(_some(right, picked))

    exact_ones = [p for p in broken if places.low[p] == places.high[p]]
    beside = around(broken).joined(_some(here, np.array(exact_ones, int)))
    return Looked(tuple(kept), at, beside, around(sorted(steep)))


def _some(sampled: Sampled, which: NDArray[Any]) -> Sampled:
    which = which[np.isfinite(sampled.x[which])]
    return Sampled(sampled.x[which], sampled.values[:, :, which], sampled.watched[:, which])


def _ends(places: Brackets) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The last number on the left side of each place, and the first on its right."""
    exact = places.low == places.high
    below = np.where(exact, np.nextafter(places.low, -np.inf), places.low)
    return below, np.where(exact, np.nextafter(places.high, np.inf), places.high)


def _reach(x: NDArray[np.float64], below: NDArray[np.float64], above: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far from each place to look: half as far as the next sample, or as the next place."""
    spacing = np.diff(x)
    at = np.clip(np.searchsorted(x, below, "right") - 1, 0, len(spacing) - 1)
    reach = spacing[at] / 2
    order = np.argsort(below)
    gaps = below[order][1:] - above[order][:-1]
    gaps = np.where(gaps > _SAME_PLACE * spacing.max(), gaps, np.inf)
    room = np.full(len(below), np.inf)
    room[order[1:]] = gaps
    room[order[:-1]] = np.minimum(room[order[:-1]], gaps)
    return np.minimum(reach, room / 2)


def _sizes(sampled: Sampled) -> NDArray[np.float64]:
    """How large the numbers of each derivative and entry usually are: nine of ten are smaller."""
    found = np.zeros(sampled.values.shape[:2])
    for place in np.ndindex(found.shape):
        numbers = np.abs(sampled.values[place])
        numbers = numbers[np.isfinite(numbers)]
        if len(numbers):
            usual = np.quantile(numbers, _USUAL)
            found[place] = usual if usual > 0 else numbers.max()
    return found


def _side(sampled: Sampled, order: int, entry: int, span: slice, sizes: NDArray[np.float64]) -> Side:
    numbers = sampled.values[order, entry, span]
    there = np.isfinite(sampled.x[span])
    there[-1] = False
    return side(numbers[there], float(numbers[-1]), float(sizes[order, entry]))


def _told(pairs: list[tuple[Side, Side]], exact: float | None, sizes: NDArray[np.float64]) -> Break | None:
    """What is at a place, given both sides of the value and its derivatives; None for nothing."""
    left, right = pairs[0]
    kinds = {left.kind, right.kind}
    if kinds == {"outside"}:
        return None
    told = (left.told, right.told)
    if kinds <= {"overflowing", "outside"}:
        return None
    if kinds & {"infinite", "overflowing"}:
        finite = [one.limit for one in (left, right) if one.kind == "finite"]
        kind: BreakKind = "overflow" if finite and abs(finite[0]) > _HUGE else "pole"
        return Break(0.0, kind, 0, *told)
    if "unsettled" in kinds:
        return Break(0.0, "no limit", 0, *told)
    if "outside" in kinds:
        return Break(0.0, "edge", 0, *told)
    size = max(abs(left.limit), abs(right.limit), float(sizes[0]))
    steep = _is_steep(left, right)
    if abs(left.limit - right.limit) > max(SAME * size, _STEPS * max(left.rough, right.rough)) and not steep:
        return Break(0.0, "jump", 0, *told)
    if _is_small_jump(left, right, size):
        return Break(0.0, "jump", 0, left.nearest, right.nearest)
    # A peak may be so narrow that both sides are calm before they meet it.
    reached = steep or exact in (left.nearest, right.nearest)
    if exact is not None and not reached and np.isfinite(exact) and abs(exact - left.limit) > 10 * SAME * size:
        return Break(0.0, "jump", 0, *told)
    order, slopes = _first_broken(pairs, sizes)
    if exact is not None and not np.isfinite(exact):
        return Break(0.0, "removable", order, *told, filled=tuple(_middle(pair) for pair in pairs))
    return None if order is None else Break(0.0, "kink", order, *slopes)


def _is_steep(left: Side, right: Side) -> bool:
    """Whether a curve goes from one limit to the other by way of what is between, so fast that few float64s see it."""
    across = right.limit - left.limit
    return (
        abs(right.nearest - left.nearest) < abs(across) / 2
        and left.rises == np.sign(across)
        and right.rises == -np.sign(across)
    )


def _is_small_jump(left: Side, right: Side, size: float) -> bool:
    """Whether a curve leaps from one float64 to the next by far more than it moves on both sides, or than rounding."""
    across = abs(right.nearest - left.nearest)
    return bool(across > _LEAPS * max(left.grain, right.grain, _LEAST_LEAP * np.spacing(size)))


def _first_broken(
    pairs: list[tuple[Side, Side]], sizes: NDArray[np.float64]
) -> tuple[int | None, tuple[float | None, float | None]]:
    """The lowest derivative that does not go on, and what it is on both sides."""
    for order, (left, right) in enumerate(pairs[1:], start=1):
        kinds = {left.kind, right.kind}
        if kinds & {"outside", "overflowing", "unsettled"}:
            continue
        if "infinite" in kinds:
            return order, (left.told, right.told)
        if left.kind == right.kind == "finite":
            size = max(abs(left.limit), abs(right.limit), left.largest, right.largest, float(sizes[order]))
            if abs(left.limit - right.limit) > _SLOPES * size:
                return order, (left.told, right.told)
    return None, (None, None)


def _middle(pair: tuple[Side, Side]) -> float:
    """The limit from both sides; 0 where it is smaller than what the last steps towards it were."""
    left, right = pair
    grain = max(left.grain, right.grain)
    if np.isfinite(grain) and max(abs(left.limit), abs(right.limit)) <= grain:
        return 0.0
    return left.limit if left.limit == right.limit else (left.limit + right.limit) / 2


def filled(sampler: Sampler, found: Break, order: int) -> Break:
    """A removable singularity with the limits that one-sided series tell, where they do.

    Args:
        sampler: of the curve.
        found: the singularity.
        order: of the highest derivative whose limit is wanted.
    """
    # Few curves have such a place, and the series' imports take as long as a thousand samples.
    from gradcli.transforms.kinks.limits import limits_of
    from gradcli.transforms.operators.derivative import derivative
    from gradcli.transforms.program.prepare import prepare

    point: Mapping[str, Any] = {**sampler.fixed, sampler.name: found.x}
    try:
        result = derivative(sampler.program, point, order, sampler.name, explain=False)
        limits = limits_of(result, prepare(sampler.program, point, [sampler.name]))
    except Problem:
        return found
    numbers, broken = list(found.filled), found.order
    for k in range(order + 1):
        address = result.address(found.output * order + k - 1) if k else None
        label = result.output_label(found.output) if address is None else result.label(address)
        told = next((limit for limit in limits if limit.of == label and limit.order == k), None)
        if told is None:
            break
        if told.both is None:
            broken = k
            break
        numbers[k : k + 1] = [told.both]
    else:
        broken = None
    return replace(found, filled=tuple(numbers), order=broken, left=numbers[0], right=numbers[0])


def _sided(found: Break, exact: float | None, value: float, sides: tuple[Side, Side]) -> Break:
    """A break whose own place belongs to the side that has its value, which is then that side's limit."""
    if found.kind != "jump" or exact is None:
        return found
    limits = (found.left, found.right)
    left, right = (_distance(value, limit, one) for limit, one in zip(limits, sides, strict=True))
    if min(left, right) == np.inf:
        return found
    if right <= left:
        return replace(found, above=found.x, right=value)
    return replace(found, below=found.x, left=value)


def _distance(value: float, limit: float | None, side: Side) -> float:
    """How far a value is from the limit of a side; infinite where it is another number."""
    if limit is None:
        return np.inf
    near = _STEPS * side.grain if np.isfinite(side.grain) else 0.0
    away = abs(value - limit)
    return away if away <= max(SAME * abs(value), near) else np.inf


def _nicer(low: float, high: float) -> float:
    """Of two neighbouring numbers the one with fewer digits; next to zero, where numbers underflow, zero."""
    if abs(high) < _UNDERFLOW:
        return 0.0
    return min((float(low), float(high)), key=lambda number: len(repr(number)))


def _apart(at: Mapping[tuple[int, int], Break], by_jump: Collection[tuple[int, int]], spacing: float) -> list[Break]:
    """The breaks, each place once: what is said of the value comes before what is said of derivatives.

    Next to a place where a curve swings without end nothing else is told.
    """
    kept: list[Break] = []
    for found in _by_weight(at, by_jump):
        same = [other for other in kept if other.output == found.output]
        if not any(
            abs(found.x - other.x) <= (spacing if other.kind == "no limit" else _SAME_PLACE * spacing) for other in same
        ):
            kept.append(found)
    return sorted(kept, key=lambda one: (one.x, one.output))


_SAME_PLACE = 1e-7


def _by_weight(at: Mapping[tuple[int, int], Break], by_jump: Collection[tuple[int, int]]) -> list[Break]:
    """What says most comes first; of the same, what is known by a change of sign, and not by the largest step."""

    def weight(item: tuple[tuple[int, int], Break]) -> tuple[int, int, bool, bool]:
        place, one = item
        return _WEIGHTS[one.kind], one.order or 0, place in by_jump, not one.below < one.x < one.above

    return [one for _, one in sorted(at.items(), key=weight)]


_WEIGHTS: dict[BreakKind, int] = {
    "no limit": 0, "pole": 1, "removable": 2, "jump": 3, "edge": 4, "overflow": 5, "kink": 6,
}  # fmt: skip
