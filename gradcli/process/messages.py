"""What goes through the pipes: a JSON object a line, floats exact in it, not-a-number and infinities too.

A request tells the seconds that there are for it, and whether others may follow it. What comes back are stages, a
text each, and replies, of which the last is final; or a reason why there is none.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from gradcli.process.refusal import NotChecked

__all__ = [
    "Reply",
    "decode",
    "encode_refusal",
    "encode_reply",
    "encode_request",
    "encode_stage",
    "may_be_followed",
    "request",
    "seconds",
    "write",
]

_FIRST_OF_MANY = b'{"more":true,'
"""How the line of a request begins that others may follow, and that of no other does."""


class Reply(NamedTuple):
    """What was found.

    Attributes:
        fields: the reply's own.
        final: whether nothing follows.
    """

    fields: Any
    final: bool


def encode_request(fields: Mapping[str, Any], timeout: float, *, more: bool = False) -> bytes:
    """One line: a request, and the seconds that there are for it.

    Args:
        fields: the request's own.
        timeout: the seconds.
        more: whether others may follow it.
    """
    return _line({**({"more": True} if more else {}), "timeout": timeout, "request": fields})


def may_be_followed(line: bytes) -> bool:
    """Whether others may follow a request.

    >>> may_be_followed(encode_request({}, 1.0, more=True)), may_be_followed(encode_request({}, 1.0))
    (True, False)
    """
    return line.startswith(_FIRST_OF_MANY)


def seconds(line: bytes) -> float:
    """The seconds that there are for a request."""
    return float(json.loads(line)["timeout"])


def request(line: bytes) -> dict[str, Any]:
    """A request's own fields."""
    fields: dict[str, Any] = json.loads(line)["request"]
    return fields


def encode_stage(stage: str) -> bytes:
    """One line: what is being done."""
    return _line({"stage": stage})


def encode_refusal(reason: str) -> bytes:
    """One line: there is no answer, and why."""
    return _line({"reason": reason})


def encode_reply(fields: Any, *, final: bool = True) -> bytes:
    """One line: what is known so far, or in the end."""
    return _line({"reply": fields, "final": final})


def decode(line: bytes) -> Reply | NotChecked | str:
    """A reply, or why there is none; or a stage as a text.

    >>> decode(encode_stage("differentiating")), decode(encode_reply([1.0]))
    ('differentiating', Reply(fields=[1.0], final=True))
    """
    fields: dict[str, Any] = json.loads(line)
    if "stage" in fields:
        return str(fields["stage"])
    if "reason" in fields:
        return NotChecked(fields["reason"])
    return Reply(fields["reply"], fields["final"])


def write(descriptor: int, data: bytes) -> None:
    """Write all of it."""
    while data:
        data = data[os.write(descriptor, data) :]


def _line(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(fields, separators=(",", ":")).encode() + b"\n"
