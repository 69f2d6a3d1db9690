"""Claims about derivatives: compared with SymPy's at many points, and proved where that is possible.

At each point both sides are evaluated with so many digits that rounding cannot decide. Agreement at any
number of points proves nothing, and is never called a proof; a single difference is one.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import sympy
from mpmath import mp

from gradcli.lang import Program, parse, unroll
from gradcli.ops.calls.resolve import resolve
from gradcli.symbolic.answers.rounded_constants import explain, neighbours
from gradcli.symbolic.answers.shrink import simplest
from gradcli.symbolic.answers.undefined_region import condition
from gradcli.symbolic.derivatives.dependence import Dependence
from gradcli.symbolic.derivatives.derive import Derivatives, Partials
from gradcli.symbolic.derivatives.describe import culprit
from gradcli.symbolic.derivatives.higher import Total, flat
from gradcli.symbolic.derivatives.judge import derivative_truth
from gradcli.symbolic.functions.mpmath_values import Inexpressible
from gradcli.symbolic.numbers.adaptive_precision import Point, is_finite, same
from gradcli.symbolic.numbers.decimals import Decimals, exact_fraction
from gradcli.symbolic.numbers.evaluate import Value
from gradcli.symbolic.numbers.floats import to_float
from gradcli.symbolic.program.interpret import Meaning, evaluate, interpret_with
from gradcli.symbolic.program.shared_subexpressions import Pieces
from gradcli.symbolic.proof.prove import Side, proof
from gradcli.symbolic.protocol.address import EntryAddress, Input
from gradcli.symbolic.protocol.inquiry import Claim, Counter, Finding, Inquiry, Outcome

__all__ = ["Target", "investigate"]

_DECIDED = "what the program computes depends on the point"
_PATIENCE = 0.5
_SIMPLE = 8
_DIGITS = (17, 25, 40)
_CLOSE = 30
"""Bits in which a claim with constants to float64 is right at least."""
_KNOWN = 95
"""Bits to which a derivative is known, in two float64 numbers."""
_EXACT = 9_000
"""Bits of a number that is no float64: more than any level of precision has."""


class Target(NamedTuple):
    """A derivative's entry: the expression that was differentiated, the derivative, and by which symbol."""

    value: Any
    derivative: Any
    symbol: Any
    address: EntryAddress


class _Compared(NamedTuple):
    """A claim at a point: the outcome, and of the first entry that differs the index and both numbers."""

    outcome: Outcome
    entry: int = -1
    derivative: Value = None
    claim: Value = None


def investigate(
    inquiry: Inquiry,
    report: Callable[[str], None] = lambda stage: None,
    interim: Callable[[Sequence[Finding]], None] = lambda findings: None,
) -> list[Finding]:
    """Judge every claim; `report` is told what is being done, `interim` what is known before a proof is tried.

    Raises:
        Problem: if the program or a claim is wrong, or does not fit the values.
        Inexpressible: if SymPy cannot express something.

    >>> points = ({"x": 1.0}, {"x": 2.0})
    >>> claims = (Claim(("x",), "2*x"), Claim(("x",), "2*x + 1"))
    >>> good, bad = investigate(Inquiry("x**2", claims, points, ("x",)))
    >>> [outcome.status for outcome in good.outcomes], good.proof
    (['agree', 'agree'], 'the difference of the two is 0 by algebra')
    >>> bad.counter.point, bad.counter.derivative, bad.counter.claim
    ({'x': 0.0}, '0.0', '1.0')
    """
    report("evaluating the program on symbols")
    cases = [_Case(inquiry, claim) for claim in inquiry.claims]
    findings = [Finding(()) for _ in cases]

    def known(i: int, finding: Finding) -> None:
        findings[i] = finding
        interim(findings)

    for i, case in enumerate(cases):
        report(f"comparing with the derivative at {len(inquiry.points)} points, claim {i + 1} of {len(cases)}")
        known(i, case.compare(partial(known, i)))
    if inquiry.prove and inquiry.free:
        for i, (case, finding) in enumerate(zip(cases, findings, strict=True)):
            if (
                finding.counter is None
                and not finding.to_float64
                and any(o.status == "agree" for o in finding.outcomes)
            ):
                report("looking for a proof")
                how, note = ("", _DECIDED) if case.decided else proof(case.pairs(), case.positive)
                known(i, finding._replace(proof=how, note=note))
    return findings


class _Case:
    """One claim: both sides on symbols, and their numbers at points."""

    def __init__(self, inquiry: Inquiry, claim: Claim) -> None:
        self.inquiry = inquiry
        self.claim = claim
        self._sides = _Sides(inquiry, claim, inquiry.points[0])
        self.decided = self._sides.decided

    @property
    def positive(self) -> list[tuple[str, int]]:
        """Which free numbers cannot be negative."""
        ranges = self.inquiry.ranges
        return [(n, i) for n, symbols in self._sides.meaning.symbols.items() if ranges.get(n, (-1.0, 0.0))[0] >= 0
                for i in range(len(symbols))]  # fmt: skip

    def pairs(self) -> Iterator[tuple[Side, Side]]:
        """Each entry of the derivative with that of the claim, on common keys for the free numbers."""
        inquiry = self.inquiry
        meaning = self._sides.meaning
        claimed, _ = _read(self.claim.text, inquiry.points[0], tuple(meaning.symbols), simplify=True)
        for target, entry in zip(self._sides.targets, claimed.entries, strict=True):
            yield _side(meaning, inquiry, target.derivative), _side(claimed, inquiry, entry)

    def compare(self, known: Callable[[Finding], None]) -> Finding:
        """The outcomes up to the first point at which the claim is wrong, and the simplest such point.

        Args:
            known: is told now and then what is known so far.
        """
        outcomes: list[Outcome] = []
        told = time.monotonic()
        for point in self.inquiry.points:
            compared = self.at(point)
            if compared.outcome.status == "differ" and not self._has_value(point):
                compared = _Compared(Outcome("outside", ()))
            outcomes.append(compared.outcome)
            if compared.outcome.status == "differ" and self._is_rounded(compared):
                return Finding(tuple(map(self._to_float64, self.inquiry.points)), to_float64=True)
            if compared.outcome.status == "differ":
                first = _counter(dict(point), compared)
                known(Finding(tuple(outcomes), first, first))
                return Finding(tuple(outcomes), self._simplest(len(outcomes) - 1), first)
            if time.monotonic() > told + _PATIENCE:
                told = time.monotonic()
                known(Finding(tuple(outcomes)))
        missing = condition(self.inquiry, outcomes, lambda p: self.at(p).outcome.status)
        return Finding(tuple(outcomes), missing=missing)

    def _is_rounded(self, compared: _Compared) -> bool:
        """Whether a difference, here and at all other points, is that of the claim's constants to the right ones."""
        slope, value = compared.derivative, compared.claim
        if self.decided or abs(slope - value) > mp.ldexp(abs(slope), -_CLOSE):
            return False
        moved = [
            _read(text, self.inquiry.points[0], tuple(self._sides.meaning.symbols), simplify=False)[0]
            for text in neighbours(self.claim.text)
        ]
        return bool(moved) and explain(row for point in self.inquiry.points for row in self._rows(point, moved))

    def _rows(self, point: Mapping[str, Any], moved: Sequence[Meaning]) -> Iterator[tuple[Value, list[Value]]]:
        """For each entry how far the claim is off, and how far each of the claims with a constant moved goes."""
        sides = self._sides
        there = _moved(sides.meaning, point)
        dependence = Dependence(frozenset(t.symbol for t in sides.targets), there)
        claims = [(_moved(meaning, point), meaning.entries) for meaning in (sides.claimed, *moved)]
        for i, t in enumerate(sides.targets):
            truth = derivative_truth(there, dependence, t.value, t.derivative, t.symbol, t.address)
            values = [numbers.number(entries[i]) for numbers, entries in claims]
            if truth.status == "number" and math.isfinite(truth.high) and all(map(is_finite, values)):
                with mp.workprec(256):
                    slope = mp.mpf(truth.high) + mp.mpf(truth.low)
                    off = slope - values[0]
                    known = abs(off) > mp.ldexp(abs(slope), -_KNOWN)
                    yield (off if known else mp.zero), [value - values[0] for value in values[1:]]

    def _to_float64(self, point: Mapping[str, Any]) -> Outcome:
        """The outcome at a point when what differs does so by the claim's constants alone."""
        outcome = self.at(point).outcome
        if outcome.status != "differ":
            return outcome
        return outcome._replace(status="agree" if self._has_value(point) else "outside")

    def _simplest(self, found: int) -> Counter:
        """The simplest point at which the claim is wrong, given the first one that was found."""
        simple = [i for i in range(1, len(self.inquiry.points), 2) if i != found][:_SIMPLE]
        start = next((i for i in simple if self._fails(self.inquiry.points[i])), found)
        point = simplest(self.inquiry, start, self._fails)
        return _counter(point, self.at(point))

    def _fails(self, point: Mapping[str, Any]) -> bool:
        return self.at(point).outcome.status == "differ" and self._has_value(point)

    def _has_value(self, point: Mapping[str, Any]) -> bool:
        """Whether the program has a value as it is written: no algebra has made 1 of x/x."""
        written = evaluate(_program(self.inquiry.source, point), point)
        return all(is_finite(written.point.number(entry)) for entry in written.entries)

    def at(self, point: Mapping[str, Any]) -> _Compared:
        """The claim at one point."""
        sides = _Sides(self.inquiry, self.claim, point) if self.decided else self._sides
        there = _moved(sides.meaning, point)
        claimed = _moved(sides.claimed, point)
        dependence = Dependence(frozenset(t.symbol for t in sides.targets), there)
        statuses, numbers, where = [], [], ""
        for i, (target, entry) in enumerate(zip(sides.targets, sides.claimed.entries, strict=True)):
            truth = derivative_truth(there, dependence, target.value, target.derivative, target.symbol, target.address)
            if truth.status != "number" or not math.isfinite(truth.high):
                statuses.append("kink" if truth.status == "kink" else "outside")
                numbers.append(math.nan)
                where = where or truth.where
                continue
            numbers.append(truth.high)
            with mp.workprec(256):
                slope = mp.mpf(truth.high) + mp.mpf(truth.low)
                value = claimed.number(entry)
            if not is_finite(value):
                statuses.append("undefined")
                where = where or culprit(claimed, entry)
            elif not same(slope, value):
                return _Compared(Outcome("differ", tuple(numbers)), i, slope, value)
            else:
                statuses.append("agree")
        return _Compared(Outcome(_overall(statuses), tuple(numbers), where))


def _overall(statuses: Sequence[Any]) -> Any:
    """The outcome of entries that do not differ."""
    for status in ("undefined", "agree", "kink"):
        if status in statuses:
            return status
    return "outside"


def _side(meaning: Meaning, inquiry: Inquiry, expression: Any) -> Side:
    """An expression for the proof: what is free has a key, what is fixed is a number."""
    keys = {s: (name, i) for name in inquiry.free for i, s in enumerate(meaning.symbols[name])}
    bindings = dict(meaning.point.bindings)
    for name, symbols in meaning.symbols.items():
        if name not in inquiry.free:
            numbers = map(exact_fraction, flat(inquiry.points[0][name]))
            bindings.update({s: sympy.Rational(*n.as_integer_ratio()) for s, n in zip(symbols, numbers, strict=True)})
    return expression, bindings, keys


class _Sides:
    """The derivative and the claim on symbols; the symbols are bound at the point."""

    def __init__(self, inquiry: Inquiry, claim: Claim, values: Mapping[str, Any]) -> None:
        moving = tuple(name for name in values if name in inquiry.free or name in claim.names)
        self.meaning, decided = _read(inquiry.source, values, moving, simplify=True)
        self.claimed, also = _read(claim.text, values, moving, simplify=False)
        self.decided = decided or also
        self.targets = _targets(self.meaning, claim)
        if len(self.targets) != len(self.claimed.entries):
            raise Inexpressible(
                f"the claim has {len(self.claimed.entries)} entries and the derivative has {len(self.targets)}"
            )


class _Watched(Point):
    """A point that remembers what was decided by its numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Any] = []

    def settle(self, expression: Any) -> tuple[Value, frozenset[Any]]:
        """The value, as of any point."""
        self.asked.append(expression)
        return super().settle(expression)


def _read(source: str, values: Mapping[str, Any], wrt: tuple[str, ...], simplify: bool) -> tuple[Meaning, bool]:
    """A program on symbols, and whether its shape depends on their values: an index that a comparison chooses."""
    program = _program(source, values)
    point = _Watched()
    pieces = Pieces(point) if simplify else Pieces(point, size=1, depth=1)
    meaning = interpret_with(program, values, wrt, Decimals(point, shown=simplify), pieces)
    symbols = frozenset(symbol for entries in meaning.symbols.values() for symbol in entries)
    dependence = Dependence(symbols, point)
    decided = any(dependence.of(expression) for expression in point.asked)
    point.asked = []
    return meaning, decided


def _program(source: str, values: Mapping[str, Any]) -> Program:
    def length(name: str) -> int | None:
        value = values.get(name)
        return len(value) if isinstance(value, list | tuple) else None

    return resolve(unroll(parse(source), length))


def _targets(meaning: Meaning, claim: Claim) -> list[Target]:
    """The entries of a derivative: of each output by each input, or of the one output by each pair of inputs."""
    inputs = [(name, i, s) for name in claim.names for i, s in enumerate(meaning.symbols[name])]
    partials = Partials()
    targets = []
    for output, entry in enumerate(meaning.entries):
        by = Derivatives(entry, meaning.pieces, meaning.point, partials)
        if claim.order == 1:
            targets += [Target(entry, by.by(s), s, EntryAddress(output, (Input(name, i),))) for name, i, s in inputs]
            continue
        for row, first in ((Input(name, i), s) for name, i, s in inputs):
            slope = meaning.point.named(by.by(first))
            for name, i, second in inputs:
                again = Total(meaning, partials, {second: sympy.S.One}).of(slope)
                targets.append(Target(slope, again, second, EntryAddress(0, (row, Input(name, i)))))
    return targets


def _moved(meaning: Meaning, values: Mapping[str, Any]) -> Point:
    """The same symbols at another point."""
    point = Point()
    point.bindings.update(meaning.point.bindings)
    for name, symbols in meaning.symbols.items():
        numbers = map(exact_fraction, flat(values[name]))
        with mp.workprec(_EXACT):
            point.bindings.update(
                {s: mp.mpf(n.numerator) / n.denominator for s, n in zip(symbols, numbers, strict=True)}
            )
    return point


def _counter(point: dict[str, Any], compared: _Compared) -> Counter:
    texts = ("", "")
    for digits in _DIGITS:
        texts = _text(compared.derivative, digits), _text(compared.claim, digits)
        if texts[0] != texts[1]:
            break
    return Counter(point, compared.entry, compared.outcome.derivatives, *texts)


def _text(number: Value, digits: int) -> str:
    """A number as a float64 is written, or with more digits than that."""
    return repr(to_float(number)) if digits == _DIGITS[0] else str(mp.nstr(number, digits))
