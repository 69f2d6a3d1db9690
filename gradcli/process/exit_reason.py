"""Why a process ended, from its exit status."""

from __future__ import annotations

__all__ = ["describe_exit"]


def describe_exit(status: int) -> str:
    """Why a process that has given no answer ended, from its exit status or the negative number of its signal.

    >>> describe_exit(-11)
    "SymPy's process was ended by SIGSEGV"
    """
    if status >= 0:
        return "SymPy's process ended without an answer"
    import signal

    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    cause = ", perhaps for want of memory" if name == "SIGKILL" else ""
    return f"SymPy's process was ended by {name}{cause}"
