"""What a command needs of the world around it; tests give their own."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import NamedTuple, TextIO

__all__ = ["Environment", "ReaderGone"]


class ReaderGone(Exception):
    """Whoever reads our output has closed it; not a BrokenPipeError, which click would answer in its own way."""


class Environment(NamedTuple):
    """Streams, environment variables and the terminal's properties."""

    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    variables: Mapping[str, str]
    width: int | None = None

    @classmethod
    def of_process(cls) -> Environment:
        """The one that the shell gave."""
        return cls(sys.stdin, sys.stdout, sys.stderr, os.environ)

    def colored(self, stream: TextIO, choice: str) -> bool:
        """Whether to write colour to a stream, given `--color`; https://no-color.org otherwise."""
        if choice != "auto":
            return choice == "always"
        if self.variables.get("NO_COLOR") or self.variables.get("TERM") == "dumb":
            return False
        return bool(self.variables.get("FORCE_COLOR")) or stream.isatty()

    def write(self, stream: TextIO, text: str) -> None:
        """Write a text, with escapes for what the stream's encoding does not have.

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
