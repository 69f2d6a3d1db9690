"""The checks that every entry of the derivative table must pass; each takes an `Op`, also a wrong one."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import mpmath
import numpy as np
import sympy

from gradcli.engine.api import autograd
from gradcli.engine.rules.rule import Rule
from gradcli.engine.tape.apply import apply
from gradcli.engine.tape.tensor import Tensor
from gradcli.lang import Call, Literal, Name, fold, parse
from gradcli.ops import CONSTANTS, TABLE, Op
from gradcli.ops.entry.domains import Interval

PIECEWISE = frozenset({"maximum", "minimum", "clip", "where", "relu", "abs", "sign", "floor", "ceil", "round", "mod",
                       "floor_divide", "fmod", "polygamma", "cbrt", "trunc", "heaviside", "copysign", "sinc", "dsinc",
                       "xlogy", "entr", "ddawsn", "dawsn", "dzeta", "zeta", "ellipk", "ellipe", "dellipk", "dellipe",
                       "ellipkinc", "ellipeinc", "dellipkinc", "dellipeinc", "hyp2f1", "struve", "si"})  # fmt: skip
"""Compared at points only: SymPy's derivatives of these do not simplify, or have no closed form there."""


OSCILLATING = frozenset({"j0", "j1", "jv", "yv", "dsinc", "airy_ai", "airy_aip", "airy_bi", "airy_bip", "ci"})
"""Right to a few ulps of their amplitude: their zeros are no float64 numbers."""


def fractions(interval: Interval, count: int) -> list[float]:
    low, high = interval
    return [low + (high - low) * (i + 0.37) / count for i in range(count)] if high > low else [low]


def points(op: Op, count: int = 4) -> Iterator[tuple[float, ...]]:
    """Sample points inside the domain, away from kinks that the grid could meet."""
    axes = [[v for interval in intervals for v in fractions(interval, count)] for intervals in op.sample_domains]
    shifted = [[v + 0.013 * i if len(a) > 1 else v for v in a] for i, a in enumerate(axes)]
    if op.name == "where":
        shifted[0] = [0.0, 1.0]
    yield from product(*shifted)


def statics_of(op: Op) -> list[dict[str, Any]]:
    """Static arguments to try."""
    if op.name == "pow_scalar":
        return [{"n": n} for n in (2.0, 3.0, 0.5, -1.0, 1.0, 0.0, -2.5)]
    return [{}]


NATIVE: dict[str, Any] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "pow": operator.pow,
    "neg": operator.neg,
}


class DSinc(sympy.Function):  # type: ignore[misc]  # SymPy has no types
    """The n-th derivative of sin(pi*x)/(pi*x), by mpmath's own differentiation."""

    def fdiff(self, argindex: int = 1) -> Any:
        if argindex == 1:
            return sympy.Derivative(self, self.args[0])
        return DSinc(self.args[0] + 1, self.args[1])

    def _eval_evalf(self, prec: int) -> Any:
        with mpmath.workprec(prec + 80):
            order, x = int(self.args[0]), self.args[1]._to_mpmath(prec + 80)
            return sympy.Float(mpmath.diff(mpmath.sincpi, x, order), 40)


def _numeric(name: str, function: Callable[..., Any], slopes: dict[int, Callable[..., Any]]) -> Any:
    """A function that SymPy has not: mpmath's values, and its derivatives by some of its arguments."""

    def fdiff(self: Any, argindex: int = 1) -> Any:
        return slopes[argindex](*self.args) if argindex in slopes else sympy.Derivative(self, self.args[argindex - 1])

    def evaluated(self: Any, prec: int) -> Any:
        with mpmath.workprec(prec + 80):
            return sympy.Float(mpmath.re(function(*[a._to_mpmath(prec + 80) for a in self.args])), 40)

    return type(name, (sympy.Function,), {"fdiff": fdiff, "_eval_evalf": evaluated})


def _shifted(name: str, function: Callable[..., Any]) -> Any:
    """The derivatives of a function of one number, by their order; mpmath differentiates the function itself."""
    made: Any = _numeric(name, lambda n, x: mpmath.diff(function, x, int(n)), {2: lambda n, x: made(n + 1, x)})
    return made


def _elliptic(name: str, function: Callable[..., Any], power: Any) -> Any:
    def by_angle(n: Any, phi: Any, m: Any) -> Any:
        square = sympy.sin(phi) ** 2
        return sympy.gamma(n + power) / sympy.gamma(power) * square**n / (1 - m * square) ** (n + power)

    made: Any = _numeric(
        name,
        lambda n, phi, m: mpmath.diff(lambda t: function(phi, t), m, int(n)),
        {2: by_angle, 3: lambda n, phi, m: made(n + 1, phi, m)},
    )
    return made


_Struve: Any = _numeric("struve", mpmath.struveh, {2: lambda v, x: _Struve(v - 1, x) - v / x * _Struve(v, x)})
_Hyp2f1: Any = _numeric("hyp2f1", mpmath.hyp2f1, {4: lambda a, b, c, x: a * b / c * _Hyp2f1(a + 1, b + 1, c + 1, x)})

OWN: dict[str, Any] = {
    "E1": lambda x: sympy.expint(1, x),
    "betainc": lambda a, b, x: sympy.betainc_regularized(a, b, 0, x),
    "ddawsn": _shifted("ddawsn", lambda x: mpmath.sqrt(mpmath.pi) / 2 * mpmath.exp(-(x**2)) * mpmath.erfi(x)),
    "dellipeinc": _elliptic("dellipeinc", mpmath.ellipe, sympy.Rational(-1, 2)),
    "dellipkinc": _elliptic("dellipkinc", mpmath.ellipf, sympy.Rational(1, 2)),
    "dsinc": DSinc,
    "dzeta": _shifted("dzeta", mpmath.zeta),
    "gammainc": lambda a, x: sympy.lowergamma(a, x) / sympy.gamma(a),
    "gammaincc": lambda a, x: sympy.uppergamma(a, x) / sympy.gamma(a),
    "hyp2f1": _Hyp2f1,
    "struve": _Struve,
}
"""Functions that SymPy has not, or under another name."""


class SympyOps:
    """Entries as SymPy expressions, by the counterparts that they declare, read by this file alone."""

    def apply(self, name: str, args: list[Any]) -> Any:
        op = TABLE[name]
        if name in NATIVE:
            return NATIVE[name](*args)
        if op.name == "where":
            return sympy.Piecewise((args[1], _condition(args[0])), (args[2], True))
        if op.name in ("logical_and", "logical_or"):
            join = sympy.And if op.name == "logical_and" else sympy.Or
            return join(*map(_condition, args))
        if op.name == "round":
            return sympy.floor(args[0] + sympy.Rational(1, 2))
        if op.sympy.isidentifier():
            return (OWN.get(op.sympy) or getattr(sympy, op.sympy))(*args)
        return self.text(op.sympy, dict(zip([*op.params, *op.statics], args, strict=True)))

    def text(self, text: str, places: dict[str, Any]) -> Any:
        def literal(node: Literal) -> Any:
            assert isinstance(node.value, float)
            return sympy.nsimplify(node.value, rational=True)

        def name(node: Name) -> Any:
            if node.id in places:
                return places[node.id]
            return {"pi": sympy.pi, "e": sympy.E}.get(node.id, CONSTANTS.get(node.id))

        def call(node: Call, args: list[Any], keywords: dict[str, Any]) -> Any:
            return self.apply(node.function, args)

        return fold(parse(text).result, literal, name, call)


def _condition(value: Any) -> Any:
    return sympy.Ne(value, 0) if isinstance(value, sympy.Expr) else value


def symbols(op: Op) -> dict[str, Any]:
    return {p: sympy.Symbol(p, real=True) for p in op.params}


def expression(op: Op, statics: dict[str, Any]) -> Any:
    args = [*symbols(op).values(), *(sympy.nsimplify(v, rational=True) for v in statics.values())]
    if op.sympy.isidentifier() or op.name in NATIVE:
        return SympyOps().apply(op.name, args)
    return SympyOps().text(op.sympy, dict(zip([*op.params, *op.statics], args, strict=True)))


def number(value: Any, at: dict[Any, float]) -> float:
    """A SymPy expression at exact float64 inputs, by 30 digits."""
    exact = {symbol: sympy.Float(v, 40) for symbol, v in at.items()}
    return float(mpmath.mpf(sympy.N(value.subs(exact), 30)))


def check_forward(op: Op) -> None:
    """The NumPy value is SymPy's."""
    rule = Rule(op)
    ulps = 48 if op.reach else 8  # test_last_digits.py has the sharper bound, by the condition
    for statics in statics_of(op):
        reference = expression(op, statics)
        for point in points(op):
            at = dict(zip(symbols(op).values(), point, strict=True))
            want = number(reference, at)
            got = float(rule.forward(*map(np.float64, point), **statics))
            amplitude = 0.5 if op.name in OSCILLATING else np.finfo(float).tiny
            tolerance = ulps * np.spacing(max(abs(want), amplitude))
            assert abs(got - want) <= tolerance, f"{op.name}{point}: {got!r} is not {want!r}"


def check_partials_symbolically(op: Op) -> None:
    """Every partial is SymPy's derivative, as a formula."""
    if op.name in PIECEWISE:
        return check_partials_at_points(op)
    for statics in statics_of(op):
        whole = expression(op, statics)
        for param, partial in zip(op.params, op.partials, strict=True):
            if partial is None:
                continue
            ours = SympyOps().text(partial, {**symbols(op), "out": whole, **_exact(statics)})
            difference = ours - sympy.diff(whole, symbols(op)[param])
            assert _vanishes(op, difference), f"d{op.name}/d{param}: {partial} is not SymPy's derivative"
    return None


def _exact(statics: dict[str, Any]) -> dict[str, Any]:
    return {k: sympy.nsimplify(v, rational=True) for k, v in statics.items()}


def _vanishes(op: Op, difference: Any) -> bool:
    """Whether an expression is zero on every piece of the domain; each piece is mapped from p > 0."""
    pieces = [[_positive(param, interval) for interval in op.sample_domains[i]] for i, param in enumerate(op.params)]
    for choice in product(*pieces):
        mapped = difference.subs(dict(zip(symbols(op).values(), choice, strict=True)))
        mapped = mapped.rewrite(sympy.exp) if mapped.has(sympy.sech, sympy.csch, sympy.coth) else mapped
        if sympy.simplify(sympy.expand_func(mapped)) != 0 and not _is_zero_numerically(mapped):
            return False
    return True


def _positive(param: str, interval: Interval) -> Any:
    """The parameter as a function of a positive symbol that covers its piece of the domain."""
    p = sympy.Symbol(f"{param}_p", positive=True)
    low, high = interval
    if (low, high) == (-3.0, 3.0) or low < 0 < high:
        return sympy.Symbol(param, real=True)
    sign = -1 if high <= 0 else 1
    near, far = sorted((abs(low), abs(high)))
    if near > 1:
        return sign * (1 + p)
    return sign * p / (1 + p) if far < 1 else sign * p


def _is_zero_numerically(mapped: Any) -> bool:
    """SymPy does not simplify every zero: at 60 digits, at three points, a formula that is wrong is not zero."""
    names = sorted(mapped.free_symbols, key=str)
    for shift in ("0.3", "0.71", "0.93"):
        values = {s: sympy.Float(shift, 60) + sympy.Rational(i, 7) for i, s in enumerate(names)}
        if abs(sympy.N(mapped.subs(values), 60)) > sympy.Float("1e-45"):
            return False
    return True


def check_partials_at_points(op: Op) -> None:
    """Every partial is SymPy's derivative at the sample points."""
    for statics in statics_of(op):
        whole = expression(op, statics)
        for i, partial in enumerate(op.partials):
            if partial is None:
                continue
            derivative = sympy.diff(whole, list(symbols(op).values())[i])
            derivative = derivative.replace(
                lambda e: isinstance(e, sympy.Derivative | sympy.Subs), lambda e: sympy.Integer(0)
            )
            for point in points(op):
                at = dict(zip(symbols(op).values(), point, strict=True))
                want = number(derivative, at)
                got = vjp(op, point, statics)[i]
                assert got is not None
                assert abs(got - want) <= 1e-12 * max(1.0, abs(want)), f"d{op.name}{point}: {got!r} is not {want!r}"


def vjp(op: Op, point: tuple[float, ...], statics: dict[str, Any]) -> list[float | None]:
    """The engine's partial derivatives."""
    tensors = [Tensor(np.float64(v), p is not None) for v, p in zip(point, op.partials, strict=True)]
    out = apply(Rule(op), tensors, statics)
    wanted = [t for t in tensors if t.requires_grad]
    found = iter(autograd.grad(out, wanted, allow_unused=True))
    return [(_float(next(found)) if t.requires_grad else None) for t in tensors]


def _float(tensor: Tensor | None) -> float:
    return 0.0 if tensor is None else float(tensor.array)


def check_vjp_by_differences(op: Op) -> None:
    """The VJP is the central difference, by Richardson's extrapolation."""
    rule = Rule(op)
    for statics in statics_of(op):
        for point in points(op):
            for i, got in enumerate(vjp(op, point, statics)):
                if got is None:
                    continue
                want = _difference(rule, point, i, statics)
                assert abs(got - want) <= 3e-8 * max(1.0, abs(want)), f"d{op.name}{point}: {got!r} is not {want!r}"


def _difference(rule: Rule, point: tuple[float, ...], i: int, statics: dict[str, Any]) -> float:
    def at(step: float) -> float:
        moved = [np.float64(v + step) if k == i else np.float64(v) for k, v in enumerate(point)]
        return float(rule.forward(*moved, **statics))

    def slope(h: float) -> float:
        return (at(h) - at(-h)) / (2 * h)

    h = 2e-4
    return (4 * slope(h) - slope(2 * h)) / 3


def check_jvp_is_vjp(op: Op) -> None:
    """Pushing a tangent forward and pulling a cotangent back use one and the same derivative."""
    rule = Rule(op)
    for statics in statics_of(op):
        for point in points(op, 2):
            values = tuple(map(np.float64, point))
            out = rule.forward(*values, **statics)
            for i, got in enumerate(vjp(op, point, statics)):
                if got is not None:
                    pushed = float(rule.jvps[i](np.float64(1.5), out, values, (), statics))
                    assert pushed == 1.5 * got or abs(pushed - 1.5 * got) <= 1e-14 * abs(pushed)


def check_second_order(op: Op) -> None:
    """Recording the VJP and pulling back again gives SymPy's second derivatives."""
    for statics in statics_of(op):
        whole = expression(op, statics)
        names = list(symbols(op).values())
        for i, j in product(range(len(names)), repeat=2):
            if op.partials[i] is None or op.partials[j] is None:
                continue
            second = sympy.diff(whole, names[i], names[j])
            second = second.replace(lambda e: isinstance(e, sympy.Derivative | sympy.Subs), lambda e: sympy.Integer(0))
            second = second.replace(sympy.DiracDelta, lambda *args: sympy.Integer(0))
            for point in points(op, 3):
                want = number(second, dict(zip(names, point, strict=True)))
                got = _second(op, point, statics, i, j)
                assert abs(got - want) <= 1e-10 * max(1.0, abs(want)), f"{op.name}{point} {i}{j}: {got!r}, not {want!r}"


def _second(op: Op, point: tuple[float, ...], statics: dict[str, Any], i: int, j: int) -> float:
    tensors = [Tensor(np.float64(v), p is not None) for v, p in zip(point, op.partials, strict=True)]
    out = apply(Rule(op), tensors, statics)
    (first,) = autograd.grad(out, [tensors[i]], create_graph=True, allow_unused=True)
    if first is None or not first.requires_grad:
        return 0.0
    (second,) = autograd.grad(first, [tensors[j]], allow_unused=True)
    return _float(second)
