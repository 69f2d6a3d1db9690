"""Kinks in words, the same for pipes, terminals and standard error."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from gradcli.errors import excerpt
from gradcli.ops import TABLE
from gradcli.render.words.escape import visible
from gradcli.render.words.numbers import exact

if TYPE_CHECKING:
    from gradcli.transforms.results.findings import Kink, KinkKind, Sides

__all__ = ["Report", "reports"]

_SHOWN = 10
_PLACES = 6
_NAMED = 3

T = TypeVar("T")


class Report(NamedTuple):
    """What is to be said of a result's kinks of one kind.

    Attributes:
        kind: theirs.
        headline: one sentence.
        places: the program's line and the carets under it, for each operation.
        remarks: the derivatives from both sides, conventions, what others give: a line each.
    """

    kind: KinkKind
    headline: str
    places: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]


def reports(kinks: Sequence[Kink]) -> list[Report]:
    """One report for the kinks of each kind: what they share is said once."""
    return [_report(kind, some) for kind in _KINDS if (some := [k for k in kinks if k.kind == kind])]


_KINDS: tuple[KinkKind, ...] = ("singular", "kink", "smooth", "undecided")


def _report(kind: KinkKind, kinks: Sequence[Kink]) -> Report:
    headline = visible(_headline(kinks))
    return Report(kind, headline, _places(kinks), tuple(visible(line) for line in _remarks(kinks)))


def _headline(kinks: Sequence[Kink]) -> str:
    """One sentence: what is at its kink, and whether that matters."""
    first = kinks[0]
    subjects = _once(f"{_subject(kink)} at {kink.at}" for kink in kinks)
    several = len(subjects) > 1
    if first.kind == "undecided":
        known = f"; whether the result is, is not known: {first.reason}"
        if several:
            return f"{_listed(subjects)} are not differentiable{known}"
        return f"{_subject(first)} is at {first.at}, where it is not differentiable{known}"
    if several:
        sentence = f"{_listed(subjects)} are not differentiable"
    elif _compares(first):
        sentence = f"the condition changes at {first.at}"
    else:
        sentence = f"{first.op} is not differentiable at {first.at}"
    if first.kind == "singular":
        return f"{sentence}, and the slope is infinite"
    return f"{sentence}, but the derivative exists" if first.kind == "smooth" else sentence


def _subject(kink: Kink) -> str:
    return "the condition" if _compares(kink) else kink.op


def _compares(kink: Kink) -> bool:
    return TABLE[kink.op].kind == "predicate"


def _listed(words: Sequence[str]) -> str:
    if len(words) > _NAMED:
        return f"{', '.join(words[:_NAMED])} and {len(words) - _NAMED} more"
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _places(kinks: Sequence[Kink]) -> tuple[tuple[str, str], ...]:
    """The lines with their carets; of one line in several places the line once, as long as the carets stand apart."""
    found: list[tuple[str, str]] = []
    for source, span in sorted(_once((kink.source, kink.span) for kink in kinks))[:_PLACES]:
        line, carets = map(visible, excerpt(source, span))
        if found and found[-1][0] == line and len(found[-1][1]) < len(carets) - len(carets.lstrip()):
            found[-1] = (line, found[-1][1] + carets[len(found[-1][1]) :])
        else:
            found.append((line, carets))
    return tuple(("" if i and line == found[i - 1][0] else line, carets) for i, (line, carets) in enumerate(found))


def _remarks(kinks: Sequence[Kink]) -> list[str]:
    """The entries from both sides, and what others would give."""
    told = _once(_sides(kink, sides) for kink in kinks for sides in kink.sides)
    lines = told[:_SHOWN]
    if len(told) > _SHOWN:
        lines.append(f"... and {len(told) - _SHOWN} more")
    by_subject = dict(_once((_subject(kink), kink.convention) for kink in kinks))
    if kinks[0].kind != "smooth":
        lines += [
            f"convention: {convention}" if len(by_subject) == 1 else f"convention of {subject}: {convention}"
            for subject, convention in by_subject.items()
        ]
    others = [(k.peers_at, ", ".join(f"{name} {slope}" for name, slope in k.peers.items())) for k in kinks if k.peers]
    return [*lines, *(f"{at}: {slopes}" for at, slopes in _once(others))]


def _once(items: Iterable[T]) -> list[T]:
    return list(dict.fromkeys(items))


def _sides(kink: Kink, sides: Sides) -> str:
    if kink.kind == "smooth":
        return f"{sides.of} is {_number(sides.both)}; the conventions would give {exact(sides.given)}"
    given = f"the partial derivatives add up to {exact(sides.given)}" if sides.added else f"given {exact(sides.given)}"
    if kink.kind == "singular" and sides.infinite is not None:
        given = f"the conventions would give {exact(sides.given)}"
    if sides.jumps:
        return f"{sides.of}: the value jumps; the slope is {_pair(sides)}; {given}"
    return f"{sides.of}: {_pair(sides)}; {given}"


def _pair(sides: Sides) -> str:
    return f"from the left {_number(sides.left)}, from the right {_number(sides.right)}"


def _number(value: float | None) -> str:
    return "not real" if value is None else exact(value)
