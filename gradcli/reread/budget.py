"""How much a program may take to be computed again: seconds and entries."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import prod

from gradcli.reread.outside import Late, Outside

__all__ = ["MOST_ENTRIES", "Budget"]

MOST_ENTRIES = 2**22
"""Of one array: 32 MiB, over which a special function takes about half a second."""


class Budget:
    """What is left to spend.

    Args:
        seconds: how long the whole may take.
        clock: what tells the time.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seconds = seconds
        self._end = clock() + seconds

    def step(self) -> None:
        """Pay for one step.

        Raises:
            Late: if the time is over.
        """
        if self._clock() > self._end:
            raise Late(f"it takes longer than {self._seconds:g} s to compute again")

    @staticmethod
    def room(*sizes: float) -> None:
        """See that there is room for an array of so many entries, the product of the sizes.

        Raises:
            Outside: if there is not.

        >>> Budget.room(2000, 2000)
        >>> Budget.room(3000, 2000)
        Traceback (most recent call last):
        gradcli.reread.outside.Outside: an array of it has more than 4,194,304 entries
        """
        if not prod(sizes) <= MOST_ENTRIES:
            raise Outside(f"an array of it has more than {MOST_ENTRIES:,} entries")
