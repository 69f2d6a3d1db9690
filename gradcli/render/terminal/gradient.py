"""A gradient: the variables, their values, and the derivative by each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.console import RenderableType
from rich.text import Text

from gradcli.render.numbers import summary
from gradcli.render.plain import derivative_name
from gradcli.render.terminal.arrays import ALL_NUMBERS, cell_text, pointed, shaded, value_lines
from gradcli.render.terminal.canvas import DERIVATIVE, FAINT, NAME, Canvas, table_width
from gradcli.render.terminal.expression import expression_lines
from gradcli.transforms.results import Gradient, Value

__all__ = ["gradient_view"]

_ENTRIES = 12
_EDGE = 3


class _Row(NamedTuple):
    label: str
    value: str
    derivative: str
    faint: bool = False


def gradient_view(result: Gradient, canvas: Canvas) -> list[list[RenderableType]]:
    """The expression and its value; then a table, with as much of each array as fits."""
    head: list[RenderableType] = [*expression_lines(result.expression, canvas)]
    head += value_lines("f", result.value, canvas)
    if result.seed is not None:
        head += value_lines("seed", result.seed, canvas)
    if not result.gradients:
        return [head, [canvas.note("there is no variable to differentiate by")]]
    title = derivative_name("...", seeded=True) if result.seed is not None else "derivative"
    headers = ("variable", "value", title.replace("...", canvas.dots))
    rows = _whole_rows(result)
    if rows is None or not _fit(headers, rows, canvas):
        rows = _entry_rows(result, canvas)
    body: list[RenderableType]
    body = [_table(headers, rows, canvas)] if _fit(headers, rows, canvas) else [*_stacked(rows, canvas)]
    if any(row.faint for row in rows):
        body.append(canvas.note(ALL_NUMBERS))
    return [head, body]


def _fit(headers: Sequence[str], rows: Sequence[_Row], canvas: Canvas) -> bool:
    columns = zip(headers, *[row[:3] for row in rows], strict=True)
    return table_width(columns) <= canvas.width


def _whole_rows(result: Gradient) -> list[_Row] | None:
    """A row for each variable with its arrays whole, or None where one is too large for that."""
    names = list(result.gradients)
    values = [cell_text(result.inputs[name]) for name in names]
    derivatives = [cell_text(gradient) for gradient in result.gradients.values()]
    told_values = [text for text in values if text is not None]
    told_derivatives = [text for text in derivatives if text is not None]
    if len(told_values) < len(names) or len(told_derivatives) < len(names):
        return None
    if all(not isinstance(gradient, np.ndarray) for gradient in result.gradients.values()):
        told_values, told_derivatives = pointed(told_values), pointed(told_derivatives)
    return [_Row(*cells) for cells in zip(names, told_values, told_derivatives, strict=True)]


def _entry_rows(result: Gradient, canvas: Canvas) -> list[_Row]:
    """A row for each entry, the middle of a large array being counted."""
    rows: list[_Row] = []
    for name, gradient in result.gradients.items():
        rows += _entries(name, result.inputs[name], gradient, canvas)
    numbers = [i for i, row in enumerate(rows) if not row.faint]
    values = pointed([rows[i].value for i in numbers])
    derivatives = pointed([rows[i].derivative for i in numbers])
    for i, value, derivative in zip(numbers, values, derivatives, strict=True):
        rows[i] = rows[i]._replace(value=value, derivative=derivative)
    return rows


def _entries(name: str, value: Value, gradient: Value, canvas: Canvas) -> list[_Row]:
    if not isinstance(value, np.ndarray) or not isinstance(gradient, np.ndarray):
        return [_Row(name, repr(value), repr(gradient))]
    if value.size <= _ENTRIES:
        return [_entry(name, value, gradient, i) for i in range(value.size)]
    return [
        _Row(name, summary(value, canvas.unicode), summary(gradient, canvas.unicode), faint=True),
        *[_entry(name, value, gradient, i) for i in range(_EDGE)],
        _Row(f"{canvas.dots} {value.size - 2 * _EDGE:,} more", "", "", faint=True),
        *[_entry(name, value, gradient, i) for i in range(value.size - _EDGE, value.size)],
    ]


def _entry(name: str, value: NDArray[np.float64], gradient: NDArray[np.float64], position: int) -> _Row:
    index = ",".join(map(str, np.unravel_index(position, value.shape)))
    return _Row(f"{name}[{index}]", repr(float(value.flat[position])), repr(float(gradient.flat[position])))


def _table(headers: Sequence[str], rows: Sequence[_Row], canvas: Canvas) -> RenderableType:
    table = canvas.table([Text(header, style=FAINT) for header in headers])
    for row in rows:
        number = FAINT if row.faint else ""
        table.add_row(
            Text(row.label, style=NAME if row.value else FAINT),
            shaded(row.value, number),
            shaded(row.derivative, number or DERIVATIVE),
        )
    return table


def _stacked(rows: Sequence[_Row], canvas: Canvas) -> list[Text]:
    """The same under each other, for a terminal that is too narrow for a table."""
    lines = []
    for row in rows:
        lines.append(Text(row.label, style=NAME if row.value else FAINT))
        for word, number, style in (("value", row.value, ""), ("derivative", row.derivative, DERIVATIVE)):
            if number:
                told = FAINT if row.faint else style
                lines.append(Text.assemble((f"  {word:12}", FAINT)) + shaded(number.strip(), told))
    return lines
