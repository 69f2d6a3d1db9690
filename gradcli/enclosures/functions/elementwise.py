"""The table's elementwise operations on single entries."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

from flint import arb, arb_series

from gradcli.enclosures.functions.decide import (
    Truth,
    Undecidable,
    absolute,
    choose,
    compare,
    larger,
    logical,
    number_of,
    rounded,
    sign,
    sign_of,
    smaller,
    whole_number,
)
from gradcli.enclosures.functions.higher import (
    DERIVATIVES,
    FAMILIES,
    HIGHER,
    elliptic_integrand,
    incomplete_elliptic,
    incomplete_elliptic_along,
)
from gradcli.enclosures.functions.special import BESSEL, SPECIAL, bessel, dsinc, polygamma
from gradcli.enclosures.functions.taylor import TAYLOR, moving, padded
from gradcli.enclosures.numbers.entry import Entry, Taylor, apply_taylor, doubtful, linear_combination

__all__ = ["ELEMENTWISE", "UNIVARIATE", "divide", "function", "power"]


def function(name: str, x: Any) -> Entry:
    """A function of one number, by its name in the table."""
    return apply_taylor(name, UNIVARIATE[name], number_of(x))


UNIVARIATE: dict[str, Taylor] = {**TAYLOR, **SPECIAL, **BESSEL, **HIGHER}


def _numbers(operation: Callable[..., Entry]) -> Callable[..., Entry]:
    """An operation that computes with numbers: truth values count as 0 and 1."""

    def of(*args: Any) -> Entry:
        for arg in args:
            if type(arg) is not Entry:
                return operation(*map(number_of, args))
        return operation(*args)

    return of


def _scale(x: Entry, factor: arb) -> Entry:
    return x * Entry(x.tape, factor)


def constant(x: Entry, number: float) -> Entry:
    """A number beside another one."""
    return Entry(x.tape, arb(number))


def divide(x: Entry, y: Entry) -> Entry:
    """A quotient."""
    if y.varies:
        return x * function("reciprocal", y)
    if y.ball.is_zero():
        x.tape.doubt("a division by zero", final=True)
    return _scale(x, 1 / y.ball) if x.varies else Entry(x.tape, x.ball / y.ball)


def _whole_power(n: int) -> Taylor:
    def taylor(x: arb, length: int) -> list[arb]:
        return padded(moving(x, length) ** n, length) if length > 1 else [x**n]

    return taylor


def _real_power(exponent: arb) -> Taylor:
    def taylor(x: arb, length: int) -> list[arb]:
        if x.is_zero() and length == 1 and exponent > 0:
            return [arb(0)]
        value = x**exponent
        if length == 1:
            return [value]
        return [value, *padded((exponent * moving(x, length).log()).exp(), length)[1:]]

    return taylor


def power(x: Entry, y: Entry) -> Entry:
    """x**y; of a negative base for whole exponents alone."""
    exponent = y.ball
    if y.varies:
        return _exponential(x, y)
    if exponent.is_exact() and exponent.is_integer():
        n = whole_number(exponent)
        if n == 0:
            return constant(x, 1.0)
        if n == 1:
            return x
        if abs(n) <= _LARGEST_WHOLE:
            return apply_taylor("pow", _whole_power(n), x)
    if exponent == arb(0.5):
        return function("sqrt", x)
    return apply_taylor("pow", _real_power(exponent), x)


_LARGEST_WHOLE = 2**31
"""Exponents to which FLINT multiplies; larger ones go by way of the logarithm."""


def _exponential(x: Entry, y: Entry) -> Entry:
    """x**y for an exponent that varies: exp(y*log(x))."""
    if x.varies:
        whole = y.ball.is_exact() and y.ball.is_integer()
        if whole and x.ball < 0:
            n = whole_number(y.ball)
            return doubtful(x.tape, x.ball**n, (y,), "a negative base has no power beside a whole one") + _less_value(
                apply_taylor("pow", _whole_power(n), x)
            )
        if x.ball.is_zero() and y.ball > 0:
            return doubtful(x.tape, arb(0), (x, y), "pow has no power series at a base of 0")
        return function("exp", y * function("log", x))
    base = x.ball
    if base.is_zero() and y.ball > 0:
        return constant(y, 0.0)
    if base < 0 and y.ball.is_exact() and y.ball.is_integer():
        value = base ** whole_number(y.ball)
        return doubtful(y.tape, value, (y,), "a negative base has no power beside a whole one")
    return function("exp", _scale(y, base.log()))


def _less_value(x: Entry) -> Entry:
    """A number less its own value: nothing but what it does along derivatives."""
    return x - Entry(x.tape, x.ball)


def _floor_divide(x: Entry, y: Entry) -> Entry:
    return rounded("floor", divide(x, y))


def _mod(x: Entry, y: Entry) -> Entry:
    return x - y * _floor_divide(x, y)


def _fmod(x: Entry, y: Entry) -> Entry:
    return x - y * rounded("trunc", divide(x, y))


def _hypot(x: Entry, y: Entry) -> Entry:
    if x.ball.is_zero() and y.ball.is_zero():
        return doubtful(x.tape, arb(0), (x, y), "hypot is not differentiable at (0, 0)")
    return function("sqrt", function("square", x) + function("square", y))


def _atan2(y: Entry, x: Entry) -> Entry:
    """The angle, by the quotient that is at most 1 or nearly so."""
    across, up = sign_of(x.ball, "an argument of atan2"), sign_of(y.ball, "an argument of atan2")
    if up == 0 and across <= 0:
        raise Undecidable("atan2 turns over at this point", final=True)
    quarter = Entry(x.tape, up * arb.pi() / 2)
    if across == 0 or abs(y.ball) > abs(x.ball):
        return quarter - function("atan", divide(x, y))
    angle = function("atan", divide(y, x))
    return angle if across > 0 else angle + quarter + quarter


def _clip(x: Any, lower: Any = None, upper: Any = None) -> Any:
    bounded = x if lower is None else larger(x, lower)
    return bounded if upper is None else smaller(bounded, upper)


def _heaviside(x: Any, h0: Any) -> Entry:
    x = number_of(x)
    s = sign_of(x.ball, "an argument of heaviside")
    if s == 0:
        at = number_of(h0)
        return doubtful(x.tape, at.ball, (x, at), "heaviside jumps at 0") if x.varies else at
    return constant(x, float(s > 0))


def _copysign(x: Entry, y: Entry) -> Entry:
    s = sign_of(y.ball, "an argument of copysign")
    if s == 0:
        raise Undecidable("copysign looks at the sign of a zero", final=True)
    size = absolute(x)
    return size if s > 0 else -size


def _relu(x: Entry) -> Entry:
    s = sign_of(x.ball, "an argument of relu")
    if s == 0:
        return doubtful(x.tape, arb(0), (x,), "relu is not differentiable at 0")
    return x if s > 0 else constant(x, 0.0)


def _logaddexp(x: Entry, y: Entry) -> Entry:
    middle = Entry(x.tape, max(x.ball.mid(), y.ball.mid()))
    return middle + function("log", function("exp", x - middle) + function("exp", y - middle))


def _beta(x: Entry, y: Entry) -> Entry:
    return divide(function("gamma", x) * function("gamma", y), function("gamma", x + y))


def _betaln(x: Entry, y: Entry) -> Entry:
    return function("lgamma", x) + function("lgamma", y) - function("lgamma", x + y)


def _xlogy(x: Entry, y: Entry) -> Entry:
    if x.ball.is_zero() and (not x.varies or y.ball.is_zero()):
        return doubtful(x.tape, arb(0), (x, y) if x.varies else (), "xlogy has no power series at (0, 0)")
    return x * function("log", y)


def _entr(x: Entry) -> Entry:
    if x.ball.is_zero():
        return doubtful(x.tape, arb(0), (x,), "the derivative of entr is infinite at 0")
    return -(x * function("log", x))


def _logit(x: Entry) -> Entry:
    return function("log", divide(x, constant(x, 1.0) - x))


def _silu(x: Entry) -> Entry:
    return x * function("sigmoid", x)


def _gelu(x: Entry) -> Entry:
    return x * function("ndtr", x)


def _of_parameters(name: str, family: Callable[..., Taylor], *args: Any) -> Entry:
    """A function that has fixed parameters before its argument."""
    *fixed, x = map(number_of, args)
    found = apply_taylor(name, family(*(p.ball for p in fixed)), x)
    varying = [p for p in fixed if p.varies]
    if not varying:
        return found
    tape = varying[0].tape
    tape.doubt(f"{name} is not differentiated by its parameters", final=True)
    return doubtful(tape, found.ball, (*varying, x), "")


def _whole_order(family: Callable[[int], Taylor]) -> Callable[[arb], Taylor]:
    def of(order: arb) -> Taylor:
        if not (order.is_exact() and order.is_integer() and order >= 0):
            raise Undecidable("an order is no whole number", final=True)
        return family(whole_number(order))

    return of


def _incomplete_elliptic(sign: int, order: Any, phi: Any, m: Any) -> Entry:
    """A derivative by m of an incomplete elliptic integral."""
    n, angle, modulus = map(number_of, (order, phi, m))
    name = "an incomplete elliptic integral"
    if not (n.ball.is_exact() and n.ball.is_integer() and n.ball >= 0):
        raise Undecidable("an order is no whole number", final=True)
    if not modulus.ball < 1:
        raise Undecidable(f"{name} is enclosed for m < 1", final=True)
    of_angle, of_modulus = incomplete_elliptic(sign, whole_number(n.ball))
    if n.varies:
        n.tape.doubt(f"{name} is not differentiated by its order", final=True)
        return doubtful(n.tape, of_angle(modulus.ball)(angle.ball, 1)[0], (n, angle, modulus), "")
    if not modulus.varies:
        return apply_taylor(name, of_angle(modulus.ball), angle)
    if not angle.varies:
        return apply_taylor(name, of_modulus(angle.ball), modulus)
    return _of_both(sign, whole_number(n.ball), angle, modulus)


def _of_both(sign: int, order: int, angle: Entry, modulus: Entry) -> Entry:
    tape, still = angle.tape, type(angle.value) is arb and type(modulus.value) is arb
    length = 1 if still else tape.length
    phi, m = (arb_series([x.value], prec=length) if type(x.value) is arb else x.value for x in (angle, modulus))
    value, by_modulus = (incomplete_elliptic_along(sign, order + k, phi, m, length) for k in (0, 1))
    by_angle = padded(elliptic_integrand(sign, order, phi, m), length)
    numbers = (c[0] if still else arb_series(c, prec=length) for c in (value, by_angle, by_modulus))
    number, *slopes = numbers
    return linear_combination(tape, number, (angle, modulus), slopes)


def _of_shapes(of: Callable[..., Entry], shapes: int, least: float = -math.inf, most: float = math.inf) -> Any:
    """A function whose first parameters are positive, the next within bounds; elsewhere the table has no value.

    Its integral or its formula may have one there, which is then not what the table's function is.
    """

    def within(*args: Entry) -> Entry:
        *given, x = args
        if any(a.ball <= 0 for a in given[:shapes]) or x.ball < least or x.ball > most:
            raise Undecidable("this point is outside of the function's domain", final=True)
        return of(*args)

    return within


def _gamma_density(a: Entry, x: Entry) -> Entry:
    one = constant(a, 1.0)
    return function("exp", (a - one) * function("log", x) - x - function("lgamma", a))


def _beta_density(a: Entry, b: Entry, x: Entry) -> Entry:
    one = constant(a, 1.0)
    powers = (a - one) * function("log", x) + (b - one) * function("log1p", -x)
    return function("exp", powers - _betaln(a, b))


def _logaddexp2(x: Entry, y: Entry) -> Entry:
    middle = Entry(x.tape, max(x.ball.mid(), y.ball.mid()))
    return middle + function("log2", function("exp2", x - middle) + function("exp2", y - middle))


def _gammasgn(x: Entry) -> Entry:
    if x.ball > 0:
        return constant(x, 1.0)
    below = rounded("floor", x).ball
    if below == x.ball:
        raise Undecidable("gamma has a pole at this point", final=True)
    return constant(x, 1.0 if whole_number(below) % 2 == 0 else -1.0)


def _ldexp(x: Entry, n: Entry) -> Entry:
    if n.varies:
        n.tape.doubt("ldexp is not differentiated by its exponent", final=True)
        return doubtful(n.tape, x.ball * arb(2) ** n.ball, (x, n), "")
    return _scale(x, arb(2) ** n.ball)


def _logic(name: str) -> Callable[..., Truth]:
    return lambda *values: logical(name, values)


ELEMENTWISE: dict[str, Callable[..., Any]] = {
    **{name: partial(function, name) for name in UNIVARIATE},
    **{
        name: partial(compare, name)
        for name in ("equal", "greater", "greater_equal", "less", "less_equal", "not_equal")
    },
    **{name: _logic(name) for name in ("logical_and", "logical_or", "logical_not")},
    **{name: partial(_of_parameters, name, family) for name, family in FAMILIES.items()},
    **{name: partial(_of_parameters, name, _whole_order(family)) for name, family in DERIVATIVES.items()},
    "abs": _numbers(absolute),
    "add": _numbers(lambda x, y: x + y),
    "atan2": _numbers(_atan2),
    "beta": _numbers(_beta),
    "beta_density": _numbers(_of_shapes(_beta_density, 2)),
    "betainc": _numbers(_of_shapes(partial(_of_parameters, "betainc", FAMILIES["betainc"]), 2, 0, 1)),
    "betaln": _numbers(_betaln),
    "ceil": _numbers(partial(rounded, "ceil")),
    "clip": _clip,
    "copysign": _numbers(_copysign),
    "dellipeinc": partial(_incomplete_elliptic, -1),
    "dellipkinc": partial(_incomplete_elliptic, 1),
    "deg2rad": _numbers(lambda x: _scale(x, arb.pi() / 180)),
    "div": _numbers(divide),
    "dsinc": partial(_of_parameters, "dsinc", _whole_order(dsinc)),
    "ellipeinc": lambda phi, m: _incomplete_elliptic(-1, constant(number_of(phi), 0.0), phi, m),
    "ellipkinc": lambda phi, m: _incomplete_elliptic(1, constant(number_of(phi), 0.0), phi, m),
    "entr": _numbers(_entr),
    "floor": _numbers(partial(rounded, "floor")),
    "floor_divide": _numbers(_floor_divide),
    "fmax": larger,
    "fmin": smaller,
    "fmod": _numbers(_fmod),
    "gamma_density": _numbers(_of_shapes(_gamma_density, 1)),
    "gammainc": _numbers(_of_shapes(partial(_of_parameters, "gammainc", FAMILIES["gammainc"]), 1, 0)),
    "gammaincc": _numbers(_of_shapes(partial(_of_parameters, "gammaincc", FAMILIES["gammaincc"]), 1, 0)),
    "gammasgn": _numbers(_gammasgn),
    "gelu": _numbers(_gelu),
    "heaviside": _heaviside,
    "hypot": _numbers(_hypot),
    "iv": partial(_of_parameters, "iv", partial(bessel, "i")),
    "jv": partial(_of_parameters, "jv", partial(bessel, "j")),
    "ldexp": _numbers(_ldexp),
    "logaddexp": _numbers(_logaddexp),
    "logaddexp2": _numbers(_logaddexp2),
    "logit": _numbers(_logit),
    "maximum": larger,
    "minimum": smaller,
    "mod": _numbers(_mod),
    "mul": _numbers(lambda x, y: x * y),
    "neg": _numbers(lambda x: -x),
    "polygamma": partial(_of_parameters, "polygamma", _whole_order(polygamma)),
    "pos": _numbers(lambda x: x),
    "pow": _numbers(power),
    "pow_scalar": lambda x, n: power(number_of(x), constant(number_of(x), n)),
    "rad2deg": _numbers(lambda x: _scale(x, 180 / arb.pi())),
    "relu": _numbers(_relu),
    "round": _numbers(partial(rounded, "round")),
    "sgn": _numbers(sign),
    "sign": _numbers(sign),
    "silu": _numbers(_silu),
    "sub": _numbers(lambda x, y: x - y),
    "trunc": _numbers(partial(rounded, "trunc")),
    "where": choose,
    "xlogy": _numbers(_xlogy),
}
