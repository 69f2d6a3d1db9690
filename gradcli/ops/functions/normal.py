"""The normal distribution function and the complementary error function, with all their digits in the tails too.

SciPy's lose x**2 units in the last place there, because the square in the exponent is rounded.
"""

from __future__ import annotations

import numpy as np

from gradcli.ops.functions.protocol import Array, in_type_of, protocol, quiet

__all__ = ["erfc", "gelu", "ndtr"]


@protocol
@quiet
def ndtr(x: Array) -> Array:
    """Below -1 as exp(-x**2/2) times a factor that varies slowly."""
    from scipy import special

    tail = np.minimum(x, -1.0)
    found = np.where(x < -1.0, 0.5 * special.erfcx(-tail / np.sqrt(2.0)) * _bell(tail, 0.5), special.ndtr(x))[()]
    return in_type_of(x, found)


@protocol
@quiet
def erfc(x: Array) -> Array:
    """Above 1 as exp(-x**2) times a factor that varies slowly."""
    from scipy import special

    tail = np.maximum(x, 1.0)
    return np.where(x > 1.0, special.erfcx(tail) * _bell(tail, 1.0), special.erfc(x))[()]


def _bell(x: Array, scale: float) -> Array:
    """exp(-scale*x**2), x cut into a part whose square is exact and a small rest; 0 far out."""
    near = np.clip(x, -64.0, 64.0)
    coarse = np.rint(near * 1024) / 1024
    return np.exp(-scale * coarse**2) * np.exp(-scale * (near - coarse) * (near + coarse))


@protocol
@quiet
def gelu(x: Array) -> Array:
    """x*ndtr(x)."""
    return x * ndtr(x)
