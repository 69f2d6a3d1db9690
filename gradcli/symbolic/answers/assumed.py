"""Where a claim is made: on the points that satisfy an equality, each with one number that the others determine."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import inf
from typing import Any, NamedTuple, TypeAlias

import sympy
from mpmath import mp

from gradcli.ops.calls.read import read_program
from gradcli.symbolic.answers.formulas import EXACT, moved_to
from gradcli.symbolic.derivatives.higher import flat
from gradcli.symbolic.numbers.adaptive_precision import Point
from gradcli.symbolic.numbers.decimals import Decimals, shortest_decimal
from gradcli.symbolic.numbers.evaluate import Evaluation
from gradcli.symbolic.numbers.floats import to_float
from gradcli.symbolic.numbers.level import Value
from gradcli.symbolic.program.interpret import Meaning, interpret_with
from gradcli.symbolic.program.shared_subexpressions import SharedSubexpressions
from gradcli.symbolic.protocol.inquiry import Equality, Inquiry, Interval

__all__ = ["Assumed", "Entry", "Form"]

Entry: TypeAlias = tuple[str, int]
"""A number of a point: the variable, and which entry of it."""

Form: TypeAlias = dict[Entry | None, Fraction]
"""A linear form: the coefficient of each entry, and under None the constant."""


class _Plane(NamedTuple):
    """An equality on symbols: the expression that is 0, and its coefficients."""

    equality: Equality
    meaning: Meaning
    slopes: dict[Entry, Any]

    @property
    def pivot(self) -> Entry:
        return self.equality.name, self.equality.entry


class Assumed:
    """What is assumed of an inquiry's points.

    Args:
        inquiry: with the intervals, and the equalities, each of which is linear, and has variables of its own.

    >>> point = {"x": 0.25, "y": 0.0}
    >>> equality = Equality("x + y - 1", "y", 0, ("x", "y"))
    >>> assumed = Assumed(Inquiry("x*y", (), (point,), ("x", "y"), assume=(equality,)))
    >>> assumed.settle(point), point, assumed.forms()
    (True, {'x': 0.25, 'y': 0.75}, {('y', 0): {None: Fraction(1, 1), ('x', 0): Fraction(-1, 1)}})
    """

    def __init__(self, inquiry: Inquiry) -> None:
        self._inquiry = inquiry
        self._planes = [_plane(equality, inquiry) for equality in inquiry.assume]

    def determined(self, values: Mapping[str, Any]) -> dict[Entry, Value]:
        """The exact numbers that the others determine at a point, in place of those that it has."""
        found = {}
        for plane in self._planes:
            point = moved_to(plane.meaning, values)
            name, index = plane.pivot
            point.bindings[plane.meaning.symbols[name][index]] = mp.zero
            rest, slope = (
                Evaluation(point.bindings, EXACT).value(e)
                for e in (plane.meaning.entries[0], plane.slopes[plane.pivot])
            )
            with mp.workprec(EXACT):
                found[plane.pivot] = -rest / slope
        return found

    def settle(self, values: dict[str, Any]) -> bool:
        """Put the numbers that the others determine in their places; whether they are where they may be."""
        for (name, index), number in self.determined(values).items():
            holder, key = _place(values, name, index)
            holder[key] = to_float(number)
            if not Interval(*self._inquiry.ranges.get(name, Interval())).holds(holder[key]):
                return False
        return True

    def bind(self, meaning: Meaning, point: Point, values: Mapping[str, Any]) -> None:
        """Give the symbols of a program the exact numbers, too."""
        for (name, index), number in self.determined(values).items():
            if name in meaning.symbols:
                point.bindings[meaning.symbols[name][index]] = number

    def forms(self) -> dict[Entry, Form]:
        """The entries that others determine, as linear forms of them; none for coefficients that are not rational."""
        found: dict[Entry, Form] = {}
        for plane in self._planes:
            form = _form(plane)
            if form is not None:
                slope = form.pop(plane.pivot)
                found[plane.pivot] = {
                    entry: -number / slope for entry, number in form.items() if number or entry is None
                }
        return found

    def positive(self) -> list[Form]:
        """Linear forms of the free entries that cannot be negative, by the intervals."""
        forms = self.forms()
        told: list[Form] = []
        for name in self._inquiry.free:
            low, high, *_ = Interval(*self._inquiry.ranges.get(name, Interval()))
            for index in range(len(flat(self._inquiry.points[0][name]))):
                entry: Form = forms.get((name, index), {(name, index): Fraction(1)})
                opposite = {e: -number for e, number in entry.items()}
                ends = dict.fromkeys([low, *([0.0] if low > 0 else [])]) if low > -inf else {}
                told += [_sum(entry, {None: -shortest_decimal(end)}) for end in ends]
                ends = dict.fromkeys([high, *([0.0] if high < 0 else [])]) if high < inf else {}
                told += [_sum(opposite, {None: shortest_decimal(end)}) for end in ends]
        return [form for form in told if any(number for entry, number in form.items() if entry is not None)]


def _plane(equality: Equality, inquiry: Inquiry) -> _Plane:
    values = inquiry.points[0]
    used = {name: values[name] for name in values if name in equality.names}
    program = read_program(equality.text, used)
    point = Point()
    free = tuple(name for name in used if name in inquiry.free)
    meaning = interpret_with(program, used, free, Decimals(point), SharedSubexpressions(point, size=0))
    (expression,) = meaning.entries
    slopes = {(n, i): sympy.diff(expression, s) for n, found in meaning.symbols.items() for i, s in enumerate(found)}
    return _Plane(equality, meaning, slopes)


def _form(plane: _Plane) -> Form | None:
    """The expression that is 0, as a linear form; None if it has numbers that are not rational."""
    meaning = plane.meaning
    bound = {s: e for s, e in meaning.point.bindings.items() if isinstance(e, sympy.Expr)}
    variables = {s: sympy.S.Zero for symbols in meaning.symbols.values() for s in symbols}
    found: Form = {}
    for entry, expression in [(None, meaning.entries[0].xreplace(variables)), *plane.slopes.items()]:
        number = expression.xreplace(bound)
        if not isinstance(number, sympy.Rational):
            return None
        found[entry] = Fraction(int(number.p), int(number.q))
    return found


def _sum(first: Form, second: Form) -> Form:
    return {entry: first.get(entry, Fraction(0)) + second.get(entry, Fraction(0)) for entry in {**first, **second}}


def _place(values: dict[str, Any], name: str, index: int) -> tuple[Any, Any]:
    """What holds an entry of a nested list by its flat index, and its key there."""
    holders: list[tuple[Any, Any]] = [(values, name)]
    while isinstance(holders[0][0][holders[0][1]], list):
        holders = [(holder[key], i) for holder, key in holders for i in range(len(holder[key]))]
    return holders[index]
