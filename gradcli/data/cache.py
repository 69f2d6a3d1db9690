"""Texts kept on disk from one run to the next: a folder of small files, each under a digest of what it is about.

Nothing here is an error: a folder that cannot be written, or a file that cannot be read, is as one without the text.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import NamedTuple

__all__ = ["MOST_BYTES", "Contents", "Store", "cache_path", "with_home"]

MOST_BYTES = 32 * 2**20
"""Bytes on disk of all texts together, the oldest of which are dropped beyond: some ten thousand."""

_MOST_FILES = 20_000
_BLOCK = 4096
"""Bytes that the smallest file takes."""

_TEXT, _MARK, _BEGUN = ".txt", ".mark", ".tmp"
_ABANDONED = 3600.0
"""Seconds after which a file that was begun is nobody's any more."""

_LONGEST = 2**20
"""Bytes of a text that is kept."""


class Contents(NamedTuple):
    """What a folder holds.

    Attributes:
        texts: how many.
        size: bytes of them.
    """

    texts: int
    size: int


class _File(NamedTuple):
    """A file of the folder, the oldest first."""

    written: float
    path: str
    size: int


def cache_path(variables: Mapping[str, str], platform: str = sys.platform) -> str | None:
    """The folder of a user's cache; None if there is to be none.

    It is where platformdirs has it, whose import would take as long as a third of a short command.

    Args:
        variables: the environment's. `GRADCLI_CACHE` names the folder, in which `~` is the home, and an empty one says
            that there is none.
        platform: as `sys.platform` calls it.

    >>> cache_path({"HOME": "/home/ada"}, "linux"), cache_path({"GRADCLI_CACHE": ""}), cache_path({}, "linux")
    ('/home/ada/.cache/gradcli', None, None)
    """
    if (named := variables.get("GRADCLI_CACHE")) is not None:
        return with_home(named, variables) or None
    home = variables.get("HOME", "")
    if platform == "win32":
        base = variables.get("LOCALAPPDATA", "")
        return rf"{base}\gradcli\Cache" if base else None
    if platform == "darwin":
        return f"{home}/Library/Caches/gradcli" if home.startswith("/") else None
    base = variables.get("XDG_CACHE_HOME", "")
    if not base.startswith("/"):  # the standard says to ignore one that is relative
        base = f"{home}/.cache" if home.startswith("/") else ""
    return f"{base}/gradcli" if base else None


def with_home(path: str, variables: Mapping[str, str]) -> str:
    """A path with the home in the place of a `~` that it begins with, as a quoted one has it that no shell has seen.

    >>> with_home("~/kept", {"HOME": "/home/ada"}), with_home("~", {"HOME": "/home/ada"}), with_home("~bob/kept", {})
    ('/home/ada/kept', '/home/ada', '~bob/kept')
    """
    if path != "~" and not path.startswith("~/"):
        return path
    home = variables.get("HOME") or os.path.expanduser("~")  # noqa: PTH111  # pathlib takes ten milliseconds
    return home + path[1:]


class Store:
    """The folder's texts.

    Args:
        folder: which need not be there.
        most: bytes on disk of all texts together.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     store = Store(folder)
    ...     store.write("abc", "2*x")
    ...     store.read("abc"), store.read("abd"), store.contents()
    ('2*x', None, Contents(texts=1, size=3))
    """

    def __init__(self, folder: str, most: int = MOST_BYTES) -> None:
        self.folder = folder
        self.most = most

    def read(self, key: str) -> str | None:
        """The text under a key, which counts as new then; None where there is none."""
        path = self._path(key, _TEXT)
        try:
            descriptor = os.open(path, os.O_RDONLY)
            try:
                content = os.read(descriptor, _LONGEST + 1)
            finally:
                os.close(descriptor)
            text = content.decode()
        except (OSError, ValueError):
            return None
        with suppress(OSError):
            os.utime(path)
        return text if len(content) <= _LONGEST else None

    def write(self, key: str, text: str) -> None:
        """Put a text under a key: whole, whoever else writes at the same time."""
        content = text.encode()
        if len(content) > _LONGEST:
            return
        beside = self._path(f".{key}.{os.getpid()}", _BEGUN)
        with suppress(OSError, ValueError):
            os.makedirs(self.folder, mode=0o700, exist_ok=True)  # noqa: PTH103  # pathlib takes ten milliseconds
            try:
                descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                try:
                    while content:
                        content = content[os.write(descriptor, content) :]
                finally:
                    os.close(descriptor)
                os.replace(beside, self._path(key, _TEXT))  # noqa: PTH105  # as above
            except OSError:
                with suppress(OSError):
                    os.unlink(beside)  # noqa: PTH108  # as above
                raise
            self._trim()

    def mark(self, key: str) -> None:
        """Leave a mark, which says nothing but that it is there."""
        with suppress(OSError, ValueError):
            os.close(os.open(self._path(key, _MARK), os.O_WRONLY | os.O_CREAT, 0o600))

    def is_marked(self, key: str) -> bool:
        """Whether a mark is there."""
        try:
            os.stat(self._path(key, _MARK))  # noqa: PTH116  # as above
        except (OSError, ValueError):
            return False
        return True

    def is_folder(self) -> bool:
        """Whether the folder is one, or is yet to be made: its name is that of nothing else."""
        return os.path.isdir(self.folder) or not os.path.lexists(self.folder)  # noqa: PTH112  # as above

    def contents(self) -> Contents:
        """How much there is."""
        sizes = [file.size for file in self._files() if file.path.endswith(_TEXT)]
        return Contents(len(sizes), sum(sizes))

    def clear(self) -> int:
        """Remove everything that the cache has written, and the folder if nothing else is in it.

        Returns:
            How many texts there were.
        """
        removed = 0
        for file in list(self._files()):
            with suppress(OSError):
                os.unlink(file.path)  # noqa: PTH108  # as above
                removed += file.path.endswith(_TEXT)
        with suppress(OSError):
            os.rmdir(self.folder)  # noqa: PTH106  # as above
        return removed

    def _path(self, key: str, suffix: str) -> str:
        return os.path.join(self.folder, f"{key}{suffix}")  # noqa: PTH118  # as above

    def _files(self) -> Iterator[_File]:
        try:
            with os.scandir(self.folder) as entries:
                for entry in entries:
                    if entry.name.endswith((_TEXT, _MARK, _BEGUN)):
                        with suppress(OSError):
                            about = entry.stat(follow_symlinks=False)
                            yield _File(about.st_mtime, entry.path, about.st_size)
        except OSError:
            return

    def _trim(self) -> None:
        """Drop the oldest files beyond what there may be, and what was begun and left."""
        files = sorted(self._files())
        left, taken = len(files), sum(_on_disk(file) for file in files)
        for file in files:
            begun = file.path.endswith(_BEGUN)
            if left <= _MOST_FILES and taken <= self.most and not begun:
                continue
            if begun and file.written > time.time() - _ABANDONED:
                continue
            with suppress(OSError):
                os.unlink(file.path)  # noqa: PTH108  # as above
            left, taken = left - 1, taken - _on_disk(file)


def _on_disk(file: _File) -> int:
    return -(-file.size // _BLOCK) * _BLOCK
