"""A program along one variable: its power series at a place, and what encloses them all over an interval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from flint import arb, arb_series, ctx

from gradcli.enclosures.functions.decide import Undecidable
from gradcli.enclosures.numbers.entry import Entry
from gradcli.enclosures.numbers.tape import Tape
from gradcli.enclosures.program.arrays import flat, from_values
from gradcli.enclosures.program.interpret import interpret
from gradcli.lang import Program

__all__ = ["Along", "Coefficients", "interval"]

Coefficients: TypeAlias = list[list[arb]]
"""For each entry of the value the coefficients of its power series: derivatives over factorials."""


class Along:
    """A program as a function of one variable.

    Attributes:
        evaluations: how often it has been evaluated.

    Args:
        program: resolved and without loops.
        name: of the variable.
        fixed: for each other variable a number or a nested list of numbers.

    >>> from gradcli.ops.calls.read import read_program
    >>> along = Along(read_program("x**2", {"x": 0.0}), "x", {})
    >>> found = along.over(1.0, 2.0, 2, 64)
    >>> bool(found[0][0].contains(1)), bool(found[0][0].contains(4)), bool(found[0][1] > 1)
    (True, True, True)
    """

    def __init__(self, program: Program, name: str, fixed: Mapping[str, Any]) -> None:
        self.evaluations = 0
        self._program = program
        self._name = name
        self._fixed = fixed
        self._inputs: dict[int, tuple[Tape, dict[str, Any]]] = {}

    def at(self, x: arb, length: int, bits: int) -> Coefficients | None:
        """The power series at a place, or at all places of a ball; None where nothing is known.

        Args:
            x: the place.
            length: how many coefficients.
            bits: the precision.
        """
        self.evaluations += 1
        precision, ctx.prec = ctx.prec, bits
        try:
            tape, inputs = self._prepared(length)
            value = arb_series([x, arb(1)], prec=length) if length > 1 else x
            outputs = flat(interpret(self._program, {**inputs, self._name: Entry(tape, value)}, tape))
            return [_padded(output.value, length) for output in outputs]
        except (Undecidable, ArithmeticError, ValueError):
            return None
        finally:
            ctx.prec = precision

    def over(self, low: float, high: float, length: int, bits: int) -> Coefficients | None:
        """Enclosures of the coefficients at every place of an interval."""
        return self.at(interval(low, high), length, bits)

    def _prepared(self, length: int) -> tuple[Tape, dict[str, Any]]:
        """The tape, which nothing is recorded on, and the other variables' numbers."""
        if length not in self._inputs:
            tape = Tape(length)

            def entry(number: float) -> Entry:
                return Entry(tape, arb(number))

            self._inputs[length] = (tape, {name: from_values(value, entry) for name, value in self._fixed.items()})
        tape, inputs = self._inputs[length]
        tape.doubts.clear()
        return tape, inputs


def interval(low: float, high: float) -> arb:
    """A ball that holds two numbers, and all between."""
    return arb(low).union(arb(high))


def _padded(value: Any, length: int) -> list[arb]:
    if isinstance(value, arb):
        return [value, *[arb(0)] * (length - 1)]
    return [value[k] for k in range(length)]
