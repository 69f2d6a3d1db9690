"""The oracle's process: imports SymPy at once, reads one question, writes one reply, and ends.

Inquiries, of which there may be many, are each answered by a fork of this process
(`gradcli.symbolic.process.attempt`), so that one that hangs can be killed and the next one finds SymPy imported.

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
from typing import NoReturn

from gradcli.errors import Problem
from gradcli.symbolic.numbers.errors import Inexpressible
from gradcli.symbolic.process import limits
from gradcli.symbolic.process.pipes import LineReader
from gradcli.symbolic.protocol import serialization
from gradcli.symbolic.protocol.question import NotChecked, Question

__all__ = ["main", "serve"]

_STACKS = (512, 256, 64)
"""MiB of address space for the stack of the thread that computes, of which only what is used takes memory: the largest
that is at most an eighth of what the process may have."""

_RECURSION = 100_000
"""Calls within each other on the largest stack, 5 KiB of it for each, and fewer in proportion on a smaller one: Python
raises RecursionError before the stack ends, which would end the process."""

_GRACE = 2.0
"""Seconds after the deadline at which the process ends itself: the parent, which keeps the deadline, is first."""

_LONGEST = 120
"""Characters of a message of SymPy's that are passed on: the rest is mostly the expression."""

_CAN_FORK = hasattr(os, "fork")
"""Whether each inquiry gets a process of its own; this one has one thread as long as it only waits."""

_WARM_UP = Question("x + 1", {"x": 1.0}, ("x",), "gradient")
"""SymPy imports more when it adds for the first time."""


def main() -> NoReturn:
    """Serve on standard input and output, which nothing else of the process may touch."""
    questions, answers = limits.take_standard_streams()
    serve(questions, answers, int(sys.argv[1]), forked=False)


def serve(questions: int, answers: int, memory: int, forked: bool) -> NoReturn:
    """Read a question from one descriptor, write stages and the reply to the other, and end the process."""
    memory = limits.bound_memory(memory)
    try:
        _serve(questions, answers, memory, forked)
    except Exception as error:  # noqa: BLE001  # whatever it is, the parent is told, and nobody else
        serialization.write(answers, serialization.encode_reply(NotChecked(_reason(error, memory))))
    finally:
        os._exit(0)


def _serve(questions: int, answers: int, memory: int, forked: bool) -> None:
    limits.silence_warnings()
    _import_sympy()
    if forked:
        limits.die_with_parent()
    lines = LineReader(questions)
    line = lines.next()
    while line is not None and serialization.is_inquiry(line) and _CAN_FORK:
        from gradcli.symbolic.process.attempt import attempt

        attempt(line, lines, answers, lambda one, out, lifeline: _begin(one, out, lifeline, memory))
        line = lines.next()
    if line is not None:
        _begin(line, answers, questions, memory)


def _begin(line: bytes, answers: int, lifeline: int, memory: int) -> None:
    """Answer in a thread; end with the thread, at the deadline, or when the lifeline's other end is closed."""
    limits.end_after(serialization.seconds(line) + _GRACE)
    _start(threading.Thread(target=_work, args=(line, answers, memory), daemon=True), memory)
    while os.read(lifeline, 1):
        pass


def _import_sympy() -> None:
    gc.disable()  # nothing of what an import makes is garbage
    from gradcli.symbolic.answers.solve import solve

    solve(_WARM_UP)
    gc.freeze()
    gc.enable()


def _start(worker: threading.Thread, memory: int) -> None:
    """Start a thread with a stack that is deep enough for SymPy's recursion."""
    for size in _STACKS:
        if size * 2**20 <= memory // 8:
            threading.stack_size(size * 2**20)
            sys.setrecursionlimit(_RECURSION * size // _STACKS[0])
            with suppress(RuntimeError):  # the system allows less memory than we do: a smaller stack may do
                worker.start()
                return
    worker.start()


def _work(line: bytes, answers: int, memory: int) -> None:
    def report(stage: str) -> None:
        serialization.write(answers, serialization.encode_stage(stage))

    try:
        if serialization.is_inquiry(line):
            from gradcli.symbolic.answers.claims import investigate
            from gradcli.symbolic.protocol.inquiry_serialization import decode_inquiry, encode_findings

            inquiry, _ = decode_inquiry(line)
            found = investigate(
                inquiry, report, lambda f: serialization.write(answers, encode_findings(f, final=False))
            )
            reply = encode_findings(found, final=True)
        else:
            from gradcli.symbolic.answers.solve import solve

            reply = serialization.encode_reply(solve(serialization.decode_question(line)[0], report))
    except Exception as error:  # noqa: BLE001  # whatever SymPy raises is a reason, never a crash
        reply = serialization.encode_reply(NotChecked(_reason(error, memory)))
    try:
        serialization.write(answers, reply)
    finally:
        os._exit(0)


def _reason(error: Exception, memory: int) -> str:
    if isinstance(error, MemoryError):
        return f"needs more than {memory / 2**30:.1f} GiB"
    if isinstance(error, RecursionError):
        return "the expression is nested too deeply for SymPy"
    if isinstance(error, Problem):
        return f"the check does not take the program: {error.message}"
    text = " ".join(str(error).split())
    if isinstance(error, Inexpressible):
        return text
    if isinstance(error, ImportError):
        return f"SymPy could not be imported: {text[:_LONGEST]}"
    return f"SymPy failed with {type(error).__name__}: {text[:_LONGEST]}"


if __name__ == "__main__":
    main()
