"""Roots, extrema and inflections, to the last digit of float64: where the curve or a derivative changes its sign."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np

from gradcli.transforms.curves.brackets import Brackets, narrowed, sign_changes
from gradcli.transforms.curves.breaks import Looked, look
from gradcli.transforms.curves.sampler import Sampled, Sampler
from gradcli.transforms.results.plot import Break, Mark, MarkKind

__all__ = ["KINDS", "goes_on", "marks_of", "zero_stretches"]

KINDS = ("roots", "extrema", "inflections")
"""What can be asked for, in the order in which it is listed."""

_NEIGHBOURS = 8
"""Float64s on both sides of a least value that tell how large rounding is there."""

_ROUNDING = 4.0


def marks_of(
    sampler: Sampler, sampled: Sampled, wanted: Collection[str], breaks: Collection[Break] = ()
) -> tuple[Mark, ...]:
    """The points of a curve that are asked for.

    Args:
        sampler: of the curve, with the derivatives that are needed: one for roots and extrema, two for inflections.
        sampled: the curve.
        wanted: some of `KINDS`.
        breaks: of the curve; the ends of its domain may be roots.

    >>> from gradcli.lang import parse
    >>> from gradcli.transforms.curves.sampler import sampler_of
    >>> sampler = sampler_of(parse("x**3 - 3*x"), "x", {}, 1, 1.0)
    >>> [(mark.kind, mark.x) for mark in marks_of(sampler, sampler.at(np.linspace(-3, 3, 50)), ["extrema"])]
    [('maximum', -1.0), ('minimum', 1.0)]
    """
    extrema = _turns(sampler, sampled, 1) if sampler.order else []
    found: list[Mark] = []
    if "roots" in wanted:
        # Between an extremum and its neighbours a curve may cross zero twice.
        beside = np.array([mark.x for mark in extrema])
        more = sampled.joined(sampler.at(beside)) if len(beside) else sampled
        found += _roots(sampler, more, extrema)
        found += _roots_at_breaks(sampler, breaks, found)
    if "extrema" in wanted:
        found += extrema
    if "inflections" in wanted:
        found += _turns(sampler, sampled, 2)
    order = {"root": 0, "minimum": 1, "maximum": 1, "inflection": 2}
    return tuple(sorted(found, key=lambda mark: (order[mark.kind], mark.output, mark.x)))


def _brackets(sampler: Sampler, sampled: Sampled, order: int) -> tuple[Brackets, Looked]:
    """The changes of sign of a derivative, and what the curve does there."""
    parts = [
        sign_changes(sampled.x, sampled.values[order, entry], order * sampler.entries + entry)
        for entry in range(sampler.entries)
    ]
    found = parts[0].joined(*parts[1:])
    inside = (found.low > sampled.x[0]) | (found.high < sampled.x[-1])
    found = narrowed(sampler, found.picked(inside))
    return found, look(sampler, sampled, found)


def _turns(sampler: Sampler, sampled: Sampled, order: int) -> list[Mark]:
    """Where the first derivative changes its sign, or the second, and the curve itself goes on."""
    places, looked = _brackets(sampler, sampled, order)
    found = []
    for i in range(len(places.low)):
        entry = int(places.row[i]) % sampler.entries
        left, right = float(places.left[i]), float(places.right[i])
        here = looked.at.get((i, entry))
        if not left * right < 0 or not goes_on(here, order):
            continue
        kind: MarkKind = "inflection" if order > 1 else "maximum" if left > 0 else "minimum"
        mark = _mark(sampler, kind, places, i, entry, order, here)
        if np.isfinite(mark.value):
            found.append(mark)
    return found


def goes_on(here: Break | None, order: int) -> bool:
    """Whether a curve, and for an inflection its slope, go on at a place."""
    if here is None or here.order is None:
        return True
    return here.kind in ("kink", "removable") and here.order >= order


def _mark(
    sampler: Sampler, kind: MarkKind, places: Brackets, i: int, entry: int, order: int, here: Break | None
) -> Mark:
    """The mark at the end of a small interval where the number that vanishes is smaller."""
    if here is not None and here.kind == "removable":
        return Mark(kind, here.x, here.filled[0], here.filled[1] if len(here.filled) > 1 else np.nan, entry)
    ends = sampler.at(np.array([places.low[i], places.high[i]]))
    key = (
        ends.values[0, entry] * {"maximum": -1, "minimum": 1}.get(kind, 0)
        if here
        else np.abs(ends.values[order, entry])
    )
    best = int(np.argmin(key))
    slope = float(ends.values[1, entry, best]) if sampler.order else np.nan
    return Mark(kind, float(ends.x[best]), float(ends.values[0, entry, best]), slope, entry)


def _roots(sampler: Sampler, sampled: Sampled, extrema: Collection[Mark]) -> Iterator[Mark]:
    places, looked = _brackets(sampler, sampled, 0)
    known: list[tuple[int, float]] = []
    for i in range(len(places.low)):
        entry = int(places.row[i])
        here = looked.at.get((i, entry))
        if here is None or here.order != 0 or _is_zero_at(sampler, places, i, entry):
            mark = _mark(sampler, "root", places, i, entry, 0, here)
            touches = bool(places.left[i] * places.right[i] > 0) and (here is None or here.order != 0)
            known.append((entry, mark.x))
            yield Mark("root", mark.x, mark.value, mark.derivative, entry, touches)
    for mark in extrema:
        if (mark.output, mark.x) not in known and _touches(sampler, mark):
            yield Mark("root", mark.x, mark.value, mark.derivative, mark.output, touches=True)


def _roots_at_breaks(sampler: Sampler, breaks: Collection[Break], known: Collection[Mark]) -> Iterator[Mark]:
    """Ends of a domain at which an entry is zero, and jumps that have the value zero at the place itself."""
    for one in breaks:
        if one.kind not in ("edge", "jump") or any(m.output == one.output and m.x == one.x for m in known):
            continue
        around = [one.below, one.x, one.above] if one.kind == "edge" else [one.x]
        here = sampler.at(np.array(around))
        for i in np.flatnonzero(here.values[0, one.output] == 0)[:1]:
            if one.kind == "jump" and _is_zero_beside(sampler, one):
                continue
            slope = float(here.values[1, one.output, i]) if sampler.order else np.nan
            yield Mark("root", float(here.x[i]), 0.0, slope, one.output)


def _is_zero_beside(sampler: Sampler, one: Break) -> bool:
    """Whether a curve is zero on a whole stretch that ends at a break."""
    beside = np.array([np.nextafter(one.x, -np.inf), np.nextafter(one.x, np.inf)])
    return bool((sampler.at(beside).values[0, one.output] == 0).any())


def _is_zero_at(sampler: Sampler, places: Brackets, i: int, entry: int) -> bool:
    """Whether a curve that jumps is zero at the place itself."""
    if places.low[i] != places.high[i]:
        return False
    return bool(sampler.at(places.low[i : i + 1]).values[0, entry, 0] == 0)


def _touches(sampler: Sampler, mark: Mark) -> bool:
    """Whether an extremum is zero but for rounding, which its neighbours show."""
    x = np.full(2 * _NEIGHBOURS + 1, mark.x)
    for k in range(1, _NEIGHBOURS + 1):
        x[_NEIGHBOURS + k] = np.nextafter(x[_NEIGHBOURS + k - 1], np.inf)
        x[_NEIGHBOURS - k] = np.nextafter(x[_NEIGHBOURS - k + 1], -np.inf)
    values = sampler.at(x).values[0, mark.output]
    rounding = float(np.max(np.abs(values - mark.value)))
    return (bool(np.isfinite(rounding)) and abs(mark.value) <= _ROUNDING * rounding) or mark.value == 0


def zero_stretches(sampled: Sampled, breaks: Collection[Break]) -> Iterator[tuple[float, float, int]]:
    """Stretches on which an entry is zero at all samples, as (from, to, entry); they end at breaks where there are any.

    Args:
        sampled: the curve.
        breaks: of the curve.
    """
    x = sampled.x
    for entry, row in enumerate(sampled.values[0]):
        zero = np.concatenate([[False], row == 0, [False]])
        begins, ends = np.flatnonzero(zero[1:] & ~zero[:-1]), np.flatnonzero(zero[:-1] & ~zero[1:]) - 1
        for first, last in zip(begins.tolist(), ends.tolist(), strict=True):
            if last > first:
                places = [one.x for one in breaks if one.output == entry]
                before = [p for p in places if x[max(first - 1, 0)] <= p <= x[first]]
                after = [p for p in places if x[last] <= p <= x[min(last + 1, len(x) - 1)]]
                yield before[-1] if before else float(x[first]), after[0] if after else float(x[last]), entry
