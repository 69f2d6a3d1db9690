"""What the functions in a derivation mean: values by mpmath, and no derivative of any."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from mpmath import mp

from gradcli.symbolic.numbers.higher_values import HIGHER
from gradcli.symbolic.numbers.values import VALUES, Rule

if TYPE_CHECKING:
    from gradcli.symbolic.numbers.level_protocol import Level, Value

__all__ = ["ARGUMENTS", "LAZY", "MEANINGS"]

_COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "less": operator.lt,
    "less_equal": operator.le,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "equal": operator.eq,
    "not_equal": operator.ne,
}

LAZY = frozenset({"where", *_COMPARISONS})
"""Those that have a value where one of their arguments has none."""


def _compare(relation: str) -> Rule:
    """1 where a comparison of two numbers holds, 0 elsewhere: of what is not real none but != holds."""
    holds = _COMPARISONS[relation]

    def rule(level: Level, node: Any, values: Sequence[Value]) -> Value:
        sign = None if None in values else level.sign(node, values[0], values[1])
        return mp.one if (holds(sign, 0) if sign is not None else relation == "not_equal") else mp.zero

    return rule


def _where(level: Level, node: Any, values: Sequence[Value]) -> Value:
    condition, chosen, other = values
    return None if condition is None else chosen if condition != 0 else other


def _extreme(direction: int) -> Rule:
    def rule(level: Level, node: Any, values: Sequence[Value]) -> Value:
        sign = level.sign(node, values[0], values[1])
        return mp.nan if sign is None else values[0] if sign * direction >= 0 else values[1]

    return rule


def _rounded(shift: float, beside: Callable[[Any, int], Any]) -> Rule:
    """A function that jumps at the whole numbers, or between them: `beside` a jump, by the side of it."""

    def rule(level: Level, node: Any, values: Sequence[Value]) -> Value:
        value = values[0]
        if not mp.isfinite(value):
            return value
        jump = mp.nint(value - shift) + shift
        sign = level.sign(node, value, jump)
        return beside(jump, 0 if sign is None else sign)

    return rule


def _even(jump: Any, sign: int) -> Any:
    below = jump - 0.5
    if sign == 0:
        return below if mp.isint(below / 2) else below + 1
    return below if sign < 0 else below + 1


def _of(name: str, *before: Any) -> Rule:
    """A function of the values' table with some arguments in front."""
    return lambda level, node, values: VALUES[name](level, node, [*map(mp.mpf, before), *values])


def _power(exponent: float) -> Rule:
    return lambda level, node, values: VALUES["pow"](level, node, [values[0], mp.mpf(exponent)])


def _divide(level: Level, node: Any, values: Sequence[Value]) -> Value:
    return values[0] * VALUES["pow"](level, node, [values[1], -mp.one])


def _regularized(name: str) -> Rule:
    """An incomplete gamma function over the whole one."""

    def rule(level: Level, node: Any, values: Sequence[Value]) -> Value:
        part, whole = VALUES[name](level, node, values), VALUES["gamma"](level, node, values[:1])
        return None if part is None or whole is None else part / whole if whole else mp.nan

    return rule


def _higher(name: str) -> Rule:
    """One of the higher functions, which compare nothing."""
    return lambda level, node, values: HIGHER[name](values)


def _betainc(level: Level, node: Any, values: Sequence[Value]) -> Value:
    a, b, x = values
    return VALUES["betainc_between"](level, node, [a, b, mp.zero, x])


_UNTOLD = ("expint", "sin(x)/x", "lowergamma", "uppergamma", "betainc_between")
"""Values that the language has no function for."""

MEANINGS: dict[str, Rule] = {
    **{name: rule for name, rule in VALUES.items() if name not in _UNTOLD},
    **{name: _compare(name) for name in _COMPARISONS},
    "betainc": _betainc,
    "ceil": _rounded(0.0, lambda jump, sign: jump if sign <= 0 else jump + 1),
    "digamma": _of("polygamma", 0),
    "div": _divide,
    "exp1": _of("expint", 1),
    "floor": _rounded(0.0, lambda jump, sign: jump if sign >= 0 else jump - 1),
    "gammainc": _regularized("lowergamma"),
    "gammaincc": _regularized("uppergamma"),
    "logical_and": lambda level, node, values: mp.one if all(v != 0 for v in values) else mp.zero,
    "logical_not": lambda level, node, values: mp.one if values[0] == 0 else mp.zero,
    "logical_or": lambda level, node, values: mp.one if any(v != 0 for v in values) else mp.zero,
    "maximum": _extreme(1),
    "minimum": _extreme(-1),
    "neg": lambda level, node, values: -values[0],
    "pos": lambda level, node, values: values[0],
    "round": _rounded(0.5, _even),
    "sqrt": _power(0.5),
    "where": _where,
    **{name: _higher(name) for name in HIGHER},
}
"""By the function's name; sums are no part of it, which are watched for what cancels."""

_OF_TWO = (
    "atan2 beta ddawsn div dsinc dzeta gammainc gammaincc iv jv kv logical_and logical_or maximum minimum mul "
    "polygamma pow struve yv"
)
ARGUMENTS = {
    **dict.fromkeys(MEANINGS, 1),
    **dict.fromkeys([*_OF_TWO.split(), *_COMPARISONS], 2),
    **dict.fromkeys(["betainc", "dellipeinc", "dellipkinc", "where"], 3),
    "hyp2f1": 4,
}
"""How many each takes."""
