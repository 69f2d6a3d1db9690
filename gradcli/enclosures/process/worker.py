"""What the prover's process runs: FLINT, imported, encloses what is asked."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from importlib import import_module

from gradcli.enclosures.process import serialization
from gradcli.enclosures.protocol import Enclosures, Request
from gradcli.process import messages
from gradcli.process.refusal import NotChecked

__all__ = ["answer", "prepare"]

_EVERY = 0.1
"""Seconds between two lines with some of many answers."""


def prepare() -> None:
    """Import FLINT, and the interpretation of programs on its balls."""
    import_module("gradcli.enclosures.answers.enclose")


def answer(request: bytes, write: Callable[[bytes], None]) -> bytes:
    """The last line about a request, about many, or about a search for zeros.

    Nothing that is made here refers to itself, so the search for such takes a fifth of the time and finds nothing.
    """
    gc.disable()
    from gradcli.enclosures.answers.enclose import enclose

    search = serialization.decode_search(request)
    if search is not None:
        from gradcli.enclosures.answers.zeros import find_zeros

        return serialization.encode_zeros(find_zeros(search))
    asked = serialization.decode_requests(request)
    if isinstance(asked, list):
        return _all(asked, write)
    found = enclose(asked, lambda stage: write(messages.encode_stage(stage)))
    return serialization.encode_enclosures(found)


def _all(requests: Sequence[Request], write: Callable[[bytes], None]) -> bytes:
    """The last line about many requests; what is found is told now and then, so that a deadline leaves it."""
    from gradcli.enclosures.answers.enclose import enclose
    from gradcli.process.child import reason

    found: list[Enclosures | NotChecked] = []
    told = time.monotonic()
    for request in requests:
        try:
            found.append(enclose(request))
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001  # whatever is raised is the reason of this one, and of no other
            found.append(NotChecked(reason(error, 0, "FLINT")))
        if time.monotonic() > told + _EVERY:
            write(serialization.encode_answers(found, final=False))
            found, told = [], time.monotonic()
    return serialization.encode_answers(found, final=True)
