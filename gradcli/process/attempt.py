"""One request in a fork of the child process: with a deadline of its own, and nothing left of it afterwards.

The process that forks has imported what is needed and computes nothing itself, so that it always heeds the deadline,
and the end of its own parent. A fork ends with it: the kernel is asked for that on Linux, and everywhere the
fork waits for the end of a pipe whose other end the process holds.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable

from gradcli.process import limits, messages
from gradcli.process.exit_reason import describe_exit
from gradcli.process.pipes import LineReader
from gradcli.process.refusal import NotChecked

__all__ = ["attempt", "can_attempt"]


def can_attempt() -> bool:
    """Whether the system can fork; the process has one thread as long as it only waits."""
    return hasattr(os, "fork")


def attempt(
    line: bytes, questions: LineReader, answers: int, answer: Callable[[bytes, int, int], None], who: str
) -> None:
    """Answer one request in a fork, and pass on what it says; end the process if its parent is gone.

    Args:
        line: the request.
        questions: whose end is the parent's.
        answers: where lines are passed on to.
        answer: given the request, where to write, and the descriptor whose end is to end it.
        who: who computes.
    """
    deadline = time.monotonic() + messages.seconds(line)
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
        sudden = describe_exit(os.waitstatus_to_exitcode(status), who)
        late = f"no answer within {messages.seconds(line):g} s ({who} is still {stage})"
        messages.write(answers, messages.encode_refusal(late if stage else sudden))


def _relay(said: LineReader, questions: LineReader, answers: int, deadline: float) -> str | None:
    """Pass lines on until the last one, and give None; at the deadline the stage, at a sudden end nothing."""
    stage = "starting"
    while True:
        line = said.ready()
        if line is not None:
            messages.write(answers, line)
            message = messages.decode(line)
            if isinstance(message, str):
                stage = message
            elif isinstance(message, NotChecked) or message.final:
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
