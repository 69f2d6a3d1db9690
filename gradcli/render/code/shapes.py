"""How languages lay out arrays."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod

__all__ = ["bracketed", "flat_index", "indices_of", "nested", "one_based", "size_of"]


def nested(entries: Sequence[str], shape: Sequence[int], opening: str = "[", closing: str = "]") -> str:
    """Entries in C order as nested lists; a number as it is.

    >>> nested(["a", "b", "c", "d"], (2, 2)), nested(["a"], ())
    ('[[a, b], [c, d]]', 'a')
    """
    if not shape:
        return entries[0]
    rows = list(entries)
    for size in reversed(shape):
        rows = [f"{opening}{', '.join(rows[i : i + size])}{closing}" for i in range(0, len(rows), size or 1)]
    return rows[0] if rows else f"{opening}{closing}"


def indices_of(shape: Sequence[int]) -> list[tuple[int, ...]]:
    """The indices of an array's entries, in C order.

    >>> indices_of((2, 1)), indices_of(())
    ([(0, 0), (1, 0)], [()])
    """
    return [*product(*map(range, shape))]


def flat_index(at: Sequence[int], shape: Sequence[int]) -> int:
    """The position of an entry in C order.

    >>> flat_index((1, 2), (2, 3))
    5
    """
    position = 0
    for i, size in zip(at, shape, strict=True):
        position = position * size + i % size
    return position


def bracketed(name: str, at: Sequence[int], shape: Sequence[int]) -> str:
    """x[1][2].

    >>> bracketed("x", (1, 2), (2, 3))
    'x[1][2]'
    """
    return name + "".join(f"[{i}]" for i in at)


def one_based(opening: str, closing: str, name: str, at: Sequence[int]) -> str:
    """x(2,3) for the entry at (1, 2).

    >>> one_based("(", ")", "x", (1, 2))
    'x(2, 3)'
    """
    return f"{name}{opening}{', '.join(str(i + 1) for i in at)}{closing}"


def size_of(shape: Sequence[int]) -> int:
    """How many entries an array has."""
    return prod(shape)
