"""What there is to say of a plot, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from gradcli.render.words.numbers import rounded_text
from gradcli.transforms.results.labels import nth_name
from gradcli.transforms.results.plot import Break, BreakKind, Curve, Line, Mark, Surface

__all__ = ["described", "equation", "mark_name", "remarks"]

_LISTED = 8
"""Places of a kind that are listed; the others are counted."""

_TOLD: dict[BreakKind, tuple[str, str]] = {
    "pole": ("pole", "poles"),
    "jump": ("jump", "jumps"),
    "kink": ("kink", "kinks"),
    "removable": ("removable singularity", "removable singularities"),
    "edge": ("end of the domain", "ends of the domain"),
    "no limit": ("place without a limit", "places without a limit"),
    "overflow": ("overflow", "overflows"),
}


def remarks(found: Curve | Surface) -> list[str]:
    """Sentences about lines, marks and breaks."""
    if isinstance(found, Surface):
        return []
    return [*_lines(found), *_marks(found), *_zeros(found), *breaks_told(found)]


def described(found: Curve | Surface) -> list[str]:
    """All that a picture shows, in words."""
    told = list(_head(found))
    if isinstance(found, Surface):
        return [*told, _extent(found.outputs.called, found.value, _grid(found))]
    for output in range(found.entries):
        for order in range(found.order + 1):
            numbers = found.values[order, output]
            told.append(_extent(found.label(order, output), numbers, [f"{found.axis.name} = {{}}", found.x]))
    return [*told, *remarks(found)]


def _head(found: Curve | Surface) -> Iterator[str]:
    yield found.expression
    axes = found.axes if isinstance(found, Surface) else (found.axis,)
    for axis in axes:
        yield f"{axis.name} from {axis.start!r} to {axis.stop!r}"
    for name, value in found.fixed.items():
        yield f"{name} = {value.tolist() if isinstance(value, np.ndarray) else repr(value)}"


def _grid(found: Surface) -> list[object]:
    first, second = (axis.name for axis in found.axes)
    x, y = np.meshgrid(found.x, found.y)
    return [f"{first} = {{}}, {second} = {{}}", x.ravel(), y.ravel()]


def _extent(label: str, numbers: NDArray[np.float64], place: Sequence[object]) -> str:
    """The smallest and the largest number, and where they are."""
    flat = np.ravel(numbers)
    finite = np.flatnonzero(np.isfinite(flat))
    if not len(finite):
        return f"{label} is not finite anywhere"
    text, *axes = place
    ends = []
    for pick in (np.argmin, np.argmax):
        i = finite[pick(flat[finite])]
        where = str(text).format(*(rounded_text(float(axis[i])) for axis in axes))  # type: ignore[index]  # arrays
        ends.append(f"{rounded_text(float(flat[i]))} (at {where})")
    rest = flat.size - len(finite)
    more = f", and is not finite at {rest:,} of {flat.size:,} points" if rest else ""
    return f"{label} is from {ends[0]} to {ends[1]}{more}"


def equation(line: Line, name: str) -> str:
    """A line's polynomial, as the language has it.

    >>> equation(Line("tangent", 1.0, (3.0, -2.0)), "x"), equation(Line("taylor", 0.0, (1.0, 0.0, 0.5)), "x")
    ('3.0 - 2.0*(x - 1.0)', '1.0 + 0.5*x**2')
    """
    step = name if line.at == 0 else f"({name} - {line.at!r})" if line.at > 0 else f"({name} + {-line.at!r})"
    text = ""
    for power, number in enumerate(line.coefficients):
        if number == 0 and (text or power < len(line.coefficients) - 1):
            continue
        sign = ("-" if number < 0 else "") if not text else " - " if number < 0 else " + "
        factor = "" if not power else f"*{step}" if power == 1 else f"*{step}**{power}"
        text += f"{sign}{abs(number)!r}{factor}"
    return text


def _lines(found: Curve) -> Iterator[str]:
    for line in found.lines:
        of = "" if found.entries == 1 else f" of {found.label(0, line.output)}"
        what = "tangent" if line.kind == "tangent" else "Taylor polynomial"
        yield f"{what}{of} at {found.axis.name} = {line.at!r}: {equation(line, found.axis.name)}"


def mark_name(mark: Mark) -> str:
    """What a mark is called.

    >>> mark_name(Mark("root", 0.0, 0.0, 0.0, touches=True))
    'root (touches)'
    """
    return f"{mark.kind} (touches)" if mark.touches else mark.kind


def _marks(found: Curve) -> Iterator[str]:
    for mark in found.marks:
        yield f"{mark_name(mark)} at {found.axis.name} = {mark.x!r}: {found.label(0, mark.output)} = {mark.value!r}"


def _zeros(found: Curve) -> Iterator[str]:
    for first, last, output in found.zeros:
        yield f"{found.label(0, output)} is zero all along from {found.axis.name} = {first!r} to {last!r}"


def breaks_told(found: Curve) -> list[str]:
    """The breaks, a sentence for each kind of each entry."""
    groups: dict[tuple[BreakKind, int], list[Break]] = {}
    for one in found.breaks:
        groups.setdefault((one.kind, one.output), []).append(one)
    told = []
    for (kind, output), some in groups.items():
        of = "" if found.entries == 1 else f" of {found.label(0, output)}"
        shown = ", ".join(_place(found, one) for one in some[:_LISTED])
        more = f", and {len(some) - _LISTED:,} more" if len(some) > _LISTED else ""
        told.append(f"{_TOLD[kind][len(some) > 1]}{of} at {found.axis.name} = {shown}{more}")
    return told


def _place(found: Curve, one: Break) -> str:
    if one.kind == "removable":
        return f"{one.x!r} (limit {one.filled[0]!r})"
    if one.kind not in ("jump", "kink") or one.left is None or one.right is None:
        return repr(one.x)
    order = one.order or 0
    label = found.label(0, one.output)
    of = f"{nth_name(found.axis.name, order, label)} " if order else ""
    return f"{one.x!r} ({of}{rounded_text(one.left)} to {rounded_text(one.right)})"
