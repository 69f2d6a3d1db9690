"""Why a process ended, from its exit status."""

from __future__ import annotations

__all__ = ["describe_exit"]


def describe_exit(status: int, who: str) -> str:
    """Why a process that has given no answer ended.

    Args:
        status: its exit status, or the negative number of the signal that ended it.
        who: who computed in it.

    >>> describe_exit(-11, "SymPy")
    "SymPy's process was ended by SIGSEGV"
    """
    if status >= 0:
        return f"{who}'s process ended without an answer"
    import signal

    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    cause = ", perhaps for want of memory" if name == "SIGKILL" else ""
    return f"{who}'s process was ended by {name}{cause}"
