"""A variable's value from text, a file or standard input."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any, TypeAlias

from gradcli.data.files import read_numbers, read_text
from gradcli.data.long_lists import read_list
from gradcli.errors import InputProblem, Problem
from gradcli.lang import normalize

__all__ = ["Evaluator", "read_text", "value_of"]

Evaluator: TypeAlias = Callable[[str], Any]
"""The value of an expression without variables."""


def value_of(name: str, text: str, evaluate: Evaluator, stdin: Callable[[], str]) -> Any:
    """The value that a text on the command line stands for.

    Args:
        name: the variable: messages name it, and of a JSON object its entry is taken.
        text: a number, a list, an expression without variables, `@file.json`, `@file.npy`, `@file.txt`
            or `-` for standard input.
        evaluate: computes an expression.
        stdin: reads standard input.

    Returns:
        A float, or nested lists or an array of numbers.

    Raises:
        Problem: about the text or the file.

    >>> value_of("x", "[1, -2]", evaluate=float, stdin=str)
    [1, -2]
    """
    if text == "-":
        return _parsed(name, stdin(), "standard input", evaluate)
    if text.startswith("@"):
        return _from_file(name, Path(text[1:]), evaluate)
    return _from_text(name, text, f"--{name}", evaluate)


def _from_text(name: str, text: str, origin: str, evaluate: Evaluator) -> Any:
    try:
        return _number(text, origin)
    except ValueError:
        pass
    if text.lstrip().startswith("["):
        try:
            return read_list(text.strip()) or json.loads(text, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            pass  # the language reads [pi, 2/3] too, and its messages are better
    try:
        return evaluate(text)
    except Problem as problem:
        problem.message = f"in the value of {origin}: {problem.message}"
        problem.args = (problem.message,)
        if "has no value" in problem.message:
            problem.hint = "a value may use numbers, pi, e, tau and functions, but no other variable"
        raise


def _number(text: str, origin: str) -> float:
    """The number that a text is.

    Raises:
        ValueError: if it is none.
        InputProblem: if float64 has no such number.
    """
    number = float(text)
    if math.isinf(number) and any(map(str.isdecimal, text)):
        told = f"in the value of {origin}: this number overflows float64"
        raise InputProblem(told, hint="the largest number is about 1.8e308")
    return number


def _no_constant(text: str) -> float:
    raise ValueError(text)


def _from_file(name: str, path: Path, evaluate: Evaluator) -> Any:
    if path.suffix.lower() == ".npy":
        return read_numbers(path)
    return _parsed(name, read_text(path), str(path), evaluate)


def _parsed(name: str, text: str, origin: str, evaluate: Evaluator) -> Any:
    """The value of a text that is JSON, rows of numbers, or an expression."""
    stripped = text.strip()
    if not stripped:
        raise InputProblem(f"the value of '{name}' from {origin} is empty")
    if stripped[0] in "[{":
        return _json(name, stripped, origin)
    rows = _rows(name, stripped, origin)
    return rows if rows is not None else _from_text(name, stripped, origin, evaluate)


def _json(name: str, text: str, origin: str) -> Any:
    numbers = read_list(text)
    if numbers is not None:
        return numbers
    try:
        loaded = json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        raise InputProblem(f"{origin} is not JSON: {error}") from None
    except _Twice as error:
        raise InputProblem(f"{origin} has the name '{error}' twice in one object") from None
    except ValueError:  # an integer of more digits than Python reads
        raise InputProblem(f"{origin} holds a number that is too large for float64") from None
    except RecursionError:
        raise InputProblem(f"{origin} is nested too deeply for an array") from None
    if isinstance(loaded, dict):
        if name not in loaded:
            listed = ", ".join(map(repr, list(loaded)[:8])) or "nothing"
            raise InputProblem(f"{origin} has no entry '{name}'", hint=f"it has {listed}")
        loaded = loaded[name]
    return loaded


class _Twice(ValueError):
    """A JSON object has a name twice."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object as a dict.

    Raises:
        _Twice: if it has a name twice: which of the two values is meant cannot be known.
    """
    pairs = [(normalize(name), value) for name, value in pairs]
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise _Twice(name)
            seen.add(name)
    return made


def _rows(name: str, text: str, origin: str) -> Any:
    """The numbers of a text with one row on each line, separated by blanks or commas; None for any other text."""
    lines = [line.replace(",", " ").split() for line in text.splitlines() if line.strip()]
    try:
        rows = [[float(cell) for cell in line] for line in lines]
    except ValueError:
        return None
    if any(any(map(math.isinf, row)) for row in rows):
        for cell in chain.from_iterable(lines):
            _number(cell, f"'{name}' from {origin}")
    if len({len(row) for row in rows}) > 1:
        raise InputProblem(f"the rows of '{name}' from {origin} have different lengths")
    if len(rows[0]) == 1:
        column = [row[0] for row in rows]
        return column[0] if len(column) == 1 else column
    return rows[0] if len(rows) == 1 else rows
