"""Exact arithmetic: whether a difference of nothing is nothing, or has been rounded away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

from mpmath import mp
from mpmath.libmp import mpf_mul, mpf_sum

if TYPE_CHECKING:
    from gradcli.symbolic.numbers.evaluate import Level

__all__ = ["exact_sum", "is_exact"]

_LARGEST_POWER = 16


def exact_sum(values: Iterable[Any]) -> Any:
    """The sum of finite numbers without rounding; mpmath's own leaves out what is small beside the others.

    >>> exact_sum([mp.mpf(1e300), mp.mpf(1), mp.mpf(-1e300)])
    mpf('1.0')
    """
    return mp.make_mpf(mpf_sum([v._mpf_ for v in values], 0))


def is_exact(level: Level, parts: Sequence[Any]) -> bool:
    """Whether a level's value of the last of these parts came about without rounding.

    Args:
        parts: every part of an expression, what it is computed from before it.
    """
    exact: set[Any] = set()
    for part in parts:
        operands = level.operands(part)
        if all(o in exact for o in operands) and _step_is_exact(part, level, [level.memo[o] for o in operands]):
            exact.add(part)
    return parts[-1] in exact


def _step_is_exact(part: Any, level: Level, values: list[Any]) -> bool:
    if part.is_Symbol:
        return True
    if part.is_Rational:
        return int(part.p).bit_length() <= level.prec and part.q & (part.q - 1) == 0
    if part.is_Add:
        return bool(exact_sum(values) == level.memo[part])
    if part.is_Mul:
        return bool(_product(values) == level.memo[part])
    if part.is_Pow and part.exp.is_Integer and 0 < part.exp <= _LARGEST_POWER:
        return bool(_product([values[0]] * int(part.exp)) == level.memo[part])
    return False


def _product(values: list[Any]) -> Any:
    return mp.make_mpf(reduce(mpf_mul, [v._mpf_ for v in values]))
