"""A result's numbers as one table of texts, for formats that are tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from gradcli.errors import UsageProblem
from gradcli.render.words.numbers import exact
from gradcli.transforms.results.base import Derived, Result
from gradcli.transforms.results.explanation import Explanation
from gradcli.transforms.results.labels import labels

__all__ = ["Sheet", "sheet"]


class Sheet(NamedTuple):
    """A table of texts.

    Attributes:
        header: of each column.
        rows: the first text of each is its label.
    """

    header: list[str]
    rows: list[list[str]]


def sheet(result: Result) -> Sheet:
    """A matrix with its labels; of other results a row for each number, under its name.

    Raises:
        UsageProblem: if the result is more than numbers.

    >>> from gradcli.transforms.results.gradient import Gradient
    >>> sheet(Gradient("x[0]*x[1]", {"x": np.array([2.0, 3.0])}, 6.0, {"x": np.array([3.0, 2.0])})).rows
    [['f', '6.0'], ['df/dx[0]', '3.0'], ['df/dx[1]', '2.0']]
    """
    if isinstance(result, Explanation):
        from gradcli.render.words.explanation import rows_of_steps

        return Sheet(*rows_of_steps(result))
    if result.bare() is None:
        raise UsageProblem(f"`{result.command}` gives no table of numbers", hint="--json has everything")
    labelled = result.matrix()
    if labelled is not None:
        _, matrix, rows, columns = labelled
        body = _matrix(result, matrix)
        return Sheet(["", *columns], [[row, *texts] for row, texts in zip(rows, body, strict=True)])
    return Sheet(["name", "value"], [[label, text] for label, text in _entries(result)])


def _matrix(result: Result, matrix: Any) -> list[list[str]]:
    if result.digits is not None and isinstance(result, Derived):
        from gradcli.render.words.digits import spelled

        return spelled(result, result.digits).matrix or []
    return [[exact(number) for number in row] for row in matrix.tolist()]


def _entries(result: Result) -> Iterator[tuple[str, str]]:
    value, arrays = result.value, dict(result.arrays())
    texts: dict[str, Any] = {}
    if result.digits is not None and isinstance(result, Derived):
        from gradcli.render.words.digits import spelled

        proved = spelled(result, result.digits)
        texts = {result.value_name: proved.value, **proved.arrays}
    named = [(result.value_name or "value", value), *result.given(), *arrays.items()]
    for name, array in named:
        shape = np.shape(array)
        found = texts.get(name)
        flat = [exact(number) for number in np.ravel(array).tolist()] if found is None else _flat(found, shape)
        yield from zip(labels(name, shape), flat, strict=True)


def _flat(texts: Any, shape: tuple[int, ...]) -> list[str]:
    made = np.empty(shape, dtype=object)
    made[...] = texts
    return [str(text) for text in made.ravel()]
