"""The bare numbers, each line readable again as a value."""

from __future__ import annotations

from gradcli.render.formats import plain
from gradcli.render.style import Style
from gradcli.render.words.numbers import exact
from gradcli.transforms.results.base import Result
from gradcli.transforms.results.checked import Checked
from gradcli.transforms.results.verdict import Verdict

__all__ = ["render"]


def render(result: Result, verdict: Verdict | None, style: Style) -> str:
    r"""An array a line; of a check the verdict's word; a graph is more than numbers, so it stays plain.

    >>> from gradcli.transforms.results.gradient import Gradient
    >>> render(Gradient("x*y", {"x": 2.0, "y": 3.0}, 6.0, {"x": 3.0, "y": 2.0}), None, Style("quiet"))
    '3.0\n2.0\n'
    """
    if isinstance(result, Checked) and verdict is not None:
        return f"{verdict.verdict}\n"
    arrays = result.bare()
    return plain.render(result, verdict, style) if arrays is None else "".join(f"{exact(a)}\n" for a in arrays)
