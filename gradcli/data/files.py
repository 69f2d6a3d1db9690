"""Reading files that may be anything: no more than there is room for, and nothing that runs."""

from __future__ import annotations

import errno
import os
import stat
import time
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, AnyStr

from gradcli.errors import InputProblem, MemoryProblem, suggest
from gradcli.ops.calls.memory import check_empty, check_entries, most_bytes, spoken

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["read_bounded", "read_numbers", "read_text"]

_SHARE = 16
"""A number written as text becomes about so many times as many bytes on its way to an array."""

_LONGEST_HEADER = 1 << 16
_PATIENCE = 10.0
_PIECE = 1 << 20


def read_text(path: Path) -> str:
    """A text file's content; UTF-8, with or without a byte order mark.

    Pipes and devices are read too, as `@<(command)` gives them, until they have given too much.

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
    """All of a stream, unless it is too much.

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


def read_numbers(path: Path) -> NDArray[np.float64]:
    """The array of a .npy file. Pickled objects are never loaded, whatever the file holds.

    Raises:
        InputProblem: if it holds anything but real numbers, or fewer than it says.
        MemoryProblem: if it holds more than there is room for.
    """
    try:
        with _opened(path) as file:
            return _numbers(path, file)
    except FileNotFoundError:
        raise _missing(path) from None
    except (ValueError, EOFError, SyntaxError, TypeError, KeyError, RecursionError):
        raise InputProblem(
            f"'{path}' is not a NumPy file of numbers", hint="numpy.save writes one; Python objects are not read"
        ) from None
    except OSError as error:
        raise _unreadable(path, error) from None


def _numbers(path: Path, file: IO[bytes]) -> NDArray[np.float64]:
    import numpy as np
    from numpy.lib import format as npy

    version = npy.read_magic(file)
    read_header = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}.get(version)
    if read_header is None:
        raise ValueError(version)
    shape, by_columns, dtype = read_header(file, max_header_size=_LONGEST_HEADER)
    if dtype.hasobject:
        raise ValueError(dtype)
    if dtype.kind not in "fiub":
        raise InputProblem(f"'{path}' does not hold an array of real numbers, but {dtype}")
    if any(n < 0 for n in shape):
        raise ValueError(shape)
    count = 1
    for n in shape:
        count *= n
    check_entries(f"'{path}'", count)
    check_empty(shape)
    raw = file.read(count * dtype.itemsize)
    if len(raw) < count * dtype.itemsize:
        raise InputProblem(f"'{path}' is cut off: it should hold {count:,} numbers")
    array = np.frombuffer(raw, dtype=dtype, count=count)
    return array.reshape(shape, order="F" if by_columns else "C").astype(np.float64)


def _opened(path: Path) -> IO[bytes]:
    """Open a file for reading.

    Raises:
        OSError: if it cannot be opened.
        ValueError: if there can be no such path.
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
    """What a named pipe gives; for somebody who writes to it we wait some seconds only."""
    with os.fdopen(os.open(name, os.O_RDONLY | os.O_NONBLOCK), "rb", buffering=0) as file:
        first = _first(file)
        os.set_blocking(file.fileno(), True)
        return BytesIO(first + read_bounded(file, f"'{path}'"))


def _first(file: IO[bytes]) -> bytes:
    """What a pipe has already, as soon as somebody has opened it to write."""
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
