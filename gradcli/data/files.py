"""Reading files of unknown content: no more of them than memory allows, and never as code."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import IO, TYPE_CHECKING, AnyStr

from gradcli.errors import InputProblem, MemoryProblem, suggest
from gradcli.ops.calls.memory import check_empty, check_entries, most_bytes, spoken

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["opened", "read_array", "read_bounded", "read_numbers", "read_text"]

_SHARE = 16
"""Bytes of memory that one byte of text may take on its way to an array: about 12 in a JSON list, and some to spare."""

_LONGEST_HEADER = 1 << 16  # bytes; version 1.0 of NumPy's format writes a header's length in 16 bits
_PATIENCE = 10.0  # seconds in which somebody must begin to write to a pipe
_PIECE = 1 << 20  # bytes that are read at a time


def read_text(path: Path) -> str:
    """The content of a text file in UTF-8, with or without a byte order mark.

    Pipes and devices, such as the pipe of `@<(command)`, are read too, up to the same size as a file.

    Raises:
        InputProblem: if it cannot be read.
        MemoryProblem: if it is larger than a sixteenth of the memory that is allowed.
    """
    try:
        with _opened(path) as file:
            raw = read_bounded(file, f"'{path}'")
    except FileNotFoundError:
        raise _missing(path) from None
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputProblem(f"'{path}' is not a UTF-8 text file") from None


def read_bounded(file: IO[AnyStr], origin: str) -> AnyStr:
    """The whole content of a stream, unless it is too large.

    Raises:
        MemoryProblem: if it is larger than a sixteenth of the memory that is allowed.
    """
    most = most_bytes() // _SHARE
    parts = [file.read(_PIECE)]
    size = len(parts[0])
    while parts[-1]:
        if size > most:
            raise MemoryProblem(
                f"{origin} is larger than {spoken(most)}, which is what --max-memory allows text",
                hint="arrays this large belong in a .npy file; numpy.save writes one",
            )
        parts.append(file.read(_PIECE))
        size += len(parts[-1])
    return parts[-1].join(parts)


def read_numbers(path: Path) -> NDArray[np.float64] | NDArray[np.bool_]:
    """The array of a .npy file, of numbers or of truth values. Pickled objects are never loaded.

    Raises:
        InputProblem: if it holds anything but real numbers, or fewer than its header says.
        MemoryProblem: if it holds more numbers than memory allows.
    """
    with opened(path, "a NumPy file of numbers", "numpy.save writes one; Python objects are not read") as file:
        return read_array(f"'{path}'", file)


@contextmanager
def opened(path: Path, kind: str, hint: str) -> Iterator[IO[bytes]]:
    """A file that is open for reading; what goes wrong within the block is a problem of the user's.

    Args:
        path: the file.
        kind: what it should be, for messages.
        hint: how one is made.

    Raises:
        InputProblem: if it cannot be read, or is nothing of that kind.
    """
    try:
        with _opened(path) as file:
            yield file
    except FileNotFoundError:
        raise _missing(path) from None
    except (ValueError, EOFError, SyntaxError, TypeError, KeyError, RecursionError):
        raise InputProblem(f"'{path}' is not {kind}", hint=hint) from None
    except OSError as error:
        raise _unreadable(path, error) from None


def read_array(what: str, file: IO[bytes]) -> NDArray[np.float64] | NDArray[np.bool_]:
    """The array of real numbers or truth values that stands in NumPy's format in a stream.

    Raises:
        InputProblem: if it holds anything else, or fewer numbers than its header says.
        MemoryProblem: if it holds more numbers than memory allows.
        ValueError, EOFError, SyntaxError, TypeError, KeyError: if the stream is not in that format.
    """
    import numpy as np
    from numpy.lib import format as npy

    version = npy.read_magic(file)
    headers = {(1, 0): (npy.read_array_header_1_0, 2), (2, 0): (npy.read_array_header_2_0, 4)}
    if version not in headers:
        raise ValueError(version)
    read_header, size = headers[version]
    # NumPy would read all of a header before it looks at its length, which may be 4 GB.
    length = file.read(size)
    if int.from_bytes(length, "little") > _LONGEST_HEADER:
        raise ValueError(length)
    header = BytesIO(length + file.read(int.from_bytes(length, "little")))
    shape, by_columns, dtype = read_header(header, max_header_size=_LONGEST_HEADER)
    if dtype.hasobject:
        raise ValueError(dtype)
    if dtype.kind not in "fiub":
        raise InputProblem(f"{what} does not hold an array of real numbers, but {dtype}")
    if any(n < 0 for n in shape):
        raise ValueError(shape)
    count = 1
    for n in shape:
        count *= n
    check_entries(what, count)
    check_empty(shape)
    raw = file.read(count * dtype.itemsize)
    if len(raw) < count * dtype.itemsize:
        raise InputProblem(f"{what} is cut off: it should hold {count:,} numbers")
    array = np.frombuffer(raw, dtype=dtype, count=count)
    numbers = array.reshape(shape, order="F" if by_columns else "C")
    return numbers.astype(bool if dtype.kind == "b" else np.float64)


def _opened(path: Path) -> IO[bytes]:
    """Open a file for reading.

    Raises:
        OSError: if it cannot be opened.
        ValueError: if the path holds a null character.
    """
    if os.name != "posix":
        return path.open("rb")
    name = _bytes(path)
    if stat.S_ISFIFO(os.stat(name).st_mode):  # noqa: PTH116  # a Path has no name in bytes
        return _piped(path, name)
    return open(name, "rb")  # noqa: PTH123  # as above


def _bytes(path: Path) -> bytes:
    """A path as the system has it; in UTF-8 where the locale's encoding does not have its characters."""
    try:
        return os.fsencode(path)
    except UnicodeEncodeError:
        return str(path).encode("utf-8", "surrogateescape")


def _piped(path: Path, name: bytes) -> IO[bytes]:
    """The content of a named pipe, if somebody begins to write to it within some seconds."""
    with os.fdopen(os.open(name, os.O_RDONLY | os.O_NONBLOCK), "rb", buffering=0) as file:
        first = _first(file)
        os.set_blocking(file.fileno(), True)
        return BytesIO(first + read_bounded(file, f"'{path}'"))


def _first(file: IO[bytes]) -> bytes:
    """The bytes that a pipe holds once somebody has opened it to write.

    Raises:
        TimeoutError: if nobody does within some seconds.
    """
    end = time.monotonic() + _PATIENCE
    while (part := file.read(_PIECE)) == b"":
        if time.monotonic() > end:
            raise TimeoutError(errno.ETIMEDOUT, "nobody writes to this pipe")
        time.sleep(0.01)
    return part or b""  # None: there is a writer, who has not written yet


def _missing(path: Path) -> InputProblem:
    near = None
    if path.parent.is_dir():
        try:
            near = suggest(path.name, sorted(p.name for p in path.parent.iterdir())[:1000])
        except OSError:
            near = None
    hint = f"did you mean '{path.with_name(near)}'?" if near else None
    return InputProblem(f"there is no file '{path}'", hint=hint)


def _unreadable(path: Path, error: Exception) -> InputProblem:
    told = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return InputProblem(f"'{path}' cannot be read: {told}")
