"""What the oracle's process runs where SymPy has derived everything before: mpmath alone is imported."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from gradcli.process import messages
from gradcli.symbolic.protocol import serialization
from gradcli.symbolic.protocol.inquiry_serialization import decode_recollection, is_recollection

__all__ = ["answer", "prepare"]


def prepare() -> None:
    """Import mpmath, and what reads derivations."""
    import_module("gradcli.symbolic.recall.solve")


def answer(request: bytes, write: Callable[[bytes], None]) -> bytes:
    """The last line about questions that have their derivations with them, or about derivations at many points."""
    from gradcli.symbolic.recall.solve import recall, slopes

    if is_recollection(request):
        return messages.encode_reply(slopes(decode_recollection(request)))
    if serialization.are_questions(request):
        return serialization.encode_answers([recall(question) for question in serialization.decode_questions(request)])
    return serialization.encode_answer(recall(serialization.decode_question(request)))
