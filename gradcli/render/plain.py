"""Plain text for pipes: one fact a line, never wrapped, cut or coloured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from gradcli.render.graph import graph_lines
from gradcli.render.numbers import exact, one_hot
from gradcli.render.style import Style
from gradcli.render.verdicts import details, sentence
from gradcli.transforms.results import Evaluation, Gradient, Graph, Jacobian, Result, Verdict

__all__ = ["derivative_name", "render_plain"]


def render_plain(result: Result, verdict: Verdict | None, style: Style) -> str:
    """A result and its check, line by line.

    >>> result = Gradient("x**2", {"x": 3.0}, 9.0, {"x": 6.0})
    >>> print(render_plain(result, Verdict("verified", 1, 1, 0.0), Style("plain")), end="")
    f = 9.0
    df/dx = 6.0
    check = verified: 1 of 1 entries, largest error 0 ulps
    """
    lines = list(_facts(result, style))
    if verdict is not None:
        lines.append(f"check = {sentence(verdict)}")
        lines += [f"  {detail}" for detail in details(verdict)]
    return "".join(f"{line}\n" for line in lines)


def derivative_name(name: str, seeded: bool) -> str:
    """What a gradient is called: with a seed it is the derivative of the weighted sum.

    >>> derivative_name("x", seeded=False), derivative_name("x", seeded=True)
    ('df/dx', 'd(sum(seed*f))/dx')
    """
    return f"d(sum(seed*f))/d{name}" if seeded else f"df/d{name}"


def _facts(result: Result, style: Style) -> Iterator[str]:
    if isinstance(result, Graph):
        yield from graph_lines(result, style.depth)
    elif isinstance(result, Jacobian):
        yield f"f = {exact(result.value)}"
        yield from _matrix(result)
        if style.show_seeds and result.jacobian.size:
            yield from _seeds(result)
    elif isinstance(result, Gradient):
        yield f"f = {exact(result.value)}"
        if result.seed is not None:
            yield f"seed = {exact(result.seed)}"
        for name, gradient in result.gradients.items():
            yield f"{derivative_name(name, result.seed is not None)} = {exact(gradient)}"
    elif isinstance(result, Evaluation):
        yield exact(result.value)
    else:
        raise TypeError(f"no text is known for a {type(result).__name__}")


def _matrix(result: Jacobian) -> list[str]:
    if not result.jacobian.size:
        return [f"jacobian = {exact(result.jacobian)}"]
    body = [[row, *map(repr, entries)] for row, entries in zip(result.rows, result.jacobian.tolist(), strict=True)]
    return _aligned([["", *result.columns], *body])


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns two spaces apart, each as wide as its widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join([cell.ljust(width) for cell, width in zip(row, widths, strict=True)]).rstrip() for row in rows]


def _seeds(result: Jacobian) -> Iterator[str]:
    """How each row came to be: a one at its output, zeros elsewhere, sent backward."""
    shape = np.shape(result.value)
    for position, (label, row) in enumerate(zip(result.rows, result.jacobian.tolist(), strict=True)):
        yield f"seed {exact(one_hot(shape, position))} -> {label}: {row!r}"
