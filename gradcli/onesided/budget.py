"""How much work a computation with one-sided series may be."""

from __future__ import annotations

from math import inf

__all__ = ["Budget", "TooMuchWork"]


class TooMuchWork(Exception):
    """The computation would take longer than anybody waits for it, or more memory than there is."""


class Budget:
    """How much work computations with one-sided series may be, in products of two coefficients of 320 bits.

    Counted and not timed, so that the same question has the same answer on a slow machine.

    >>> budget = Budget(10)
    >>> budget.spend(10)
    >>> budget.spend(1)
    Traceback (most recent call last):
    ...
    gradcli.onesided.budget.TooMuchWork
    """

    def __init__(self, work: float = inf) -> None:
        self._left = work

    def spend(self, work: float) -> None:
        """Take note of some work.

        Raises:
            TooMuchWork: if it is more than is left.
        """
        self._left -= work
        if self._left < 0:
            raise TooMuchWork
