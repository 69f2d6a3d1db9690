"""From one-sided series to numbers: derivatives from one side, and whether two sides fit together."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from mpmath import mp

from gradcli.onesided.series import ZERO, Key, Number, OneSidedSeries, real

__all__ = [
    "Unknown", "as_float", "coefficient", "difference", "equal", "fits", "jumps", "negative", "reaches", "weighted",
]  # fmt: skip

_SAME = 60
_BITS = 200


class Unknown(Exception):
    """The one-sided series do not tell."""


def coefficient(series: OneSidedSeries, order: int, beyond: bool = False) -> Number | None:
    """The coefficient of t**order, infinite where the derivative of that order is; None where there is no value.

    Args:
        beyond: whether to give the sign of the derivative of a value that grows without bound too.

    Raises:
        Unknown: if the one-sided series does not reach so far.

    >>> from gradcli.onesided.series import World
    >>> world = World(100, 6, True)
    >>> step = world.variable(0.0, 1.0)
    >>> coefficient(step * -3 + 2, 1), coefficient(step.power(Fraction(1, 2)), 1)
    (Fraction(-3, 1), mpf('+inf'))
    """
    if series.fault == "unknown":
        raise Unknown
    if series.fault:
        return None
    for (q, logs), c in series.terms:
        if q > order:
            break
        if _diverges((q, logs)):
            return mp.inf * (1 if c > 0 else -1) * (-1) ** (logs + order) if beyond else None
        if q.denominator != 1 or logs:
            sign = (1 if c > 0 else -1) * (-1 if logs % 2 else 1)
            for k in range(order):
                sign *= 1 if q - k > 0 or q == k else -1
            return mp.inf * sign
    if series.order is not None and series.order <= order:
        raise Unknown
    return series.at((Fraction(order), 0))


def reaches(series: OneSidedSeries, order: int) -> bool:
    """Whether more terms would tell no more of the derivative of an order.

    >>> from gradcli.onesided.series import World
    >>> step = World(100, 6, True).variable(0.0, 1.0)
    >>> reaches(step, 1), reaches(step.world.series({}, Fraction(1)), 1)
    (True, False)
    """
    try:
        coefficient(series, order)
    except Unknown:
        return bool(series.fault)
    return True


def equal(first: Number | None, second: Number | None, size: Number = 0) -> bool:
    """Whether two coefficients are the same but for rounding.

    Args:
        size: of what they are sums of, where that may cancel.
    """
    if first is None or second is None:
        return first is second
    if isinstance(first, Fraction) and isinstance(second, Fraction):
        return first == second
    with mp.workprec(_BITS):
        a, b = real(first), real(second)
        return bool(a == b or (mp.isfinite(a) and abs(a - b) <= mp.ldexp(max(abs(a), abs(b), real(size)), -_SAME)))


def difference(whole: Number | None, *parts: Number | None) -> tuple[Number | None, Number]:
    """The whole less its parts, and the size of the largest of them; None where one is not known, or nothing is left.

    >>> difference(Fraction(3), Fraction(1), Fraction(1, 2))
    (Fraction(3, 2), Fraction(3, 1))
    """
    known = [number for number in (whole, *parts) if number is not None]
    with mp.workprec(_BITS):
        size = max((abs(number) for number in known if mp.isfinite(real(number))), key=real, default=Fraction(0))
        if whole is None or len(known) <= len(parts):
            return None, size
        numbers = known if all(isinstance(number, Fraction) for number in known) else [real(n) for n in known]
        left = numbers[0] - sum(numbers[1:])
        return (None if mp.isnan(real(left)) else left), size


def negative(number: Number | None) -> Number | None:
    """The number with the other sign, to all its bits."""
    return None if number is None else difference(Fraction(0), number)[0]


def weighted(numbers: Sequence[Number]) -> Number:
    """The first number, twice the second, three times the third, and so on, added up.

    >>> weighted([Fraction(1, 3), Fraction(1, 6)])
    Fraction(2, 3)
    """
    with mp.workprec(_BITS):
        return sum((c * k for k, c in enumerate(numbers, start=1)), Fraction(0))


def jumps(side: OneSidedSeries, centre: OneSidedSeries) -> bool:
    """Whether the value tends to something else than the value at the point, or grows without bound."""
    if side.fault or centre.fault:
        return False
    if any(_diverges(key) for key, _ in side.terms[:1]):
        return True
    return not equal(side.at(ZERO), centre.at(ZERO))


def _diverges(key: Key) -> bool:
    """Whether a power of t, or of its logarithm, grows without bound."""
    return key[0] < 0 or (key[0] == 0 and key[1] > 0)


def fits(right: OneSidedSeries, left: OneSidedSeries, centre: OneSidedSeries, order: int) -> bool:
    """Whether series in opposite directions are one function, smooth up to some order, as far as is known."""
    if right.fault or left.fault:
        return right.fault == left.fault
    if jumps(right, centre) or jumps(left, centre):
        return False
    try:
        for k in range(1, order + 1):
            a, b = coefficient(right, k), coefficient(left, k)
            if a is None or b is None or not equal(a, b * (-1) ** k) or not mp.isfinite(real(a)):
                return False
    except Unknown:
        return False
    return True


def as_float(number: Number | None) -> float | None:
    """The nearest float64."""
    if number is None:
        return None
    value: Any = real(number)
    return float(value) + 0.0
