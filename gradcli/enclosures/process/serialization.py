"""Requests and enclosures as messages of a child process; of the large integers of a ball the digits, in base 16."""

from __future__ import annotations

from typing import Any

from gradcli.address import EntryAddress, Input
from gradcli.enclosures.protocol import Ball, Enclosures, Request, Undecided
from gradcli.process import messages

__all__ = ["decode_enclosures", "decode_request", "encode_enclosures", "encode_request"]


def encode_request(request: Request, timeout: float) -> bytes:
    """One line: the request, and the seconds that there are for it."""
    return messages.encode_request(request._asdict(), timeout)


def decode_request(line: bytes) -> Request:
    """What `encode_request` wrote."""
    fields = messages.request(line)
    return Request(**{**fields, "wrt": tuple(fields["wrt"])})


def encode_enclosures(found: Enclosures) -> bytes:
    """One line: the end.

    >>> ball = Ball(EntryAddress(0), 3 * 2**200, 3 * 2**200 + 1, -200)
    >>> found = Enclosures((ball,), (Undecided(EntryAddress(0, (Input("x"),)), "why not"),), 1, False, 256)
    >>> decode_enclosures(messages.decode(encode_enclosures(found)).fields) == found
    True
    """
    entries = [[_packed(entry) for entry in group] for group in (found.values, found.derivatives)]
    return messages.encode_reply([*entries, found.total, found.sampled, found.bits])


def decode_enclosures(fields: Any) -> Enclosures:
    """The enclosures of a reply's fields."""
    values, derivatives, *rest = fields
    return Enclosures(tuple(map(_unpacked, values)), tuple(map(_unpacked, derivatives)), *rest)


def _packed(entry: Ball | Undecided) -> list[Any]:
    if isinstance(entry, Undecided):
        return [entry.address, entry.reason]
    return [entry.address, f"{entry.low:x}", f"{entry.high:x}", f"{entry.exponent:x}", entry.text]


def _unpacked(fields: Any) -> Ball | Undecided:
    (output, by, along), *rest = fields
    address = EntryAddress(output, tuple(Input(*one) for one in by), along)
    if len(rest) == 1:
        return Undecided(address, rest[0])
    low, high, exponent, text = rest
    return Ball(address, int(low, 16), int(high, 16), int(exponent, 16), text)
