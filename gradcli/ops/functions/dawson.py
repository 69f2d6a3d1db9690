"""Dawson's integral and its derivatives, which cancel in double precision where x is large.

The integral is the quotient of the sums of x**(2*k + 1)/(k!*(2*k + 1)) and of x**(2*k)/k!, of positive terms; far out
its asymptotic series is differentiated term by term.
Source: NIST Digital Library of Mathematical Functions, 7.2.5, 7.5.1 and 7.12.
"""

from __future__ import annotations

import numpy as np

from gradcli.ops.functions.bessel import in_blocks
from gradcli.ops.functions.double_double import Pair, add, div, mul, pair, product, scaled
from gradcli.ops.functions.protocol import Array, in_type_of, protocol, quiet
from gradcli.ops.functions.reach import require, whole

__all__ = ["dawsn", "ddawsn"]

_FAR = 7.0
"""From here on the terms of the asymptotic series fall to exp(-49); for each derivative from half a unit later."""


@protocol
@quiet
def dawsn(x: Array) -> Array:
    """exp(-x**2) times the integral of exp(t**2) from 0 to x."""
    return ddawsn(0, x)


@protocol
@quiet
def ddawsn(n: Array, x: Array) -> Array:
    """The n-th derivative of Dawson's integral."""
    from scipy import special

    arrays: Array = np.broadcast_arrays(np.asarray(n, dtype=float), np.asarray(x, dtype=float))
    order, at = arrays
    whole("ddawsn", order)
    require("ddawsn", ~(order > _HIGHEST), f"for n <= {_HIGHEST}")
    out = np.array(special.dawsn(at))
    out = np.where(np.abs(at) < _NEAR, _taylor(at), out)
    for k in np.unique(order[order > 0]):
        chosen = order == k
        out[chosen] = in_blocks(lambda z, order=int(k): _derivative(order, z), at[chosen])
    return in_type_of(x, out[()])


_HIGHEST = 200
"""The order up to which derivatives are computed: far enough for every order that may be asked for."""

_NEAR = 0.3


def _taylor(x: Array) -> Array:
    """x*(1 - 2*x**2/3*(1 - 2*x**2/5*(1 - ...)))."""
    tail = np.ones_like(x)
    for k in range(12, 0, -1):
        tail = 1 - 2 * x**2 / (2 * k + 1) * tail
    return x * tail


def _derivative(n: int, x: Array) -> Array:
    size, end = np.abs(x), _FAR + n / 2
    near = np.where(size < end, size, 0.0)
    far = np.where(size < end, end, size)
    out: Array = np.where(size < end, _by_recurrence(n, near), _by_asymptotic(n, far))
    out = np.where(np.isinf(x), 0.0, np.where(np.isnan(x), np.nan, out))
    return np.where(x < 0, out * (1 if n % 2 else -1), out)


def _by_recurrence(n: int, x: Array) -> Array:
    """F' = 1 - 2*x*F and F[k + 1] = -2*x*F[k] - 2*k*F[k - 1], with 106 bits."""
    before = _pairs(x)
    out = add(pair(np.ones_like(x)), scaled(before, -2 * x))
    for k in range(1, n):
        before, out = out, add(scaled(out, -2 * x), scaled(before, -2.0 * k))
    return out[0] + out[1]


def _pairs(x: Array) -> Pair:
    square = product(x, x)
    power: Pair = pair(np.ones_like(x))
    above, below = power, power
    for k in range(1, int(np.max(x, initial=0) ** 2) + 130):
        power = div(mul(power, square), pair(np.full_like(x, k)))
        above = add(above, div(power, pair(np.full_like(x, 2 * k + 1))))
        below = add(below, power)
    return scaled(div(above, below), x)


def _by_asymptotic(n: int, x: Array) -> Array:
    """The sum of (2*k - 1)!!/(2**(k + 1)*x**(2*k + 1)), differentiated n times, each added up to its smallest term."""
    term = (-1.0) ** n * 0.5 / x
    for j in range(n):
        term = term * (j + 1) / x
    out = np.zeros_like(x)
    going = np.ones(x.shape, dtype=bool)
    for k in range(400):
        out = out + np.where(going, term, 0.0)
        # the next coefficient, and (2*k + 3)...(2*k + 2 + n) in the place of (2*k + 1)...(2*k + n)
        ratio = (2 * k + 1) / (2 * x**2) * ((2 * k + 1 + n) * (2 * k + 2 + n) / ((2 * k + 1) * (2 * k + 2)))
        going = going & (ratio < 1) & (np.abs(term) > 1e-20 * np.abs(out))
        if not going.any():
            break
        term = term * ratio
    return out
