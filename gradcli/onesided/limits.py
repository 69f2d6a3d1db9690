"""What a value or a derivative tends to on both sides of a point, whether it has a value there or not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

from mpmath import mp

from gradcli.onesided.coefficients import Coefficient, as_mpf
from gradcli.onesided.series import OneSidedSeries
from gradcli.onesided.sides import NotDetermined, coefficient, equal

__all__ = ["Pair", "both_limits", "mixed_term", "same_pair"]

Pair: TypeAlias = tuple[Coefficient | None, Coefficient | None]
"""From the left and from the right; None where there is no real value, or no limit."""

_PREC = 200
"""Bits of arithmetic with coefficients, more than the 60 in which they are compared."""
_ENOUGH = 4
"""Ways of which three tell three numbers and one bears them out."""


def both_limits(right: OneSidedSeries, left: OneSidedSeries, order: int) -> Pair | None:
    """The limits of a derivative; None where they are not known, or there is none on either side.

    Args:
        right: the series of the value in one direction.
        left: that in the opposite one.
        order: of the derivative; 0 for the value, whose limits may be infinite.

    >>> from gradcli.onesided.series import Context
    >>> context = Context(100, 6, True)
    >>> ahead, behind = context.variable(0.0, 1.0), context.variable(0.0, -1.0)
    >>> both_limits(ahead * ahead / ahead + 2, behind * behind / behind + 2, 0)
    (Fraction(2, 1), Fraction(2, 1))
    """
    if "unknown" in (right.failure, left.failure):
        return None
    try:
        above, below = (coefficient(side, order, beyond=order == 0) for side in (right, left))
    except NotDetermined:
        return None
    if above is None and below is None:
        return None
    with mp.workprec(_PREC):
        factor = math.factorial(order)
        return None if below is None else below * factor * (-1) ** order, None if above is None else above * factor


def same_pair(first: Pair, second: Pair) -> bool:
    """Whether both sides are the same, but for rounding."""
    return all(equal(a, b) for a, b in zip(first, second, strict=True))


def mixed_term(terms: Sequence[tuple[int, int, Coefficient]]) -> Coefficient | None:
    """B, where for each (p, q) the second derivative along p*a + q*b is 2*(A*p**2 + B*p*q + C*q**2); else None.

    Three of them tell A, B and C, and all others, one at least, must bear them out.

    >>> float(mixed_term([(p, q, 2 * (p * p + 3 * p * q)) for p, q in [(1, 1), (2, 1), (1, 2), (1, -1)]]))
    3.0
    """
    if len(terms) < _ENOUGH:
        return None
    with mp.workprec(_PREC):
        rows = [(p * p, p * q, q * q) for p, q, _ in terms]
        halves = [as_mpf(c) / 2 for _, _, c in terms]
        whole = _determinant(rows[:3])
        found = [
            _determinant([(*row[:i], half, *row[i + 1 :]) for row, half in zip(rows[:3], halves, strict=False)]) / whole
            for i in range(3)
        ]
        for row, half in zip(rows[3:], halves[3:], strict=True):
            parts = [weight * number for weight, number in zip(row, found, strict=True)]
            if not equal(sum(parts), half, max(map(abs, parts))):
                return None
        return found[1]


def _determinant(rows: Sequence[Sequence[Any]]) -> Any:
    (a, b, c), (d, e, f), (g, h, i) = rows
    return mp.mpf(a) * (e * i - f * h) - mp.mpf(b) * (d * i - f * g) + mp.mpf(c) * (d * h - e * g)
