"""Writing a file whole: it is there when all of it is, or what was there before stays."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from gradcli.errors import OutputProblem

__all__ = ["write_whole"]


def write_whole(path: Path, content: bytes) -> None:
    """Write beside the file and rename, so that nobody sees a part of it; a device or a pipe is written to.

    A link is followed: what it points to is replaced. A file that is replaced keeps its permissions.

    Raises:
        OutputProblem: if it cannot be written.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)
            return
        _replace(Path(os.path.realpath(path)), content)
    except (OSError, ValueError) as error:
        told = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise OutputProblem(f"'{path}' cannot be written: {told[:1].lower()}{told[1:]}") from None


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name[:100]}.{os.getpid()}.tmp")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            beside.chmod(path.stat().st_mode & 0o7777)
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
