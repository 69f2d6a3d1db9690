"""Entries in order, as SymPy expressions: the k-th smallest of several."""

from __future__ import annotations

from collections.abc import Sequence

from gradcli.symbolic.functions.piecewise import Extremum
from gradcli.symbolic.numbers.level import Level, Value

__all__ = ["Ranked"]


class Ranked(Extremum):
    """The first argument is k, counted from 0; the others are put in order."""

    __slots__ = ()

    def active(self, level: Level, values: Sequence[Value]) -> int:
        """Which argument is the k-th; a tie where a neighbour in the order has its value."""
        order = sorted(range(1, len(values)), key=lambda i: values[i])
        k = int(values[0])
        neighbours = [order[i] for i in (k - 1, k + 1) if 0 <= i < len(order)]
        if neighbours:
            nearest = min(neighbours, key=lambda i: abs(values[i] - values[order[k]]))
            level.sign(self, values[order[k]], values[nearest])
        return order[k]
