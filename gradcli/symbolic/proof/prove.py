"""Proofs that two expressions are equal wherever both have real values.

The difference is written as a quotient of polynomials in the variables and in generators that stand for functions'
values (`gradcli.symbolic.proof.kernels`), and proved to be 0 by arithmetic. Nothing is guessed and nothing is sampled;
a difference that does not come out as 0 may be 0 all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import sympy
from sympy import QQ

from gradcli.symbolic.functions.piecewise import Abs, Active, Max, Min, Sign, Step, Where
from gradcli.symbolic.functions.predicates import Ge, Gt, Le, Lt
from gradcli.symbolic.numbers.traversal import nodes, operands
from gradcli.symbolic.proof.kernels import Kernels, Positive, Unprovable
from gradcli.symbolic.proof.rational_functions import Full, Quotient, Tower

__all__ = ["PROVED", "Side", "is_zero", "proof"]

PROVED = "the difference of the two is 0 by algebra"
UNPROVED = "SymPy's algebra does not decide it"

_SIZES = (12, 24, 48)
_ROUNDS = 6
_EXPONENT = 64
_ODD = (sympy.atan, sympy.asin, sympy.asinh, sympy.atanh, sympy.erf, sympy.erfinv)

Side: TypeAlias = tuple[Any, Mapping[Any, Any], Mapping[Any, Any]]
"""An expression, what its symbols are bound to, and of those that are variables a key."""


def proof(pairs: Iterable[tuple[Side, Side]], positive: Sequence[Any]) -> tuple[str, str]:
    """How all of the pairs were proved equal, or why not: one of two texts is empty.

    Args:
        pairs: two sides each.
        positive: the keys of variables that are positive.
    """
    for first, second in pairs:
        if not is_zero([first, second], positive):
            return "", UNPROVED
    return PROVED, ""


def is_zero(sides: Sequence[Side], positive: Sequence[Any] = ()) -> bool:
    """Whether the first side less the others is proved to be 0.

    >>> x = sympy.Symbol("x", real=True)
    >>> sides = [(e, {}, {x: "x"}) for e in (sympy.sin(2*x), 2*sympy.sin(x)*sympy.cos(x))]
    >>> is_zero(sides), is_zero([sides[0], (2*sympy.sin(x), {}, {x: "x"})])
    (True, False)
    """
    orders = [nodes(expression, _only_expressions(bindings, keys)) for expression, bindings, keys in sides]
    steps = [n for order in orders for n in order if isinstance(n, Step) and not isinstance(n, Abs | Sign)]
    names = list(dict.fromkeys(key for _, _, keys in sides for key in keys.values()))
    grain: dict[str, int] = {}
    known: set[Positive] = {
        frozenset({(tuple(int(i == names.index(name)) for i in range(len(names))), QQ(1))}) for name in positive
    }
    bases: set[Positive] = set()
    size = 0
    for _ in range(_ROUNDS):
        tower = Tower(_SIZES[size] + len(names))
        variables = {name: tower.generator(name) for name in names}
        kernels = Kernels(tower, grain, known, bases, learns=not steps)
        try:
            values = [_value(kernels, order, side, variables) for order, side in zip(orders, sides, strict=True)]
            difference = tower.add(values[0], *[tower.scale(value, -1) for value in values[1:]])
        except Full:
            size += 1
            if size == len(_SIZES):
                return False
            continue
        except (Unprovable, ZeroDivisionError):
            return False
        if not difference.top:
            return True
        if not kernels.stale:
            return False
    return False


def _only_expressions(bindings: Mapping[Any, Any], keys: Mapping[Any, Any]) -> dict[Any, Any]:
    """The bindings with the variables bound to nothing that could be walked into."""
    return {**bindings, **dict.fromkeys(keys)}


def _value(kernels: Kernels, order: Sequence[Any], side: Side, variables: Mapping[Any, Quotient]) -> Quotient:
    expression, bindings, keys = side
    walked = _only_expressions(bindings, keys)
    known: dict[Any, Quotient] = {}
    for node in order:
        if node in keys:
            known[node] = variables[keys[node]]
        else:
            values = [known[part] for part in operands(node, walked)]
            chosen = _choice(kernels, node, values, known) if isinstance(node, Step) else None
            known[node] = _apply(kernels, node, values) if chosen is None else chosen
    return known[expression]


def _apply(kernels: Kernels, node: Any, values: list[Quotient]) -> Quotient:
    tower = kernels.tower
    if node.is_Symbol:
        if not values:
            raise Unprovable  # a number that is not finite
        return values[0]
    if node.is_Rational:
        return tower.constant(QQ(int(node.p), int(node.q)))
    rule = _RULES.get(node.func)
    if rule is not None:
        return rule(kernels, *values)
    if node is sympy.pi:
        return tower.generator(("pi",))
    if node is sympy.E:
        return kernels.exponential(tower.constant(1))
    if node.func in _ODD:
        return kernels.odd(node.func.__name__, values[0])
    if not node.args:
        raise Unprovable
    return kernels.opaque(node.func.__name__, *values)


def _power(kernels: Kernels, base: Quotient, exponent: Quotient) -> Quotient:
    if not exponent.bottom and exponent.top.is_ground:
        number = exponent.top.LC if exponent.top else QQ(0)
        if max(abs(number.numerator), number.denominator) > _EXPONENT:
            raise Unprovable
        return kernels.root(base, number)
    return kernels.power(base, exponent)


def _product(kernels: Kernels, first: Quotient, *others: Quotient) -> Quotient:
    for other in others:
        first = kernels.tower.multiply(first, other)
    return first


def _sine(kernels: Kernels, x: Quotient) -> Quotient:
    return kernels.trigonometric(x)[0]


def _cosine(kernels: Kernels, x: Quotient) -> Quotient:
    return kernels.trigonometric(x)[1]


def _hyperbolic(kernels: Kernels, x: Quotient, sign: int) -> Quotient:
    tower = kernels.tower
    up = kernels.exponential(x)
    down = kernels.exponential(tower.scale(x, -1))
    return tower.scale(tower.add(up, tower.scale(down, sign)), QQ(1, 2))


def _sinh(kernels: Kernels, x: Quotient) -> Quotient:
    return _hyperbolic(kernels, x, -1)


def _cosh(kernels: Kernels, x: Quotient) -> Quotient:
    return _hyperbolic(kernels, x, 1)


_Rule: TypeAlias = Callable[..., Quotient]


def _over(top: _Rule, bottom: _Rule) -> _Rule:
    return lambda kernels, x: kernels.tower.multiply(top(kernels, x), kernels.tower.invert(bottom(kernels, x)))


def _one(kernels: Kernels, x: Quotient) -> Quotient:
    return kernels.tower.constant(1)


def _absolute(kernels: Kernels, x: Quotient) -> Quotient:
    return kernels.tower.multiply(x, kernels.sign(x))


def _erfc(kernels: Kernels, x: Quotient) -> Quotient:
    tower = kernels.tower
    return tower.add(tower.constant(1), tower.scale(kernels.odd("erf", x), -1))


def _chosen(kernels: Kernels, sign: Quotient, first: Quotient, second: Quotient) -> Quotient:
    """The first where the sign is 1, the second where it is -1."""
    tower = kernels.tower
    total = tower.add(first, second)
    change = tower.multiply(sign, tower.add(first, tower.scale(second, -1)))
    return tower.scale(tower.add(total, change), QQ(1, 2))


def _choice(kernels: Kernels, node: Any, values: Sequence[Quotient], known: Mapping[Any, Quotient]) -> Quotient | None:
    """A choice between two by a sign, as it is everywhere but at the place where they change; None for another."""
    if isinstance(node, Where) and isinstance(node.args[0], Gt | Ge | Lt | Le):
        a, b = (known[part] for part in node.args[0].args)
        pair = values[1:]
        upward = isinstance(node.args[0], Gt | Ge)
    elif isinstance(node, Max | Min) and len(values) == 2:
        (a, b), pair, upward = values, values, isinstance(node, Max)
    elif isinstance(node, Active) and isinstance(node.args[0], Max | Min) and len(values) == 3:
        a, b = (known[part] for part in node.args[0].args)
        pair, upward = values[1:], isinstance(node.args[0], Max)
    else:
        return None
    difference = kernels.tower.add(a, kernels.tower.scale(b, -1))
    if not difference.top:
        return None
    first, second = pair if upward else reversed(pair)
    return _chosen(kernels, kernels.sign(difference), first, second)


_RULES: dict[Any, _Rule] = {
    sympy.Add: lambda kernels, *values: kernels.tower.add(*values),
    sympy.Mul: _product,
    sympy.Pow: _power,
    sympy.sin: _sine,
    sympy.cos: _cosine,
    sympy.tan: _over(_sine, _cosine),
    sympy.cot: _over(_cosine, _sine),
    sympy.sec: _over(_one, _cosine),
    sympy.csc: _over(_one, _sine),
    sympy.sinh: _sinh,
    sympy.cosh: _cosh,
    sympy.tanh: _over(_sinh, _cosh),
    sympy.coth: _over(_cosh, _sinh),
    sympy.sech: _over(_one, _cosh),
    sympy.csch: _over(_one, _sinh),
    sympy.exp: Kernels.exponential,
    sympy.log: Kernels.logarithm,
    sympy.Abs: _absolute,
    Abs: _absolute,
    sympy.sign: Kernels.sign,
    Sign: Kernels.sign,
    sympy.erfc: _erfc,
}
