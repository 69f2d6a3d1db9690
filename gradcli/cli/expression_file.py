"""A file's name in the place of the expression. It is imported where a text reads as no expression."""

from __future__ import annotations

import re
from pathlib import Path

from gradcli.errors import InputProblem

__all__ = ["file_meant"]

_LONGEST = 255
"""Bytes of a file's name, on the usual file systems."""

_NAMED = re.compile(r"@.+|[\w./\\-]+\.(?:txt|expr|csv|tsv|json|py|m|tex|dat|in)")


def file_meant(expression: str | None) -> Path | None:
    """The file that a text names which is no expression; None if it looks like no file's name.

    Raises:
        InputProblem: if it can be nothing but a file's name, and there is no such file, or it holds no expression.
    """
    if expression is None or not _NAMED.fullmatch(expression) or len(expression) > _LONGEST:
        return None
    path = Path(expression.removeprefix("@"))
    if path.suffix in (".csv", ".tsv", ".json"):
        hint = "a file of cases is .jsonl or .toml; an expression is read with -f FILE, a value with --x @FILE"
        raise InputProblem(f"'{path}' is no file of expressions", hint=hint)
    if not path.is_file() and path.suffix != ".txt" and path.name == expression:
        return None
    if not path.is_file():
        raise InputProblem(f"there is no file '{path}'", hint="-f FILE reads an expression from a file")
    return path
