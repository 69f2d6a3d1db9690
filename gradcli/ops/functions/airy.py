"""Airy's functions and their derivatives.

Ai between 1 and 3, where SciPy's loses digits, by Bessel's K of order 1/3 and 2/3 of 2/3*x**(3/2).
Source: NIST Digital Library of Mathematical Functions, 9.6.2 and 9.6.3.
"""

from __future__ import annotations

import numpy as np

from gradcli.ops.functions.bessel import in_blocks, k_sum
from gradcli.ops.functions.protocol import Array, in_type_of, protocol, quiet
from gradcli.ops.functions.reach import require

__all__ = ["airy_ai", "airy_aip", "airy_bi", "airy_bip"]

_SMALLEST = -100.0


@protocol
@quiet
def airy_ai(x: Array) -> Array:
    """Ai(x)."""
    return _ai(x, 0)


@protocol
@quiet
def airy_aip(x: Array) -> Array:
    """The derivative of Ai."""
    return _ai(x, 1)


@protocol
@quiet
def airy_bi(x: Array) -> Array:
    """Bi(x)."""
    return _scipys("airy_bi", x, 2)


@protocol
@quiet
def airy_bip(x: Array) -> Array:
    """The derivative of Bi."""
    return _scipys("airy_bip", x, 3)


def _scipys(name: str, x: Array, which: int) -> Array:
    from scipy import special

    require(name, ~(np.asarray(x) < _SMALLEST), f"for x >= {_SMALLEST:g}")
    return in_type_of(x, special.airy(x)[which])


def _ai(x: Array, derivative: int) -> Array:
    out = np.array(_scipys("airy_aip" if derivative else "airy_ai", x, derivative), dtype=float)
    at = np.asarray(x, dtype=float)
    middle = (at > 1.0) & (at < 3.0)
    inside = at[middle]
    argument = inside * np.sqrt(inside) * (2 / 3)
    k = in_blocks(k_sum, np.full_like(inside, (1 + derivative) / 3), argument)
    out[middle] = -inside * k / (np.pi * np.sqrt(3)) if derivative else np.sqrt(inside / 3) * k / np.pi
    return in_type_of(x, out[()])
