"""Questions and answers as the messages of the oracle's process."""

from __future__ import annotations

from typing import Any

from gradcli.address import EntryAddress, Input
from gradcli.process.messages import encode_refusal, encode_reply, encode_request, request
from gradcli.process.refusal import NotChecked
from gradcli.symbolic.protocol.question import Answer, Question, Truth

__all__ = ["decode_answer", "decode_question", "encode_answer", "encode_question"]


def encode_question(question: Question, timeout: float, *, more: bool = False) -> bytes:
    """One line: the question, and the seconds that there are to answer it; and whether others may follow."""
    return encode_request(question._asdict(), timeout, more=more)


def decode_question(line: bytes) -> Question:
    """What `encode_question` wrote."""
    fields = request(line)
    picked = None if fields["picked"] is None else tuple(fields["picked"])
    return Question(**{**fields, "wrt": tuple(fields["wrt"]), "picked": picked})


def encode_answer(answer: Answer | NotChecked) -> bytes:
    """One line: the end."""
    return encode_refusal(answer.reason) if isinstance(answer, NotChecked) else encode_reply(answer)


def decode_answer(fields: Any) -> Answer:
    """The answer of a reply's fields."""
    values, derivatives, *rest = fields
    return Answer(tuple(map(_truth, values)), tuple(map(_truth, derivatives)), *rest)


def _truth(fields: Any) -> Truth:
    (output, by, along), *rest = fields
    return Truth(EntryAddress(output, tuple(Input(*one) for one in by), along), *rest)
