"""An entry's number against what is taken for the truth, and which entries are wrong or have lost their digits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gradcli.symbolic import Truth
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.tolerances import HALF_THE_DIGITS, NEGLIGIBLE, ULPS, ZERO

if TYPE_CHECKING:
    from gradcli.address import EntryAddress
    from gradcli.transforms.verify.rounding import Bounds, Cause

__all__ = [
    "Entry",
    "entry_of",
    "has_no_formula",
    "is_gone",
    "listed",
    "remark",
    "spoilt",
    "suspects",
    "ulps_between",
]

_SHOWN = 10

_SMALLEST = 2.0**-1022
"""The smallest normal number: what is below it is 0 as nearly as functions need say it."""


class Entry(NamedTuple):
    """The engine's number and the oracle's truth, and their distance in ulps (0 where that means nothing)."""

    truth: Truth
    number: float
    ulps: float

    @property
    def error(self) -> float:
        """The absolute error."""
        return abs((self.number - self.truth.high) - self.truth.low)


def entry_of(result: Derived, truth: Truth) -> Entry:
    """A truth beside the result's number at its address."""
    number = result.number(truth.address)
    comparable = truth.status in ("number", "infinite")
    return Entry(truth, number, ulps_between(number, truth) if comparable else 0.0)


def ulps_between(number: float, truth: Truth) -> float:
    """The distance of a float64 from the truth, in units in the last place of the truth.

    >>> from gradcli.address import EntryAddress
    >>> ulps_between(1.0, Truth(EntryAddress(0), "number", 1.0))
    0.0
    >>> ulps_between(1.0, Truth(EntryAddress(0), "number", 0.0))
    1.7976931348623157e+308
    """
    if number == truth.high and not np.isfinite(number):
        return 0.0
    if not np.isfinite(number) or not np.isfinite(truth.high):
        return float("inf")
    with np.errstate(over="ignore"):
        ulps = abs((number - truth.high) - truth.low) / np.spacing(abs(truth.high))
    return min(float(ulps), float(np.finfo(float).max))  # of a zero the unit is so small that the quotient overflows


def suspects(result: Derived, entries: Sequence[Entry]) -> tuple[list[Entry], list[Entry]]:
    """The entries that are wrong, and those that rounding alone has spoilt."""
    wrong = [e for e in entries if e.truth.status in ("complex", "undefined") and np.isfinite(e.number)]
    wrong = [e for e in wrong if not has_no_formula(e.truth) or _is_lopsided(result, e)]
    wrong += [e for e in entries if np.isinf(e.ulps)]
    far = [e for e in entries if np.isfinite(e.ulps) and e.ulps > ULPS]
    if not far:
        return wrong, []
    from gradcli.transforms.verify.rounding import Bounds  # most results are right to the last digits

    lost = []
    bounds, largest = Bounds(result), _largest(entries)
    for entry in far:
        if not bounds.explain(entry.error, entry.truth.address, ULPS * float(np.spacing(abs(entry.truth.high)))):
            wrong.append(entry)
        elif _is_lost(result, entry, bounds) or _is_no_zero(entry, largest):
            lost.append(entry)
    return wrong, lost


def has_no_formula(truth: Truth) -> bool:
    """Whether there is nothing to compare with.

    What is differentiated again is a formula, such as x**y*y/x, and may have no value where the derivative has one.
    """
    return truth.status == "undefined" and truth.address.order > 1


def _is_lopsided(result: Derived, entry: Entry) -> bool:
    """Whether a Hessian has another number for the same inputs in the other order."""
    other = result.mirrored(entry.truth.address)
    return other is not None and abs(entry.number - other) > HALF_THE_DIGITS * max(abs(entry.number), abs(other))


def is_gone(entry: Entry) -> bool:
    """Whether what is left is rounding alone, of a number that is 0 or far below its terms."""
    return np.isfinite(entry.ulps) and entry.error >= abs(entry.truth.high) / 2 and entry.error > 0


def _is_lost(result: Derived, entry: Entry, bounds: Bounds) -> bool:
    """Whether rounding has left of a derivative no answer, and no zero either."""
    address = entry.truth.address
    if not address.order or entry.error <= max(_tolerable(result, entry.truth), _SMALLEST):
        return False
    return entry.error > ZERO * bounds.cancelled(address)


def _is_no_zero(entry: Entry, largest: float) -> bool:
    """Whether a second or higher derivative is off by what no one takes for a zero: it counts beside the other numbers.

    The terms of sin(x)/x's fourth derivative are 1e36 at 1e-9, where it is 0.2: beside them 1e18 is nothing.
    """
    if entry.truth.address.order < 2 or entry.error <= HALF_THE_DIGITS * abs(entry.truth.high):
        return False
    return entry.error > HALF_THE_DIGITS * max(1.0, largest)


def _largest(entries: Sequence[Entry]) -> float:
    """The size of the largest of the right numbers."""
    sizes = [abs(e.truth.high) for e in entries if e.truth.status == "number"]
    return max([size for size in sizes if np.isfinite(size)], default=0.0)


def _tolerable(result: Derived, truth: Truth) -> float:
    """What rounding may take of a derivative before it is no answer."""
    return max(HALF_THE_DIGITS * abs(truth.high), NEGLIGIBLE * result.scale(truth.address))


def spoilt(result: Derived, lost: Sequence[EntryAddress], checked: int) -> str:
    """What is said of entries that rounding has spoilt, and why it could spoil the first of them.

    >>> from gradcli.transforms.operators.grad import grad
    >>> result = grad("exp(-735*x)*exp(700*x)", {"x": 1.0})
    >>> spoilt(result, [result.address(0)], 1).partition(": ")[2]
    'numbers on the way to it underflow: below 2.2e-308 float64 has fewer digits, or none'
    """
    from gradcli.transforms.verify.rounding import Bounds

    cause = _CAUSES[Bounds(result).cause(lost[0])]
    return f"rounding has taken more than half of the digits of {len(lost)} of {checked} entries: {cause}"


_CAUSES: dict[Cause, str] = {
    "underflow": "numbers on the way to it underflow: below 2.2e-308 float64 has fewer digits, or none",
    "point": "the point is ill-conditioned, and a change of the inputs in their last digits would change it as much",
    "form": "the expression cancels at this point, and needs to be written in another way",
}


def listed(lines: Sequence[str]) -> tuple[str, ...]:
    """The first lines, and how many more there are."""
    more = (f"... and {len(lines) - _SHOWN} more",) if len(lines) > _SHOWN else ()
    return (*lines[:_SHOWN], *more)


def remark(entries: Sequence[Entry], worst: float) -> str | None:
    """What rounding has taken, where it is more than a digit."""
    value = max((e.ulps for e in entries if not e.truth.address.order and not is_gone(e)), default=0.0)
    largest = max(worst, value)
    said = []
    if largest > ULPS:
        whose = "" if worst >= value else " of the value"
        whose += f" and {_taken(worst)} of the derivative's" if ULPS < worst < value else ""
        said.append(f"rounding has taken about {_taken(largest)} of the 16 digits{whose}")
    gone = [e for e in entries if is_gone(e)]
    if any(e.truth.high and not e.truth.address.order for e in gone):
        said.append("no digit of the value is right, which is a zero as nearly as float64 can say it")
    gone = [e for e in gone if e.truth.address.order]
    if gone:
        truth = "0" if all(e.truth.high == 0 for e in gone) else "0 or nearly so"
        number = "what should be" if len(gone) == 1 else f"in {len(gone)} entries what should be"
        zero = f"{number} {truth} is within {max(e.error for e in gone):.2g} of it"
        none = "no digit of the derivative is right" if len(gone) == 1 else "no digit of them is right"
        said.append(zero if truth == "0" else f"{zero}: {none}, a zero as nearly as float64 can say it")
    return "; ".join(said) or None


def _taken(ulps: float) -> int:
    return min(16, int(np.log10(ulps)) + 1)
