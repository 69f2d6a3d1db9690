"""Requests and enclosures as messages of a child process; of the large integers of a ball the digits, in base 16."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradcli.address import EntryAddress, Input
from gradcli.enclosures.protocol import Ball, Enclosures, Request, Search, Stretch, Undecided, Zero, Zeros
from gradcli.process import messages
from gradcli.process.refusal import NotChecked

__all__ = [
    "decode_answers",
    "decode_enclosures",
    "decode_requests",
    "decode_search",
    "decode_zeros",
    "encode_answers",
    "encode_enclosures",
    "encode_request",
    "encode_requests",
    "encode_search",
    "encode_zeros",
]


def encode_request(request: Request, timeout: float) -> bytes:
    """One line: the request, and the seconds that there are for it."""
    return messages.encode_request(request._asdict(), timeout)


def encode_requests(requests: Sequence[Request], timeout: float) -> bytes:
    """One line: the first request, and of the others, which have the same variables, what is not as in the first.

    >>> line = encode_requests([Request("x*a", {"x": x, "a": 2.0}, ("x",), "gradient") for x in (1.0, 3.0)], 1.0)
    >>> messages.request(line)["others"], [request.values for request in decode_requests(line)]
    ([{'values': {'x': 3.0}}], [{'x': 1.0, 'a': 2.0}, {'x': 3.0, 'a': 2.0}])
    """
    first = requests[0]
    others = [_differences(first, request) for request in requests[1:]]
    return messages.encode_request({"first": first._asdict(), "others": others}, timeout)


def _differences(first: Request, other: Request) -> dict[str, Any]:
    found = {key: new for key, new in other._asdict().items() if new != getattr(first, key)}
    if "values" in found:
        found["values"] = {name: value for name, value in other.values.items() if value != first.values[name]}
    return found


def decode_requests(line: bytes) -> list[Request] | Request:
    """What `encode_requests` wrote, or the one of `encode_request`."""
    fields = messages.request(line)
    if "others" not in fields:
        return _request(fields)
    first = fields["first"]
    others = [{**first, **other, "values": first["values"] | other.get("values", {})} for other in fields["others"]]
    return [_request(one) for one in (first, *others)]


def _request(fields: dict[str, Any]) -> Request:
    return Request(**{**fields, "wrt": tuple(fields["wrt"])})


def encode_enclosures(found: Enclosures) -> bytes:
    """One line: the end.

    >>> ball = Ball(EntryAddress(0), 3 * 2**200, 3 * 2**200 + 1, -200)
    >>> found = Enclosures((ball,), (Undecided(EntryAddress(0, (Input("x"),)), "why not"),), 1, False, 256)
    >>> decode_enclosures(messages.decode(encode_enclosures(found)).fields) == found
    True
    """
    return messages.encode_reply(_fields(found))


def _fields(found: Enclosures) -> list[Any]:
    entries = [[_packed(entry) for entry in group] for group in (found.values, found.derivatives)]
    return [*entries, found.total, found.sampled, found.bits]


def encode_answers(found: Sequence[Enclosures | NotChecked], *, final: bool) -> bytes:
    """One line: the answers to some of many requests.

    >>> line = encode_answers([NotChecked("why not")], final=True)
    >>> decode_answers(messages.decode(line).fields)
    [NotChecked(reason='why not')]
    """
    told = [one.reason if isinstance(one, NotChecked) else _fields(one) for one in found]
    return messages.encode_reply(told, final=final)


def decode_answers(fields: Any) -> list[Enclosures | NotChecked]:
    """The answers of a reply's fields."""
    return [NotChecked(one) if isinstance(one, str) else decode_enclosures(one) for one in fields]


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


def encode_search(search: Search, timeout: float) -> bytes:
    """One line: what is searched, and the seconds that there are for it.

    >>> search = Search("sin(k*x)", {"k": 2.0}, "x", 0.0, 1.0, (0, 1), ((0.25, 0.5),))
    >>> decode_search(encode_search(search, 1.0)) == search
    True
    """
    return messages.encode_request({"search": search._asdict()}, timeout)


def decode_search(line: bytes) -> Search | None:
    """What `encode_search` wrote; None for a line that asks something else."""
    fields = messages.request(line).get("search")
    if fields is None:
        return None
    gaps = tuple((low, high) for low, high in fields["gaps"])
    return Search(**{**fields, "orders": tuple(fields["orders"]), "gaps": gaps})


def encode_zeros(found: Zeros) -> bytes:
    """One line: the end.

    >>> found = Zeros((Zero(0, 1, 0.5, -1, 1),), (Stretch(0, 0, 0.0, 0.25),), (), True)
    >>> decode_zeros(messages.decode(encode_zeros(found)).fields) == found
    True
    """
    return messages.encode_reply(found)


def decode_zeros(fields: Any) -> Zeros:
    """The zeros of a reply's fields."""
    zeros, undecided, flat, complete = fields
    doubtful, level = (tuple(Stretch(*one) for one in some) for some in (undecided, flat))
    return Zeros(tuple(Zero(*one) for one in zeros), doubtful, level, complete)
