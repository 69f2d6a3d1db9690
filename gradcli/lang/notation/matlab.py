r"""MATLAB's expressions, as far as NumPy's arrays have the same: `A*x`, `x.^2`, `[1 2; 3 4]`, `x(1)`, `A\b`.

A vector has one axis here, and is taken for a column.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from gradcli.errors import SyntaxProblem
from gradcli.lang.notation.functions import Entry, Makes, lookup, number
from gradcli.lang.notation.grammar import (
    ADD,
    AND,
    COMPARE,
    MUL,
    OR,
    POWER,
    UNARY,
    Binary,
    Grammar,
    Token,
    ambiguous,
    read,
    tokenize,
)
from gradcli.lang.notation.kinds import Kinds, bare
from gradcli.lang.notation.matrixcalculus import without_turns
from gradcli.lang.tree.nodes import Call, Literal, Name, Program, Span, Tree

__all__ = ["read_matlab"]

_TOKENS = re.compile(
    r"(?:[^\S\n]|\.\.\.[^\n]*\n)*(?:(?P<number>(?:\d+(?:\.\d+|\.(?![*/\\^']))?|\.\d+)(?:[eE][+-]?\d+)?(?!\w))"
    r"|(?P<name>[^\W\d]\w*)|(?P<open>[(\[])|(?P<close>[)\]])|(?P<comma>,)|(?P<row>;|\n)"
    r"|(?P<op>\.\*|\./|\.\^|\.'|<=|>=|==|~=|&&|\|\||[-+*/\\^'<>&|~])|(?P<bad>\S))"
)
_ENTRYWISE = {
    "sin": "sin", "cos": "cos", "tan": "tan", "asin": "asin", "acos": "acos", "atan": "atan", "sinh": "sinh",
    "cosh": "cosh", "tanh": "tanh", "asinh": "asinh", "acosh": "acosh", "atanh": "atanh", "sec": "sec", "csc": "csc",
    "cot": "cot", "exp": "exp", "log": "log", "log2": "log2", "log10": "log10", "log1p": "log1p", "expm1": "expm1",
    "sqrt": "sqrt", "abs": "abs", "sign": "sign", "floor": "floor", "ceil": "ceil", "gamma": "gamma",
    "gammaln": "gammaln", "psi": "digamma", "erf": "erf", "erfc": "erfc", "deg2rad": "deg2rad", "rad2deg": "rad2deg",
    "cbrt": "cbrt",
}  # fmt: skip
_PAIRS = {"atan2": "atan2", "hypot": "hypot", "max": "maximum", "min": "minimum", "mod": "mod", "power": "pow",
          "times": "mul", "rdivide": "div", "plus": "add", "minus": "sub", "beta": "beta"}  # fmt: skip
_OF_MATRICES = {"det": "det", "trace": "trace"}


def read_matlab(source: str, ranks: Mapping[str, int | None] | None = None) -> Program:
    """The program of an expression of MATLAB.

    Args:
        source: the text; a semicolon may end it.
        ranks: for each variable how many axes it has, None where that is not known; the others are numbers.

    Raises:
        SyntaxProblem: for what is not read of it, with its place.

    >>> from gradcli.lang import unparse
    >>> unparse(read_matlab("norm(A*x - b)^2 + sum(x.^2)/2;", {"A": 2, "x": 1, "b": 1}))
    'norm(A @ x - b)**2 + sum(x**2)/2'
    """
    return _Matlab(source, ranks or {}).program()


class _Matlab:
    """One text, and what its names and calls mean."""

    def __init__(self, source: str, ranks: Mapping[str, int | None]) -> None:
        self.source = source
        self.ranks = ranks
        self.told = ranks or {}
        self.kinds = Kinds(self.source, self.told, untold="number")
        self.functions: dict[str, Entry] = {
            **{theirs: (self.entrywise(ours), 1, 1) for theirs, ours in _ENTRYWISE.items()},
            **{theirs: (self.pair(ours), 2, 2) for theirs, ours in _PAIRS.items()},
            **{theirs: (ours, 1, 1) for theirs, ours in _OF_MATRICES.items()},
            "inv": (self.of_matrix("inv", "matrix"), 1, 1), "norm": (self.norm, 1, 2), "sum": (self.total("sum"), 1, 2),
            "prod": (self.total("prod"), 1, 2), "mean": (self.total("mean"), 1, 2),
            "transpose": (lambda args, span, head: self.kinds.transposed(args[0], span), 1, 1),
            "dot": (self.dot, 2, 2),
        }  # fmt: skip

    def program(self) -> Program:
        """The program."""
        comparing = {
            "<": "less",
            "<=": "less_equal",
            ">": "greater",
            ">=": "greater_equal",
            "==": "equal",
            "~=": "not_equal",
        }
        grammar = Grammar(
            "MATLAB", _TOKENS,
            {
                "||": Binary(OR, "logical_or"), "&&": Binary(AND, "logical_and"), "|": Binary(AND + 0.3, "logical_or"),
                "&": Binary(AND + 0.6, "logical_and"),
                **{text: Binary(COMPARE, name) for text, name in comparing.items()},
                "+": Binary(ADD, "add"), "-": Binary(ADD, "sub"), "*": Binary(MUL, "matmul"), "/": Binary(MUL, "div"),
                "\\": Binary(MUL, "solve"), ".*": Binary(MUL, "mul"), "./": Binary(MUL, "div"),
                "^": Binary(POWER, "pow"), ".^": Binary(POWER, "pow"),
            },
            {"-": (UNARY, "neg"), "+": (UNARY, ""), "~": (UNARY, "logical_not")}, self.called, self.named,
            {"'": self.kinds.transposed, ".'": self.kinds.transposed}, {"(": ")", "[": "]"}, frozenset("("),
            frozenset("["),
            joined=self.joined, postfixed=POWER, signed=self.kinds.signed, listed=self.kinds.listed,
        )  # fmt: skip
        body = re.sub(r"%[^\n]*", lambda comment: " " * len(comment[0]), self.source)
        end = len(body.rstrip().removesuffix(";"))
        tokens = tokenize(grammar, body[:end], self.source)
        return Program(self.source, (), without_turns(read(grammar, self.source, _separated(tokens, self.source))))

    def entrywise(self, function: str) -> Makes:
        def makes(args: list[Tree], span: Span, head: Span) -> Tree:
            return self.kinds.note(Call(function, (bare(args[0]),), span, head), self.kinds.of(args[0]))

        return makes

    def pair(self, function: str) -> Makes:
        return lambda args, span, head: self.kinds.entrywise(function, args[0], args[1], span, head)

    def of_matrix(self, function: str, kind: str) -> Makes:
        return lambda args, span, head: self.kinds.note(Call(function, (args[0],), span, head), kind)

    def norm(self, args: list[Tree], span: Span, head: Span) -> Tree:
        if len(args) == 1 and self.kinds.of(args[0]) in ("matrix", "unknown"):
            return Call("norm", (args[0], number(2, span)), span, head)
        if len(args) == 1:
            return Call("norm", (bare(args[0]),), span, head)
        return Call("norm", (bare(args[0]), args[1]), span, head)

    def total(self, function: str) -> Makes:
        def makes(args: list[Tree], span: Span, head: Span) -> Tree:
            if len(args) == 1:
                return self.down(function, args[0], span, head)
            kind, axis = self.kinds.of(args[0]), args[1]
            if kind == "unknown":
                raise self.kinds.untold(span, "of a vector", "of a matrix")
            if not isinstance(axis, Literal) or axis.value not in (1.0, 2.0):
                raise self.kinds.refuse("the dimension is 1 or 2", axis.span)
            if kind == "matrix":
                made = Call(function, (args[0],), span, head, (("axis", number(axis.value - 1, head)),))
                return self.kinds.note(made, "row" if axis.value == 1 else "column")
            if (kind, axis.value) in (("column", 1.0), ("row", 2.0)):
                return Call(function, (bare(args[0]),), span, head)
            return args[0]  # along an axis of length 1

        return makes

    def down(self, function: str, arg: Tree, span: Span, head: Span) -> Tree:
        """Of a vector over its entries, of a matrix over each column."""
        kind = self.kinds.of(arg)
        if kind not in ("matrix", "unknown"):
            return Call(function, (bare(arg),), span, head)
        made = Call(function, (arg,), span, head, (("axis", number(0, head)),))
        return self.kinds.note(made, "row" if kind == "matrix" else "unknown")

    def dot(self, args: list[Tree], span: Span, head: Span) -> Tree:
        left, right = args
        kinds = [self.kinds.of(arg) for arg in args]
        products = Call("mul", (bare(left), bare(right)), span, head)
        if "matrix" in kinds or "unknown" in kinds:
            self.kinds.note(products, self.kinds.of(self.kinds.entrywise("mul", left, right, span, head)))
        return self.down("sum", products, span, head)

    def called(self, name: str, args: list[Tree], span: Span, head: Span) -> Tree:
        if self.told.get(name, 0) != 0:
            return _entry(self.kinds, Name(name, head), args, span)
        if name not in self.functions and name not in self.told:
            raise ambiguous(self.source, span, f"an entry of {name}, whose shape is not told", f"the function {name}")
        return lookup("MATLAB", self.functions, name, args, self.source, span, head)

    def named(self, name: str, span: Span) -> Tree:
        if name == "pi" and name not in self.told:
            return Name("pi", span)
        if name in ("Inf", "inf"):
            return Name("inf", span)
        if name in ("i", "j") and name not in self.told:
            raise ambiguous(self.source, span, f"a variable, given with --{name}", "the imaginary unit")
        if name in ("e", "tau") and name not in self.told:
            raise ambiguous(self.source, span, f"a variable, given with --{name}", f"gradcli's constant {name}")
        if name in ("true", "false"):
            return Literal(name == "true", span)
        return Name(name, span)

    def joined(self, text: str, function: str, left: Tree, right: Tree, span: Span, head: Span) -> Tree:
        if text == "*":
            return self.kinds.product(left, right, span, head)
        if text == "/":
            return self.kinds.divided(left, right, span, head)
        if text == "^":
            return self.kinds.raised(left, right, span, head)
        if text == "\\":
            if self.kinds.of(left) == "number":
                return self.kinds.entrywise("div", right, left, span, head)
            return self.kinds.note(Call("solve", (bare(left), bare(right)), span, head), self.kinds.of(right))
        return self.kinds.entrywise(function, left, right, span, head)


def _entry(kinds: Kinds, array: Name, args: list[Tree], span: Span) -> Tree:
    """`x(1)`, of which the first is 1."""
    made: list[Tree] = []
    for arg in args:
        if not isinstance(arg, Literal) or not isinstance(arg.value, float) or arg.value < 1:
            raise kinds.refuse("an index is 1, 2, ...", arg.span, "write the expression in the language of gradcli")
        made.append(number(arg.value - 1, arg.span))
    rank = kinds.ranks.get(array.id)
    if rank is None or len(made) != rank:
        raise kinds.refuse(f"'{array.id}' has {rank} indices", span, "MATLAB's single index of a matrix is not read")
    return Call("getitem", (array, *made), span, span)


def _separated(tokens: list[Token], source: str) -> list[Token]:
    """The tokens with commas where blanks separate entries in `[1 -2 x]`, and strings refused."""
    found: list[Token] = []
    depth: list[str] = []
    for token in tokens:
        before = found[-1] if found else None
        if token.text == "\n" and (before is None or before.kind == "row" or before.text == "["):
            continue
        if depth and depth[-1] == "[" and before is not None and before.end < token.start:
            operand = before.kind in ("number", "name", "close") or before.text in ("'", ".'")
            after = source[token.end : token.end + 1]
            sign = token.text in ("-", "+", "~") and not after.isspace()
            begins = token.kind in ("number", "name", "open") or sign
            if operand and begins:
                found.append(Token("comma", ",", before.end, token.start))
        if token.text == "'" and (before is None or before.kind in ("op", "open", "comma", "row")) and not (
            before is not None and before.text in ("'", ".'")
        ):  # fmt: skip
            raise SyntaxProblem("texts are not read", source=source, span=(token.start, token.end), hint=None)
        if token.kind == "open":
            depth.append(token.text)
        elif token.kind == "close" and depth:
            depth.pop()
        found.append(token)
    return found
