"""The numeric value of each function by its name in the language, in real arithmetic with a given precision.

Where a function has a pole the value is infinite; where it has no real value, None. Magnitudes that no
number could be written out for (exp of a number of 2,000 bits) become infinity or zero.

It is mpmath alone that computes here: no derivative and no other value of the table of operations is used, and SymPy
need not be imported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from mpmath import mp

from gradcli.symbolic.numbers.errors import Inexpressible

if TYPE_CHECKING:
    from gradcli.symbolic.numbers.level_protocol import Level, Value

__all__ = ["VALUES", "Rule"]

Rule: TypeAlias = "Callable[[Level, Any, Sequence[Value]], Value]"
"""(level, node, values of its arguments) -> the node's value. `function` is what its class or itself is called."""

_LARGEST = 2_060
"""Binary exponent of the largest argument that functions are computed for: 620 digits before the point.

That is the product of the two largest float64 numbers, 2**2048, and a little more. To find the sine of a number mpmath
needs as many digits of pi as the number has before the point, and exp of one as large has no exponent that would fit
into the memory.
"""

_AFTER = 40
"""Bits after the point that an argument has to have: with fewer its rounding leaves no digits of the value."""

_MULTIPLIED = 64
"""Binary exponent up to which powers with whole exponents, and exp of whole numbers, are multiplied out."""

_FAR = 100
"""Binary exponent from which on the asymptotic series of erfc gives all digits that are ever asked for."""


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
        if bounded:
            _look_at_sizes(level, node, values)
        try:
            return _real(function(*values))
        except (ValueError, ZeroDivisionError):  # mpmath's ways to name a pole
            return mp.inf if all(mp.isfinite(v) for v in values) else mp.nan
        except OverflowError as error:  # a number on its own way there is too large, which says nothing of the value
            raise Inexpressible(f"mpmath has no value of {type(node).__name__} at numbers of such a size") from error

    return rule


def _look_at_sizes(level: Level, node: Any, values: Sequence[Value]) -> None:
    """Of large arguments their rounding counts: gamma(x + 1)/gamma(x) is not 1 where x + 1 is rounded to x."""
    largest = max((mp.mag(v) for v in values if v and mp.isfinite(v)), default=0)
    if largest > _LARGEST:
        raise Inexpressible(f"an argument of {type(node).__name__} has more than 600 digits before the point")
    if largest > level.prec - _AFTER:
        level.suspect(node)


def _exp(level: Level, node: Any, values: Sequence[Value]) -> Value:
    exponent = values[0]
    if mp.isfinite(exponent) and mp.mag(exponent) > _LARGEST:
        return mp.inf if exponent > 0 else mp.zero
    return _exponential(exponent)


def _exponential(x: Value) -> Value:
    """exp(x), which mpmath multiplies out for whole numbers, a product for each of their bits: not if they are huge."""
    if not (mp.isint(x) and mp.mag(x) > _MULTIPLIED):
        return mp.exp(x)
    with mp.workprec(mp.prec + mp.mag(x) + _AFTER):
        value = mp.exp(x + 0.25) * mp.exp(-0.25)
    return +value


def _erfc(x: Value) -> Value:
    """The complementary error function; far out mpmath overflows as it weighs which of its series to take.

    The asymptotic series is 7.12.1 of the NIST Digital Library of Mathematical Functions: its terms shrink by a factor
    of 2*x**2/(2*k - 1) each, so that from 2**100 on a few tens of them are enough for any precision here.
    """
    if not (mp.isfinite(x) and x > 0 and mp.mag(x) > _FAR):
        return mp.erfc(x)
    bits = mp.prec
    with mp.workprec(bits + 2 * mp.mag(x) + _AFTER):
        square = x * x
        if mp.mag(square) > _LARGEST:
            return mp.zero
        term = total = mp.one
        k = 0
        while mp.mag(term) > -bits - _AFTER:
            term *= -(2 * k + 1) / (2 * square)
            total += term
            k += 1
        value = _exponential(-square) * total / (x * mp.sqrt(mp.pi))
    return +value


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
    if integral and mp.mag(exponent) > _MULTIPLIED:
        return _by_logarithm(base, exponent)
    return _real(mp.power(base, int(exponent) if integral else exponent))


def _by_logarithm(base: Value, exponent: Value) -> Value:
    """A power with a huge whole exponent: multiplied out it would take a product for each bit of the exponent."""
    with mp.workprec(mp.prec + mp.mag(exponent) + _AFTER):
        size = mp.exp(exponent * mp.log(abs(base)))
    return -size if base < 0 and not mp.isint(exponent / 2) else +size


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


def _incomplete(function: Callable[..., Value]) -> Callable[..., Value | None]:
    """An incomplete gamma function where the table has it: below 0 it is not real, or for a whole a another's."""
    return lambda a, x: None if x < 0 else function(a, x)


def _incomplete_beta(a: Value, b: Value, x: Value, y: Value) -> Value | None:
    """The regularized incomplete beta function between two numbers of [0, 1], where the table has it."""
    return mp.betainc(a, b, x, y, regularized=True) if x >= 0 and 0 <= y <= 1 else None


VALUES: dict[str, Rule] = {
    "mul": _mul,
    "pow": _pow,
    "exp": _exp,
    "polygamma": _polygamma,
    "abs": _jumping(abs),
    "sign": _jumping(mp.sign),
    "atan2": _jumping(mp.atan2),
    "acot": _jumping(mp.acot),
    "asec": _outside(mp.asec),
    "acsc": _outside(mp.acsc),
    "erfinv": _inside(mp.erfinv),
    "jv": _function(mp.besselj, bounded=True),
    "iv": _function(mp.besseli, bounded=True),
    "kv": _positive(mp.besselk),
    "yv": _positive(mp.bessely),
    "lambertw": _function(mp.lambertw),
    "expi": _function(mp.ei),
    "expint": _function(mp.expint),
    "si": _function(mp.si),
    "ci": _positive(mp.ci),
    "sin(x)/x": _function(mp.sinc, bounded=True),
    "fresnel_s": _function(mp.fresnels, bounded=True),
    "fresnel_c": _function(mp.fresnelc, bounded=True),
    "airy_ai": _function(mp.airyai),
    "airy_bi": _function(mp.airybi),
    "airy_aip": _function(lambda x: mp.airyai(x, derivative=1)),
    "airy_bip": _function(lambda x: mp.airybi(x, derivative=1)),
    "lowergamma": _function(_incomplete(lambda a, x: mp.gammainc(a, 0, x))),
    "uppergamma": _function(_incomplete(mp.gammainc)),
    "betainc_between": _function(_incomplete_beta),
    "beta": _function(mp.beta),
    "erfc": _function(_erfc, bounded=True),
}

# mpmath takes arguments of any size for the first; for the others it would compute, or hold in memory, as many digits
# as the argument has.
_FREE = "asin acos atan asinh acosh atanh asech acsch acoth log tanh coth erf"
_BOUNDED = "sin cos tan sec csc cot sinh cosh sech csch gamma"
VALUES.update({name: _function(getattr(mp, name)) for name in _FREE.split()})
VALUES.update({name: _function(getattr(mp, name), bounded=True) for name in _BOUNDED.split()})
