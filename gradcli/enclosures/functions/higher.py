"""Taylor coefficients of Bessel's, the incomplete, the elliptic and other higher functions.

The first arguments of most are parameters: a family gives for fixed ones the function of the last argument. Values are
FLINT's. The slopes are those of the defining integrals, or each coefficient is again a function that FLINT has:
NIST Digital Library of Mathematical Functions, 10.6.7 and 10.29.5 (Bessel), 11.2.1 (Struve), 15.5.2 (hypergeometric),
19.5.1 (elliptic integrals).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from flint import acb, arb, arb_series

from gradcli.enclosures.functions.taylor import integrated, inverse, moving, own, padded
from gradcli.enclosures.numbers.entry import Taylor

__all__ = [
    "DERIVATIVES",
    "FAMILIES",
    "HIGHER",
    "elliptic_integrand",
    "incomplete_elliptic",
    "incomplete_elliptic_along",
]


def _shifted(taylor: Taylor) -> Callable[[int], Taylor]:
    """The derivatives of a function, by their order."""

    def family(order: int) -> Taylor:
        def derivative(x: arb, n: int) -> list[arb]:
            found = taylor(x, order + n)
            return [found[order + k] * (math.factorial(order + k) // math.factorial(k)) for k in range(n)]

        return derivative

    return family


def _expi(x: arb, n: int) -> list[arb]:
    t = moving(x, n)
    return integrated(x.ei(), t.exp() * inverse(t, n) if n > 1 else None, n)


def _exp1(x: arb, n: int) -> list[arb]:
    t = moving(x, n)
    return integrated(x.expint(arb(1)), -((-t).exp() * inverse(t, n)) if n > 1 else None, n)


def _dawsn(x: arb, n: int) -> list[arb]:
    half_root = arb.const_sqrt_pi() / 2
    if n == 1:
        return [(-x * x).exp() * x.erfi() * half_root]
    t = moving(x, n)
    return padded((-(t * t)).exp() * t.erfi() * half_root, n)


def _airy(which: int, method: str) -> Taylor:
    def taylor(x: arb, n: int) -> list[arb]:
        return [x.airy()[which]] if n == 1 else padded(getattr(moving(x, n), method)(), n)

    return taylor


def _zeta(x: arb, n: int) -> list[arb]:
    if not x > 1:
        return [arb("nan")] * n
    return [x.zeta()] if n == 1 else padded(moving(x, n).zeta(), n)


def hypergeometric(a: arb, b: arb, c: arb) -> Taylor:
    """2F1(a, b; c; x), each coefficient being another one."""

    def taylor(x: arb, n: int) -> list[arb]:
        found, factor = [], arb(1)
        for k in range(n):
            found.append(factor * x.hypgeom_2f1(a + k, b + k, c + k))
            factor = factor * (a + k) * (b + k) / ((c + k) * (k + 1))
        return found

    return taylor


def _complete(sign: int) -> Taylor:
    """K(m), or E(m) for the sign -1."""
    half = arb(1) / 2
    series = hypergeometric(sign * half, half, arb(1))
    return lambda x, n: [arb.pi() / 2 * c for c in series(x, n)]


def _second_kind(method: str, sign: int, turn: int) -> Callable[[arb], Taylor]:
    """Y (sign -1, turn 1) or K (sign 1, turn -1) of a fixed order."""

    def family(order: arb) -> Taylor:
        def taylor(x: arb, n: int) -> list[arb]:
            found = []
            for k in range(n):
                parts = [sign**i * math.comb(k, i) * getattr(x, method)(order - k + 2 * i) for i in range(k + 1)]
                found.append(turn**k * sum(parts, arb(0)) / (2**k * math.factorial(k)))
            return found

        return taylor

    return family


def _power(t: arb_series, exponent: arb) -> arb_series:
    return (exponent * t.log()).exp()


def _struve(order: arb) -> Taylor:
    """(x/2)**(v + 1)/(gamma(3/2)*gamma(v + 3/2)) * 1F2(1; 3/2, v + 3/2; -x**2/4)."""
    three_halves = arb(3) / 2
    scale = three_halves.rgamma() * (order + three_halves).rgamma()

    def taylor(x: arb, n: int) -> list[arb]:
        z = -x * x / 4
        inner, factor = [], arb(1)
        for k in range(n):
            shifted: list[Any] = [three_halves + k, order + three_halves + k]
            inner.append(factor * z.hypgeom([arb(1 + k)], shifted))
            factor = factor / (shifted[0] * shifted[1])
        if n == 1:
            return [scale * (x / 2) ** (order + 1) * inner[0]]
        step = arb_series([arb(0), -x / 2, arb(-1) / 4], prec=n)
        outer = _power(moving(x, n) / 2, order + 1)
        return padded(scale * outer * arb_series(inner, prec=n)(step), n)

    return taylor


def _incomplete_gamma(upper: bool) -> Callable[[arb], Taylor]:
    def family(a: arb) -> Taylor:
        def taylor(x: arb, n: int) -> list[arb]:
            value = x.gamma_upper(a, 1) if upper else x.gamma_lower(a, 1)
            if n == 1:
                return [value]
            t = moving(x, n)
            slope = _power(t, a - 1) * (-t).exp() * a.rgamma()
            return integrated(value, -slope if upper else slope, n)

        return taylor

    return family


def _incomplete_beta(a: arb, b: arb) -> Taylor:
    def taylor(x: arb, n: int) -> list[arb]:
        value = x.beta_lower(a, b, 1)
        if n == 1:
            return [value]
        t = moving(x, n)
        scale = (a + b).gamma() * a.rgamma() * b.rgamma()
        return integrated(value, _power(t, a - 1) * _power(1 - t, b - 1) * scale, n)

    return taylor


_EVALUATIONS = 20_000
"""Of an integrand: where they do not do, the ball is wide."""


def incomplete_elliptic(sign: int, order: int) -> tuple[Callable[[arb], Taylor], Callable[[arb], Taylor]]:
    """The n-th derivative of F (sign 1) or E (sign -1) by m: as a function of phi, for fixed m, and of m."""
    start = sign * arb(1) / 2

    def value(phi: arb, m: arb, n: int) -> arb:
        """(1/2)_n or (-1/2)_n times the integral of sin**(2*n)*(1 - m*sin**2)**(-n - 1/2) from 0 to phi."""
        if n == 0:
            integral = acb.elliptic_f(acb(phi), acb(m)) if sign > 0 else acb.elliptic_e_inc(acb(phi), acb(m))
            return integral.real

        def integrand(x: acb, analytic: bool) -> acb:
            square = x.sin() ** 2
            base = 1 - m * square
            root = base.sqrt(analytic=analytic)
            return square**n * root / base**n if sign < 0 else square**n * root / base ** (n + 1)

        return acb.integral(integrand, acb(0), acb(phi), eval_limit=_EVALUATIONS).real * start.rising(arb(n))

    def of_angle(m: arb) -> Taylor:
        def taylor(x: arb, n: int) -> list[arb]:
            if n == 1:
                return [value(x, m, order)]
            square = moving(x, n).sin() ** 2
            base = 1 - m * square
            power = (-(start + order) * base.log()).exp()
            return integrated(value(x, m, order), start.rising(arb(order)) * square**order * power, n)

        return taylor

    def of_modulus(phi: arb) -> Taylor:
        return lambda x, n: [value(phi, x, order + k) / math.factorial(k) for k in range(n)]

    return of_angle, of_modulus


def incomplete_elliptic_along(sign: int, order: int, phi: arb_series, m: arb_series, length: int) -> list[arb]:
    """The first coefficients of the n-th derivative of F (sign 1) or E (sign -1) by m, where both arguments move.

    Its rate is the integrand times that of phi, plus the derivative of the next order times that of m; of the last
    order that is needed the value alone is, and so each is had from the next one.
    """
    found: arb_series | None = None
    for n in range(order + length - 1, order - 1, -1):
        size = order + length - n
        (value,) = incomplete_elliptic(sign, n)[0](m[0])(phi[0], 1)
        rate = None
        if found is not None:
            rate = _cut(
                _cut(elliptic_integrand(sign, n, phi, m), size - 1) * phi.derivative() + found * m.derivative(),
                size - 1,
            )
        found = arb_series(integrated(value, rate, size), prec=size)
    assert found is not None
    return padded(found, length)


def elliptic_integrand(sign: int, order: int, phi: arb_series, m: arb_series) -> arb_series:
    """The derivative by phi of what `incomplete_elliptic_along` expands."""
    start = sign * arb(1) / 2
    square = phi.sin() ** 2
    return start.rising(arb(order)) * square**order * (-(start + order) * (1 - m * square).log()).exp()


def _cut(series: arb_series, length: int) -> arb_series:
    return arb_series([series[k] for k in range(length)], prec=length)


HIGHER: dict[str, Taylor] = {
    "airy_ai": _airy(0, "airy_ai"),
    "airy_aip": _airy(1, "airy_ai_prime"),
    "airy_bi": _airy(2, "airy_bi"),
    "airy_bip": _airy(3, "airy_bi_prime"),
    "ci": own("ci"),
    "dawsn": _dawsn,
    "ellipe": _complete(-1),
    "ellipk": _complete(1),
    "exp1": _exp1,
    "expi": _expi,
    "fresnel_c": own("fresnel_c"),
    "fresnel_s": own("fresnel_s"),
    "lambertw": own("lambertw"),
    "si": own("si"),
    "zeta": _zeta,
}
"""By the names of the table."""

DERIVATIVES: dict[str, Callable[[int], Taylor]] = {
    "ddawsn": _shifted(_dawsn),
    "dellipe": _shifted(_complete(-1)),
    "dellipk": _shifted(_complete(1)),
    "dzeta": _shifted(_zeta),
}
"""The derivatives of some of them, by their order."""

FAMILIES: dict[str, Callable[..., Taylor]] = {
    "betainc": _incomplete_beta,
    "gammainc": _incomplete_gamma(upper=False),
    "gammaincc": _incomplete_gamma(upper=True),
    "hyp2f1": hypergeometric,
    "kn": _second_kind("bessel_k", 1, -1),
    "kv": _second_kind("bessel_k", 1, -1),
    "struve": _struve,
    "yv": _second_kind("bessel_y", -1, 1),
}
"""The function of the last argument, for fixed ones before it."""
