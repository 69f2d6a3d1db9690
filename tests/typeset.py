r"""Partials of the derivative table as mathematics, in the LaTeX that GitHub shows.

>>> typeset("x/hypot(x, y)**2")
'\\frac{x}{\\operatorname{hypot}(x, y)^{2}}'
"""

from __future__ import annotations

from typing import NamedTuple

from gradcli.lang import Call, Literal, Name, fold, parse

__all__ = ["typeset"]

CHOICE, LOGIC, COMPARE, SUM, PRODUCT, SIGN, POWER, ATOM = range(8)


class Text(NamedTuple):
    """LaTeX, and how tightly its outermost operator binds."""

    latex: str
    binds: int = ATOM


_NAMED = {"pi": r"\pi", "inf": r"\infty", "alpha": r"\alpha"}
_KNOWN = frozenset(["sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth", "log"])
_SIGNS = {
    "add": (SUM, " + "),
    "sub": (SUM, " - "),
    "mul": (PRODUCT, r" \cdot "),
    "less": (COMPARE, " < "),
    "less_equal": (COMPARE, r" \le "),
    "greater": (COMPARE, " > "),
    "greater_equal": (COMPARE, r" \ge "),
    "equal": (COMPARE, " = "),
    "not_equal": (COMPARE, r" \ne "),
    "logical_and": (LOGIC, r" \wedge "),
    "logical_or": (LOGIC, r" \vee "),
}
_AROUND = {
    "abs": (r"\lvert ", r" \rvert"),
    "floor": (r"\lfloor ", r" \rfloor"),
    "sqrt": (r"\sqrt{", "}"),
    "exp": ("e^{", "}"),
}


def typeset(partial: str) -> str:
    """LaTeX of an expression of the language.

    >>> typeset("-where(x == 0, 1, out*log(2))")
    '-\\\\left(1 \\\\text{ if } x = 0 \\\\text{ else } \\\\mathrm{out} \\\\cdot \\\\log(2)\\\\right)'
    """
    return fold(parse(partial).result, _literal, _name, _call).latex


def _literal(node: Literal) -> Text:
    assert isinstance(node.value, float)
    return Text(f"{node.value:g}")


def _name(node: Name) -> Text:
    plain = node.id if len(node.id) == 1 else rf"\mathrm{{{node.id}}}"
    return Text(_NAMED.get(node.id, plain))


def _in(text: Text, least: int) -> str:
    return text.latex if text.binds >= least else rf"\left({text.latex}\right)"


def _call(node: Call, args: list[Text], _: dict[str, Text]) -> Text:
    name = node.function
    if name in _SIGNS:
        binds, sign = _SIGNS[name]
        return Text(_in(args[0], binds) + sign + _in(args[1], binds + 1), binds)
    if name == "neg":
        return Text("-" + _in(args[0], PRODUCT), SUM)
    if name == "div":
        return Text(rf"\frac{{{args[0].latex}}}{{{args[1].latex}}}")
    if name == "pow":
        return Text(f"{_in(args[0], ATOM)}^{{{args[1].latex}}}", POWER)
    if name == "where":
        condition, chosen, other = args
        either = rf"{_in(chosen, LOGIC)} \text{{ if }} {condition.latex} \text{{ else }} {_in(other, CHOICE)}"
        return Text(either, CHOICE)
    if name in _AROUND:
        before, after = _AROUND[name]
        return Text(before + args[0].latex + after, POWER if name == "exp" else ATOM)
    shown = rf"\{name}" if name in _KNOWN else rf"\operatorname{{{name.replace('_', chr(92) + '_')}}}"
    return Text(f"{shown}({', '.join(a.latex for a in args)})")
