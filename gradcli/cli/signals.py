"""Heeding signals at once, also while one call of NumPy computes for minutes.

Python runs a signal's handler between two steps of the main thread, so never within such a call. A thread that waits
for the signals' numbers hears of them at once, and ends the process where the main thread does not.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable

__all__ = ["watch"]

_PATIENCE = 0.1
"""Seconds that the main thread has to heed a signal: a person notices half a second."""


def watch(unheeded: Callable[[int], object]) -> None:
    """Have `unheeded` called with a signal's number, from another thread, if the main thread is kept for too long.

    The function is to end the process. It is also called for a signal that the main thread has heeded without ending.
    """
    if os.name != "posix":
        return
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        threading.Thread(target=_listen, args=(reader, unheeded), daemon=True).start()
    except RuntimeError:  # there is no room for a thread; Python's own way is left
        os.close(reader)
        os.close(writer)
        return
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)


def _listen(reader: int, unheeded: Callable[[int], object]) -> None:
    while numbers := os.read(reader, 64):
        time.sleep(_PATIENCE)
        for number in numbers:
            unheeded(number)
