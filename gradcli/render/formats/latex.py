"""Numbers as LaTeX: a display whose equations are aligned, each with what it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import UsageProblem
from gradcli.render.style import Style
from gradcli.render.words.latex_names import spelled_derivative, spelled_label, spelled_name
from gradcli.render.words.numbers import exact
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.expansion import Expansion
from gradcli.transforms.results.explanation import Explanation

if TYPE_CHECKING:
    from gradcli.transforms.results.base import Result
    from gradcli.transforms.results.verdict import Verdict

__all__ = ["render"]


def render(result: Result, verdict: Verdict | None, style: Style) -> str:
    r"""A display of amsmath's, the value and the derivatives under each other; a value alone without it.

    Raises:
        UsageProblem: if the result is more than numbers, or has arrays of three axes and more.

    >>> from gradcli.transforms.results.evaluation import Evaluation
    >>> from gradcli.transforms.results.gradient import Gradient
    >>> print(render(Gradient("theta**2", {"theta": 3.0}, 9.0, {"theta": 6.0}), None, Style("latex")), end="")
    \begin{align*}
      f &= 9.0 \\
      \frac{\partial f}{\partial \theta} &= 6.0
    \end{align*}
    >>> print(render(Evaluation("x", {}, np.array([[1.0, -2e-7]])), None, Style("latex")), end="")
    \begin{pmatrix} 1.0 & -2 \cdot 10^{-7} \end{pmatrix}
    """
    if isinstance(result, Explanation):
        from gradcli.render.formats.steps_latex import explanation_latex

        return "".join(f"{line}\n" for line in explanation_latex(result))
    if isinstance(result, Expansion):
        return f"{_polynomial(result)}\n"
    bare = result.bare()
    if bare is None:
        raise UsageProblem(f"`{result.command}` gives more than numbers", hint="--json has everything")
    if not result.value_name:
        return "".join(f"{_array(np.asarray(array).tolist(), np.shape(array))}\n" for array in bare)
    lines = [f"  {label} &= {_array(held, shape)}" for label, held, shape in _labelled(result)]
    return "\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}\n"


def _polynomial(result: Expansion) -> str:
    from gradcli.lang import parse
    from gradcli.ops.calls.resolve import resolve
    from gradcli.render.formulas.latex import latex

    return latex(resolve(parse(result.polynomial)), result.inputs)


def _labelled(result: Result) -> Iterator[tuple[str, Any, tuple[int, ...]]]:
    """The label of each array, its numbers or their texts, and its shape."""
    value: Any = None
    arrays: dict[str, Any] = {}
    matrix: list[list[str]] | None = None
    if result.digits is not None and isinstance(result, Derived):
        from gradcli.render.words.digits import spelled

        value, arrays, matrix, _ = spelled(result, result.digits)
    named = [(result.value_name, result.value, value), *((name, given, None) for name, given in result.given())]
    named += [(name, found, arrays.get(name)) for name, found in result.arrays()]
    for name, found, texts in named:
        yield spelled_label(name), np.asarray(found).tolist() if texts is None else texts, np.shape(found)
    labelled = result.matrix()
    if labelled is not None:
        held = labelled.matrix.tolist() if matrix is None else matrix
        yield _of_matrix(result, labelled.title), held, np.shape(labelled.matrix)


def _of_matrix(result: Result, title: str) -> str:
    """What a matrix of derivatives is of, and by which variables."""
    names = list(map(spelled_name, result.wrt() if isinstance(result, Derived) else result.inputs))
    by = names[0] if len(names) == 1 else f"({', '.join(names)})"
    parts = result.outputs.names
    whole = title == "hessian" or not parts or None in parts
    of = spelled_name(result.outputs.called) if whole else f"({', '.join(map(spelled_name, filter(None, parts)))})"
    return spelled_derivative(of, by, 2 if title == "hessian" else 1)


def _array(held: Any, shape: tuple[int, ...]) -> str:
    if not shape:
        return _number(held)
    if len(shape) > 2:
        raise UsageProblem("LaTeX has no arrays of three axes", hint="--json has")
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
