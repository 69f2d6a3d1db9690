"""What keeps a child process from disturbing anybody: its streams, signals, memory and lifetime."""

from __future__ import annotations

import os
import signal
import sys
import warnings
from contextlib import suppress

__all__ = [
    "bound_memory",
    "detach",
    "die_with_parent",
    "end_after",
    "silence_warnings",
    "take_standard_streams",
]

_MOST_DESCRIPTORS = 65_536
"""Descriptors that are closed at most: a system may allow a billion, and closing them one by one would take minutes."""

_PR_SET_PDEATHSIG = 1
"""Of Linux's prctl(2): the signal for when the parent ends."""

_LONGEST_TIMER = 1e8
"""Seconds, three years: systems refuse timers that are much longer."""


def detach(questions: int, answers: int) -> tuple[int, int]:
    """Let go of everything that a forked process has from its parent but two descriptors, which may move.

    The user's streams, and copies of them, must not be held open; handlers of signals are the
    parent's; Ctrl-C reaches the whole group of processes, and the parent is the one to act on it.
    """
    import fcntl

    questions = fcntl.fcntl(questions, fcntl.F_DUPFD_CLOEXEC, 3)
    answers = fcntl.fcntl(answers, fcntl.F_DUPFD_CLOEXEC, 3)
    _null_standard_streams()
    first, second = sorted((questions, answers))
    last = min(os.sysconf("SC_OPEN_MAX"), _MOST_DESCRIPTORS)
    os.closerange(3, first)
    os.closerange(first + 1, second)
    os.closerange(second + 1, last)
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals():
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    return questions, answers


def take_standard_streams() -> tuple[int, int]:
    """Standard input and output under other numbers, and nothing in their place."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    questions, answers = os.dup(0), os.dup(1)
    _null_standard_streams()
    return questions, answers


def _null_standard_streams() -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    if null > 2:
        os.close(null)


def bound_memory(size: int) -> int:
    """At most so many bytes of address space beyond what there are, and no core files, where the system can see to it.

    Returns:
        The bytes that the process may have, which are fewer where the system allows no more.
    """
    if sys.platform == "win32":
        return size
    import resource

    taken = _address_space()
    for limit, wanted in ((resource.RLIMIT_AS, taken + size), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(limit)
        with suppress(ValueError, OSError):
            resource.setrlimit(limit, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # each thread would reserve address space
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return size if soft == resource.RLIM_INFINITY else max(0, min(size, soft - taken))


def _address_space() -> int:
    """Bytes of address space that the process has: of a fork those of its parent; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm") as file:  # noqa: PTH123  # importing pathlib takes longer
            return int(file.read().split()[0]) * os.sysconf("SC_PAGESIZE")
    except (OSError, ValueError):
        return 0


def end_after(seconds: float) -> None:
    """End the process when the time is up, also while it computes in C and heeds nothing else."""
    if sys.platform != "win32" and seconds < _LONGEST_TIMER:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)


def die_with_parent() -> None:
    """End the process when its parent's main thread ends, where the system can see to it."""
    if sys.platform != "linux":
        return
    parent = os.getppid()
    import ctypes

    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def silence_warnings() -> None:
    """Warnings about a library's own code are not the user's, even where the parent makes errors of them."""
    warnings.resetwarnings()
    warnings.simplefilter("ignore")
