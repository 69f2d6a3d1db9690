"""Real functions with kinks and jumps, as SymPy expressions: choices, extrema, roundings.

SymPy's own `Abs` has complex-valued derivatives, its `Piecewise` solves inequalities, its `Max` compares
every pair, and its `floor` leaves the derivative undone. These know one thing each: their derivative where
they are smooth. Where they are not, `numeric` reports a tie to the level of evaluation, and the derivative is
decided by its limits from both sides (`gradcli.symbolic.derivatives.one_sided_limits`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mpmath import mp
from sympy import S

from gradcli.symbolic.numbers.level import Level, RealFunction, Value

__all__ = ["Abs", "Active", "Ceil", "Extremum", "Floor", "Max", "Min", "Round", "Rounded", "Sign", "Step", "Where"]


class Step(RealFunction):
    """A real function of real arguments that is constant where it is smooth: its derivative is 0."""

    __slots__ = ()
    is_extended_real = True

    @property
    def word(self) -> str:
        """The function's name in the language."""
        return type(self).__name__.lower()

    def _eval_derivative(self, symbol: Any) -> Any:  # noqa: ARG002  # SymPy passes it
        return S.Zero

    def _sympystr(self, printer: Any) -> str:
        return f"{self.word}({', '.join(printer.doprint(a) for a in self.args)})"


class Sign(Step):
    """-1, 0 or 1."""

    __slots__ = ()

    def numeric(self, level: Level, values: Sequence[Value]) -> Value:
        """The sign; a tie at 0."""
        sign = level.sign(self, values[0], mp.zero)
        return mp.nan if sign is None else mp.mpf(sign)


class Abs(Step):
    """The absolute value of a real number."""

    __slots__ = ()
    is_extended_nonnegative = True

    def _eval_derivative(self, symbol: Any) -> Any:
        return Sign(self.args[0]) * self.args[0].diff(symbol)

    def numeric(self, level: Level, values: Sequence[Value]) -> Value:
        """The absolute value; a tie at 0."""
        sign = level.sign(self, values[0], mp.zero)
        return mp.nan if sign is None else sign * values[0]


class Where(Step):
    """The second argument where the first is not 0, the third elsewhere."""

    __slots__ = ()
    strict = False  # what is not chosen need not have a value

    def _eval_derivative(self, symbol: Any) -> Any:
        condition, chosen, other = self.args
        slopes = chosen.diff(symbol), other.diff(symbol)
        return S.Zero if slopes == (0, 0) else Where(condition, *slopes)

    def numeric(self, level: Level, values: Sequence[Value]) -> Value:  # noqa: ARG002  # compares nothing itself
        """The chosen value, whatever the other is."""
        condition, chosen, other = values
        if condition is None:
            return None
        return chosen if condition != 0 else other


class Extremum(Step):
    """The largest argument, or the smallest."""

    __slots__ = ()
    direction = 1

    def _eval_derivative(self, symbol: Any) -> Any:
        slopes = [a.diff(symbol) for a in self.args]
        return S.Zero if all(s == 0 for s in slopes) else Active(self, *slopes)

    def numeric(self, level: Level, values: Sequence[Value]) -> Value:
        """The extreme value; a tie where a second argument has it too."""
        return mp.nan if any(mp.isnan(v) for v in values) else values[self.active(level, values)]

    def active(self, level: Level, values: Sequence[Value]) -> int:
        """Which argument is the extreme one."""
        order = sorted(range(len(values)), key=lambda i: self.direction * values[i], reverse=True)
        if len(order) > 1:
            level.sign(self, values[order[0]], values[order[1]])
        return order[0]


class Active(Step):
    """An extremum's derivative: the slope of the argument that is the extreme one."""

    __slots__ = ()
    strict = False  # the slopes of the other arguments need not have a value

    def _eval_derivative(self, symbol: Any) -> Any:
        extremum, *slopes = self.args
        changes = [slope.diff(symbol) for slope in slopes]
        return S.Zero if all(c == 0 for c in changes) else Active(extremum, *changes)

    def numeric(self, level: Level, values: Sequence[Value]) -> Value:
        """The slope; the others' values do not matter."""
        extremum = self.args[0]
        arguments = [level.value(a) for a in extremum.args]
        if None in arguments:
            return None
        if any(mp.isnan(a) for a in arguments):
            return mp.nan
        return values[1 + extremum.active(level, arguments)]


class Rounded(Step):
    """Rounded to an integer: down, up, or to the nearest with halves to even."""

    __slots__ = ()
    shift = mp.zero

    def numeric(self, level: Level, values: Sequence[Value]) -> Value:
        """The integer; a tie at the jumps."""
        value = values[0]
        if not mp.isfinite(value):
            return value
        jump = mp.nint(value - self.shift) + self.shift
        sign = level.sign(self, value, jump)
        return self.beside(jump, 0 if sign is None else sign)

    def beside(self, jump: Any, sign: int) -> Any:
        """The integer below (-1), at (0) or above (1) a jump."""
        raise NotImplementedError


class Floor(Rounded):
    """Rounded down."""

    __slots__ = ()

    def beside(self, jump: Any, sign: int) -> Any:
        """At a jump the integer itself."""
        return jump if sign >= 0 else jump - 1


class Ceil(Rounded):
    """Rounded up."""

    __slots__ = ()

    def beside(self, jump: Any, sign: int) -> Any:
        """At a jump the integer itself."""
        return jump if sign <= 0 else jump + 1


class Round(Rounded):
    """Rounded to the nearest integer, halves to even."""

    __slots__ = ()
    shift = mp.mpf(0.5)

    def beside(self, jump: Any, sign: int) -> Any:
        """At a jump, half-way between two integers, the even one."""
        below = jump - self.shift
        if sign == 0:
            return below if mp.isint(below / 2) else below + 1
        return below if sign < 0 else below + 1


class Max(Extremum):
    """The largest."""

    __slots__ = ()


class Min(Extremum):
    """The smallest."""

    __slots__ = ()
    direction = -1
