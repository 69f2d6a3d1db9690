"""What the oracle's process runs: SymPy, imported and warm, answers what the oracle is asked."""

from __future__ import annotations

import os
from collections.abc import Callable

from gradcli.process import messages
from gradcli.process.refusal import NotChecked
from gradcli.symbolic.process.without_tensors import leave_tensors_out
from gradcli.symbolic.protocol import serialization
from gradcli.symbolic.protocol.question import Question
from gradcli.symbolic.protocol.rewriting import decode_rewriting, is_rewriting

__all__ = ["answer", "prepare"]

_WARM_UP = Question("x + 1", {"x": 1.0}, ("x",), "gradient")
"""SymPy imports more when it adds for the first time."""


_WHOLE_NUMBERS = "gmpy"
"""Those of gmpy2 where it is installed, else Python's. SymPy takes FLINT's where it finds them, which takes longer to
import, and would have it compute with what the enclosures are to confirm it by."""


def prepare() -> None:
    """Import SymPy."""
    os.environ["SYMPY_GROUND_TYPES"] = _WHOLE_NUMBERS
    leave_tensors_out()
    from gradcli.symbolic.answers.solve import solve

    solve(_WARM_UP)


def answer(request: bytes, write: Callable[[bytes], None]) -> bytes:
    """The last line about a question, alone or one of many, or about any other request."""

    def report(stage: str) -> None:
        write(messages.encode_stage(stage))

    if is_rewriting(request):
        from gradcli.symbolic.rewriting.forms import forms

        shorter = forms(decode_rewriting(request), report, lambda f: write(messages.encode_reply(f, final=False)))
        return messages.encode_reply(shorter)
    if messages.may_be_followed(request) and "claims" in messages.request(request):
        from gradcli.symbolic.answers.claims import investigate
        from gradcli.symbolic.protocol.inquiry_serialization import decode_inquiry

        inquiry = decode_inquiry(request)
        found = investigate(inquiry, report, lambda f: write(messages.encode_reply(f, final=False)))
        return messages.encode_reply(found)
    if serialization.are_questions(request):  # by what was derived for an earlier one
        from gradcli.symbolic.recall.solve import recall

        return serialization.encode_answers([recall(question) for question in serialization.decode_questions(request)])
    from gradcli.symbolic.answers.solve import derive

    question = serialization.decode_question(request)
    derived, kept = derive(question, report)
    if not question.keep or isinstance(derived, NotChecked):
        return serialization.encode_answer(derived)
    write(messages.encode_reply(derived, final=False))  # nobody waits for what is kept
    return messages.encode_reply(kept())
