"""Plain text for pipes: one fact a line, never wrapped, cut or coloured.

What most results do not have, such as a graph, kinks or witnesses, is imported where a result has it: their modules
take as long as the rest of a short command's rendering.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

import numpy as np

from gradcli.render.words.numbers import exact, one_hot
from gradcli.render.words.verdicts import details, notes, sentence
from gradcli.transforms.results.base import Derived

if TYPE_CHECKING:
    from gradcli.render.style import Style
    from gradcli.transforms.results.base import LabelledMatrix, Result
    from gradcli.transforms.results.digits import Digits
    from gradcli.transforms.results.explanation import Explanation
    from gradcli.transforms.results.findings import Witnesses
    from gradcli.transforms.results.graph import Graph
    from gradcli.transforms.results.verdict import Verdict

__all__ = ["answer", "conclusion", "render"]


def render(result: Result, verdict: Verdict | None, style: Style) -> str:
    """A result and its check, line by line.

    >>> from gradcli.render.style import Style
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
    lines = [*_facts(result, style), *_kinks(result), *_limits(result)]
    return _text(lines)


def _kinks(result: Result) -> Iterator[str]:
    if not result.kinks:
        return
    from gradcli.render.words.kinks import reports

    for report in reports(result.kinks):
        yield f"{_WORDS[report.kind]} = {report.headline}"
        yield from (line for place in report.places for line in place if line)
        yield from (f"  {remark}" for remark in report.remarks)


def _limits(result: Result) -> Iterator[str]:
    if not result.limits:
        return
    from gradcli.render.words import limits

    yield f"limit = {limits.headline(result.limits)}"
    yield from (f"  {line}" for line in limits.lines(result.limits))


def conclusion(result: Result, verdict: Verdict, style: Style) -> str:
    """The verdict on a result that has been shown."""
    del style  # lines are never cut
    lines = [] if verdict.witnesses is None else list(_witnesses(verdict.witnesses))
    lines.append(f"check = {sentence(verdict)}")
    lines += [f"  {detail}" for detail in details(verdict, result.kinks)]
    lines += [f"  {note}" for note in notes(verdict)]
    return _text(lines)


def _witnesses(witnesses: Witnesses) -> Iterator[str]:
    from gradcli.render.words.witnesses import table, table_note, value_line

    yield from _aligned(table(witnesses))
    yield from table_note(witnesses)
    if witnesses.value is not None:
        yield f"value = {value_line(witnesses.value)}"


def _text(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


_WORDS = {"kink": "kink", "singular": "singular", "smooth": "corrected", "undecided": "kink"}


def _facts(result: Result, style: Style) -> Iterator[str]:
    if result.command == "graph":
        from gradcli.render.words.graph import graph_lines

        yield from graph_lines(cast("Graph", result), style.depth)
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
    if style.show_seeds:
        yield from _seeds(result)


def _digits(result: Derived, digits: Digits) -> Iterator[str]:
    """The same facts with proved digits in the place of float64s."""
    from gradcli.render.words.digits import nested_text, spelled

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


def _seeds(result: Result) -> Iterator[str]:
    """How each row came to be: a one at its output, zeros elsewhere, sent backward."""
    from gradcli.transforms.results.jacobian import Jacobian

    if not isinstance(result, Jacobian) or not result.jacobian.size:
        return
    shape = np.shape(result.value)
    for position, (label, row) in enumerate(zip(result.rows, result.jacobian.tolist(), strict=True)):
        yield f"seed {exact(one_hot(shape, position))} -> {label}: {row!r}"
