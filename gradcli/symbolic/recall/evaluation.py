"""The numbers of a derivation with so many digits that more would not change them, by mpmath alone.

As `gradcli.symbolic.numbers.adaptive_precision` does it for SymPy's expressions, with twice the bits until two levels
agree. What is unusual at the point, such as a comparison of equal numbers, is not looked into here: SymPy does that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mpmath import mp

from gradcli.symbolic.numbers.agreement import FIRST, GAP, LAST, LOST, agree, is_finite
from gradcli.symbolic.numbers.exact_arithmetic import exact_product, exact_sum
from gradcli.symbolic.recall.reading import Derivation, Step
from gradcli.symbolic.recall.vocabulary import LAZY, MEANINGS

if TYPE_CHECKING:
    from gradcli.symbolic.numbers.level_protocol import Value

__all__ = ["numbers"]

_LEFT_OF_A_SUM = 40
"""Bits, 12 digits: a sum in which cancellation leaves fewer right ones is added again exactly, and suspected."""


def numbers(derivation: Derivation, inputs: Mapping[str, Sequence[tuple[int, int]]]) -> list[Any] | None:
    """The numbers of the value's entries and of the derivative's; None where something is unusual at the point.

    Args:
        derivation: what to compute.
        inputs: the entries of each variable, each a numerator and a denominator.

    Raises:
        Inexpressible: for a number that cannot be computed.

    >>> from gradcli.symbolic.recall.reading import read
    >>> told = read("[[x*log(x)], [log(x) + 1], []]", {"x": ()})
    >>> [mp.nstr(number, 5) for number in numbers(told, {"x": [(1, 1)]})], numbers(told, {"x": [(0, 1)]})
    (['0.0', '1.0'], None)
    """
    wanted = [*derivation.values, *derivation.derivatives]
    used = _used(derivation.steps, [*wanted, *derivation.others])
    prec = FIRST
    while prec <= LAST:
        low, high = (_Level(derivation.steps, used, inputs, bits) for bits in (prec, 2 * prec))
        first, second = ([level.values[place] for place in wanted] for level in (low, high))
        if any(gap == 0 for gap in high.gaps.values()) or not all(map(is_finite, second)):
            return None
        settled = all(agree(low.gaps.get(place), gap, GAP) for place, gap in high.gaps.items())
        vanished = prec < LOST and any(second[i] == 0 and place not in high.exact for i, place in enumerate(wanted))
        if settled and not vanished and not high.cancelled and all(map(agree, first, second)):
            return second
        prec *= 2
    return None


def _used(steps: Sequence[Step], wanted: Sequence[int]) -> list[int]:
    """The steps that something wanted is computed from, in order."""
    used = set(wanted)
    for place in range(len(steps) - 1, -1, -1):
        if place in used:
            used.update(steps[place].args)
    return sorted(used)


class _Level:
    """The values of all steps with so many bits.

    Attributes:
        values: by the steps' places; None where there is no real one.
        gaps: for each step that compares, how far apart the two numbers are.
        exact: the steps whose values came about without rounding.
        cancelled: sums of which nothing but rounding was left, and functions of numbers too large for so many bits.
    """

    def __init__(self, steps: Sequence[Step], used: Sequence[int], inputs: Any, prec: int) -> None:
        self.prec = prec
        self.values: dict[int, Value] = {}
        self.gaps: dict[int, Value] = {}
        self.exact: set[int] = set()
        self.cancelled: set[int] = set()
        self._inputs = inputs
        with mp.workprec(prec):
            for place in used:
                self.values[place] = self._value(place, steps[place])

    def value(self, expression: Any) -> Value:
        """The value of a step."""
        return self.values[expression]

    def suspect(self, node: Any) -> None:
        """Take a step's value for one that more bits may change."""
        self.cancelled.add(node)

    def sign(self, node: Any, a: Value, b: Value) -> int | None:
        """The sign of a - b, noted as the step's gap; None if there is none."""
        gap = mp.zero if a == b else a - b
        if mp.isnan(gap):
            return None
        self.gaps[node] = gap
        return int(mp.sign(gap))

    def _value(self, place: int, step: Step) -> Value:
        if step.function == "input":
            name, entry = step.of
            above, below = self._inputs[name][entry]
            if below & (below - 1) == 0 and max(above.bit_length(), below.bit_length()) <= self.prec:
                self.exact.add(place)
            return mp.mpf(above) / below
        if step.function == "number":
            self.exact.add(place)
            return mp.mpf(step.of)
        values = [self.values[arg] for arg in step.args]
        if None in values and step.function not in LAZY:
            return None
        value = (
            self._sum(place, step, values) if step.function == "sum" else MEANINGS[step.function](self, place, values)
        )
        if is_finite(value) and all(arg in self.exact for arg in step.args) and _is_exact(step.function, values, value):
            self.exact.add(place)
        return value

    def _sum(self, place: int, step: Step, values: Sequence[Value]) -> Value:
        """A sum, which is suspected where nearly everything cancels, unless its terms are exact numbers."""
        if not all(mp.isfinite(v) for v in values):
            return sum(values, mp.zero)
        total = mp.fsum(values)
        if abs(total) * mp.ldexp(1, self.prec - _LEFT_OF_A_SUM) < max(abs(v) for v in values):
            total = +exact_sum(values)
            if not all(arg in self.exact for arg in step.args):
                self.cancelled.add(place)
        return total


_LARGEST_POWER = 16
"""A power beyond is taken to be rounded: multiplied out, its mantissa could have any number of bits."""


def _is_exact(function: str, values: Sequence[Value], value: Value) -> bool:
    """Whether one operation on exact numbers has not rounded; of functions nobody can tell, so they have."""
    if function in ("neg", "pos"):
        return True
    if function == "sum":
        return bool(exact_sum(values) == value)
    if function == "mul":
        return bool(exact_product(values) == value)
    if function == "div":
        return bool(exact_product([value, values[1]]) == values[0])
    if function == "pow" and mp.isint(values[1]) and 0 < values[1] <= _LARGEST_POWER:
        return bool(exact_product([values[0]] * int(values[1])) == value)
    return False
