"""An uncertainty: each input with its own, how much the value feels it, and its share as a bar."""

from __future__ import annotations

import numpy as np
from rich.console import RenderableType
from rich.text import Text

from gradcli.render.style import Style
from gradcli.render.terminal.arrays import value_lines
from gradcli.render.terminal.canvas import DERIVATIVE, NAME, Canvas
from gradcli.render.terminal.expression import expression_lines
from gradcli.render.terminal.matrix import Labelled, matrix_view
from gradcli.render.words.numbers import rounded_text
from gradcli.transforms.results.propagation import Propagation, rounded

__all__ = ["propagation_view"]

_BAR = 20

_LINES = 12
"""Entries of a value that have a line each."""


def propagation_view(result: Propagation, style: Style, canvas: Canvas) -> list[list[RenderableType]]:
    """The expression; the value with its uncertainty; a table of the inputs, or of several values their covariance."""
    head: list[RenderableType] = [*expression_lines(result.expression, canvas)]
    called = result.outputs.called
    if np.ndim(result.value):
        if np.size(result.value) <= _LINES:
            head += _pairs(result, canvas)
        else:
            head += value_lines(called, result.value, canvas)
            head += value_lines(f"u({called})", result.uncertainty, canvas)
        covariance = Labelled(result.covariance, result.rows, result.rows)
        return [head, [canvas.note("covariance"), *matrix_view(covariance, canvas)]]
    head += [
        Text.assemble(
            (called, NAME), " = ", (_plain(rounded(float(result.value), float(result.uncertainty)), canvas), DERIVATIVE)
        )
    ]
    groups = [head, [_inputs(result, canvas)]]
    if result.simulated is not None:
        told = (
            f"{result.simulated.draws:,} draws of the inputs give {rounded_text(float(result.simulated.uncertainty))}"
        )
        groups.append([canvas.note(f"u({called}) to first order {rounded_text(float(result.uncertainty))}; {told}")])
    return groups


def _pairs(result: Propagation, canvas: Canvas) -> list[RenderableType]:
    """Each entry with its uncertainty, in a line."""
    pairs = zip(result.rows, np.ravel(result.value), np.ravel(result.uncertainty), strict=True)
    return [
        Text.assemble((label, NAME), " = ", (_plain(rounded(float(value), float(u)), canvas), DERIVATIVE))
        for label, value, u in pairs
    ]


def _inputs(result: Propagation, canvas: Canvas) -> RenderableType:
    table = canvas.table(("input", "value", "derivative", "share", ""))
    values = np.concatenate([np.ravel(np.asarray(result.inputs[name], np.float64)) for name in result.wrt()])
    spread = np.concatenate([np.ravel(np.asarray(result.uncertainties[name], np.float64)) for name in result.wrt()])
    for label, value, u, derivative in zip(result.columns, values, spread, result.jacobian[0], strict=True):
        share = result.shares.get(label)
        length = 0 if share is None else round(min(max(share, 0.0), 1.0) * _BAR)
        bar = ("█" if canvas.unicode else "#") * length
        told = "" if share is None else f"{100 * share:.1f} %"
        table.add_row(
            Text(label, style=NAME),
            _plain(rounded(float(value), float(u)), canvas),
            Text(rounded_text(float(derivative)), style=DERIVATIVE),
            told,
            bar,
        )
    return table


def _plain(text: str, canvas: Canvas) -> str:
    return text if canvas.unicode else text.replace("±", "+/-")
