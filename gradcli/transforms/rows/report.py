"""What has happened at the rows of a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from numpy.typing import NDArray

__all__ = ["NAMED", "Report", "Sample"]

NAMED = 3
"""Rows of each kind that are named; the others are counted."""


class Sample(NamedTuple):
    """A row that is to be checked.

    Attributes:
        row: its number.
        values: of the columns.
        numbers: the results.
    """

    row: int
    values: dict[str, Any]
    numbers: dict[str, NDArray[Any]]


@dataclass
class Report:
    """What has happened.

    Attributes:
        rows: that were read.
        missing: rows without results because nothing stands in a cell.
        bad: rows without results because of what stands in a cell, or because the program does not fit.
        not_finite: rows with a result that is not finite.
        kinked: rows where an operation is at a kink.
        told: for the first rows of each kind what there is to say, by kind.
        one_by_one: why rows were computed one by one, where they were.
        not_compiled: why compiled code was not taken, where it was not.
        samples: rows to be checked.
        inputs: the variables that were differentiated by.
    """

    rows: int = 0
    missing: int = 0
    bad: int = 0
    not_finite: int = 0
    kinked: int = 0
    told: dict[str, list[str]] = field(default_factory=dict)
    one_by_one: str = ""
    not_compiled: str = ""
    samples: list[Sample] = field(default_factory=list)
    inputs: tuple[str, ...] = ()

    def add(self, other: Report) -> None:
        """Take what has happened at another table to it."""
        self.rows += other.rows
        self.missing += other.missing
        self.bad += other.bad
        self.not_finite += other.not_finite
        self.kinked += other.kinked
        self.one_by_one = self.one_by_one or other.one_by_one
        self.not_compiled = self.not_compiled or other.not_compiled
        for kind, texts in other.told.items():
            for text in texts:
                self.name(kind, text)

    def name(self, kind: str, text: str) -> None:
        """Keep what there is to say of a row, if it is one of the first of its kind."""
        known = self.told.setdefault(kind, [])
        if len(known) < NAMED:
            known.append(text)
