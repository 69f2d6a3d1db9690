"""A result's numbers with as many digits as are wanted, each of them proved by an enclosure."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from gradcli.address import EntryAddress
from gradcli.enclosures.protocol import Ball, Enclosures, Request, Undecided
from gradcli.process.refusal import NotChecked
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.digits import Digits
from gradcli.transforms.verify.enclosed import digits_text, spelled
from gradcli.transforms.verify.proof import request_of

__all__ = ["proved_digits", "request_for_digits"]

_ENOUGH = 20
"""So many digits are asked for at least, so that the same enclosures tell how far the float64 is off."""

_BITS_A_DIGIT = 16
"""Bits at most for each digit: beyond four, which it takes to write them, what cancellation may take."""

_LEAST_BITS = 4096


def request_for_digits(result: Derived, wanted: int) -> Request:
    """What the enclosures are asked for all numbers of a result, with so many digits."""
    limit = max(result.count(), int(np.size(result.value)))
    request = request_of(result.question(), limit, max(wanted, _ENOUGH))
    return request._replace(most_bits=max(_LEAST_BITS, _BITS_A_DIGIT * wanted))


def proved_digits(result: Derived, found: Enclosures | NotChecked, wanted: int) -> Digits:
    """The digits of all numbers of a result, and of which of them there are none.

    Args:
        result: what the engine has.
        found: what was answered to `request_for_digits`.
        wanted: how many digits.
    """
    known: dict[EntryAddress, Ball | Undecided] = {}
    missing = found.reason if isinstance(found, NotChecked) else "it has no enclosure"
    if isinstance(found, Enclosures):
        known = {entry.address: entry for entry in (*found.values, *found.derivatives)}
    undecided: list[tuple[str, str]] = []

    def text(address: EntryAddress) -> str:
        entry = known.get(address, Undecided(address, missing))
        told = _text(entry, wanted) if isinstance(entry, Ball) else ""
        if told:
            return told
        reason = entry.reason if isinstance(entry, Undecided) else _too_wide(entry)
        undecided.append((result.label(address), reason))
        return repr(result.number(address))

    value = tuple(text(EntryAddress(i)) for i in range(int(np.size(result.value))))
    derivatives = tuple(text(result.address(i)) for i in range(result.count()))
    return Digits(wanted, value, derivatives, tuple(undecided))


def _text(ball: Ball, wanted: int) -> str:
    if wanted < _ENOUGH:
        return digits_text(ball, wanted)
    return spelled(Decimal(ball.text)) if ball.text else ""


def _too_wide(ball: Ball) -> str:
    if ball.low <= 0 <= ball.high:
        return "it is 0, or so near to 0 that no digit of it can be told"
    return "its enclosure is too wide to tell the digits"
