"""Operators and how tightly they bind: one table for the parser and for `unparse`.

The order is Python's, without its shifts and with `^` as another spelling of `**`.
"""

from __future__ import annotations

__all__ = [
    "ATOM",
    "BINARY",
    "COMPARE",
    "NOT",
    "POWER",
    "PREFIX",
    "TERNARY",
    "UNARY",
    "WORDS",
]

TERNARY, OR, AND, NOT, COMPARE, BAR, AMPERSAND, SUM, PRODUCT, UNARY, POWER, ATOM = range(1, 13)

# text -> (precedence, function). `and` stands before `&`, `^` before `**`: unparse keeps the later spelling.
BINARY: dict[str, tuple[int, str]] = {
    "or": (OR, "logical_or"),
    "and": (AND, "logical_and"),
    "<": (COMPARE, "less"),
    "<=": (COMPARE, "less_equal"),
    ">": (COMPARE, "greater"),
    ">=": (COMPARE, "greater_equal"),
    "==": (COMPARE, "equal"),
    "!=": (COMPARE, "not_equal"),
    "|": (BAR, "logical_or"),
    "&": (AMPERSAND, "logical_and"),
    "+": (SUM, "add"),
    "-": (SUM, "sub"),
    "*": (PRODUCT, "mul"),
    "/": (PRODUCT, "div"),
    "//": (PRODUCT, "floor_divide"),
    "%": (PRODUCT, "mod"),
    "@": (PRODUCT, "matmul"),
    "^": (POWER, "pow"),
    "**": (POWER, "pow"),
}

# text -> function; `not` has a precedence of its own, NOT, the others bind as UNARY.
PREFIX: dict[str, str] = {"not": "logical_not", "-": "neg", "+": "pos", "~": "logical_not"}

# Words that begin a statement or an expression of Python, but are names to us.
WORDS = {
    "def": "write the expression itself, without a definition around it",
    "from": "functions are known by their names, without an import",
    "import": "functions are known by their names, without an import",
    "is": "compare with ==",
    "lambda": "write the expression itself, without 'lambda x:'",
    "return": "end with the expression, without 'return'",
}
