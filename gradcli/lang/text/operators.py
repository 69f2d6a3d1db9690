"""Operators and their precedence: one table for the parser and for `unparse`.

The precedence is Python's. There are no shifts, and `^` is another spelling of `**`.
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
]

TERNARY, OR, AND, NOT, COMPARE, BAR, AMPERSAND, SUM, PRODUCT, UNARY, POWER, ATOM = range(1, 13)

# text -> (precedence, function). Of two spellings of a function `unparse` writes the later one: `&`, `**`.
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

# text -> function. The precedence of `not` is NOT, that of the others UNARY.
PREFIX: dict[str, str] = {"not": "logical_not", "-": "neg", "+": "pos", "~": "logical_not"}
