"""Mathematica's InputForm, as far as it is real mathematics: `Sin[x]^2`, `2 x`, `{a, b}`, `If[c, a, b]`."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from gradcli.errors import SyntaxProblem
from gradcli.lang.notation.functions import (
    MANY,
    Entry,
    Makes,
    conditional,
    lookup,
    number,
    piecewise,
    product,
)
from gradcli.lang.notation.grammar import (
    ADD,
    AND,
    COMPARE,
    MUL,
    NOT,
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
from gradcli.lang.notation.ranks import Ranks, down_the_rows
from gradcli.lang.tree.nodes import Call, Clause, Comprehension, Literal, Name, Program, Span, Tree

__all__ = ["read_mathematica"]

_TOKENS = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:\*\^[+-]?\d+)?)|(?P<name>[^\W\d_]\w*)|(?P<open>\[\[|[(\[{])"
    r"|(?P<close>[)\]}])|(?P<comma>,)|(?P<op><=|>=|==|!=|&&|\|\||[-+*/<>^!.])|(?P<bad>\S))"
)
_HIGHEST = 300  # of a double factorial, which is a number of double precision
_CONSTANTS = {"Pi": "pi", "E": "e", "Infinity": "inf"}
_SAME = {
    "Sin": "sin", "Cos": "cos", "Tan": "tan", "Cot": "cot", "Sec": "sec", "Csc": "csc", "ArcSin": "asin",
    "ArcCos": "acos", "ArcCot": "acot", "Sinh": "sinh", "Cosh": "cosh", "Tanh": "tanh", "Coth": "coth", "Sech": "sech",
    "Csch": "csch", "ArcSinh": "asinh", "ArcCosh": "acosh", "ArcTanh": "atanh", "Exp": "exp", "Sqrt": "sqrt",
    "CubeRoot": "cbrt", "Abs": "abs", "Sign": "sign", "Floor": "floor", "Ceiling": "ceil", "Gamma": "gamma",
    "LogGamma": "gammaln", "Erf": "erf", "Erfc": "erfc", "Transpose": "transpose", "Det": "det", "Inverse": "inv",
    "Log2": "log2", "Log10": "log10", "LogisticSigmoid": "sigmoid",
    "Not": "logical_not", "UnitStep": "heaviside",
}  # fmt: skip


def read_mathematica(source: str, ranks: Mapping[str, int | None] | None = None) -> Program:
    """The program of an expression of Mathematica.

    Raises:
        SyntaxProblem: for what is not read of it, with its place.

    >>> from gradcli.lang import unparse
    >>> unparse(read_mathematica("2 x^2 Sin[y] + ArcTan[x, y] - Log[2, E]"))
    '2*x**2*sin(y) + atan2(y, x) - log(e)/log(2)'
    """
    return _Mathematica(source, ranks or {}).program()


class _Mathematica:
    """One text, and what its names and calls mean."""

    def __init__(self, source: str, ranks: Mapping[str, int | None]) -> None:
        self.source = source
        self.ranks = Ranks(ranks)
        self.doubled: Tree | None = None  # the last double factorial: 5!!! is (5!!)!
        self.functions: dict[str, Entry] = {
            **{theirs: (ours, 1, 1) for theirs, ours in _SAME.items()},
            "Log": (self.logarithm, 1, 2), "ArcTan": (self.arctan, 1, 2), "Max": (self.extreme("max"), 1, MANY),
            "Min": (self.extreme("min"), 1, MANY), "Power": (self.over("pow"), 2, 2),
            "Plus": (self.over("add"), 1, MANY), "Times": (self.over("mul"), 1, MANY),
            "If": (self.branch, 3, 3), "Piecewise": (self.pieces, 1, 2),
            "PolyGamma": (self.digamma, 1, 2), "Beta": (self.over("beta"), 2, 2), "Mod": (self.over("mod"), 2, 2),
            "D": (self.derivative, 2, MANY), "Norm": (self.norm, 1, 1), "Total": (self.total_of, 1, 1),
            "Tr": (self.trace, 1, 1),
            "Dot": (product("matmul"), 2, MANY), "And": (product("logical_and"), 1, MANY),
            "Or": (product("logical_or"), 1, MANY),
            "Sum": (self.total("sum"), 2, MANY), "Product": (self.total("prod"), 2, MANY),
        }  # fmt: skip

    def program(self) -> Program:
        """The program."""
        binary = {
            "||": Binary(OR, "logical_or"), "&&": Binary(AND, "logical_and"), "<": Binary(COMPARE, "less"),
            "<=": Binary(COMPARE, "less_equal"), ">": Binary(COMPARE, "greater"),
            ">=": Binary(COMPARE, "greater_equal"),
            "==": Binary(COMPARE, "equal"), "!=": Binary(COMPARE, "not_equal"), "+": Binary(ADD, "add"),
            "-": Binary(ADD, "sub"), "*": Binary(MUL, "mul"), "/": Binary(MUL, "div"), ".": Binary(POWER - 1, "matmul"),
            "^": Binary(POWER, "pow", right=True),
        }  # fmt: skip
        grammar = Grammar(
            "Mathematica", _TOKENS, binary, {"-": (UNARY - 1, "neg"), "+": (UNARY - 1, ""), "!": (NOT, "logical_not")},
            self.called, self.named, {"!": self.factorial}, {"(": ")", "[": "]", "{": "}", "[[": "]]"},
            frozenset("["), frozenset("{"),
            implied=MUL, indexed={"[[": self.part}, joined=self.joined,
        )  # fmt: skip
        return Program(self.source, (), read(grammar, self.source, _paired(tokenize(grammar, self.source))))

    def refuse(self, message: str, span: Span, hint: str | None = None) -> SyntaxProblem:
        return SyntaxProblem(message, source=self.source, span=span, hint=hint)

    def logarithm(self, args: list[Tree], span: Span, head: Span) -> Tree:
        logs = [Call("log", (arg,), span, head) for arg in args[::-1]]
        return self.threaded("div", logs[0], logs[1], span, head) if len(logs) == 2 else logs[0]

    def arctan(self, args: list[Tree], span: Span, head: Span) -> Tree:
        if len(args) == 1:
            return Call("atan", (args[0],), span, head)
        return self.threaded("atan2", args[1], args[0], span, head)

    def digamma(self, args: list[Tree], span: Span, head: Span) -> Tree:
        if len(args) == 1:
            return Call("digamma", (args[0],), span, head)
        return self.threaded("polygamma", args[0], args[1], span, head)

    def joined(self, text: str, function: str, left: Tree, right: Tree, span: Span, head: Span) -> Tree:
        if text not in ("+", "-", "*", "/", "^", ""):
            return Call(function, (left, right), span, head)
        return self.threaded(function, left, right, span, head)

    def threaded(self, function: str, left: Tree, right: Tree, span: Span, head: Span) -> Tree:
        """Of two arrays the one with fewer axes goes down the rows of the other, and not along them."""
        a, b = self.ranks.of(left), self.ranks.of(right)
        if a and b and a < b:
            left = down_the_rows(left, a, b, left.span)
        elif a and b and b < a:
            right = down_the_rows(right, b, a, right.span)
        return Call(function, (left, right), span, head)

    def over(self, function: str) -> Makes:
        """An operator over all arguments, from the left."""

        def makes(args: list[Tree], span: Span, head: Span) -> Tree:
            tree = args[0]
            for arg in args[1:]:
                tree = self.threaded(function, tree, arg, span, head)
            return tree

        return makes

    def extreme(self, function: str) -> Makes:
        """The largest or smallest of all that the arguments hold."""

        def makes(args: list[Tree], span: Span, head: Span) -> Tree:
            held = [arg if self.ranks.of(arg) == 0 else Call(function, (arg,), span, head) for arg in args]
            return product(f"{function}imum")(held, span, head)

        return makes

    def norm(self, args: list[Tree], span: Span, head: Span) -> Tree:
        order = () if self.ranks.of(args[0]) in (0, 1) else (number(2, span),)
        return Call("norm", (args[0], *order), span, head)

    def total_of(self, args: list[Tree], span: Span, head: Span) -> Tree:
        axis = () if self.ranks.of(args[0]) in (0, 1) else (("axis", number(0, span)),)
        return Call("sum", (args[0],), span, head, axis)

    def trace(self, args: list[Tree], span: Span, head: Span) -> Tree:
        return Call("sum" if self.ranks.of(args[0]) == 1 else "trace", (args[0],), span, head)

    def branch(self, args: list[Tree], span: Span, head: Span) -> Tree:
        del head
        return conditional(args[0], args[1], args[2], span)

    def pieces(self, args: list[Tree], span: Span, head: Span) -> Tree:
        pairs: list[tuple[Tree, Tree]] = []
        listed = args[0].args if isinstance(args[0], Call) and args[0].function == "array" else ()
        for arg in listed:
            if not isinstance(arg, Call) or arg.function != "array" or len(arg.args) != 2:
                raise self.refuse("a piece is {value, condition}", arg.span)
            pairs.append((arg.args[0], arg.args[1]))
        if not pairs:
            raise self.refuse("a piece is {value, condition}", span)
        return piecewise(pairs, args[1] if len(args) == 2 else number(0, head), span)

    def derivative(self, args: list[Tree], span: Span, head: Span) -> Tree:
        by: list[Tree] = []
        for arg in args[1:]:
            many = isinstance(arg, Call) and arg.function == "array"
            by += arg.args if many and isinstance(arg, Call) else [arg]
        return Call("diff", (args[0], *by), span, head)

    def total(self, function: str) -> Makes:
        def makes(args: list[Tree], span: Span, head: Span) -> Tree:
            clauses = []
            for bounds in args[1:]:
                parts = bounds.args if isinstance(bounds, Call) and bounds.function == "array" else ()
                if not 2 <= len(parts) <= 3 or not isinstance(parts[0], Name):
                    raise self.refuse("the range of a sum is {i, first, last}", bounds.span)
                first = parts[1] if len(parts) == 3 else number(1, bounds.span)
                stop: Tree = Call("add", (parts[-1], number(1, bounds.span)), bounds.span, bounds.span)
                if isinstance(parts[-1], Literal) and isinstance(parts[-1].value, float):
                    stop = number(parts[-1].value + 1, bounds.span)
                clauses.append(Clause(parts[0].id, (first, stop)))
            return Call(function, (Comprehension(args[0], tuple(clauses), span),), span, head)

        return makes

    def called(self, name: str, args: list[Tree], span: Span, head: Span) -> Tree:
        return lookup("Mathematica", self.functions, name, args, self.source, span, head)

    def named(self, name: str, span: Span) -> Tree:
        if name in ("True", "False"):
            return Literal(name == "True", span)
        if name in ("I", "ComplexInfinity", "Indeterminate"):
            raise self.refuse(f"{name} is no real number", span, "gradcli computes with real numbers")
        if name in _CONSTANTS:
            return Name(_CONSTANTS[name], span)
        if name in ("e", "pi", "tau", "inf", "nan"):
            raise ambiguous(self.source, span, f"the variable, under another name such as {name}_", _constant(name))
        return Name(name, span)

    def part(self, tree: Tree, indices: list[Tree], span: Span) -> Tree:
        """`x[[1]]` is the first, `x[[-1]]` the last."""
        made = []
        for index in indices:
            last = isinstance(index, Call) and index.function == "neg"
            place = index.args[0] if last and isinstance(index, Call) else index
            value = place.value if isinstance(place, Literal) else None
            if not isinstance(value, float) or value < 1:
                raise self.refuse("a part is numbered 1, 2, ... or -1, -2, ...", index.span)
            made.append(number(-value if last else value - 1, index.span))
        return Call("getitem", (tree, *made), span, span)

    def factorial(self, tree: Tree, span: Span) -> Tree:
        if tree.span[1] == span[1] - 1 and self.source[tree.span[1] - 1] == "!" and tree is not self.doubled:
            return self.double_factorial(tree, span)
        return Call("gamma", (Call("add", (tree, number(1, span)), span, span),), span, span)

    def double_factorial(self, tree: Tree, span: Span) -> Tree:
        """`5!!` is 5*3*1; `tree` is `5!`."""
        added = tree.args[0] if isinstance(tree, Call) and tree.function == "gamma" else tree
        base = added.args[0] if isinstance(added, Call) and added.function == "add" else added
        value = base.value if isinstance(base, Literal) and isinstance(base.value, float) else -1.0
        if not value.is_integer() or not 0 <= value <= _HIGHEST:
            hint = "write Gamma[x + 1] for x!, and (x!)! for the factorial of a factorial"
            raise self.refuse(
                f"the double factorial '{self.source[slice(*span)]}' is read of whole numbers", span, hint
            )
        self.doubled = number(math.prod(range(int(value), 0, -2)), span)
        return self.doubled


def _paired(tokens: list[Token]) -> list[Token]:
    """The tokens with `]]` where it closes `[[`, as against two calls."""
    found: list[Token] = []
    opened: list[str] = []
    skipped = -1
    for i, token in enumerate(tokens):
        if i == skipped:
            continue
        if token.kind == "open":
            opened.append(token.text)
        elif token.kind == "close":
            double = bool(opened) and opened.pop() == "[["
            if double and token.text == "]" and tokens[i + 1].text == "]":
                token = token._replace(text="]]", end=tokens[i + 1].end)
                skipped = i + 1
        found.append(token)
    return found


def _constant(name: str) -> str:
    return {"e": "E", "pi": "Pi", "inf": "Infinity"}.get(name, f"gradcli's constant {name}")
