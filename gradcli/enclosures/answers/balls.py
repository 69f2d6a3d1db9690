"""From FLINT's balls to whole numbers: what leaves this floor needs no FLINT to be read."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal

from flint import arb

from gradcli.address import EntryAddress
from gradcli.enclosures.protocol import Ball, Undecided

__all__ = ["BITS_A_DIGIT", "SMALLEST", "accurate", "enclosed", "missing_bits", "rounded_decimal"]

_ACCURATE = 62
"""Bits in which a ball is as good as the number for a float64: 53, 7 for a hundredth of a unit in the last place, and
2 because a ball's width is twice its radius and FLINT counts whole bits."""

BITS_A_DIGIT = 4
"""More than log2(10), so that the first precision that can tell so many digits most often does."""

SMALLEST = -1200
"""Exponent of two below which a float64 knows nothing: the smallest one is 2**-1074. What is known to be smaller is
known well enough, and the bounds are given no finer than this."""

_INFINITE = 1024
"""The exponent from which on a float64 is infinite: how far that is from the exact number has no meaning."""

_LARGEST = 1100
"""That of the middle of a ball which may still hold a float64; of wider ones the ends are not written out."""


def accurate(ball: arb, digits: int | None) -> bool:
    """Whether more bits would tell nothing more.

    >>> accurate(arb(0.1), None), accurate(arb(0.1, 1e-3), None), accurate(arb(0, 2.0**-1201), None)
    (True, False, True)
    """
    if not ball.is_finite():
        return False
    if digits is not None:
        return bool(rounded_decimal(ball, digits))
    return ball.rel_accuracy_bits() >= _ACCURATE or bool(abs(ball) < arb(2) ** SMALLEST)


def missing_bits(ball: arb, digits: int | None) -> int:
    """How many more bits make a ball accurate, if its middle is as large as the number, and each makes it narrower.

    >>> missing_bits(arb(1, 2.0**-30), None), missing_bits(arb(0.1), None), missing_bits(arb(0, 2.0**-30), None)
    (33, 0, 1171)
    """
    if not ball.is_finite() or accurate(ball, digits):
        return 0
    wanted = _ACCURATE if digits is None else BITS_A_DIGIT * digits
    mantissa, exponent = ball.rad().man_exp()
    until_gone = int(mantissa).bit_length() + int(exponent) - SMALLEST
    return max(0, min(wanted - ball.rel_accuracy_bits(), until_gone))


def enclosed(address: EntryAddress, ball: arb, digits: int | None, reason: str) -> Ball | Undecided:
    """A ball as two whole numbers and an exponent.

    Args:
        address: which number it is.
        ball: what encloses it.
        digits: the decimal digits that are wanted.
        reason: to give where the ball is not finite.
    """
    if not ball.is_finite():
        return Undecided(address, reason)
    if bool(abs(ball) >= arb(2) ** _INFINITE) or bool(abs(ball.mid()) > arb(2) ** _LARGEST):
        return Undecided(address, "it is larger than any float64")
    (low, low_exponent), (high, high_exponent) = (_dyadic(end) for end in (ball.lower(), ball.upper()))
    exponent = max(min(low_exponent, high_exponent), SMALLEST)
    text = rounded_decimal(ball, digits) if digits is not None else ""
    return Ball(
        address, _shifted(low, low_exponent - exponent), -_shifted(-high, high_exponent - exponent), exponent, text
    )


def _dyadic(exact: arb) -> tuple[int, int]:
    mantissa, exponent = exact.man_exp()
    return int(mantissa), int(exponent) if int(mantissa) else SMALLEST


def _shifted(mantissa: int, places: int) -> int:
    """mantissa*2**places, rounded down."""
    if places >= 0:
        return mantissa << places
    return mantissa >> min(-places, mantissa.bit_length() + 1)


_LONGEST = 20_000
"""Bits of a number that is written out as a decimal, from its first one to the point or from the point to its last."""


def rounded_decimal(ball: arb, digits: int) -> str:
    """The number rounded to so many significant digits, each of them right; "" if the ball does not tell them.

    Halfway cases are rounded to an even last digit.

    >>> rounded_decimal(arb(1)/3, 5), rounded_decimal(arb(0.125), 2), rounded_decimal(arb(0), 3)
    ('0.33333', '0.12', '0')
    """
    if ball.is_zero():
        return "0"
    if not ball.is_finite() or ball.contains(0):
        return ""
    ends = [_decimal(*_dyadic(end), digits) for end in (ball.lower(), ball.upper())]
    return ends[0] if ends[0] == ends[1] else ""


def _decimal(mantissa: int, exponent: int, digits: int) -> str:
    """An exact number rounded to significant digits; "" if it is too large or too small to write out."""
    if abs(exponent) + mantissa.bit_length() > _LONGEST:
        return ""
    exact = Context(prec=2 * _LONGEST)  # 2**-n has n digits, 10**-n*5**n
    power = Decimal(2) if exponent >= 0 else Decimal(5)
    number = exact.multiply(Decimal(mantissa), exact.power(power, abs(exponent)))
    number = exact.scaleb(number, min(exponent, 0))
    return str(Context(prec=digits, rounding=ROUND_HALF_EVEN).create_decimal(number))
