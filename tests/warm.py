"""Children that are forked from a process which has imported what they need, so that no test waits for an import.

A user's gradcli forks itself before it has imported NumPy; a process that runs tests has imported it long ago, and
would start an interpreter for each child. Here one process for each kind of worker, a nest, imports and prepares what
the worker needs, and every child is a fork of it, served as a forked child of a user's gradcli is. Tests of the
processes themselves are marked `cold`.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from gradcli.process import limits, start
from gradcli.process.forked import Forked
from gradcli.process.worker import Worker

if TYPE_CHECKING:
    import pytest

    from gradcli.process.start import Child

__all__ = ["warm_start"]

TOP = Path(__file__).parents[1]
_LONGEST = 4096
"""Bytes of a message between a nest and the process that runs tests."""

_cold = start._new
_nests: dict[Worker, Nest] = {}


def warm_start(item: pytest.Item) -> None:
    """Have the test's children come from a nest, unless it is marked `cold`."""
    marked = item.get_closest_marker("cold") is not None
    start._new = _cold if marked or not hasattr(os, "fork") else _warm


def _warm(worker: Worker, memory: int, late: bool) -> Child:
    nest = _nests.get(worker)
    if nest is None or nest.ended:
        nest = _nests[worker] = Nest(worker)
    return Hatched(nest, memory)


class Nest:
    """The process that children of a kind are forked from, as the process that runs tests sees it."""

    def __init__(self, worker: Worker) -> None:
        self._socket, theirs = socket.socketpair()
        path = os.pathsep.join(filter(None, [str(TOP), os.environ.get("PYTHONPATH", "")]))
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", __file__, str(theirs.fileno()), *worker],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": path},
            )
        self._lock = threading.Lock()

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    def fork(self, memory: int, questions: int, answers: int) -> int:
        """The number of a new child, which reads and writes these descriptors."""
        return self._told({"memory": memory}, [questions, answers])

    def end(self, pid: int) -> int:
        """Kill a child unless it has ended; its exit status."""
        return self._told({"end": pid}, [])

    def _told(self, asked: dict[str, int], descriptors: list[int]) -> int:
        with self._lock:
            socket.send_fds(self._socket, [json.dumps(asked).encode()], descriptors)
            answer = self._socket.recv(_LONGEST)
        if not answer:
            raise RuntimeError("the process that children are forked from has ended")
        return int(answer)


class Hatched(Forked):
    """A child that a nest has forked."""

    def __init__(self, nest: Nest, memory: int) -> None:
        questions, self._questions = os.pipe()
        self._answers, answers = os.pipe()
        self._nest = nest
        self.pid = nest.fork(memory, questions, answers)
        os.close(questions)
        os.close(answers)
        os.set_blocking(self._questions, False)
        self._unsent = b""
        self._received = b""
        self._status = None
        self.stage = "starting"

    def _reap(self) -> int:
        return self._nest.end(self.pid)


def _sit(descriptor: int, worker: Worker) -> NoReturn:
    """A nest's own side: prepare, then fork and end what is asked for until the other process ends."""
    from gradcli.process.child import serve

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limits.silence_warnings()
    worker.load().prepare()
    with socket.socket(fileno=descriptor) as asking:
        while True:
            line, (*ends,), _, _ = socket.recv_fds(asking, _LONGEST, 2)
            if not line:
                os._exit(0)
            asked: dict[str, Any] = json.loads(line)
            if "end" in asked:
                asking.send(str(_ended(asked["end"])).encode())
                continue
            pid = os.fork()
            if pid == 0:
                try:
                    serve(worker, *limits.detach(*ends), asked["memory"], forked=True)
                finally:
                    os._exit(1)
            for end in ends:
                os.close(end)
            asking.send(str(pid).encode())


def _ended(pid: int) -> int:
    """Kill a child that has not ended; its exit status, or the negative number of its signal."""
    reaped, status = os.waitpid(pid, os.WNOHANG)
    if not reaped:
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    _sit(int(sys.argv[1]), Worker(*sys.argv[2:]))
