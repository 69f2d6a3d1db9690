"""Functions of one number that SciPy gives several at a time, or complex."""

from __future__ import annotations

import numpy as np

from gradcli.ops.functions.protocol import Array, in_type_of, protocol, quiet

__all__ = ["ci", "fresnel_c", "fresnel_s", "gammasgn", "lambertw", "ldexp", "si"]


@protocol
@quiet
def si(x: Array) -> Array:
    """The integral of sin(t)/t from 0 to x."""
    from scipy import special

    return special.sici(x)[0]


@protocol
@quiet
def ci(x: Array) -> Array:
    """The cosine integral, for x > 0; NaN for negative numbers, where SciPy gives the real part."""
    from scipy import special

    return special.sici(np.where(np.asarray(x) < 0, np.asarray(np.nan, dtype=np.result_type(x)), x))[1]


def _squarable(x: Array) -> Array:
    """Numbers with what is beyond 1e100 replaced by that: SciPy squares them, and both integrals are 1/2 there."""
    return np.clip(x, -1e100, 1e100)


@protocol
@quiet
def fresnel_s(x: Array) -> Array:
    """The integral of sin(pi*t**2/2) from 0 to x."""
    from scipy import special

    return in_type_of(x, special.fresnel(_squarable(x))[0])


@protocol
@quiet
def fresnel_c(x: Array) -> Array:
    """The integral of cos(pi*t**2/2) from 0 to x."""
    from scipy import special

    return in_type_of(x, special.fresnel(_squarable(x))[1])


@protocol
@quiet
def lambertw(x: Array) -> Array:
    """The principal branch, real for x >= -1/e."""
    from scipy import special

    found = special.lambertw(np.asarray(x, dtype=float))
    return in_type_of(x, np.where(found.imag == 0, found.real, np.nan)[()])


@protocol
@quiet
def gammasgn(x: Array) -> Array:
    """The sign of gamma; NaN at its poles and at infinities."""
    at = np.asarray(x, dtype=float)
    sign = np.where(np.mod(np.floor(at), 2) == 0, 1.0, -1.0)
    out = np.where(at > 0, 1.0, np.where((at == np.floor(at)) | ~np.isfinite(at), np.nan, sign))
    return in_type_of(x, out[()])


@protocol
@quiet
def ldexp(x: Array, n: Array) -> Array:
    """x*2**n for a whole number n."""
    from gradcli.errors import DomainProblem

    exponent = np.asarray(n, dtype=float)
    if np.any(exponent != np.rint(exponent)):
        raise DomainProblem("the exponent n of ldexp must be a whole number", hint="write x*2**n for any other")
    number = x if getattr(x, "dtype", None) in (np.float32, np.float64) else np.float64(x)
    return np.ldexp(number, np.clip(exponent, -5000, 5000).astype(int))
