"""Questions and answers as lines of JSON; floats survive it exactly, not-a-number and infinities too."""

from __future__ import annotations

import json
import os
from typing import Any

from gradcli.symbolic.protocol.address import EntryAddress, Input
from gradcli.symbolic.protocol.question import Answer, NotChecked, Question, Truth

__all__ = [
    "decode_question",
    "decode_reply",
    "encode_question",
    "encode_reply",
    "encode_stage",
    "is_inquiry",
    "seconds",
    "to_line",
    "write",
]

_INQUIRY = b'{"inquiry":'
"""How the line of an inquiry begins, and that of a question does not."""


def encode_question(question: Question, timeout: float) -> bytes:
    """One line: the question, and the seconds that there are to answer it."""
    return to_line({"timeout": timeout, **question._asdict()})


def decode_question(line: bytes) -> tuple[Question, float]:
    """What `encode_question` wrote."""
    fields = json.loads(line)
    timeout = fields.pop("timeout")
    return Question(**{**fields, "wrt": tuple(fields["wrt"])}), timeout


def encode_stage(stage: str) -> bytes:
    """One line: what is being done."""
    return to_line({"stage": stage})


def encode_reply(reply: Answer | NotChecked) -> bytes:
    """One line: the end."""
    return to_line({"reason": reply.reason} if isinstance(reply, NotChecked) else {"answer": reply})


def decode_reply(line: bytes) -> Answer | NotChecked | str:
    """A reply, or a stage as a text.

    >>> decode_reply(encode_stage("differentiating"))
    'differentiating'
    """
    fields: dict[str, Any] = json.loads(line)
    if "stage" in fields:
        return str(fields["stage"])
    if "reason" in fields:
        return NotChecked(fields["reason"])
    values, derivatives, total, sampled = fields["answer"]
    return Answer(tuple(map(_truth, values)), tuple(map(_truth, derivatives)), total, sampled)


def _truth(fields: Any) -> Truth:
    (output, by, along), *rest = fields
    return Truth(EntryAddress(output, tuple(Input(*one) for one in by), along), *rest)


def is_inquiry(line: bytes) -> bool:
    """Whether a line is an inquiry and not a question."""
    return line.startswith(_INQUIRY)


def seconds(line: bytes) -> float:
    """The seconds that there are for a question or an inquiry."""
    return float(json.loads(line)["timeout"])


def write(descriptor: int, data: bytes) -> None:
    """Write all of it."""
    while data:
        data = data[os.write(descriptor, data) :]


def to_line(fields: dict[str, Any]) -> bytes:
    """One line: an object of JSON."""
    return json.dumps(fields, separators=(",", ":")).encode() + b"\n"
