r"""Explanations and derivations as LaTeX: displays of amsmath's, and an array for each pass."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from itertools import count

import numpy as np

from gradcli.errors import Problem
from gradcli.lang import parse
from gradcli.ops.calls.resolve import resolve
from gradcli.render.formulas.latex import latex_of
from gradcli.render.words.explanation import PARTIAL, pass_title
from gradcli.render.words.latex_names import spelled_name
from gradcli.render.words.numbers import exact, summary
from gradcli.transforms.results.derivation import Derivation, Derivations
from gradcli.transforms.results.explanation import BackwardStep, Explanation, Leaf
from gradcli.transforms.results.value import Value, Whole

__all__ = ["derivations_latex", "explanation_latex"]

_MOST_ENTRIES = 36
"""Of an array that is written as a matrix; a larger one is summarised."""

_SLOPE = re.compile(rf"([d{PARTIAL}])([^*/\s]+)/[d{PARTIAL}]([^*/\s]+)")
_ENTRY = re.compile(r"([^\W\d]\w*)\[([\d,]+)\]")
_SPECIAL = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
            **{letter: f"\\{letter}" for letter in "&%$#_{}"}}  # fmt: skip


def explanation_latex(result: Explanation) -> Iterator[str]:
    r"""The value step by step, an array for each pass, and the chain rule for each variable.

    >>> from gradcli.transforms.operators.explain import explain
    >>> lines = list(explanation_latex(explain("x**2", {"x": 3})))
    >>> print(*lines[:4], sep="\n")
    \begin{align*}
      x &= 3.0 \\
      f &= x^{2} = 9.0
    \end{align*}
    >>> print(*lines[-5:], sep="\n")
    \begin{align*}
      \frac{\mathrm{d} f}{\mathrm{d} x} &= \frac{\partial f}{\partial x} \\
      &= 2 x \\
      &= 6.0
    \end{align*}
    """
    lines = []
    for step in result.forward:
        made = f"{_formula(step.expression, result.inputs)} = " if step.expression != step.name else ""
        lines.append(f"{_named(step.name)} &= {made}{_number(step.value)}")
    yield from _aligned(lines)
    for position, one in enumerate(result.passes):
        yield rf"\[\text{{{_escaped(pass_title(result, position, _short))}}}\]"
        yield r"\[\begin{array}{llllrrr}"
        heads = ("from", "cotangent", "to", "local rule", "partial", "contribution", "sum so far")
        yield "  " + " & ".join(rf"\text{{{head}}}" for head in heads) + r" \\ \hline"
        yield from (f"  {_row(step, result.inputs)} \\\\" for step in one.steps)
        yield r"\end{array}\]"
        for leaf in one.leaves:
            yield from _aligned(_chain(leaf, result.inputs))


def _row(step: BackwardStep, variables: Container[str]) -> str:
    if isinstance(step.cotangent, dict):
        came = r",\ ".join(f"{_named(name)}\\colon {_number(part)}" for name, part in step.cotangent.items())
    else:
        came = _number(step.cotangent)
    rule = _formula(step.rule, variables) if step.is_formula else rf"\text{{{_escaped(step.rule)}}}"
    slope = "" if step.partial is None else _number(step.partial)
    node = ", ".join(map(_named, step.node.split(", ")))
    cells = [node, came, _named(step.input), rule, slope, _number(step.contribution), _number(step.total)]
    return " & ".join(cells)


def _chain(leaf: Leaf, variables: Container[str]) -> list[str]:
    head = _slope("d", leaf.of, leaf.name)
    lines = [_SLOPE.sub(lambda found: _slope(*found.groups()), leaf.chain).replace("*", r" \, ")]
    if leaf.rules:
        lines.append(_formula(leaf.rules, variables))
    if len(leaf.contributions) > 1:
        lines.append(" + ".join(map(_number, leaf.contributions)).replace("+ -", "- "))
    lines.append(_number(leaf.gradient))
    first, *rest = dict.fromkeys(lines)
    told = [f"{head} &= {first}", *(f"&= {line}" for line in rest)]
    if leaf.after is not None:
        before = "" if leaf.before is None else f"{_number(leaf.before)} + {_number(leaf.gradient)} = "
        told.append(rf"\mathtt{{{_escaped(leaf.name)}.grad}} &= {before}{_number(leaf.after)}")
    return told


def derivations_latex(found: Derivations) -> Iterator[str]:
    r"""Each step as an equation with its rule beside it.

    >>> from gradcli.transforms.operators.derivation import derivations
    >>> print(*derivations_latex(derivations("x**2")), sep="\n")
    \begin{align*}
      \frac{\mathrm{d}}{\mathrm{d} x} \left[x^{2}\right] &= 2 x && \text{power rule}
    \end{align*}
    \[\frac{\mathrm{d} f}{\mathrm{d} x} = 2 x\]
    """
    variables = found.formulas.shapes
    for one in found.derivations:
        lines = []
        for step in one.steps:
            of = step.of.partition(" = ")[2] or step.of
            becomes = _with_parts(step.becomes, one, variables)
            lines.append(f"{_operator(one)} \\left[{_with_parts(of, one, variables)}\\right] &= {becomes}"
                         f" && \\text{{{_escaped(step.rule)}}}")  # fmt: skip
            if step.formula != step.becomes:
                lines.append(f"&= {_formula(step.formula, variables)} &&")
        if lines:
            yield from _aligned(lines)
        yield rf"\[{_slope('d', one.of, one.by)} = {_formula(one.formula, variables)}\]"


def _operator(one: Derivation) -> str:
    return rf"\frac{{\mathrm{{d}}}}{{\mathrm{{d}} {_named(one.by)}}}"


def _with_parts(text: str, one: Derivation, variables: Container[str]) -> str:
    """A formula in which parts are derivatives that are still to be found, or the numbers of other steps."""
    parts: dict[str, str] = {}
    names = (f"part{number}" for number in count(1))
    head = f"d/d{one.by}("
    while (start := text.find(head)) >= 0:
        end = _closing(text, start + len(head) - 1)
        name = next(names)
        inner = _with_parts(text[start + len(head) : end], one, variables)
        parts[spelled_name(name)] = rf"{_operator(one)} \left[{inner}\right]"
        text = f"{text[:start]}{name}{text[end + 1 :]}"
    for number in dict.fromkeys(re.findall(r"#\d+", text)):
        name = next(names)
        parts[spelled_name(name)] = rf"\text{{({number[1:]})}}"
        text = text.replace(number, name)
    spelled = _formula(text, variables)
    for name in sorted(parts, key=len, reverse=True):
        spelled = spelled.replace(name, parts[name])
    return spelled


def _closing(text: str, start: int) -> int:
    """The place of the parenthesis that closes the one at a place."""
    depth = 0
    for place in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place
    return len(text)


def _aligned(lines: Sequence[str]) -> Iterator[str]:
    if not lines:  # of a program that is a single True or False
        return
    yield r"\begin{align*}"
    for line in lines[:-1]:
        yield f"  {line} \\\\"
    yield f"  {lines[-1]}"
    yield r"\end{align*}"


def _formula(text: str, variables: Container[str]) -> str:
    from gradcli.render.formulas.latex import latex

    try:
        return latex(resolve(parse(text)), variables)
    except Problem:
        pass
    try:
        return latex_of(parse(text).result, variables)
    except Problem:
        return rf"\text{{{_escaped(text)}}}"


def _named(name: str) -> str:
    """A step's name, or an entry's."""
    found = _ENTRY.fullmatch(name)
    if found is not None:
        return f"{{{spelled_name(found[1])}}}_{{{found[2]}}}"
    return spelled_name(name) if name.isidentifier() else rf"\text{{{_escaped(name)}}}"


def _slope(sign: str, of: str, by: str) -> str:
    mark = r"\partial" if sign == PARTIAL else r"\mathrm{d}"
    return rf"\frac{{{mark} {_named(of)}}}{{{mark} {_named(by)}}}"


def _number(value: Value | Whole) -> str:
    if isinstance(value, np.ndarray):
        if value.ndim > 2 or value.size > _MOST_ENTRIES:
            return rf"\text{{{_escaped(summary(value, unicode=False))}}}"
        rows = value.tolist() if value.ndim == 2 else [[entry] for entry in value.tolist()]
        body = r" \\ ".join(" & ".join(map(_number, row)) for row in rows)
        return rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"
    text = exact(value)
    if text.lstrip("-") in ("inf", "nan"):
        return text.replace("inf", r"\infty").replace("nan", r"\mathrm{NaN}")
    mantissa, e, power = text.partition("e")
    return rf"{mantissa} \cdot 10^{{{int(power)}}}" if e else text


def _short(value: Value | Whole) -> str:
    return (
        summary(value, unicode=False) if isinstance(value, np.ndarray) and value.size > _MOST_ENTRIES else exact(value)
    )


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(letter, letter) for letter in text)
