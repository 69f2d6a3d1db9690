"""Which parts of a long work are done: kept beside them, so that it can be taken up again."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from gradcli.data.output import write_whole
from gradcli.errors import InputProblem

__all__ = ["Manifest", "expanded", "target_in"]

_NAME = ".gradcli-batch.json"
_PIECE = 1 << 20


class Manifest:
    """The parts that are done, each with the size and the digest of what was written.

    Args:
        folder: where the parts are.
        work: what is computed; of other work nothing is kept.
    """

    def __init__(self, folder: Path, work: str) -> None:
        self._path = folder / _NAME
        self._work = hashlib.sha256(work.encode()).hexdigest()
        self._parts: dict[str, Any] = {}
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            if isinstance(found, dict) and found.get("work") == self._work and isinstance(found.get("parts"), dict):
                self._parts = found["parts"]
        except (OSError, ValueError, RecursionError):
            pass

    def holds(self, source: Path, target: Path) -> bool:
        """Whether a part is done: its source has not changed since, and the target is what was written."""
        part = self._parts.get(target.name)
        try:
            return part is not None and part == _state(source, target)
        except OSError:
            return False

    def keep(self, source: Path, target: Path) -> None:
        """Remember that a part is done.

        Raises:
            OutputProblem: if that cannot be written.
        """
        self._parts[target.name] = _state(source, target)
        content = json.dumps({"work": self._work, "parts": self._parts}, indent=1)
        write_whole(self._path, content.encode())


def _state(source: Path, target: Path) -> dict[str, Any]:
    of_source = source.stat()
    digest = hashlib.sha256()
    with target.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return {
        "source": [str(source), of_source.st_size, of_source.st_mtime_ns],
        "size": target.stat().st_size,
        "sha256": digest.hexdigest(),
    }


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
        if path.is_dir():
            inside = sorted(str(one) for one in path.iterdir() if one.is_file() and one.name.endswith(suffixes))
            if not inside:
                raise InputProblem(f"there is no table in '{word}'", hint=f"tables end in {', '.join(suffixes)}")
            found += inside
        elif any(character in word for character in "*?[") and not path.exists():
            fitting = sorted(map(str, path.parent.glob(path.name)))
            if not fitting:
                raise InputProblem(f"there is no file '{word}'")
            found += fitting
        else:
            found.append(word)
    return list(dict.fromkeys(found))


def target_in(folder: Path, source: str, suffix: str, taken: set[Path]) -> Path:
    """The file in a folder that a table goes to: of the same name, with another suffix where the format is another.

    Args:
        folder: where it goes.
        source: the table.
        suffix: such as ".parquet"; "" for that of the source.
        taken: the files that others go to.

    Raises:
        InputProblem: if another table goes there, or the table itself is there.
    """
    name = Path(source).name
    if suffix:
        name = name.split(".")[0] + suffix
    target = folder / name
    if target in taken:
        raise InputProblem(f"two tables would be written to '{target}'", hint="their names must differ")
    if target.exists() and Path(source).exists() and target.samefile(source):
        raise InputProblem(f"'{target}' would be written over itself", hint="-o names another folder")
    taken.add(target)
    return target
