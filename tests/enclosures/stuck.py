"""Work that does not end, fails, or takes too much memory: as the request's text says."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

from gradcli.enclosures.process import serialization
from gradcli.process import messages
from gradcli.process.refusal import NotChecked


def prepare() -> None:
    pass


def answer(request: bytes, write: Callable[[bytes], None]) -> bytes:
    asked = serialization.decode_requests(request)
    if isinstance(asked, list):
        write(serialization.encode_answers([NotChecked("found early")], final=False))
        asked = asked[0]
    source = asked.source
    write(messages.encode_stage("at work"))
    if source == "fails":
        raise ValueError("it is no use")
    if source == "dies":
        os.kill(os.getpid(), signal.SIGSEGV)
    if source == "eats":
        return messages.encode_reply(len(bytearray(8 * 2**30)))
    if source == "computes":
        return messages.encode_reply((10**7) ** (10**7))
    time.sleep(600)
    return messages.encode_refusal("late")
