"""The bare numbers as LaTeX: what was asked for, an array a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import UsageProblem
from gradcli.render.style import Style
from gradcli.render.words.numbers import exact
from gradcli.transforms.results.base import Derived

if TYPE_CHECKING:
    from gradcli.transforms.results.base import Result
    from gradcli.transforms.results.verdict import Verdict

__all__ = ["render"]


def render(result: Result, verdict: Verdict | None, style: Style) -> str:
    r"""Numbers, columns for arrays of one axis, and matrices, without the dollars around them.

    Raises:
        UsageProblem: if the result is more than numbers, or has arrays of three axes and more.

    >>> from gradcli.transforms.results.evaluation import Evaluation
    >>> print(render(Evaluation("x", {}, np.array([[1.0, -2e-7]])), None, Style("latex")), end="")
    \begin{pmatrix} 1.0 & -2 \cdot 10^{-7} \end{pmatrix}
    """
    arrays = result.bare()
    if arrays is None:
        raise UsageProblem(f"`{result.command}` gives more than numbers", hint="--json has everything")
    shapes = [np.shape(array) for array in arrays]
    if any(len(shape) > 2 for shape in shapes):
        raise UsageProblem("LaTeX has no arrays of three axes", hint="--json has")
    texts: list[Any] = [np.asarray(array).tolist() for array in arrays]
    if result.digits is not None and isinstance(result, Derived):
        from gradcli.render.words.digits import spelled

        texts = spelled(result, result.digits).bare
    return "".join(f"{_array(text, shape)}\n" for text, shape in zip(texts, shapes, strict=True))


def _array(held: Any, shape: tuple[int, ...]) -> str:
    if not shape:
        return _number(held)
    rows = held if len(shape) == 2 else [[entry] for entry in held]
    body = r" \\ ".join(" & ".join(map(_number, row)) for row in rows)
    return rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"


def _number(held: float | str) -> str:
    """A number, or the text of one."""
    text = held if isinstance(held, str) else exact(held)
    if text.lstrip("-") in ("inf", "nan"):
        return text.replace("inf", r"\infty").replace("nan", r"\mathrm{NaN}")
    mantissa, e, power = text.partition("e")
    return rf"{mantissa} \cdot 10^{{{int(power)}}}" if e else text
