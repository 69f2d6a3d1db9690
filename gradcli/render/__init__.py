"""Results, errors and warnings as text.

Importing this package is cheap: the format that is asked for imports what it needs, so that an error
appears at once and rich is loaded for terminals alone. Every text ends in a newline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.render.formats.messages import render_error, render_kinks, render_origin, render_warning
from gradcli.render.style import Format, Style

if TYPE_CHECKING:
    from gradcli.transforms.results.kinds import Result, Verdict

__all__ = ["Format", "Style", "render", "render_error", "render_kinks", "render_origin", "render_warning"]


def render(result: Result, verdict: Verdict | None, style: Style) -> str:
    """The complete text for standard output, ending in a newline.

    Args:
        result: what a transform gave.
        verdict: what the check said of it, or None if there was no check.
        style: the format, and what the place of output can show.

    >>> from gradcli.transforms.results.kinds import Gradient
    >>> print(render(Gradient("x**2", {"x": 3.0}, 9.0, {"x": 6.0}), None, Style("plain")), end="")
    f = 9.0
    df/dx = 6.0
    """
    if style.format == "json":
        from gradcli.render.formats.json import render_json

        return render_json(result, verdict)
    if style.format == "quiet":
        from gradcli.render.formats.quiet import render_quiet

        return render_quiet(result, verdict, style)
    if style.format == "plain":
        from gradcli.render.formats.plain import render_plain

        return render_plain(result, verdict, style)
    from gradcli.render.terminal import render_terminal

    return render_terminal(result, verdict, style)
