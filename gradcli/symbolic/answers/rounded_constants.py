"""Claims that are right but for their constants, which are those of float64: 0.3333333333333333 in the place of 1/3."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal, localcontext
from typing import Any

from gradcli.lang import Literal, fold, parse

__all__ = ["explain", "neighbours"]

_MOST = 12
_DIGITS = 800
"""More than any float64 has."""

_LEFT = 1e-6
"""What may be left of a difference, in units of what one unit in the last place of the constants makes."""


def neighbours(text: str) -> list[str]:
    """A formula with each of its constants in turn moved by a unit in the last place.

    There are none for whole numbers, nor for too many constants.

    >>> neighbours("0.5*x**2 + 3*x")
    ['0.50000000000000011102230246251565404236316680908203125*x**2 + 3*x']
    """
    program = parse(text)
    found: list[Literal] = []

    def literal(node: Literal) -> None:
        if type(node.value) is float and not _is_whole(text[slice(*node.span)]):
            found.append(node)

    for tree in (*(assignment.tree for assignment in program.assignments), program.result):
        fold(tree, literal, lambda node: None, lambda node, args, keywords: None)
    if len(found) > _MOST:
        return []
    return [_moved(text, node) for node in found]


def _is_whole(digits: str) -> bool:
    """Whether a number as it is written is whole, which 1.0000000000000001 is not."""
    number = Decimal(digits)
    return not number.is_finite() or number == number.to_integral_value()


def _moved(text: str, node: Literal) -> str:
    assert isinstance(node.value, float)
    start, end = node.span
    unit = Decimal(math.ulp(node.value))  # beside the number as it is written, which is read as a decimal
    with localcontext() as context:
        context.prec = _DIGITS
        return text[:start] + str(Decimal(text[start:end]) + unit) + text[end:]


def explain(rows: Iterable[tuple[Any, list[Any]]]) -> bool:
    """Whether the same moves of the constants, of one unit in the last place each at most, make all differences.

    Args:
        rows: for each number its difference, and by how much a unit of each constant moves it.

    >>> explain([(1e-17, [2e-17]), (3e-17, [6e-17])])
    True
    >>> explain([(1e-17, [2e-17]), (1e-17, [6e-17])])
    False
    """
    import numpy as np

    differences, effects = [], []
    for difference, moves in rows:
        largest = max(map(abs, moves))
        if largest == 0 or abs(difference) > len(moves) * largest * 2:
            if difference:
                return False
            continue
        differences.append(float(difference / largest))
        effects.append([float(move / largest) for move in moves])
    if not differences:
        return False
    units, *_ = np.linalg.lstsq(np.array(effects), np.array(differences), rcond=1e-9)
    left = np.abs(np.array(effects) @ units - np.array(differences))
    return bool(np.max(left) <= _LEFT and np.max(np.abs(units)) <= 1 + _LEFT)
