"""Each operation's enclosure holds mpmath's value and derivatives, on the operation's domain and near its ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from mpmath import mp, mpf

from gradcli.enclosures.answers.enclose import enclose
from gradcli.enclosures.functions import elementwise
from gradcli.enclosures.functions.taylor import TAYLOR
from gradcli.enclosures.program.interpret import array_functions
from gradcli.enclosures.protocol import Ball, Request
from gradcli.ops import TABLE
from gradcli.ops.entry.op import OBJECTS, Op

DIGITS = 210
STEP = mpf(10) ** -30
"""Relative step of the differences: their error is its square."""
CLOSE = mpf(10) ** -45

ENDS = (
    -40.25,
    -5.5,
    -1.0000001,
    -1.0,
    -0.9999999,
    -1e-9,
    -1e-20,
    0.0,
    1e-20,
    1e-9,
    0.5,
    0.9999999,
    1.0000001,
    7.25,
    40.25,
)

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "pow": lambda x, y: x**y,
    "neg": lambda x: -x,
    "pos": lambda x: x,
    "exp": mp.exp,
    "exp2": lambda x: mpf(2) ** x,
    "expm1": lambda x: mp.exp(x) - 1,
    "log": mp.log,
    "log2": lambda x: mp.log(x) / mp.log(2),
    "log10": lambda x: mp.log(x) / mp.log(10),
    "log1p": lambda x: mp.log(1 + x),
    "sqrt": mp.sqrt,
    "cbrt": lambda x: mp.sign(x) * mp.cbrt(abs(x)),
    "square": lambda x: x * x,
    "reciprocal": lambda x: 1 / x,
    "abs": abs,
    "sign": mp.sign,
    "sgn": mp.sign,
    **{name: getattr(mp, name) for name in ("sin", "cos", "tan", "sec", "csc", "cot", "asin", "acos", "atan")},
    **{name: getattr(mp, name) for name in ("sinh", "cosh", "tanh", "sech", "csch", "coth", "asinh", "acosh", "atanh")},
    "asec": lambda x: mp.acos(1 / x),
    "acsc": lambda x: mp.asin(1 / x),
    "acot": lambda x: mp.atan(1 / x),
    "asech": lambda x: mp.acosh(1 / x),
    "acsch": lambda x: mp.asinh(1 / x),
    "acoth": lambda x: mp.atanh(1 / x),
    "atan2": mp.atan2,
    "hypot": mp.hypot,
    "maximum": max,
    "minimum": min,
    "fmax": max,
    "fmin": min,
    "copysign": lambda x, y: abs(x) * mp.sign(y),
    "floor": mp.floor,
    "ceil": mp.ceil,
    "trunc": lambda x: mp.sign(x) * mp.floor(abs(x)),
    "round": mp.nint,
    "floor_divide": lambda x, y: mp.floor(x / y),
    "mod": lambda x, y: x - y * mp.floor(x / y),
    "fmod": lambda x, y: x - y * mp.sign(x / y) * mp.floor(abs(x / y)),
    "heaviside": lambda x, h: mpf(x > 0) if x else h,
    "deg2rad": lambda x: x * mp.pi / 180,
    "rad2deg": lambda x: x * 180 / mp.pi,
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
    "softplus": lambda x: mp.log(1 + mp.exp(x)),
    "log_sigmoid": lambda x: -mp.log(1 + mp.exp(-x)),
    "relu": lambda x: max(x, mpf(0)),
    "silu": lambda x: x / (1 + mp.exp(-x)),
    "gelu": lambda x: x * mp.ncdf(x),
    "logaddexp": lambda x, y: mp.log(mp.exp(x) + mp.exp(y)),
    "logit": lambda x: mp.log(x / (1 - x)),
    "erf": mp.erf,
    "erfc": mp.erfc,
    "erfcx": lambda x: mp.exp(x * x) * mp.erfc(x),
    "erfinv": mp.erfinv,
    "ndtr": mp.ncdf,
    "log_ndtr": lambda x: mp.log(mp.ncdf(x)),
    "gamma": mp.gamma,
    "lgamma": lambda x: mp.log(abs(mp.gamma(x))),
    "loggamma": mp.loggamma,
    "digamma": mp.digamma,
    "polygamma": lambda n, x: mp.polygamma(int(n), x),
    "beta": mp.beta,
    "betaln": lambda x, y: mp.log(abs(mp.gamma(x))) + mp.log(abs(mp.gamma(y))) - mp.log(abs(mp.gamma(x + y))),
    "j0": lambda x: mp.besselj(0, x),
    "j1": lambda x: mp.besselj(1, x),
    "jv": mp.besselj,
    "i0": lambda x: mp.besseli(0, x),
    "i1": lambda x: mp.besseli(1, x),
    "iv": mp.besseli,
    "sinc": mp.sincpi,
    "dsinc": lambda n, x: mp.diff(mp.sincpi, x, int(n)),
    "gammainc": lambda a, x: mp.gammainc(a, 0, x, regularized=True),
    "gammaincc": lambda a, x: mp.gammainc(a, x, regularized=True),
    "gamma_density": lambda a, x: x ** (a - 1) * mp.exp(-x) / mp.gamma(a),
    "betainc": lambda a, b, x: mp.betainc(a, b, 0, x, regularized=True),
    "beta_density": lambda a, b, x: x ** (a - 1) * (1 - x) ** (b - 1) / mp.beta(a, b),
    "expi": mp.ei,
    "exp1": mp.e1,
    "yv": mp.bessely,
    "kv": mp.besselk,
    "kn": mp.besselk,
    "struve": mp.struveh,
    "lambertw": mp.lambertw,
    "zeta": lambda s: mp.zeta(s) if s > 1 else mp.nan,
    "dzeta": lambda n, s: mp.zeta(s, 1, int(n)),
    "ellipk": mp.ellipk,
    "ellipe": mp.ellipe,
    "ellipkinc": mp.ellipf,
    "ellipeinc": mp.ellipe,
    "dellipk": lambda n, m: mp.diff(mp.ellipk, m, int(n)),
    "dellipe": lambda n, m: mp.diff(mp.ellipe, m, int(n)),
    "dellipkinc": lambda n, phi, m: mp.diff(lambda t: mp.ellipf(phi, t), m, int(n)),
    "dellipeinc": lambda n, phi, m: mp.diff(lambda t: mp.ellipe(phi, t), m, int(n)),
    "fresnel_s": mp.fresnels,
    "fresnel_c": mp.fresnelc,
    "si": mp.si,
    "ci": mp.ci,
    "airy_ai": mp.airyai,
    "airy_aip": lambda x: mp.airyai(x, derivative=1),
    "airy_bi": mp.airybi,
    "airy_bip": lambda x: mp.airybi(x, derivative=1),
    "dawsn": lambda x: mp.sqrt(mp.pi) / 2 * mp.exp(-(x**2)) * mp.erfi(x),
    "ddawsn": lambda n, x: mp.diff(FUNCTIONS["dawsn"], x, int(n)),
    "hyp2f1": mp.hyp2f1,
    "ldexp": lambda x, n: x * mpf(2) ** n,
    "logaddexp2": lambda x, y: mp.log(mpf(2) ** x + mpf(2) ** y) / mp.log(2),
    "gammasgn": lambda x: mp.sign(mp.gamma(x)),
    "xlogy": lambda x, y: x * mp.log(y) if x else mpf(0),
    "entr": lambda x: -x * mp.log(x) if x else mpf(0),
    "clip": lambda x, lower, upper: min(max(x, lower), upper),
    "where": lambda c, x, y: x if c else y,
    "pow_scalar": lambda x: x**3,
}
"""Every elementwise operation by mpmath."""

JUMPS = {"floor", "ceil", "trunc", "round", "sign", "sgn", "floor_divide", "mod", "fmod", "heaviside"}


def operations() -> list[Op]:
    return [op for op in TABLE.values() if op.kind == "elementwise"]


def points(op: Op) -> Iterator[tuple[float, ...]]:
    """Inside the domain, two for each interval; for one argument near the ends of many domains too."""
    axes = [
        [low + (high - low) * f for low, high in on for f in (0.3 + 0.07 * i, 0.83 - 0.05 * i)]
        for i, on in enumerate(op.sample_domains)
    ]
    if len(axes) == 1:
        yield from ((x,) for x in (*axes[0], *ENDS))
        return
    longest = max(map(len, axes))
    for shift in range(2):
        for k in range(longest):
            yield tuple(axis[(k + i * shift) % len(axis)] for i, axis in enumerate(axes))


def fraction(number: Any) -> Fraction:
    man, exp = mp.frexp(number)
    digits = int(mp.ldexp(man, mp.prec))
    return Fraction(digits) * Fraction(2) ** int(exp - mp.prec)


def holds(ball: Ball, truth: Any) -> bool:
    """Whether the truth, which is known to 45 digits, is inside."""
    unit = Fraction(2) ** ball.exponent
    exact = fraction(truth)
    slack = abs(exact) * fraction(CLOSE) + Fraction(1, 10**50)
    return ball.low * unit - slack <= exact <= ball.high * unit + slack


def call(op: Op) -> str:
    """The operation, its arguments by the names of variables."""
    if op.name == "pow_scalar":
        return "pow_scalar(x, 3)"
    return f"{op.name}({', '.join(op.params)})"


@cache
def near(name: str, at: tuple[float, ...], by: int, steps: int) -> Any:
    """mpmath's value so many steps beside a point; None where there is none."""
    with mp.workdps(DIGITS):
        exact = [mpf(x) for x in at]
        exact[by] += steps * step(at, by)
        try:
            return FUNCTIONS[name](*exact)
        except (ValueError, ZeroDivisionError):
            return None


def step(at: tuple[float, ...], by: int) -> Any:
    return STEP * (abs(mpf(at[by])) or 1)


WEIGHTS = {0: {0: mpf(1)}, 1: {1: mpf(1) / 2, -1: -mpf(1) / 2}, 2: {1: mpf(1), 0: mpf(-2), -1: mpf(1)}}
"""Of the values beside a point, in a difference of an order."""


def truth(op: Op, at: tuple[float, ...], by: int, order: int) -> Any:
    """mpmath's value, or a derivative by one argument from differences of its values; None where there is none."""
    parts = [(weight, near(op.name, at, by, steps)) for steps, weight in WEIGHTS[order].items()]
    if any(value is None for _, value in parts):
        return None
    found = sum(weight * value for weight, value in parts) / step(at, by) ** order
    return found if isinstance(found, mpf) and mp.isfinite(found) else None


@pytest.mark.parametrize("op", operations(), ids=lambda op: op.name)
def test_the_enclosure_holds_mpmath_s_numbers(op: Op) -> None:
    differentiable = [i for i, partial in enumerate(op.partials) if partial is not None]
    decided = 0
    with mp.workdps(DIGITS):
        for at in points(op):
            values = dict(zip(op.params, at, strict=True))
            for by in differentiable:
                name = op.params[by]
                value = truth(op, at, by, 0)
                if value is None:
                    continue
                found = enclose(Request(call(op), values, (name,), "derivative", order=2))
                (of_value,) = found.values
                if isinstance(of_value, Ball):
                    assert holds(of_value, value), (op.name, at)
                for order, ball in enumerate(found.derivatives, start=1):
                    slope = truth(op, at, by, order)
                    if slope is not None and isinstance(ball, Ball):
                        assert holds(ball, slope), (op.name, at, name, order)
                        decided += 1
                gradient = enclose(Request(call(op), values, (name,), "gradient")).derivatives[0]
                slope = truth(op, at, by, 1)
                if slope is not None and isinstance(gradient, Ball):
                    assert holds(gradient, slope), (op.name, at, name)
    assert decided or not differentiable


@pytest.mark.parametrize("op", operations(), ids=lambda op: op.name)
def test_inside_the_domain_every_enclosure_is_as_narrow_as_a_float64_needs(op: Op) -> None:
    at = [on[-1][0] + (on[-1][1] - on[-1][0]) * (0.63 - 0.11 * i) for i, on in enumerate(op.sample_domains)]
    values = {
        p: float(round(x)) if partial is None else x for p, x, partial in zip(op.params, at, op.partials, strict=True)
    }
    wrt = tuple(p for p, partial in zip(op.params, op.partials, strict=True) if partial is not None)
    found = enclose(Request(call(op), values, wrt, "gradient"))
    for ball in (*found.values, *found.derivatives):
        assert isinstance(ball, Ball), (op.name, ball)
        assert (ball.high - ball.low) * 2**59 <= max(abs(ball.low), abs(ball.high)), op.name


def test_a_wrong_series_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    right = TAYLOR["tanh"]
    monkeypatch.setitem(
        elementwise.UNIVARIATE, "tanh", lambda x, n: [c * (1 + k * 1e-12) for k, c in enumerate(right(x, n))]
    )
    with pytest.raises(AssertionError):
        test_the_enclosure_holds_mpmath_s_numbers(TABLE["tanh"])


def test_every_elementwise_operation_has_one() -> None:
    assert {op.name for op in operations()} == set(FUNCTIONS)


@pytest.mark.parametrize("order", [6, 14])
def test_series_are_not_cut_short(order: int) -> None:
    found = enclose(Request("polygamma(2, x)", {"x": 1.543}, ("x",), "derivative", order=order))
    with mp.workdps(60):
        for k, ball in enumerate(found.derivatives, start=1):
            assert isinstance(ball, Ball)
            assert holds(ball, mp.polygamma(2 + k, mpf(1.543)))


@pytest.mark.parametrize("at", [(0.7, 0.3), (2.1, -2.0), (0.4, 0.0)])
@pytest.mark.parametrize("name", ["ellipkinc", "ellipeinc"])
def test_incomplete_elliptic_integrals_are_expanded_in_both_arguments(name: str, at: tuple[float, float]) -> None:
    phi, m = at
    hessian = enclose(Request(f"{name}(phi, m)", {"phi": phi, "m": m}, ("phi", "m"), "hessian")).derivatives
    series = enclose(
        Request(f"{name}({phi!r} + t, {m!r} + t/4)", {"t": 0.0}, ("t",), "derivative", order=5)
    ).derivatives
    with mp.workdps(60):
        for ball in hessian:
            assert isinstance(ball, Ball)
            orders = tuple(sum(by.name == one for by in ball.address.by) for one in ("phi", "m"))
            assert holds(ball, mp.diff(FUNCTIONS[name], (mpf(phi), mpf(m)), orders)), orders
        for k, ball in enumerate(series, start=1):
            assert isinstance(ball, Ball)
            assert holds(ball, mp.diff(lambda t: FUNCTIONS[name](phi + t, m + t / 4), 0, k)), k


def test_every_operation_of_the_table_has_an_enclosure() -> None:
    """Composite ones are put together of others where a program is read."""
    known = {*elementwise.ELEMENTWISE, *array_functions()}
    lacking = [op for op in TABLE.values() if op.name not in known and op.sympy != OBJECTS]
    assert [op.name for op in lacking if op.kind != "composite"] == []


@pytest.mark.parametrize(
    ("text", "values", "slopes"),
    [
        ("cross_entropy(x, 1)", {"x": [0.0, 0.0]}, [0.5, -0.5]),
        ("quantile(x, 0.25)", {"x": [1.0, 2.0, 5.0]}, [0.5, 0.5, 0.0]),
        ("interp(x, [0, 2], [1, 5])", {"x": 0.5}, [2.0]),
        ("cubic_spline(x, [0, 1, 2, 3], [0, 1, 8, 27])", {"x": 1.5}, [6.75]),
        ("sum(ediff1d(x)**2)", {"x": [1.0, 2.0, 4.0]}, [-2.0, -2.0, 4.0]),
        ("sum(convolve(x, [1, 2]))", {"x": [1.0, 2.0]}, [3.0, 3.0]),
    ],
)
def test_composite_operations_are_enclosed(text: str, values: dict[str, Any], slopes: list[float]) -> None:
    found = enclose(Request(text, values, ("x",), "gradient")).derivatives
    assert len(found) == len(slopes)
    for ball, slope in zip(found, slopes, strict=True):
        assert isinstance(ball, Ball)
        assert mp.mpf(ball.low) * mp.mpf(2) ** ball.exponent <= slope <= mp.mpf(ball.high) * mp.mpf(2) ** ball.exponent
