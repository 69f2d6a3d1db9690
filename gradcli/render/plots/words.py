"""What there is to say of a plot, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from gradcli.render.words.numbers import rounded_text
from gradcli.transforms.results.labels import nth_name
from gradcli.transforms.results.plot import Break, BreakKind, Curve, Doubt, Line, Mark, Surface

__all__ = ["described", "equation", "mark_name", "proofs", "remarks", "shortened"]

_LISTED = 8
"""Places of a kind that are listed; the others are counted."""

_FEW = 3
"""Stretches and places that are named, of those about which nothing is proved."""

_NARROW = 1e-6
"""Of the range the width of a stretch that is told as one place."""

_KIND_OF = {
    "root": "roots", "minimum": "extrema", "maximum": "extrema", "extremum": "extrema", "inflection": "inflections",
}  # fmt: skip

_TOLD: dict[BreakKind, tuple[str, str]] = {
    "pole": ("pole", "poles"),
    "jump": ("jump", "jumps"),
    "kink": ("kink", "kinks"),
    "removable": ("removable singularity", "removable singularities"),
    "edge": ("end of the domain", "ends of the domain"),
    "no limit": ("place without a limit", "places without a limit"),
    "overflow": ("overflow", "overflows"),
}


def remarks(found: Curve | Surface, most: int | None = _LISTED) -> list[str]:
    """Sentences about lines, marks and breaks.

    Args:
        found: what is plotted.
        most: how many marks of a kind are listed; None for all.
    """
    if isinstance(found, Surface):
        return []
    return [*_lines(found), *_marks(found, most), *proofs(found), *_zeros(found), *breaks_told(found)]


def described(found: Curve | Surface) -> list[str]:
    """All that a picture shows, in words."""
    told = list(_head(found))
    if isinstance(found, Surface):
        return [*told, _extent(found.outputs.called, found.value, _grid(found))]
    for output in range(found.entries):
        for order in range(found.order + 1):
            numbers = found.values[order, output]
            told.append(_extent(found.label(order, output), numbers, [f"{found.axis.name} = {{}}", found.x]))
    told.append(f"these are the least and the largest numbers at {len(found.x):,} points")
    return [*told, *remarks(found, None)]


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


def shortened(marks: Sequence[Mark], most: int | None) -> tuple[list[Mark], list[str]]:
    """At most so many marks of each kind, and what is said of the others."""
    if most is None:
        return list(marks), []
    groups: dict[str, list[Mark]] = {}
    for mark in marks:
        groups.setdefault(_KIND_OF[mark.kind], []).append(mark)
    shown = [mark for some in groups.values() for mark in some[:most]]
    more = [f"{len(some) - most:,} more {kind}" for kind, some in groups.items() if len(some) > most]
    return shown, [f"{' and '.join(more)}: --format plain lists all, --json too"] if more else []


def _marks(found: Curve, most: int | None) -> Iterator[str]:
    shown, more = shortened(found.marks, most)
    for mark in shown:
        yield f"{mark_name(mark)} at {found.axis.name} = {mark.x!r}: {found.label(0, mark.output)} = {mark.value!r}"
    yield from more


def proofs(found: Curve) -> Iterator[str]:
    """What enclosures prove of the marks that were asked for, and what they do not."""
    if not found.wanted:
        return
    all_kinds = _either(found.wanted)
    if found.unproved:
        yield f"not proved: there may be other {all_kinds} than samples show ({found.unproved})"
        return
    other = "other " if found.marks else ""
    if not found.doubts:
        yield f"proved by enclosures: there are no {other}{all_kinds}"
    else:
        where = "; ".join(_doubts(found))
        yield f"not proved: there may be {other}{where}; elsewhere enclosures prove that there are none"
    places = [mark for mark in found.marks if not mark.proved and not _is_at_a_break(found, mark)]
    if places:
        shown = [f"{mark_name(mark)} at {rounded_text(mark.x)}" for mark in places[:_FEW]]
        more = f", and {len(places) - _FEW:,} more" if len(places) > _FEW else ""
        yield f"found by samples, not proved: {', '.join(shown)}{more}"


def _is_at_a_break(found: Curve, mark: Mark) -> bool:
    return any(one.output == mark.output and one.below <= mark.x <= one.above for one in found.breaks)


def _doubts(found: Curve) -> Iterator[str]:
    """Where nothing is decided, for each kind of marks: single stretches, or from where to where there are many."""
    groups: dict[tuple[str, int], list[Doubt]] = {}
    for doubt in found.doubts:
        groups.setdefault((_KIND_OF[doubt.kind], doubt.output), []).append(doubt)
    of_places: dict[str, list[str]] = {}
    for (kind, output), some in groups.items():
        if len(some) <= _FEW:
            told = " and ".join(_stretch(found, doubt.low, doubt.high) for doubt in some)
        else:
            told = f"on {len(some):,} stretches {_stretch(found, some[0].low, some[-1].high)}"
        of_places.setdefault(told, []).append(kind + _of(found, output))
    for told, kinds in of_places.items():
        yield f"{_either(kinds)} {told}"


def _stretch(found: Curve, low: float, high: float) -> str:
    if high - low <= _NARROW * (found.axis.stop - found.axis.start):
        return f"next to {found.axis.name} = {rounded_text(low + (high - low) / 2)}"
    return f"from {found.axis.name} = {rounded_text(low)} to {rounded_text(high)}"


def _of(found: Curve, output: int) -> str:
    return "" if found.entries == 1 else f" of {found.label(0, output)}"


def _either(words: Sequence[str]) -> str:
    """Words with commas, and "or" before the last.

    >>> _either(["roots"]), _either(["roots", "extrema", "inflections"])
    ('roots', 'roots, extrema or inflections')
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


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
    sides = [rounded_text(one.left), rounded_text(one.right)]
    if sides[0] == sides[1]:
        sides = [repr(one.left), repr(one.right)]
    return f"{one.x!r} ({of}{' to '.join(sides)})"
