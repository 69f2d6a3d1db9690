"""The value that a file's content or standard input stands for: JSON, rows of numbers, a column, an expression."""

from __future__ import annotations

import math
from itertools import chain
from typing import Any

from gradcli.data.columns import has_header, read_columns
from gradcli.data.json_texts import loaded_json
from gradcli.data.long_lists import read_list
from gradcli.data.named import Named, flat
from gradcli.data.texts import Evaluator, number_of, value_of_text
from gradcli.errors import InputProblem

__all__ = ["value_in", "value_of_content"]


def value_of_content(name: str, content: str, origin: str, evaluate: Evaluator) -> Any:
    r"""The value that a content stands for.

    Args:
        name: the variable, whose entry is taken of a JSON object, and whose column of rows below names.
        content: JSON, one row of numbers on each line, such rows below names, or an expression.
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
        numbers = read_list(stripped)
        loaded = loaded_json(stripped, origin) if numbers is None else numbers
        return value_in(flat(loaded, origin), name, evaluate) if isinstance(loaded, dict) else loaded
    rows = _rows(name, stripped, origin)
    if rows is not None:
        return rows
    if has_header(stripped):
        return value_in(read_columns(stripped, origin), name, evaluate)
    return value_of_text(stripped, origin, evaluate)


def value_in(named: Named, name: str, evaluate: Evaluator) -> Any:
    """The value under a name in a file, where a text is an expression without variables.

    Raises:
        Problem: if there is none, or about the text.
    """
    value = named.value(name)
    return value_of_text(value, f"'{name}' in {named.origin}", evaluate) if isinstance(value, str) else value


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
