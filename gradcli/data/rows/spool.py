"""Streams of formats that are not read from their start: a pipe, or what is packed, goes through a temporary file."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import IO, cast

from gradcli.errors import InputProblem

__all__ = ["ARROW_FILE", "readable_anywhere", "starts_with"]

_PIECE = 1 << 20
_FROM_START = ("csv", "tsv", "jsonl")
ARROW_FILE = b"ARROW1"
"""What an Arrow IPC file begins with, as against an Arrow IPC stream, which is read from its start."""


@contextmanager
def readable_anywhere(stream: IO[bytes], origin: str, name: str, packed: bool) -> Iterator[IO[bytes]]:
    r"""Within the block a stream that can be read anywhere, if its format needs that; else the stream itself.

    Its bytes are on disk, not in memory, and the file has no name wherever the system has such files: nothing of it is
    left, however the process ends. What is packed would be unpacked anew at each step back.

    Args:
        stream: of bytes, at the first one.
        origin: what it is called in messages.
        name: of its format.
        packed: whether it unpacks what it reads.

    Raises:
        InputProblem: if it cannot be read, or there is no room for it.

    >>> from io import BytesIO
    >>> with readable_anywhere(BytesIO(b"PAR1"), "p", "parquet", packed=True) as stream:
    ...     stream.seek(1), stream.read()
    (1, b'AR1')
    """
    forwards = name in _FROM_START or (name == "arrow" and not starts_with(stream, ARROW_FILE))
    if forwards or (stream.seekable() and not packed):
        yield stream
        return
    import tempfile

    with ExitStack() as stack:
        try:
            file = stack.enter_context(tempfile.TemporaryFile())
            while piece := _read(stream, origin):
                file.write(piece)
            file.seek(0)
        except OSError as error:
            raise InputProblem(
                f"{origin} does not go into a temporary file, as {name} needs where it cannot be read backwards: "
                f"{error.strerror or error}",
                hint="TMPDIR names another folder for it; a file that is not packed needs none",
            ) from None
        yield cast("IO[bytes]", file)


def _read(stream: IO[bytes], origin: str) -> bytes:
    try:
        return stream.read(_PIECE)
    except (OSError, EOFError, zlib.error) as error:
        raise InputProblem(f"{origin} cannot be read: {error}") from None


def starts_with(stream: IO[bytes], mark: bytes) -> bool:
    """Whether a stream, which is at its first byte and stays there, begins with a mark.

    >>> from io import BytesIO
    >>> starts_with(BytesIO(b"ARROW1.."), b"ARROW1"), starts_with(BytesIO(b""), b"ARROW1")
    (True, False)
    """
    peek = getattr(stream, "peek", None)
    if peek is not None:
        return bytes(peek(len(mark))).startswith(mark)
    if not stream.seekable():
        return False
    start = stream.read(len(mark))
    stream.seek(0)
    return start == mark
