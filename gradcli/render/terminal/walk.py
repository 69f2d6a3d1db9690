"""The frames of a walk through an explanation: each is drawn when it is looked at, for the terminal's size then."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from gradcli.render.style import Style
from gradcli.render.terminal.canvas import Canvas
from gradcli.render.terminal.derivations import rules_up_to
from gradcli.render.terminal.explanation import Moment, moment_view, moments
from gradcli.transforms.results.derivation import Derivations
from gradcli.transforms.results.explanation import Explanation

__all__ = ["frames_of_rules", "frames_of_steps"]

_AROUND = 12
"""Lines that a frame takes beside its tables' rows."""


def frames_of_steps(result: Explanation, style: Style) -> list[Callable[[int, int], str]]:
    """A frame for each step forward and backward."""
    return [partial(_steps, result, style, moment) for moment in moments(result)]


def _steps(result: Explanation, style: Style, moment: Moment, columns: int, lines: int) -> str:
    canvas = Canvas.of(style._replace(width=columns))
    return canvas.text(moment_view(result, moment, canvas, max(lines - _AROUND, 6)))


def frames_of_rules(found: Derivations, style: Style) -> list[Callable[[int, int], str]]:
    """A frame for each rule of each derivation."""
    places = [
        (position, taken)
        for position, one in enumerate(found.derivations)
        for taken in range(1, max(len(one.steps), 1) + 1)
    ]
    return [partial(_rules, found, style, position, taken) for position, taken in places]


def _rules(found: Derivations, style: Style, position: int, taken: int, columns: int, lines: int) -> str:
    canvas = Canvas.of(style._replace(width=columns))
    return canvas.text(rules_up_to(found, position, taken, canvas, max(lines - 4, 6)))
