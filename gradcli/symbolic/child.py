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
    finally:
        os._exit(1)


def _serve(questions: int, answers: int, memory: int, forked: bool) -> None:
    limits.bound_memory(memory)
    limits.silence_warnings()
    gc.disable()  # nothing of what an import makes is garbage
    from gradcli.symbolic.solve import solve

    solve(_FIRST)  # SymPy imports more when it adds for the first time
    gc.freeze()
    gc.enable()
    if forked:
        limits.die_with_parent()
    line = _read_line(questions)
    if line is None:
        return
    question, timeout = wire.decode_question(line)
    limits.end_after(timeout + 2)
    worker = threading.Thread(target=_work, args=(question, answers, memory), daemon=True)
    _start(worker, memory)
    while os.read(questions, 1):
        pass


def _start(worker: threading.Thread, memory: int) -> None:
    """Start a thread with a stack that is deep enough for SymPy's recursion."""
    sys.setrecursionlimit(_RECURSION)
    for size in (512, 256, 64):
        if size * 2**20 > memory // 8:
            continue
        threading.stack_size(size * 2**20)
        try:
            worker.start()
        except RuntimeError:
            continue
        return
    threading.stack_size(0)
    sys.setrecursionlimit(1_000)
    worker.start()


def _work(question: Question, answers: int, memory: int) -> None:
    def write(data: bytes) -> None:
        while data:
            data = data[os.write(answers, data) :]

    try:
        reply = _reply(question, memory, lambda stage: write(wire.encode_stage(stage)))
        write(wire.encode_reply(reply))
    finally:
        os._exit(0)


def _reply(question: Question, memory: int, report: limits.Report) -> Answer | NotChecked:
    from gradcli.symbolic.rules import Inexpressible
    from gradcli.symbolic.solve import solve

    try:
        return solve(question, report)
    except MemoryError:
        return NotChecked(f"needs more than {memory / 2**30:.1f} GiB")
    except RecursionError:
        return NotChecked("the expression is nested too deeply for SymPy")
    except Inexpressible as error:
        return NotChecked(str(error))
    except Problem as problem:
        return NotChecked(f"the check does not take the program: {problem.message}")
    except Exception as error:  # noqa: BLE001  # whatever SymPy raises is a reason, never a crash
        text = " ".join(str(error).split())
        return NotChecked(f"SymPy failed with {type(error).__name__}: {text[:_LONGEST]}")


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
