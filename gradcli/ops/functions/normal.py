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
    """The normal distribution function; below -1 as exp(-x**2/2) times a factor that varies slowly."""
    from scipy import special

    tail = np.minimum(x, -1.0)
    near = special.ndtr(x + 0.0)  # of truth values in float64 too
    found = np.where(x < -1.0, 0.5 * special.erfcx(-tail / np.sqrt(2.0)) * _bell(tail, 0.5), near)[()]
    return in_type_of(x, found)


@protocol
@quiet
def erfc(x: Array) -> Array:
    """The complementary error function; above 1 as exp(-x**2) times a factor that varies slowly."""
    from scipy import special

    tail = np.maximum(x, 1.0)
    return np.where(x > 1.0, special.erfcx(tail) * _bell(tail, 1.0), special.erfc(x + 0.0))[()]  # as above


def _bell(x: Array, scale: float) -> Array:
    """exp(-scale*x**2), for scale 0.5 or 1; the square of the larger part of x is exact, so that no digit is lost."""
    near = np.clip(x, -64.0, 64.0)  # exp(-64**2/2) is 0 in float64
    coarse = np.rint(near * 1024) / 1024  # of 6 + 10 bits, so that its square is exact in 53
    return np.exp(-scale * coarse**2) * np.exp(-scale * (near - coarse) * (near + coarse))


@protocol
@quiet
def gelu(x: Array) -> Array:
    """x*ndtr(x)."""
    return x * ndtr(x)
