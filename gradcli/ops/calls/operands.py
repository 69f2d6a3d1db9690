"""What a resolved expression stands for, as far as its text and the variables' values show it.

Three facts decide what a call means: whether an operand holds truth values, whole numbers or other ones (a mask, an
index, neither), how many axes it has (an axis or an operand), and whether it is a constant.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isfinite
from typing import Any, Literal, NamedTuple, TypeAlias

from gradcli.lang import Tree

__all__ = ["NOTHING", "Kind", "Operand", "Variable", "common_rank", "variable_of"]

Kind: TypeAlias = Literal["truth", "count", "whole", "real", "none", "text", "slice", "unknown"]
"""Truth values; whole numbers that arithmetic made of truth values alone, where NumPy's stay truth values; other whole
numbers; other numbers; None; a string; a slice or `...`; not known."""

NOTHING: frozenset[str] = frozenset()


class Variable(NamedTuple):
    """What a variable holds.

    Attributes:
        kind: "truth", "whole" or "real".
        rank: how many axes.
    """

    kind: Kind
    rank: int


class Operand(NamedTuple):
    """A resolved expression.

    Attributes:
        tree: the expression.
        kind: what its entries are.
        rank: how many axes it has; None where that is not known.
        value: the number or truth value that it is, if it is one constant.
        uses: the variables that its value depends on in a way that has a derivative.
        gives: the name of the operation that gives several outputs, if it stands for several.
        items: the entries of a list literal, or the arrays that make several outputs; None for anything else.
    """

    tree: Tree
    kind: Kind = "unknown"
    rank: int | None = None
    value: float | bool | None = None
    uses: frozenset[str] = NOTHING
    gives: str = ""
    items: tuple[Operand, ...] | None = None

    @property
    def is_number(self) -> bool:
        """Whether the entries are numbers, and no truth values."""
        return self.kind in ("count", "whole", "real")


def variable_of(value: Any) -> Variable:
    """What a variable of this value holds.

    Args:
        value: a number, a truth value, a nested list of them, or a NumPy array.

    >>> variable_of(2.0), variable_of([[0.5, 1.0]]), variable_of([True, False])
    (Variable(kind='whole', rank=0), Variable(kind='real', rank=2), Variable(kind='truth', rank=1))
    """
    if hasattr(value, "dtype"):
        if value.dtype.kind == "b":
            return Variable("truth", value.ndim)
        return Variable("whole" if _is_whole_array(value) else "real", value.ndim)
    rank, rows = 0, [value]
    while rows and isinstance(rows[0], list | tuple):
        rank += 1
        rows = [entry for row in rows for entry in row]
    if rows and all(isinstance(entry, bool) for entry in rows):
        return Variable("truth", rank)
    return Variable("whole" if all(map(_is_whole, rows)) else "real", rank)


def _is_whole(number: Any) -> bool:
    return isfinite(number) and float(number).is_integer()


def _is_whole_array(array: Any) -> bool:
    return array.dtype.kind in "iu" or bool(((array.round() == array) & (abs(array) != inf)).all())


def common_rank(operands: Sequence[Operand]) -> int | None:
    """The number of axes of operands that are broadcast to one shape."""
    ranks = [operand.rank for operand in operands]
    known = [rank for rank in ranks if rank is not None]
    return max(known, default=0) if len(known) == len(ranks) else None
