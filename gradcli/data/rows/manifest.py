"""Which parts of a long work are done: kept beside them, so that it can be taken up again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gradcli.data.output import write_whole
from gradcli.data.rows.remote import is_remote, opened_remote, remote_version, written_remote
from gradcli.errors import InputProblem

__all__ = ["Manifest", "expanded", "target_in"]

_NAME = ".gradcli-batch.json"
_PIECE = 1 << 20


class Manifest:
    """The parts that are done, each with the size and the digest of what was written.

    Of a file at a URL the file system's own mark of its version stands for the digest.

    Args:
        folder: where the parts are, a URL too.
        work: what is computed; of other work nothing is kept.
    """

    def __init__(self, folder: str, work: str) -> None:
        import hashlib  # for several tables alone
        import json

        self._path = f"{folder.rstrip('/')}/{_NAME}" if is_remote(folder) else str(Path(folder) / _NAME)
        self._work = hashlib.sha256(work.encode()).hexdigest()
        self._parts: dict[str, Any] = {}
        try:
            found = json.loads(self._text())
            if isinstance(found, dict) and found.get("work") == self._work and isinstance(found.get("parts"), dict):
                self._parts = found["parts"]
        except (OSError, ValueError, RecursionError, InputProblem):
            pass

    def _text(self) -> bytes:
        if not is_remote(self._path):
            return Path(self._path).read_bytes()
        with opened_remote(self._path) as file:
            return file.read()

    def holds(self, source: str, target: str) -> bool:
        """Whether a part is done: its source has not changed since, and the target is what was written."""
        part = self._parts.get(Path(target).name)
        return part is not None and part == _state(source, target)

    def keep(self, source: str, target: str) -> None:
        """Remember that a part is done.

        Raises:
            OutputProblem: if that cannot be written.
        """
        state = _state(source, target)
        if state is None:
            return
        self._parts[Path(target).name] = state
        import json

        content = json.dumps({"work": self._work, "parts": self._parts}, indent=1).encode()
        if is_remote(self._path):
            with written_remote(self._path) as file:
                file.write(content)
        else:
            write_whole(Path(self._path), content)


def _state(source: str, target: str) -> dict[str, Any] | None:
    """What tells whether a part is still what it was; None where that cannot be told."""
    try:
        of_source = remote_version(source) if is_remote(source) else _version(Path(source))
        of_target = remote_version(target) if is_remote(target) else _size_and_digest(Path(target))
    except OSError:
        return None
    if of_source is None or of_target is None:
        return None
    size, digest = of_target
    return {"source": [source, *of_source], "size": size, "sha256" if not is_remote(target) else "version": digest}


def _version(path: Path) -> list[Any]:
    told = path.stat()
    return [told.st_size, told.st_mtime_ns]


def _size_and_digest(path: Path) -> list[Any]:
    import hashlib

    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return [path.stat().st_size, digest.hexdigest()]


def expanded(words: tuple[str, ...], suffixes: tuple[str, ...]) -> list[str]:
    """The files that words stand for: a folder for the tables in it, a pattern for what fits, in order of names.

    Args:
        words: from the command line.
        suffixes: of tables.

    Raises:
        InputProblem: if a folder or a pattern stands for nothing.
    """
    found: list[str] = []
    for word in words:
        path = Path(word)
        if not word:
            raise InputProblem(f"'{word}' names no table", hint=". is the folder that you are in, - standard input")
        if path.is_dir():
            inside = sorted(str(one) for one in path.iterdir() if one.is_file() and one.name.endswith(suffixes))
            if not inside:
                raise InputProblem(f"there is no table in '{word}'", hint=f"tables end in {', '.join(suffixes)}")
            found += inside
        elif any(character in word for character in "*?[") and not path.exists():
            fitting = _fitting(path)
            if not fitting:
                raise InputProblem(f"there is no file '{word}'")
            found += fitting
        else:
            found.append(word)
    return list(dict.fromkeys(found))


def _fitting(pattern: Path) -> list[str]:
    """The files of a folder that fit a pattern, in order of names; none fits what is no pattern, as `x**`."""
    try:
        return sorted(map(str, pattern.parent.glob(pattern.name)))
    except (NotImplementedError, ValueError):
        return []


def target_in(folder: str, source: str, suffix: str, taken: set[str], number: int = 0) -> str:
    """The file in a folder that a table goes to: of the same name, with another suffix where the format is another.

    Args:
        folder: where it goes, a URL too.
        source: the table.
        suffix: such as ".parquet"; "" for that of the source.
        taken: the files that others go to.
        number: of a piece of the table, which stands behind the name; 0 for the whole.

    Raises:
        InputProblem: if another table goes there, or the table itself is there.

    >>> target_in("done", "parts/p.csv", "", set()), target_in("s3://b/done/", "p.csv", ".parquet", set(), 12)
    ('done/p.csv', 's3://b/done/p-00012.parquet')
    """
    name = Path(source).name
    stem, *suffixes = name.split(".")
    if suffix:
        suffixes = [suffix.removeprefix(".")]
    elif not number:
        stem, suffixes = name, []
    if number:
        stem = f"{stem}-{number:05d}"
    name = ".".join((stem, *suffixes))
    target = f"{folder.rstrip('/')}/{name}" if is_remote(folder) else str(Path(folder) / name)
    if target in taken:
        raise InputProblem(f"two tables would be written to '{target}'", hint="their names must differ")
    here = not is_remote(target) and not is_remote(source) and Path(target).exists() and Path(source).exists()
    if target == source or (here and Path(target).samefile(source)):
        raise InputProblem(f"'{target}' would be written over itself", hint="-o names another folder")
    taken.add(target)
    return target
