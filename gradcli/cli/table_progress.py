"""How far a table is, on a terminal; and an end by a signal that leaves nothing half-written."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NamedTuple

from gradcli.cli.session import Session

__all__ = ["Folder", "Interrupted", "Progress", "heeded_here", "interruptible"]

_EVERY = 0.2
"""Seconds between two lines that say how far it is."""


_ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Signals that end a run; Windows lacks the last, which says that the terminal is gone."""


class Interrupted(BaseException):
    """A signal ends the run, in which blocks are to be left in order. No Exception: it is nobody's to answer."""


class Folder(NamedTuple):
    """Where several tables go.

    Attributes:
        name: as it was given.
        total: how many tables there are.
        what: what they are, "tables" or pieces of some.
    """

    name: str
    total: int
    what: str


class Progress:
    """Says on a terminal how far it is.

    Attributes:
        rows: that are done.
        folder: where several tables go; None for one table.
        done: how many of these are done.
        elsewhere: whether other processes compute, of which it is known alone which tables they have done.
    """

    def __init__(self, session: Session, wanted: bool | None) -> None:
        stderr = session.environment.stderr
        self._environment = session.environment
        self._note = session.note
        self._noted: set[str] = set()
        self._on = stderr.isatty() if wanted is None else wanted
        self._begun = self._last = time.monotonic()
        self._before = 0
        self.rows = 0
        self.folder: Folder | None = None
        self.done = 0
        self.elsewhere = False
        self._waits = False
        self._come: int | None = None

    def tell(self, rows: int, share: float | None = None) -> None:
        """So many rows of this table are done."""
        self.rows = self._before + rows
        now = time.monotonic()
        if self._on and now - self._last > _EVERY:
            self._last = now
            from gradcli.render.words.table import progress_words

            words = progress_words(self.rows, now - self._begun, share)
            self._environment.write(self._environment.stderr, f"\r\x1b[K{words}")

    def once(self, text: str) -> None:
        """Say what holds for all tables, once."""
        if text not in self._noted:
            self._noted.add(text)
            self._note(text)

    def next(self) -> None:
        """A table is done, and another may follow."""
        self._before = self.rows
        self.done += 1

    def erase(self) -> None:
        """Nothing more is to be said."""
        if self._on and self._last > self._begun:
            self._environment.write(self._environment.stderr, "\r\x1b[K")

    @contextmanager
    def begun(self) -> Iterator[None]:
        """Within the block other processes are begun, and a signal waits for its end; it is then raised."""
        self._waits, self.elsewhere = True, True
        try:
            yield
        finally:
            self._waits = False
        if self._come is not None:
            raise Interrupted

    def heed(self, number: int) -> bool:
        """Take note of a signal; give whether the process is to end at once, not by an exception.

        Raises:
            Interrupted: if other processes are to be ended first.
        """
        if not self.elsewhere or self._come is not None:
            return True
        self._come = number
        if not self._waits:
            raise Interrupted
        return False

    def end_words(self, output: str | None) -> str:
        """How far it is at an end by a signal."""
        from gradcli.render.words.table import interrupted_words  # `interruptible` has it imported

        if self.folder is None:
            return interrupted_words(self.rows, output)
        return interrupted_words(None if self.elsewhere else self.rows, output, self.done, *self.folder[1:])


@contextmanager
def interruptible(session: Session, progress: Progress, output: str | None) -> Iterator[None]:
    """Within the block Ctrl-C, SIGTERM and SIGHUP leave no half-written file, and say how far it got."""
    if not session.environment.owns_process:
        yield
        return
    import gradcli.render.words.table  # noqa: F401  # at the end there is no time to import it
    from gradcli.data.output import discard_all

    before = {number: signal.getsignal(number) for number in _ENDING}
    heeded = [number for number in _ENDING if before[number] is not signal.SIG_IGN]  # else the shell has told us so
    come: list[int] = []

    def end(number: int, frame: FrameType | None) -> None:
        discard_all()
        progress.erase()
        session.environment.write(session.environment.stderr, f"{progress.end_words(output)}\n")
        known = before[number]
        if callable(known):
            known(number, frame)
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)

    def leave(number: int, frame: FrameType | None) -> None:
        come.append(number)
        if progress.heed(number):
            end(number, frame)

    for number in heeded:
        signal.signal(number, leave)
    try:
        yield
    except Interrupted:
        end(come[0], None)
    finally:
        for number in heeded:
            signal.signal(number, before[number])


@contextmanager
def heeded_here() -> Iterator[None]:
    """Within the block, in which the main thread waits for others, no other thread ends the process for a signal."""
    if os.name != "posix" or threading.current_thread() is not threading.main_thread():
        yield
        return
    told = signal.set_wakeup_fd(-1)
    try:
        yield
    finally:
        signal.set_wakeup_fd(told, warn_on_full_buffer=False)
