"""Archives of arrays, as numpy.savez writes them: an array is unpacked when it is read, and only if there is room."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from gradcli.data.files import opened, read_array, read_bounded
from gradcli.data.named import Named
from gradcli.errors import InputProblem, MemoryProblem
from gradcli.lang import normalize
from gradcli.ops.calls.memory import most_bytes, spoken

__all__ = ["read_archive"]

_HINT = "numpy.savez writes one; Python objects are not read"


def read_archive(path: Path) -> Named:
    """The arrays of an .npz file by name. Pickled objects are never loaded.

    Raises:
        InputProblem: if it is none.
        MemoryProblem: when an array is read that holds more numbers than memory allows.
    """
    with _archive(path) as archive:
        stored = [info.filename for info in archive.infolist() if not info.is_dir()]
    members: dict[str, str] = {}
    for member in stored:
        name = normalize(member.removesuffix(".npy"))
        if name in members:
            raise InputProblem(f"'{path}' has the name '{name}' twice")
        members[name] = member

    def array(name: str) -> Any:
        what = f"'{name}' in {path}"
        with _archive(path) as archive:
            _check_room(archive.getinfo(members[name]), what)
            with archive.open(members[name]) as file:
                try:
                    return read_array(what, file)
                except (ValueError, EOFError, SyntaxError, TypeError, KeyError, RecursionError):
                    raise InputProblem(f"{what} is not an array of numbers", hint=_HINT) from None

    return Named(str(path), tuple(members), array)


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive; what is wrong with it, or with what is read of it, is a problem of the user's."""
    kind = "a NumPy archive of numbers"
    with opened(path, kind, _HINT) as file:
        try:
            with zipfile.ZipFile(_seekable(file, path)) as archive:
                yield archive
        except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, RuntimeError):
            # RuntimeError: it is encrypted, or packed in a way that Python does not know
            raise InputProblem(f"'{path}' is not {kind}", hint=_HINT) from None


def _check_room(info: zipfile.ZipInfo, what: str) -> None:
    """Refuse what is packed in ways that NumPy does not write, or takes too much room; it is not unpacked for that.

    Raises:
        MemoryProblem: with the size.
        NotImplementedError: of another way of packing, some of which are unpacked without a bound.
    """
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotImplementedError(info.compress_type)
    if info.file_size > most_bytes():
        told = f"{what} would take {spoken(info.file_size)}, and {spoken(most_bytes())} is allowed"
        raise MemoryProblem(told, hint="--max-memory SIZE allows more, as in --max-memory 16GiB")


def _seekable(file: IO[bytes], path: Path) -> IO[bytes]:
    """The file, or the content of a pipe."""
    return file if file.seekable() else BytesIO(read_bounded(file, f"'{path}'"))
