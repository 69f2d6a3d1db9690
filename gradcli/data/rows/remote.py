"""Files that a URL names, such as s3://bucket/points.parquet: read and written by fsspec's file systems."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from gradcli.errors import InputProblem, OutputProblem, UsageProblem

__all__ = [
    "is_remote",
    "opened_remote",
    "remote_folder",
    "remote_size",
    "remote_tables",
    "remote_version",
    "written_remote",
]

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


def is_remote(path: str) -> bool:
    """Whether a text is a URL.

    >>> is_remote("s3://bucket/p.csv"), is_remote("p.csv"), is_remote("C:/p.csv")
    (True, False, False)
    """
    return _SCHEME.match(path) is not None


def _system(url: str) -> tuple[Any, str]:
    """The file system of a URL, and the path in it.

    Raises:
        UsageProblem: if a package is missing, or nothing reads such URLs.
    """
    try:
        import fsspec
    except ImportError:
        told = f"'{url}' needs the package fsspec, which is not installed"
        raise UsageProblem(told, hint="pip install 'gradcli[dask]' brings it") from None
    try:
        system, path = fsspec.core.url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise UsageProblem(f"'{url}' cannot be opened: {error}") from None
    return system, str(path)


@contextmanager
def opened_remote(url: str) -> Iterator[IO[bytes]]:
    """A file that is open for reading.

    Raises:
        InputProblem: if it cannot be read.
    """
    system, path = _system(url)
    try:
        with system.open(path, "rb") as file:
            yield file
    except FileNotFoundError:
        raise InputProblem(f"there is no file '{url}'") from None
    except OSError as error:
        raise InputProblem(f"'{url}' cannot be read: {error.strerror or error}") from None


def remote_size(url: str) -> int:
    """How many bytes a file has; 0 where its file system does not tell."""
    system, path = _system(url)
    try:
        return int(system.size(path) or 0)
    except OSError:
        return 0


def remote_version(url: str) -> list[Any] | None:
    """How many bytes a file has, and what tells its content from another; None where its file system has neither.

    >>> remote_version("memory://nowhere/p.csv") is None
    True
    """
    system, path = _system(url)
    system.invalidate_cache()
    try:
        told = system.info(path)
        if not _VERSIONS.intersection(name.lower() for name in told):
            return None
        return [int(told.get("size") or 0), str(system.checksum(path))]
    except OSError:
        return None


_VERSIONS = {"etag", "mtime", "lastmodified", "last_modified", "created", "updated", "md5hash", "generation"}
"""What file systems call that which a file with another content has another of."""


@contextmanager
def written_remote(url: str) -> Iterator[IO[bytes]]:
    """A file to write to, which is there at the end of the block and, where that is left by an exception, is not.

    Raises:
        OutputProblem: if it cannot be written.
    """
    system, path = _system(url)
    try:
        system.makedirs(path.rpartition("/")[0] or "/", exist_ok=True)
        with system.transaction, system.open(path, "wb") as file:
            yield file
    except OSError as error:
        raise OutputProblem(f"'{url}' cannot be written: {error.strerror or error}") from None


def remote_folder(url: str) -> bool:
    """Whether a URL names a folder."""
    system, path = _system(url)
    return url.endswith("/") or bool(system.isdir(path))


def remote_tables(url: str, suffixes: tuple[str, ...]) -> list[str]:
    """The files that a URL stands for: a folder for the tables in it, a pattern for what fits, in order of names.

    Raises:
        InputProblem: if it stands for nothing.
    """
    system, path = _system(url)
    if any(character in path for character in "*?["):
        found = system.glob(path)
    elif system.isdir(path):
        inside = system.ls(path, detail=True)
        found = [one["name"] for one in inside if one["type"] == "file" and str(one["name"]).endswith(suffixes)]
    else:
        return [url]
    if not found:
        raise InputProblem(f"there is no table at '{url}'", hint=f"tables end in {', '.join(suffixes)}")
    return sorted(str(system.unstrip_protocol(one)) for one in found)
