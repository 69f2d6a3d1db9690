"""One number of a program, enclosed: its value, and its place on the tape."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

from flint import arb, arb_series

from gradcli.enclosures.numbers.tape import Number, Tape, times, unknown

__all__ = ["Entry", "Taylor", "apply_taylor", "doubtful", "linear_combination", "new_entry"]

Taylor: TypeAlias = Callable[[arb, int], Sequence[arb]]
"""(ball, n) -> the first n Taylor coefficients of a function at every point of the ball."""

CONSTANT = -1
"""The place of a number that depends on nothing recorded."""


class Entry:
    """An enclosed number that can be added and multiplied, also by NumPy's functions of object arrays.

    Attributes:
        value: a ball, or a power series along the direction that is followed.
        place: on the tape; -1 for what does not depend on what is recorded.
    """

    __slots__ = ("place", "tape", "value")

    def __init__(self, tape: Tape, value: Number, place: int = CONSTANT) -> None:
        self.tape = tape
        self.value = value
        self.place = place

    @property
    def ball(self) -> arb:
        """The value itself, without what happens along a direction."""
        value = self.value
        return value if type(value) is arb else value[0]

    @property
    def varies(self) -> bool:
        """Whether it depends on what derivatives are wanted by."""
        return self.place >= 0 or type(self.value) is not arb

    def __add__(self, other: Entry) -> Entry:
        value = self.value + other.value
        a, b, tape = self.place, other.place, self.tape
        if a >= 0:
            return Entry(tape, value, tape.record((a, b), (None, None)) if b >= 0 else tape.record((a,), (None,)))
        return Entry(tape, value, tape.record((b,), (None,)) if b >= 0 else CONSTANT)

    def __radd__(self, zero: int) -> Entry:
        """A sum that NumPy or Python starts with its own 0."""
        assert zero == 0
        return self

    def __sub__(self, other: Entry) -> Entry:
        value = self.value - other.value
        a, b, tape = self.place, other.place, self.tape
        if b >= 0:
            minus = arb(-1)
            return Entry(tape, value, tape.record((a, b), (None, minus)) if a >= 0 else tape.record((b,), (minus,)))
        return Entry(tape, value, tape.record((a,), (None,)) if a >= 0 else CONSTANT)

    def __mul__(self, other: Entry) -> Entry:
        x, y = self.value, other.value
        a, b, tape = self.place, other.place, self.tape
        if a >= 0:
            return Entry(tape, times(x, y), tape.record((a, b), (y, x)) if b >= 0 else tape.record((a,), (y,)))
        return Entry(tape, times(x, y), tape.record((b,), (x,)) if b >= 0 else CONSTANT)

    def __neg__(self) -> Entry:
        a = self.place
        return Entry(self.tape, -self.value, self.tape.record((a,), (arb(-1),)) if a >= 0 else CONSTANT)

    def __repr__(self) -> str:
        return f"Entry({self.value})"


def new_entry(tape: Tape, number: float) -> Entry:
    """A constant, exactly.

    >>> new_entry(Tape(1), 0.5)
    Entry(0.500000000000000)
    """
    return Entry(tape, arb(number))


def linear_combination(tape: Tape, value: Number, terms: Sequence[Entry], weights: Sequence[Number | None]) -> Entry:
    """A number whose derivative by each term is that term's weight; None stands for 1."""
    places = [term.place for term in terms]
    if min(places, default=CONSTANT) < 0:
        kept = [i for i, place in enumerate(places) if place >= 0]
        places, weights = [places[i] for i in kept], [weights[i] for i in kept]
    return Entry(tape, value, tape.record(places, weights) if places else CONSTANT)


def doubtful(tape: Tape, value: arb, sources: Sequence[Entry], reason: str, final: bool = True) -> Entry:
    """A number whose value is enclosed and whose derivative is not, as at a kink.

    Args:
        tape: of all the numbers.
        value: without what happens along a direction.
        sources: what the derivative is not known by; where none of them varies nothing is in doubt.
        reason: why, as a fragment of a sentence.
        final: whether more bits change nothing.
    """
    varying = [source for source in sources if source.varies]
    if not varying:
        return Entry(tape, value)
    tape.doubt(reason, final)
    length = tape.length
    number: Number = value
    if any(type(source.value) is not arb for source in varying):
        number = arb_series([value, *[arb("nan")] * (length - 1)], prec=length)
    places = [source.place for source in varying if source.place >= 0]
    return Entry(tape, number, tape.record(places, [unknown(length)] * len(places)) if places else CONSTANT)


def apply_taylor(name: str, taylor: Taylor, x: Entry) -> Entry:
    """A function of one number, given by its power series.

    f(u0 + h) is the sum of c[k]*h**k, and f' the sum of (k + 1)*c[k + 1]*h**k; h is what u does along the direction.

    Args:
        name: of the function, for the reason where it is not smooth.
        taylor: its Taylor coefficients at a ball.
        x: where it is taken.
    """
    value, place, tape = x.value, x.place, x.tape
    if type(value) is arb:
        if place < 0:
            return Entry(tape, taylor(value, 1)[0])
        at, slope = taylor(value, 2)[:2]
        if not slope.is_finite() and value.is_finite():
            tape.doubt(_not_smooth(name, value, at), value.is_exact())
        return Entry(tape, at, tape.record((place,), (slope,)))
    length, base = tape.length, value[0]
    coefficients = taylor(base, length + (place >= 0))
    if base.is_finite() and not all(c.is_finite() for c in coefficients):
        tape.doubt(_not_smooth(name, base, coefficients[0]), base.is_exact())
    step = arb_series([arb(0), *[value[k] for k in range(1, length)]], prec=length)
    number = _compose(coefficients[:length], step, length)
    if place < 0:
        return Entry(tape, number)
    slopes = [k * c for k, c in enumerate(coefficients)][1:]
    return Entry(tape, number, tape.record((place,), (_compose(slopes, step, length),)))


def _compose(coefficients: Sequence[arb], step: arb_series, length: int) -> arb_series:
    """The sum of c[k]*step**k.

    Where c[k] or the step's k-th coefficient is the first that is not finite, nothing is known from there on: what is
    0 as far as the series go may be the power of t that such a coefficient makes visible.
    """
    if length == 2:
        return arb_series([coefficients[0], coefficients[1] * step[1]], prec=2)
    known = next((k for k in range(length) if not (coefficients[k].is_finite() and step[k].is_finite())), length)
    if known == length:
        if step.length():
            return arb_series(list(coefficients), prec=length)(step)
        return arb_series([coefficients[0]], prec=length)  # FLINT does not compose with 0
    tail = [arb("nan")] * (length - known)
    if known < 2:
        return arb_series([*coefficients[:known], *tail], prec=length)
    head = _compose(coefficients[:known], arb_series([step[k] for k in range(known)], prec=known), known)
    return arb_series([*(head[k] for k in range(known)), *tail], prec=length)


def _not_smooth(name: str, x: arb, value: arb) -> str:
    if not value.is_finite() and value.mid().is_finite():  # any number at all, as FLINT has no exponents so large
        return f"{name} is too large at {_shown(x)}"
    return f"{name} has no power series at {_shown(x)}"


def _shown(ball: arb) -> str:
    near = float(ball.mid())
    return f"{near:.6g}" if math.isfinite(near) else str(ball.mid().str(6, radius=False))
