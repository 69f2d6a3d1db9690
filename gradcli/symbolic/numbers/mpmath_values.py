"""The numeric value of each SymPy function, in real arithmetic with a given precision.

The values are those of `gradcli.symbolic.numbers.values`; here is which of SymPy's classes is which function.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sympy
from mpmath import mp

from gradcli.symbolic.numbers.level import Level, Value
from gradcli.symbolic.numbers.values import VALUES, Rule

__all__ = ["RULES"]


def _constant(value: Callable[[], Any]) -> Rule:
    return lambda level, node, values: value()


def _rational(level: Level, node: Any, values: Sequence[Value]) -> Value:
    return mp.mpf(node.p) / node.q


def _float(level: Level, node: Any, values: Sequence[Value]) -> Value:
    return mp.make_mpf(node._mpf_)


_CALLED = {
    sympy.Mul: "mul", sympy.Pow: "pow", sympy.Abs: "abs", sympy.besselj: "jv", sympy.besseli: "iv",
    sympy.besselk: "kv", sympy.bessely: "yv", sympy.LambertW: "lambertw", sympy.Ei: "expi", sympy.expint: "expint",
    sympy.Si: "si", sympy.Ci: "ci", sympy.sinc: "sin(x)/x", sympy.fresnels: "fresnel_s", sympy.fresnelc: "fresnel_c",
    sympy.airyai: "airy_ai", sympy.airybi: "airy_bi", sympy.airyaiprime: "airy_aip", sympy.airybiprime: "airy_bip",
    sympy.lowergamma: "lowergamma", sympy.uppergamma: "uppergamma", sympy.betainc_regularized: "betainc_between",
}  # fmt: skip
"""The classes that have another name than their function."""

_ALIKE = (
    "acos acosh acot acoth acsc acsch asec asech asin asinh atan atan2 atanh beta cos cosh cot coth csc csch erf erfc "
    "erfinv exp gamma log polygamma sec sech sign sin sinh tan tanh"
)

RULES: dict[Any, Rule] = {
    sympy.Rational: _rational,
    sympy.Float: _float,
    type(sympy.pi): _constant(lambda: +mp.pi),
    type(sympy.E): _constant(lambda: +mp.e),
    type(sympy.oo): _constant(lambda: mp.inf),
    type(-sympy.oo): _constant(lambda: -mp.inf),
    type(sympy.zoo): _constant(lambda: mp.inf),
    type(sympy.nan): _constant(lambda: mp.nan),
    type(sympy.I): _constant(lambda: None),
    **{kind: VALUES[name] for kind, name in _CALLED.items()},
    **{getattr(sympy, name): VALUES[name] for name in _ALIKE.split()},
}
