"""The witnesses of a result as rows of text, the same for pipes and terminals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gradcli.render.words.enclosures import bracketed
from gradcli.render.words.escape import visible
from gradcli.transforms.results.verdict import proved_words

if TYPE_CHECKING:
    from gradcli.transforms.results.findings import EntryComparison, ValueWitness, Witnesses

__all__ = ["facts", "lines", "named_cells", "table", "table_note", "value_line"]

SHOWN = 20
"""Of more entries, so many of the worst are shown."""

_HEADERS = ("entry", "gradcli", "SymPy", "numeric", "+-", "enclosure", "ulps", "proved", "digits", "condition", "agree")

_OF_ENCLOSURES = ("enclosure", "proved")
_NONE = "-"


def table(witnesses: Witnesses) -> list[Sequence[str]]:
    """A header and a row for each entry that is shown."""
    rows = named_cells(witnesses)
    return [[*rows[0]], *[[*row.values()] for row in rows]] if rows else []


def named_cells(witnesses: Witnesses) -> list[dict[str, str]]:
    """The rows of the entries that are shown, by header; without the enclosures' columns where none were asked for."""
    entries = witnesses.worst(SHOWN)
    proved = any(entry.enclosure is not None or entry.undecided is not None for entry in entries)
    left_out = () if proved else _OF_ENCLOSURES
    named = [zip(_HEADERS, _cells(entry), strict=True) for entry in entries]
    return [{header: cell for header, cell in row if header not in left_out} for row in named]


def _cells(entry: EntryComparison) -> tuple[str, ...]:
    return (
        entry.label,
        repr(entry.engine),
        entry.truth or _NONE,
        _NONE if entry.numeric is None else repr(entry.numeric),
        _rough(entry.uncertainty),
        _enclosure(entry),
        _rough(entry.ulps),
        _rough(entry.proved_ulps),
        _digits(entry.digits),
        _rough(entry.condition),
        entry.agreement,
    )


def lines(entry: EntryComparison) -> list[tuple[str, str, str]]:
    """What each witness says, one under the other: its name, its number in line with the others', a remark."""
    told = [("gradcli", repr(entry.engine), ""), ("SymPy", entry.truth or "no answer", "")]
    if entry.numeric is not None:
        told.append(("numeric", repr(entry.numeric), f"+- {_rough(entry.uncertainty)}, {entry.method}"))
    elif entry.method:
        told.append(("numeric", "none", entry.method))
    if entry.enclosure is not None:
        remark = "" if entry.proved_ulps is None else f"proved {proved_words(entry.proved_ulps)}"
        told.append(("enclosed", bracketed(entry.enclosure), remark))
    elif entry.undecided is not None:
        told.append(("enclosed", "not decided", entry.undecided))
    widest = max(_whole(number) for _, number, _ in told)
    return [(word, " " * (widest - (_whole(number) or widest)) + number, remark) for word, number, remark in told]


def _enclosure(entry: EntryComparison) -> str:
    if entry.enclosure is not None:
        return bracketed(entry.enclosure)
    return _NONE if entry.undecided is None else "not decided"


def _whole(number: str) -> int:
    """How many characters stand before the point."""
    return number.index(".") if "." in number else 0


def facts(entry: EntryComparison) -> str:
    """The entry's figures in one line."""
    parts = [f"agree: {entry.agreement}"]
    if entry.digits is not None:
        parts.append(f"{_digits(entry.digits)} digits to be trusted")
    if entry.ulps is not None:
        parts.append(f"error {_rough(entry.ulps)} ulps")
    if entry.condition is not None:
        parts.append(f"condition {_rough(entry.condition)}")
    return ", ".join(parts)


def table_note(witnesses: Witnesses) -> list[str]:
    """What the table leaves out."""
    left = len(witnesses.entries) - SHOWN
    return [f"... and {left:,} more entries, which are no worse"] if left > 0 else []


def value_line(value: ValueWitness) -> str:
    """What another reading of the program says of its value, in a line.

    >>> from gradcli.transforms.results.findings import ValueWitness
    >>> value_line(ValueWitness("agrees", 2.0))
    'agrees with Python and NumPy'
    >>> value_line(ValueWitness("differs", 2.0, "gradcli has 3.0, Python and NumPy have 2.0"))
    'differs: gradcli has 3.0, Python and NumPy have 2.0'
    """
    if value.verdict == "agrees":
        return "agrees with Python and NumPy"
    return " ".join(visible(f"{value.verdict}: {value.reason}").split())


def _rough(number: float | None) -> str:
    return _NONE if number is None else f"{number:.2g}"


def _digits(digits: float | None) -> str:
    return _NONE if digits is None else f"{int(digits * 10) / 10:.1f}"
