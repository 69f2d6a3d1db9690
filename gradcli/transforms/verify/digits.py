"""SymPy's numbers as decimal text, and how many digits of a float64 are right."""

from __future__ import annotations

import math
from decimal import Context, Decimal

from gradcli.symbolic import Truth

__all__ = ["DIGITS", "digits_right", "truth_text"]

DIGITS = 30
MOST = -math.log10(2.0**-53)
"""A float64 that is the nearest one has this many digits, 15.95."""

_SUM = Context(prec=1200)
_SHOWN = Context(prec=DIGITS)


def truth_text(truth: Truth) -> str:
    """The number to 30 significant digits, zeros at its end left out; what it is where it is no number.

    >>> from gradcli.address import EntryAddress
    >>> X = EntryAddress(0)
    >>> truth_text(Truth(X, "number", 0.1, 0.0))
    '0.100000000000000005551115123126'
    >>> truth_text(Truth(X, "number", 6.0)), truth_text(Truth(X, "number", -(2.0**100)))
    ('6.0', '-1.26765060022822940149670320538e+30')
    >>> truth_text(Truth(X, "kink", math.nan)), truth_text(Truth(X, "number", math.inf))
    ('kink', 'above 1.8e308')
    """
    if truth.status != "number":
        return repr(truth.high) if truth.status == "infinite" else truth.status
    if math.isinf(truth.high):
        return "above 1.8e308" if truth.high > 0 else "below -1.8e308"
    exact = _SUM.add(Decimal(truth.high), Decimal(truth.low))
    rounded = _SHOWN.plus(exact)
    if rounded == 0:
        return "0.0"
    if -5 <= rounded.adjusted() < DIGITS - 1:
        text = f"{rounded:f}"
        whole, _, rest = text.partition(".")
        return f"{whole}.{rest.rstrip('0') or '0'}"
    mantissa, exponent = f"{rounded:.{DIGITS - 1}e}".split("e")
    whole, _, rest = mantissa.partition(".")
    return f"{whole}.{rest.rstrip('0') or '0'}e{exponent}"


def digits_right(number: float, truth: Truth) -> float:
    """How many significant decimal digits of a float64 are right, at most 15.95: a half unit in the last place.

    >>> from gradcli.address import EntryAddress
    >>> X = EntryAddress(0)
    >>> digits_right(0.1, Truth(X, "number", 0.1)), round(digits_right(3.0, Truth(X, "number", 3.003)))
    (15.954589770191003, 3)
    """
    error = abs((number - truth.high) - truth.low)
    return digits_of(error, truth.high)


def digits_of(error: float, size: float) -> float:
    """The digits that an error leaves of a number, between 0 and 15.95."""
    if not math.isfinite(error):
        return 0.0
    if error == 0 or (size != 0 and error <= 2.0**-53 * abs(size)):
        return MOST
    return max(0.0, -math.log10(error / abs(size))) if size else 0.0
