"""A sign of life on a terminal while the check runs, gone when it ends."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from gradcli.cli.environment import Environment

__all__ = ["spinning"]

_FRAMES, _PLAIN_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏", "|/-\\"
_DELAY = 0.4
"""Seconds before it appears: most checks are over by then, and a flash would only disturb."""
_INTERVAL = 0.1
_ERASE = "\r\x1b[K"


@contextmanager
def spinning(environment: Environment, told: str) -> Iterator[None]:
    """Within the block a sign turns on standard error, if that is a terminal.

    Args:
        environment: whose standard error it is.
        told: what is going on, in a word or two.
    """
    if not environment.stderr.isatty() or environment.variables.get("TERM") == "dumb":
        yield
        return
    over = threading.Event()
    frames = _FRAMES if environment.unicode() else _PLAIN_FRAMES
    thread = threading.Thread(target=_turn, args=(environment, frames, told, over), daemon=True)
    try:
        thread.start()
    except RuntimeError:  # there is no room for a thread
        yield
        return
    try:
        with _erased_at_interrupt(environment):
            yield
    finally:
        over.set()
        thread.join()


def _turn(environment: Environment, frames: str, told: str, over: threading.Event) -> None:
    begun, count = time.monotonic(), 0
    if over.wait(_DELAY):
        return
    while True:
        seconds = int(time.monotonic() - begun)
        since = f", {seconds} s" if seconds else ""
        environment.write(environment.stderr, f"{_ERASE}{frames[count % len(frames)]} {told}{since}")
        count += 1
        if over.wait(_INTERVAL):
            environment.write(environment.stderr, _ERASE)
            return


@contextmanager
def _erased_at_interrupt(environment: Environment) -> Iterator[None]:
    """Within the block Ctrl-C erases the line first: the process ends without coming back here."""
    before = signal.getsignal(signal.SIGINT)
    if not callable(before) or threading.current_thread() is not threading.main_thread():
        yield
        return

    def erase(number: int, frame: FrameType | None) -> object:
        environment.write(environment.stderr, _ERASE)
        return before(number, frame)

    signal.signal(signal.SIGINT, erase)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
