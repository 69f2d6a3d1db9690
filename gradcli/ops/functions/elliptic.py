"""Derivatives of the elliptic integrals by their parameter m, as integrals of positive functions.

The n-th derivative of F(phi | m) is (1/2)_n times the integral of sin**(2*n)/(1 - m*sin**2)**(n + 1/2) from 0 to phi,
that of E(phi | m) is (-1/2)_n times the one of sin**(2*n)/(1 - m*sin**2)**(n - 1/2). With tan(theta) = sinh(u), or
sqrt(1 - m)*tan(theta) = sinh(u) for m < 0, the integrand has no singularity nearer to the real line than pi/2, and
Gauss's quadrature of so many intervals is right to the last digits however near m is to 1. The formulas in terms of E
and F would cancel near m = 0.

Source: NIST Digital Library of Mathematical Functions, 19.2.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from gradcli.ops.functions.bessel import in_blocks
from gradcli.ops.functions.protocol import Array, in_type_of, protocol, quiet
from gradcli.ops.functions.reach import require, whole

__all__ = ["dellipe", "dellipeinc", "dellipk", "dellipkinc", "ellipe", "ellipeinc", "ellipk", "ellipkinc"]

_PI_REST = 1.2246467991473532e-16
"""pi less its float64."""


@protocol
@quiet
def ellipk(m: Array) -> Array:
    """The complete integral of the first kind."""
    from scipy import special

    _reachable("ellipk", np.asarray(m))
    return special.ellipk(m)


@protocol
@quiet
def ellipe(m: Array) -> Array:
    """The complete integral of the second kind."""
    from scipy import special

    _reachable("ellipe", np.asarray(m))
    return special.ellipe(m)


@protocol
@quiet
def ellipkinc(phi: Array, m: Array) -> Array:
    """The incomplete integral of the first kind."""
    from scipy import special

    _reachable("ellipkinc", np.asarray(m), np.asarray(phi))
    return special.ellipkinc(phi, m)


@protocol
@quiet
def ellipeinc(phi: Array, m: Array) -> Array:
    """The incomplete integral of the second kind."""
    from scipy import special

    _reachable("ellipeinc", np.asarray(m), np.asarray(phi))
    return special.ellipeinc(phi, m)


@protocol
@quiet
def dellipk(n: Array, m: Array) -> Array:
    """The n-th derivative of ellipk."""
    from scipy import special

    return _complete("dellipk", special.ellipk, 0.5, n, m)


@protocol
@quiet
def dellipe(n: Array, m: Array) -> Array:
    """The n-th derivative of ellipe."""
    from scipy import special

    return _complete("dellipe", special.ellipe, -0.5, n, m)


@protocol
@quiet
def dellipkinc(n: Array, phi: Array, m: Array) -> Array:
    """The n-th derivative of ellipkinc(phi, m) by m."""
    from scipy import special

    return _incomplete("dellipkinc", special.ellipkinc, 0.5, n, phi, m)


@protocol
@quiet
def dellipeinc(n: Array, phi: Array, m: Array) -> Array:
    """The n-th derivative of ellipeinc(phi, m) by m."""
    from scipy import special

    return _incomplete("dellipeinc", special.ellipeinc, -0.5, n, phi, m)


def _complete(name: str, value: np.ufunc, power: float, n: Array, m: Array) -> Array:
    order, modulus = np.broadcast_arrays(np.asarray(n, dtype=float), np.asarray(m, dtype=float))
    _reachable_order(name, order)
    _reachable(name, modulus)
    out = np.array(value(modulus))
    chosen = (order > 0) & (modulus < 1) & np.isfinite(modulus)
    out[chosen] = in_blocks(lambda k, p: _whole_integral(power, k, p), order[chosen], modulus[chosen])
    return in_type_of(m, np.where((order > 0) & ~chosen, np.nan, out)[()])


def _incomplete(name: str, value: np.ufunc, power: float, n: Array, phi: Array, m: Array) -> Array:
    arrays = (np.asarray(n, dtype=float), np.asarray(phi, dtype=float), np.asarray(m, dtype=float))
    order, angle, modulus = np.broadcast_arrays(*arrays)
    _reachable_order(name, order)
    _reachable(name, modulus, angle)
    out = np.array(value(angle, modulus))
    chosen = (order > 0) & (modulus < 1) & np.isfinite(modulus) & np.isfinite(angle)

    def integral(k: Array, at: Array, p: Array) -> Array:
        turns = np.rint(at / np.pi)
        rest = (at - turns * np.pi) - turns * _PI_REST
        part = _integral(power, k, p, _end(np.abs(np.tan(rest)), p), _PANELS)
        turned = np.where(turns == 0, 0.0, 2 * turns * _whole_integral(power, k, p))
        return np.copysign(part, rest) * _sign(power, k) + turned

    out[chosen] = in_blocks(integral, order[chosen], angle[chosen], modulus[chosen])
    return in_type_of(m, np.where((order > 0) & ~chosen, np.nan, out)[()])


_LARGEST_ANGLE = 100.0


def _reachable(name: str, modulus: Array, angle: Array | None = None) -> None:
    require(name, ~(modulus < _SMALLEST), f"for m >= {_SMALLEST:g}")
    if angle is not None:
        require(name, ~(np.abs(angle) > _LARGEST_ANGLE), f"for angles up to {_LARGEST_ANGLE:g}")


def _reachable_order(name: str, order: Array) -> None:
    whole(name, order)
    require(name, ~(order > _HIGHEST), f"for n <= {_HIGHEST}")


_HIGHEST = 160
"""The order up to which derivatives are computed: beyond, gamma(n + 1/2) soon overflows."""

_SMALLEST = -1000.0


def _sign(power: float, n: Array) -> Array:
    """(1/2)_n or (-1/2)_n, the factor of the integral's absolute value."""
    from scipy import special

    return special.poch(power, n)


def _end(slope: Array, m: Array) -> Array:
    """The upper limit in terms of u, of the tangent of the angle."""
    return np.arcsinh(np.where(m < 0, np.sqrt(1 - m), 1.0) * slope)


def _whole_integral(power: float, n: Array, m: Array) -> Array:
    """From 0 to pi/2: u goes to infinity, where the integrand falls off as exp(-u)."""
    return _sign(power, n) * _integral(power, n, m, 42 - np.minimum(np.log1p(-m), 0) / 2, 2 * _PANELS)


_PANELS, _NODES = 24, 16


def _integral(power: float, n: Array, m: Array, end: Array, panels: int) -> Array:
    nodes, weights = _gauss(panels)
    square = np.sinh(end[:, np.newaxis] * nodes) ** 2
    order, rest = n[:, np.newaxis], 1 - m[:, np.newaxis]
    if power > 0:
        above = (square / (1 + rest * square)) ** order / np.sqrt(1 + rest * square)
        below = (square / (1 + square) / rest) ** order / np.sqrt(rest + square)
    else:
        above = (square / (1 + rest * square)) ** order * np.sqrt(1 + rest * square) / (1 + square)
        below = (square / (1 + square) / rest) ** order * rest * (1 + square) / (rest + square) ** 1.5
    return end * (np.where(rest > 1, below, above) @ weights)


@cache
def _gauss(panels: int) -> tuple[Array, Array]:
    """The nodes and weights of so many equal intervals of 0 < t < 1."""
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    starts = np.arange(panels)[:, np.newaxis]
    return ((starts + (nodes + 1) / 2) / panels).ravel(), np.tile(weights / (2 * panels), panels)
