"""A sparse Jacobian or Hessian for a person: how much of it there is, how it looks, and its first entries."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from gradcli.render.style import Style
from gradcli.render.terminal.arrays import pointed, shaded, value_lines
from gradcli.render.terminal.canvas import NAME, Canvas
from gradcli.render.terminal.expression import expression_lines
from gradcli.render.words.spy import spy
from gradcli.transforms.results.labels import derivative_name
from gradcli.transforms.results.sparse import SparseHessian, SparseResult

__all__ = ["sparse_view"]

_SHOWN = 12
_PICTURE = (48, 12)


def sparse_view(result: SparseResult, style: Style, canvas: Canvas) -> list[list[RenderableType]]:
    """The expression and its value; the picture of the matrix and a sentence on it; the first entries."""
    head: list[RenderableType] = [*expression_lines(result.expression, canvas)]
    head += value_lines(result.outputs.called, result.value, canvas)
    if isinstance(result, SparseHessian):
        for name, gradient in result.gradients.items():
            head += value_lines(derivative_name(name, of=result.outputs.called), gradient, canvas)
    pattern = result.pattern
    times = "×" if canvas.unicode else "x"
    told = f"{result.title}: {pattern.shape[0]:,} {times} {pattern.shape[1]:,}, {pattern.nnz:,} entries, "
    told += f"{result.sweeps:,} {'sweep' if result.sweeps == 1 else 'sweeps'} ({result.method}, {result.order})"
    picture = spy(pattern, max(8, min(canvas.width - 4, _PICTURE[0])), _PICTURE[1], canvas.unicode)
    return [head, [Text(told), *(canvas.note(f"  {line}") for line in picture)], _first(result, canvas)]


def _first(result: SparseResult, canvas: Canvas) -> list[RenderableType]:
    found = list(result.entries(_SHOWN))
    numbers = pointed([repr(number + 0.0) for _, number in found])
    width = max((len(label) for label, _ in found), default=0)
    lines: list[RenderableType] = [
        Text.assemble((label.ljust(width), NAME), "  ", shaded(number.rstrip()))
        for (label, _), number in zip(found, numbers, strict=True)
    ]
    if len(found) < result.pattern.nnz:
        more = result.pattern.nnz - len(found)
        lines.append(canvas.note(f"{canvas.dots} {more:,} more: -q, --json, or -o FILE.npz"))
    return lines
