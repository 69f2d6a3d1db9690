"""Running straight-line code over rows: in blocks that fit a processor's cache, on several threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.batch.plan import Plan
from gradcli.batch.spare import Spare
from gradcli.formulas import Entry

__all__ = ["run"]

BLOCK = 16_384
"""Rows that are computed together: of so many float64 a few columns fit the second cache of most processors. Half as
many, or twice as many, take a tenth more time."""


def run(
    plan: Plan,
    rows: int,
    column: Callable[[Entry], NDArray[Any]],
    constants: Mapping[Entry, float],
    threads: int = 1,
    spare: Spare | None = None,
) -> list[NDArray[Any]]:
    """The results of straight-line code for each row.

    Args:
        plan: the code.
        rows: how many there are.
        column: the values of an entry, one for each row.
        constants: the values of entries that are the same in all rows.
        threads: that compute at the same time, each another block.
        spare: where memory for the results comes from.

    Returns:
        For each result an array with an entry for each row; of truth values for a comparison.

    >>> from gradcli.batch.plan import plan
    >>> from gradcli.formulas import Graph
    >>> graph = Graph()
    >>> made = plan(graph, [graph.call("square", (graph.leaf(Entry("x")),))], lambda entry: True)
    >>> run(made, 3, lambda entry: np.array([1.0, 2.0, 3.0]), {})
    [array([1., 4., 9.])]
    """
    columns = [column(entry) for entry in plan.columns]
    fixed: list[Any] = [np.float64(constants[c]) if isinstance(c, Entry) else c for c in plan.constants]
    known: list[Any] = [*columns, *fixed]
    with np.errstate(all="ignore"):
        for step in plan.before:
            args = [known[arg] for arg in step.args]
            known.append(step.function(*(map(np.float64, args) if step.counts else args)))
    results = _Results(plan, rows, known, spare or Spare())
    begins = iter(range(0, rows, BLOCK))
    if threads > 1 and rows > BLOCK:
        with ThreadPoolExecutor(threads) as pool:
            for done in [pool.submit(_Worker(results).work, begins) for _ in range(threads)]:
                done.result()
    else:
        _Worker(results).work(begins)
    return results.arrays


class _Results:
    """What the workers fill in.

    Attributes:
        arrays: one for each result.
        targets: the arrays that the steps themselves write to, by their places.
        late: the results that are copied at a block's end, with their places.
    """

    def __init__(self, plan: Plan, rows: int, known: list[Any], spare: Spare) -> None:
        self.plan = plan
        self.rows = rows
        self.known = known
        self.arrays: list[NDArray[Any]] = []
        self.targets: dict[int, NDArray[Any]] = {}
        self.late: list[tuple[NDArray[Any], int]] = []
        written = {step.place for step in plan.steps if step.writes}
        for place, is_truth in zip(plan.outputs, plan.truths, strict=True):
            if place < len(known):
                self.arrays.append(np.broadcast_to(np.asarray(known[place]), (rows,)))
                continue
            array = spare.empty(rows, np.dtype(bool if is_truth else np.float64))
            self.arrays.append(array)
            if place in written and place not in self.targets:
                self.targets[place] = array
            else:
                self.late.append((array, place))


class _Worker:
    """One that computes blocks in its own memory."""

    def __init__(self, results: _Results) -> None:
        self.results = results
        self.memory: dict[int, NDArray[np.float64]] = {}

    def work(self, begins: Iterator[int]) -> None:
        """Compute the blocks that begin at some rows; who asks gets the next."""
        with np.errstate(all="ignore"):
            for first in begins:
                self.compute(first, min(first + BLOCK, self.results.rows))

    def compute(self, first: int, last: int) -> None:
        """Compute the rows from `first` up to `last`."""
        results, memory, rows = self.results, self.memory, last - first
        plan, known = results.plan, results.known
        places: list[Any] = [None] * max(plan.places, len(known))
        places[: len(known)] = known
        for place in range(len(plan.columns)):
            places[place] = known[place][first:last]
        targets = {place: array[first:last] for place, array in results.targets.items()}
        for function, args, place, writes, counts in plan.steps:
            given = [places[arg] for arg in args]
            if counts:
                given = [np.asarray(value, np.float64) for value in given]
            if writes:
                out = targets.get(place)
                if out is None:
                    out = memory.get(place)
                    if out is None:
                        out = memory[place] = np.empty(BLOCK)
                    out = out[:rows]
                places[place] = function(*given, out=out)
            else:
                found = function(*given)
                # The memory of an argument may be used again while this value is still needed.
                places[place] = (
                    found if found.base is None and all(found is not value for value in given) else found.copy()
                )
        for array, place in results.late:
            array[first:last] = places[place]
