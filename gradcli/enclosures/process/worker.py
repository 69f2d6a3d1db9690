"""What the prover's process runs: FLINT, imported, encloses what is asked."""

from __future__ import annotations

import gc
from collections.abc import Callable
from importlib import import_module

from gradcli.enclosures.process import serialization
from gradcli.process import messages

__all__ = ["answer", "prepare"]


def prepare() -> None:
    """Import FLINT, and the interpretation of programs on its balls."""
    import_module("gradcli.enclosures.answers.enclose")


def answer(request: bytes, write: Callable[[bytes], None]) -> bytes:
    """The last line about a request.

    Nothing that is made here refers to itself, so the search for such takes a fifth of the time and finds nothing.
    """
    gc.disable()
    from gradcli.enclosures.answers.enclose import enclose

    found = enclose(serialization.decode_request(request), lambda stage: write(messages.encode_stage(stage)))
    return serialization.encode_enclosures(found)
