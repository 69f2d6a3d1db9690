"""Proofs that two expressions are equal wherever both have real values.

The difference is written as a rational function of the variables and of kernels that stand for functions' values
(`gradcli.symbolic.proof.kernels`), and proved to be 0 by arithmetic. Nothing is guessed and nothing is sampled; a
difference that does not come out as 0 may be 0 all the same.

What is proved: at each point where both expressions have a real value, and no sign, comparison or denominator on the
way is exactly 0, the two values are equal. A finite number of rounds is needed, as what is learnt in one (that a
variable is positive, what the common part of sin(x/2) and sin(x/3) is) changes how the next one writes things.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import Any, NamedTuple, TypeAlias

import sympy
from sympy import QQ

from gradcli.symbolic.functions.piecewise import Abs, Active, Max, Min, Sign, Step, Where
from gradcli.symbolic.functions.predicates import Ge, Gt, Le, Lt
from gradcli.symbolic.numbers.traversal import nodes, operands
from gradcli.symbolic.proof.kernels import Kernels, Polynomial, Unprovable
from gradcli.symbolic.proof.rational_functions import OutOfGenerators, RationalFunction, RationalFunctionRing

__all__ = ["PROVED", "BoundExpression", "in_kernels", "is_zero", "prove"]

PROVED = "the difference of the two is 0 by algebra"
UNPROVED = "SymPy's algebra does not decide it"

_SIZES = (12, 24, 48)
"""Generators beside the variables, at first and where these do not suffice: every monomial holds the powers of all of
them, so that arithmetic with 96 takes four times as long as with 24."""

_ROUNDS = 6
"""How often a proof begins at most: for each size, and three times more with what has been learnt. Of 86 derivatives in
the tests' corpora 79 are decided in the first round, and the others in the second."""

_EXPONENT = 64
"""The largest numerator and denominator of a constant exponent: (x + y + 1)**64 is multiplied out in 2 s, and
(x + y + 1)**128 in 26 s."""

_LARGE_EXPONENT = 1_000
"""The largest exponent of a single term, x**65 or x**1.234; (x + 1)**250 is multiplied out in 0.02 s."""

_ODD = (sympy.atan, sympy.asin, sympy.asinh, sympy.atanh, sympy.erf, sympy.erfinv)


class BoundExpression(NamedTuple):
    """An expression and what its symbols mean.

    Attributes:
        expression: SymPy's.
        bindings: the number or the expression that a symbol stands for.
        variables: for each symbol that is free a key, by which it is known in other expressions too.
    """

    expression: Any
    bindings: Mapping[Any, Any]
    variables: Mapping[Any, Any]


def prove(pairs: Iterable[tuple[BoundExpression, BoundExpression]], positive: Sequence[Any]) -> tuple[str, str]:
    """How all of the pairs were proved equal, or why not: one of two texts is empty.

    Args:
        pairs: of expressions.
        positive: the keys of variables that are positive, or linear forms of such keys, with a constant under None.
    """
    for first, second in pairs:
        if not is_zero([first, second], positive):
            return "", UNPROVED
    return PROVED, ""


def is_zero(expressions: Sequence[BoundExpression], positive: Sequence[Any] = ()) -> bool:
    """Whether the first expression less the others is proved to be 0.

    Args:
        expressions: the first, and those to subtract.
        positive: the keys of variables that are positive, or linear forms of such keys, with a constant under None.

    >>> x = sympy.Symbol("x", real=True)
    >>> double, product, other = (
    ...     BoundExpression(e, {}, {x: "x"}) for e in (sympy.sin(2*x), 2*sympy.sin(x)*sympy.cos(x), 2*sympy.sin(x))
    ... )
    >>> is_zero([double, product]), is_zero([double, other])
    (True, False)
    """
    for attempt in _attempts(expressions, positive):
        ring, kernels, values = attempt
        try:
            difference = ring.add(values[0], *[ring.scale(value, -1) for value in values[1:]])
        except OutOfGenerators:
            return False
        if not difference.numerator and not kernels.mixed:
            return True
    return False


def in_kernels(
    expression: BoundExpression, positive: Sequence[Any] = ()
) -> tuple[RationalFunctionRing, Kernels, RationalFunction] | None:
    """An expression as a rational function of variables and kernels; None where there is none.

    It is equal to the expression wherever both have a real value, as what is proved by `is_zero` is.

    >>> x = sympy.Symbol("x", real=True)
    >>> ring, _, value = in_kernels(BoundExpression(sympy.sqrt(x) * sympy.sqrt(x), {}, {x: "x"}))
    >>> value.numerator == ring.generator("x").numerator
    True
    """
    for ring, kernels, values in _attempts([expression], positive):
        if not kernels.mixed and not kernels.stale:
            return ring, kernels, values[0]
    return None


def _attempts(
    expressions: Sequence[BoundExpression], positive: Sequence[Any]
) -> Iterator[tuple[RationalFunctionRing, Kernels, list[RationalFunction]]]:
    """Expressions in kernels, again and again with what has been learnt before, until nothing new is."""
    orders = [nodes(e.expression, _followed(e)) for e in expressions]
    # What stands under a root is positive where the whole has a value, unless the root is in a branch not taken.
    branches = any(isinstance(n, Step) and not isinstance(n, Abs | Sign) for order in orders for n in order)
    names = list(dict.fromkeys(key for e in expressions for key in e.variables.values()))
    units: dict[str, Any] = {}
    known = {_polynomial(form if isinstance(form, Mapping) else {form: 1}, names) for form in positive}
    bases: set[Polynomial] = set()
    size = 0
    for _ in range(_ROUNDS):
        ring = RationalFunctionRing(_SIZES[size] + len(names))
        variables = {name: ring.generator(name) for name in names}
        kernels = Kernels(ring, units, known, bases, learns=not branches)
        try:
            values = [_value(kernels, order, e, variables) for order, e in zip(orders, expressions, strict=True)]
        except OutOfGenerators:
            size += 1
            if size == len(_SIZES):
                return
            continue
        except (Unprovable, ZeroDivisionError):
            return
        yield ring, kernels, values
        if not kernels.stale:
            return


def _polynomial(form: Mapping[Any, Any], names: Sequence[Any]) -> Polynomial:
    """A linear form with coprime integers, as factors are written in."""
    numbers = {key: Fraction(number) for key, number in form.items() if number}
    denominator = lcm(*(number.denominator for number in numbers.values()))
    whole = {key: int(number * denominator) for key, number in numbers.items()}
    divisor = gcd(*whole.values())
    return frozenset((tuple(int(name == key) for name in names), QQ(n // divisor)) for key, n in whole.items())


def _followed(bound: BoundExpression) -> dict[Any, Any]:
    """The bindings through which an expression is followed: a variable's ends at the variable, whatever its value."""
    return {**bound.bindings, **dict.fromkeys(bound.variables)}


def _value(
    kernels: Kernels, order: Sequence[Any], bound: BoundExpression, variables: Mapping[Any, RationalFunction]
) -> RationalFunction:
    """An expression as a rational function of variables and kernels.

    Args:
        kernels: which functions become.
        order: the nodes of the expression, what one is computed from before it.
        bound: the expression.
        variables: by their keys.
    """
    bindings = _followed(bound)
    known: dict[Any, RationalFunction] = {}
    for node in order:
        if node in bound.variables:
            known[node] = variables[bound.variables[node]]
        else:
            values = [known[part] for part in operands(node, bindings)]
            chosen = _choice(kernels, node, values, known) if isinstance(node, Step) else None
            known[node] = _apply(kernels, node, values) if chosen is None else chosen
    return known[bound.expression]


def _apply(kernels: Kernels, node: Any, values: list[RationalFunction]) -> RationalFunction:
    ring = kernels.ring
    if node.is_Symbol:
        if not values:
            raise Unprovable  # a number that is not finite
        return values[0]
    if node.is_Rational:
        return ring.constant(QQ(int(node.p), int(node.q)))
    rule = _RULES.get(node.func)
    if rule is not None:
        return rule(kernels, *values)
    if node is sympy.pi:
        return ring.generator(("pi",))
    if node is sympy.E:
        return kernels.exponential(ring.constant(1))
    if node.func in _ODD:
        return kernels.odd(node.func.__name__, values[0])
    if not node.args:
        raise Unprovable
    return kernels.opaque(node.func.__name__, *values)


def _power(kernels: Kernels, base: RationalFunction, exponent: RationalFunction) -> RationalFunction:
    if not exponent.denominator and exponent.numerator.is_ground:
        number = exponent.numerator.LC if exponent.numerator else QQ(0)
        if max(abs(number.numerator), number.denominator) > _EXPONENT and not _is_simple_power(base, number):
            raise Unprovable
        return kernels.root(base, number)
    return kernels.power(base, exponent)


def _is_simple_power(base: RationalFunction, exponent: Any) -> bool:
    """Whether a power with a large numerator or denominator makes few terms.

    That of a single term does, and a whole one of two; of any base the power 617/500 is the base and one root.
    """
    if exponent.denominator != 1 and abs(exponent) <= _EXPONENT:
        return True
    if any(len(factor) > 1 for factor, _ in base.denominator):
        return False
    if len(base.numerator) == 1:
        return bool(abs(exponent) <= _LARGE_EXPONENT)
    return bool(len(base.numerator) == 2 and exponent.denominator == 1 and abs(exponent) <= _LARGE_EXPONENT // 4)


def _product(kernels: Kernels, first: RationalFunction, *others: RationalFunction) -> RationalFunction:
    for other in others:
        first = kernels.ring.multiply(first, other)
    return first


def _sine(kernels: Kernels, x: RationalFunction) -> RationalFunction:
    return kernels.trigonometric(x)[0]


def _cosine(kernels: Kernels, x: RationalFunction) -> RationalFunction:
    return kernels.trigonometric(x)[1]


def _hyperbolic(kernels: Kernels, x: RationalFunction, sign: int) -> RationalFunction:
    ring = kernels.ring
    up = kernels.exponential(x)
    down = kernels.exponential(ring.scale(x, -1))
    return ring.scale(ring.add(up, ring.scale(down, sign)), QQ(1, 2))


def _sinh(kernels: Kernels, x: RationalFunction) -> RationalFunction:
    return _hyperbolic(kernels, x, -1)


def _cosh(kernels: Kernels, x: RationalFunction) -> RationalFunction:
    return _hyperbolic(kernels, x, 1)


def _arccosine(kernels: Kernels, x: RationalFunction) -> RationalFunction:
    ring = kernels.ring
    return ring.add(ring.scale(ring.generator(("pi",)), QQ(1, 2)), ring.scale(kernels.odd("asin", x), -1))


_Rule: TypeAlias = Callable[..., RationalFunction]


def _over(top: _Rule, bottom: _Rule) -> _Rule:
    return lambda kernels, x: kernels.ring.multiply(top(kernels, x), kernels.ring.invert(bottom(kernels, x)))


def _of_reciprocal(function: _Rule) -> _Rule:
    return lambda kernels, x: function(kernels, kernels.ring.invert(x))


def _odd(name: str) -> _Rule:
    return lambda kernels, x: kernels.odd(name, x)


def _one(kernels: Kernels, x: RationalFunction) -> RationalFunction:
    return kernels.ring.constant(1)


def _absolute(kernels: Kernels, x: RationalFunction) -> RationalFunction:
    return kernels.ring.multiply(x, kernels.sign(x))


def _erfc(kernels: Kernels, x: RationalFunction) -> RationalFunction:
    ring = kernels.ring
    return ring.add(ring.constant(1), ring.scale(kernels.odd("erf", x), -1))


def _chosen(
    kernels: Kernels, sign: RationalFunction, first: RationalFunction, second: RationalFunction
) -> RationalFunction:
    """The first where the sign s is 1, the second where it is -1: (a + b + s*(a - b))/2."""
    ring = kernels.ring
    total = ring.add(first, second)
    change = ring.multiply(sign, ring.add(first, ring.scale(second, -1)))
    return ring.scale(ring.add(total, change), QQ(1, 2))


def _choice(
    kernels: Kernels, node: Any, values: Sequence[RationalFunction], known: Mapping[Any, RationalFunction]
) -> RationalFunction | None:
    """A choice between two by a sign; None for any other step.

    At the place where the choice changes the sign is 0 and this is not the value: nothing is claimed there.
    """
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
    difference = kernels.ring.add(a, kernels.ring.scale(b, -1))
    if not difference.numerator:
        return None
    first, second = pair if upward else reversed(pair)
    return _chosen(kernels, kernels.sign(difference), first, second)


_RULES: dict[Any, _Rule] = {
    sympy.Add: lambda kernels, *values: kernels.ring.add(*values),
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
    sympy.acos: _arccosine,
    sympy.asec: _of_reciprocal(_arccosine),
    sympy.acsc: _of_reciprocal(_odd("asin")),
    sympy.acot: _of_reciprocal(_odd("atan")),
    sympy.asech: _of_reciprocal(lambda kernels, x: kernels.opaque("acosh", x)),
    sympy.acsch: _of_reciprocal(_odd("asinh")),
    sympy.acoth: _of_reciprocal(_odd("atanh")),
    sympy.Abs: _absolute,
    Abs: _absolute,
    sympy.sign: Kernels.sign,
    Sign: Kernels.sign,
    sympy.erfc: _erfc,
}
