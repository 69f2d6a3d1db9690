"""Functions that grow or fall off as exponentials, to the ends of float64's range.

SciPy's give up before: kv is 0 from 698 on, where K is 1e-305. Its scaled functions have the digits; they are
multiplied by the square root of the exponential twice, which is in float64's range where that itself is not.

Sources: NIST Digital Library of Mathematical Functions, 6.12.2 (Ei of large arguments), 9.7 (Airy's functions), 10.40
(modified Bessel functions).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcli.ops.functions.double_double import Pair, add, div, mul, pair, product, scaled
from gradcli.ops.functions.near_zero import TINY, i_near_zero
from gradcli.ops.functions.protocol import Array, protocol, quiet

__all__ = ["airy_far", "expi", "i0", "i1", "iv", "kv_far"]

_LARGE = 700.0
"""Beyond it SciPy's functions that grow as exp(x) lose digits, or overflow at 709.78 as exp(x) itself does."""


_NOTHING = 800.0
"""Beyond it K of orders up to 63 is below float64's range."""


def _grown(scaled_value: Array, exponent: Array) -> Array:
    """A number times exp(exponent), which may be out of range where the product is not."""
    half = np.exp(exponent / 2)
    return scaled_value * half * half


def kv_far(order: Array, x: Array) -> Array:
    """K of large x."""
    from scipy import special

    return np.where(x > _NOTHING, 0.0, _grown(special.kve(order, x), -x))


@protocol
@quiet
def i0(x: Array) -> Array:
    """I of order 0: SciPy's, of large numbers by its scaled one."""
    from scipy import special

    return _with_scaled(special.i0, special.i0e, x)


@protocol
@quiet
def i1(x: Array) -> Array:
    """I of order 1: SciPy's, of large numbers by its scaled one."""
    from scipy import special

    return _with_scaled(special.i1, special.i1e, x)


def _with_scaled(usual: Callable[[Array], Any], scaled_one: Callable[[Array], Any], x: Array) -> Any:
    """A function that grows as exp(abs(x)), far out by the one that is it times exp(-abs(x))."""
    out = usual(x)
    far = _far(x)
    return out if far is None else np.where(far, _grown(scaled_one(x), np.abs(x)), out).astype(out.dtype)[()]


@protocol
@quiet
def iv(n: Array, x: Array) -> Array:
    """I of real order: SciPy's, of large numbers by its scaled one, of tiny ones by the first term."""
    from scipy import special

    out = special.iv(n, x)
    near = (np.abs(x) < TINY) & (x != 0)
    if np.any(near):
        out = np.where(near, i_near_zero(n, x), out).astype(out.dtype)[()]
    far = _far(x)
    if far is None:
        return out
    value = _grown(special.ive(n, x), np.abs(x))
    beyond = (np.abs(x) > _LOST) & (np.abs(n) < _LOST / 10)
    value = np.where(beyond & (x > 0), np.inf, np.where(beyond, np.inf * np.cos(np.pi * n), value))
    return np.where(far, value, out).astype(out.dtype)[()]


_LOST = 1e8
"""Beyond it SciPy's scaled function of order 0 is NaN at last; I is infinite there, of a whole order with its sign."""


@protocol
@quiet
def expi(x: Array) -> Array:
    """Ei: SciPy's, of large numbers by the sum of k!/x**k, whose terms are nothing after some ten."""
    from scipy import special

    out = special.expi(x)
    far = _far(x)
    if far is None:
        return out
    at = np.asarray(x, dtype=float)
    inverse = 1 / at
    series = np.ones_like(at)
    for k in range(12, 0, -1):
        series = 1 + series * k * inverse
    return np.where(far & (at > 0), _grown(series * inverse, at), out).astype(out.dtype)[()]


def _far(x: Array) -> Array | None:
    """Which of the numbers are finite and large; None if none are."""
    far = (np.abs(x) > _LARGE) & np.isfinite(x)
    return far if np.any(far) else None


def airy_far(x: Array, which: int) -> Array:
    """Ai, its derivative, Bi or its derivative for large x: SciPy's scaled ones times exp(-z) or exp(z).

    There z = 2/3*x**(3/2) is up to 716, and is needed to twice the digits.

    Args:
        x: positive numbers.
        which: 0, 1, 2 or 3.
    """
    from scipy import special

    z, rest = _two_thirds_of_its_power(x)
    sign = -1.0 if which < 2 else 1.0
    return _grown(special.airye(x)[which], sign * z) * (1 + sign * rest)


def _two_thirds_of_its_power(x: Array) -> Pair:
    """2/3*x**(3/2) with 106 bits: the root by a step of Newton's."""
    root = np.sqrt(x)
    left = add(pair(x), scaled(product(root, root), -1.0))
    exact = add(pair(root), pair((left[0] + left[1]) / (2 * root)))
    return mul(mul(pair(x), exact), div(pair(np.full_like(x, 2.0)), pair(np.full_like(x, 3.0))))
