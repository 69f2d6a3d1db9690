"""Bounds of a number as one text: the digits that both have, and the last ones of each."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal

__all__ = ["bracketed"]

_DIGITS = 20
"""Three more than a float64 takes to be read back: the bounds are narrower than a hundredth of its last place."""

_BRACKETED = 3
"""So many digits of each are shown at most; where more differ, as 1999 and 2000 do, the middle tells more."""

_OUTWARD = (ROUND_FLOOR, ROUND_CEILING)
_EXACT = Context(prec=2500)


def bracketed(bounds: tuple[str, str], digits: int = _DIGITS) -> str:
    """Bounds to so many digits, the lower one rounded down and the upper one up.

    >>> bracketed(("0.07700375373139692140088341", "0.07700375373139692140088347"))
    '0.07700375373139692140[0..1]'
    >>> bracketed(("6.0", "6.0")), bracketed(("-1e-30", "1e-30")), bracketed(("7.9999999", "8.0000001"), 5)
    ('6.0', '0 +- 1e-30', '8.0000 +- 1e-7')
    """
    lower, upper = (_to(digits, rounding, Decimal(end)) for end, rounding in zip(bounds, _OUTWARD, strict=True))
    if lower == upper:
        return bounds[0]
    low, high = (str(end).lower() for end in (lower, upper))
    place = next((i for i, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), 0)
    end = low.find("e") if "e" in low else len(low)
    if len(low) == len(high) and low[end:] == high[end:] and 0 < end - place <= _BRACKETED:
        return f"{low[:place]}[{low[place:end]}..{high[place:end]}]{low[end:]}"
    middle = _to(digits, ROUND_HALF_EVEN, _EXACT.divide(_EXACT.add(*map(Decimal, bounds)), Decimal(2)))
    away = max(abs(_EXACT.subtract(Decimal(bound), middle)) for bound in bounds)
    return f"{middle or 0} +- {_to(1, ROUND_CEILING, away)}".lower()


def _to(digits: int, rounding: str, number: Decimal) -> Decimal:
    return Context(prec=digits, rounding=rounding).plus(number)
