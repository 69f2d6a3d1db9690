"""Many requests to one process: the same program at the rows of a table."""

from __future__ import annotations

import time
from collections.abc import Sequence

from gradcli.enclosures.process.prover import FLINT, MEMORY, PACKAGE, is_available
from gradcli.enclosures.process.serialization import decode_answers, encode_requests
from gradcli.enclosures.protocol import Enclosures, Request
from gradcli.process.exit_reason import describe_exit
from gradcli.process.messages import decode
from gradcli.process.refusal import NotChecked
from gradcli.process.start import LONGEST, start, unstarted

__all__ = ["enclose_all"]


def enclose_all(requests: Sequence[Request], timeout: float, memory: int = MEMORY) -> list[Enclosures | NotChecked]:
    """The enclosures of each request, or why there are none; what was found before the deadline is kept.

    Args:
        requests: which are best alike but for their values: what they share is sent once, and read once.
        timeout: seconds for all together.
        memory: bytes of address space that the process may take, beyond what it has from the start.

    >>> found = enclose_all([Request("x**2", {"x": x}, ("x",), "gradient") for x in (1.0, 2.0)], 60)
    >>> [(one.derivatives[0].low * 2.0**one.derivatives[0].exponent) for one in found]
    [2.0, 4.0]
    """
    if not requests:
        return []
    if not is_available():
        return [NotChecked(f"the package {PACKAGE} is not installed")] * len(requests)
    timeout = min(timeout, LONGEST)
    deadline = time.monotonic() + timeout
    try:
        process = start(FLINT, memory)
    except OSError as error:
        return [NotChecked(unstarted(error))] * len(requests)
    found: list[Enclosures | NotChecked] = []
    reason = ""
    try:
        process.send(encode_requests(requests, timeout))
        while (line := process.line(deadline)) is not None:
            message = decode(line)
            if isinstance(message, NotChecked):
                reason = message.reason
                break
            if not isinstance(message, str):
                found += decode_answers(message.fields)
                if message.final:
                    break
    except TimeoutError:
        reason = f"no answer within {timeout:g} s"
    status = process.end()
    silent = NotChecked(reason or describe_exit(status, FLINT.who))
    return [*found, *[silent] * (len(requests) - len(found))]
