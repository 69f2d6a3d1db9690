"""The notation of matrixcalculus.org: `x'*A*x`, `norm2(A*x - b)^2`, `tr(A*X'*B)`, `log(exp(x) + vector(1))`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from gradcli.lang.notation.functions import Entry, Makes, lookup
from gradcli.lang.notation.grammar import ADD, MUL, POWER, UNARY, Binary, Grammar, ambiguous, read
from gradcli.lang.notation.kinds import Kinds, bare
from gradcli.lang.tree.nodes import Call, Literal, Name, Program, Span, Tree

__all__ = ["read_matrixcalculus"]

_TOKENS = re.compile(
    r"\s*(?:(?P<number>(?:\d+(?:\.\d+|\.(?![*/^]))?|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[^\W\d]\w*)|(?P<open>\()"
    r"|(?P<close>\))|(?P<comma>,)|(?P<op>\.\*|\./|\.\^|[-+*/^'])|(?P<bad>\S))"
)
_ENTRYWISE = {
    "exp": "exp", "log": "log", "sin": "sin", "cos": "cos", "tan": "tan", "asin": "asin", "acos": "acos",
    "atan": "atan", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "tanh": "tanh", "sqrt": "sqrt", "abs": "abs",
    "sign": "sign", "relu": "relu", "sinh": "sinh", "cosh": "cosh",
}  # fmt: skip


def read_matrixcalculus(source: str, ranks: Mapping[str, int | None] | None = None) -> Program:
    """The program of an expression of matrixcalculus.org.

    Args:
        source: the text.
        ranks: for each variable how many axes it has, None where that is not known; of those that are not among them
            it is taken that they are numbers, if there are any.

    Raises:
        SyntaxProblem: for what is not read of it, and for a product of what is not known, with the place.

    >>> from gradcli.lang import unparse
    >>> unparse(read_matrixcalculus("x'*A*x + norm2(A*x)^2 + x'*vector(1)", {"x": 1, "A": 2}))
    'x @ A @ x + norm(A @ x)**2 + sum(x)*1'
    """
    return _MatrixCalculus(source, ranks or {}).program()


class _MatrixCalculus:
    """One text, and what its names and calls mean."""

    def __init__(self, source: str, ranks: Mapping[str, int | None]) -> None:
        self.source = source
        self.ranks = ranks
        self.kinds = Kinds(self.source, ranks or {})
        self.functions: dict[str, Entry] = {
            **{theirs: (self.entrywise(ours), 1, 1) for theirs, ours in _ENTRYWISE.items()},
            "norm1": (self.norm(1), 1, 1), "norm2": (self.norm(2), 1, 1), "sum": (self.number_of("sum"), 1, 1),
            "tr": (self.number_of("trace", "matrix"), 1, 1), "det": (self.number_of("det", "matrix"), 1, 1),
            "logdet": (self.number_of("logdet", "matrix"), 1, 1), "inv": (self.kinds.inverse, 1, 1),
            "diag": (self.diagonal, 1, 1),
            "vector": (self.ones("ones column"), 1, 1), "matrix": (self.ones("ones matrix"), 1, 1),
        }  # fmt: skip

    def program(self) -> Program:
        """The program."""
        grammar = Grammar(
            "matrixcalculus.org", _TOKENS,
            {
                "+": Binary(ADD, "add"), "-": Binary(ADD, "sub"), "*": Binary(MUL, "matmul"), "/": Binary(MUL, "div"),
                ".*": Binary(MUL, "mul"), "./": Binary(MUL, "div"), "^": Binary(POWER, "pow"),
                ".^": Binary(POWER, "pow"),
            },
            {"-": (UNARY, "neg"), "+": (UNARY, "")}, self.called, self.named, {"'": self.kinds.transposed}, {"(": ")"},
            frozenset("("), frozenset(), joined=self.joined, postfixed=POWER, signed=self.kinds.signed,
        )  # fmt: skip
        tree = self.sized(read(grammar, self.source))
        return Program(self.source, (), without_turns(tree))

    def sized(self, tree: Tree) -> Tree:
        """A tree, of which the size is known; that of vector(1) is not, unless something of a size stands beside it."""
        if self.kinds.of(tree).startswith("ones"):
            text = self.source[slice(*tree.span)]
            hint = "put beside it what has its size, as in vector(1)'*x"
            raise self.kinds.refuse(f"the size of '{text}' is not known", tree.span, hint)
        return tree

    def entrywise(self, function: str) -> Makes:
        def makes(args: list[Tree], span: Span, head: Span) -> Tree:
            return self.kinds.note(Call(function, (bare(args[0]),), span, head), self.kinds.of(args[0]))

        return makes

    def number_of(self, function: str, *wanted: str) -> Makes:
        def makes(args: list[Tree], span: Span, head: Span) -> Tree:
            kind = self.kinds.of(self.sized(args[0]))
            if wanted and kind not in (*wanted, "unknown"):
                raise self.kinds.refuse(
                    f"{self.source[slice(*head)]} takes a {' or a '.join(wanted)}, not a {kind}", span
                )
            return Call(function, (bare(args[0]),), span, head)

        return makes

    def norm(self, order: int) -> Makes:
        def makes(args: list[Tree], span: Span, head: Span) -> Tree:
            kind = self.kinds.of(self.sized(args[0]))
            if kind == "matrix":
                text = self.source[slice(*args[0].span)]
                first = f"norm({text}), of all entries" if order == 2 else f"sum(abs({text})), of all entries"
                raise ambiguous(self.source, span, first, f"norm({text}, {order}), of the matrix")
            if order == 2:
                return Call("norm", (bare(args[0]),), span, head)
            return Call("sum", (Call("abs", (bare(args[0]),), span, head),), span, head)

        return makes

    def diagonal(self, args: list[Tree], span: Span, head: Span) -> Tree:
        kind = self.kinds.of(self.sized(args[0]))
        if kind == "unknown":
            raise self.kinds.untold(span, "the diagonal of a matrix", "the matrix that has a vector as its diagonal")
        return self.kinds.note(Call("diag", (bare(args[0]),), span, head), "column" if kind == "matrix" else "matrix")

    def ones(self, kind: str) -> Makes:
        def makes(args: list[Tree], span: Span, head: Span) -> Tree:
            del head
            if self.kinds.of(args[0]) != "number" or not isinstance(args[0], Literal | Name):
                raise self.kinds.refuse("vector and matrix take a number", span)
            # The size is that of what stands beside it; entry by entry the number alone does the same.
            return self.kinds.note(Call("pos", (args[0],), span, span), kind)

        return makes

    def called(self, name: str, args: list[Tree], span: Span, head: Span) -> Tree:
        return lookup("matrixcalculus.org", self.functions, name, args, self.source, span, head)

    def named(self, name: str, span: Span) -> Tree:
        if name in ("pi", "e", "tau", "inf", "nan") and name not in self.ranks:
            raise ambiguous(self.source, span, "a variable, under another name", f"gradcli's constant {name}")
        return Name(name, span)

    def joined(self, text: str, function: str, left: Tree, right: Tree, span: Span, head: Span) -> Tree:
        if text == "*":
            return self.kinds.product(left, right, span, head)
        if text == "/":
            return self.kinds.divided(left, right, span, head)
        if text == "^":
            return self.kinds.raised(left, right, span, head)
        return self.kinds.entrywise(function, left, right, span, head)


def without_turns(tree: Tree) -> Tree:
    """A tree without the marks of vectors that are turned."""
    from gradcli.lang.tree.derivatives import replaced

    def replacement(node: Name | Call, _: bool) -> Tree | None:
        return node.args[0] if isinstance(node, Call) and node.function == "pos" else None

    return replaced(tree, replacement)
