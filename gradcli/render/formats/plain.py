"""Plain text for pipes: one fact a line, never wrapped, cut or coloured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from gradcli.render.style import Style
from gradcli.render.words.graph import graph_lines
from gradcli.render.words.kinks import reports
from gradcli.render.words.names import derivative_name, named_derivatives
from gradcli.render.words.numbers import exact, one_hot
from gradcli.render.words.verdicts import details, notes, sentence
from gradcli.render.words.witnesses import table, table_note
from gradcli.transforms.results.kinds import (
    Checked,
    Derivative,
    Evaluation,
    Gradient,
    Graph,
    Hessian,
    HessianProduct,
    Jacobian,
    Pushforward,
    Result,
    Verdict,
)

__all__ = ["render_plain"]


def render_plain(result: Result, verdict: Verdict | None, style: Style) -> str:
    """A result and its check, line by line.

    >>> result = Gradient("x**2", {"x": 3.0}, 9.0, {"x": 6.0})
    >>> print(render_plain(result, Verdict("verified", 1, 1, 0.0), Style("plain")), end="")
    f = 9.0
    df/dx = 6.0
    check = verified: 1 of 1 entries, largest error 0 ulps
    """
    lines = list(_facts(result, style))
    for report in reports(result.kinks):
        lines.append(f"{'wrong' if report.kind == 'smooth' else 'kink'} = {report.headline}")
        lines += [line for place in report.places for line in place if line]
        lines += [f"  {remark}" for remark in report.remarks]
    if verdict is not None and verdict.witnesses is not None:
        lines += _aligned(table(verdict.witnesses))
        lines += table_note(verdict.witnesses)
    if verdict is not None:
        lines.append(f"check = {sentence(verdict)}")
        lines += [f"  {detail}" for detail in details(verdict, result.kinks)]
        lines += [f"  {note}" for note in notes(verdict)]
    return "".join(f"{line}\n" for line in lines)


def _facts(result: Result, style: Style) -> Iterator[str]:
    if isinstance(result, Graph):
        yield from graph_lines(result, style.depth)
    elif isinstance(result, Jacobian):
        yield f"f = {exact(result.value)}"
        yield from _matrix("jacobian", result.jacobian, result.rows, result.columns)
        if style.show_seeds and result.jacobian.size:
            yield from _seeds(result)
    elif isinstance(result, Hessian):
        yield f"f = {exact(result.value)}"
        for name, gradient in result.gradients.items():
            yield f"{derivative_name(name, seeded=False)} = {exact(gradient)}"
        yield from _matrix("hessian", result.hessian, result.columns, result.columns)
    elif isinstance(result, Gradient | Pushforward | HessianProduct | Derivative):
        yield f"f = {exact(result.value)}"
        yield from _given(result)
        yield from (f"{name} = {exact(found)}" for name, found in named_derivatives(result))
    elif isinstance(result, Checked):
        yield f"f = {exact(result.value)}"
    elif isinstance(result, Evaluation):
        yield exact(result.value)
    else:
        raise TypeError(f"no text is known for a {type(result).__name__}")


def _given(result: Gradient | Pushforward | HessianProduct | Derivative) -> Iterator[str]:
    """What the derivatives are weighted with or taken along."""
    if isinstance(result, Gradient) and result.seed is not None:
        yield f"seed = {exact(result.seed)}"
    elif isinstance(result, Pushforward):
        yield from (f"tangent {name} = {exact(tangent)}" for name, tangent in result.tangents.items())
    elif isinstance(result, HessianProduct):
        yield from (f"vector {name} = {exact(vector)}" for name, vector in result.vectors.items())


def _matrix(title: str, matrix: NDArray[np.float64], rows: Sequence[str], columns: Sequence[str]) -> list[str]:
    """A label for each row and column; an empty matrix has neither."""
    if not matrix.size:
        return [f"{title} = {exact(matrix)}"]
    body = [[row, *map(repr, entries)] for row, entries in zip(rows, matrix.tolist(), strict=True)]
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
