"""The oracle's process: imports SymPy at once, reads one question, writes one reply, and ends.

Whatever happens it does not outlive its parent for long: the main thread waits for the end of the
question's pipe, which is the parent's end; a timer without a handler ends the process even while it
computes in C; and on Linux the kernel is asked to end it with its parent.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from typing import NoReturn

from gradcli.errors import Problem
from gradcli.symbolic import limits, wire
from gradcli.symbolic.question import Answer, NotChecked, Question

__all__ = ["main", "serve"]

_RECURSION = 100_000
_STACKS = (512, 256, 64)  # MiB of address space, of which only what is used takes memory
_LONGEST = 120
_FIRST = Question("x + 1", {"x": 1.0}, ("x",), "gradient")


def main() -> NoReturn:
    """Serve on standard input and output, which nothing else of the process may touch."""
    questions, answers = limits.take_standard_streams()
    serve(questions, answers, int(sys.argv[1]), forked=False)


def serve(questions: int, answers: int, memory: int, forked: bool) -> NoReturn:
    """Read a question from one descriptor, write stages and the reply to the other, and end the process."""
    try:
        _serve(questions, answers, memory, forked)
    except Exception as error:  # noqa: BLE001  # whatever it is, the parent is told, and nobody else
        _write(answers, wire.encode_reply(NotChecked(_reason(error, memory))))
    finally:
        os._exit(0)


def _serve(questions: int, answers: int, memory: int, forked: bool) -> None:
    limits.bound_memory(memory)
    limits.silence_warnings()
    _import_sympy()
    if forked:
        limits.die_with_parent()
    line = _read_line(questions)
    if line is None:
        return
    question, timeout = wire.decode_question(line)
    limits.end_after(timeout + 2)
    _start(threading.Thread(target=_work, args=(question, answers, memory), daemon=True), memory)
    while os.read(questions, 1):
        pass


def _import_sympy() -> None:
    gc.disable()  # nothing of what an import makes is garbage
    from gradcli.symbolic.solve import solve

    solve(_FIRST)  # SymPy imports more when it adds for the first time
    gc.freeze()
    gc.enable()


def _start(worker: threading.Thread, memory: int) -> None:
    """Start a thread with a stack that is deep enough for SymPy's recursion."""
    for size in _STACKS:
        if size * 2**20 <= memory // 8:
            threading.stack_size(size * 2**20)
            sys.setrecursionlimit(_RECURSION * size // _STACKS[0])
            break
    worker.start()


def _work(question: Question, answers: int, memory: int) -> None:
    from gradcli.symbolic.solve import solve

    reply: Answer | NotChecked
    try:
        reply = solve(question, lambda stage: _write(answers, wire.encode_stage(stage)))
    except Exception as error:  # noqa: BLE001  # whatever SymPy raises is a reason, never a crash
        reply = NotChecked(_reason(error, memory))
    try:
        _write(answers, wire.encode_reply(reply))
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
    if type(error).__name__ == "Inexpressible":
        return text
    if isinstance(error, ImportError):
        return f"SymPy could not be imported: {text[:_LONGEST]}"
    return f"SymPy failed with {type(error).__name__}: {text[:_LONGEST]}"


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _read_line(descriptor: int) -> bytes | None:
    """A line, or None at the end of the pipe."""
    parts: list[bytes] = []
    while not parts or not parts[-1].endswith(b"\n"):
        part = os.read(descriptor, 1 << 16)
        if not part:
            return None
        parts.append(part)
    return b"".join(parts)


if __name__ == "__main__":
    main()
