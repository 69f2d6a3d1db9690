"""How a Jacobian came to be: seed by seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rich.console import RenderableType
from rich.text import Text

from gradcli.render.terminal.arrays import shaded
from gradcli.render.terminal.canvas import DERIVATIVE, FAINT, NAME, Canvas, table_width
from gradcli.render.terminal.matrix import COLUMNS, ROWS, middle_cut
from gradcli.render.words.numbers import exact, one_hot
from gradcli.transforms.results.jacobian import Jacobian

__all__ = ["folded", "seeds_view"]

_CAPTION = "each row is one backward pass, seeded with a one at its output"
_MARGIN = 8  # columns before what stands below each other
_ENDS = 6  # numbers at either end of a row that is too long to be shown whole


def seeds_view(result: Jacobian, canvas: Canvas) -> list[RenderableType]:
    """A line for each row: the seed that went backward, and the row that came of it, over as many lines as it takes."""
    arrow = "→" if canvas.unicode else "->"
    table = canvas.table([Text(header, style=FAINT) for header in ("seed", "output", "row")])
    shown = middle_cut(len(result.rows), ROWS)
    seeds = {position: _seed(result, position, canvas.width // 3) for position in shown if position is not None}
    outputs = {position: f"{arrow} {result.rows[position]}" for position in seeds}
    room = canvas.width - table_width([["seed", *seeds.values()], ["output", *outputs.values()], [""]])
    if room < max((len(repr(number)) + 2 for row in result.jacobian[:ROWS] for number in row.tolist()), default=0):
        return [canvas.note(_CAPTION), *_stacked(result, shown, canvas)]
    for position in shown:
        if position is None:
            table.add_row(Text(f"{canvas.dots} {len(result.rows) - ROWS:,} more", style=FAINT), "", "")
            continue
        table.add_row(
            Text(seeds[position]),
            Text.assemble((f"{arrow} ", FAINT), (result.rows[position], NAME)),
            shaded(_row(result.jacobian[position], room, canvas), DERIVATIVE),
        )
    return [canvas.note(_CAPTION), table]


def _stacked(result: Jacobian, shown: Sequence[int | None], canvas: Canvas) -> list[RenderableType]:
    """The same under each other, for a terminal that is too narrow for a table."""
    lines: list[RenderableType] = []
    for position in shown:
        if position is None:
            lines.append(Text(f"{canvas.dots} {len(result.rows) - ROWS:,} more", style=FAINT))
            continue
        lines.append(Text(result.rows[position], style=NAME))
        lines.append(Text.assemble(("  seed  ", FAINT), _seed(result, position, canvas.width - _MARGIN)))
        first, *rest = _row(result.jacobian[position], canvas.width - _MARGIN, canvas).split("\n")
        lines.append(Text.assemble(("  row   ", FAINT)) + shaded(first, DERIVATIVE))
        lines += [shaded(" " * _MARGIN + line, DERIVATIVE) for line in rest]
    return lines


def _seed(result: Jacobian, position: int, width: int) -> str:
    shape = np.shape(result.value)
    text = exact(one_hot(shape, position)) if np.size(result.value) <= width // 5 + 1 else ""
    return text if text and len(text) <= width else f"1.0 at {result.rows[position]}"


def _row(row: NDArray[np.float64], width: int, canvas: Canvas) -> str:
    """All numbers of a row, of a long one the first and the last."""
    texts = [repr(number) for number in row.tolist()]
    if len(texts) > COLUMNS:
        hidden = f"{canvas.dots} {len(texts) - 2 * _ENDS:,} more {canvas.dots}"
        texts = [*texts[:_ENDS], hidden, *texts[-_ENDS:]]
    return folded(texts, width)


def folded(texts: Sequence[str], width: int) -> str:
    """A list over as many lines as it takes, none of which is wider than it must be.

    >>> print(folded(["1.0", "-2.5", "3.25"], 12))
    [1.0, -2.5,
     3.25]
    """
    lines, line = [], ""
    for text in [*[f"{text}," for text in texts[:-1]], f"{texts[-1]}]"]:
        if line and len(line) + 1 + len(text) > width:
            lines.append(line)
            line = ""
        line += f" {text}"
    return "\n".join([*lines, line]).replace(" ", "[", 1)
