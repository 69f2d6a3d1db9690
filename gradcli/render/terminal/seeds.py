"""How a Jacobian came to be: seed by seed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rich.console import RenderableType
from rich.text import Text

from gradcli.render.terminal.arrays import shaded
from gradcli.render.terminal.canvas import DERIVATIVE, FAINT, NAME, Canvas
from gradcli.render.terminal.matrix import ROWS, middle_cut
from gradcli.render.words.numbers import exact, one_hot, summary
from gradcli.transforms.results.jacobian import Jacobian

__all__ = ["seeds_view"]


def seeds_view(result: Jacobian, canvas: Canvas) -> list[RenderableType]:
    """A line for each row: the seed that went backward, and the row that came of it."""
    arrow = "→" if canvas.unicode else "->"
    table = canvas.table([Text(header, style=FAINT) for header in ("seed", "output", "row")])
    half = (canvas.width - 18) // 2
    for position in middle_cut(len(result.rows), ROWS):
        if position is None:
            table.add_row(Text(f"{canvas.dots} {len(result.rows) - ROWS:,} more", style=FAINT), "", "")
            continue
        label = result.rows[position]
        row = result.jacobian[position]
        table.add_row(
            Text(_seed(result, position, half)),
            Text.assemble((f"{arrow} ", FAINT), (label, NAME)),
            shaded(_row(row, half, canvas), DERIVATIVE),
        )
    return [canvas.note("each row is one backward pass, seeded with a one at its output"), table]


def _seed(result: Jacobian, position: int, width: int) -> str:
    shape = np.shape(result.value)
    text = exact(one_hot(shape, position)) if np.size(result.value) <= width // 5 + 1 else ""
    return text if text and len(text) <= width else f"1.0 at {result.rows[position]}"


def _row(row: NDArray[np.float64], width: int, canvas: Canvas) -> str:
    text = exact(row) if row.size <= width // 5 + 1 else ""
    return text if text and len(text) <= width else summary(row, canvas.unicode)
