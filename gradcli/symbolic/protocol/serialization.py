"""Questions and answers as the messages of the oracle's process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradcli.address import EntryAddress, Input
from gradcli.process.messages import encode_refusal, encode_reply, encode_request, request
from gradcli.process.refusal import NotChecked
from gradcli.symbolic.protocol.question import Answer, Question, Truth

__all__ = [
    "are_questions",
    "decode_answer",
    "decode_answers",
    "decode_question",
    "decode_questions",
    "encode_answer",
    "encode_answers",
    "encode_question",
    "encode_questions",
]


def encode_question(question: Question, timeout: float, *, more: bool = False) -> bytes:
    """One line: the question, and the seconds that there are to answer it; and whether others may follow."""
    return encode_request(question._asdict(), timeout, more=more)


def decode_question(line: bytes) -> Question:
    """What `encode_question` wrote."""
    return _question(request(line))


def _question(fields: dict[str, Any]) -> Question:
    picked = None if fields["picked"] is None else tuple(fields["picked"])
    return Question(**{**fields, "wrt": tuple(fields["wrt"]), "picked": picked})


def encode_questions(questions: Sequence[Question], timeout: float) -> bytes:
    """One line: questions that have their derivations with them, and the seconds for all of them; others may follow.

    >>> line = encode_questions([Question("x", {"x": 1.0}, ("x",), "gradient", derivation="[[x], [1], []]")], 1.0)
    >>> are_questions(line), [asked.source for asked in decode_questions(line)]
    (True, ['x'])
    """
    return encode_request({"questions": [question._asdict() for question in questions]}, timeout, more=True)


def are_questions(line: bytes) -> bool:
    """Whether a request is one that `encode_questions` wrote."""
    return b'"request":{"questions":' in line[:200]


def decode_questions(line: bytes) -> list[Question]:
    """What `encode_questions` wrote."""
    return [_question(fields) for fields in request(line)["questions"]]


def encode_answers(answers: Sequence[Answer | NotChecked]) -> bytes:
    """One line: the answers to several questions, where there is none why.

    >>> from gradcli.process.messages import decode
    >>> reply = decode(encode_answers([NotChecked("an unusual point"), Answer((), (), 0, False)]))
    >>> decode_answers(reply.fields)
    [NotChecked(reason='an unusual point'), Answer(values=(), derivatives=(), total=0, sampled=False, recalled=False)]
    """
    return encode_reply([one.reason if isinstance(one, NotChecked) else one for one in answers])


def decode_answers(fields: Any) -> list[Answer | NotChecked]:
    """The answers of a reply's fields."""
    return [NotChecked(one) if isinstance(one, str) else decode_answer(one) for one in fields]


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
