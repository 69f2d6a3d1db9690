"""The bare numbers, each line readable again as a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.render.style import Style
from gradcli.render.words.numbers import exact
from gradcli.transforms.results.base import Derived

if TYPE_CHECKING:
    from gradcli.transforms.results.base import Result
    from gradcli.transforms.results.verdict import Verdict

__all__ = ["render"]


def render(result: Result, verdict: Verdict | None, style: Style) -> str:
    r"""An array a line; of a check the verdict's word; a graph is more than numbers, so it stays plain.

    >>> from gradcli.transforms.results.gradient import Gradient
    >>> render(Gradient("x*y", {"x": 2.0, "y": 3.0}, 6.0, {"x": 3.0, "y": 2.0}), None, Style("quiet"))
    '3.0\n2.0\n'
    """
    if result.is_about_the_verdict and verdict is not None:
        return f"{verdict.verdict}\n"
    if result.digits is not None and isinstance(result, Derived):
        from gradcli.render.words.digits import nested_text, spelled

        return "".join(f"{nested_text(texts)}\n" for texts in spelled(result, result.digits).bare)
    formula = result.formula()
    if formula is not None:
        return f"{formula}\n"
    arrays = result.bare()
    if arrays is not None:
        return "".join(f"{exact(array)}\n" for array in arrays)
    from gradcli.render.formats import plain

    return plain.render(result, verdict, style)
