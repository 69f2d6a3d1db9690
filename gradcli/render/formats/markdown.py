"""Numbers as a Markdown table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.render.formats.latex import render as render_latex
from gradcli.render.style import Style
from gradcli.render.words.sheet import sheet
from gradcli.transforms.results.expansion import Expansion
from gradcli.transforms.results.explanation import Explanation

if TYPE_CHECKING:
    from gradcli.transforms.results.base import Result
    from gradcli.transforms.results.verdict import Verdict

__all__ = ["render"]


def render(result: Result, verdict: Verdict | None, style: Style) -> str:
    """A table with labels, its numbers to the right.

    >>> from gradcli.transforms.results.gradient import Gradient
    >>> print(render(Gradient("x**2", {"x": 3.0}, 9.0, {"x": 6.0}), None, Style("markdown")), end="")
    | name | value |
    |:--|--:|
    | f | 9.0 |
    | df/dx | 6.0 |
    """
    if isinstance(result, Explanation):
        from gradcli.render.formats.steps_markdown import explanation_markdown

        return "".join(f"{line}\n" for line in explanation_markdown(result, style.unicode))
    if isinstance(result, Expansion):
        return f"$$\n{render_latex(result, verdict, style)}$$\n"
    header, rows = sheet(result)
    lines = [f"| {' | '.join(row)} |" for row in [header, *rows]]
    lines.insert(1, f"|:--{'|--:' * (len(header) - 1)}|")
    return "".join(f"{line}\n" for line in lines)
