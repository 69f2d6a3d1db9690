"""The streams, environment variables and terminal that a command uses; tests pass their own."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import NamedTuple, TextIO

__all__ = ["Environment", "ReaderGone"]


class ReaderGone(Exception):
    """The reader of the output has closed it. It is no BrokenPipeError, for which click ends the process itself."""


class Environment(NamedTuple):
    """Streams, environment variables and the terminal's properties."""

    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    variables: Mapping[str, str]
    width: int | None = None

    @classmethod
    def of_process(cls) -> Environment:
        """The environment of this process."""
        return cls(sys.stdin, sys.stdout, sys.stderr, os.environ)

    def colored(self, stream: TextIO, choice: str) -> bool:
        """Whether to write colour to a stream: as `--color` says, else by https://no-color.org and the terminal."""
        if choice != "auto":
            return choice == "always"
        if self.variables.get("NO_COLOR") or self.variables.get("TERM") == "dumb":
            return False
        return bool(self.variables.get("FORCE_COLOR")) or stream.isatty()

    def write(self, stream: TextIO, text: str) -> None:
        """Write a text, with escapes for characters that the stream's encoding does not have.

        Raises:
            ReaderGone: if nobody reads the stream any more.
        """
        encoding = stream.encoding or "utf-8"
        try:
            stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
            stream.flush()
        except BrokenPipeError:
            raise ReaderGone from None

    def unicode(self) -> bool:
        """Whether box-drawing characters can be written to standard output."""
        try:
            "├─✓θ".encode(self.stdout.encoding or "ascii")
        except (UnicodeEncodeError, LookupError):
            return False
        return True
