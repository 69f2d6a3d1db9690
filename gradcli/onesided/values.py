"""Values of functions at the constant terms of one-sided series, by mpmath, and to how many bits these are known."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from mpmath import mp

from gradcli.onesided.coefficients import Coefficient, as_mpf, magnitude
from gradcli.onesided.series import GUARD, Context
from gradcli.ops import Op

__all__ = ["known_absolutely", "numeric"]

_OF_AN_ORDER = frozenset(
    {"polygamma", "besselj", "besseli", "besselk", "bessely", "ddawsn", "dsinc", "dzeta", "struve"}
)

_ORDER = 200
"""The largest order of these: polygamma of it takes 0.14 s with 2,400 bits, of order 1,000 0.6 s."""

_LOWEST = -1000
"""Their smallest argument, and digamma's: polygamma of order 200 takes 0.03 s there with 320 bits, and 2 s at -100,000,
as mpmath shifts the argument step by step."""

_LARGEST = 1_000_000
"""Their largest argument: up to it the Bessel functions take 0.02 s at most with 2,400 bits."""


def numeric(op: Op, point: list[Coefficient]) -> Coefficient | str:
    """A function's value at a point, or what is wrong with it.

    The function is mpmath's of the counterpart's name.
    """
    if (op.sympy in _ROOTS or op.sympy in _ONES) and all(a == 0 for a in point):
        return Fraction(0) if op.sympy in _ROOTS else Fraction(1)
    function: Any = _OWN.get(op.sympy) or getattr(mp, op.sympy, None)
    if function is None or not _within_reach(op.sympy, point):
        return "unknown"
    try:
        with mp.workprec(mp.prec + max(map(_beyond, point), default=0)):
            value = function(*map(as_mpf, point))
    # mpmath's ways to name a pole, and to say that it has no way to the value.
    except (ValueError, ZeroDivisionError, OverflowError, NotImplementedError, RecursionError, mp.NoConvergence):
        return "unknown"
    if isinstance(value, mp.mpc):
        if value.imag != 0:
            return "undefined"
        value = value.real
    return +value if mp.isfinite(value) else "unknown"


def known_absolutely(context: Context, number: Coefficient) -> bool:
    """Whether of a number enough bits behind the binary point are known for the sine of it to have some.

    Those of a rounded number end where its magnitude is that of the precision: sin, exp, gamma below 0 and many others
    of it would be those of another number. With more bits they may be known, hence the note that it is doubtful.
    """
    if isinstance(number, Fraction) or magnitude(number) <= context.prec - 2 * GUARD:
        return True
    context.doubtful = True
    return False


def _beyond(number: Coefficient) -> int:
    """Bits before the binary point of a rational number that is none of mpmath's, and would be rounded to one."""
    if not isinstance(number, Fraction):
        return 0
    top, bottom = number.numerator, number.denominator
    digits = top.bit_length() - (top & -top).bit_length() + 1
    if bottom & (bottom - 1) == 0 and digits <= mp.prec:
        return 0
    return max(0, magnitude(number))


_ROOTS = frozenset({"sin", "tan", "asin", "atan", "sinh", "tanh", "asinh", "atanh", "erf", "erfinv"})
"""Functions that are exactly 0 at 0, as a Fraction."""

_ONES = frozenset({"cos", "cosh", "erfc", "sech"})
"""Functions that are exactly 1 there."""


def _dsinc(n: Coefficient, x: Coefficient) -> Coefficient:
    """The n-th derivative of sin(pi*x)/(pi*x): d[k] = (pi**(k - 1)*sin(pi*x + k*pi/2) - k*d[k - 1])/x."""
    order = int(n)
    if x == 0:
        return mp.zero if order % 2 else (-1) ** (order // 2) * mp.pi**order / (order + 1)
    with mp.workprec(mp.prec + (order + 1) * max(8, 8 - mp.mag(x))):
        out = mp.sincpi(x)
        for k in range(1, order + 1):
            out = (mp.pi ** (k - 1) * mp.sin(mp.pi * x + k * mp.pi / 2) - k * out) / x
    return +out


def _within_reach(name: str, point: list[Coefficient]) -> bool:
    """Whether mpmath computes a function in bearable time."""
    if name == "digamma":
        return bool(point[0] > _LOWEST)
    return name not in _OF_AN_ORDER or bool(abs(point[0]) <= _ORDER and _LOWEST < point[1] < _LARGEST)


def _bessel(function: Callable[..., Any], sign: int) -> Callable[[Coefficient, Coefficient], Coefficient]:
    """With an order that is an int where it is whole, and not negative: mpmath then knows that the value is real."""

    def value(order: Coefficient, x: Coefficient) -> Coefficient:
        if order != int(order):
            return function(order, x)
        return function(abs(int(order)), x) * (sign ** abs(int(order)) if order < 0 else 1)

    return value


def _regularized(function: Callable[..., Any]) -> Callable[..., Any]:
    # Below 0 the table has no value; there mpmath's function of an integral's two ends goes round in circles.
    return lambda a, x: function(a, x) / mp.gamma(a) if x >= 0 else mp.nan


def _fresnel(function: Callable[..., Any]) -> Callable[[Coefficient], Coefficient]:
    # Within 1/(pi*x) of 1/2 (Digital Library of Mathematical Functions, 7.5.3, 7.5.4 and 7.12.2), where mpmath takes
    # the longer the larger x is.
    return lambda x: mp.sign(x) / 2 if mp.mag(x) > mp.prec else function(x)


def _ddawsn(n: Coefficient, x: Coefficient) -> Coefficient:
    """The n-th derivative of exp(-x**2)*erfi(x)*sqrt(pi)/2."""
    order = int(n)
    with mp.workprec(mp.prec + 60 + (order + 2) * (10 + 2 * max(0, mp.mag(x)))):
        before = mp.sqrt(mp.pi) / 2 * mp.exp(-(x**2)) * mp.erfi(x)
        out = 1 - 2 * x * before if order else before
        for k in range(1, order):
            before, out = out, -2 * x * out - 2 * k * before
    return +out


_OWN: dict[str, Callable[..., Any]] = {
    "Ci": mp.ci,
    "E1": mp.e1,
    "Ei": mp.ei,
    "Si": mp.si,
    "airyaiprime": lambda x: mp.airyai(x, derivative=1),
    "airybiprime": lambda x: mp.airybi(x, derivative=1),
    "betainc": lambda a, b, x: mp.betainc(a, b, 0, x, regularized=True) if 0 <= x <= 1 else mp.nan,
    "ddawsn": _ddawsn,
    "fresnelc": _fresnel(mp.fresnelc),
    "fresnels": _fresnel(mp.fresnels),
    "dzeta": lambda n, s: mp.zeta(s, 1, int(n)),
    "gammainc": _regularized(lambda a, x: mp.gammainc(a, 0, x)),
    "gammaincc": _regularized(mp.gammainc),
    "struve": mp.struveh,
    "LambertW": mp.lambertw,
    "dsinc": _dsinc,
    "polygamma": lambda n, x: mp.psi(int(n), x),
    "besselj": _bessel(mp.besselj, -1),
    "besseli": _bessel(mp.besseli, 1),
}
"""What mpmath calls by another name than SymPy."""
