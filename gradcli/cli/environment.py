"""The streams, environment variables and terminal that a command uses; tests pass their own."""

from __future__ import annotations

import codecs
import errno
import io
import os
import stat
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import IO, Any, NamedTuple, NoReturn, TextIO, cast

from gradcli.errors import OutputProblem, UsageProblem

__all__ = ["ClosedStream", "Environment", "ReaderGone"]


class ReaderGone(Exception):
    """The reader of the output has closed it. It is no BrokenPipeError, for which click ends the process itself."""


class ClosedStream(io.TextIOBase):
    """What stands for a standard stream that the shell has closed, for which Python has None."""

    def read(self, size: int | None = -1, /) -> str:  # noqa: ARG002  # the signature is that of every stream
        """Fail as a closed descriptor does."""
        self._fail()

    def write(self, text: str, /) -> int:  # noqa: ARG002  # the signature is that of every stream
        """Fail as a closed descriptor does."""
        self._fail()

    def _fail(self) -> NoReturn:
        raise OSError(errno.EBADF, "it is closed")


class Environment(NamedTuple):
    """Streams, environment variables and the terminal's properties.

    Attributes:
        owns_process: whether the process runs this one command, so that it may be ended at any time.
    """

    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    variables: Mapping[str, str]
    width: int | None = None
    owns_process: bool = False

    @classmethod
    def of_process(cls) -> Environment:
        """The environment of this process."""
        stdin, stdout, stderr = (
            cast("TextIO", ClosedStream()) if stream is None else stream
            for stream in (sys.stdin, sys.stdout, sys.stderr)
        )
        if isinstance(stdin, io.TextIOWrapper):
            # In the C locale Python would read ASCII, and pass on the bytes beyond it as halves of characters.
            ascii_alone = codecs.lookup(stdin.encoding).name == "ascii"
            stdin.reconfigure(encoding="utf-8" if ascii_alone else None, errors="strict")
        return cls(stdin, stdout, stderr, os.environ)

    def has_input(self) -> bool:
        """Whether standard input is a pipe or a file, as against a terminal, a device or nothing."""
        try:
            mode = os.fstat(self.stdin.fileno()).st_mode
        except (OSError, ValueError):
            return not isinstance(self.stdin, ClosedStream) and not self.stdin.isatty()  # a test's stream
        return stat.S_ISFIFO(mode) or stat.S_ISREG(mode)

    def width_of(self, stream: TextIO) -> int | None:
        """The columns of a terminal; None of what is none."""
        if not stream.isatty():
            return None
        from shutil import get_terminal_size

        return self.width or get_terminal_size().columns

    def colored(self, stream: TextIO, choice: str) -> bool:
        """Whether to write colour to a stream: as `--color` says, else by https://no-color.org and the terminal."""
        if choice != "auto":
            return choice == "always"
        if self.variables.get("NO_COLOR") or self.variables.get("TERM") == "dumb":
            return False
        return bool(self.variables.get("FORCE_COLOR")) or stream.isatty()

    def write(self, stream: TextIO, text: str) -> None:
        """Write a text, with escapes for characters that the stream's encoding does not have.

        What cannot be written to standard error is dropped: it changes neither the answer nor the exit status.

        Raises:
            ReaderGone: if nobody reads standard output any more.
            OutputProblem: if standard output takes nothing for another reason.
        """
        if stream is self.stderr:
            with suppress(OSError):
                _write(stream, text)
            return
        try:
            _write(stream, text)
        except BrokenPipeError:
            raise ReaderGone from None
        except OSError as error:
            told = error.strerror or str(error)
            raise OutputProblem(f"standard output cannot be written: {told[:1].lower()}{told[1:]}") from None

    def binary_stdin(self) -> IO[bytes]:
        """Standard input as bytes."""
        buffer: IO[bytes] | None = getattr(self.stdin, "buffer", None)
        if buffer is None:  # a test's stream, or a closed one, whose reading fails as it should
            return io.BytesIO(self.stdin.read().encode())
        return buffer

    def binary_stdout(self, unreadable: bool) -> IO[bytes]:
        """Standard output as a stream that takes bytes.

        Args:
            unreadable: whether the bytes are no text.

        Raises:
            UsageProblem: if they are none, and it is a terminal.
        """
        if unreadable and (self.stdout.isatty() or not hasattr(self.stdout, "buffer")):
            raise UsageProblem("a terminal does not show this format", hint="write it to a file: -o FILE")
        return cast("IO[bytes]", _Out(self))

    def write_bytes(self, content: bytes, form: str) -> None:
        """Write what is no text to standard output.

        Args:
            content: the bytes.
            form: their format, "png" or one of NumPy's.

        Raises:
            UsageProblem: if it is a terminal, or takes texts alone.
            ReaderGone, OutputProblem: as in `write`.
        """
        if self.stdout.isatty() or not hasattr(self.stdout, "buffer"):
            if form == "png":
                raise UsageProblem("a terminal does not show a PNG picture", hint="write it to a file: -o FILE.png")
            raise UsageProblem(
                "a terminal does not show arrays in NumPy's format", hint="write them to a file: -o FILE.npy"
            )
        _Out(self).write(content)

    def unicode(self) -> bool:
        """Whether box-drawing characters can be written to standard output."""
        try:
            "├─✓θᵀ".encode(self.stdout.encoding or "ascii")
        except (UnicodeEncodeError, LookupError):
            return False
        return True


class _Out(io.RawIOBase):
    """Standard output for bytes, each piece of which is written at once; failing as `Environment.write` does."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def writable(self) -> bool:
        """It is for that."""
        return True

    def write(self, content: Any, /) -> int:
        """Write bytes."""
        buffer = getattr(self._environment.stdout, "buffer", None)
        if buffer is None:
            self._environment.write(self._environment.stdout, bytes(content).decode())
            return len(content)
        try:
            buffer.write(content)
            buffer.flush()
        except BrokenPipeError:
            raise ReaderGone from None
        except OSError as error:
            told = error.strerror or str(error)
            raise OutputProblem(f"standard output cannot be written: {told[:1].lower()}{told[1:]}") from None
        return len(content)


def _write(stream: TextIO, text: str) -> None:
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()
