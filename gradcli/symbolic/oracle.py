"""The parent's side of the oracle: start it, ask it, wait for it until the deadline, end it."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING, Any

from gradcli.symbolic.forked import Forked, can_fork
from gradcli.symbolic.question import Answer, NotChecked, Question

if TYPE_CHECKING:
    from gradcli.symbolic.spawned import Spawned

__all__ = ["Oracle"]

_ENTRIES = 5_000


class Oracle:
    """A child process that answers one question. Start it first: it imports SymPy in the meantime.

    >>> with Oracle.start() as oracle:
    ...     oracle.ask(Question("x**2 - 2*x + 1", {"x": 0.0}, ("x",), "gradient"))
    ...     answer = oracle.answer()
    >>> answer.derivatives[0].high
    -2.0
    """

    def __init__(self, process: Forked | Spawned | None, timeout: float, reason: str = "") -> None:
        self._process = process
        self._timeout = timeout
        self._deadline: float | None = None
        self._reply: Answer | NotChecked | None = NotChecked(reason) if reason else None
        self._stage = "starting"

    @classmethod
    def start(cls, timeout: float = 10.0, memory: int = 4 * 2**30) -> Oracle:
        """Start the process.

        Args:
            timeout: seconds from the question to the answer.
            memory: bytes of address space that the process may take, where the system can limit it.
        """
        try:
            if can_fork():
                return cls(Forked(memory), timeout)
            from gradcli.symbolic.spawned import Spawned

            return cls(Spawned(memory), timeout)
        except OSError as error:
            return cls(None, timeout, f"no process could be started: {error.strerror or error}")

    def ask(self, question: Question, timeout: float | None = None) -> None:
        """Pose the question; the time runs from here.

        Args:
            question: the program and the point.
            timeout: seconds to the answer, where it is not the one that the oracle was started with.

        Raises:
            RuntimeError: if the oracle has been asked before, or has been closed.
        """
        if self._deadline is not None:
            raise RuntimeError("an oracle answers one question")
        self._timeout = self._timeout if timeout is None else timeout
        self._deadline = time.monotonic() + self._timeout
        entries = sum(map(_size, question.values.values()))
        if entries > _ENTRIES:
            self._reply = NotChecked(f"the inputs have {entries:,} entries, the check takes {_ENTRIES:,}")
            self.close()
        if self._process is not None:
            from gradcli.symbolic.wire import encode_question

            self._process.send(encode_question(question, self._timeout))

    def answer(self) -> Answer | NotChecked:
        """The answer, at the deadline at the latest; the process has ended then.

        Raises:
            RuntimeError: if nothing has been asked.
        """
        if self._deadline is None:
            raise RuntimeError("an oracle must be asked before it answers")
        try:
            if self._reply is None:
                self._reply = self._wait(self._deadline)
        finally:
            self.close()
        return self._reply

    def _wait(self, deadline: float) -> Answer | NotChecked:
        from gradcli.symbolic.wire import decode_reply

        if self._process is None:
            return NotChecked("the check was closed before it answered")
        try:
            while (line := self._process.line(deadline)) is not None:
                reply = decode_reply(line)
                if not isinstance(reply, str):
                    return reply
                self._stage = reply
        except TimeoutError:
            return NotChecked(f"no answer within {self._timeout:g} s (SymPy is still {self._stage})")
        return NotChecked(_ending(self._process.end()))

    def close(self) -> None:
        """End the process. Harmless if it has ended."""
        if self._process is not None:
            self._process.end()
            self._process = None
        if self._deadline is None:
            self._deadline = time.monotonic()
            self._reply = NotChecked("the check was closed before it was asked")

    def __enter__(self) -> Oracle:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _size(value: Any) -> int:
    """How many numbers a nested list holds."""
    count, stack = 0, [value]
    while stack:
        item = stack.pop()
        if isinstance(item, list | tuple):
            stack += item
        else:
            count += 1
    return count


def _ending(status: int) -> str:
    """Why a process that has given no answer ended."""
    if status >= 0:
        return "SymPy's process ended without an answer"
    import signal

    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    cause = ", perhaps for want of memory" if name == "SIGKILL" else ""
    return f"SymPy's process was ended by {name}{cause}"
