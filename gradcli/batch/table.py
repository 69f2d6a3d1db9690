"""Tables as they are read and written, block by block; what knows their formats is elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from gradcli.batch.cells import Cells
from gradcli.errors import InputProblem

__all__ = ["Bad", "Block", "Lacking", "Sink", "Table", "Variable", "check_usable"]


class Bad(NamedTuple):
    """A cell that holds no number, or a row that is none of the table's.

    Attributes:
        row: its number, counted from 0.
        column: the variable; "" where the row itself is wrong.
        told: what is wrong, as a fragment of a sentence: "is no number: 'n/a'".
    """

    row: int
    column: str
    told: str


@dataclass
class Block:
    """Some rows, as they were read.

    Attributes:
        first: the number of the first row, counted from 0.
        rows: how many there are.
        cells: of the variables that were asked for.
        bad: what holds no number; it is blank in `cells`.
        raw: the rows as the format has them, for a writer of the same format.
        fields: gives all columns by name, for a writer of another format: numbers, texts, lists, None.
    """

    first: int
    rows: int
    cells: dict[str, Cells]
    bad: Sequence[Bad]
    raw: Any
    fields: Callable[[], dict[str, Sequence[Any]]]


class Variable(NamedTuple):
    """Where a variable's numbers are in a table.

    Attributes:
        columns: the positions of its columns: one, or of a vector or matrix that has a column for each entry all.
        shape: of the entries that have columns of their own; () for one column.
        fault: why a program may not use it, and what helps; two empty texts where it may.
    """

    columns: tuple[int, ...]
    shape: tuple[int, ...]
    fault: tuple[str, str] = ("", "")


def check_usable(wanted: Sequence[str], variables: Mapping[str, Variable]) -> None:
    """See that a program may use variables of a table.

    Raises:
        InputProblem: for a column that stands twice, or an entry that is missing.
    """
    for name in wanted:
        told, hint = variables[name].fault if name in variables else ("", "")
        if told:
            raise InputProblem(told, hint=hint or None)


class Lacking(NamedTuple):
    """Rows that are not like the others.

    Attributes:
        results: those that have no results.
        everything: those that are not written.
    """

    results: NDArray[np.bool_]
    everything: NDArray[np.bool_]


class Table(Protocol):
    """A source of rows.

    Attributes:
        origin: what it is called in messages.
        names: its columns, as far as they are known before rows are read.
        variables: what a program may use, by name.
        first_row: the number of its first row: not 0 for a piece of a table.
    """

    origin: str
    first_row: int
    names: tuple[str, ...]
    variables: Mapping[str, Variable]

    def blocks(self, wanted: Sequence[str]) -> Iterator[Block]:
        """Its rows, with the numbers of some variables.

        Raises:
            Problem: if it cannot be read.
        """


class Sink(Protocol):
    """What takes rows.

    Attributes:
        fixed: whether the results of all rows have one shape, as where each entry has a column.
    """

    fixed: bool

    def write(self, block: Block, columns: Mapping[str, NDArray[Any]], lacking: Lacking) -> None:
        """Write rows, and beside them results.

        Args:
            block: the rows as they were read.
            columns: the results by name, with an axis for the rows first.
            lacking: the rows that have no results, or are not written.
        """

    def close(self) -> None:
        """Write what is still to be written."""

    def discard(self) -> None:
        """Write nothing more, after an error as after the end."""
