"""The parent's side: a child process, by fork where that is safe, and the wait for what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from gradcli.process.exit_reason import describe_exit
from gradcli.process.forked import Forked, can_fork
from gradcli.process.refusal import NotChecked

if TYPE_CHECKING:
    from gradcli.process.messages import Reply
    from gradcli.process.spawned import Spawned
    from gradcli.process.worker import Worker

__all__ = ["LONGEST", "Child", "end_all", "late", "look", "start", "unstarted", "wait"]

Child: TypeAlias = "Forked | Spawned"

_STARTED: list[Child] = []
"""The children that may not have ended yet."""

LONGEST = 1e6
"""Seconds; the system's clocks do not take everything that a user may ask for."""


def start(worker: Worker, memory: int, *, late: bool = False) -> Child:
    """A new process.

    Args:
        worker: what it runs.
        memory: bytes of address space that it may take, where the system can limit it.
        late: whether it may be forked though NumPy has been imported (see `can_fork`).

    Raises:
        OSError: if there cannot be one.
    """
    child = _new(worker, memory, late)
    _STARTED[:] = [*(other for other in _STARTED if not other.ended), child]
    return child


def _new(worker: Worker, memory: int, late: bool) -> Child:
    if can_fork(late=late):
        return Forked(worker, memory)
    from gradcli.process.spawned import Spawned

    return Spawned(worker, memory)


def end_all() -> None:
    """End all children: the process itself is about to end, and nobody closes them in order any more."""
    for child in _STARTED:
        child.end()


def unstarted(error: OSError) -> str:
    """Why there is no process, as a fragment of a sentence."""
    return f"no process could be started: {error.strerror or error}"


def wait(child: Child, worker: Worker, deadline: float, timeout: float) -> Reply | NotChecked:
    """The next reply, or why there is none.

    Args:
        child: which has been sent a request.
        worker: what it runs.
        deadline: on the clock of `time.monotonic`.
        timeout: the seconds that there were until then, for the message.
    """
    reply = look(child, worker, deadline)
    return late(child, worker, timeout) if reply is None else reply


def look(child: Child, worker: Worker, until: float) -> Reply | NotChecked | None:
    """The next reply, or why there is none; None if nothing is said until a moment on the clock of `time.monotonic`."""
    from gradcli.process.messages import decode

    try:
        while (line := child.line(until)) is not None:
            message = decode(line)
            if not isinstance(message, str):
                return message
            child.stage = message
    except TimeoutError:
        return None
    return NotChecked(describe_exit(child.end(), worker.who))


def late(child: Child, worker: Worker, seconds: float) -> NotChecked:
    """That there was no reply in so many seconds."""
    return NotChecked(f"no answer within {seconds:g} s ({worker.who} is still {child.stage})")
