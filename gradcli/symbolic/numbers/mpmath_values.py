"""The numeric value of each SymPy function, in real arithmetic with a given precision.

Where a function has a pole the value is infinite; where it has no real value, None. Magnitudes that no
number could be written out for (exp of a number of 2,000 bits) become infinity or zero.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import sympy
from mpmath import mp

from gradcli.symbolic.numbers.errors import Inexpressible
from gradcli.symbolic.numbers.level import Level, Value

__all__ = ["RULES"]

Rule: TypeAlias = Callable[[Level, Any, Sequence[Value]], Value]
"""(level, node, values of its arguments) -> the node's value."""

_LARGEST = 2_000
"""Binary exponent of the largest argument that functions are computed for: 600 digits before the point.

That is about the product of the two largest float64 numbers. To find the sine of a number mpmath needs as many digits
of pi as the number has before the point, and exp of one as large has no exponent that would fit into the memory.
"""


def _real(value: Any) -> Value:
    """A result of mpmath's as a real number, None where it is not one."""
    if isinstance(value, mp.mpc):
        return value.real if value.imag == 0 else None
    return value


def _function(function: Callable[..., Any], bounded: bool = False) -> Rule:
    """A rule from mpmath's function; a bounded one takes no argument that is beyond writing out."""

    def rule(level: Level, node: Any, values: Sequence[Value]) -> Value:
        if any(mp.isnan(v) for v in values):
            return mp.nan
        if bounded and any(mp.isfinite(v) and mp.mag(v) > _LARGEST for v in values):
            raise Inexpressible(f"an argument of {type(node).__name__} has more than 600 digits before the point")
        try:
            return _real(function(*values))
        except (ValueError, ZeroDivisionError, OverflowError):  # mpmath's ways to name a pole
            return mp.inf if all(mp.isfinite(v) for v in values) else mp.nan

    return rule


def _exp(level: Level, node: Any, values: Sequence[Value]) -> Value:
    exponent = values[0]
    if mp.isfinite(exponent) and mp.mag(exponent) > _LARGEST:
        return mp.inf if exponent > 0 else mp.zero
    return mp.exp(exponent)


def _pow(level: Level, node: Any, values: Sequence[Value]) -> Value:
    base, exponent = values
    if exponent == 0 or base == 1:
        return mp.one
    if mp.isnan(base) or mp.isnan(exponent):
        return mp.nan
    if exponent == 0.5:
        return _real(mp.sqrt(base))
    if mp.isinf(exponent):
        return _infinite_power(abs(base), exponent)
    integral = mp.isint(exponent)
    if base == 0 or mp.isinf(base):
        return _power_of_an_end(base, exponent, integral)
    if base < 0 and not integral:
        return None
    if abs(base) == 1:
        return base if mp.isint((exponent + 1) / 2) else mp.one
    if mp.mag(exponent) + mp.mag(mp.log(abs(base))) > _LARGEST:
        return mp.inf if (abs(base) > 1) == (exponent > 0) else mp.zero
    return _real(mp.power(base, int(exponent) if integral else exponent))


def _infinite_power(base: Value, exponent: Value) -> Value:
    if base == 1:
        return mp.one
    return mp.inf if (base > 1) == (exponent > 0) else mp.zero


def _power_of_an_end(base: Value, exponent: Value, integral: bool) -> Value:
    """A power of 0 or of infinity."""
    if base < 0 and not integral:
        return None
    size = mp.zero if mp.isinf(base) == (exponent < 0) else mp.inf
    odd = integral and not mp.isint(exponent / 2)
    return -size if base < 0 and odd else size


def _inside(function: Callable[[Any], Any]) -> Rule:
    """A rule for a function that has values for |x| <= 1 alone."""
    inner = _function(function)
    return lambda level, node, values: None if abs(values[0]) > 1 else inner(level, node, values)


def _mul(level: Level, node: Any, values: Sequence[Value]) -> Value:
    product = mp.one
    for value in values:
        product *= value
    return product


def _constant(value: Callable[[], Any]) -> Rule:
    return lambda level, node, values: value()


def _rational(level: Level, node: Any, values: Sequence[Value]) -> Value:
    return mp.mpf(node.p) / node.q


def _float(level: Level, node: Any, values: Sequence[Value]) -> Value:
    return mp.make_mpf(node._mpf_)


def _polygamma(level: Level, node: Any, values: Sequence[Value]) -> Value:
    order, x = values
    if not mp.isint(order) or order < 0:
        raise Inexpressible(f"polygamma has no order {mp.nstr(order, 6)}")
    return _function(lambda x: mp.psi(int(order), x))(level, node, [x])


def _jumping(function: Callable[..., Any]) -> Rule:
    """A rule for a function that has a jump or a kink where its first argument is 0."""
    smooth = _function(function)

    def rule(level: Level, node: Any, values: Sequence[Value]) -> Value:
        level.sign(node, values[0], mp.zero)
        return smooth(level, node, values)

    return rule


def _outside(function: Callable[[Any], Any]) -> Rule:
    """A rule for an inverse secant, which has real values for |x| >= 1 alone."""
    inner = _function(function)
    return lambda level, node, values: None if abs(values[0]) < 1 else inner(level, node, values)


def _positive(function: Callable[..., Any]) -> Rule:
    """A rule for a function whose last argument is positive where it is real, and 0 where it has a pole."""
    inner = _function(function)
    return lambda level, node, values: None if values[-1] < 0 else inner(level, node, values)


RULES: dict[Any, Rule] = {
    sympy.Mul: _mul,
    sympy.Pow: _pow,
    sympy.exp: _exp,
    sympy.Rational: _rational,
    sympy.Float: _float,
    sympy.polygamma: _polygamma,
    sympy.Abs: _jumping(abs),
    sympy.sign: _jumping(mp.sign),
    sympy.atan2: _jumping(mp.atan2),
    sympy.acot: _jumping(mp.acot),
    sympy.asec: _outside(mp.asec),
    sympy.erfinv: _inside(mp.erfinv),
    sympy.besselj: _function(mp.besselj, bounded=True),
    sympy.besseli: _function(mp.besseli, bounded=True),
    sympy.besselk: _positive(mp.besselk),
    sympy.bessely: _positive(mp.bessely),
    sympy.LambertW: _function(mp.lambertw),
    sympy.Ei: _function(mp.ei),
    sympy.expint: _function(mp.expint),
    sympy.Si: _function(mp.si),
    sympy.Ci: _positive(mp.ci),
    sympy.sinc: _function(mp.sinc, bounded=True),
    sympy.fresnels: _function(mp.fresnels, bounded=True),
    sympy.fresnelc: _function(mp.fresnelc, bounded=True),
    sympy.airyai: _function(mp.airyai),
    sympy.airybi: _function(mp.airybi),
    sympy.airyaiprime: _function(lambda x: mp.airyai(x, derivative=1)),
    sympy.airybiprime: _function(lambda x: mp.airybi(x, derivative=1)),
    sympy.lowergamma: _function(lambda a, x: mp.gammainc(a, 0, x)),
    sympy.uppergamma: _function(mp.gammainc),
    sympy.betainc_regularized: _function(lambda a, b, x, y: mp.betainc(a, b, x, y, regularized=True)),
    sympy.beta: _function(mp.beta),
    sympy.acsc: _outside(mp.acsc),
    type(sympy.pi): _constant(lambda: +mp.pi),
    type(sympy.E): _constant(lambda: +mp.e),
    type(sympy.oo): _constant(lambda: mp.inf),
    type(-sympy.oo): _constant(lambda: -mp.inf),
    type(sympy.zoo): _constant(lambda: mp.inf),
    type(sympy.nan): _constant(lambda: mp.nan),
    type(sympy.I): _constant(lambda: None),
}

# mpmath takes arguments of any size for the first; for the others it would compute, or hold in memory, as many digits
# as the argument has.
_FREE = "asin acos atan asinh acosh atanh asech acsch acoth log tanh coth erf"
_BOUNDED = "sin cos tan sec csc cot sinh cosh sech csch gamma erfc"
RULES.update({getattr(sympy, name): _function(getattr(mp, name)) for name in _FREE.split()})
RULES.update({getattr(sympy, name): _function(getattr(mp, name), bounded=True) for name in _BOUNDED.split()})
