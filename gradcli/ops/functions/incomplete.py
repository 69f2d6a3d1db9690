"""The densities of the gamma and the beta distribution, which are the slopes of the incomplete functions.

Powers and exponentials of large numbers would lose digits; where a parameter is large, the densities are written by
deviances and Stirling's remainders.
Source: C. Loader, Fast and accurate computation of binomial probabilities, 2000.
"""

from __future__ import annotations

import numpy as np

from gradcli.ops.functions.numeric import beta
from gradcli.ops.functions.protocol import Array, in_type_of, protocol, quiet
from gradcli.ops.functions.reach import require

__all__ = ["beta_density", "betainc", "gamma_density", "gammainc", "gammaincc"]

_LARGEST = 1000.0

_PLAIN = 20.0
"""Up to here by powers and exponentials, which are right to a few units in the last place."""


@protocol
@quiet
def gammainc(a: Array, x: Array) -> Array:
    """The regularized lower incomplete gamma function."""
    from scipy import special

    require("gammainc", _not_above(a, x) & (np.asarray(a) != 0), f"for 0 < a <= {_LARGEST:g} and x <= {_LARGEST:g}")
    return special.gammainc(a, x)


@protocol
@quiet
def gammaincc(a: Array, x: Array) -> Array:
    """The regularized upper incomplete gamma function."""
    from scipy import special

    require("gammaincc", _not_above(a, x) & (np.asarray(a) != 0), f"for 0 < a <= {_LARGEST:g} and x <= {_LARGEST:g}")
    return special.gammaincc(a, x)


def _not_above(*arrays: Array) -> Array:
    far = [np.isfinite(a) & (np.asarray(a) > _LARGEST) for a in arrays]
    return ~np.logical_or.reduce(np.broadcast_arrays(*far))


@protocol
@quiet
def betainc(a: Array, b: Array, x: Array) -> Array:
    """The regularized incomplete beta function."""
    from scipy import special

    require("betainc", _not_above(a, b), f"for a and b up to {_LARGEST:g}")
    return special.betainc(a, b, x)


@protocol
@quiet
def gamma_density(a: Array, x: Array) -> Array:
    """x**(a - 1)*exp(-x)/gamma(a), 0 for a = 0, where gammainc is 1."""
    from scipy import special

    shape, at = np.broadcast_arrays(np.asarray(a, dtype=float), np.asarray(x, dtype=float))
    require("gamma_density", _not_above(shape, at), f"for a and x up to {_LARGEST:g}")
    plain = at ** (shape - 1) * np.exp(-at) * special.rgamma(shape)
    # x**a*exp(-x)/gamma(a + 1) is the chance of a events where x are expected, the shape being a + 1
    chance = np.exp(-_deviance(shape, at)) / (_remainder(shape) * np.sqrt(2 * np.pi * shape))
    out = np.where((shape > _PLAIN) & (at != 0), chance * shape / at, plain)
    return in_type_of(x, np.where((at < 0) | (shape < 0), np.nan, np.where(shape == 0, 0.0, out))[()])


@protocol
@quiet
def beta_density(a: Array, b: Array, x: Array) -> Array:
    """x**(a - 1)*(1 - x)**(b - 1)/beta(a, b), 0 for a = 0 or b = 0, where betainc is a constant."""
    p, q, at = np.broadcast_arrays(*(np.asarray(v, dtype=float) for v in (a, b, x)))
    require("beta_density", _not_above(p, q), f"for a and b up to {_LARGEST:g}")
    plain = at ** (p - 1) * (1 - at) ** (q - 1) / beta(p, q)
    n = p + q
    spread = np.sqrt(p * q / (2 * np.pi * n))
    exponent = -_deviance(p, n * at) - _deviance(q, n * (1 - at))
    chance = spread * np.exp(exponent) * (_remainder(n) / (_remainder(p) * _remainder(q)))
    out = np.where((n > _PLAIN) & (at != 0) & (at != 1), chance / (at * (1 - at)), plain)
    known = (at >= 0) & (at <= 1) & (p >= 0) & (q >= 0)
    return in_type_of(x, np.where(known, np.where((p == 0) | (q == 0), 0.0, out), np.nan)[()])


def _remainder(x: Array) -> Array:
    """gamma(x + 1)/(sqrt(2*pi*x)*x**x*exp(-x)), for x > 20 by Stirling's series."""
    from scipy import special

    small = np.minimum(x, _PLAIN)
    plain = special.gamma(small + 1) * np.exp(small) / (np.sqrt(2 * np.pi) * small ** (small + 0.5))
    square = np.maximum(x, _PLAIN) ** 2
    tail = 1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square
    return np.where(x > _PLAIN, np.exp(tail / np.sqrt(square)), plain)


def _deviance(x: Array, mean: Array) -> Array:
    """x*log(x/mean) + mean - x, near x = mean by its power series, where it would cancel."""
    ratio = (x - mean) / (x + mean)
    near = np.abs(ratio) < _NEAR
    square = np.where(near, ratio, 0.0) ** 2
    tail = np.zeros_like(square)
    for k in range(_TERMS, 0, -1):
        tail = square * (1 / (2 * k + 1) + tail)
    series = (x - mean) * ratio + 2 * x * ratio * tail
    return np.where(near, series, x * np.log(x / mean) + mean - x)


_NEAR, _TERMS = 0.2, 12
"""0.2**(2*12) is 2e-17."""
