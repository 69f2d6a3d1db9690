"""What parts of an installation are now: a list that changes whenever one of their files does."""

from __future__ import annotations

import os
from collections.abc import Sequence

__all__ = ["state_of", "text_of_module"]


def state_of(folders: Sequence[str]) -> str:
    """The names, sizes and times of the Python files below some folders.

    It takes a millisecond for two hundred, so that an installation in which files are edited is looked at anew each
    time. A time is that of the last change of anything about the file, which nobody sets.

    >>> from pathlib import Path
    >>> state_of([str(Path(__file__).parent)]) == state_of([str(Path(__file__).parent)])
    True
    """
    found: list[tuple[str, int, int, int]] = []
    stack = list(folders)
    while stack:
        with os.scandir(stack.pop()) as entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    about = entry.stat()
                    found.append((entry.path, about.st_size, about.st_mtime_ns, about.st_ctime_ns))
                elif entry.name != "__pycache__" and entry.is_dir():
                    stack.append(entry.path)
    return repr(sorted(found))


def text_of_module(package: str, file: str) -> str:
    """The text of a package's file, without importing the package; "" where there is none."""
    from importlib.machinery import PathFinder

    found = PathFinder.find_spec(package)
    for folder in (found.submodule_search_locations or ()) if found is not None else ():
        try:
            with open(os.path.join(folder, file), encoding="utf-8") as stream:  # noqa: PTH118, PTH123  # pathlib is slow
                return stream.read()
        except OSError:
            continue
    return ""
