"""The formulas that a claim is about, on symbols: a program's derivative, and what somebody says that it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import sympy
from mpmath import mp

from gradcli.address import EntryAddress, Input
from gradcli.ops.calls.read import read_program
from gradcli.symbolic.derivatives.dependence import Dependence
from gradcli.symbolic.derivatives.derive import Derivatives, Partials
from gradcli.symbolic.derivatives.higher import DirectionalDerivatives, flat
from gradcli.symbolic.numbers.adaptive_precision import LAST, Point
from gradcli.symbolic.numbers.decimals import Decimals, shortest_decimal
from gradcli.symbolic.numbers.errors import Inexpressible
from gradcli.symbolic.numbers.level import Value
from gradcli.symbolic.program.interpret import Meaning, interpret_with
from gradcli.symbolic.program.shared_subexpressions import SharedSubexpressions
from gradcli.symbolic.protocol.inquiry import Claim, Inquiry

__all__ = ["EXACT", "Formulas", "Target", "interpret_claim", "moved_to"]

EXACT = 2 * LAST + 808
"""Bits of a number that is no float64, such as a tenth: more than any level of precision has."""


class Target(NamedTuple):
    """An entry of the derivative that a claim is about.

    Attributes:
        value: the expression that was differentiated.
        derivative: its derivative.
        symbol: by which it was differentiated.
        address: which entry it is.
    """

    value: Any
    derivative: Any
    symbol: Any
    address: EntryAddress


class Formulas:
    """A program and a claim about its derivative on symbols, which are bound at a point.

    The program is simplified and the claim is not: SymPy would make 1 of x/x, and a claim without a value would be
    one with a value.

    Attributes:
        meaning: the program.
        targets: the entries of its derivative.
        claimed: the claim, with as many entries.
        data_dependent: whether the shape of either depends on its values, so that it differs from point to point.

    Raises:
        Problem: if the program or the claim is wrong, or does not fit the values.
        Inexpressible: if SymPy cannot express something, or they differ in their number of entries.
    """

    def __init__(self, inquiry: Inquiry, claim: Claim, values: Mapping[str, Any]) -> None:
        # With a tolerance every variable is a symbol: of numbers SymPy would make one, and the terms would be gone.
        # An index is the number that it is.
        free = {*inquiry.free, *claim.names, *(values if inquiry.tolerance else ())} - {*inquiry.indices}
        moving = tuple(name for name in values if name in free)
        self.meaning, first = interpret_claim(inquiry.source, values, moving, simplify=True)
        self.claimed, second = interpret_claim(claim.text, values, moving, simplify=False)
        self.data_dependent = first or second
        self.targets = _targets(self.meaning, claim)
        if len(self.targets) != len(self.claimed.entries):
            raise Inexpressible(
                f"the claim has {len(self.claimed.entries)} entries and the derivative has {len(self.targets)}"
            )


class _RecordingPoint(Point):
    """A point that remembers which expressions it was asked the value of."""

    def __init__(self) -> None:
        super().__init__()
        self.evaluated: list[Any] = []

    def evaluate(self, expression: Any) -> tuple[Value, frozenset[Any]]:
        """The value, as of any point."""
        self.evaluated.append(expression)
        return super().evaluate(expression)


def interpret_claim(
    source: str, values: Mapping[str, Any], wrt: tuple[str, ...], simplify: bool
) -> tuple[Meaning, bool]:
    """A program or a claim on symbols, and whether its shape depends on their values, as of x[x > 0].

    It does if an expression in the symbols had to be evaluated for it.
    """
    program = read_program(source, values)
    point = _RecordingPoint()
    subexpressions = SharedSubexpressions(point) if simplify else SharedSubexpressions(point, size=1, depth=1)
    meaning = interpret_with(program, values, wrt, Decimals(point, shown=simplify), subexpressions)
    symbols = frozenset(symbol for entries in meaning.symbols.values() for symbol in entries)
    dependence = Dependence(symbols, point)
    data_dependent = any(dependence.of(expression) for expression in point.evaluated)
    point.evaluated = []
    return meaning, data_dependent


def _targets(meaning: Meaning, claim: Claim) -> list[Target]:
    """The entries of a derivative: of each output by each input, or of the one output by each pair of inputs."""
    inputs = [(name, i, s) for name in claim.names for i, s in enumerate(meaning.symbols[name])]
    partials = Partials()
    targets = []
    for output, entry in enumerate(meaning.entries):
        derivatives = Derivatives(entry, meaning.subexpressions, meaning.point, partials)
        if claim.order == 1:
            targets += [
                Target(entry, derivatives.by(s), s, EntryAddress(output, (Input(name, i),))) for name, i, s in inputs
            ]
            continue
        for row, first in ((Input(name, i), s) for name, i, s in inputs):
            slope = meaning.point.symbol_for(derivatives.by(first))
            for name, i, second in inputs:
                again = DirectionalDerivatives(meaning, partials, {second: sympy.S.One}).of(slope)
                targets.append(Target(slope, again, second, EntryAddress(0, (row, Input(name, i)))))
    return targets


def moved_to(meaning: Meaning, values: Mapping[str, Any]) -> Point:
    """The same symbols at another point, with numbers as they are written: 0.1 is a tenth."""
    point = Point()
    point.bindings.update(meaning.point.bindings)
    for name, symbols in meaning.symbols.items():
        numbers = map(shortest_decimal, flat(values[name]))
        with mp.workprec(EXACT):
            point.bindings.update(
                {s: mp.mpf(n.numerator) / n.denominator for s, n in zip(symbols, numbers, strict=True)}
            )
    return point
