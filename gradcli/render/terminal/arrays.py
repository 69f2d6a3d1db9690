"""Arrays for the eye: rows under each other, points in line, cut in the middle where they are large."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rich.text import Text

from gradcli.render.terminal.canvas import NAME, STRANGE, Canvas
from gradcli.render.words.numbers import exact, summary
from gradcli.transforms.results.value import Value

__all__ = ["ALL_NUMBERS", "IN_JSON", "array_text", "cell_text", "pointed", "shaded", "value_lines", "whole_array"]

ALL_NUMBERS = "all numbers: -q or --json"
IN_JSON = "all numbers: --json"

_WHOLE = 200
_ROWS = 6
_EDGES = (3, 2, 1)
_UNBROKEN = 1_000_000
_STRANGE_NUMBER = re.compile(r"-?\b(?:nan|inf)\b")


def pointed(texts: Sequence[str]) -> list[str]:
    """Numbers padded so that their points stand under each other.

    >>> pointed(["1.0", "-20.25", "nan"])
    ['  1.0 ', '-20.25', 'nan   ']
    """
    split = [[*re.split(r"(?=[.e])", text, maxsplit=1), ""] for text in texts]
    left = max((len(parts[0]) for parts in split), default=0)
    right = max((len(parts[1]) for parts in split), default=0)
    return [parts[0].rjust(left) + parts[1].ljust(right) for parts in split]


def array_text(array: NDArray[np.float64], width: int) -> str:
    """Nested lists over several lines; where they are large or wide, cut in the middle of each axis.

    >>> print(array_text(np.array([[1.0, 20.5], [0.25, 4.0]]), 60))
    [[ 1.0,  20.5],
     [ 0.25,  4.0]]
    """
    if array.size <= _WHOLE:
        text = _spelled(array, width if array.ndim == 1 else _UNBROKEN)
        if _fits(text, width):
            return text
    for edge in _EDGES:
        text = _spelled(array, _UNBROKEN, edge)
        if _fits(text, width):
            return text
    return _spelled(array, width, _EDGES[-1])


def _fits(text: str, width: int) -> bool:
    return all(len(line) <= width for line in text.split("\n"))


def _spelled(array: NDArray[np.float64], width: int, edge: int | None = None) -> str:
    corners = array
    if edge is not None:
        for axis, length in enumerate(array.shape):
            if length > 2 * edge:
                corners = np.take(corners, [*range(edge), *range(length - edge, length)], axis=axis)
    texts = [repr(number) for number in corners.ravel().tolist()]
    padded = dict(zip(texts, pointed(texts) if array.ndim > 1 else texts, strict=True))
    text = np.array2string(
        array,
        max_line_width=width,
        separator=", ",
        threshold=array.size if edge is None else 0,
        edgeitems=3 if edge is None else edge,
        formatter={"float_kind": lambda number: padded[repr(float(number))]},
    )
    return re.sub(r" +$", "", re.sub(r"( +)([,\]]+)", r"\2\1", text), flags=re.MULTILINE)


def cell_text(value: Value, rows: int = 12, entries: int = 64) -> str | None:
    """The whole of a small array, its rows under each other; None where it is not small."""
    if not isinstance(value, np.ndarray):
        return exact(value)
    if value.size > entries:
        return None
    text = _spelled(value, _UNBROKEN)
    return text if text.count("\n") < rows else None


def shaded(text: str, style: str = "") -> Text:
    """Numbers in a style, those that are not finite in one that stands out.

    >>> [text for text in shaded("[1.0, nan]").spans]
    [Span(6, 9, 'bold red')]
    """
    shown = Text(text, style=style)
    for match in _STRANGE_NUMBER.finditer(text):
        shown.stylize(STRANGE, match.start(), match.end())
    return shown


def value_lines(label: str, value: Value, canvas: Canvas) -> list[Text]:
    """`f = [13.0, 13.0]`, or the summary of a value that would take the terminal over."""
    indent = len(label) + 3
    if isinstance(value, np.ndarray):
        text = array_text(value, canvas.width - indent)
        if "..." in text or text.count("\n") >= _ROWS:
            text = summary(value, canvas.unicode)
    else:
        text = exact(value)
    head = Text.assemble((label, NAME), " = ")
    if len(text) > canvas.width - indent and not _fits(text, canvas.width - indent):
        return [Text.assemble((label, NAME), " ="), *map(shaded, text.split("\n"))]
    first, *rest = text.split("\n")
    return [head + shaded(first), *[shaded(" " * indent + line) for line in rest]]


def whole_array(value: Value, canvas: Canvas) -> list[Text]:
    """A value by itself, and what was left out of it."""
    if not isinstance(value, np.ndarray):
        return [shaded(exact(value))]
    text = array_text(value, canvas.width)
    lines = [shaded(line) for line in text.split("\n")]
    if "..." in text:
        lines.append(canvas.note(f"{summary(value, canvas.unicode)}; {ALL_NUMBERS}"))
    return lines
