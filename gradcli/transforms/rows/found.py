"""What a task gives for some rows."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Found"]


class Found(NamedTuple):
    """What a task gives for some rows.

    Attributes:
        columns: by name, as in `Cells`.
        blank: the rows without results: an input is missing, or the program does not fit.
        kinked: the rows where an operation is at a kink.
        failed: for each row that the program does not fit the reason.
    """

    columns: dict[str, NDArray[Any]]
    blank: NDArray[np.bool_]
    kinked: NDArray[np.bool_]
    failed: dict[int, str]
