"""Values of higher functions and of their derivatives, by integrals and series that mpmath computes.

Sources: NIST Digital Library of Mathematical Functions, 7.2.5 (Dawson), 11.4.27 (Struve), 15.5.1 (hypergeometric),
16.5 (cardinal sine), 19.2 (elliptic), 25.2.1 (zeta).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from mpmath import mp

from gradcli.symbolic.numbers.errors import Inexpressible

if TYPE_CHECKING:
    from gradcli.symbolic.numbers.level_protocol import Value

__all__ = ["HIGHER", "elliptic"]


def _finite(function: Callable[..., Value]) -> Callable[[Sequence[Value]], Value]:
    """A function of finite arguments, and what it is elsewhere."""

    def value(values: Sequence[Value]) -> Value:
        if not all(mp.isfinite(v) for v in values):
            return mp.nan
        try:
            found = function(*values)
        except (ValueError, ZeroDivisionError, OverflowError):  # mpmath's ways to name a pole
            return mp.inf
        if isinstance(found, mp.mpc):
            return found.real if found.imag == 0 else None
        return found

    return value


def _whole(order: Value, name: str) -> int:
    if not mp.isint(order) or order < 0:
        raise Inexpressible(f"{name} has no order {mp.nstr(order, 6)}")
    return int(order)


def _dawson(order: Value, x: Value) -> Value:
    """The n-th derivative of Dawson's integral F: F' = 1 - 2*x*F, differentiated."""
    n = _whole(order, "ddawsn")
    with mp.workprec(mp.prec + 60 + (n + 2) * (10 + 2 * max(0, mp.mag(x)))):
        before = mp.sqrt(mp.pi) / 2 * mp.exp(-(x**2)) * mp.erfi(x)
        if n == 0:
            return before
        out = 1 - 2 * x * before
        for k in range(1, n):
            before, out = out, -2 * x * out - 2 * k * before
    return out


def _zeta(order: Value, s: Value) -> Value:
    """The n-th derivative of zeta."""
    n = _whole(order, "dzeta")
    return None if s < 1 else mp.inf if s == 1 else mp.zeta(s, 1, n)


def _sinc(values: Sequence[Value]) -> Value:
    """The n-th derivative of the cardinal sine, real for every real x.

    It is the integral of (pi*t)**n * cos(pi*x*t + n*pi/2) over 0 < t < 1, a hypergeometric function.

    Raises:
        Inexpressible: for an order that is no whole number.
    """
    order, x = values
    n = _whole(order, "dsinc")
    if not mp.isfinite(x):
        return mp.nan if mp.isnan(x) else mp.zero
    if n == 0:
        return mp.sincpi(x)  # which knows that it is 0 at the whole numbers
    angle = mp.pi * x
    if n % 2 == 0:
        integral = mp.hyp1f2((n + 1) / mp.mpf(2), 0.5, (n + 3) / mp.mpf(2), -(angle**2) / 4) / (n + 1)
        return (-1) ** (n // 2) * mp.pi**n * integral
    integral = angle * mp.hyp1f2((n + 2) / mp.mpf(2), 1.5, (n + 4) / mp.mpf(2), -(angle**2) / 4) / (n + 2)
    return (-1) ** ((n + 1) // 2) * mp.pi**n * integral


def elliptic(power: tuple[int, int], values: Sequence[Value]) -> Value:
    """The n-th derivative by m of an incomplete elliptic integral, for m < 1.

    Args:
        power: of what the integrand divides by, a fraction: 1/2 for the first kind, -1/2 for the second.
        values: n, phi and m.
    """
    if not all(mp.isfinite(v) for v in values):
        return mp.nan
    order, phi, m = values
    n, exponent = _whole(order, "an elliptic integral's derivative"), mp.mpf(power[0]) / power[1]
    if m >= 1:
        raise Inexpressible("elliptic integrals are computed for m < 1")
    if n == 0:
        return mp.re((mp.ellipf if exponent > 0 else mp.ellipe)(phi, m))
    turns = mp.nint(phi / mp.pi)
    whole = mp.rf(exponent, n) * turns * mp.pi * mp.rf(mp.mpf(1) / 2, n) / mp.factorial(n)
    whole *= mp.hyp2f1(n + exponent, n + mp.mpf(1) / 2, n + 1, m) if turns else 0
    rest, half = phi - turns * mp.pi, mp.mpf(1) / 2
    if rest == 0:
        return whole
    s = mp.sin(rest)
    part = mp.rf(exponent, n) * s ** (2 * n + 1) / (2 * n + 1)
    return whole + part * mp.appellf1(n + half, half, n + exponent, n + 3 * half, s**2, m * s**2)


HIGHER: dict[str, Callable[[Sequence[Any]], Any]] = {
    "ddawsn": _finite(_dawson),
    "dellipeinc": lambda values: elliptic((-1, 2), values),
    "dellipkinc": lambda values: elliptic((1, 2), values),
    "dsinc": _sinc,
    "dzeta": _finite(_zeta),
    "hyp2f1": _finite(mp.hyp2f1),
    "struve": _finite(mp.struveh),
}
"""By their names in the language: each takes the values of its arguments, none of which is None."""
