"""Bounds of a number as one text: the digits that both have, and the last ones of each."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

__all__ = ["bracketed"]

_DIGITS = 20
"""Three more than a float64 takes to be read back: the bounds are narrower than a hundredth of its last place."""


def bracketed(bounds: tuple[str, str], digits: int = _DIGITS) -> str:
    """Bounds to so many digits, the lower one rounded down and the upper one up.

    >>> bracketed(("0.07700375373139692140088341", "0.07700375373139692140088347"))
    '0.07700375373139692140[0..1]'
    >>> bracketed(("6.0", "6.0")), bracketed(("-1e-30", "1e-30")), bracketed(("9.99", "10.01"), 3)
    ('6.0', '[-1e-30..1e-30]', '[9.99..10.1]')
    """
    lower, upper = (
        Context(prec=digits, rounding=rounding).create_decimal(end)
        for end, rounding in zip(bounds, (ROUND_FLOOR, ROUND_CEILING), strict=True)
    )
    if lower == upper:
        return bounds[0] if Decimal(bounds[0]) == lower else str(lower).lower()
    low, high = (str(end).lower() for end in (lower, upper))
    mantissas, exponents = zip(*(end.split("e") if "e" in end else (end, "") for end in (low, high)), strict=True)
    first, second = mantissas
    if exponents[0] != exponents[1] or len(first) != len(second):
        return f"[{low}..{high}]"
    common = next(i for i, (a, b) in enumerate(zip(first, second, strict=True)) if a != b)
    exponent = f"e{exponents[0]}" if exponents[0] else ""
    return f"{first[:common]}[{first[common:]}..{second[common:]}]{exponent}"
