"""Questions and answers as lines of JSON; floats survive it exactly, not-a-number and infinities too."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any

from gradcli.symbolic.protocol.address import EntryAddress, Input
from gradcli.symbolic.protocol.inquiry import Claim, Finding, Inquiry, Outcome, Refutation
from gradcli.symbolic.protocol.question import Answer, NotChecked, Question, Truth

__all__ = [
    "decode_findings",
    "decode_inquiry",
    "decode_question",
    "decode_reply",
    "encode_findings",
    "encode_inquiry",
    "encode_question",
    "encode_reply",
    "encode_stage",
    "is_inquiry",
    "seconds",
    "write",
]

_INQUIRY = b'{"inquiry":'
"""How the line of an inquiry begins, and that of a question does not."""


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
    return Answer(tuple(map(_truth, values)), tuple(map(_truth, derivatives)), total, sampled)


def _truth(fields: Any) -> Truth:
    (output, by, along), *rest = fields
    return Truth(EntryAddress(output, tuple(Input(*one) for one in by), along), *rest)


def encode_inquiry(inquiry: Inquiry, timeout: float) -> bytes:
    """One line: the inquiry, and the seconds that there are for it. Others may follow it."""
    return _line({"inquiry": inquiry._asdict(), "timeout": timeout})


def is_inquiry(line: bytes) -> bool:
    """Whether a line is an inquiry and not a question."""
    return line.startswith(_INQUIRY)


def seconds(line: bytes) -> float:
    """The seconds that there are for a question or an inquiry."""
    return float(json.loads(line)["timeout"])


def decode_inquiry(line: bytes) -> tuple[Inquiry, float]:
    """What `encode_inquiry` wrote."""
    message = json.loads(line)
    fields = message["inquiry"]
    fields["claims"] = tuple(Claim(tuple(names), text, order) for names, text, order in fields["claims"])
    fields["ranges"] = {name: (low, high) for name, (low, high) in fields["ranges"].items()}
    return Inquiry(**{**fields, "points": tuple(fields["points"]), "free": tuple(fields["free"])}), message["timeout"]


def encode_findings(findings: Sequence[Finding], *, final: bool) -> bytes:
    """One line: what is known so far, or in the end."""
    return _line({"findings": findings, "final": final})


def decode_findings(line: bytes) -> tuple[tuple[Finding, ...], bool] | NotChecked | str:
    """Findings and whether they are final; or why there are none; or a stage.

    >>> decode_findings(encode_findings([Finding((Outcome("agree", (1.0,)),))], final=True))[1]
    True
    """
    fields: dict[str, Any] = json.loads(line)
    if "stage" in fields:
        return str(fields["stage"])
    if "reason" in fields:
        return NotChecked(fields["reason"])
    return tuple(_finding(*item) for item in fields["findings"]), bool(fields["final"])


def _finding(outcomes: Any, refutation: Any, sampled: Any, *rest: Any) -> Finding:
    decoded = tuple(Outcome(status, tuple(derivatives), where) for status, derivatives, where in outcomes)
    return Finding(decoded, _refutation(refutation), _refutation(sampled), *rest)


def _refutation(fields: Any) -> Refutation | None:
    if fields is None:
        return None
    point, entry, derivatives, *texts = fields
    return Refutation(point, entry, tuple(derivatives), *texts)


def write(descriptor: int, data: bytes) -> None:
    """Write all of it."""
    while data:
        data = data[os.write(descriptor, data) :]


def _line(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, separators=(",", ":")).encode() + b"\n"
