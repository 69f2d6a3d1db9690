"""Exact arithmetic: whether a difference of nothing is nothing, or has been rounded away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gradcli.symbolic.numbers.exact_arithmetic import exact_product, exact_sum
from gradcli.symbolic.numbers.traversal import operands

__all__ = ["exact_sum", "is_exact"]

_LARGEST_POWER = 16
"""A power beyond is taken to be rounded: multiplied out, its mantissa could have any number of bits."""


def is_exact(parts: Sequence[Any], bindings: Mapping[Any, Any], values: Mapping[Any, Any], prec: int) -> bool:
    """Whether the value of the last of these parts came about without rounding.

    Args:
        parts: every part of an expression, what it is computed from before it.
        bindings: what symbols are bound to.
        values: of the parts, computed with some precision.
        prec: bits of that precision.
    """
    exact: set[Any] = set()
    for part in parts:
        inputs = operands(part, bindings)
        if all(o in exact for o in inputs) and _step_is_exact(part, [values[o] for o in inputs], values[part], prec):
            exact.add(part)
    return parts[-1] in exact


def _step_is_exact(part: Any, inputs: list[Any], value: Any, prec: int) -> bool:
    """Whether one operation on exact numbers has not rounded; of functions nobody can tell, so they have."""
    if part.is_Symbol:
        return True
    if part.is_Rational:
        return int(part.p).bit_length() <= prec and part.q & (part.q - 1) == 0
    if part.is_Add:
        return bool(exact_sum(inputs) == value)
    if part.is_Mul:
        return bool(exact_product(inputs) == value)
    if part.is_Pow and part.exp.is_Integer and 0 < part.exp <= _LARGEST_POWER:
        return bool(exact_product([inputs[0]] * int(part.exp)) == value)
    return False
