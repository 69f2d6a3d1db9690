"""Long texts on a terminal, shown a screen at a time."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping

from gradcli.cli.environment import Environment

__all__ = ["pager_of", "show"]

_LESS = "FRX"
"""What less is told where the user tells it nothing: end where all fits, show colours, leave the text behind."""


def show(environment: Environment, text: str) -> None:
    """Write a text to standard output: by a pager if that is a terminal with fewer lines.

    Raises:
        ReaderGone, OutputProblem: as `Environment.write`.
    """
    if not (_is_longer(environment, text) and _paged(environment, text)):
        environment.write(environment.stdout, text)


def pager_of(variables: Mapping[str, str]) -> list[str]:
    """The words of the command that shows long texts, none if there is to be none.

    Args:
        variables: the environment's.

    >>> pager_of({"PAGER": "less -R"}), pager_of({"PAGER": "more", "GRADCLI_PAGER": ""}), pager_of({"PAGER": "cat"})
    (['less', '-R'], [], [])
    """
    import shlex

    try:
        words = shlex.split(variables.get("GRADCLI_PAGER", variables.get("PAGER", "less")))
    except ValueError:  # a quotation without an end
        return []
    return [] if words == ["cat"] else words


def _is_longer(environment: Environment, text: str) -> bool:
    """Whether standard output is a real terminal that has fewer lines than a text; a dumb one has no pages."""
    if not environment.stdout.isatty() or environment.variables.get("TERM") == "dumb":
        return False
    try:
        columns, lines = os.get_terminal_size(environment.stdout.fileno())
    except (OSError, ValueError):
        return False
    return sum(1 + max(0, len(line) - 1) // max(1, columns) for line in text.splitlines()) >= lines


def _paged(environment: Environment, text: str) -> bool:
    """Whether the pager could be started; when it could, it has shown the text, or as much as was wanted."""
    import subprocess

    words = pager_of(environment.variables)
    if not words:
        return False
    variables = {"LESS": _LESS, "LV": "-c", **environment.variables}
    try:
        pager = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=environment.stdout, env=variables)
    except (OSError, ValueError):
        return False
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the pager's, which has the terminal
    try:
        pager.communicate(text.encode(environment.stdout.encoding or "utf-8", "backslashreplace"))
    finally:
        signal.signal(signal.SIGINT, before)
    return True
