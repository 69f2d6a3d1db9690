"""Tables that are made: grids of values, and samples of distributions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.batch import Cells
from gradcli.batch.table import Block, Variable
from gradcli.data.rows.texts import kind_of

__all__ = ["Evenly", "MadeTable", "grid", "samples"]

_ROWS = 65_536
"""Rows of a block."""


class MadeTable:
    """A table whose rows are computed from their numbers.

    Attributes:
        origin: what it is called in messages.
        names: the columns.
        variables: what a program may use.

    Args:
        rows: how many there are.
        columns: for each variable a function from the numbers of rows to its values there.
        origin: what it is called in messages.
    """

    def __init__(self, rows: int, columns: Mapping[str, Callable[[NDArray[Any]], NDArray[Any]]], origin: str) -> None:
        self.origin = origin
        self.first_row = 0
        self.rows = rows
        self.names = tuple(columns)
        self._columns = columns
        self.variables: Mapping[str, Variable] = {name: Variable((i,), ()) for i, name in enumerate(self.names)}

    def blocks(self, wanted: Sequence[str]) -> Iterator[Block]:
        """Its rows, with the numbers of some variables."""
        for first in range(0, self.rows, _ROWS):
            rows = np.arange(first, min(first + _ROWS, self.rows))
            values = {name: column(rows) for name, column in self._columns.items()}
            cells = {name: Cells(values[name], kind_of(values[name])) for name in wanted}
            yield Block(first, len(rows), cells, (), None, lambda values=values: values)  # type: ignore[misc]  # mypy infers no default's type


class Evenly:
    """Evenly spaced numbers, which are computed where they are wanted: those of NumPy's linspace.

    >>> axis = Evenly(0.0, 1.0, 10**12)
    >>> len(axis), axis[np.array([0, 10**12 - 1])].tolist()
    (1000000000000, [0.0, 1.0])
    """

    def __init__(self, start: float, stop: float, count: int) -> None:
        self._start = start
        self._stop = stop
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, places: NDArray[Any]) -> NDArray[np.float64]:
        gaps = max(self._count - 1, 1)
        width = self._stop - self._start
        step = width / gaps
        values = places * step if step else places / gaps * width
        values = values + self._start
        return np.where((places == self._count - 1) & (self._count > 1), self._stop, values)


def grid(axes: Mapping[str, Evenly | NDArray[np.float64]]) -> MadeTable:
    """All combinations of some variables' values, the last one moving fastest.

    >>> made = grid({"x": np.array([0.0, 1.0]), "y": np.array([2.0, 3.0])})
    >>> [block.cells["y"].values for block in made.blocks(["y"])]
    [array([2., 3., 2., 3.])]
    """
    sizes = [len(values) for values in axes.values()]

    def column(values: Evenly | NDArray[np.float64], later: int) -> Callable[[NDArray[Any]], NDArray[Any]]:
        return lambda rows: values[rows // later % len(values)]

    columns = {name: column(values, prod(sizes[i + 1 :])) for i, (name, values) in enumerate(axes.items())}
    return MadeTable(prod(sizes), columns, "the grid")


def samples(draws: Mapping[str, Callable[[Any, int], NDArray[np.float64]]], rows: int, seed: int) -> MadeTable:
    """So many rows of random numbers.

    Args:
        draws: for each variable what draws so many numbers with a generator of NumPy's.
        rows: how many.
        seed: the same numbers come of the same seed.
    """
    generators = {
        name: np.random.default_rng(child)
        for name, child in zip(draws, np.random.SeedSequence(seed).spawn(len(draws)), strict=True)
    }

    def column(name: str) -> Callable[[NDArray[Any]], NDArray[Any]]:
        return lambda rows: draws[name](generators[name], len(rows))

    return MadeTable(rows, {name: column(name) for name in draws}, "the samples")
