"""Taylor coefficients of the error function's, the gamma function's and Bessel's families.

Sources of the identities: NIST Digital Library of Mathematical Functions, 5.2 (digamma), 5.7, 7.2 (error functions),
7.17 (their inverse), 10.6.7 and 10.29.5 (derivatives of Bessel functions).
"""

from __future__ import annotations

import math

from flint import arb, arb_series

from gradcli.enclosures.functions.taylor import integrated, inverse, moving, own, padded
from gradcli.enclosures.numbers.entry import Taylor

__all__ = ["BESSEL", "SPECIAL", "bessel", "dsinc", "polygamma"]


def _erfcx(x: arb, n: int) -> list[arb]:
    """exp(x**2)*erfc(x)."""
    t = moving(x, n)
    return padded((t * t).exp() * t.erfc(), n) if n > 1 else [(x * x).exp() * x.erfc()]


def _ndtr(x: arb, n: int) -> list[arb]:
    """erfc(-x/sqrt(2))/2."""
    root = arb(2).sqrt()
    return padded((-moving(x, n) / root).erfc() / 2, n) if n > 1 else [(-x / root).erfc() / 2]


def _log_ndtr(x: arb, n: int) -> list[arb]:
    return padded(arb_series(_ndtr(x, n), prec=n).log(), n) if n > 1 else [_ndtr(x, 1)[0].log()]


def _erfinv(x: arb, n: int) -> list[arb]:
    """y' = sqrt(pi)/2 * exp(y**2); each step of the iteration gives one coefficient more."""
    found = [x.erfinv()]
    half_root = arb.const_sqrt_pi() / 2
    for k in range(1, n):
        slope = half_root * (arb_series(found, prec=k) ** 2).exp()
        found = integrated(found[0], slope, k + 1)
    return found


def _digamma(x: arb, n: int) -> list[arb]:
    """-(1/gamma)'/(1/gamma): the reciprocal gamma function is entire, so that x may be negative."""
    reciprocal = padded(moving(x, n + 1).rgamma(), n + 1)
    slope = arb_series([k * c for k, c in enumerate(reciprocal)][1:], prec=n)
    return padded(-(slope * inverse(arb_series(reciprocal[:n], prec=n), n)), n)


def _lgamma(x: arb, n: int) -> list[arb]:
    """log(abs(gamma(x)))."""
    if x > 0:
        return padded(moving(x, n).lgamma(), n) if n > 1 else [x.lgamma()]
    value = -abs(x.rgamma()).log()
    return integrated(value, arb_series(_digamma(x, n - 1), prec=n - 1) if n > 1 else None, n)


def _loggamma(x: arb, n: int) -> list[arb]:
    """The real logarithm: none for x < 0."""
    return padded(moving(x, n).lgamma(), n) if n > 1 else [x.lgamma()]


def polygamma(order: int) -> Taylor:
    """The derivative of digamma of this order."""

    def taylor(x: arb, n: int) -> list[arb]:
        coefficients = _digamma(x, order + n)
        return [coefficients[order + k] * (math.factorial(order + k) // math.factorial(k)) for k in range(n)]

    return taylor


def dsinc(order: int) -> Taylor:
    """The derivative of sin(pi*x)/(pi*x) of this order.

    At 0 the power series is that of the even function, elsewhere that of the quotient.
    """

    def taylor(x: arb, n: int) -> list[arb]:
        total = order + n
        if x.is_zero():
            # sin(pi*t) = t*(...): a shift of its coefficients divides by t
            sine = padded(moving(x, total + 1).sin_pi(), total + 1)
            coefficients = [c / arb.pi() for c in sine[1:]]
        else:
            t = moving(x, total)
            coefficients = padded(t.sin_pi() * inverse(arb.pi() * t, total), total) if total > 1 else [x.sinc_pi()]
        return [coefficients[order + k] * (math.factorial(order + k) // math.factorial(k)) for k in range(n)]

    return taylor


def bessel(kind: str, order: arb) -> Taylor:
    """J (kind "j") or I (kind "i") of a fixed order.

    The k-th derivative is 2**-k times the sum over i of (-1)**i * binomial(k, i) * J[order - k + 2*i], for I without
    the sign.
    """
    sign = -1 if kind == "j" else 1

    def at(x: arb, of: arb) -> arb:
        return x.bessel_j(of) if kind == "j" else x.bessel_i(of)

    def taylor(x: arb, n: int) -> list[arb]:
        found = []
        for k in range(n):
            parts = [sign**i * math.comb(k, i) * at(x, order - k + 2 * i) for i in range(k + 1)]
            found.append(sum(parts, arb(0)) / (2**k * math.factorial(k)))
        return found

    return taylor


SPECIAL: dict[str, Taylor] = {
    "digamma": _digamma,
    "erf": own("erf"),
    "erfc": own("erfc"),
    "erfcx": _erfcx,
    "erfinv": _erfinv,
    "gamma": own("gamma"),
    "lgamma": _lgamma,
    "log_ndtr": _log_ndtr,
    "loggamma": _loggamma,
    "ndtr": _ndtr,
    "sinc": dsinc(0),
}
"""By the names of the table."""

BESSEL: dict[str, Taylor] = {
    name: bessel(kind, arb(order))
    for name, kind, order in (("i0", "i", 0), ("i1", "i", 1), ("j0", "j", 0), ("j1", "j", 1))
}
