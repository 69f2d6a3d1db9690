"""The value that the content of a file or of standard input stands for: JSON, rows of numbers, or an expression."""

from __future__ import annotations

import json
import math
from itertools import chain
from typing import Any

from gradcli.data.long_lists import read_list
from gradcli.data.texts import Evaluator, number_of, value_of_text
from gradcli.errors import InputProblem
from gradcli.lang import normalize

__all__ = ["value_of_content"]


def value_of_content(name: str, content: str, origin: str, evaluate: Evaluator) -> Any:
    r"""The value that a content stands for.

    Args:
        name: the variable, whose entry is taken of a JSON object.
        content: JSON, one row of numbers on each line, or an expression.
        origin: what was read, for messages.
        evaluate: computes an expression.

    Raises:
        Problem: about the content.

    >>> value_of_content("x", '{"x": [1, 2]}', "standard input", evaluate=str)
    [1, 2]
    >>> value_of_content("x", "1, 2\n3 4", "standard input", evaluate=str)
    [[1.0, 2.0], [3.0, 4.0]]
    """
    stripped = content.strip()
    if not stripped:
        raise InputProblem(f"the value of '{name}' from {origin} is empty")
    if stripped[0] in "[{":
        return _json(name, stripped, origin)
    rows = _rows(name, stripped, origin)
    return rows if rows is not None else value_of_text(stripped, origin, evaluate)


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
            number_of(cell, f"'{name}' from {origin}")
    if len({len(row) for row in rows}) > 1:
        raise InputProblem(f"the rows of '{name}' from {origin} have different lengths")
    if len(rows[0]) == 1:
        column = [row[0] for row in rows]
        return column[0] if len(column) == 1 else column
    return rows[0] if len(rows) == 1 else rows
