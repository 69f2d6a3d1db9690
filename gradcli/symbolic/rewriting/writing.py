"""From a SymPy expression back to a formula in the language."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy

from gradcli.lang import Call, Literal, Name, Program, Tree, unparse
from gradcli.symbolic.numbers.decimals import shortest_decimal
from gradcli.symbolic.numbers.errors import Inexpressible
from gradcli.symbolic.numbers.traversal import nodes

__all__ = ["write"]

_NOWHERE = (0, 0)

_NAMES = {
    sympy.Abs: "abs", sympy.acos: "acos", sympy.acosh: "acosh", sympy.acot: "acot", sympy.acoth: "acoth",
    sympy.acsc: "acsc", sympy.acsch: "acsch", sympy.asec: "asec", sympy.asech: "asech", sympy.asin: "asin",
    sympy.asinh: "asinh", sympy.atan: "atan", sympy.atanh: "atanh", sympy.cos: "cos", sympy.cosh: "cosh",
    sympy.cot: "cot", sympy.coth: "coth", sympy.csc: "csc", sympy.csch: "csch", sympy.erf: "erf", sympy.erfc: "erfc",
    sympy.exp: "exp", sympy.gamma: "gamma", sympy.log: "log", sympy.sec: "sec", sympy.sech: "sech",
    sympy.sign: "sign", sympy.sin: "sin", sympy.sinh: "sinh", sympy.tan: "tan", sympy.tanh: "tanh",
}  # fmt: skip

_ROUND = 10**6
"""What the divisors of decimals divide."""

_CONSTANTS = {sympy.pi: "pi", sympy.E: "e"}


def write(expression: Any, symbols: Mapping[Any, Tree], decimals: bool = False) -> str:
    """A formula that computes an expression.

    Args:
        expression: of numbers, symbols and functions that the language has.
        symbols: what symbols stand for, where it is not a variable of that name.
        decimals: whether 11/10 is written 1.1.

    Raises:
        Inexpressible: for anything else.

    >>> x, y = sympy.symbols("x y", real=True)
    >>> write(-sympy.sqrt(x) * sympy.exp(-x) / (2 * y**2) + 1, {})
    '1 - sqrt(x)*exp(-x)/(2*y**2)'
    """
    writer = _Writer(symbols, decimals)
    for node in nodes(expression, dict.fromkeys(expression.free_symbols)):
        writer.made[node] = writer.tree(node)
    return unparse(Program("", (), writer.made[expression]))


class _Writer:
    """The trees of the parts of an expression."""

    def __init__(self, symbols: Mapping[Any, Tree], decimals: bool) -> None:
        self.symbols = symbols
        self.decimals = decimals
        self.made: dict[Any, Tree] = {}

    def tree(self, node: Any) -> Tree:
        """The tree of a part, given those of its arguments."""
        if node in self.symbols:
            return self.symbols[node]
        if node.is_Symbol:
            return Name(node.name, _NOWHERE)
        if node.is_Rational:
            return self.number(node)
        if node in _CONSTANTS:
            return Name(_CONSTANTS[node], _NOWHERE)
        if node.is_Add:
            return self.sum(node)
        if node.is_Mul:
            return self.product(node.as_ordered_factors())
        if node.is_Pow:
            return self.product([node])
        if node.func in _NAMES and len(node.args) == 1:
            return _call(_NAMES[node.func], self.made[node.args[0]])
        if isinstance(node, sympy.polygamma) and node.args[0] == 0:
            return _call("digamma", self.made[node.args[1]])
        if isinstance(node, sympy.core.function.AppliedUndef):
            return _call(node.func.__name__, *[self.made[arg] for arg in node.args])
        raise Inexpressible(f"the language has no {type(node).__name__}")

    def decimal(self, number: Any) -> Tree | None:
        """A number as a decimal of few digits; None where it is none."""
        if not self.decimals or number.is_Integer or _ROUND % number.q:
            return None
        return (
            Literal(float(number), _NOWHERE)
            if shortest_decimal(float(number)) == Fraction(number.p, number.q)
            else None
        )

    def number(self, number: Any) -> Tree:
        """A rational number."""
        if abs(number.p) >= 2**53 or number.q >= 2**53:
            raise Inexpressible("a number that is no float64")
        decimal = self.decimal(number)
        if decimal is not None:
            return decimal
        above = Literal(float(number.p), _NOWHERE)
        return above if number.q == 1 else _call("div", above, Literal(float(number.q), _NOWHERE))

    def sum(self, node: Any) -> Tree:
        """Terms in SymPy's order, the first positive one in front."""
        terms = list(node.as_ordered_terms())
        first = next((i for i, term in enumerate(terms) if not term.could_extract_minus_sign()), 0)
        terms = [terms[first], *terms[:first], *terms[first + 1 :]]
        total: Tree | None = None
        for term in terms:
            negative = total is not None and term.could_extract_minus_sign()
            part = self.negated(term) if negative else self.made[term]
            total = part if total is None else _call("sub" if negative else "add", total, part)
        assert total is not None
        return total

    def negated(self, term: Any) -> Tree:
        """A term without its sign."""
        if term.is_Rational:
            return self.number(-term)
        if term.is_Mul:
            coefficient, *others = term.as_ordered_factors()
            if coefficient.is_Rational and coefficient < 0:
                return self.product(others if coefficient == -1 else [-coefficient, *others])
        return _call("neg", self.made[term])

    def product(self, factors: list[Any]) -> Tree:
        """One fraction bar: factors with negative exponents below it."""
        above: list[Tree] = []
        below: list[Tree] = []
        negative = False
        for factor in factors:
            if factor.is_Rational:
                negative ^= bool(factor < 0)
                decimal = self.decimal(abs(factor))
                if decimal is not None:
                    above.insert(0, decimal)
                    continue
                if abs(factor.p) != 1:
                    above.insert(0, self.number(sympy.Integer(abs(factor.p))))
                if factor.q != 1:
                    below.insert(0, self.number(sympy.Integer(factor.q)))
                continue
            base, exponent = factor.as_base_exp() if factor.is_Pow else (factor, sympy.S.One)
            if exponent.is_Rational and exponent < 0:
                below.append(self.power(base, -exponent))
            else:
                above.append(self.power(base, exponent))
        if negative:
            first = above[0] if above else Literal(1.0, _NOWHERE)
            number = first.value if isinstance(first, Literal) else None
            above[:1] = [Literal(-number, _NOWHERE) if isinstance(number, float) else _call("neg", first)]
        top = _row(above)
        return _call("div", top, _row(below)) if below else top

    def power(self, base: Any, exponent: Any) -> Tree:
        """A power with a positive exponent."""
        if exponent == 1:
            return self.made[base]
        if exponent == sympy.Rational(1, 2):
            return _call("sqrt", self.made[base])
        if base is sympy.E:
            return _call("exp", self.made[exponent])
        return _call("pow", self.made[base], self.number(exponent) if exponent.is_Rational else self.made[exponent])


def _row(factors: list[Tree]) -> Tree:
    if not factors:
        return Literal(1.0, _NOWHERE)
    made = factors[0]
    for factor in factors[1:]:
        made = _call("mul", made, factor)
    return made


def _call(function: str, *args: Tree) -> Call:
    return Call(function, args, _NOWHERE, _NOWHERE)
