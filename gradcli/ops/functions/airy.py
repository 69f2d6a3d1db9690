"""Airy's functions and their derivatives.

Ai between 1 and 3, where SciPy's loses digits, by Bessel's K of order 1/3 and 2/3 of 2/3*x**(3/2); far out scaled.
Source: NIST Digital Library of Mathematical Functions, 9.6.2 to 9.6.9.
"""

from __future__ import annotations

import numpy as np

from gradcli.ops.functions.bessel import in_blocks, jv, k_sum
from gradcli.ops.functions.far_out import airy_far
from gradcli.ops.functions.protocol import Array, in_type_of, protocol, quiet
from gradcli.ops.functions.reach import require

__all__ = ["airy_ai", "airy_aip", "airy_bi", "airy_bip"]

_SMALLEST = -100.0

_FAR = (3.0, 3.0, 20.0, 20.0)
"""From here on by SciPy's scaled functions, whose exponential is taken to twice the digits; between 5 and 15 the scaled
Bi has fewer digits than Bi."""

_OUT = 200.0
"""Ai is 0 and Bi infinite from 107 on."""


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
    """SciPy's, around x = -10.5 by J of order 1/3 and 2/3, as SciPy's lose digits there."""
    from scipy import special

    require(name, ~(np.asarray(x) < _SMALLEST), f"for x >= {_SMALLEST:g}")
    at = np.asarray(x, dtype=float)
    out = np.array(special.airy(at)[which])
    middle = (at > -12) & (at < -9.5)
    if np.any(middle):
        size = -at[middle]
        argument = size * np.sqrt(size) * (2 / 3)
        order = (1 + which % 2) / 3
        plus, minus = jv(order, argument), jv(-order, argument)
        inner = plus + minus if which in (0, 3) else plus - minus if which == 1 else minus - plus
        factor = (np.sqrt(size) / 3, size / 3, np.sqrt(size / 3), size / np.sqrt(3))[which]
        out[middle] = factor * inner
    far = (at >= _FAR[which]) & (at < _OUT)
    out[far] = airy_far(at[far], which)
    out[at >= _OUT] = np.inf if which > 1 else 0.0
    return in_type_of(x, out[()])


def _ai(x: Array, derivative: int) -> Array:
    out = np.array(_scipys("airy_aip" if derivative else "airy_ai", x, derivative), dtype=float)
    at = np.asarray(x, dtype=float)
    middle = (at > 1.0) & (at < 3.0)
    inside = at[middle]
    argument = inside * np.sqrt(inside) * (2 / 3)
    k = in_blocks(k_sum, np.full_like(inside, (1 + derivative) / 3), argument)
    out[middle] = -inside * k / (np.pi * np.sqrt(3)) if derivative else np.sqrt(inside / 3) * k / np.pi
    return in_type_of(x, out[()])
