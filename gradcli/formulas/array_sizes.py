"""Sizes of arrays, which may be letters."""

from __future__ import annotations

from itertools import zip_longest
from typing import TypeAlias

from gradcli.errors import ShapeProblem

__all__ = ["Shape", "Size", "broadcast", "letter_of", "shifted", "size_apart"]

Size: TypeAlias = int | str
"""A number, or a letter that stands for one."""

Shape: TypeAlias = tuple[Size, ...]


def letter_of(size: Size) -> tuple[str, int]:
    """The letter of a size, "" for a number, and the number that is added to it.

    >>> letter_of("n - 1"), letter_of(3), letter_of("n")
    (('n', -1), ('', 3), ('n', 0))
    """
    if isinstance(size, int):
        return "", size
    letter, sign, number = size.rpartition(" - ") if " - " in size else size.rpartition(" + ")
    return (letter, -int(number) if sign == " - " else int(number)) if sign else (size, 0)


def shifted(size: Size, by: int) -> Size:
    """A size and so many more.

    >>> shifted("n", -1), shifted("n - 1", 2), shifted("n - 1", 1), shifted(3, 2)
    ('n - 1', 'n + 1', 'n', 5)
    """
    letter, number = letter_of(size)
    number += by
    if not letter:
        return number
    return letter if not number else f"{letter} {'-' if number < 0 else '+'} {abs(number)}"


def size_apart(size: Size, other: Size) -> int | None:
    """By how much a size is larger than another one; None if nobody knows.

    >>> size_apart("n", "n - 1"), size_apart(3, 5), size_apart("n", 3)
    (1, -2, None)
    """
    (letter, number), (second, less) = letter_of(size), letter_of(other)
    return number - less if letter == second else None


def broadcast(*shapes: Shape) -> Shape:
    """The shape that NumPy's rules bring some shapes to; a letter is equal to itself alone.

    >>> broadcast(("m", "n"), ("n",), ()), broadcast((3, 1), (1, 2))
    (('m', 'n'), (3, 2))
    """
    found: list[Size] = []
    for sizes in zip_longest(*[shape[::-1] for shape in shapes], fillvalue=1):
        different = dict.fromkeys(size for size in sizes if size != 1)
        if len(different) > 1:
            listed = " and ".join(str(shape).replace("'", "") for shape in shapes)
            raise ShapeProblem(f"shapes {listed} do not broadcast")
        found.append(next(iter(different), 1))
    return tuple(found[::-1])
