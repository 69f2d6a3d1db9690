"""Random piecewise programs of one variable, and their one-sided derivatives by limits in high precision.

The limits know nothing of one-sided series: the program is evaluated with mpmath at the point and at two tiny distances
from it, far beyond what rounding could blur.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from mpmath import mp

from gradcli.lang import Call, Literal, Name, Program, run

__all__ = ["PROGRAMS", "NoLimit", "limits"]

_DIGITS = 1200
_NEAR = -150
_CLOSE = mp.mpf(10) ** -60


class NoLimit(Exception):
    """The quotients do not tend to anything that can be told, or there is no real value."""


def _power(x: Any, y: Any) -> Any:
    if x == 0 and y <= 0:
        return mp.mpf(1) if y == 0 else mp.nan
    value = mp.power(x, y)
    return mp.nan if isinstance(value, mp.mpc) else value


def _sqrt(x: Any) -> Any:
    return mp.nan if x < 0 else mp.sqrt(x)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "neg": operator.neg, "pow": _power,
    "div": lambda x, y: x / y if y else mp.nan, "sqrt": _sqrt, "sin": mp.sin, "cos": mp.cos, "exp": mp.exp,
    "abs": abs, "sign": mp.sign, "relu": lambda x: max(x, mp.zero), "maximum": max, "minimum": min, "tanh": mp.tanh,
    "floor": mp.floor, "cbrt": lambda x: mp.sign(x) * mp.cbrt(abs(x)), "square": lambda x: x * x,
    "hypot": lambda x, y: mp.sqrt(x * x + y * y), "where": lambda c, x, y: x if c else y,
    "less": operator.lt, "less_equal": operator.le, "greater": operator.gt, "greater_equal": operator.ge,
    "clip": lambda x, low, high: min(max(x, low), high), "atan": mp.atan, "max": max, "min": min,
}  # fmt: skip


def value_at(program: Program, x: Any) -> Any:
    def call(node: Call, args: list[Any], keywords: dict[str, Any]) -> Any:
        if any(mp.isnan(a) for a in args if node.function != "where" and not isinstance(a, bool)):
            return mp.nan
        return FUNCTIONS[node.function](*args)

    def literal(node: Literal) -> Any:
        assert isinstance(node.value, float)
        return mp.mpf(node.value)

    def name(node: Name) -> Any:
        return x

    return run(program, literal, name, call)


def limits(program: Program, x: float, direction: int) -> tuple[Any, bool]:
    """The derivative's limit on one side, possibly infinite, and whether the value jumps.

    Raises:
        NoLimit: if that cannot be told.
    """
    with mp.workdps(_DIGITS):
        start = mp.mpf(x)
        centre = value_at(program, start)
        steps = [mp.mpf(10) ** _NEAR, mp.mpf(10) ** (_NEAR - 20), mp.mpf(10) ** (_NEAR - 40)]
        values = [value_at(program, start + direction * h) for h in steps]
        if not all(mp.isfinite(v) for v in (centre, *values)):
            raise NoLimit
        jumps = abs(values[2] - centre) > mp.mpf(10) ** -6
        nearer = [value_at(program, start + direction * h * 2) for h in steps]
        quotients = [(b - a) / (direction * h) for a, b, h in zip(values, nearer, steps, strict=True)]
        first, second, third = quotients
        if abs(third - second) <= _CLOSE * max(abs(third), 1):
            return (mp.zero if abs(third) < mp.mpf(10) ** -60 else +third), jumps
        if abs(third) < abs(second) / 100 < abs(first) / 10_000 and abs(third) < 1e-6:
            return mp.zero, jumps
        if abs(third) > 100 * abs(second) > 10_000 * abs(first):
            return mp.inf * mp.sign(third), jumps
        raise NoLimit


X = st.just("x")
NUMBERS = st.sampled_from(["0", "1", "2", "0.5", "3", "-1"])
ARGUMENTS = st.sampled_from(["x", "x - 1", "2*x", "-x", "x**2", "sin(x)", "x - x**2", "x*(x - 1)", "exp(x) - 1"])


def _grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    one = ["abs({})", "relu({})", "sqrt(abs({}))", "sqrt(({})**2)", "sin({})", "cos({})", "tanh({})", "-({})",
           "({})**2", "({})**3", "cbrt({})", "square({})", "sign({})", "clip({}, 0, 1)", "abs({})**1.5"]  # fmt: skip
    two = ["({}) + ({})", "({}) - ({})", "({})*({})", "max({}, {})", "min({}, {})", "hypot({}, {})"]
    three = ["where(({0}) > 0, {1}, {2})", "where(({0}) >= 0, {1}, {2})", "where(({0}) < ({1}), {1}, {2})"]
    return st.one_of(
        st.builds(str.format, st.sampled_from(one), inner),
        st.builds(str.format, st.sampled_from(two), inner, inner),
        st.builds(str.format, st.sampled_from(three), inner, inner, inner),
    )


PROGRAMS = st.recursive(ARGUMENTS | NUMBERS, _grow, max_leaves=6)
"""Texts of programs of x."""
