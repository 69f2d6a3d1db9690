"""SymPy's expressions, as `str` prints them: Python's, with SymPy's functions."""

from __future__ import annotations

import re
from collections.abc import Mapping

from gradcli.errors import SyntaxProblem
from gradcli.lang.notation.functions import MANY, Entry, Makes, lookup, piecewise, product, same
from gradcli.lang.notation.grammar import ADD, BITS, COMPARE, MUL, POWER, UNARY, Binary, Grammar, ambiguous, read
from gradcli.lang.notation.sympy_matrices import Matrices
from gradcli.lang.tree.nodes import Call, Literal, Name, Program, Span, Tree

__all__ = ["read_sympy"]

_TOKENS = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[^\W\d]\w*)|(?P<open>[(\[])|(?P<close>[)\]])"
    r"|(?P<comma>,)|(?P<op>\*\*|<=|>=|==|!=|\.T\b|[-+*/<>&|~^%@])|(?P<bad>\S))"
)
_ENTRYWISE = (
    "sin cos tan cot sec csc asin acos atan acot asec acsc sinh cosh tanh coth sech csch exp sqrt cbrt sign asinh "
    "acosh atanh gamma digamma erf erfc floor"
)
_RELATIONS = {
    "Eq": "equal", "Ne": "not_equal", "Lt": "less", "Le": "less_equal", "Gt": "greater", "Ge": "greater_equal",
}  # fmt: skip
_CONSTANTS = {"pi": "pi", "E": "e", "oo": "inf", "nan": "nan"}


def read_sympy(source: str, ranks: Mapping[str, int | None] | None = None) -> Program:
    """The program of an expression of SymPy.

    Raises:
        SyntaxProblem: for what is not read of it, with its place.

    >>> from gradcli.lang import unparse
    >>> unparse(read_sympy("Max(x, 0)**Rational(1, 2) + Piecewise((E, x < 1), (Abs(x), True))"))
    'maximum(x, 0)**(1/2) + (e if x < 1 else abs(x))'
    """
    return _SymPy(source, ranks or {}).program()


class _SymPy:
    """One text, and what its names and calls mean."""

    def __init__(self, source: str, ranks: Mapping[str, int | None]) -> None:
        self.source = source
        self.matrices = Matrices(source, ranks)
        self.functions: dict[str, Entry] = {
            **{name: (self.applied(name), 1, 1) for name in _ENTRYWISE.split()},
            **same("atan2 polygamma beta", 2, 2),
            **{name: (function, 2, 2) for name, function in _RELATIONS.items()},
            "diff": (self.derivative, 2, MANY), "Derivative": (self.derivative, 2, MANY),
            "log": (self.logarithm, 1, 2), "ln": (self.applied("log"), 1, 1), "Abs": (self.applied("abs"), 1, 1),
            "abs": (self.applied("abs"), 1, 1), "factorial": (self.factorial, 1, 1),
            "ceiling": (self.applied("ceil"), 1, 1), "loggamma": (self.applied("gammaln"), 1, 1),
            "Max": (product("maximum"), 1, MANY), "Min": (product("minimum"), 1, MANY), "Pow": (self.over("pow"), 2, 2),
            "Add": (self.over("add"), 1, MANY),
            "Mul": (self.over("mul"), 1, MANY), "And": (product("logical_and"), 1, MANY),
            "Or": (product("logical_or"), 1, MANY), "Not": ("logical_not", 1, 1), "Rational": (self.rational, 1, 2),
            "Integer": (self.rational, 1, 1), "Float": (self.rational, 1, 1),
            "Piecewise": (self.pieces, 1, MANY), "Matrix": (self.matrix, 1, 1), "root": (self.root, 2, 2),
            "Array": (lambda args, span, head: args[0], 1, 1),
            "Heaviside": (self.step, 1, 2), "Trace": ("trace", 1, 1), "trace": ("trace", 1, 1),
            "Determinant": ("det", 1, 1), "det": ("det", 1, 1), "HadamardProduct": (product("mul"), 2, MANY),
            "Mod": ("mod", 2, 2),
        }  # fmt: skip

    def program(self) -> Program:
        """The program."""
        binary = {
            "|": Binary(BITS, "logical_or"), "&": Binary(BITS, "logical_and"), "<": Binary(COMPARE, "less"),
            "<=": Binary(COMPARE, "less_equal"), ">": Binary(COMPARE, "greater"),
            ">=": Binary(COMPARE, "greater_equal"),
            "==": Binary(COMPARE, "equal"), "!=": Binary(COMPARE, "not_equal"), "+": Binary(ADD, "add"),
            "-": Binary(ADD, "sub"), "*": Binary(MUL, "mul"), "/": Binary(MUL, "div"), "%": Binary(MUL, "mod"),
            "@": Binary(MUL, "matmul"), "**": Binary(POWER, "pow", right=True), "^": Binary(ADD, "pow"),
        }  # fmt: skip
        grammar = Grammar(
            "SymPy", _TOKENS, binary, {"-": (UNARY, "neg"), "+": (UNARY, ""), "~": (UNARY, "logical_not")},
            self.called, self.named, {".T": self.matrices.transposed},
            lists=frozenset("[("), joined=self.joined, signed=self.matrices.signed,
        )  # fmt: skip
        return Program(self.source, (), read(grammar, self.source))

    def refuse(self, message: str, span: Span, hint: str) -> SyntaxProblem:
        return SyntaxProblem(message, source=self.source, span=span, hint=hint)

    def rational(self, args: list[Tree], span: Span, head: Span) -> Tree:
        return Call("div", (args[0], args[1]), span, head) if len(args) == 2 else args[0]

    def logarithm(self, args: list[Tree], span: Span, head: Span) -> Tree:
        logs = [self.matrices.applied("log", arg, span, head) for arg in args]
        return Call("div", tuple(logs), span, head) if len(logs) == 2 else logs[0]

    def pieces(self, args: list[Tree], span: Span, head: Span) -> Tree:
        del head
        pairs: list[tuple[Tree, Tree]] = []
        for arg in args:
            if not isinstance(arg, Call) or arg.function != "array" or len(arg.args) != 2:
                raise self.refuse("a piece is (value, condition)", arg.span, "write Piecewise((value, condition), ...)")
            pairs.append((arg.args[0], arg.args[1]))
        value, condition = pairs[-1]
        if not isinstance(condition, Literal) or condition.value is not True:
            raise self.refuse("where no condition holds there is no value", span, "end with (value, True)")
        return piecewise(pairs[:-1], value, span)

    def matrix(self, args: list[Tree], span: Span, head: Span) -> Tree:
        del head
        if self.matrices.rank(args[0]) == 0:
            raise self.refuse("a matrix is made of lists", span, "write Matrix([[a, b], [c, d]]), or tell its shape")
        return self.matrices.wrote(args[0])

    def root(self, args: list[Tree], span: Span, head: Span) -> Tree:
        inverse = Call("div", (Literal(1.0, span), args[1]), span, head)
        return self.matrices.joined("pow", args[0], inverse, span, head)

    def applied(self, function: str) -> Makes:
        return lambda args, span, head: self.matrices.applied(function, args[0], span, head)

    def over(self, function: str) -> Makes:
        """An operator over all arguments, from the left."""

        def makes(args: list[Tree], span: Span, head: Span) -> Tree:
            tree = args[0]
            for arg in args[1:]:
                tree = self.matrices.joined(function, tree, arg, span, head)
            return tree

        return makes

    def derivative(self, args: list[Tree], span: Span, head: Span) -> Tree:
        """`Derivative(f, (x, 2), y)`."""
        by: list[Tree] = []
        for arg in args[1:]:
            by += arg.args if isinstance(arg, Call) and arg.function == "array" else [arg]
        return Call("diff", (args[0], *by), span, head)

    def factorial(self, args: list[Tree], span: Span, head: Span) -> Tree:
        return Call("gamma", (Call("add", (args[0], Literal(1.0, span)), span, head),), span, head)

    def step(self, args: list[Tree], span: Span, head: Span) -> Tree:
        half = args[1] if len(args) == 2 else Literal(0.5, span)
        return Call("heaviside", (args[0], half), span, head)

    def called(self, name: str, args: list[Tree], span: Span, head: Span) -> Tree:
        return lookup("SymPy", self.functions, name, args, self.source, span, head)

    def named(self, name: str, span: Span) -> Tree:
        if name in ("True", "False"):
            return Literal(name == "True", span)
        if name == "I":
            raise self.refuse("I is the imaginary unit", span, "gradcli computes with real numbers")
        if name in _CONSTANTS:
            return Name(_CONSTANTS[name], span)
        if name in ("e", "tau", "inf"):
            raise ambiguous(
                self.source, span, f"a symbol of another name, such as {name}_", f"{name} as gradcli's constant"
            )
        return Name(name, span)

    def joined(self, text: str, function: str, left: Tree, right: Tree, span: Span, head: Span) -> Tree:
        if text == "^":
            raise ambiguous(self.source, span, "x**y, a power", "Xor(x, y), which ^ is in SymPy")
        return self.matrices.joined(function, left, right, span, head)
