"""One inquiry in a fork of the oracle's process: with a deadline of its own, and nothing left of it afterwards.

The process that forks has SymPy imported and computes nothing itself, so that it always heeds the deadline,
and the end of its own parent. A fork ends with it: the kernel is asked for that on Linux, and everywhere the
fork waits for the end of a pipe whose other end the process holds.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable

from gradcli.symbolic.process import limits
from gradcli.symbolic.process.exit_reason import describe_exit
from gradcli.symbolic.process.pipes import LineReader
from gradcli.symbolic.protocol import serialization
from gradcli.symbolic.protocol.inquiry_serialization import decode_findings
from gradcli.symbolic.protocol.question import NotChecked

__all__ = ["attempt"]


def attempt(line: bytes, questions: LineReader, answers: int, answer: Callable[[bytes, int, int], None]) -> None:
    """Answer one inquiry in a fork, and pass on what it says; end the process if its parent is gone.

    Args:
        line: the inquiry.
        questions: whose end is the parent's.
        answers: where lines are passed on to.
        answer: given the inquiry, where to write, and the descriptor whose end is to end it.
    """
    deadline = time.monotonic() + serialization.seconds(line)
    said, out = os.pipe()
    lifeline, hold = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            for descriptor in (questions.descriptor, answers, said, hold):
                os.close(descriptor)
            limits.die_with_parent()
            answer(line, out, lifeline)
        finally:
            os._exit(1)
    os.close(out)
    os.close(lifeline)
    try:
        stage = _relay(LineReader(said), questions, answers, deadline)
    finally:
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        os.close(said)
        os.close(hold)
    if stage is not None:
        sudden = describe_exit(os.waitstatus_to_exitcode(status))
        reason = _late(serialization.seconds(line), stage) if stage else sudden
        serialization.write(answers, serialization.encode_reply(NotChecked(reason)))


def _late(seconds: float, stage: str) -> str:
    return f"no answer within {seconds:g} s (SymPy is still {stage})"


def _relay(said: LineReader, questions: LineReader, answers: int, deadline: float) -> str | None:
    """Pass lines on until the last one, and give None; at the deadline the stage, at a sudden end nothing."""
    stage = "starting"
    while True:
        line = said.ready()
        if line is not None:
            serialization.write(answers, line)
            message = decode_findings(line)
            if isinstance(message, str):
                stage = message
            elif isinstance(message, NotChecked) or message[1]:
                return None
            continue
        left = deadline - time.monotonic()
        ready = select.select([said.descriptor, questions.descriptor], [], [], left)[0] if left > 0 else []
        if not ready:
            return stage
        if questions.descriptor in ready and not questions.fill():
            os._exit(0)
        if said.descriptor in ready and not said.fill():
            return ""
