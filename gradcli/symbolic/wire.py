"""Questions and answers as lines of JSON; floats survive it exactly, not-a-number and infinities too."""

from __future__ import annotations

import json
from typing import Any

from gradcli.symbolic.question import Answer, NotChecked, Question, Truth

__all__ = ["decode_question", "decode_reply", "encode_question", "encode_reply", "encode_stage"]


def encode_question(question: Question, timeout: float) -> bytes:
    """One line: the question, and the seconds that there are to answer it."""
    return _line({"timeout": timeout, **question._asdict()})


def decode_question(line: bytes) -> tuple[Question, float]:
    """What `encode_question` wrote."""
    fields = json.loads(line)
    timeout = fields.pop("timeout")
    return Question(**{**fields, "wrt": tuple(fields["wrt"])}), timeout


def encode_stage(stage: str) -> bytes:
    """One line: what is being done."""
    return _line({"stage": stage})


def encode_reply(reply: Answer | NotChecked) -> bytes:
    """One line: the end."""
    return _line({"reason": reply.reason} if isinstance(reply, NotChecked) else {"answer": reply})


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
    return Answer(tuple(Truth(*t) for t in values), tuple(Truth(*t) for t in derivatives), total, sampled)


def _line(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, separators=(",", ":")).encode() + b"\n"
