"""Calling gradcli in-process, with an environment of the test's own."""

from __future__ import annotations

import io
import shlex
from contextlib import nullcontext
from typing import NamedTuple
from unittest import mock

from gradcli.cli.environment import Environment
from gradcli.cli.main import main
from tests.cli.proving import InProcess

PROVER = "gradcli.enclosures.process.prover.Prover"
PROVES: type[InProcess] = InProcess
SHARE = "gradcli.transforms.verify.ask._GRACE"


class Outcome(NamedTuple):
    """What a command printed, and its exit status."""

    stdout: str
    stderr: str
    status: int


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class Pipe(io.StringIO):
    """A stream that says it is not."""

    encoding = "utf-8"


def gradcli(
    command: str | list[str],
    *,
    stdin: str = "",
    terminal: bool = False,
    variables: dict[str, str] | None = None,
    width: int | None = 100,
    process: bool = False,
    errors_to_terminal: bool = False,
) -> Outcome:
    """Run `gradcli command` and give what it printed; what is proved is proved in this process unless `process`.

    No file of the user's is read, and nothing is kept, unless the variables name a place.
    """
    words = shlex.split(command) if isinstance(command, str) else command
    stdout = Terminal() if terminal else Pipe()
    stderr = Terminal() if errors_to_terminal else Pipe()
    nothing = {"GRADCLI_CONFIG": "", "GRADCLI_CACHE": ""}
    environment = Environment(Pipe(stdin), stdout, stderr, {**nothing, **(variables or {})}, width)
    # On a busy machine SymPy may take longer than a command waits for it where all is proved.
    with nullcontext() if process else mock.patch(PROVER, PROVES), mock.patch(SHARE, 1.0):
        status = main(words, environment)
    return Outcome(stdout.getvalue(), stderr.getvalue(), status)
