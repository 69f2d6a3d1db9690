"""Programs as LaTeX: an expression, or an expression with `where` and its definitions aligned."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import NamedTuple

from gradcli.lang import Call, Literal, Name, Program, Tree, fold, is_conditional
from gradcli.render.words.latex_names import spelled_name
from gradcli.render.words.numbers import exact

__all__ = ["latex", "latex_of"]

_TERNARY, _OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _POWER, _ATOM = range(9)

_UPRIGHT = {
    "acos": r"\arccos", "arg": r"\arg", "asin": r"\arcsin", "atan": r"\arctan", "cos": r"\cos", "cosh": r"\cosh",
    "cot": r"\cot", "coth": r"\coth", "csc": r"\csc", "det": r"\det", "log": r"\log", "max": r"\max",
    "maximum": r"\max", "min": r"\min", "minimum": r"\min", "sec": r"\sec", "sin": r"\sin", "sinh": r"\sinh",
    "tan": r"\tan", "tanh": r"\tanh", "gamma": r"\Gamma", "digamma": r"\psi", "log10": r"\log_{10}",
    "log2": r"\log_{2}",
}  # fmt: skip

_AROUND = {
    "abs": (r"\left|", r"\right|"),
    "ceil": (r"\left\lceil ", r"\right\rceil"),
    "floor": (r"\left\lfloor ", r"\right\rfloor"),
    "norm": (r"\left\|", r"\right\|"),
    "sqrt": (r"\sqrt{", "}"),
    "cbrt": (r"\sqrt[3]{", "}"),
}

_RELATIONS = {
    "less": "<", "less_equal": r"\le", "greater": ">", "greater_equal": r"\ge", "equal": "=", "not_equal": r"\ne",
}  # fmt: skip

_CONSTANTS = {"pi": r"\pi", "e": "e", "tau": r"2 \pi", "inf": r"\infty", "nan": r"\mathrm{NaN}"}


class _Text(NamedTuple):
    """LaTeX without a leading sign; how tightly its outermost operator binds.

    Attributes:
        digit: whether it begins with a digit.
        negative: whether a sign stands before it.
    """

    latex: str
    binds: int = _ATOM
    digit: bool = False
    negative: bool = False

    @property
    def whole(self) -> str:
        """With its sign."""
        return f"-{self.latex}" if self.negative else self.latex


def latex(program: Program, variables: Container[str] = ()) -> str:
    r"""A program as LaTeX, without the dollars around it.

    Args:
        program: the program.
        variables: names of constants that are variables here.

    >>> from gradcli.lang import parse
    >>> print(latex(parse("x**2*sin(theta)/(2*sqrt(x_max + 1))")))
    \frac{x^{2} \sin\left(\theta\right)}{2 \sqrt{x_{\mathrm{max}} + 1}}
    """
    result = latex_of(program.result, variables)
    if not program.assignments:
        return result
    lines = [rf"{result} \\", r"\text{where} \quad & \\"]
    lines += [rf"{spelled_name(name)} &= {latex_of(tree, variables)} \\" for name, tree, _ in program.assignments]
    return "\\begin{aligned}\n&" + "\n".join(lines) + "\n\\end{aligned}"


def latex_of(tree: Tree, variables: Container[str] = ()) -> str:
    r"""An expression as LaTeX.

    >>> from gradcli.lang import parse
    >>> print(latex_of(parse("sqrt(x)/2").result))
    \frac{\sqrt{x}}{2}
    """

    def name(node: Name) -> _Text:
        known = node.id in _CONSTANTS and node.id not in variables
        return _Text(_CONSTANTS[node.id] if known else spelled_name(node.id))

    return fold(tree, _literal, name, _call).whole


def _literal(node: Literal) -> _Text:
    value = node.value
    if isinstance(value, bool) or not isinstance(value, float):
        return _Text(rf"\text{{{value}}}")
    negative = value < 0
    text = str(abs(int(value))) if value.is_integer() and abs(value) < 1e16 else exact(abs(value))
    mantissa, e, power = text.partition("e")
    if e:
        text = rf"{mantissa} \cdot 10^{{{int(power)}}}"
    return _Text(text, _PRODUCT if e else _ATOM, digit=True, negative=negative)


def _call(node: Call, args: list[_Text], keywords: dict[str, _Text]) -> _Text:
    function = node.function
    made = _OPERATORS.get(function)
    if made is not None and not keywords:
        return made(args)
    if is_conditional(node) or function == "where":
        condition, chosen, otherwise = (arg.whole for arg in args)
        rows = rf"{chosen} & \text{{if }} {condition} \\ {otherwise} & \text{{otherwise}}"
        return _Text(rf"\begin{{cases}} {rows} \end{{cases}}", _TERNARY)
    if function in _RELATIONS:
        return _Text(f"{_side(args[0])} {_RELATIONS[function]} {_side(args[1])}", _COMPARE)
    if function in ("array", "stack"):
        return _array(node, args)
    if function in _AROUND and len(args) == 1:
        before, after = _AROUND[function]
        return _Text(f"{before}{args[0].whole}{after}")
    if function == "slice":
        start, stop, step = ("" if _is_none(tree) else arg.whole for tree, arg in zip(node.args, args, strict=True))
        return _Text(f"{start}:{stop}" + (f":{step}" if step else ""))
    if function == "getitem":
        head, *indices = (arg.whole for arg in args)
        base, _, below = head.partition("_{")
        listed = ", ".join([*([below[:-1]] if below else []), *indices])
        return _Text(f"{base}_{{{listed}}}")
    named = _UPRIGHT.get(function) or rf"\operatorname{{{function.replace('_', chr(92) + '_')}}}"
    listed = ", ".join([arg.whole for arg in args] + [f"{key}={value.whole}" for key, value in keywords.items()])
    return _Text(rf"{named}\left({listed}\right)")


def _is_none(tree: Tree) -> bool:
    return isinstance(tree, Literal) and tree.value is None


def _at(text: _Text, least: int) -> str:
    """A part that stands where something must bind as tightly."""
    good = text.binds >= least and not text.negative
    return text.latex if good else rf"\left({text.whole}\right)"


def _side(text: _Text) -> str:
    """A side of a relation, or the first term of a sum."""
    return text.whole if text.binds >= _SUM else _at(text, _SUM)


def _first(text: _Text, least: int) -> str:
    """The first part of an operation, whose sign becomes the operation's."""
    return _at(text._replace(negative=False), least)


def _add(args: list[_Text]) -> _Text:
    return _Text(f"{_side(args[0])} + {_at(args[1], _SUM)}", _SUM, args[0].digit)


def _sub(args: list[_Text]) -> _Text:
    return _Text(f"{_side(args[0])} - {_at(args[1], _PRODUCT)}", _SUM, args[0].digit)


def _neg(args: list[_Text]) -> _Text:
    return _Text(_at(args[0], _PRODUCT), _PRODUCT, args[0].digit, negative=True)


def _mul(args: list[_Text]) -> _Text:
    left, right = args
    between = r" \cdot " if right.digit and not right.negative else " "
    product = f"{_first(left, _PRODUCT)}{between}{_at(right, _PRODUCT)}"
    return _Text(product, _PRODUCT, left.digit, left.negative)


def _div(args: list[_Text]) -> _Text:
    above, below = args
    return _Text(rf"\frac{{{above.latex}}}{{{below.whole}}}", _PRODUCT, negative=above.negative)


def _matmul(args: list[_Text]) -> _Text:
    return _Text(f"{_first(args[0], _PRODUCT)} {_at(args[1], _POWER)}", _PRODUCT, args[0].digit, args[0].negative)


def _pow(args: list[_Text]) -> _Text:
    base, exponent = args[0], args[1].whole
    if base.binds < _ATOM or base.negative:
        return _Text(rf"\left({base.whole}\right)^{{{exponent}}}", _POWER)
    for name in _UPRIGHT.values():
        if base.latex.startswith(rf"{name}\left(") and not name.endswith("}"):
            return _Text(f"{name}^{{{exponent}}}{base.latex.removeprefix(name)}", _POWER)
    return _Text(f"{base.latex}^{{{exponent}}}", _POWER)


def _exp(args: list[_Text]) -> _Text:
    return _Text(f"e^{{{args[0].whole}}}", _POWER)


def _transpose(args: list[_Text]) -> _Text:
    return _Text(rf"{_at(args[0], _ATOM)}^{{\mathsf{{T}}}}", _POWER)


def _inverse(args: list[_Text]) -> _Text:
    return _Text(rf"{_at(args[0], _ATOM)}^{{-1}}", _POWER)


def _array(node: Call, args: list[_Text]) -> _Text:
    """A vector as a column; a matrix in rows."""
    rows = [arg.whole for arg in args]
    nested = r"\begin{pmatrix} "
    if rows and all(row.startswith(nested) and r"\\" in row + r"\\" and row.count(nested) == 1 for row in rows):
        rows = [row.removeprefix(nested).removesuffix(r" \end{pmatrix}").replace(r" \\ ", " & ") for row in rows]
    return _Text(nested + r" \\ ".join(rows) + r" \end{pmatrix}")


_OPERATORS: dict[str, Callable[[list[_Text]], _Text]] = {
    "add": _add,
    "sub": _sub,
    "neg": _neg,
    "mul": _mul,
    "div": _div,
    "matmul": _matmul,
    "pow": _pow,
    "exp": _exp,
    "inv": _inverse,
    "transpose": _transpose,
    "logical_and": lambda args: _Text(rf"{_at(args[0], _AND)} \wedge {_at(args[1], _NOT)}", _AND),
    "logical_or": lambda args: _Text(rf"{_at(args[0], _OR)} \vee {_at(args[1], _AND)}", _OR),
    "logical_not": lambda args: _Text(rf"\neg {_at(args[0], _ATOM)}", _NOT),
}
