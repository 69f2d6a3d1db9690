"""Sums and products without rounding."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import Any

from mpmath import mp
from mpmath.libmp import mpf_mul, mpf_sum

__all__ = ["exact_product", "exact_sum"]


def exact_sum(values: Iterable[Any]) -> Any:
    """The sum of finite numbers without rounding; mpmath's own leaves out what is small beside the others.

    >>> exact_sum([mp.mpf(1e300), mp.mpf(1), mp.mpf(-1e300)])
    mpf('1.0')
    """
    return mp.make_mpf(mpf_sum([v._mpf_ for v in values], 0))


def exact_product(values: Iterable[Any]) -> Any:
    """The product of finite numbers without rounding."""
    return mp.make_mpf(reduce(mpf_mul, [v._mpf_ for v in values]))
