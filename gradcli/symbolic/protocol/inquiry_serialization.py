"""Inquiries and findings as lines of JSON, as questions and answers are; they are only imported for claims."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from gradcli.symbolic.protocol.inquiry import Claim, Finding, Inquiry, Outcome, Refutation
from gradcli.symbolic.protocol.question import NotChecked
from gradcli.symbolic.protocol.serialization import to_line

__all__ = ["decode_findings", "decode_inquiry", "encode_findings", "encode_inquiry"]


def encode_inquiry(inquiry: Inquiry, timeout: float) -> bytes:
    """One line: the inquiry, and the seconds that there are for it. Others may follow it."""
    return to_line({"inquiry": inquiry._asdict(), "timeout": timeout})


def decode_inquiry(line: bytes) -> tuple[Inquiry, float]:
    """What `encode_inquiry` wrote."""
    message = json.loads(line)
    fields = message["inquiry"]
    fields["claims"] = tuple(Claim(tuple(names), text, order) for names, text, order in fields["claims"])
    fields["ranges"] = {name: (low, high) for name, (low, high) in fields["ranges"].items()}
    return Inquiry(**{**fields, "points": tuple(fields["points"]), "free": tuple(fields["free"])}), message["timeout"]


def encode_findings(findings: Sequence[Finding], *, final: bool) -> bytes:
    """One line: what is known so far, or in the end."""
    return to_line({"findings": findings, "final": final})


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
