"""Formulas as text: a line each, LaTeX, Markdown, or one JSON object."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from gradcli.errors import UsageProblem
from gradcli.lang import parse, variables
from gradcli.render.words.latex_names import spelled_derivative, spelled_name
from gradcli.render.words.letters import letters

if TYPE_CHECKING:
    from gradcli.transforms.results.formula import Confirmation, Formula, Formulas

__all__ = ["BESIDE", "FORMATS", "FormulaFormat", "confirmed", "render_formulas", "seen"]

FormulaFormat: TypeAlias = Literal["text", "plain", "pretty", "quiet", "latex", "mathml", "markdown", "sympy", "json"]

FORMATS = ("text", "plain", "pretty", "latex", "mathml", "markdown", "sympy", "json")

BESIDE = ("text", "plain", "pretty", "markdown", "json")
"""Formats that have room beside a formula for the conditions under which it is meant."""

SCHEMA = "gradcli/2"


def render_formulas(
    found: Formulas, format: FormulaFormat, confirmation: Confirmation | None = None, *, unicode: bool = True
) -> str:
    r"""The complete text for standard output.

    Args:
        found: the formulas.
        format: how they are written; "quiet" for the formulas alone, one a line.
        confirmation: what the check says, which is a part of JSON alone.
        unicode: whether signs beyond ASCII can be written.

    Raises:
        UsageProblem: if two variables would be one symbol.

    >>> from gradcli.transforms.operators.diff import diff
    >>> print(render_formulas(diff("x**2*y"), "text"), end="")
    df/dx = 2*x*y
    df/dy = x**2
    >>> print(render_formulas(diff("x**2*y", wrt=["x"]), "latex"), end="")
    2 x y
    """
    if format == "json":
        import json

        return json.dumps(_document(found, confirmation), allow_nan=False) + "\n"
    alike = _alike(found)
    if format == "pretty":
        return "".join(f"{line}\n" for line in _pretty(found, unicode and not alike))
    if alike and format in _TYPESET:
        first, second = (f"'{name}'" for name in alike)
        raise UsageProblem(
            f"{first} and {second} are written alike",
            hint="rename one of them; --format text has the names as they are",
        )
    text = "".join(f"{line}\n" for line in _LINES[format](found))
    # XML has a way to write any character, in any encoding.
    return text if unicode or format != "mathml" else text.encode("ascii", "xmlcharrefreplace").decode()


_TYPESET = ("latex", "mathml", "markdown")


def _alike(found: Formulas) -> tuple[str, str] | None:
    """Two variables that are one symbol where names are typeset, as x1 and x_1."""
    seen: dict[tuple[str, tuple[str, ...]], str] = {}
    programs = (parse(found.expression), *(formula.program for formula in found.formulas))
    names = {name for program in programs for name in (*variables(program), *(a.name for a in program.assignments))}
    for name in sorted(names):
        head, subscripts = letters(name)
        other = seen.setdefault((head, tuple(subscripts)), name)
        if other != name:
            return other, name
    return None


_MARKS = {"proved": ("✓", "+"), "equal": ("≈", "~"), "differs": ("✗", "x"), "not checked": ("·", "-")}


def seen(confirmation: Confirmation, *, unicode: bool) -> list[str]:
    """The same for a terminal: a mark, and what the check says.

    >>> from gradcli.transforms.results.formula import Confirmation
    >>> seen(Confirmation("proved", 20), unicode=True), seen(Confirmation("proved", 20), unicode=False)
    (["✓ proved equal to SymPy's derivative"], ["+ proved equal to SymPy's derivative"])
    """
    first, *rest = confirmed(confirmation)
    mark = _MARKS[confirmation.verdict][not unicode]
    return [f"{mark} {first.removeprefix('check = ')}", *rest]


def confirmed(confirmation: Confirmation) -> list[str]:
    """What the check says, in lines.

    >>> from gradcli.transforms.results.formula import Confirmation
    >>> confirmed(Confirmation("equal", 20))
    ["check = equal to SymPy's derivative and to the engine's number at 20 points (not proved)"]
    """
    points = f"{confirmation.points} {'point' if confirmation.points == 1 else 'points'}"
    told = {
        "proved": f"proved equal to SymPy's derivative{' (cached derivation)' if confirmation.recalled else ''}",
        "equal": f"equal to SymPy's derivative and to the engine's number at {points} (not proved)",
        "differs": f"differs: {confirmation.reason}",
        "not checked": f"not checked: {confirmation.reason}",
    }
    lines = [f"check = {told[confirmation.verdict]}"]
    return [*lines, *(f"  {caveat}".replace("the claim has", "the formula has") for caveat in confirmation.caveats)]


def _text(found: Formulas) -> Iterator[str]:
    for formula in found.formulas:
        yield f"{formula.label} = {formula.text}"
        yield from _beside(formula)
    yield from _on_symmetric(found)
    yield from _at_point(found)


def _pretty(found: Formulas, unicode: bool) -> Iterator[str]:
    from gradcli.render.formulas.pretty import pretty

    for i, formula in enumerate(found.formulas):
        if i:
            yield ""
        yield from pretty(formula.program, formula.label, found.shapes, unicode=unicode)
        yield from _beside(formula)
    yield from _on_symmetric(found)
    yield from _at_point(found)


def _beside(formula: Formula) -> Iterator[str]:
    """Under which conditions a formula is meant."""
    for condition, part in formula.omissions:
        yield f"  where {condition}, the term with {part} is 0"
    if formula.where:
        yield f"  where {' and '.join(formula.where)}"


def _on_symmetric(found: Formulas) -> Iterator[str]:
    """Which of the two conventions a gradient by a symmetric matrix follows."""
    for formula in found.formulas:
        if formula.names[0] in found.symmetric:
            name = formula.names[0]
            yield f"  {name} is symmetric: this is (G + G.T)/2 of the gradient G by any {name}, not G + G.T - diag(G)"


def _at_point(found: Formulas) -> Iterator[str]:
    if found.point:
        yield f"at {', '.join(f'{name} = {_number(value)}' for name, value in found.point.items())}:"
        for name, value in found.numbers.items():
            yield f"{name} = {_number(value)}"


def _number(value: Any) -> str:
    from gradcli.render.words.numbers import exact

    return exact(value)


def _quiet(found: Formulas) -> Iterator[str]:
    for formula in found.formulas:
        yield formula.text


def _latex(found: Formulas) -> Iterator[str]:
    from gradcli.render.formulas.latex import latex

    for formula in found.formulas:
        yield latex(formula.program, found.shapes)


def _mathml(found: Formulas) -> Iterator[str]:
    from gradcli.render.formulas.mathml import mathml

    for formula in found.formulas:
        yield mathml(formula.program, found.shapes)


def _sympy(found: Formulas) -> Iterator[str]:
    from gradcli.render.formulas.sympy_text import sympy_text

    for formula in found.formulas:
        yield sympy_text(formula.program, found.shapes)


def _markdown(found: Formulas) -> Iterator[str]:
    from gradcli.render.formulas.latex import latex

    for i, formula in enumerate(found.formulas):
        if i:
            yield ""
        yield "$$"
        yield f"{_operator(formula)} = {latex(formula.program, found.shapes)}"
        yield "$$"
        for condition, part in formula.omissions:
            yield ""
            yield f"Where `{condition}`, the term with `{part}` is 0."
        if formula.where:
            yield ""
            yield f"Where {' and '.join(_code(condition) for condition in formula.where)}."


def _code(condition: str) -> str:
    return f"`{condition}`" if any(sign in condition for sign in "<>=") else condition


def _operator(formula: Formula) -> str:
    """The head of an equation: what is differentiated how often by what."""
    by = ", ".join(map(spelled_name, formula.names))
    by = by if len(formula.names) == 1 else rf"\left({by}\right)"
    return spelled_derivative(spelled_name(formula.of), by, formula.order)


_LINES: dict[str, Callable[[Formulas], Iterator[str]]] = {
    "text": _text,
    "plain": _text,
    "quiet": _quiet,
    "latex": _latex,
    "mathml": _mathml,
    "markdown": _markdown,
    "sympy": _sympy,
}


def _document(found: Formulas, confirmation: Confirmation | None) -> dict[str, Any]:
    import numpy as np

    from gradcli.render.formulas.latex import latex

    return {
        "schema": SCHEMA,
        "command": "diff",
        "expression": found.expression,
        "of": found.of,
        "symmetric": list(found.symmetric),
        "shapes": {name: list(shape) for name, shape in found.shapes.items()},
        "formulas": [
            {
                "derivative": formula.label,
                "wrt": list(formula.names),
                "order": formula.order,
                "shape": list(formula.shape),
                "formula": formula.text,
                "latex": latex(formula.program, found.shapes),
                "where": list(formula.where),
            }
            for formula in found.formulas
        ],
        "at": {name: np.asarray(value).tolist() for name, value in found.point.items()} or None,
        "numbers": {name: _finite(np.asarray(value, dtype=float)) for name, value in found.numbers.items()} or None,
        "check": None if confirmation is None else confirmation.document(),
    }


def _finite(array: Any) -> Any:
    """Numbers as JSON has them; infinities and NaNs as the strings that `float` reads."""
    import numpy as np

    kept = array.astype(object)
    for place in np.argwhere(~np.isfinite(array)).tolist():
        kept[tuple(place)] = repr(float(array[tuple(place)]))
    return kept.tolist()
