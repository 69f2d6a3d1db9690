"""More digits than a float64 has, as texts in the place of a result's numbers."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Digits"]


@dataclass(frozen=True, slots=True)
class Digits:
    """A result's numbers with so many significant digits, each of them proved.

    Attributes:
        wanted: how many.
        value: the value's entries, in C order.
        derivatives: the derivative entries, in the result's order.
        undecided: the entries that have no proved digits, by label, and why; their texts are those of the float64.
    """

    wanted: int
    value: tuple[str, ...]
    derivatives: tuple[str, ...]
    undecided: tuple[tuple[str, str], ...] = ()
