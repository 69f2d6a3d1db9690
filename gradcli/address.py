"""Which number of a result is meant: the address that all sides of a check go by, and which of many are looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["EntryAddress", "Input", "spread"]


class Input(NamedTuple):
    """One entry of a variable: its name, and the flat index of the entry in C order."""

    name: str
    entry: int = 0


class EntryAddress(NamedTuple):
    """One number of a result: an entry of the value, or a derivative of one.

    Attributes:
        output: flat index into the value; 0 where the derivative is that of one number, as a seeded sum.
        by: what it was differentiated by, an input for each time; empty for an entry of the value.
        along: whether it was differentiated along the result's direction too, once.

    >>> EntryAddress(0).order, EntryAddress(0, (Input("x"), Input("y", 2))).order, EntryAddress(1, along=True).order
    (0, 2, 1)
    """

    output: int
    by: tuple[Input, ...] = ()
    along: bool = False

    @property
    def order(self) -> int:
        """How often it was differentiated."""
        return len(self.by) + self.along


def spread(total: int, limit: int) -> Iterator[int]:
    """At most `limit` of the indices below `total`, evenly spread, the first and the last among them.

    >>> list(spread(3, 5)), list(spread(9, 3))
    ([0, 1, 2], [0, 4, 8])
    """
    if total <= limit:
        return iter(range(total))
    return iter(i * (total - 1) // (limit - 1) for i in range(limit)) if limit > 1 else iter(range(limit))
