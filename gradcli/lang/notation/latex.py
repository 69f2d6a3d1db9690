"""LaTeX's formulas. Its tokens are pylatexenc's; what they mean is found here.

Letters are variables of one letter, unless a longer name has a value; what stands side by side is multiplied.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from gradcli.lang.notation.functions import MANY, Entry, Makes, lookup, number
from gradcli.lang.notation.grammar import ADD, COMPARE, MUL, POWER, UNARY, Binary, Grammar, ambiguous, read
from gradcli.lang.notation.kinds import Kinds, Spelled, bare
from gradcli.lang.notation.latex_flat import Flattener
from gradcli.lang.notation.latex_tokens import raw_tokens
from gradcli.lang.notation.latex_words import FUNCTIONS, OF_MATRICES
from gradcli.lang.notation.matrixcalculus import without_turns
from gradcli.lang.tree.nodes import Call, Literal, Name, Program, Span, Tree

__all__ = ["read_latex"]

_SPELLED = Spelled(
    inner="{left}^\\top {right}", entrywise="x \\odot y", transpose="x^\\top", divide="\\oslash", solve="A^{-1} b",
    power="{base} \\odot ..., entry by entry", product="{base} {base}, the product",
    exponent="base and exponent entry by entry, in the language of gradcli",
)  # fmt: skip
_OF_A_MATRIX = {
    "exp": "exponential", "ln": "logarithm", "log": "logarithm", "sqrt": "root", "sin": "sine", "cos": "cosine",
    "sinh": "hyperbolic sine", "cosh": "hyperbolic cosine",
}  # fmt: skip
"""Functions that a matrix has as a whole, and what they are called then."""


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
    return _Latex(source, ranks or {}).program()


class _Latex:
    """One text, and what its names and calls mean."""

    def __init__(self, source: str, ranks: Mapping[str, int | None]) -> None:
        self.source = source
        self.names = frozenset(ranks)
        self.kinds = Kinds(source, ranks, untold="number", spelled=_SPELLED)
        self.functions: dict[str, Entry] = {
            **{theirs: (self.entrywise(theirs, ours), 1, 1) for theirs, ours in FUNCTIONS.items()},
            **{theirs: (ours, 1, 1) for theirs, ours in OF_MATRICES.items()},
            "inv": (self.kinds.inverse, 1, 1),
            "max": (self.extreme("max"), 1, MANY), "min": (self.extreme("min"), 1, MANY),
            "norm": (self.norm, 1, 2), "bars": (self.bars, 1, 1), "log of base": (self.logarithm, 2, 2),
            "diff": (self.derivative, 2, MANY),
        }  # fmt: skip

    def program(self) -> Program:
        """The program."""
        comparing = {"<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal", "!=": "not_equal"}
        grammar = Grammar(
            "LaTeX", re.compile(""),
            {
                **{text: Binary(COMPARE, name) for text, name in comparing.items()},
                "+": Binary(ADD, "add"), "-": Binary(ADD, "sub"), "*": Binary(MUL, "mul"), "/": Binary(MUL, "div"),
                ".*": Binary(MUL, "mul"), "./": Binary(MUL, "div"),
                "frac": Binary(MUL, "div"), "root": Binary(MUL, "div"), "^": Binary(POWER, "pow", right=True),
            },
            {"-": (UNARY - 1, "neg"), "+": (UNARY - 1, "")}, self.called, Name,
            {"top": self.kinds.transposed}, {"(": ")", "{": "}", "[": "]", "call(": ")call", "list[": "]list"},
            frozenset(["call("]), frozenset(["list["]), implied=MUL, joined=self.joined, postfixed=POWER,
            signed=self.kinds.signed, listed=self.kinds.listed, quotients="refuse",
        )  # fmt: skip
        tokens = Flattener(self.source, raw_tokens(self.source), self.names).tokens()
        return Program(self.source, (), without_turns(read(grammar, self.source, tokens)))

    def entrywise(self, theirs: str, function: str) -> Makes:
        def makes(args: list[Tree], span: Span, head: Span) -> Tree:
            kind = self.kinds.of(args[0])
            if kind == "matrix" and theirs in _OF_A_MATRIX:
                raise ambiguous(
                    self.source, span, f"{function} of each entry, in the language of gradcli",
                    f"the {_OF_A_MATRIX[theirs]} of a matrix, which is not read",
                )  # fmt: skip
            return self.kinds.note(Call(function, (bare(args[0]),), span, head), kind)

        return makes

    def derivative(self, args: list[Tree], span: Span, head: Span) -> Tree:
        """Its kind is that of what is differentiated."""
        return self.kinds.note(Call("diff", tuple(map(bare, args)), span, head), self.kinds.of(args[0]))

    def norm(self, args: list[Tree], span: Span, head: Span) -> Tree:
        r"""`\|A\|_F`, `\|x\|_1`; of a matrix the order must be told."""
        if len(args) == 1 and self.kinds.of(args[0]) in ("matrix", "unknown"):
            text = self.source[slice(*args[0].span)]
            raise ambiguous(self.source, span, f"\\|{text}\\|_F, of all entries", f"\\|{text}\\|_2, of the matrix")
        made = args if isinstance(args[-1], Literal) else args[:1]
        return Call("norm", tuple(map(bare, made)), span, head)

    def bars(self, args: list[Tree], span: Span, head: Span) -> Tree:
        """`|x|`, of a number alone: of a vector it may be the norm, of a matrix the determinant."""
        kind, text = self.kinds.of(args[0]), self.source[slice(*args[0].span)]
        if kind == "number":
            return Call("abs", (bare(args[0]),), span, head)
        of_array = f"\\det({text})" if kind == "matrix" else f"\\|{text}\\|"
        raise ambiguous(self.source, span, f"\\operatorname{{abs}}({text}), of each entry", of_array)

    def extreme(self, function: str) -> Makes:
        """Of one array its largest entry, of more arguments the larger of each entry."""

        def makes(args: list[Tree], span: Span, head: Span) -> Tree:
            kinds = self.kinds
            if len(args) == 1 and kinds.of(args[0]) != "number":
                return Call(function, (bare(args[0]),), span, head)
            tree = args[0]
            for arg in args[1:]:
                tree = kinds.entrywise(f"{function}imum", tree, arg, span, head)
            return tree

        return makes

    def logarithm(self, args: list[Tree], span: Span, head: Span) -> Tree:
        r"""`\log_b x`."""
        base = args[1].value if isinstance(args[1], Literal) else None
        if base in (2.0, 10.0):
            made: Tree = Call("log2" if base == 2 else "log10", (bare(args[0]),), span, head)
        else:
            made = Call("div", tuple([Call("log", (bare(arg),), span, head) for arg in args]), span, head)
        return self.kinds.note(made, self.kinds.of(args[0]))

    def called(self, name: str, args: list[Tree], span: Span, head: Span) -> Tree:
        return lookup("LaTeX", self.functions, name, args, self.source, span, head)

    def joined(self, text: str, function: str, left: Tree, right: Tree, span: Span, head: Span) -> Tree:
        kinds = self.kinds
        if text == "root":
            inverse = Call("div", (number(1, span), left), span, head)
            return kinds.raised(right, inverse, span, head)
        if text in (".*", "./") or function not in ("mul", "div", "pow"):
            return kinds.entrywise(function, left, right, span, head)
        joins = {"mul": kinds.product, "div": kinds.divided, "pow": kinds.raised}
        return joins[function](left, right, span, head)
