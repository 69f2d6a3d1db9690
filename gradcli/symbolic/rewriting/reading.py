"""From a formula to a SymPy expression that is free to be rewritten, and the conditions under which it has a value.

SymPy's algebra makes 1 of x/x and x of exp(log(x)) as soon as it is asked to divide. So the conditions are noted
while the formula is read, operation by operation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import sympy

from gradcli.lang import Call, Literal, Name, Program, is_conditional, run
from gradcli.ops.calls.read import read_program
from gradcli.symbolic.numbers.decimals import shortest_decimal
from gradcli.symbolic.numbers.errors import Inexpressible
from gradcli.symbolic.rewriting.domains import Domain

__all__ = ["NAMED", "OWN", "Reading", "read"]

_LARGEST = 10**6
"""The largest numerator and denominator of a number that SymPy computes with; others are symbols to it."""

NAMED = {"e": sympy.E, "pi": sympy.pi, "tau": 2 * sympy.pi}

OWN = {
    "abs": sympy.Abs, "acos": sympy.acos, "acosh": sympy.acosh, "acot": sympy.acot, "acoth": sympy.acoth,
    "acsc": sympy.acsc, "acsch": sympy.acsch, "asec": sympy.asec, "asech": sympy.asech, "asin": sympy.asin,
    "asinh": sympy.asinh, "atan": sympy.atan, "atanh": sympy.atanh, "cos": sympy.cos, "cosh": sympy.cosh,
    "cot": sympy.cot, "coth": sympy.coth, "csc": sympy.csc, "csch": sympy.csch, "erf": sympy.erf, "erfc": sympy.erfc,
    "exp": sympy.exp, "gamma": sympy.gamma, "log": sympy.log, "sec": sympy.sec, "sech": sympy.sech,
    "sign": sympy.sign, "sin": sympy.sin, "sinh": sympy.sinh, "sqrt": sympy.sqrt, "tan": sympy.tan, "tanh": sympy.tanh,
}  # fmt: skip
"""Functions that SymPy knows under the same name with the same meaning for real arguments."""

_OPAQUE = frozenset({
    "asinh", "beta", "betaln", "cbrt", "deg2rad", "digamma", "erfcx", "erfinv", "exp2", "expm1", "i0", "i1",
    "j0", "j1", "lgamma", "log10", "log1p", "log2", "log_ndtr", "log_sigmoid", "logaddexp", "logit", "ndtr",
    "rad2deg", "sigmoid", "silu", "sinc", "softplus",
})  # fmt: skip
"""Functions that are left as they are: to SymPy they are functions that it knows nothing of."""


class Reading(NamedTuple):
    """A formula that was read.

    Attributes:
        expression: SymPy's.
        domain: where it has a value.
        symbols: for each symbol the tree that it stands for, a variable, an entry of one or a number.
        decimals: whether numbers in it are written as decimals.
    """

    expression: Any
    domain: Domain
    symbols: dict[Any, Name | Call | Literal]
    decimals: bool = False


def read(text: str) -> Reading:
    """Read a formula of a single number.

    Raises:
        Problem: if it is none.
        Inexpressible: for what has no counterpart that may be rewritten: conditions, arrays.

    >>> found = read("x*x**2/x")
    >>> found.expression, found.domain.told()
    (x**2, ['x != 0'])
    """
    program = read_program(text, {})
    return _Reader(program).reading()


class _Entry(NamedTuple):
    """An array, on its way into an index."""

    name: Name


class _Reader:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.domain = Domain()
        self.symbols: dict[Any, Name | Call | Literal] = {}
        self.known: dict[str, Any] = {}
        self.decimals = False

    def reading(self) -> Reading:
        """The whole program."""
        result = self._number(run(self.program, self._literal, self._name, self._call))
        return Reading(result, self.domain, self.symbols, self.decimals)

    def _symbol(self, key: str, tree: Name | Call | Literal, **facts: bool) -> Any:
        if key not in self.known:
            self.known[key] = sympy.Symbol(key, real=True, **facts)
            self.symbols[self.known[key]] = tree
        return self.known[key]

    def _literal(self, node: Literal) -> Any:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, float):
            raise Inexpressible("a formula with such a literal is not rewritten")
        try:
            exact = shortest_decimal(value)
        except ValueError:
            raise Inexpressible("a formula with a number that is not finite is not rewritten") from None
        if max(abs(exact.numerator), exact.denominator) <= _LARGEST:
            self.decimals |= exact.denominator != 1
            return sympy.Rational(exact.numerator, exact.denominator)
        return self._symbol(repr(value), node, positive=True)

    def _name(self, node: Name) -> Any:
        if node.id in NAMED:
            return NAMED[node.id]
        return _Entry(node)

    def _number(self, value: Any) -> Any:
        return self._symbol(value.name.id, value.name) if isinstance(value, _Entry) else value

    def _call(self, node: Call, args: list[Any], keywords: dict[str, Any]) -> Any:
        if node.function == "getitem" and isinstance(args[0], _Entry) and all(a.is_Integer for a in args[1:]):
            indices = ", ".join(str(a) for a in args[1:])
            return self._symbol(f"{args[0].name.id}[{indices}]", node)
        if keywords or is_conditional(node):
            raise Inexpressible(f"{node.function} is not rewritten")
        numbers = [self._number(arg) for arg in args]
        rule = _RULES.get(node.function)
        if rule is not None:
            return rule(self.domain, *numbers)
        if node.function in OWN:
            self.domain.apply(node.function, numbers)
            return OWN[node.function](*numbers)
        if node.function in _OPAQUE:
            self.domain.apply(node.function, numbers)
            return sympy.Function(node.function, real=True)(*numbers)
        raise Inexpressible(f"{node.function} is not rewritten")


def _divided(domain: Domain, a: Any, b: Any) -> Any:
    domain.nonzero(b)
    if b.is_zero:
        raise Inexpressible("a division by 0 is not rewritten")
    return a / b


def _power(domain: Domain, a: Any, b: Any) -> Any:
    domain.power(a, b)
    if a.is_zero and b.is_negative:
        raise Inexpressible("a division by 0 is not rewritten")
    return a**b if b.is_number else sympy.factor(a) ** b


_RULES: dict[str, Callable[..., Any]] = {
    "add": lambda domain, a, b: a + b,
    "div": _divided,
    "hypot": lambda domain, a, b: sympy.sqrt(a**2 + b**2),
    "mul": lambda domain, a, b: a * b,
    "neg": lambda domain, a: -a,
    "pos": lambda domain, a: a,
    "pow": _power,
    "reciprocal": lambda domain, a: _divided(domain, sympy.S.One, a),
    "square": lambda domain, a: a**2,
    "sub": lambda domain, a, b: a - b,
}
