"""A child process by a fresh interpreter: where a fork is not safe, or there is none."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradcli.process.worker import Worker

__all__ = ["Spawned"]


class Spawned:
    """A child process, and threads that talk to it.

    Attributes:
        stage: what it has said that it is doing.

    Args:
        worker: what it runs.
        memory: bytes of address space that it may take.

    Raises:
        OSError: if there cannot be another process.
    """

    def __init__(self, worker: Worker, memory: int) -> None:
        folder = str(Path(__file__).parents[2])
        path = os.pathsep.join(filter(None, [folder, os.environ.get("PYTHONPATH", "")]))
        # -P: a sympy.py in the working folder is not SymPy.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "gradcli.process.child", *worker, str(memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
        )
        self.pid = self._process.pid
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self.stage = "starting"

    def send(self, line: bytes) -> None:
        """Send a line; the process may be too busy to read it, so a thread waits for it."""
        if not self._threads:
            self._start(threading.Thread(target=self._hear, daemon=True))
        self._start(threading.Thread(target=self._say, args=(line,), daemon=True))

    def _start(self, thread: threading.Thread) -> None:
        self._threads = [t for t in self._threads if t.is_alive()]
        self._threads.append(thread)
        thread.start()

    def _say(self, line: bytes) -> None:
        assert self._process.stdin is not None
        with suppress(OSError, ValueError):
            self._process.stdin.write(line)
            self._process.stdin.flush()

    def _hear(self) -> None:
        assert self._process.stdout is not None
        with suppress(OSError, ValueError):
            for reply in self._process.stdout:
                self._lines.put(reply)
        self._lines.put(None)

    def line(self, deadline: float) -> bytes | None:
        """The next line; None if the process has ended.

        Raises:
            TimeoutError: at the deadline, in `time.monotonic`'s seconds.
        """
        try:
            return self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            raise TimeoutError from None

    @property
    def ended(self) -> bool:
        """Whether it has been ended."""
        return self._process.returncode is not None

    def end(self) -> int:
        """Kill the process unless it has ended; its exit status, or the negative number of its signal."""
        status = self._process.poll()
        if status is None:
            self._process.kill()
            status = self._process.wait()
        for thread in self._threads:
            thread.join()
        self._threads = []
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        return status
