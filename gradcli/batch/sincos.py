"""The sine and the cosine of one array, from its tangent.

NumPy computes sines and cosines of float64 one by one, and tangents several at a time where the processor can: what a
function and its derivative both need then takes a fifth of the time. With the tangent t rounded well,

    cos(u) = +-1/sqrt(1 + t**2)    and    sin(u) = t*cos(u)

keep their digits near all zeros: an error e of t is one of at most e*t**2/(1 + t**2) in the cosine, and of e/(1 + t**2)
in the sine. Both are within 3 ulps. The sign of the cosine is that of the quarter turn nearest to u.
"""

from __future__ import annotations

from math import pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["cosine"]

_ROUNDS = 1.5 * 2.0**52
"""Added to a number below 2**51, it leaves the nearest whole number in the lowest bits."""

_FAR = 2.0**40
"""Beyond it the nearest quarter turn is not known from u*2/pi in float64."""


def cosine(u: NDArray[np.float64], tangent: NDArray[np.float64], out: NDArray[np.float64]) -> NDArray[np.float64]:
    """The cosine of some numbers, given their tangent; times the tangent it is their sine.

    Args:
        u: float64, in one piece.
        tangent: that of u.
        out: where to write to; it may be where u is.

    >>> u = np.array([0.0, 1.0, 3.0, -100.0])
    >>> bool(np.all(np.abs(cosine(u, np.tan(u), np.empty(4)) - np.cos(u)) <= 3*np.spacing(np.abs(np.cos(u)))))
    True
    """
    quarters = u * (2 / pi)
    far = None
    if not np.fmax.reduce(np.abs(quarters), initial=0.0) < _FAR:
        places = np.flatnonzero(np.abs(quarters) >= _FAR)
        far = places, np.cos(u[places])
    quarters += _ROUNDS
    turns: Any = quarters.view(np.uint64)
    # One quarter turn from an even number of half turns the cosine has the sign of the tangent.
    signs = tangent.view(np.uint64) >> np.uint64(63)
    signs &= turns
    turns >>= np.uint64(1)
    signs ^= turns
    signs <<= np.uint64(63)
    np.multiply(tangent, tangent, out=out)
    out += 1
    np.sqrt(out, out=out)
    np.divide(1, out, out=out)
    bits = out.view(np.uint64)
    bits ^= signs
    if far is not None:
        out[far[0]] = far[1]
    return out
