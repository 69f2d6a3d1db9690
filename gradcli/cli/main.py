"""The entry point: from the words on the command line to an exit status.

Nothing heavy is imported here, and the oracle's process, where one will be needed, is started before
anything else, so that it imports SymPy while this process imports click and NumPy.
"""

from __future__ import annotations

import os
import signal
import sys

TYPE_CHECKING = False  # as typing has it, which is not imported before Ctrl-C is heeded
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

    from gradcli.cli.deadline import Deadline
    from gradcli.cli.environment import Environment
    from gradcli.symbolic import Oracle

__all__ = ["entry", "main"]

_CHECKED_COMMANDS = (
    "grad",
    "jacobian",
    "hessian",
    "vjp",
    "jvp",
    "hvp",
    "derivative",
    "check",
    "diff",
    "plot",
    "propagate",
    "batch",
    "explain",
)
_WITHOUT_SYMPY = (("--check", "off"), ("--verify", "proof"))
_HIGH_ORDER = 5
"""Of a derivative, from which on it depends on the program whether SymPy is asked: it is started when that is read."""

_BAD_INPUT = 2
# As a shell says it of a command that a signal ended: 128 and the signal's number.
_INTERRUPTED = 128 + 2
_BROKEN_PIPE = 128 + 13
_LITTLE_MEMORY = "the system allows this process too little memory: `ulimit -v` shows the bound in KiB"


def entry() -> NoReturn:
    """The `gradcli` command.

    A process runs one command and holds its data to the end. So the search for reference cycles is off: it would
    find next to nothing, and take a third of the time of a long expression. And the process ends at once: to
    unload NumPy and SymPy takes a tenth of the time of a short expression.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else the shell has told us to ignore it
        signal.signal(signal.SIGINT, lambda *_: _leave(_INTERRUPTED))
    import gc

    from gradcli.cli.environment import Environment

    gc.disable()
    _occupy_standard_descriptors()
    environment = Environment.of_process()._replace(owns_process=True)
    os._exit(main([_in_utf8(word) for word in sys.argv[1:]], environment))


def _occupy_standard_descriptors() -> None:
    """Let no pipe or file of ours take the number of a standard stream that is closed: libraries write there."""
    if sys.stdin is not None and sys.stdout is not None and sys.stderr is not None:
        return
    from contextlib import suppress

    with suppress(OSError):
        while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
            pass
        os.close(descriptor)


def _in_utf8(word: str) -> str:
    """A word that Python could not read in the locale's encoding, read as UTF-8 if it is."""
    if not any("\udc80" <= character <= "\udcff" for character in word):
        return word
    try:
        return os.fsencode(word).decode("utf-8")
    except UnicodeDecodeError:
        return word


def main(arguments: Sequence[str], environment: Environment) -> int:
    """Run one command and return its exit status.

    Args:
        arguments: the words after `gradcli`.
        environment: the streams to read and write.
    """
    import errno

    from gradcli.cli.deadline import Deadline
    from gradcli.cli.environment import ReaderGone

    oracle: Oracle | None = None
    deadline = Deadline()
    try:
        oracle = _early_oracle(arguments, environment)
        if environment.owns_process:
            _heed_signals(environment, deadline)
        from gradcli.cli.app import run

        return run(arguments, environment, oracle, deadline)
    except ReaderGone:
        return _BROKEN_PIPE
    except KeyboardInterrupt:
        return _INTERRUPTED
    except MemoryError:
        told = _LITTLE_MEMORY
    except ImportError as error:
        if "failed to map segment" not in str(error):  # what glibc says of a library that there is no room for
            raise
        told = _LITTLE_MEMORY
    except OSError as error:
        if error.errno not in (errno.EMFILE, errno.ENFILE):
            raise
        told = "the system lets this process open too few files: `ulimit -n` shows how many"
    finally:
        if oracle is not None:
            oracle.close()
    environment.write(environment.stderr, f"error: {told}\n")
    return _BAD_INPUT


def _leave(status: int) -> NoReturn:
    """End the process at once, whatever it does, and its children."""
    try:
        if "gradcli.process.start" in sys.modules:
            sys.modules["gradcli.process.start"].end_all()
        if "gradcli.data.output" in sys.modules:
            sys.modules["gradcli.data.output"].discard_all()
    finally:
        os._exit(status)


def _heed_signals(environment: Environment, deadline: Deadline) -> None:
    """Have Ctrl-C and the end of the time end the process also where the main thread cannot."""
    from gradcli.cli.signals import watch

    def unheeded(number: int) -> None:
        if number == signal.SIGINT:
            _leave(_INTERRUPTED)
        if deadline.unheeded:
            environment.write(environment.stderr, f"error: {deadline.problem}\n")
            _leave(deadline.problem.exit_status)

    watch(unheeded)


def _early_oracle(arguments: Sequence[str], environment: Environment) -> Oracle | None:
    """The oracle, started at once if the words look like a command that is checked; else None."""
    if not arguments or arguments[0] not in _CHECKED_COMMANDS or len(arguments) == 1:
        return None
    words = " ".join(arguments[1:])
    if any(w in arguments for w in ("--no-check", "--step", "--help", "-h")):
        return None
    if any(f"{option}{sign}{value}" in words for option, value in _WITHOUT_SYMPY for sign in " ="):
        return None
    if arguments[0] == "derivative" and _order(arguments) >= _HIGH_ORDER:
        return None
    from gradcli.cli.recollection import is_expected
    from gradcli.symbolic import BASE_MEMORY, Oracle

    allowed = _allowed(arguments, environment)
    memory = {} if allowed is None else {"memory": allowed + BASE_MEMORY}
    shortest = arguments[0] == "diff" and environment.stdout.isatty()  # of the forms that SymPy finds
    return Oracle.start(**memory, recalling=not shortest and is_expected(arguments, environment.variables))


def _allowed(arguments: Sequence[str], environment: Environment) -> int | None:
    """The bytes that `--max-memory` allows, before click reads the words; its errors are reported then."""
    from gradcli.cli.memory import memory_of
    from gradcli.errors import UsageProblem

    try:
        return memory_of(_told(arguments, "--max-memory"), environment.variables)
    except UsageProblem:
        return None


def _order(arguments: Sequence[str]) -> int:
    """What `--order` says, before click reads the words."""
    try:
        return int(_told(arguments, "--order") or 1)
    except ValueError:
        return 1


def _told(arguments: Sequence[str], option: str) -> str | None:
    """The value of an option; None without it."""
    told = None
    for word, following in zip(arguments, [*arguments[1:], None], strict=True):
        if word == option:
            told = following
        elif word.startswith(f"{option}="):
            told = word.partition("=")[2]
    return told
