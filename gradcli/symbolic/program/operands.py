"""Entries that NumPy's functions on object arrays can add and multiply."""

from __future__ import annotations

from typing import Any

import sympy

from gradcli.symbolic.program.arithmetic import Arithmetic
from gradcli.symbolic.program.arrays import shape_of, to_array

__all__ = ["Operand", "from_operands", "to_operands"]


class Operand:
    """An entry whose `+` and `*` are the program's: constants stay constants, long sums wait."""

    __slots__ = ("arithmetic", "entry")

    def __init__(self, arithmetic: Arithmetic, entry: Any) -> None:
        self.arithmetic = arithmetic
        self.entry = entry

    def __add__(self, other: Operand) -> Operand:
        return Operand(self.arithmetic, self.arithmetic.add(self.entry, other.entry))

    def __radd__(self, zero: int) -> Operand:
        """A sum that NumPy starts with its own 0."""
        assert zero == 0
        return self

    def __mul__(self, other: Operand) -> Operand:
        return Operand(self.arithmetic, self.arithmetic.multiply(self.entry, other.entry))


def to_operands(arithmetic: Arithmetic, value: Any) -> Any:
    """An object array of the entries of a value."""
    import numpy as np

    array = np.empty(shape_of(value), dtype=object)
    array.reshape(-1)[:] = [Operand(arithmetic, entry) for entry in to_array(value).ravel()]
    return array


def from_operands(arithmetic: Arithmetic, result: Any) -> Any:
    """What a NumPy function gave: an array of entries, or a single one; its own numbers become constants."""
    if isinstance(result, slice):
        return result
    if not hasattr(result, "ndim"):
        return _entry(arithmetic, result)
    import numpy as np

    array = np.empty(result.shape, dtype=object)
    array.reshape(-1)[:] = [_entry(arithmetic, item) for item in result.ravel().tolist()]
    return array if result.ndim else array[()]


def _entry(arithmetic: Arithmetic, item: Any) -> Any:
    if isinstance(item, Operand):
        return item.entry
    if isinstance(item, bool):
        return sympy.true if item else sympy.false
    return arithmetic.constants.of(float(item))
