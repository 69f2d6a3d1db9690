"""The entry point: from the words on the command line to an exit status.

Nothing heavy is imported here, and the oracle's process, where one will be needed, is started before
anything else, so that it imports SymPy while this process imports click and NumPy.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from gradcli.cli.environment import Environment, ReaderGone

if TYPE_CHECKING:
    from gradcli.symbolic import Oracle

__all__ = ["entry", "main"]

_CHECKED_COMMANDS = ("grad", "jacobian", "hessian", "vjp", "jvp", "hvp", "derivative", "check")
# As a shell says it of a command that a signal ended: 128 and the signal's number, SIGINT's or SIGPIPE's.
_INTERRUPTED = 128 + 2
_BROKEN_PIPE = 128 + 13


def entry() -> None:
    """The `gradcli` command.

    A process runs one command and holds its data to the end. So the search for reference cycles is off: it would
    find next to nothing, and take a third of the time of a long expression. And the process ends at once: to
    unload NumPy and SymPy takes a tenth of the time of a short expression.
    """
    gc.disable()
    status = main(sys.argv[1:], Environment.of_process())
    with suppress(BrokenPipeError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status)


def main(arguments: Sequence[str], environment: Environment) -> int:
    """Run one command and return its exit status.

    Args:
        arguments: the words after `gradcli`.
        environment: the streams to read and write.
    """
    oracle = _early_oracle(arguments, environment)
    try:
        from gradcli.cli.app import run

        status = run(arguments, environment, oracle)
    except ReaderGone:
        return _BROKEN_PIPE
    except KeyboardInterrupt:
        return _INTERRUPTED
    finally:
        if oracle is not None:
            oracle.close()
    return status


def _early_oracle(arguments: Sequence[str], environment: Environment) -> Oracle | None:
    """The oracle, started at once if the words look like a command that is checked; else None."""
    if not arguments or arguments[0] not in _CHECKED_COMMANDS or len(arguments) == 1:
        return None
    words = " ".join(arguments[1:])
    if any(w in arguments for w in ("--no-check", "--help", "-h")) or "--check off" in words or "--check=off" in words:
        return None
    from gradcli.symbolic import BASE_MEMORY, Oracle

    allowed = _allowed(arguments, environment)
    return Oracle.start() if allowed is None else Oracle.start(memory=allowed + BASE_MEMORY)


def _allowed(arguments: Sequence[str], environment: Environment) -> int | None:
    """The bytes that `--max-memory` allows, before click reads the words; its errors are reported then."""
    from gradcli.cli.memory import memory_of
    from gradcli.errors import UsageProblem

    told = None
    for word, following in zip(arguments, [*arguments[1:], None], strict=True):
        if word == "--max-memory":
            told = following
        elif word.startswith("--max-memory="):
            told = word.partition("=")[2]
    try:
        return memory_of(told, environment.variables)
    except UsageProblem:
        return None
