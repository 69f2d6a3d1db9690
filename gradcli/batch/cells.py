"""Numbers of one column, as a table's reader hands them on."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradcli.ops.calls.operands import Kind

__all__ = ["Cells"]


class Cells(NamedTuple):
    """One column in some rows.

    Attributes:
        values: numbers or truth values, with an axis for the rows first; where rows have different shapes, an array
            of objects that holds an array for each row.
        kind: "real", "whole" or "truth".
        blank: the rows that have nothing here; None if all have something.

    >>> Cells(np.array([[1.0, 2.0], [3.0, 4.0]])).shape(0)
    (2,)
    """

    values: NDArray[Any]
    kind: Kind = "real"
    blank: NDArray[np.bool_] | None = None

    def shape(self, row: int) -> tuple[int, ...]:
        """The shape of the entry in a row."""
        return np.shape(self.values[row]) if self.values.dtype == object else self.values.shape[1:]
