"""Rows that are kept for a check."""

from __future__ import annotations

import numpy as np

from gradcli.batch.table import Block
from gradcli.transforms.rows.found import Found
from gradcli.transforms.rows.report import Sample
from gradcli.transforms.rows.task import Task

__all__ = ["Kept"]


class Kept:
    """Rows that are kept: the first, the last, and others by chance, each as likely as any."""

    def __init__(self, count: int) -> None:
        self._count = count
        # The same rows are looked at each time; without a check numpy.random is not imported.
        self._chance = np.random.default_rng(0) if count else None
        self._first: Sample | None = None
        self._last: Sample | None = None
        self._others: list[tuple[float, Sample]] = []

    def take(self, block: Block, found: Found, task: Task) -> None:
        """Look at some rows: of the lots that all rows draw the highest stay."""
        rows = np.flatnonzero(~found.blank) if self._chance is not None and found.columns else np.zeros(0, int)
        if self._chance is None or not len(rows):
            return

        def sample(row: int) -> Sample:
            values = {name: block.cells[name].values[row] for name in task.columns}
            return Sample(block.first + row, values, {name: array[row] for name, array in found.columns.items()})

        if self._first is None:
            self._first = sample(int(rows[0]))
        if self._count > 1:
            self._last = sample(int(rows[-1]))
        others = self._count
        lots = self._chance.random(len(rows))
        drawn = np.argpartition(-lots, others)[:others] if others < len(rows) else np.arange(len(rows))[:others]
        least = self._others[-1][0] if len(self._others) == others and others else -1.0
        self._others += [(float(lots[i]), sample(int(rows[i]))) for i in drawn.tolist() if lots[i] > least]
        self._others = sorted(self._others, key=lambda pair: -pair[0])[:others]

    def samples(self) -> list[Sample]:
        """The rows that were kept, in order, each once."""
        kept: dict[int, Sample] = {}
        for one in (self._first, self._last, *(one for _, one in self._others)):
            if one is not None and len(kept) < self._count:
                kept[one.row] = one
        return sorted(kept.values(), key=lambda one: one.row)
