"""The parent's side of the enclosures: ask for them, wait for them until the deadline, end their process."""

from __future__ import annotations

import time
from importlib.util import find_spec
from types import TracebackType

from gradcli.enclosures.protocol import Enclosures, Request
from gradcli.process.refusal import NotChecked
from gradcli.process.start import LONGEST, Child, look, start, unstarted, wait
from gradcli.process.worker import Worker

__all__ = ["BASE_MEMORY", "FLINT", "MEMORY", "PACKAGE", "Prover", "is_available"]

PACKAGE = "python-flint"
"""What is to be installed for enclosures, as package indexes call it."""

BASE_MEMORY = 2**29
"""Bytes of address space that the process needs before it computes anything: NumPy and SciPy, FLINT's library of 27 MB,
and the stack of its thread, which is made to fit."""

MEMORY = 4 * 2**30
"""Bytes of address space that the process may take unless told otherwise."""

_GLANCE = 0.001
"""Seconds to see what is there: none at all would see nothing."""

FLINT = Worker("gradcli.enclosures.process.worker", "FLINT")
"""What the process runs."""


def is_available() -> bool:
    """Whether FLINT is installed."""
    return find_spec("flint") is not None


class Prover:
    """A child process that encloses the numbers of one program at one point.

    The process is started by the request, and not before: there is time enough while SymPy works, and a fork of a
    process that has imported NumPy and the table of operations has only FLINT to import.

    Args:
        memory: bytes of address space that the process may take, beyond what it has from the start.
        late: whether a process that has imported NumPy may be forked: where no other threads run than its own.
    """

    def __init__(self, memory: int = MEMORY, *, late: bool = False) -> None:
        self._memory = memory
        self._late = late
        self._process: Child | None = None
        self._asked = self._timeout = 0.0
        self._deadline: float | None = None
        self._reply: Enclosures | NotChecked | None = None

    def ask(self, request: Request, timeout: float) -> None:
        """Start the process and pose the request; the time runs from here.

        Args:
            request: the program and the point.
            timeout: seconds to the answer.

        Raises:
            RuntimeError: if it has been asked before, or has been closed.
        """
        if self._deadline is not None:
            raise RuntimeError("a prover answers one request")
        self._timeout = min(timeout, LONGEST)
        self._asked = time.monotonic()
        self._deadline = self._asked + self._timeout
        if not is_available():
            self._reply = NotChecked(f"the package {PACKAGE} is not installed")
            return
        from gradcli.enclosures.process.serialization import encode_request

        try:
            self._process = start(FLINT, self._memory, late=self._late)
        except OSError as error:
            self._reply = NotChecked(unstarted(error))
            return
        self._process.send(encode_request(request, self._timeout))

    def answer(self, patience: float = LONGEST) -> Enclosures | NotChecked:
        """The enclosures, at the deadline at the latest; the process has ended then.

        Args:
            patience: seconds from now after which nobody waits for them any more, where the deadline is later.

        Raises:
            RuntimeError: if nothing has been asked.
        """
        if self._deadline is None:
            raise RuntimeError("a prover must be asked before it answers")
        try:
            if self._reply is None:
                self._reply = self._wait(self._deadline, time.monotonic() + patience)
        finally:
            self.close()
        return self._reply

    def answered(self) -> bool:
        """Whether the enclosures, or the reason why there are none, are there now."""
        from gradcli.enclosures.process.serialization import decode_enclosures

        if self._reply is None and self._process is not None:
            reply = look(self._process, FLINT, time.monotonic() + _GLANCE)
            if reply is not None:
                self._reply = reply if isinstance(reply, NotChecked) else decode_enclosures(reply.fields)
        return self._reply is not None

    def _wait(self, deadline: float, end_of_patience: float) -> Enclosures | NotChecked:
        from gradcli.enclosures.process.serialization import decode_enclosures

        assert self._process is not None
        seconds = self._timeout if deadline <= end_of_patience else round(end_of_patience - self._asked, 1)
        reply = wait(self._process, FLINT, min(deadline, end_of_patience), seconds)
        return reply if isinstance(reply, NotChecked) else decode_enclosures(reply.fields)

    def close(self) -> None:
        """End the process. Harmless if it has ended."""
        if self._process is not None:
            self._process.end()
            self._process = None
        if self._reply is None:
            self._reply = NotChecked("the proof was closed before it was given")
        if self._deadline is None:
            self._deadline = time.monotonic()

    def __enter__(self) -> Prover:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
