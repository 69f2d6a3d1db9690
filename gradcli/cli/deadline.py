"""The time that a command may compute: `--timeout`."""

from __future__ import annotations

import math
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeAlias

from gradcli.errors import TimeProblem, UsageProblem

__all__ = ["Deadline", "OutOfTime", "seconds_of"]

_AGAIN = 0.25
"""Seconds between two alarms: one that meets Python in a finalizer is lost."""

_LONGEST = 1e8
"""Seconds, about three years; the system's timers do not take everything that a user may ask for."""

_Handler: TypeAlias = Callable[[int, FrameType | None], object] | int | None


class OutOfTime(BaseException):
    """The time is over. No Exception: what computes may answer those in its own way."""


def seconds_of(option: str, text: str) -> float:
    """The seconds that an option's text asks for.

    Raises:
        UsageProblem: if it is not a positive number.

    >>> seconds_of("--timeout", "2.5"), seconds_of("--timeout", "inf")
    (2.5, inf)
    """
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not seconds > 0:
        hint, name = "such as 0.5, 60, or inf for no bound", option.removeprefix("--")
        if name.isidentifier():
            from shlex import quote

            # The expression, which may have such a variable, has not been read yet.
            hint += f"; a variable called {name} is given by --set {quote(f'{name}={text}')}"
        raise UsageProblem(f"{option} takes a positive number of seconds, not '{text}'", hint=hint)
    return seconds


class Deadline:
    """A time to compute, which runs from `start` to `stop`; when it is over, OutOfTime is raised in the main thread."""

    def __init__(self) -> None:
        self._seconds = math.inf
        self._end: float | None = None
        self._began = 0.0
        self._previous: tuple[_Handler, float, float] = (None, 0.0, 0.0)
        self._told_lost = sys.unraisablehook
        self._raised = False

    def start(self, seconds: float) -> None:
        """Let the time run.

        Raises:
            UsageProblem: where nothing can interrupt the computation.
        """
        if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
            raise UsageProblem(
                "--timeout is not available here: a timer's signal must interrupt the main thread",
                hint="it works on Linux, macOS and other POSIX systems",
            )
        self._seconds = seconds
        self._began = time.monotonic()
        self._end = self._began + seconds
        self._previous = (signal.signal(signal.SIGALRM, self._alarm), *signal.getitimer(signal.ITIMER_REAL))
        if sys.unraisablehook != self._lost:
            self._told_lost, sys.unraisablehook = sys.unraisablehook, self._lost
        self._set(seconds)

    def stop(self) -> None:
        """Let no more time run, and give back the timer. Harmless where none runs."""
        if self._end is None:
            return
        self._end = None
        self._set(0.0)
        if sys.unraisablehook == self._lost:
            sys.unraisablehook = self._told_lost
        handler, delay, interval = self._previous
        signal.signal(signal.SIGALRM, handler)
        if delay:
            signal.setitimer(signal.ITIMER_REAL, max(1e-6, delay - (time.monotonic() - self._began)), interval)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Within the block no time runs: it waits for others."""
        if self._end is None:
            yield
            return
        left = self._end - time.monotonic()
        self._end = math.inf
        self._set(0.0)
        try:
            yield
        finally:
            self._end = time.monotonic() + left
            self._set(left)

    @property
    def unheeded(self) -> bool:
        """Whether the time is over, and the main thread does not know."""
        return self._end is not None and time.monotonic() >= self._end and not self._raised

    @property
    def problem(self) -> TimeProblem:
        """What is said when the time is over."""
        return TimeProblem(
            f"the computation has not finished within {self._seconds:g} s",
            hint=f"--timeout SECONDS allows more, as in --timeout {self._seconds * 10:g}",
        )

    def caused(self, error: BaseException) -> bool:
        """Whether an error is the end of the time, or was made of it on its way: Python and NumPy wrap some."""
        seen: BaseException | None = error
        while seen is not None:
            if isinstance(seen, OutOfTime):
                return self._raised
            seen = seen.__cause__ or seen.__context__
        return False

    def _lost(self, told: sys.UnraisableHookArgs, /) -> None:
        """Say nothing of an alarm that met Python in a finalizer: it comes again."""
        if not issubclass(told.exc_type, OutOfTime):
            self._told_lost(told)

    def _set(self, seconds: float) -> None:
        delay = 0.0 if seconds == 0.0 else min(max(seconds, 1e-6), _LONGEST)  # a timer of 0 never rings
        signal.setitimer(signal.ITIMER_REAL, delay, _AGAIN if delay else 0.0)

    def _alarm(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002  # Python calls it so
        if self._end is not None and time.monotonic() >= self._end:
            self._raised = True
            raise OutOfTime
