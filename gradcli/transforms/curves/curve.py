"""A program over a range of one variable, with its derivatives, breaks and marks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.errors import AutogradError, ShapeProblem, UsageProblem
from gradcli.lang import Program, parse
from gradcli.transforms.curves.brackets import all_brackets, narrowed
from gradcli.transforms.curves.breaks import Looked, look
from gradcli.transforms.curves.lines import tangents, taylor_polynomials
from gradcli.transforms.curves.marks import KINDS, marks_of, zero_stretches
from gradcli.transforms.curves.proved import Proof, Proved, proved
from gradcli.transforms.curves.refine import places, refined
from gradcli.transforms.curves.sampler import Sampled, Sampler, sampler_of
from gradcli.transforms.program.output_names import outputs_of
from gradcli.transforms.results.plot import Axis, Break, Curve, Line
from gradcli.transforms.results.value import plain

__all__ = ["MOST_CURVES", "MOST_POINTS", "check_axis", "curve"]

MOST_CURVES = 6
"""Entries of a value that are drawn together: as many colours as a terminal has."""

MOST_POINTS = 10_000_000

_COUNT = 401
_ONE_BY_ONE = 201
"""Samples to begin with, and where the engine computes them one by one."""

_TELLING = 20
_MISSED, _SWINGING = 0.1, 0.25
"""Of a curve's height what a step may be off, and of its steps the share that may be."""

_PROOF = Proof()

_KEPT = 15
"""Samples of each side of a break that are drawn: those further off are not far apart."""


def curve(
    expression: str | Program,
    axis: Axis,
    fixed: Mapping[str, Any] | None = None,
    *,
    order: int | None = None,
    points: int | None = None,
    marks: Collection[str] = (),
    at: float | None = None,
    taylor: int | None = None,
    log: bool = False,
    proof: Proof | None = _PROOF,
) -> Curve:
    """A program's value and derivatives over a range, where it breaks, and what is asked of it.

    Where the axis has a count, just so many places are computed; otherwise more where the curve bends, and next to
    breaks.

    Args:
        expression: text of the language, or a parsed program.
        axis: the range.
        fixed: values of the other variables: numbers, nested lists or arrays.
        order: of the highest derivative; None for the first, where there is one.
        points: how many places to begin with.
        marks: of "roots", "extrema" and "inflections" those that are looked for.
        at: where a tangent touches; also the centre of the Taylor polynomial.
        taylor: the degree of a Taylor polynomial, about the middle of the range if `at` is None.
        log: whether places lie at equal ratios.
        proof: how marks are proved; None to have those that samples show.

    Raises:
        Problem: about the expression, the values or the range.

    >>> found = curve("1/x", Axis("x", -1.0, 2.0))
    >>> [(one.kind, one.x) for one in found.breaks]
    [('pole', 0.0)]
    >>> curve("cos(x)", Axis("x", 0.0, 2.0), marks=["roots"]).marks[0].x
    1.5707963267948966
    """
    program = parse(expression) if isinstance(expression, str) else expression
    check_axis(axis, log)
    unknown = [name for name in marks if name not in KINDS]
    if unknown:
        raise UsageProblem(f"there is no mark '{unknown[0]}'", hint=f"there are {', '.join(KINDS)}")
    shown, sampler, notes = _sampler(program, axis, fixed or {}, order, marks, at)
    if sampler.entries > MOST_CURVES or sampler.entries == 0:
        raise ShapeProblem(
            f"the value has {sampler.entries:,} entries, and a plot shows {MOST_CURVES} at most",
            hint="plot some of them: (EXPR)[0], or sum(EXPR)",
        )
    count = axis.count or points or (_COUNT if sampler.plan is not None else _ONE_BY_ONE)
    if not 2 <= count <= MOST_POINTS:
        raise UsageProblem(f"a range takes from 2 to {MOST_POINTS:,} places, not {count:,}")
    sampled = sampler.at(places(axis.start, axis.stop, count, log))
    exact = axis.count is not None
    fine = sampled if exact or sampler.plan is None else refined(sampler, sampled, shown, log)
    looked = look(sampler, fine, narrowed(sampler, all_brackets(fine, sampler.entries, sampler.order)))
    breaks = tuple(one for one in looked.breaks if axis.start <= one.x <= axis.stop)
    found_marks = Proved(marks_of(sampler, _joined_over(fine, breaks), marks, breaks) if marks else ())
    if marks and proof is not None:
        found_marks = proved(sampler, fine, axis, found_marks.marks, marks, breaks, proof, log)
    whole = sampled if exact else _with(sampler, fine, looked, breaks, axis, [mark.x for mark in found_marks.marks])
    lines: list[Line] = []
    if at is not None:
        lines += tangents(sampler, fine, at)
    if taylor is not None:
        middle = axis.start + (axis.stop - axis.start) / 2
        lines += taylor_polynomials(sampler, fine, middle if at is None else at, taylor)
    return Curve(
        program.source,
        axis,
        {name: plain(value) for name, value in sampler.fixed.items()},
        whole.x,
        _filled(whole, breaks, shown),
        sampler.shape,
        breaks,
        tuple(kind for kind in KINDS if kind in marks),
        found_marks.marks,
        found_marks.doubts,
        found_marks.unproved,
        tuple(lines),
        tuple(zero_stretches(fine, breaks)) if "roots" in marks else (),
        outputs_of(program, [axis.name, *sampler.fixed], sampler.shape),
        log,
        (*notes, *_too_fast(fine)),
    )


def check_axis(axis: Axis, log: bool = False) -> None:
    """See that a range is one.

    Raises:
        UsageProblem: if it is empty, reversed, infinite, or crosses zero on an axis of powers of ten.
    """
    told = f"the range of '{axis.name}' is from {axis.start!r} to {axis.stop!r}"
    turned = f"--{axis.name} {axis.stop!r}:{axis.start!r}"
    if not (np.isfinite(axis.start) and np.isfinite(axis.stop)):
        raise UsageProblem(told, hint="it begins and ends with a finite number")
    if axis.start > axis.stop:
        raise UsageProblem(f"{told}, which is backward", hint=f"turn it round: {turned}")
    if axis.start == axis.stop:
        raise UsageProblem(f"{told}, where there is nothing between", hint="`gradcli grad` computes one place")
    if not np.isfinite(axis.stop - axis.start):
        raise UsageProblem(f"{told}: its length is no float64")
    if log and axis.start <= 0:
        raise UsageProblem(f"{told}, and an axis of powers of ten is above 0", hint="leave --log-x out")


def _sampler(
    program: Program, axis: Axis, fixed: Mapping[str, Any], order: int | None, marks: Collection[str], at: float | None
) -> tuple[int, Sampler, tuple[str, ...]]:
    """The order that is shown, what computes the curve, and what is to be said of it."""
    needed = 2 if "inflections" in marks else 1 if marks or at is not None else 0
    middle = axis.start + (axis.stop - axis.start) / 2
    shown = 1 if order is None else order
    try:
        sampler = sampler_of(program, axis.name, fixed, max(shown, needed, 1), middle)
    except AutogradError as problem:
        if order or needed:
            raise
        sampler = sampler_of(program, axis.name, fixed, 0, middle)
        return 0, sampler, (f"the value is shown without a derivative: {problem.message}",)
    notes = (f"the places are computed one by one: {sampler.one_by_one}",) if sampler.plan is None else ()
    return shown, sampler, notes


def _too_fast(sampled: Sampled) -> tuple[str, ...]:
    """That a curve swings between the samples, where steps are not those that its derivative tells."""
    if len(sampled.values) < 2 or len(sampled.x) < _TELLING:
        return ()
    for row, slope in zip(*sampled.values[:2], strict=True):
        finite = row[np.isfinite(row)]
        with np.errstate(all="ignore"):
            missed = np.abs(np.diff(row) - np.diff(sampled.x) * (slope[1:] + slope[:-1]) / 2)
            wrong = missed > _MISSED * np.ptp(finite) if len(finite) else np.zeros(1, bool)
        if np.mean(wrong) > _SWINGING:
            return ("the curve swings between the points, which miss that: --points takes more, or narrow the range",)
    return ()


def _joined_over(sampled: Sampled, breaks: Sequence[Break]) -> Sampled:
    """The samples without those at removable singularities, over which a curve goes on."""
    kept = ~np.isin(sampled.x, [one.x for one in breaks if one.kind == "removable"])
    return Sampled(sampled.x[kept], sampled.values[:, :, kept], sampled.watched[:, kept])


def _with(
    sampler: Sampler, sampled: Sampled, looked: Looked, breaks: Sequence[Break], axis: Axis, marked: Sequence[float]
) -> Sampled:
    """Samples, with those next to breaks up to which a curve is drawn, where it is steep, and at its marks."""
    beside, steep = looked.beside, looked.steep
    inside = (beside.x >= axis.start) & (beside.x <= axis.stop)
    near = np.zeros(len(beside.x), bool)
    spacing = float(np.max(np.diff(sampled.x)))
    for one in breaks:
        if one.kind == "removable":  # next to it nothing is left of the digits
            continue
        distance = np.maximum(np.maximum(one.below - beside.x, beside.x - one.above), 0.0)
        near |= (distance == 0) | (distance >= spacing / 4.0**_KEPT)
    exact = [one.x for one in breaks]
    which = np.flatnonzero(inside & (near | np.isin(beside.x, exact)))
    found = sampled.joined(Sampled(beside.x[which], beside.values[:, :, which], beside.watched[:, which]))
    between = (steep.x >= axis.start) & (steep.x <= axis.stop)
    found = found.joined(Sampled(steep.x[between], steep.values[:, :, between], steep.watched[:, between]))
    return found.joined(sampler.at(np.array(marked))) if marked else found


def _filled(sampled: Sampled, breaks: Sequence[Break], order: int) -> NDArray[np.float64]:
    """The values that are shown, with limits where a singularity is removable."""
    values = sampled.values[: order + 1].copy()
    for one in breaks:
        if one.kind == "removable":
            place = np.searchsorted(sampled.x, one.x)
            if place < len(sampled.x) and sampled.x[place] == one.x:
                shown = min(len(one.filled), order + 1) if one.order is None else min(one.order, order + 1)
                values[:shown, one.output, place] = one.filled[:shown]
    return values
