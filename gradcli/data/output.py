"""Writing a file whole: it is there when all of it is, or what was there before stays."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from gradcli.errors import OutputProblem, Problem

__all__ = ["discard_all", "discard_left_over", "whole_file", "write_whole"]

_BEGUN: set[Path] = set()
"""Files that are being written, under the names that they have until they are whole."""

_NAME = 100
"""Letters of a file's name that are kept in the name that it has until it is whole."""

_BESIDE = re.compile(r"\.(?P<name>.+)\.(?P<pid>[0-9]+)\.tmp", re.DOTALL)


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


def discard_left_over(paths: Sequence[Path], ended: bool = False) -> None:
    """Remove what processes that were killed have begun to write in the place of some paths.

    Args:
        paths: files; each folder is looked through once, however many of them are there.
        ended: whether what a process of this machine may still be writing is left.

    >>> discard_left_over([Path("nowhere/p.csv")])
    """
    names: dict[Path, set[str]] = {}
    for path in paths:
        names.setdefault(Path(os.path.realpath(path)).parent, set()).add(path.name[:_NAME])
    for folder, known in names.items():
        with suppress(OSError):
            for beside in list(folder.iterdir()):
                found = _BESIDE.fullmatch(beside.name)
                if found and found["name"] in known and not (ended and _runs(int(found["pid"]))):
                    beside.unlink(missing_ok=True)


def _runs(pid: int) -> bool:
    """Whether there is a process of a number on this machine.

    >>> _runs(os.getpid())
    True
    """
    if os.name != "posix":  # elsewhere a signal of 0 ends it
        return True
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True  # of another user
    return True


@contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    beside = path.with_name(f".{path.name[:_NAME]}.{os.getpid()}.tmp")
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
