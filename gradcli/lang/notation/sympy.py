"""SymPy's expressions, as `str` prints them: Python's, with SymPy's functions."""

from __future__ import annotations

import re
from collections.abc import Mapping

from gradcli.errors import SyntaxProblem
from gradcli.lang.notation.functions import MANY, Entry, lookup, piecewise, product, same
from gradcli.lang.notation.grammar import ADD, BITS, COMPARE, MUL, POWER, UNARY, Binary, Grammar, ambiguous, read
from gradcli.lang.tree.nodes import Call, Literal, Name, Program, Span, Tree

__all__ = ["read_sympy"]

_TOKENS = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[^\W\d]\w*)|(?P<open>[(\[])|(?P<close>[)\]])"
    r"|(?P<comma>,)|(?P<op>\*\*|<=|>=|==|!=|[-+*/<>&|~^%@])|(?P<bad>\S))"
)
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
        self.ranks = ranks
        self.functions: dict[str, Entry] = {
            **same("sin cos tan cot sec csc asin acos atan acot asec acsc sinh cosh tanh coth sech csch exp sqrt"),
            **same("cbrt sign asinh acosh atanh gamma digamma erf erfc floor"),
            **same("atan2 polygamma beta", 2, 2),
            **same("diff", 2, MANY),
            "log": (self.logarithm, 1, 2), "ln": ("log", 1, 1), "Abs": ("abs", 1, 1), "abs": ("abs", 1, 1),
            "ceiling": ("ceil", 1, 1), "loggamma": ("gammaln", 1, 1), "Max": (product("maximum"), 1, MANY),
            "Min": (product("minimum"), 1, MANY), "Pow": ("pow", 2, 2), "Add": (product("add"), 1, MANY),
            "Mul": (product("mul"), 1, MANY), "And": (product("logical_and"), 1, MANY),
            "Or": (product("logical_or"), 1, MANY), "Not": ("logical_not", 1, 1), "Rational": (self.rational, 1, 2),
            "Integer": (self.rational, 1, 1), "Float": (self.rational, 1, 1),
            "Piecewise": (self.pieces, 1, MANY), "Matrix": (self.matrix, 1, 1), "Array": (self.matrix, 1, 1),
            "root": (self.root, 2, 2),
            "Heaviside": (self.step, 1, 2), "Derivative": ("diff", 2, MANY), "Mod": ("mod", 2, 2),
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
            self.called, self.named,
            lists=frozenset("[("), joined=self.joined,
        )  # fmt: skip
        return Program(self.source, (), read(grammar, self.source))

    def refuse(self, message: str, span: Span, hint: str) -> SyntaxProblem:
        return SyntaxProblem(message, source=self.source, span=span, hint=hint)

    def rational(self, args: list[Tree], span: Span, head: Span) -> Tree:
        return Call("div", (args[0], args[1]), span, head) if len(args) == 2 else args[0]

    def logarithm(self, args: list[Tree], span: Span, head: Span) -> Tree:
        logs = [Call("log", (arg,), span, head) for arg in args]
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
        del span, head
        return args[0]

    def root(self, args: list[Tree], span: Span, head: Span) -> Tree:
        return Call("pow", (args[0], Call("div", (Literal(1.0, span), args[1]), span, head)), span, head)

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
        return Call(function, (left, right), span, head)
