"""The memory that a command may take: read from an option, and enforced by estimates and by the system."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from gradcli.errors import MemoryProblem, UsageProblem

__all__ = ["bounded_memory", "memory_of"]

_VARIABLE = "GRADCLI_MAX_MEMORY"
_DEFAULT = "4GiB"
_SIZE = r"(\d+(?:\.\d*)?(?:e\d{1,3})?) *([kmgt]?)(?:i?b)?"
_SYSTEM = "`ulimit -v` shows the bound in KiB, and `ulimit -v unlimited` may lift it"
_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}
_NUMERICS = 2**28
"""Address space that NumPy and SciPy take with one thread for BLAS; with less, BLAS ends the process or hangs."""
_LIBRARIES = 2**29
"""Bytes of address space that libraries take when they are loaded; little of it is ever used."""

_EACH_THREAD = 48 * 2**20
"""Bytes of address space that libraries take for each of their threads; little of it is ever used."""


def memory_of(text: str | None, variables: Mapping[str, str]) -> int | None:
    """The bytes that `--max-memory` or the environment variable allows; None for `none`.

    Raises:
        UsageProblem: if it is no size.

    >>> memory_of("1.5GiB", {}), memory_of(None, {}), memory_of(None, {"GRADCLI_MAX_MEMORY": "none"})
    (1610612736, 4294967296, None)
    """
    told, given = ("--max-memory", text) if text is not None else (_VARIABLE, variables.get(_VARIABLE) or _DEFAULT)
    if given.strip().lower() == "none":
        return None
    match = re.fullmatch(_SIZE, given.strip(), re.IGNORECASE)
    size = float(match[1]) * _UNITS[match[2].lower()] if match else 0.0
    if not 1 <= size < 2.0**62:
        raise UsageProblem(f"{told} takes a size, not '{given}'", hint="such as 500MiB, 16GiB, or none for no bound")
    return int(size)


@contextmanager
def bounded_memory(size: int | None) -> Iterator[None]:
    """Bound what the block takes beyond what the process has already: to about `size` bytes; None is no bound.

    Raises:
        MemoryProblem: if something would need more.
    """
    from gradcli.ops.calls.memory import spoken, within_memory

    room = _room()
    _check_room(room)
    try:
        with within_memory(size), _bounded_address_space(size):
            yield
    except MemoryError:
        if room is not None and (size is None or room < size):
            raise MemoryProblem("this needs more memory than the system allows this process", hint=_SYSTEM) from None
        allowed = "there is" if size is None else f"the {spoken(size)} that are allowed"
        raise MemoryProblem(
            f"this needs more memory than {allowed}", hint="--max-memory SIZE allows more, as in --max-memory 16GiB"
        ) from None


def _check_room(room: int | None) -> None:
    """Have BLAS start no more threads than there is room for.

    Raises:
        MemoryProblem: if there is no room for NumPy.
    """
    from gradcli.ops.calls.memory import spoken

    if room is None or "numpy" in sys.modules:
        return
    if room < _NUMERICS:
        told = f"the system allows this process {spoken(room)} of memory, too little for NumPy: {spoken(_NUMERICS)}"
        raise MemoryProblem(told, hint=_SYSTEM)
    import os

    threads = 1 + (room - _NUMERICS) // (2 * _EACH_THREAD)  # NumPy and SciPy have a BLAS each
    if threads < (os.cpu_count() or 1):
        os.environ.setdefault("OPENBLAS_NUM_THREADS", str(threads))


def _room() -> int | None:
    """Bytes that the system's bound on the address space leaves; None where it has none."""
    taken = _address_space()
    if taken is None:
        return None
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if soft == resource.RLIM_INFINITY else max(0, soft - taken)


@contextmanager
def _bounded_address_space(size: int | None) -> Iterator[None]:
    """Bound the address space, where the system can: more than any estimate foresees is then a MemoryError."""
    import numpy  # noqa: F401  # so that what it takes is counted

    taken = _address_space()
    if size is None or taken is None:
        yield
        return
    import os
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = taken + size + _LIBRARIES + _EACH_THREAD * (os.cpu_count() or 1)
    known = [limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY]
    with suppress(ValueError, OSError, OverflowError):
        resource.setrlimit(resource.RLIMIT_AS, (min([wanted, *known]), hard))
    try:
        yield
    finally:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _address_space() -> int | None:
    """Bytes of address space that the process has; None where the system does not tell."""
    if sys.platform != "linux":
        return None
    import os

    try:
        with open("/proc/self/statm") as file:  # noqa: PTH123  # importing pathlib takes longer
            return int(file.read().split()[0]) * os.sysconf("SC_PAGESIZE")
    except (OSError, ValueError):
        return None
