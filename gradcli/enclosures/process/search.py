"""The search for all zeros along one variable, in a process that can be ended."""

from __future__ import annotations

import time

from gradcli.enclosures.process.prover import FLINT, MEMORY, PACKAGE, is_available
from gradcli.enclosures.process.serialization import decode_zeros, encode_search
from gradcli.enclosures.protocol import Search, Zeros
from gradcli.process.refusal import NotChecked
from gradcli.process.start import LONGEST, start, unstarted, wait

__all__ = ["search_zeros"]


def search_zeros(search: Search, timeout: float, memory: int = MEMORY, *, late: bool = False) -> Zeros | NotChecked:
    """The zeros of a program's derivatives in a range, or why nothing is known of them.

    Args:
        search: the program, the range and the orders.
        timeout: seconds to the answer; the search itself ends earlier, and tells what it has found by then.
        memory: bytes of address space that the process may take, beyond what it has from the start.
        late: whether a process that has imported NumPy may be forked: where no other threads run than its own.

    >>> [zero.x for zero in search_zeros(Search("x**2 - 4", {}, "x", 0.0, 3.0, (0,)), 60).zeros]
    [2.0]
    """
    if not is_available():
        return NotChecked(f"the package {PACKAGE} is not installed")
    timeout = min(timeout, LONGEST)
    deadline = time.monotonic() + timeout
    try:
        process = start(FLINT, memory, late=late)
    except OSError as error:
        return NotChecked(unstarted(error))
    try:
        process.send(encode_search(search, timeout))
        reply = wait(process, FLINT, deadline, timeout)
    finally:
        process.end()
    return reply if isinstance(reply, NotChecked) else decode_zeros(reply.fields)
