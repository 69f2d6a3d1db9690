"""Memory for results, given again once nobody holds them any more."""

from __future__ import annotations

from sys import getrefcount
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Spare"]

_HELD_HERE = 3
"""References to an array that nobody else holds: in the list, as the array looked at, as an argument."""


class Spare:
    """Arrays that were given before, and are free.

    Memory that is new is zeroed by the system page by page, at the first touch: beside a few operations for each row
    that takes as long as to compute them.

    >>> spare = Spare()
    >>> first = spare.empty(1000, np.dtype(float))
    >>> where = first.ctypes.data
    >>> spare.empty(1000, np.dtype(float)).ctypes.data == where
    False
    >>> del first
    >>> spare.empty(900, np.dtype(float)).ctypes.data == where
    True
    """

    def __init__(self) -> None:
        self._known: list[NDArray[Any]] = []
        self._lock = Lock()

    def empty(self, rows: int, dtype: np.dtype[Any]) -> NDArray[Any]:
        """An array of so many numbers, whatever they are; what is too short and free is let go."""
        with self._lock:
            short = []
            for place in range(len(self._known)):
                array = self._known[place]
                if getrefcount(array) > _HELD_HERE or array.dtype != dtype:
                    continue
                if len(array) >= rows:
                    return array[:rows]
                short.append(place)
            for place in reversed(short):
                del self._known[place]
            made: NDArray[Any] = np.empty(rows, dtype)
            self._known.append(made)
            return made[:rows]
