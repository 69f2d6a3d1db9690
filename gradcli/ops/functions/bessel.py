"""Bessel functions of real order, with their last digits where SciPy's lose some.

Sources: NIST Digital Library of Mathematical Functions, 10.2.2 (power series), 10.4 and 10.27 (reflections), 10.17
(large arguments), 10.9.10 and 10.32.9 (Hankel functions and K as integrals), 11.2.1 (Struve's function).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gradcli.ops.functions.double_double import Pair, add, div, mul, pair, product, scaled, total
from gradcli.ops.functions.far_out import kv_far
from gradcli.ops.functions.near_zero import LEAST, k_near_zero, y_near_zero
from gradcli.ops.functions.protocol import Array, in_type_of, protocol, quiet
from gradcli.ops.functions.reach import require, whole

__all__ = ["hankel", "jv", "kn", "kv", "power_series", "struve", "yv"]

_SERIES = 25.0
"""Up to here by the power series, whose terms are up to exp(25) = 7e10 times the sum: pairs have digits left."""

_LARGEST_ORDER = 60.0
"""Up to this order; from 80 on some values are off by 50 units in the last place near x = order."""

_GROWTH = 80.0
"""Beyond order**2/80 the terms of the series for large arguments are up to exp(36) = 4e15, for orders up to 100."""


@protocol
@quiet
def jv(n: Array, x: Array) -> Array:
    """J of order n: by power series, by the series for large arguments, or by SciPy between these."""
    from scipy import special

    order, at = np.broadcast_arrays(np.asarray(n, dtype=float), np.asarray(x, dtype=float))
    _within("jv", order)
    integral = order == np.floor(order)
    odd = integral & (np.mod(order, 2) == 1) & ((order < 0) != (at < 0))
    order, at = np.where(integral, np.abs(order), order), np.where(integral, np.abs(at), at)
    out = np.array(special.jv(order, at))
    near = (at > 0) & (at <= _SERIES)
    far = (at > _SERIES) & (order**2 <= _GROWTH * at) & (at > 1.25 * np.abs(order)) & np.isfinite(at)
    out[near] = in_blocks(_near, order[near], at[near])
    out[far] = in_blocks(lambda v, z: hankel(v, z)[0], order[far], at[far])
    return in_type_of(x, np.where(odd, -out, out)[()])


def _within(name: str, order: Array) -> None:
    require(name, ~(np.abs(order) > _LARGEST_ORDER + 3), f"for orders up to {_LARGEST_ORDER:g}")


_BLOCK = 2000


def in_blocks(function: Callable[..., Array], *arrays: Array) -> Array:
    """A function of vectors, so many entries at a time, as it takes a few hundred numbers for each of them."""
    count = len(arrays[0])
    parts = [function(*(a[i : i + _BLOCK] for a in arrays)) for i in range(0, count, _BLOCK)]
    return np.concatenate(parts) if parts else np.zeros(0)


def _near(order: Array, x: Array) -> Array:
    half = x / 2
    s, rest = total(order, 1.0)
    power = x**order * 0.5**order  # half of the least number is 0
    return power * reciprocal_gamma(s, rest) * power_series(pair(order + 0.0), pair(np.ones_like(x)), half, 1.0)


def reciprocal_gamma(s: Array, rest: Array) -> Array:
    """1/gamma(s + rest), the rest being tiny."""
    from scipy import special

    slope = np.where(rest == 0, 0.0, special.digamma(s))
    return special.rgamma(s) * (1 - rest * slope)


def _largest(x: Array) -> float:
    """The size of the largest entry that is finite: of the others no series needs a term."""
    return float(np.max(np.abs(x), initial=0.0, where=np.isfinite(x)))


def power_series(order: Pair, first: Pair, half: Array, start: float) -> Array:
    """The sum of (-1)**k * half**(2*k)/((start)_k*(order + 1)_k), added up with 106 bits."""
    step = product(half, -half)
    term, out = first, first
    count = int(4.4 * _largest(half) + _largest(order[0]) + 25)
    for k in range(count):
        below = scaled(add(order, pair(np.full_like(half, k + 1.0))), k + start)
        term = div(mul(term, step), below)
        out = add(out, term)
    return out[0] + out[1]


def hankel(order: Array, x: Array) -> tuple[Array, Array]:
    """J and Y for large x: modulus and phase by sums of 106 bits, each ended at its smallest term."""
    mu = scaled(product(order, order), 4.0)
    one = np.ones_like(x)
    term: Pair = pair(one)
    sums = [pair(one), pair(0 * one)]
    going = np.ones(x.shape, dtype=bool)
    for k in range(1, 500):
        factor = add(mu, pair(-one * (2 * k - 1) ** 2))
        following = div(mul(term, factor), product(x, 8.0 * k * one))
        grows = (k > np.abs(order) + 1) & (np.abs(following[0]) > np.abs(term[0]))
        going = going & ~grows & (np.abs(following[0]) > _NEGLIGIBLE)
        if not going.any():
            break
        sign = -1.0 if k % 4 in (2, 3) else 1.0
        added = (np.where(going, sign * following[0], 0.0), np.where(going, sign * following[1], 0.0))
        sums[k % 2] = add(sums[k % 2], added)
        term = following
    p, q = (s[0] + s[1] for s in sums)
    turn = np.pi * np.fmod(order / 2 + 0.25, 2)
    cosine = np.cos(x) * np.cos(turn) + np.sin(x) * np.sin(turn)
    sine = np.sin(x) * np.cos(turn) - np.cos(x) * np.sin(turn)
    scale = np.sqrt(2 / (np.pi * x))
    return scale * (p * cosine - q * sine), scale * (p * sine + q * cosine)


_NEGLIGIBLE = 1e-30


@protocol
@quiet
def yv(n: Array, x: Array) -> Array:
    """Y of order n for x > 0: SciPy's, that of a negative order by reflection."""
    from scipy import special

    order, at = np.broadcast_arrays(np.asarray(n, dtype=float), np.asarray(x, dtype=float))
    _within("yv", order)
    size = np.abs(order)
    out = np.array(special.yv(size, at))
    small = (size < 3) & (size != np.floor(size)) & (at > 1e-4) & (at < 4)
    out[small] = in_blocks(_y_sum, size[small], at[small])
    close = (at > 0) & (at < LEAST)
    out[close] = y_near_zero(size[close], at[close])
    if np.any(order < 0):
        turn = np.pi * np.mod(size, 2)
        cosine = np.where(size == np.floor(size), 1 - 2 * np.mod(size, 2), np.cos(turn))
        cosine = np.where(np.mod(size, 1) == 0.5, 0.0, cosine)
        sine = np.where(size == np.floor(size), 0.0, np.sin(turn))
        reflected = np.where(sine == 0, 0.0, sine * jv(size, np.where(at > 0, at, np.nan)))
        reflected = reflected + np.where(cosine == 0, 0.0, cosine * out)
        out = np.where((order < 0) & (at > 0), reflected, out)
    return in_type_of(x, out[()])


def _y_sum(order: Array, x: Array) -> Array:
    """Y by the integral of exp(i*x*cosh(t) - order*t) along t = u + i*pi/2*tanh(u), by the trapezoidal rule.

    On this path the integrand falls off as exp(-x*sinh(abs(u))).
    """
    u = np.arange(-14 * 16, 14 * 16 + 1) / 16
    slope = 1 + 0.5j * np.pi * (1 - np.tanh(u) ** 2)
    t = u + 0.5j * np.pi * np.tanh(u)
    exponent = 1j * x[:, np.newaxis] * np.cosh(t) - order[:, np.newaxis] * t
    return ((np.exp(exponent) @ slope) / 16 * np.exp(-0.5j * np.pi * order) / (1j * np.pi)).imag


@protocol
@quiet
def kv(n: Array, x: Array) -> Array:
    """K of order n for x > 0: SciPy's, around x = 2 by the integral of exp(-x*cosh(t))*cosh(n*t), far out scaled."""
    return _k("kv", n, x)


def _k(name: str, n: Array, x: Array) -> Array:
    from scipy import special

    order, at = np.broadcast_arrays(np.asarray(n, dtype=float), np.asarray(x, dtype=float))
    _within(name, order)
    order = np.abs(order)
    out = np.array(special.kv(order, at))
    middle = (at > 0.05) & (at < 4) & (order < np.where(at < 0.5, 3, 12))
    out[middle] = in_blocks(k_sum, order[middle], at[middle])
    far, close = at > _FAR, (at > 0) & (at < LEAST)
    out[far] = kv_far(order[far], at[far])
    out[close] = k_near_zero(order[close], at[close])
    return in_type_of(x, out[()])


_FAR = 600.0
"""Beyond it K by its scaled function: SciPy's own loses digits from 690 on, and is 0 from 698 on."""


def k_sum(order: Array, x: Array) -> Array:
    """K by the trapezoidal rule: its steps of 1/8 up to 8 are right to exp(-45), and it adds up positive numbers."""
    t = np.arange(65) / 8
    weights = np.where(t == 0, 0.5, 1.0) / 8
    return (np.exp(-x[..., np.newaxis] * np.cosh(t)) * np.cosh(order[..., np.newaxis] * t)) @ weights


@protocol
@quiet
def kn(n: Array, x: Array) -> Array:
    """K of a whole order."""
    order = np.asarray(n, dtype=float)
    whole("kn", order)
    return _k("kn", order, x)


_STRUVE = 36.0


@protocol
@quiet
def struve(v: Array, x: Array) -> Array:
    """Struve's function of order v for x >= 0: by power series up to 36, beyond by SciPy's asymptotic series."""
    from scipy import special

    order, at = np.broadcast_arrays(np.asarray(v, dtype=float), np.asarray(x, dtype=float))
    require("struve", ~((order < -8) | (order > 12)), "for orders from 0 to 10")
    require("struve", ~((at < 0) | (at > 1e4)), "for 0 <= x <= 10000")
    out = np.array(special.struve(order, at))
    pole = (order + 1.5 <= 0) & (order + 1.5 == np.floor(order + 1.5))
    near = (at > 0) & (at <= _STRUVE) & ~pole
    out[near] = in_blocks(_struve_near, order[near], at[near])
    return in_type_of(x, out[()])


def _struve_near(order: Array, x: Array) -> Array:
    half = x / 2
    s, rest = total(order, 1.5)
    factor = half ** (order + 1) * reciprocal_gamma(s, rest) * _TWO_OVER_ROOT_PI
    # (3/2)_k and (order + 3/2)_k
    return factor * power_series(total(order, 0.5), pair(np.ones_like(x)), half, 1.5)


_TWO_OVER_ROOT_PI = 1.1283791670955126
