"""Operations on many rows side by side: a call at one row as calls on arrays that have an axis for the rows first.

An operation's rule takes what it would take at one row and gives what the operation gives at every row, made of calls
of operations on whole arrays. Those are recorded like any others, so that derivatives need no rule of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from gradcli.engine.tape.apply import call
from gradcli.engine.tape.tensor import Tensor, unwrap
from gradcli.ops.entry.op import Op

__all__ = ["Abreast", "Rule", "Shape", "everywhere", "flat", "lead", "rank_of", "shape_of"]

Shape: TypeAlias = tuple[int, ...]


class Abreast:
    """What differs from row to row.

    Attributes:
        value: an array or a tensor, with an axis for the rows first.
        shape: of the entry in a row.
    """

    __slots__ = ("shape", "value")

    def __init__(self, value: Any) -> None:
        self.value = value
        self.shape: Shape = tuple(value.shape[1:])

    @property
    def ndim(self) -> int:
        """How many axes the entry in a row has."""
        return len(self.shape)

    @property
    def rows(self) -> int:
        """How many there are."""
        return int(self.value.shape[0])

    @property
    def dtype(self) -> Any:
        """Of the numbers."""
        return unwrap(self.value).dtype


Rule: TypeAlias = Callable[[Op, list[Any], dict[str, Any]], Any]
"""(operation, arguments at a row, complete static arguments) -> the value, `Abreast`, or a tuple of such."""


def shape_of(value: Any) -> Shape:
    """The shape at a row."""
    return value.shape if isinstance(value, Abreast) else tuple(np.shape(unwrap(value)))


def rank_of(value: Any) -> int:
    """The number of axes at a row."""
    return len(shape_of(value))


def lead(value: Any, rank: int) -> Any:
    """The array that broadcasts with those of so many axes at a row."""
    if not isinstance(value, Abreast):
        return value
    missing = rank - value.ndim
    if missing <= 0:
        return value.value
    return call("reshape", value.value, shape=(value.rows, *(1,) * missing, *value.shape))


def everywhere(value: Any, rows: int) -> Abreast:
    """What is the same in all rows, in each of them."""
    if isinstance(value, Abreast):
        return value
    array = value if isinstance(value, Tensor) else np.asarray(value)
    return Abreast(call("broadcast_to", array, shape=(rows, *np.shape(unwrap(array)))))


def flat(value: Abreast) -> Any:
    """The entries of each row in a line."""
    if value.ndim == 1:
        return value.value
    return call("reshape", value.value, shape=(value.rows, int(np.prod(value.shape, dtype=int))))
