"""Why a process ended."""

from __future__ import annotations

__all__ = ["ending"]


def ending(status: int) -> str:
    """Why a process that has given no answer ended, from its exit status or the negative number of its signal.

    >>> ending(-11)
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
