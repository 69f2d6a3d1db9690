"""How far a table is, on a terminal; and an end by a signal that leaves nothing half-written."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from gradcli.cli.session import Session

__all__ = ["Progress", "interruptible"]

_EVERY = 0.2
"""Seconds between two lines that say how far it is."""


class Progress:
    """Says on a terminal how far it is.

    Attributes:
        rows: that are done.
        share: of the whole table that is done, from 0 to 1; None where that is not known.
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
        """Another table follows."""
        self._before = self.rows

    def erase(self) -> None:
        """Nothing more is to be said."""
        if self._on and self._last > self._begun:
            self._environment.write(self._environment.stderr, "\r\x1b[K")


@contextmanager
def interruptible(session: Session, progress: Progress, output: str | None) -> Iterator[None]:
    """Within the block Ctrl-C and SIGTERM leave no half-written file, and say how far it got."""
    if not session.environment.owns_process:
        yield
        return
    from gradcli.data.output import discard_all

    before = signal.getsignal(signal.SIGINT)

    def leave(number: int, frame: FrameType | None) -> None:
        discard_all()
        progress.erase()
        kept = f"; {output} is as it was" if output is not None else ""
        session.environment.write(session.environment.stderr, f"interrupted after {progress.rows:,} rows{kept}\n")
        if number == signal.SIGINT:
            assert callable(before)
            before(number, frame)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.raise_signal(signal.SIGTERM)

    if callable(before):  # else the shell has told us to ignore it
        signal.signal(signal.SIGINT, leave)
    signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
