"""The child process: imports what its work needs at once, reads one request, writes one reply, and ends.

Requests of which there may be many are each answered by a fork of this process (`gradcli.process.attempt`), so that
one that hangs can be killed and the next one finds everything imported.

Whatever happens it does not outlive its parent for long: the main thread waits for the end of the
question's pipe, which is the parent's end; a timer without a handler ends the process even while it
computes in C; and on Linux the kernel is asked to end it with its parent.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from gradcli.errors import Problem
from gradcli.process import limits, messages
from gradcli.process.attempt import attempt, can_attempt
from gradcli.process.pipes import LineReader
from gradcli.process.refusal import Unanswerable
from gradcli.process.worker import Worker

if TYPE_CHECKING:
    from gradcli.process.worker import Work

__all__ = ["main", "reason", "serve"]

_STACKS = (512, 256, 64)
"""MiB of address space for the stack of the thread that computes, of which only what is used takes memory: the largest
that is at most an eighth of what the process may have."""

_RECURSION = 100_000
"""Calls within each other on the largest stack, 5 KiB of it for each, and fewer in proportion on a smaller one: Python
raises RecursionError before the stack ends, which would end the process."""

_GRACE = 2.0
"""Seconds after the deadline at which the process ends itself: the parent, which keeps the deadline, is first."""

_LONGEST = 120
"""Characters of a library's message that are passed on: the rest is mostly the expression."""


def main() -> NoReturn:
    """Serve on standard input and output, which nothing else of the process may touch."""
    questions, answers = limits.take_standard_streams()
    module, who, memory = sys.argv[1:]
    serve(Worker(module, who), questions, answers, int(memory), forked=False)


def serve(worker: Worker, questions: int, answers: int, memory: int, forked: bool) -> NoReturn:
    """Read a request from one descriptor, write stages and the reply to the other, and end the process."""
    memory = limits.bound_memory(memory)
    try:
        _serve(worker, questions, answers, memory, forked)
    except Exception as error:  # noqa: BLE001  # whatever it is, the parent is told, and nobody else
        messages.write(answers, messages.encode_refusal(reason(error, memory, worker.who)))
    finally:
        os._exit(0)


def _serve(worker: Worker, questions: int, answers: int, memory: int, forked: bool) -> None:
    def begin(line: bytes, answers: int, lifeline: int) -> None:
        _begin(_Task(work, line, answers, memory, worker.who), lifeline)

    limits.silence_warnings()
    work = _prepared(worker)
    if forked:
        limits.die_with_parent()
    lines = LineReader(questions)
    line = lines.next()
    while line is not None and messages.may_be_followed(line) and can_attempt():
        attempt(line, lines, answers, begin, worker.who)
        line = lines.next()
    if line is not None:
        begin(line, answers, questions)


class _Task(NamedTuple):
    """A request, and what it takes to answer it."""

    work: Work
    line: bytes
    answers: int
    memory: int
    who: str


def _begin(task: _Task, lifeline: int) -> None:
    """Answer in a thread; end with the thread, at the deadline, or when the lifeline's other end is closed."""
    limits.end_after(messages.seconds(task.line) + _GRACE)
    _start(threading.Thread(target=_work, args=(task,), daemon=True), task.memory)
    while os.read(lifeline, 1):
        pass


def _prepared(worker: Worker) -> Work:
    gc.disable()  # nothing of what an import makes is garbage
    work = worker.load()
    work.prepare()
    gc.freeze()
    gc.enable()
    return work


def _start(worker: threading.Thread, memory: int) -> None:
    """Start a thread with a stack that is deep enough for recursion like SymPy's."""
    for size in _STACKS:
        if size * 2**20 <= memory // 8:
            threading.stack_size(size * 2**20)
            sys.setrecursionlimit(_RECURSION * size // _STACKS[0])
            with suppress(RuntimeError):  # the system allows less memory than we do: a smaller stack may do
                worker.start()
                return
    worker.start()


def _work(task: _Task) -> None:
    try:
        reply = task.work.answer(task.line, lambda line: messages.write(task.answers, line))
    except Exception as error:  # noqa: BLE001  # whatever a library raises is a reason, never a crash
        reply = messages.encode_refusal(reason(error, task.memory, task.who))
    try:
        messages.write(task.answers, reply)
    finally:
        os._exit(0)


def reason(error: Exception, memory: int, who: str) -> str:
    """Why there is no answer, from what was raised."""
    if isinstance(error, MemoryError):
        return f"needs more than {memory / 2**30:.1f} GiB"
    if isinstance(error, RecursionError):
        return f"the expression is nested too deeply for {who}"
    if isinstance(error, Problem):
        return f"the check does not take the program: {error.message}"
    text = " ".join(str(error).split())
    if isinstance(error, Unanswerable):
        return text
    if isinstance(error, ImportError):
        return f"{who} could not be imported: {text[:_LONGEST]}"
    return f"{who} failed with {type(error).__name__}: {text[:_LONGEST]}"


if __name__ == "__main__":
    main()
