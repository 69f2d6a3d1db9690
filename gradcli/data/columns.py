"""Columns of numbers under a header, as in a CSV file."""

from __future__ import annotations

import csv
import math
from typing import Any

from gradcli.data.named import Named
from gradcli.errors import InputProblem
from gradcli.lang import normalize

__all__ = ["cells_of", "has_header", "read_columns"]

_DELIMITERS = ",;\t"


def has_header(text: str) -> bool:
    r"""Whether a text is names in a line and rows of as many numbers below it.

    >>> has_header("x,y\n1,2"), has_header("1,2\n3,4"), has_header("a = 2\na*x")
    (True, False, False)
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2:
        return False
    delimiter = _delimiter(lines[0])
    names, last = _cells(lines[0], delimiter), _cells(lines[-1], delimiter)
    return len(names) == len(last) and not all(map(_is_number, names)) and any(map(_is_number, last))


def read_columns(text: str, origin: str) -> Named:
    r"""The columns of a text by the names in its first line; a column of one number is that number.

    A column without a name, as of an index, is left out.

    Raises:
        InputProblem: if there is no row, rows have different lengths, or a name stands twice. What is no number is
            told when its column is read.

    >>> columns = read_columns("x,y\n1,2\n3,4", "p.csv")
    >>> columns.names, columns.value("y")
    (('x', 'y'), [2.0, 4.0])
    """
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    reader = csv.reader(lines, delimiter=_delimiter(first), skipinitialspace=True)
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise InputProblem(f"line {reader.line_num} of {origin} cannot be read: {error}") from None
    if len(rows) < 2:
        raise InputProblem(f"{origin} has no row of numbers", hint="names in the first line, numbers below them")
    (_, header), *body = rows
    names = [normalize(name.strip().removeprefix("#").strip()) for name in header]
    for number, row in body:
        if len(row) != len(names):
            raise InputProblem(
                f"line {number} of {origin} has {cells_of(len(row))}, and the first has {len(names)} names"
            )
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        if name in places:
            raise InputProblem(f"{origin} has the column '{name}' twice")
        if name:
            places[name] = place

    def column(name: str) -> Any:
        numbers = [_number(row[places[name]], f"line {line} of {origin}, column '{name}',") for line, row in body]
        return numbers[0] if len(numbers) == 1 else numbers

    return Named(origin, tuple(places), column, rows=len(body))


def _delimiter(line: str) -> str:
    """What stands most often in a header."""
    return max(_DELIMITERS, key=line.count)


def _cells(line: str, delimiter: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.split(delimiter)]


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _number(cell: str, place: str) -> float:
    try:
        number = float(cell)
    except ValueError:
        told = "is empty" if not cell.strip() else f"is no number: '{cell.strip()[:40]}'"
        raise InputProblem(f"{place} {told}") from None
    if math.isinf(number) and any(map(str.isdecimal, cell)):
        raise InputProblem(f"{place} overflows float64", hint="the largest number is about 1.8e308")
    return number


def cells_of(count: int) -> str:
    """How many cells, in words.

    >>> cells_of(1), cells_of(3)
    ('1 cell', '3 cells')
    """
    return f"{count} cell{'' if count == 1 else 's'}"
