"""Results, errors and warnings as text.

Importing this package is cheap: the format that is asked for imports what it needs, so that an error
appears at once and rich is loaded for terminals alone. Every text ends in a newline.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from gradcli.render.formats.messages import (
    render_error,
    render_kinks,
    render_limits,
    render_note,
    render_origin,
    render_warning,
)
from gradcli.render.style import BINARY, HOMES, Format, Style

if TYPE_CHECKING:
    from gradcli.transforms.results.base import Result
    from gradcli.transforms.results.derivation import Derivations
    from gradcli.transforms.results.formula import Confirmation
    from gradcli.transforms.results.verdict import Verdict

__all__ = [
    "BINARY", "Format", "Style", "render", "render_answer", "render_bytes", "render_conclusion", "render_derivations",
    "render_error", "render_kinks", "render_limits", "render_note", "render_origin", "render_warning",
]  # fmt: skip


def render(result: Result, verdict: Verdict | None, style: Style) -> str:
    """The complete text for standard output, ending in a newline.

    Args:
        result: what a transform gave.
        verdict: what the check said of it, or None if there was no check.
        style: the format, and what the place of output can show.

    >>> from gradcli.transforms.results.gradient import Gradient
    >>> print(render(Gradient("x**2", {"x": 3.0}, 9.0, {"x": 6.0}), None, Style("plain")), end="")
    f = 9.0
    df/dx = 6.0
    """
    written: str = import_module(HOMES[style.format]).render(result, verdict, style)
    return written


def render_bytes(result: Result, verdict: Verdict | None, style: Style) -> bytes:
    """The complete content of a file, which a text makes in UTF-8.

    Raises:
        UsageProblem: if the format does not have what the result is.
    """
    if style.format not in BINARY:
        return render(result, verdict, style).encode()
    written: bytes = import_module(HOMES[style.format]).render_bytes(result, style)
    return written


def render_answer(result: Result, style: Style) -> str:
    """The part of the text that needs no verdict; with what `render_conclusion` gives after it, all of it.

    Args:
        result: what a transform gave.
        style: of the formats for people, "rich" or "plain".
    """
    written: str = import_module(HOMES[style.format]).answer(result, style)
    return written


def render_conclusion(result: Result, verdict: Verdict, style: Style) -> str:
    """The part of the text that tells of the verdict."""
    written: str = import_module(HOMES[style.format]).conclusion(result, verdict, style)
    return written


def render_derivations(found: Derivations, confirmation: Confirmation | None, style: Style) -> str:
    """The complete text of derivations without numbers.

    Raises:
        UsageProblem: for a format of numbers.
    """
    home = "gradcli.render.terminal.derivations" if style.format == "rich" else "gradcli.render.formats.derivations"
    written: str = import_module(home).render(found, confirmation, style)
    return written
