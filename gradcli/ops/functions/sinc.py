"""The cardinal sine sin(pi*x)/(pi*x) and its derivatives, with all their digits near 0 and at whole numbers."""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
from scipy.special import factorial

from gradcli.errors import DomainProblem
from gradcli.ops.functions.protocol import Array, in_type_of, protocol, quiet
from gradcli.ops.functions.reach import require

__all__ = ["dsinc", "sinc"]

_NODES = 40
"""So many nodes give derivatives up to the 30th, where the quadrature is used, right to 5e-14 of their largest value;
30 nodes do as well, 20 do not (measured against mpmath)."""

_HIGHEST = 160
"""Beyond, the quadrature has less than 13 digits, and pi**n soon overflows."""

_SMALL = 2.0
"""Up to this size of pi*x the power series is used: its terms are then at most twice as large as its largest value."""

_TERMS = 22
"""Terms of the series: the first that is left out is below 1e-40."""


@protocol
@quiet
def sinc(x: Array) -> Array:
    """sin(pi*x)/(pi*x), 1 at 0 and exactly 0 at the other whole numbers."""
    points = np.asarray(x, dtype=float)
    away = np.where(points == 0, 1.0, points)
    return in_type_of(x, np.where(points == 0, 1.0, _sine(away) / (np.pi * away))[()])


@protocol
@quiet
def dsinc(n: Array, x: Array) -> Array:
    """The n-th derivative of sinc, entry by entry after broadcasting.

    Where pi*|x| is at most 2 by the power series, where it is small against n by Gauss's quadrature of the integral of
    (pi*t)**n * cos(pi*x*t + n*pi/2) over 0 < t < 1, elsewhere by the recurrence that n-fold differentiation of
    x*sinc(x) gives.
    """
    order = np.asarray(n)
    if np.any(order < 0) or np.any(order != np.floor(order)):
        raise DomainProblem("the order n of dsinc must be a whole number >= 0")
    require("dsinc", ~(order > _HIGHEST), f"for n <= {_HIGHEST}")
    if not order.ndim:
        return in_type_of(x, _derivative(int(order), np.asarray(x, dtype=float))[()])
    order, points = np.broadcast_arrays(order, np.asarray(x, dtype=float))
    out = np.empty(points.shape)
    for k in np.unique(order):
        chosen = order == k
        out[chosen] = _derivative(int(k), points[chosen])
    return in_type_of(x, out[()])


def _derivative(n: int, x: Array) -> Array:
    """The n-th derivative at some points."""
    size = np.abs(x) * np.pi
    near = (size < n + 1) if n else x == 0
    small = near & (size <= _SMALL)
    between = near & ~small
    out = np.asarray(_by_recurrence(n, np.where(near, 1.0, x)))
    if between.any():
        out[between] = _by_quadrature(n, x[between])
    if small.any():
        out[small] = _by_series(n, x[small])
    return out


def _by_series(n: int, x: Array) -> Array:
    """The n-th derivative by the power series, the sum over k of (-1)**k * (pi*x)**(2*k - n)/((2*k + 1)*(2*k - n)!)."""
    return np.pi**n * np.polynomial.polynomial.polyval(x * x * np.pi**2, _factors(n)) * (np.pi * x) ** (n % 2) + 0.0


@lru_cache(maxsize=16)
def _factors(n: int) -> Array:
    powers = np.arange(n % 2, n % 2 + 2 * _TERMS, 2)
    k = (powers + n) // 2
    factors: Array = np.where(k % 2 == 0, 1.0, -1.0) / ((2 * k + 1) * factorial(powers))
    return factors


def _by_quadrature(n: int, x: Array) -> Array:
    """The n-th derivative by Gauss's quadrature."""
    nodes, weights = _gauss(_NODES)
    phase = np.pi * x[:, np.newaxis] * nodes
    wave = (np.cos, lambda u: -np.sin(u), lambda u: -np.cos(u), np.sin)[n % 4](phase)
    return np.pi**n * (wave @ (weights * nodes**n))


def _by_recurrence(n: int, x: Array) -> Array:
    """The n-th derivative by the recurrence, at points other than 0."""
    sine, cosine = _sine(x), _cosine(x)
    slopes = (sine, cosine, -sine, -cosine)
    out = sine / (np.pi * x)
    for k in range(1, n + 1):
        out = (np.pi ** (k - 1) * slopes[k % 4] - k * out) / x
    return out


def _sine(x: Array) -> Array:
    """sin(pi*x); whole half-turns are taken off exactly, before pi is rounded."""
    whole = np.rint(x)
    return _sign(whole) * np.sin(np.pi * (x - whole)) + 0.0


def _cosine(x: Array) -> Array:
    """cos(pi*x), likewise."""
    whole = np.rint(x)
    rest = x - whole
    return _sign(whole) * np.where(np.abs(rest) < 0.25, np.cos(np.pi * rest), np.sin(np.pi * (0.5 - np.abs(rest))))


def _sign(whole: Array) -> Array:
    """-1 after an odd number of half-turns."""
    return np.where(np.mod(whole, 2) == 0, 1.0, -1.0)


@cache
def _gauss(count: int) -> tuple[Array, Array]:
    """The nodes and weights of Gauss's quadrature over 0 < t < 1."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return (nodes + 1) / 2, weights / 2
