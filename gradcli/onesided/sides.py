"""From one-sided series to numbers: derivatives from one side, and whether two sides fit together.

The derivative of order n from one side is n! times the coefficient of t**n, if the terms before it are those of a
polynomial. The first that is not, t**q*log(t)**k, makes it infinite: of t**1.5 the second derivative, of t*log(t) the
first. Where the value itself grows without bound there is no derivative, though its slope has a sign.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from mpmath import mp

from gradcli.onesided.coefficients import Coefficient, as_mpf
from gradcli.onesided.series import ZERO, Exponents, OneSidedSeries

__all__ = [
    "NotDetermined", "as_float", "coefficient", "determines", "difference", "equal", "join_smoothly", "jumps",
    "negative", "weighted_sum",
]  # fmt: skip

_SAME = 60
"""Bits in which coefficients of different series are the same: more than the 53 of a float64, and far fewer than the
320 that they have at least, so that rounding has room to grow."""

_ULP = 52
"""Bits: a float64 has so many after its first."""

_PREC = 200
"""Bits of arithmetic with coefficients here, outside of a computation of series with its own precision."""


class NotDetermined(Exception):
    """The series ends, or has failed, before the term that is asked for."""


def coefficient(series: OneSidedSeries, order: int, beyond: bool = False) -> Coefficient | None:
    """The coefficient of t**order, infinite where the derivative of that order is; None where there is no value.

    Args:
        series: of the value.
        order: of the derivative.
        beyond: whether to give the sign of the derivative of a value that grows without bound too.

    Raises:
        NotDetermined: if the series is not known so far.

    >>> from gradcli.onesided.series import Context
    >>> context = Context(100, 6, True)
    >>> step = context.variable(0.0, 1.0)
    >>> coefficient(step * -3 + 2, 1), coefficient(step.power(Fraction(1, 2)), 1)
    (Fraction(-3, 1), mpf('+inf'))
    """
    if series.failure == "unknown":
        raise NotDetermined
    if series.failure:
        return None
    for (q, logs), c in series.terms:
        if q > order:
            break
        if _diverges((q, logs)):
            # Each derivative of t**q with q < 0, and of log(t), has the other sign; an odd power of log(t) one besides.
            return mp.inf * (1 if c > 0 else -1) * (-1) ** (logs + order) if beyond else None
        if q.denominator != 1 or logs:
            # Differentiated, the term goes with t**(q - order)*log(t)**logs times q*(q - 1)*...*(q - order + 1). These
            # factors, those that are not 0, give it its sign.
            sign = (1 if c > 0 else -1) * (-1 if logs % 2 else 1)
            for k in range(order):
                sign *= 1 if q > k else -1  # at q = k it is log(t)**logs that is differentiated, whose sign changes too
            return mp.inf * sign
    if series.order is not None and series.order <= order:
        raise NotDetermined
    return series.at((Fraction(order), 0))


def determines(series: OneSidedSeries, order: int) -> bool:
    """Whether more terms would tell no more of the derivative of an order.

    >>> from gradcli.onesided.series import Context
    >>> step = Context(100, 6, True).variable(0.0, 1.0)
    >>> determines(step, 1), determines(step.context.series({}, Fraction(1)), 1)
    (True, False)
    """
    try:
        coefficient(series, order)
    except NotDetermined:
        return bool(series.failure)
    return True


def equal(first: Coefficient | None, second: Coefficient | None, size: Coefficient = 0) -> bool:
    """Whether two coefficients are the same but for rounding.

    Args:
        first: one of them; None where there is no value.
        second: the other.
        size: of what they are sums of, where that may cancel.
    """
    if first is None or second is None:
        return first is second
    if isinstance(first, Fraction) and isinstance(second, Fraction):
        return first == second
    with mp.workprec(_PREC):
        a, b = as_mpf(first), as_mpf(second)
        return bool(a == b or (mp.isfinite(a) and abs(a - b) <= mp.ldexp(max(abs(a), abs(b), as_mpf(size)), -_SAME)))


def difference(whole: Coefficient | None, *parts: Coefficient | None) -> tuple[Coefficient | None, Coefficient]:
    """The whole less its parts, and the size of the largest of them; None where one is not known, or nothing is left.

    >>> difference(Fraction(3), Fraction(1), Fraction(1, 2))
    (Fraction(3, 2), Fraction(3, 1))
    """
    known = [number for number in (whole, *parts) if number is not None]
    with mp.workprec(_PREC):
        size = max((abs(number) for number in known if mp.isfinite(as_mpf(number))), key=as_mpf, default=Fraction(0))
        if whole is None or len(known) <= len(parts):
            return None, size
        numbers = known if all(isinstance(number, Fraction) for number in known) else [as_mpf(n) for n in known]
        left = numbers[0] - sum(numbers[1:])
        return (None if mp.isnan(as_mpf(left)) else left), size


def negative(number: Coefficient | None) -> Coefficient | None:
    """The number with the other sign, to all its bits."""
    return None if number is None else difference(Fraction(0), number)[0]


def weighted_sum(numbers: Sequence[Coefficient]) -> Coefficient:
    """The first number, twice the second, three times the third, and so on, added up.

    >>> weighted_sum([Fraction(1, 3), Fraction(1, 6)])
    Fraction(2, 3)
    """
    with mp.workprec(_PREC):
        return sum((c * k for k, c in enumerate(numbers, start=1)), Fraction(0))


def jumps(side: OneSidedSeries, centre: OneSidedSeries) -> bool:
    """Whether the value tends to something else than the value at the point, or grows without bound.

    What is less than a unit in the last place of a float64 is rounding of a literal: where(x == 0, 0.1, f) has no jump
    if f tends to 1/10.
    """
    if side.failure or centre.failure:
        return False
    if any(_diverges(key) for key, _ in side.terms[:1]):
        return True
    first, second = side.at(ZERO), centre.at(ZERO)
    if equal(first, second):
        return False
    with mp.workprec(_PREC):
        a, b = as_mpf(first), as_mpf(second)
        return bool(abs(a - b) > mp.ldexp(max(abs(a), abs(b)), -_ULP))


def _diverges(key: Exponents) -> bool:
    """Whether a power of t, or of its logarithm, grows without bound."""
    return key[0] < 0 or (key[0] == 0 and key[1] > 0)


def join_smoothly(right: OneSidedSeries, left: OneSidedSeries, centre: OneSidedSeries, order: int) -> bool:
    """Whether series in opposite directions are one function, smooth up to some order, as far as is known.

    To the left t runs the other way, and odd derivatives have the other sign there.
    """
    if right.failure or left.failure:
        return right.failure == left.failure
    if jumps(right, centre) or jumps(left, centre):
        return False
    try:
        for k in range(1, order + 1):
            a, b = coefficient(right, k), coefficient(left, k)
            if a is None or b is None or not equal(a, b * (-1) ** k) or not mp.isfinite(as_mpf(a)):
                return False
    except NotDetermined:
        return False
    return True


def as_float(number: Coefficient | None) -> float | None:
    """The nearest float64."""
    if number is None:
        return None
    value: Any = as_mpf(number)
    return float(value) + 0.0
