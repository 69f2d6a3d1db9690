"""Plain text for pipes: one fact a line, never wrapped, cut or coloured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

import numpy as np

from gradcli.render.style import Style
from gradcli.render.words import limits
from gradcli.render.words.digits import nested_text, spelled
from gradcli.render.words.graph import graph_lines
from gradcli.render.words.kinks import reports
from gradcli.render.words.numbers import exact, one_hot
from gradcli.render.words.verdicts import details, notes, sentence
from gradcli.render.words.witnesses import table, table_note, value_line
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.graph import Graph
from gradcli.transforms.results.jacobian import Jacobian

if TYPE_CHECKING:
    from gradcli.transforms.results.base import LabelledMatrix, Result
    from gradcli.transforms.results.digits import Digits
    from gradcli.transforms.results.explanation import Explanation
    from gradcli.transforms.results.verdict import Verdict

__all__ = ["answer", "conclusion", "render"]


def render(result: Result, verdict: Verdict | None, style: Style) -> str:
    """A result and its check, line by line.

    >>> from gradcli.transforms.results.gradient import Gradient
    >>> from gradcli.transforms.results.verdict import Verdict
    >>> result = Gradient("x**2", {"x": 3.0}, 9.0, {"x": 6.0})
    >>> print(render(result, Verdict("verified", 1, 1, 0.0), Style("plain")), end="")
    f = 9.0
    df/dx = 6.0
    check = verified: 1 of 1 entries, largest error 0 ulps
    """
    return answer(result, style) + ("" if verdict is None else conclusion(result, verdict, style))


def answer(result: Result, style: Style) -> str:
    """The result, before there is a verdict on it."""
    lines = list(_facts(result, style))
    for report in reports(result.kinks):
        lines.append(f"{_WORDS[report.kind]} = {report.headline}")
        lines += [line for place in report.places for line in place if line]
        lines += [f"  {remark}" for remark in report.remarks]
    if result.limits:
        lines.append(f"limit = {limits.headline(result.limits)}")
        lines += [f"  {line}" for line in limits.lines(result.limits)]
    return _text(lines)


def conclusion(result: Result, verdict: Verdict, style: Style) -> str:
    """The verdict on a result that has been shown."""
    del style  # lines are never cut
    lines: list[str] = []
    if verdict.witnesses is not None:
        lines += _aligned(table(verdict.witnesses))
        lines += table_note(verdict.witnesses)
        if verdict.witnesses.value is not None:
            lines.append(f"value = {value_line(verdict.witnesses.value)}")
    lines.append(f"check = {sentence(verdict)}")
    lines += [f"  {detail}" for detail in details(verdict, result.kinks)]
    lines += [f"  {note}" for note in notes(verdict)]
    return _text(lines)


def _text(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


_WORDS = {"kink": "kink", "singular": "singular", "smooth": "corrected", "undecided": "kink"}


def _facts(result: Result, style: Style) -> Iterator[str]:
    if isinstance(result, Graph):
        yield from graph_lines(result, style.depth)
        return
    if result.command == "explain":
        from gradcli.render.words.explanation import plain_lines

        yield from plain_lines(cast("Explanation", result), style.unicode)
    if result.digits is not None and isinstance(result, Derived):
        yield from _digits(result, result.digits)
        return
    yield f"{result.value_name} = {exact(result.value)}" if result.value_name else exact(result.value)
    for name, array in (*result.given(), *result.arrays()):
        yield f"{name} = {exact(array)}"
    for name, text in result.remarks():
        yield f"{name} = {text if style.unicode else text.replace('±', '+/-')}"
    labelled = result.matrix()
    if labelled is not None:
        yield from _matrix(labelled)
    if isinstance(result, Jacobian) and style.show_seeds and result.jacobian.size:
        yield from _seeds(result)


def _digits(result: Derived, digits: Digits) -> Iterator[str]:
    """The same facts with proved digits in the place of float64s."""
    texts = spelled(result, digits)
    yield f"{result.value_name} = {nested_text(texts.value)}"
    for name, array in result.given():
        yield f"{name} = {exact(array)}"
    for name, found in texts.arrays.items():
        yield f"{name} = {nested_text(found)}"
    labelled = result.matrix()
    if labelled is not None and texts.matrix is not None:
        yield from _labelled(labelled, texts.matrix)


def _matrix(labelled: LabelledMatrix) -> list[str]:
    return _labelled(labelled, [[repr(entry) for entry in row] for row in labelled.matrix.tolist()])


def _labelled(labelled: LabelledMatrix, texts: Sequence[Sequence[str]]) -> list[str]:
    """A label for each row and column; an empty matrix has neither."""
    title, matrix, rows, columns = labelled
    if not matrix.size:
        return [f"{title} = {exact(matrix)}"]
    body = [[row, *entries] for row, entries in zip(rows, texts, strict=True)]
    return _aligned([["", *columns], *body])


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns two spaces apart, each as wide as its widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join([cell.ljust(width) for cell, width in zip(row, widths, strict=True)]).rstrip() for row in rows]


def _seeds(result: Jacobian) -> Iterator[str]:
    """How each row came to be: a one at its output, zeros elsewhere, sent backward."""
    shape = np.shape(result.value)
    for position, (label, row) in enumerate(zip(result.rows, result.jacobian.tolist(), strict=True)):
        yield f"seed {exact(one_hot(shape, position))} -> {label}: {row!r}"
