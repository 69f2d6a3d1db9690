"""Functions of numbers so near 0 that SciPy's are infinite, zero or NaN: there the first terms of their series are all.

Sources: NIST Digital Library of Mathematical Functions, 5.7.1 (gamma), 10.25.2 and 10.30 (modified Bessel functions).
"""

from __future__ import annotations

import numpy as np

from gradcli.ops.functions.protocol import Array, protocol, quiet

__all__ = ["LEAST", "TINY", "i_near_zero", "j1", "k_near_zero", "lgamma", "loggamma", "y_near_zero"]

TINY = 1e-8
"""Below it the square of a number is nothing beside 1."""

LEAST = 1e-300
"""Below it SciPy's functions that have a pole at 0 overflow: the inverse of some numbers does."""

_EULER = 0.5772156649015329


@protocol
@quiet
def lgamma(x: Array) -> Array:
    """SciPy's gammaln, near 0 the logarithm of 1/abs(x)."""
    from scipy import special

    return _inverse_near_zero(special.gammaln(x), x)


@protocol
@quiet
def loggamma(x: Array) -> Array:
    """SciPy's loggamma, near 0 the logarithm of 1/x."""
    from scipy import special

    return _inverse_near_zero(special.loggamma(x), np.where(x < 0, np.nan, x))


def _inverse_near_zero(value: Array, x: Array) -> Array:
    near = (np.abs(x) < LEAST) & (x != 0)
    return np.where(near, -np.log(np.abs(x)), value).astype(value.dtype)[()] if np.any(near) else value


@protocol
@quiet
def j1(x: Array) -> Array:
    """SciPy's j1, near 0 half of x."""
    from scipy import special

    value = special.j1(x)
    return np.where(np.abs(x) < TINY, x / 2, value).astype(value.dtype)[()]


def i_near_zero(n: Array, x: Array) -> Array:
    """I of real order near 0: (x/2)**n/gamma(n + 1); of a whole order that of its size."""
    from scipy import special

    order: Array = np.where(n == np.floor(n), np.abs(n), n)
    return np.power(x, order) * np.power(0.5, order) * special.rgamma(order + 1)  # half of the least number is 0


def k_near_zero(n: Array, x: Array) -> Array:
    """K of orders from 0 on near 0: (gamma(n)*(x/2)**-n + gamma(-n)*(x/2)**n)/2.

    Of small orders, where these cancel, gamma(1 + n) is exp(e + s) and gamma(1 - n) is exp(e - s), and K is
    exp(e)*sinh(s - n*log(x/2))/n; at 0 that is -log(x/2) less Euler's constant.
    """
    small = n < _SMALL_ORDER
    order, even, grown = _of_small_orders(n, x)
    near = np.exp(even) * np.sinh(grown) / order
    return np.where(n == 0, -_log_of_half(x) - _EULER, np.where(small, near, _pole(n, x) / 2))


def y_near_zero(n: Array, x: Array) -> Array:
    """Y of orders from 0 on near 0: -gamma(n)*(x/2)**-n/pi, of small orders with the second term."""
    small = n < _SMALL_ORDER
    order, even, grown = _of_small_orders(n, x)
    second = 2 * np.sin(np.pi * order / 2) ** 2 * np.exp(-grown)
    near = -np.exp(-even) * (2 * np.sinh(grown) + second) / np.sin(np.pi * order)
    first = 2 / np.pi * (_log_of_half(x) + _EULER)
    return np.where(n == 0, first, np.where(small, near, -_pole(n, x) / np.pi))


def _log_of_half(x: Array) -> Array:
    return np.log(x) - np.log(2.0)


def _pole(n: Array, x: Array) -> Array:
    """gamma(n)*(x/2)**-n, of orders from 1/20 on."""
    from scipy import special

    order = np.where(n < _SMALL_ORDER, 1.0, n)
    return special.gamma(order) * np.power(x, -order) * np.power(2.0, order)


def _of_small_orders(n: Array, x: Array) -> tuple[Array, Array, Array]:
    """The order, e, and s - n*log(x/2); of others those of an order that is small."""
    from scipy import special

    order = np.where((n < _SMALL_ORDER) & (n > 0), n, _SMALL_ORDER)
    even, odd = np.zeros_like(order), -_EULER * order
    for k in range(2, 12):
        term = special.zeta(k) / k * order**k
        if k % 2:
            odd = odd - term
        else:
            even = even + term
    return order, even, odd - order * _log_of_half(x)


_SMALL_ORDER = 0.05
"""From this order on the second term is nothing beside the first, where x is below 1e-300."""
