"""Writing a file whole: it is there when all of it is, or what was there before stays."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import IO

from gradcli.errors import OutputProblem, Problem

__all__ = ["discard_all", "discard_left_over", "whole_file", "write_whole"]

_BEGUN: set[Path] = set()
"""Files that are being written, under the names that they have until they are whole."""


def write_whole(path: Path, content: bytes) -> None:
    """Write beside the file and rename, so that nobody sees a part of it; a device or a pipe is written to.

    A link is followed: what it points to is replaced. A file that is replaced keeps its permissions.

    Raises:
        OutputProblem: if it cannot be written.
    """
    with whole_file(path) as file:
        file.write(content)


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A file to write to, which takes the path's place at the end of the block; in the same way as `write_whole`.

    Where the block is left by an exception, what was there stays.

    Raises:
        OutputProblem: if it cannot be written.
    """
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as file:
                yield file
            return
        with _replacing(Path(os.path.realpath(path))) as file:
            yield file
    except Problem:
        raise
    except (OSError, ValueError) as error:
        told = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise OutputProblem(f"'{path}' cannot be written: {told[:1].lower()}{told[1:]}") from None


def discard_all() -> None:
    """Remove what is not whole: the process itself is about to end, and no block is left in order any more."""
    for beside in _BEGUN:
        with suppress(OSError):
            beside.unlink()


def discard_left_over(path: Path) -> None:
    """Remove what processes that were killed have begun to write in a path's place.

    >>> discard_left_over(Path("nowhere/p.csv"))
    """
    for beside in path.parent.glob(f".{escape(path.name[:100])}.*.tmp"):
        with suppress(OSError):
            beside.unlink()


@contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    beside = path.with_name(f".{path.name[:100]}.{os.getpid()}.tmp")
    _BEGUN.add(beside)  # before it is there: a signal may come between
    try:
        with beside.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            beside.chmod(path.stat().st_mode & 0o7777)
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
    finally:
        _BEGUN.discard(beside)
