"""The program's text, coloured, and shortened where it is long."""

from __future__ import annotations

import re

from rich.text import Text

from gradcli.render.terminal.canvas import FAINT, NAME, OPERATION, Canvas
from gradcli.render.words.escape import visible

__all__ = ["expression_lines"]

_ROWS = 4
_FUNCTION = re.compile(r"\b[^\W\d]\w*(?=\s*\()")
_VARIABLE = re.compile(r"\b[^\W\d]\w*(?!\w|\s*\()")
_COMMENT = re.compile(r"#[^\n]*")


def expression_lines(expression: str, canvas: Canvas) -> list[Text]:
    """A few lines of the program; what is left out of it is counted."""
    lines = visible(expression).expandtabs(4).strip("\r\n").splitlines() or [""]
    limit = _ROWS * canvas.width
    if len(lines) > 3 * _ROWS:
        hidden = len(lines) - 3 * _ROWS
        tail = canvas.note(f"{canvas.dots} {hidden} more {'line' if hidden == 1 else 'lines'} {canvas.dots}")
        shown = [_colored(_shortened(line, limit, canvas)) for line in [*lines[: 2 * _ROWS], *lines[-_ROWS:]]]
        return [*shown[: 2 * _ROWS], tail, *shown[2 * _ROWS :]]
    return [_colored(_shortened(line, limit, canvas)) for line in lines]


def _shortened(line: str, limit: int, canvas: Canvas) -> str:
    """A line with its middle replaced by a count of the characters there."""
    if len(line) <= limit:
        return line
    head, tail = limit // 2, limit // 4
    return f"{line[:head]} {canvas.dots} {len(line) - head - tail:,} more characters {canvas.dots} {line[-tail:]}"


def _colored(line: str) -> Text:
    text = Text(line)
    text.highlight_regex(_VARIABLE, NAME)
    text.highlight_regex(_FUNCTION, OPERATION)
    text.highlight_regex(_COMMENT, FAINT)
    return text
