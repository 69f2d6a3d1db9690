"""Functions of one-sided series: choices and roundings, powers, exponentials, and all that the table differentiates."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache

from mpmath import mp

from gradcli.lang import Call, Literal, Name, Tree, fold, parse
from gradcli.onesided.coefficients import Coefficient, as_fraction, as_mpf, is_extreme
from gradcli.onesided.series import GUARD, Context, OneSidedSeries, compose, powers_needed, worse
from gradcli.onesided.values import known_absolutely, numeric
from gradcli.ops import CONSTANTS, TABLE, Op

__all__ = ["apply", "evaluate_formula"]

_INTEGRALS = 3
"""Integrals within each other: a partial derivative whose own is infinite needs one too, perhaps without end."""

_FLAT = 8
"""The order of a remainder that is less than any power of t, in depths: far beyond all terms that matter."""

_STRIDE = 16
"""Taylor coefficients that are added at a time. A partial derivative in terms of the function itself asks for those
before, which are known by then; to come down to them one by one would be a recursion as deep as they are many."""


def apply(context: Context, op: Op, args: list[OneSidedSeries]) -> OneSidedSeries:
    """An elementwise operation or a predicate of one entry each.

    By what the operation is made of: arithmetic, comparisons, choices and rounding down are known here; one
    written out in the table is what it is written as; any other follows from its derivative.
    """
    context.spend(1)
    known = _KNOWN.get(op.name)
    if known is not None:
        return known(*args)
    if any(a.failure for a in args):
        return worse(*args)
    formula = op.piecewise or ("" if op.sympy.isidentifier() else op.sympy)
    if formula:
        return evaluate_formula(context, formula, dict(zip(op.params, args, strict=False)))
    return _smooth(context, op, args)


def evaluate_formula(context: Context, formula: str, parameters: dict[str, OneSidedSeries]) -> OneSidedSeries:
    """An expression of the table, given its parameters; `pi` is the number itself there, and no float64."""

    def literal(node: Literal) -> OneSidedSeries:
        assert isinstance(node.value, float)
        return context.number(node.value)

    def name(node: Name) -> OneSidedSeries:
        if node.id in parameters:
            return parameters[node.id]
        return context.number({"pi": +mp.pi, "e": +mp.e}.get(node.id, CONSTANTS.get(node.id)))

    def call(node: Call, args: list[OneSidedSeries], keywords: dict[str, OneSidedSeries]) -> OneSidedSeries:
        return apply(context, TABLE[node.function], args)

    return fold(_tree(formula), literal, name, call)


@cache
def _tree(formula: str) -> Tree:
    return parse(formula).result


def _power(x: OneSidedSeries, y: OneSidedSeries) -> OneSidedSeries:
    if x.failure or y.failure:
        return worse(x, y)
    if y.is_constant:
        exponent = y.constant_term
        return OneSidedSeries.failed(x.context, "unknown") if is_extreme(exponent) else x.power(as_fraction(exponent))
    if not x.terms and x.order is None:
        sign = y.sign()
        return x if sign > 0 else OneSidedSeries.failed(x.context, "undefined") if sign < 0 else x.context.number(1)
    return _exp(y * _log(x))


def _exp(x: OneSidedSeries) -> OneSidedSeries:
    """exp(a + h) = exp(a)*(1 + h + h**2/2 + ...), a being the constant term and h what goes to 0.

    What grows without bound has a series if it goes to minus infinity, where exp is less than any power of t, or if it
    is a multiple of log(t) alone, where it is a power.
    """
    if x.failure:
        return x
    context = x.context
    large = [(key, c) for key, c in x.terms if key[0] < 0 or (key[0] == 0 and key[1] > 0)]
    power = context.number(1)
    if large:
        if [key for key, _ in large] == [(Fraction(0), 1)]:  # exp(a*log(t)) is t**a
            power = OneSidedSeries(context, (((as_fraction(large[0][1]), 0), Fraction(1)),), None)
            x = OneSidedSeries(context, tuple(term for term in x.terms if term not in large), x.order)
        elif x.sign() < 0:
            return OneSidedSeries(context, (), context.depth * _FLAT)
        else:
            return OneSidedSeries.failed(context, "unknown")
    start = x.constant_term
    if is_extreme(start) or not known_absolutely(context, start):
        return OneSidedSeries.failed(context, "unknown")
    first = Fraction(1) if start == 0 else mp.exp(as_mpf(start))
    return power * compose(x.without_constant(), first, lambda k, before: before / k)


def _log(x: OneSidedSeries) -> OneSidedSeries:
    """log(c*t**q*(1 + h)) = log(c) + q*log(t) + h - h**2/2 + ..., h going to 0."""
    if x.failure:
        return x
    context = x.context
    sign = x.sign()
    if sign <= 0:
        return OneSidedSeries.failed(context, "undefined")
    (q, logs), first = x.terms[0]
    if logs or any(key[0] == q for key, _ in x.terms[1:]):
        return OneSidedSeries.failed(context, "unknown")
    head = context.number(Fraction(0) if first == 1 else mp.log(as_mpf(first)))
    if q:
        head = head + OneSidedSeries(context, (((Fraction(0), 1), q),), None)
    scale = OneSidedSeries(context, (((-q, 0), 1 / first),), None)
    tail = (x * scale).without_constant()
    return head + compose(tail, Fraction(0), lambda k, before: Fraction((-1) ** (k + 1), k))


def _floor(x: OneSidedSeries) -> OneSidedSeries:
    """A constant: the integer below the constant term, or one less at an integer that is approached from below."""
    if x.failure:
        return x
    if x.terms and (x.terms[0][0][0] < 0 or x.terms[0][0] == (Fraction(0), 1)):
        return OneSidedSeries.failed(x.context, "unknown")
    start = x.constant_term
    if is_extreme(start) or not known_absolutely(x.context, start):
        return OneSidedSeries.failed(x.context, "unknown")
    if isinstance(start, Fraction):
        is_integer, below = start.denominator == 1, start.numerator // start.denominator
    else:
        nearest = mp.nint(start)
        is_integer = abs(start - nearest) <= mp.ldexp(max(1, abs(start)), GUARD - x.context.prec)
        x.context.doubtful |= is_integer
        below = int(nearest if is_integer else mp.floor(start))
    return x.context.number(below - 1 if is_integer and x.without_constant().sign() < 0 else below)


def _where(condition: OneSidedSeries, chosen: OneSidedSeries, other: OneSidedSeries) -> OneSidedSeries:
    if condition.failure == "unknown":
        return condition
    return chosen if condition.failure or condition.sign() else other


def _compare(
    holds: Callable[[int], bool], unordered: bool = False
) -> Callable[[OneSidedSeries, OneSidedSeries], OneSidedSeries]:
    def compare(x: OneSidedSeries, y: OneSidedSeries) -> OneSidedSeries:
        if x.failure or y.failure:
            either = worse(x, y)
            return either if either.failure == "unknown" else x.context.number(int(unordered))
        return x.context.number(int(holds((x - y).sign())))

    return compare


def _logical(holds: Callable[..., bool]) -> Callable[..., OneSidedSeries]:
    def logical(*args: OneSidedSeries) -> OneSidedSeries:
        unknown = next((a for a in args if a.failure == "unknown"), None)
        return unknown or args[0].context.number(int(holds(*(bool(a.failure or a.sign()) for a in args))))

    return logical


_KNOWN: dict[str, Callable[..., OneSidedSeries]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "neg": lambda x: -x,
    "pow": _power,
    "pow_scalar": _power,
    "sqrt": lambda x: x.power(Fraction(1, 2)),
    "exp": _exp,
    "log": _log,
    "floor": _floor,
    "where": _where,
    "less": _compare(lambda s: s < 0),
    "less_equal": _compare(lambda s: s <= 0),
    "greater": _compare(lambda s: s > 0),
    "greater_equal": _compare(lambda s: s >= 0),
    "equal": _compare(lambda s: s == 0),
    "not_equal": _compare(lambda s: s != 0, unordered=True),
    "logical_and": _logical(lambda x, y: x and y),
    "logical_or": _logical(lambda x, y: x or y),
    "logical_not": _logical(lambda x: not x),
}
"""By the operation's name: what all other operations are made of."""


_HIGHER = frozenset({
    "airy_ai", "airy_aip", "airy_bi", "airy_bip", "betainc", "dellipe", "dellipeinc", "dellipk", "dellipkinc", "dzeta",
    "ellipe", "ellipeinc", "ellipk", "ellipkinc", "fresnel_c", "fresnel_s", "gammainc", "gammaincc", "hyp2f1", "iv",
    "jv", "kn", "kv", "lambertw", "struve", "yv", "zeta",
})  # fmt: skip
_SLOW = 100
"""How often the time of a usual function's value one of these takes: mpmath adds up a hypergeometric series."""


_RELATIVE = frozenset({"acosh", "acot", "acoth", "acsc", "acsch", "asec", "asinh", "atan", "erf", "tanh", "coth"})
"""Functions near a constant or a logarithm where their argument is large: that may be any other of its size."""


def _smooth(context: Context, op: Op, args: list[OneSidedSeries]) -> OneSidedSeries:
    """A function that is smooth but for points where its derivative is infinite, of one argument that moves."""
    moving = [i for i, a in enumerate(args) if not a.is_constant]
    if any(a.terms and (a.terms[0][0][0] < 0 or a.terms[0][0] == (Fraction(0), 1)) for a in args):
        return OneSidedSeries.failed(context, "unknown")
    point = [a.constant_term for a in args]
    context.spend_value(_SLOW if op.name in _HIGHER else 1)
    coarse = op.sympy not in _RELATIVE and not all(known_absolutely(context, a) for a in point)
    value = "unknown" if coarse or any(map(is_extreme, point)) else numeric(op, point)
    if isinstance(value, str):
        return OneSidedSeries.failed(context, value)
    if not moving:
        return context.number(value)
    if len(moving) > 1 or op.partials[moving[0]] is None:
        return OneSidedSeries.failed(context, "unknown")
    h = args[moving[0]].without_constant()
    most = powers_needed(h)
    coefficients: list[Coefficient] = []
    for count in (*range(_STRIDE, most, _STRIDE), most):
        longer = _taylor(context, op, point, moving[0], count, value)
        if longer is None:
            return _integrated(context, op, args, moving[0], value)
        coefficients = longer
    return compose(h, coefficients[0], lambda k, before: coefficients[k])


def _taylor(
    context: Context, op: Op, point: list[Coefficient], i: int, count: int, value: Coefficient
) -> list[Coefficient] | None:
    """The coefficients of f(a + t) up to t**count, by k*f[k] = p[k - 1] with the partial p; None if p is singular.

    A partial in terms of the function itself, as 1 - tanh(x)**2, needs the coefficients before: the recurrence of
    Taylor arithmetic (A. Griewank, A. Walther, Evaluating Derivatives, 2nd edition, 2008, chapter 13).
    """
    key = (op.name, tuple(map(str, map(as_fraction, point))), i)
    known = context.taylor.get(key, [value])
    if len(known) > count:
        return known[: count + 1]
    order = Fraction(count)
    parameters = {p: context.number(a) for p, a in zip(op.params, point, strict=True)}
    moved = parameters[op.params[i]] + OneSidedSeries(context, (((Fraction(1), 0), Fraction(1)),), None)
    parameters[op.params[i]] = OneSidedSeries(context, moved.terms, order)
    partial = op.partials[i] or "0"
    if "out" in partial:
        before = _taylor(context, op, point, i, count - 1, value) if count > 1 else [value]
        if before is None:
            return None
        terms = {(Fraction(k), 0): c for k, c in enumerate(before[:count])}
        parameters["out"] = context.series(terms, order)
    outer, context.depth = context.depth, order + 1
    try:
        slope = evaluate_formula(context, partial, parameters)
    finally:
        context.depth = outer
    if slope.failure or any(q < 0 or q.denominator != 1 or logs for (q, logs), _ in slope.terms):
        return None
    if slope.order is not None and slope.order < order:
        return None
    context.taylor[key] = [value, *(slope.at((Fraction(k - 1), 0)) / k for k in range(1, count + 1))]
    return context.taylor[key]


def _integrated(context: Context, op: Op, args: list[OneSidedSeries], i: int, value: Coefficient) -> OneSidedSeries:
    """f(a) + the integral of p(x(t))*x'(t), where the partial p is infinite at a, as that of asin at 1.

    Term by term: that of t**q is t**(q + 1)/(q + 1) unless q <= -1, where f itself would be infinite.
    """
    partial = op.partials[i] or "0"
    x = args[i]
    if "out" in partial or context.integrals == _INTEGRALS:
        return OneSidedSeries.failed(context, "unknown")
    context.integrals += 1
    try:
        slope = evaluate_formula(context, partial, dict(zip(op.params, args, strict=True)))
    finally:
        context.integrals -= 1
    end = None if x.order is None else x.order - 1
    speed = OneSidedSeries(context, tuple(((q - 1, k), c * q) for (q, k), c in x.terms if q), end)
    rate = slope * speed
    if rate.failure:
        return rate
    if any(logs or q <= -1 for (q, logs), _ in rate.terms):
        return OneSidedSeries.failed(context, "unknown")
    order = None if rate.order is None else rate.order + 1
    grown = OneSidedSeries(context, tuple(((q + 1, 0), c / (q + 1)) for (q, _), c in rate.terms), order)
    return context.number(value) + grown
