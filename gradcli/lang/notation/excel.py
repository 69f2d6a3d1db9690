"""Formulas of Excel: `=SQRT(A1^2+B1^2)`. Names are cells and named cells; upper and lower case are the same."""

from __future__ import annotations

import re
from collections.abc import Mapping

from gradcli.errors import SyntaxProblem
from gradcli.lang.notation.functions import MANY, Entry, conditional, lookup, number, product, swapped
from gradcli.lang.notation.grammar import ADD, COMPARE, MUL, POWER, UNARY, Binary, Grammar, ambiguous, read, tokenize
from gradcli.lang.tree.nodes import Call, Literal, Name, Program, Span, Tree

__all__ = ["read_excel"]

_TOKENS = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>\$?[^\W\d](?:[\w.]|\$(?=\d))*)|(?P<open>\()"
    r"|(?P<close>\))|(?P<comma>[,;])|(?P<op><=|>=|<>|[-+*/<>=^%])|(?P<bad>\S))"
)
_SAME = {
    "SIN": "sin", "COS": "cos", "TAN": "tan", "COT": "cot", "SEC": "sec", "CSC": "csc", "ASIN": "asin", "ACOS": "acos",
    "ATAN": "atan", "SINH": "sinh", "COSH": "cosh", "TANH": "tanh", "ASINH": "asinh", "ACOSH": "acosh",
    "ATANH": "atanh", "EXP": "exp", "LN": "log", "LOG10": "log10", "SQRT": "sqrt", "ABS": "abs", "SIGN": "sign",
    "INT": "floor", "GAMMA": "gamma", "GAMMALN": "gammaln", "ERF": "erf", "ERFC": "erfc", "RADIANS": "deg2rad",
    "DEGREES": "rad2deg", "NOT": "logical_not",
}  # fmt: skip
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d+)")


def read_excel(source: str, ranks: Mapping[str, int | None] | None = None) -> Program:
    """The program of a formula of Excel.

    A minus sign binds more tightly than `^` there, and powers group from the left.

    Raises:
        SyntaxProblem: for what is not read of it, with its place.

    >>> from gradcli.lang import unparse
    >>> unparse(read_excel("=-A1^2 + IF($B$2>0, LOG(B2), 5%)"))
    '(-A1)**2 + (log10(B2) if B2 > 0 else 5/100)'
    """
    start = len(source) - len(source.lstrip())
    body = source[:start] + source[start:].replace("=", " ", 1) if source[start : start + 1] == "=" else source

    def called(name: str, args: list[Tree], span: Span, head: Span) -> Tree:
        return lookup("Excel", _FUNCTIONS, name.upper(), args, source, span, head)

    def named(name: str, span: Span) -> Tree:
        cell = _CELL.fullmatch(name)
        if cell is not None:
            return Name(f"{cell[1].upper()}{cell[2]}", span)
        if name.upper() in ("TRUE", "FALSE"):
            return Literal(name.upper() == "TRUE", span)
        if name.lower() in ("pi", "e", "tau", "inf", "nan"):
            raise ambiguous(source, span, f"the cell called {name}, under another name", "PI() or EXP(1)")
        if "." in name or "$" in name:
            raise SyntaxProblem(f"'{name}' is no cell", source=source, span=span, hint="write A1, or a name of letters")
        return Name(_spelled(name, ranks), span)

    def percent(tree: Tree, span: Span) -> Tree:
        return Call("div", (tree, number(100, span)), span, span)

    binary = {
        "<": Binary(COMPARE, "less"), "<=": Binary(COMPARE, "less_equal"), ">": Binary(COMPARE, "greater"),
        ">=": Binary(COMPARE, "greater_equal"), "=": Binary(COMPARE, "equal"), "<>": Binary(COMPARE, "not_equal"),
        "+": Binary(ADD, "add"), "-": Binary(ADD, "sub"), "*": Binary(MUL, "mul"), "/": Binary(MUL, "div"),
        "^": Binary(UNARY, "pow"),
    }  # fmt: skip
    grammar = Grammar(
        "Excel", _TOKENS, binary, {"-": (POWER, "neg"), "+": (POWER, "")}, called, named, {"%": percent}, {"(": ")"},
        frozenset("("), frozenset(),
    )  # fmt: skip
    return Program(source, (), read(grammar, source, tokenize(grammar, body, source)))


def _spelled(name: str, ranks: Mapping[str, int | None] | None) -> str:
    """A name as it is given a value: Excel does not tell upper and lower case apart."""
    near = [given for given in ranks or () if given.lower() == name.lower()]
    return near[0] if len(near) == 1 else name


def _logarithm(args: list[Tree], span: Span, head: Span) -> Tree:
    if len(args) == 1:
        return Call("log10", (args[0],), span, head)
    return Call("div", tuple([Call("log", (arg,), span, head) for arg in args]), span, head)


def _branch(args: list[Tree], span: Span, head: Span) -> Tree:
    del head
    return conditional(args[0], args[1], args[2], span)


def _pi(args: list[Tree], span: Span, head: Span) -> Tree:
    del args, head
    return Name("pi", span)


def _squares(args: list[Tree], span: Span, head: Span) -> Tree:
    return product("add")([Call("pow", (arg, number(2, head)), span, head) for arg in args], span, head)


def _average(args: list[Tree], span: Span, head: Span) -> Tree:
    return Call("div", (product("add")(args, span, head), number(len(args), head)), span, head)


def _normal(args: list[Tree], span: Span, head: Span) -> Tree:
    cumulative = args[1]
    if isinstance(cumulative, Literal) and cumulative.value is True:
        return Call("ndtr", (args[0],), span, head)
    raise SyntaxProblem("only the cumulative distribution is read", source=None, span=span, hint="write TRUE")


def _factorial(args: list[Tree], span: Span, head: Span) -> Tree:
    return Call("gamma", (Call("add", (args[0], number(1, head)), span, head),), span, head)


_FUNCTIONS: dict[str, Entry] = {
    **{theirs: (ours, 1, 1) for theirs, ours in _SAME.items()},
    "LOG": (_logarithm, 1, 2), "POWER": ("pow", 2, 2), "PI": (_pi, 0, 0), "IF": (_branch, 3, 3),
    "MAX": (product("maximum"), 1, MANY), "MIN": (product("minimum"), 1, MANY), "SUM": (product("add"), 1, MANY),
    "PRODUCT": (product("mul"), 1, MANY), "SUMSQ": (_squares, 1, MANY), "AVERAGE": (_average, 1, MANY),
    "MOD": ("mod", 2, 2), "ATAN2": (swapped("atan2"), 2, 2), "AND": (product("logical_and"), 1, MANY),
    "OR": (product("logical_or"), 1, MANY), "NORM.S.DIST": (_normal, 2, 2), "NORMSDIST": ("ndtr", 1, 1),
    "FACT": (_factorial, 1, 1),
}  # fmt: skip
