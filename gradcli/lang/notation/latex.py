"""LaTeX's formulas. Its tokens are pylatexenc's; what they mean is found here.

Letters are variables of one letter, unless a longer name has a value; what stands side by side is multiplied.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from gradcli.lang.notation.functions import MANY, Entry, Makes, lookup, number, product
from gradcli.lang.notation.grammar import ADD, COMPARE, MUL, POWER, UNARY, Binary, Grammar, read
from gradcli.lang.notation.kinds import Kinds, bare
from gradcli.lang.notation.latex_flat import Flattener
from gradcli.lang.notation.latex_tokens import raw_tokens
from gradcli.lang.notation.latex_words import FUNCTIONS, OF_MATRICES
from gradcli.lang.notation.matrixcalculus import without_turns
from gradcli.lang.tree.nodes import Call, Literal, Name, Program, Span, Tree

__all__ = ["read_latex"]


def read_latex(source: str, ranks: Mapping[str, int | None] | None = None) -> Program:
    r"""The program of a formula of LaTeX.

    Args:
        source: the formula, with or without its dollars.
        ranks: for each variable that has a value how many axes it has, None where that is not known.

    Raises:
        UsageProblem: where pylatexenc is not installed.
        SyntaxProblem: for what is not read of it, or has two readings, with its place.

    >>> from gradcli.lang import unparse
    >>> unparse(read_latex(r"\frac{x^2}{2\sigma} + \sin 2x - \sqrt[3]{y} + e^{-x}"))
    'x**2/(2*sigma) + sin(2*x) - y**(1/3) + e**-x'
    """
    told = ranks or {}
    kinds = Kinds(source, told, untold="number")
    tokens = Flattener(source, raw_tokens(source), frozenset(told)).tokens()

    def entrywise(function: str) -> Makes:
        return lambda args, span, head: kinds.note(Call(function, (bare(args[0]),), span, head), kinds.of(args[0]))

    def of_array(function: str) -> Makes:
        return lambda args, span, head: Call(function, tuple(map(bare, args)), span, head)

    def derivative(args: list[Tree], span: Span, head: Span) -> Tree:
        """Of what it is a derivative of is its kind."""
        return kinds.note(Call("diff", tuple(map(bare, args)), span, head), kinds.of(args[0]))

    functions: dict[str, Entry] = {
        **{theirs: (entrywise(ours), 1, 1) for theirs, ours in FUNCTIONS.items()},
        **{theirs: (ours, 1, 1) for theirs, ours in OF_MATRICES.items()},
        "max": (product("maximum"), 1, MANY), "min": (product("minimum"), 1, MANY),
        "norm": (of_array("norm"), 1, 2), "log of base": (_logarithm, 2, 2), "diff": (derivative, 2, MANY),
    }  # fmt: skip

    def called(name: str, args: list[Tree], span: Span, head: Span) -> Tree:
        return lookup("LaTeX", functions, name, args, source, span, head)

    def named(name: str, span: Span) -> Tree:
        return Name(name, span)

    def joined(text: str, function: str, left: Tree, right: Tree, span: Span, head: Span) -> Tree:
        if text == "root":
            inverse = Call("div", (number(1, span), left), span, head)
            return Call("pow", (right, inverse), span, head)
        if function == "mul":
            return kinds.product(left, right, span, head)
        if function == "div":
            return kinds.divided(left, right, span, head)
        if function == "pow":
            return kinds.raised(left, right, span, head)
        return kinds.entrywise(function, left, right, span, head)

    comparing = {"<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal", "!=": "not_equal"}
    grammar = Grammar(
        "LaTeX", re.compile(""),
        {
            **{text: Binary(COMPARE, name) for text, name in comparing.items()},
            "+": Binary(ADD, "add"), "-": Binary(ADD, "sub"), "*": Binary(MUL, "mul"), "/": Binary(MUL, "div"),
            "frac": Binary(MUL, "div"), "root": Binary(MUL, "div"), "^": Binary(POWER, "pow", right=True),
        },
        {"-": (UNARY - 1, "neg"), "+": (UNARY - 1, "")}, called, named,
        {"top": kinds.transposed}, {"(": ")", "{": "}", "[": "]", "call(": ")call", "list[": "]list"},
        frozenset(["call("]), frozenset(["list["]), implied=MUL, joined=joined, postfixed=POWER, signed=kinds.signed,
        quotients="refuse",
    )  # fmt: skip
    return Program(source, (), without_turns(read(grammar, source, tokens)))


def _logarithm(args: list[Tree], span: Span, head: Span) -> Tree:
    r"""`\log_b x`."""
    base = args[1].value if isinstance(args[1], Literal) else None
    if base in (2.0, 10.0):
        return Call("log2" if base == 2 else "log10", (args[0],), span, head)
    logs = [Call("log", (arg,), span, head) for arg in args]
    return Call("div", (logs[0], logs[1]), span, head)
