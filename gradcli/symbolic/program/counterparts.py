"""The SymPy counterparts that the derivative table names, where SymPy's own function will not do.

Each takes SymPy expressions, nothing evaluated, and gives one. A name that is not here is SymPy's.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import sympy

from gradcli.symbolic.functions.higher import (
    DawsonDerivative,
    EllipticEDerivative,
    EllipticFDerivative,
    Hypergeometric,
    Struve,
    ZetaDerivative,
)
from gradcli.symbolic.functions.order_statistics import Ranked
from gradcli.symbolic.functions.piecewise import Abs, Ceil, Floor, Max, Min, Round, Sign, Where
from gradcli.symbolic.functions.predicates import And, Eq, Ge, Gt, Le, Lt, Ne, Not, Or
from gradcli.symbolic.functions.sinc import SincDerivative
from gradcli.symbolic.numbers.errors import Inexpressible

__all__ = ["counterpart"]


@cache
def counterpart(name: str) -> Callable[..., Any]:
    """The function of expressions that the table calls by this name.

    Raises:
        Inexpressible: if there is none.

    >>> import sympy
    >>> counterpart("mean")(sympy.Symbol("x"), sympy.Symbol("y"))
    x/2 + y/2
    """
    if name in _OWN:
        return _OWN[name]
    function = getattr(sympy, name, None)
    if function is None:
        raise Inexpressible(f"SymPy has no function '{name}'")
    return lambda *args: function(*args, evaluate=False)


def _mean(*args: Any) -> Any:
    return sympy.Mul(sympy.Rational(1, len(args)), sympy.Add(*args))


def _norm(*args: Any) -> Any:
    return sympy.sqrt(sympy.Add(*[a**2 for a in args]))


def _logsumexp(*args: Any) -> Any:
    return sympy.log(sympy.Add(*[sympy.exp(a) for a in args]))


def _median(*args: Any) -> Any:
    low, high = (len(args) - 1) // 2, len(args) // 2
    middle = [Ranked(sympy.Integer(k), *args) for k in (low, high)]
    return middle[0] if low == high else sympy.Add(*middle) / 2


def _regularized(function: Any) -> Callable[..., Any]:
    """An incomplete gamma function over the whole one."""
    return lambda a, x: function(a, x, evaluate=False) / sympy.gamma(a, evaluate=False)


_OWN: dict[str, Callable[..., Any]] = {
    "E1": lambda x: sympy.expint(1, x, evaluate=False),
    "betainc": lambda a, b, x: sympy.betainc_regularized(a, b, 0, x),
    "ddawsn": DawsonDerivative,
    "dellipeinc": EllipticEDerivative,
    "dellipkinc": EllipticFDerivative,
    "dzeta": ZetaDerivative,
    "gammainc": _regularized(sympy.lowergamma),
    "gammaincc": _regularized(sympy.uppergamma),
    "hyp2f1": Hypergeometric,
    "struve": Struve,
    "Abs": Abs,
    "Add": sympy.Add,
    "Eq": Eq,
    "Ge": Ge,
    "Gt": Gt,
    "Le": Le,
    "Lt": Lt,
    "Max": Max,
    "Min": Min,
    "Mul": sympy.Mul,
    "Ne": Ne,
    "ceiling": Ceil,
    "digamma": lambda x: sympy.polygamma(0, x, evaluate=False),
    "dsinc": SincDerivative,
    "floor": Floor,
    "logical_and": And,
    "logical_not": Not,
    "logical_or": Or,
    "logsumexp": _logsumexp,
    "mean": _mean,
    "median": _median,
    "norm": _norm,
    "round_half_even": Round,
    "sign": Sign,
    "sqrt": lambda x: sympy.Pow(x, sympy.Rational(1, 2)),
    "where": Where,
}
