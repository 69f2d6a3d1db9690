"""Marks with their proof: what enclosures find of zeros of a curve and its derivatives, beside what samples show."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np

from gradcli.enclosures.process.prover import MEMORY
from gradcli.enclosures.process.search import search_zeros
from gradcli.enclosures.protocol import Search, Stretch, Zeros
from gradcli.process.refusal import NotChecked
from gradcli.transforms.curves.marks import goes_on
from gradcli.transforms.curves.sampler import Sampled, Sampler
from gradcli.transforms.program.variables import mentions_derivatives
from gradcli.transforms.results.plot import Axis, Break, Doubt, Mark, MarkKind

__all__ = ["Proof", "Proved", "proved"]

_ORDERS = {"roots": 0, "extrema": 1, "inflections": 2}
_ORDER_OF: dict[MarkKind, int] = {"root": 0, "minimum": 1, "maximum": 1, "inflection": 2}
_DOUBTS: tuple[Literal["root", "extremum", "inflection"], ...] = ("root", "extremum", "inflection")

_SMALL = 1e-6
"""Of the range how wide a stretch may be that is taken for the place of the break in it."""

_NEAR = 1e-6
"""Of the range how near to a root that touches zero one that is proved stands for it."""

_NEGLIGIBLE = 1e-9
"""Of the range the width of a stretch beside a break, or around a mark, that leaves no room for anything to be seen."""


class Proof(NamedTuple):
    """How a proof is sought.

    Attributes:
        timeout: seconds to the answer; the search itself ends after about four of the processor's.
        memory: bytes of address space that its process may take.
        late: whether this process may be forked though it has imported NumPy: where no other threads run.
    """

    timeout: float = 60.0
    memory: int = MEMORY
    late: bool = False


class Proved(NamedTuple):
    """Marks, and what is not known of them.

    Attributes:
        marks: by kind and from the left to the right.
        doubts: where others may be.
        unproved: why nothing is proved, as a fragment of a sentence; "" where something is.
    """

    marks: tuple[Mark, ...]
    doubts: tuple[Doubt, ...] = ()
    unproved: str = ""


def proved(
    sampler: Sampler,
    sampled: Sampled,
    axis: Axis,
    marks: Sequence[Mark],
    wanted: Collection[str],
    breaks: Sequence[Break],
    proof: Proof,
    log: bool,
) -> Proved:
    """The marks that there are: those that are proved, and where nothing is decided those that samples show.

    Args:
        sampler: of the curve.
        sampled: the curve.
        axis: the range.
        marks: that samples show.
        wanted: which kinds: some of "roots", "extrema" and "inflections".
        breaks: of the curve.
        proof: how it is sought.
        log: whether places count by their powers of ten.
    """
    orders = tuple(order for name, order in _ORDERS.items() if name in wanted)
    values = {name: value.tolist() for name, value in sampler.fixed.items()}
    source = sampler.program.source
    if mentions_derivatives(source):
        from gradcli.transforms.program.derivatives import as_formulas  # few programs hold derivatives

        source = as_formulas(source, {**values, axis.name: axis.start})
    search = Search(source, values, axis.name, axis.start, axis.stop, orders, tuple(_gaps(breaks)), log)
    found = search_zeros(search, proof.timeout, proof.memory, late=proof.late)
    if isinstance(found, NotChecked):
        return Proved(tuple(marks), unproved=found.reason)
    return combined(sampler, sampled, axis, marks, breaks, found, log)


def _gaps(breaks: Collection[Break]) -> Iterator[tuple[float, float]]:
    """Between which places a curve breaks, each gap beginning after the one before."""
    last = -np.inf
    for one in sorted(breaks, key=lambda one: one.below):
        if np.isfinite(one.below) and one.below < one.above and one.above > last:
            yield max(one.below, last), one.above
            last = one.above


def combined(
    sampler: Sampler,
    sampled: Sampled,
    axis: Axis,
    marks: Sequence[Mark],
    breaks: Sequence[Break],
    found: Zeros,
    log: bool = False,
) -> Proved:
    """What is proved and what samples show, as one: of marks that samples show those where nothing is decided."""
    kept = list(_of_zeros(sampler, axis, found))
    kept += _but_for_rounding(kept, marks, axis)
    doubts = []
    for stretch in found.undecided:
        here = [mark for mark in marks if _is_in(stretch, mark)]
        inside = [one for one in breaks if stretch.low <= one.x <= stretch.high]
        broken = [one for one in inside if one.output == stretch.output]
        scale = stretch.high if log else axis.stop - axis.start
        if (
            stretch.high - stretch.low <= _SMALL * scale
            and stretch.order
            and len(broken) == 1
            and stretch.left
            and stretch.right
        ):
            here = list(_at_the_break(sampler, stretch, broken[0]))
        kept += here
        at_an_end = stretch.order > 0 and (stretch.low <= axis.start or stretch.high >= axis.stop)
        room = _with_values(sampled, stretch)
        if room is not None and not (room[1] - room[0] <= _NEGLIGIBLE * scale and (inside or here or at_an_end)):
            doubts.append(Doubt(_DOUBTS[stretch.order], *room, stretch.output))
    unique = {(mark.output, _ORDER_OF[mark.kind], mark.x): mark for mark in reversed(kept)}
    ordered = sorted(unique.values(), key=lambda mark: (_ORDER_OF[mark.kind], mark.output, mark.x))
    return Proved(tuple(ordered), tuple(doubts))


def _of_zeros(sampler: Sampler, axis: Axis, found: Zeros) -> Iterator[Mark]:
    """The marks at zeros that are proved."""
    if not found.zeros:
        return
    here = sampler.at(np.array([zero.x for zero in found.zeros]))
    for i, zero in enumerate(found.zeros):
        value = float(here.values[0, zero.output, i])
        slope = float(here.values[1, zero.output, i]) if sampler.order else np.nan
        touches = zero.left == zero.right
        if not np.isfinite(value) or (zero.order and (touches or not axis.start < zero.x < axis.stop)):
            continue
        kind: MarkKind = (
            "root" if not zero.order else "inflection" if zero.order > 1 else "maximum" if zero.left > 0 else "minimum"
        )
        yield Mark(kind, zero.x, value, slope, zero.output, touches and not zero.order, proved=True)


def _but_for_rounding(kept: Collection[Mark], marks: Collection[Mark], axis: Axis) -> Iterator[Mark]:
    """Roots where a curve touches zero but for the rounding of its numbers: x**2 - 0.6*x + 0.09 has none, exactly."""
    for mark in marks:
        near = _NEAR * (axis.stop - axis.start)
        if mark.touches and not any(
            other.kind == "root" and other.output == mark.output and abs(other.x - mark.x) <= near for other in kept
        ):
            yield mark


def _is_in(stretch: Stretch, mark: Mark) -> bool:
    low, high = np.nextafter(stretch.low, -np.inf), np.nextafter(stretch.high, np.inf)
    return mark.output == stretch.output and _ORDER_OF[mark.kind] == stretch.order and bool(low <= mark.x <= high)


def _at_the_break(sampler: Sampler, stretch: Stretch, one: Break) -> Iterator[Mark]:
    """The extremum or the inflection at a kink or at a removable singularity: where the signs on its sides differ."""
    if stretch.left == stretch.right or not goes_on(one, stretch.order):
        return
    kind: MarkKind = "inflection" if stretch.order > 1 else "maximum" if stretch.left > 0 else "minimum"
    if one.kind == "removable":
        slope = one.filled[1] if len(one.filled) > 1 else np.nan
        yield Mark(kind, one.x, one.filled[0], slope, one.output)
        return
    here = sampler.at(np.array([one.x]))
    mark = Mark(kind, one.x, float(here.values[0, one.output, 0]), float(here.values[1, one.output, 0]), one.output)
    if np.isfinite(mark.value):
        yield mark


def _with_values(sampled: Sampled, stretch: Stretch) -> tuple[float, float] | None:
    """The part of a stretch in which a curve has values, as samples show it; all of it where there are no samples."""
    inside = (sampled.x >= stretch.low) & (sampled.x <= stretch.high)
    finite = np.isfinite(sampled.values[0, stretch.output, inside])
    if finite.all():
        return stretch.low, stretch.high
    # A single place with a value among others without, as of x**x at -1, is no part of a curve.
    beside = np.append(False, finite[:-1]) | np.append(finite[1:], False)
    finite &= beside
    if not finite.any():
        return None
    x, known = sampled.x[inside], np.flatnonzero(finite)
    low = stretch.low if finite[0] else float(x[known[0]])
    high = stretch.high if finite[-1] else float(x[known[-1]])
    return low, high
