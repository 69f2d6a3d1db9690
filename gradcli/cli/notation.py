"""`--notation NAME`: the expression is in the notation of another program, and what it is read as is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

from gradcli.errors import Problem, UsageProblem, suggest

__all__ = ["NAMES", "ranks_of", "reader_of"]

NAMES = ("latex", "matrixcalculus", "sympy", "mathematica", "matlab", "excel")
"""The notations that are read."""


def reader_of(
    notation: str, words: Sequence[str], params: Sequence[click.Parameter], value: Callable[[str, str], Any]
) -> Callable[[str], str]:
    """What gives the line of the language that a text in a notation is.

    Args:
        notation: its name.
        words: those of the command line beside it, which tell the variables' shapes.
        params: the command's.
        value: reads the value of a variable: (name, text).

    Returns:
        A function of a text, which raises a SyntaxProblem for one that is not read, or has two readings.

    Raises:
        UsageProblem: for an unknown notation, or one whose reader is not installed.
    """
    if notation not in NAMES:
        near = suggest(notation, NAMES)
        hint = f"did you mean '{near}'?" if near else f"there are {', '.join(NAMES)}"
        raise UsageProblem(f"there is no notation '{notation}'", hint=hint)
    from gradcli.lang.notation import read_notation

    ranks = ranks_of(words, params, value)
    return lambda source: read_notation(notation, source, ranks)


def ranks_of(
    words: Sequence[str], params: Sequence[click.Parameter], value: Callable[[str, str], Any]
) -> dict[str, int | None]:
    """For each variable that the words give a value or a shape how many axes it has; None where that is not known.

    The name "" stands for all others, where files may have values for them.
    """
    found: dict[str, int | None] = {}
    for name, text in _given(words, params):
        found[name] = _rank(name, text, value)
    for word in _of_option(words, "--shape"):
        name, _, sizes = word.partition("=")
        found[name.strip()] = len([size for size in sizes.split(",") if size.strip()])
    if _of_option(words, "--values"):
        found[""] = None  # what the files hold is not looked at
    return found


def _rank(name: str, text: str, value: Callable[[str, str], Any]) -> int | None:
    if text.strip() == "-":
        return None
    try:
        known = value(name, text)
    except Problem:
        return None
    rank = 0
    while isinstance(known, list | tuple) and known:
        rank, known = rank + 1, known[0]
    return rank + int(getattr(known, "ndim", 0))


def _given(words: Sequence[str], params: Sequence[click.Parameter]) -> list[tuple[str, str]]:
    """The names with values, as options or with `--set`."""
    options = [param for param in params if isinstance(param, click.Option)]
    flags = {"--help"}.union(*(param.opts for param in options if param.is_flag))
    valued = set[str]().union(*(param.opts for param in options if not param.is_flag))
    pairs: list[tuple[str, str]] = []
    for setting in _of_option(words, "--set"):
        name, equals, text = setting.partition("=")
        if equals:
            pairs.append((name.strip(), text))
    rest = list(words)
    while rest:
        word = rest.pop(0)
        long, equals, text = word.partition("=")
        if long in valued and not equals:
            del rest[:1]
        elif long in valued or long in flags:
            continue
        elif not long.startswith("--") or len(long) < 3:
            if equals and long.isidentifier():
                pairs.append((long, text))
        elif equals:
            pairs.append((long[2:], text))
        elif rest:
            pairs.append((long[2:], rest.pop(0)))
    return pairs


def _of_option(words: Sequence[str], option: str) -> list[str]:
    found = []
    for word, following in zip(words, [*words, ""][1:], strict=True):
        if word == option:
            found.append(following)
        elif word.startswith(f"{option}="):
            found.append(word.partition("=")[2])
    return found
