"""Inquiries and findings as messages, as questions and answers are; they are only imported for claims."""

from __future__ import annotations

from typing import Any

from gradcli.process.messages import encode_request, request
from gradcli.symbolic.protocol.inquiry import (
    Claim,
    Equality,
    Finding,
    Inquiry,
    Interval,
    Outcome,
    Recollection,
    Refutation,
)

__all__ = [
    "decode_findings",
    "decode_inquiry",
    "decode_recollection",
    "encode_inquiry",
    "encode_recollection",
    "is_recollection",
]


def encode_inquiry(inquiry: Inquiry, timeout: float) -> bytes:
    """One line: the inquiry, and the seconds that there are for it. Others may follow it."""
    return encode_request(inquiry._asdict(), timeout, more=True)


def decode_inquiry(line: bytes) -> Inquiry:
    """What `encode_inquiry` wrote."""
    fields = request(line)
    fields["claims"] = tuple(Claim(tuple(names), text, order) for names, text, order in fields["claims"])
    fields["ranges"] = {name: Interval(*ends) for name, ends in fields["ranges"].items()}
    fields["assume"] = tuple(Equality(text, name, entry, tuple(names)) for text, name, entry, names in fields["assume"])
    return Inquiry(**fields | {name: tuple(fields[name]) for name in ("points", "free", "indices")})


def encode_recollection(recollection: Recollection, timeout: float) -> bytes:
    """One line: the recollection, and the seconds that there are for it."""
    return encode_request({"recall": recollection._asdict()}, timeout)


def is_recollection(line: bytes) -> bool:
    """Whether a request is one.

    >>> is_recollection(encode_recollection(Recollection((), ()), 1.0))
    True
    """
    return b'"request":{"recall":' in line[:200]


def decode_recollection(line: bytes) -> Recollection:
    """What `encode_recollection` wrote."""
    fields = request(line)["recall"]
    return Recollection(tuple(fields["texts"]), tuple(fields["points"]))


def decode_findings(fields: Any) -> tuple[Finding, ...]:
    """The findings of a reply's fields."""
    return tuple(_finding(*item) for item in fields)


def _finding(outcomes: Any, refutation: Any, sampled: Any, *rest: Any) -> Finding:
    decoded = tuple(Outcome(status, tuple(derivatives), where) for status, derivatives, where in outcomes)
    return Finding(decoded, _refutation(refutation), _refutation(sampled), *rest)


def _refutation(fields: Any) -> Refutation | None:
    if fields is None:
        return None
    point, entry, derivatives, *texts = fields
    return Refutation(point, entry, tuple(derivatives), *texts)
