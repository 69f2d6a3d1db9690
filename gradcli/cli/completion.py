"""Completion in the shell, which click does, and what click needs for it. While a user types, nothing is said."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from gradcli.cli.argv import find_expression, takes_value
from gradcli.errors import Problem, UsageProblem

if TYPE_CHECKING:
    from gradcli.lang import Program

__all__ = ["SHELLS", "VARIABLE", "check_completion", "expression_among", "files_at"]

VARIABLE = "_GRADCLI_COMPLETE"
"""The environment variable by which a shell's script asks."""

SHELLS = ("bash", "zsh", "fish")


def check_completion(variables: Mapping[str, str]) -> None:
    """Complain where a shell is to be served without the variables that the shell's own script sets.

    Args:
        variables: the environment's.

    Raises:
        UsageProblem: if one is missing or means nothing.

    >>> check_completion({"_GRADCLI_COMPLETE": "bash_source"})
    """
    asked = variables.get(VARIABLE)
    if not asked:
        return
    shell, _, what = asked.partition("_")
    if shell not in SHELLS or what not in ("source", "complete"):
        known = ", ".join(f"{known}_source" for known in SHELLS)
        raise UsageProblem(f"{VARIABLE} is '{asked}', which names no shell's completion", hint=f"there are {known}")
    missing = [name for name in ("COMP_WORDS", "COMP_CWORD") if name not in variables]
    if what == "complete" and missing:
        raise UsageProblem(
            f"{VARIABLE}={asked} needs {' and '.join(missing)}, which the shell sets when Tab is pressed",
            hint=f"`gradcli completion {shell}` prints that script",
        )
    if what == "complete" and shell != "fish" and not variables["COMP_CWORD"].isdecimal():
        raise UsageProblem(f"COMP_CWORD is '{variables['COMP_CWORD']}', and should count a word")


def expression_among(words: Sequence[str], params: Sequence[click.Parameter]) -> tuple[Program | None, list[str]]:
    """The expression among the words, or in the file that they name, and the other words.

    It is None where there is none, or none that can be read. Standard input is the terminal, and left alone.
    """
    expression, rest = find_expression(words, params)
    file = takes_value(rest, params, "file")
    if "-" in (expression, file):
        return None, rest
    from gradcli.lang import parse

    try:
        source = expression if file is None else _text_of(file)
        return (None if source is None else parse(source)), rest
    except Problem:
        return None, rest


def _text_of(file: str) -> str | None:
    """The content of a file; None of a pipe or device, which could be read once only."""
    from pathlib import Path

    from gradcli.data.files import read_text

    return read_text(Path(file)) if Path(file).is_file() else None


def files_at(word: str) -> list[CompletionItem]:
    """Files and folders whose names begin as a word does behind its `@`; none without that.

    >>> files_at("3"), files_at("@no such folder/")
    ([], [])
    """
    if not word.startswith("@"):
        return []
    folder, name = os.path.split(word[1:])
    try:
        with os.scandir(folder or ".") as entries:
            found = sorted((entry.name, entry.is_dir()) for entry in entries if entry.name.startswith(name))
    except (OSError, ValueError):
        return []
    begun = word.removesuffix(name) if name else word
    shown = [(entry, is_dir) for entry, is_dir in found if name or not entry.startswith(".")]
    return [CompletionItem(f"{begun}{entry}{'/' if is_dir else ''}") for entry, is_dir in shown]
