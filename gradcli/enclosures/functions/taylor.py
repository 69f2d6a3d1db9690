"""Taylor coefficients of functions of one number, at every point of a ball.

Where FLINT has the function of a power series, it is taken (`arb_series`); the others follow from these by identities
of power series: f(x + t) integrates f'(x + t), which has fewer transcendental parts. No derivative rule of the table
is used. The leading coefficient comes from FLINT's function of balls, which is tight also where an identity cancels.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from flint import arb, arb_series

from gradcli.enclosures.numbers.entry import Taylor

__all__ = ["TAYLOR", "integrated", "inverse", "moving", "own", "padded"]


def moving(x: arb, n: int) -> arb_series:
    """x + t, to n coefficients."""
    return arb_series([x, arb(1)], prec=n)


def padded(series: arb_series, n: int) -> list[arb]:
    """The first n coefficients of a power series."""
    return [series[k] for k in range(n)]


def inverse(series: arb_series, n: int) -> arb_series:
    """1/series; unknown where the series may begin with 0.

    >>> float(inverse(moving(arb(2), 2), 2)[1]), inverse(moving(arb(0), 1), 1)[0]
    (-0.25, nan)
    """
    return arb_series([arb("nan")] * n, prec=n) if series[0].contains(0) else series.inv()


def own(method: str) -> Taylor:
    """A function that FLINT has of power series and of balls.

    >>> [float(c.mid()) for c in own("exp")(arb(0), 3)]
    [1.0, 1.0, 0.5]
    """

    def taylor(x: arb, n: int) -> Sequence[arb]:
        if n == 1:
            return [getattr(x, method)()]
        return padded(getattr(moving(x, n), method)(), n)

    return taylor


def integrated(value: arb, slope: arb_series | None, n: int) -> list[arb]:
    """The coefficients of a function with this value and this derivative's power series."""
    if n == 1 or slope is None:
        return [value]
    return [value, *(slope[k - 1] / k for k in range(1, n))]


def _sinh_cosh(odd: int, x: arb, n: int) -> list[arb]:
    pair = x.sinh_cosh()
    coefficients, factor = [], arb(1)
    for k in range(n):
        factor = factor / k if k else factor
        coefficients.append(pair[(k + odd) % 2] * factor)
    return coefficients


def _expm1(x: arb, n: int) -> list[arb]:
    return [x.expm1(), *padded(moving(x, n).exp(), n)[1:]]


def _log1p(x: arb, n: int) -> list[arb]:
    return integrated(x.log1p(), inverse(1 + moving(x, n), n) if n > 1 else None, n)


def _tanh(x: arb, n: int) -> list[arb]:
    """Value by FLINT; beyond it tanh(x) is 1 - 2/(1 + exp(2*x)), which loses no digits for x > 0, and is odd."""
    if n == 1:
        return [x.tanh()]
    sign = -1 if x < 0 else 1
    tail = padded(2 * inverse(1 + (2 * sign * moving(x, n)).exp(), n), n)
    return [x.tanh(), *(-sign * c for c in tail[1:])]


def _sigmoid(x: arb, n: int) -> list[arb]:
    """1/(1 + exp(-x)); for x > 0 the coefficients are those of 1 - 1/(1 + exp(x)), which lose no digits."""
    if x > 0 and n > 1:
        tail = padded(inverse(1 + moving(x, n).exp(), n), n)
        return [1 / (1 + (-x).exp()), *(-c for c in tail[1:])]
    return padded(inverse(1 + (-moving(x, n)).exp(), n), n)


def _softplus(x: arb, n: int) -> list[arb]:
    value = x + (-x).exp().log1p() if x > 0 else x.exp().log1p()
    slope = _sigmoid(x, n - 1) if n > 1 else []
    return integrated(value, arb_series(slope, prec=n - 1) if n > 1 else None, n)


def _log_sigmoid(x: arb, n: int) -> list[arb]:
    """-log(1 + exp(-x)): the derivatives are those of softplus with their signs as of a function of -x."""
    return [c if k % 2 else -c for k, c in enumerate(_softplus(-x, n))]


def _asinh(x: arb, n: int) -> list[arb]:
    return integrated(x.asinh(), (1 + moving(x, n - 1) ** 2).rsqrt() if n > 1 else None, n)


def _acosh(x: arb, n: int) -> list[arb]:
    if n == 1:
        return [x.acosh()]
    t = moving(x, n - 1)
    return integrated(x.acosh(), (t - 1).rsqrt() * (t + 1).rsqrt(), n)


def _atanh(x: arb, n: int) -> list[arb]:
    if n == 1:
        return [x.atanh()]
    t = moving(x, n - 1)
    return integrated(x.atanh(), inverse((1 - t) * (1 + t), n - 1), n)


def _asin(sign: int, x: arb, n: int) -> list[arb]:
    value = x.asin() if sign > 0 else x.acos()
    if n == 1:
        return [value]
    t = moving(x, n - 1)
    return integrated(value, sign * ((1 - t).rsqrt() * (1 + t).rsqrt()), n)


def _square(x: arb, n: int) -> list[arb]:
    return [x * x, 2 * x, arb(1), *[arb(0)] * n][:n]


def _tan(x: arb, n: int) -> list[arb]:
    return padded(moving(x, n).tan(), n) if n > 1 else [x.tan()]


def _over(numerator: str | None, denominator: str, x: arb, n: int) -> list[arb]:
    """A quotient of two functions that FLINT has of power series."""
    t = moving(x, n)
    below = inverse(getattr(t, denominator)(), n)
    return padded(getattr(t, numerator)() * below if numerator else below, n)


def _over_hyperbolic(numerator: int | None, denominator: int, x: arb, n: int) -> list[arb]:
    """The same of sinh (0) and cosh (1)."""
    below = inverse(arb_series(_sinh_cosh(denominator, x, n), prec=n), n)
    return padded(below if numerator is None else arb_series(_sinh_cosh(numerator, x, n), prec=n) * below, n)


def _coth(x: arb, n: int) -> list[arb]:
    """1 + 2/(exp(2*x) - 1) for x > 0, and odd: beyond the value no digits are lost."""
    if n == 1:
        return [x.coth()]
    sign = -1 if x < 0 else 1
    tail = padded(2 * inverse((2 * sign * moving(x, n)).exp() - 1, n), n)
    return [x.coth(), *(sign * c for c in tail[1:])]


def _of_reciprocal(inner: Taylor, x: arb, n: int) -> list[arb]:
    """f(1/x)."""
    reciprocal = inverse(moving(x, n), n)
    if n == 1:
        return list(inner(reciprocal[0], 1))
    step = arb_series([arb(0), *padded(reciprocal, n)[1:]], prec=n)
    return padded(arb_series(list(inner(reciprocal[0], n)), prec=n)(step), n)


def _reciprocal(x: arb, n: int) -> list[arb]:
    return padded(inverse(moving(x, n), n), n) if n > 1 else [1 / x]


def _scaled_log(base: int, x: arb, n: int) -> list[arb]:
    scale = arb(base).log()
    return [c / scale for c in own("log")(x, n)]


def _exp2(x: arb, n: int) -> list[arb]:
    return padded((moving(x, n) * arb(2).log()).exp(), n)


def _cbrt(x: arb, n: int) -> list[arb]:
    """Odd; of a positive number exp(log(x)/3), the value by FLINT's root."""
    sign = -1 if x < 0 else 1
    base = sign * x
    value = base if base.is_zero() else sign * base.root(3)
    if n == 1:
        return [value]
    tail = padded((moving(base, n).log() / 3).exp(), n)
    return [value, *(sign ** (k + 1) * tail[k] for k in range(1, n))]


def _sqrt(x: arb, n: int) -> list[arb]:
    return [x.sqrt()] if n == 1 else padded(moving(x, n).sqrt(), n)


_ASIN, _ACOS = partial(_asin, 1), partial(_asin, -1)

TAYLOR: dict[str, Taylor] = {
    "acos": _ACOS,
    "acosh": _acosh,
    "acot": partial(_of_reciprocal, own("atan")),
    "acoth": partial(_of_reciprocal, _atanh),
    "acsc": partial(_of_reciprocal, _ASIN),
    "acsch": partial(_of_reciprocal, _asinh),
    "asec": partial(_of_reciprocal, _ACOS),
    "asech": partial(_of_reciprocal, _acosh),
    "asin": _ASIN,
    "asinh": _asinh,
    "atan": own("atan"),
    "atanh": _atanh,
    "cbrt": _cbrt,
    "cos": own("cos"),
    "cosh": partial(_sinh_cosh, 1),
    "cot": partial(_over, "cos", "sin"),
    "coth": _coth,
    "csc": partial(_over, None, "sin"),
    "csch": partial(_over_hyperbolic, None, 0),
    "exp": own("exp"),
    "exp2": _exp2,
    "expm1": _expm1,
    "log": own("log"),
    "log10": partial(_scaled_log, 10),
    "log1p": _log1p,
    "log2": partial(_scaled_log, 2),
    "log_sigmoid": _log_sigmoid,
    "reciprocal": _reciprocal,
    "sec": partial(_over, None, "cos"),
    "sech": partial(_over_hyperbolic, None, 1),
    "sigmoid": _sigmoid,
    "sin": own("sin"),
    "sinh": partial(_sinh_cosh, 0),
    "softplus": _softplus,
    "sqrt": _sqrt,
    "square": _square,
    "tan": _tan,
    "tanh": _tanh,
}
"""By the names of the table."""
