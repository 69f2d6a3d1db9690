"""A child process by fork: it has the interpreter and our modules already, and only its own to import."""

from __future__ import annotations

import os
import signal
import sys
import time
import warnings
from contextlib import suppress
from math import ceil
from typing import TYPE_CHECKING

from gradcli.process.pipes import READ_SIZE

if TYPE_CHECKING:
    from gradcli.process.worker import Worker

__all__ = ["Forked", "can_fork"]


def can_fork(late: bool = False) -> bool:
    """Whether a fork is safe: no other thread, and no NumPy, whose threads Python does not know of.

    Args:
        late: whether the caller knows all threads of the process: that none but its own and those of NumPy's BLAS is
            there, and none of them holds a lock. On Linux BLAS ends its threads before a fork and starts them anew;
            macOS's own BLAS does not.
    """
    if late and sys.platform == "linux":
        return True
    if not hasattr(os, "fork") or "numpy" in sys.modules:
        return False
    threading = sys.modules.get("threading")
    if threading is not None and threading.active_count() > 1:
        return False
    try:
        return len(os.listdir("/proc/self/task")) == 1  # noqa: PTH208  # importing pathlib takes longer than a fork
    except OSError:
        return True


class Forked:
    """A child process, the pipe for its question and the pipe for its answer.

    Attributes:
        stage: what it has said that it is doing.

    Args:
        worker: what it runs.
        memory: bytes of address space that it may take.

    Raises:
        OSError: if there cannot be another process.
    """

    def __init__(self, worker: Worker, memory: int) -> None:
        opened: list[int] = []
        try:
            opened += os.pipe()
            opened += os.pipe()
            self.pid = _fork()
        except OSError:
            for descriptor in opened:
                os.close(descriptor)
            raise
        questions, self._questions, self._answers, answers = opened
        if self.pid == 0:
            _become_child(worker, questions, answers, memory)
        os.close(questions)
        os.close(answers)
        os.set_blocking(self._questions, False)
        self._unsent = b""
        self._received = b""
        self._status: int | None = None
        self.stage = "starting"

    def send(self, line: bytes) -> None:
        """Send a line, or as much of it as the pipe takes now; the rest goes while an answer is awaited."""
        self._unsent = line
        self._push()

    def _push(self) -> None:
        try:
            self._unsent = self._unsent[os.write(self._questions, self._unsent) :]
        except BlockingIOError:
            pass
        except BrokenPipeError:
            self._unsent = b""

    def line(self, deadline: float) -> bytes | None:
        """The next line; None if the process has ended.

        Raises:
            TimeoutError: at the deadline, in `time.monotonic`'s seconds.
        """
        import select  # and not selectors, whose import takes longer than a short answer

        poll = select.poll()
        poll.register(self._answers, select.POLLIN)
        if self._unsent:
            poll.register(self._questions, select.POLLOUT)
        while b"\n" not in self._received:
            left = deadline - time.monotonic()
            ready = dict(poll.poll(ceil(left * 1e3))) if left > 0 else {}
            if not ready:
                raise TimeoutError
            if self._questions in ready:
                self._push()
                if not self._unsent:
                    poll.unregister(self._questions)
            if self._answers in ready:
                part = os.read(self._answers, READ_SIZE)
                if not part:
                    return None
                self._received += part
        line, _, self._received = self._received.partition(b"\n")
        return line

    @property
    def ended(self) -> bool:
        """Whether it has been ended."""
        return self._status is not None

    def end(self) -> int:
        """Kill the process unless it has ended; its exit status, or the negative number of its signal."""
        if self._status is None:
            os.close(self._questions)
            os.close(self._answers)
            self._status = 0
            with suppress(ProcessLookupError, ChildProcessError):
                self._status = self._reap()
        return self._status

    def _reap(self) -> int:
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if not pid:
            os.kill(self.pid, signal.SIGKILL)
            _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status)


def _fork() -> int:
    """A fork; Python's warning about threads is not the user's, who can do nothing about it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _become_child(worker: Worker, questions: int, answers: int, memory: int) -> None:
    try:
        from gradcli.process import child, limits

        child.serve(worker, *limits.detach(questions, answers), memory, forked=True)
    finally:
        os._exit(1)
