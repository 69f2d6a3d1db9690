"""Claims about derivatives: compared with SymPy's at many points, and proved where that is possible.

At each point both sides are evaluated with so many digits that rounding cannot decide. Agreement at any
number of points proves nothing, and is never called a proof; a single difference is one.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple

import sympy
from mpmath import mp

from gradcli.ops.calls.read import read_program
from gradcli.symbolic.answers.assumed import Assumed, Entry, Form
from gradcli.symbolic.answers.formulas import Formulas, interpret_claim, moved_to
from gradcli.symbolic.answers.rounded_constants import explain, neighbours
from gradcli.symbolic.answers.shrink import shrink
from gradcli.symbolic.answers.terms import largest_term
from gradcli.symbolic.answers.undefined_region import undefined_region
from gradcli.symbolic.answers.written import written
from gradcli.symbolic.derivatives.classify import classify_derivative
from gradcli.symbolic.derivatives.dependence import Dependence
from gradcli.symbolic.derivatives.derive import Derived
from gradcli.symbolic.derivatives.describe import culprit
from gradcli.symbolic.derivatives.higher import flat
from gradcli.symbolic.numbers.adaptive_precision import FIRST, Point, is_finite, same
from gradcli.symbolic.numbers.decimals import shortest_decimal
from gradcli.symbolic.numbers.floats import to_float
from gradcli.symbolic.numbers.level import Value
from gradcli.symbolic.program.interpret import Meaning, evaluate
from gradcli.symbolic.proof.prove import BoundExpression, prove
from gradcli.symbolic.protocol.inquiry import Claim, Finding, Inquiry, Outcome, Refutation

__all__ = ["investigate"]

_DATA_DEPENDENT = "what the program computes depends on the point"

_SOME_INDICES = "of what the index variables can be not all was tried"

_INTERIM = 0.5
"""Seconds after which it is told again what is known so far: little is lost at a deadline then."""

_SIMPLE = 8
"""Of the simple points so many are tried before the one at which a claim was found to be wrong is made simpler."""

_DIGITS = (17, 25, 40)
"""Digits that two numbers are written with, the fewest that show a difference: those of a float64, those that two
levels of precision agree on, and a few more."""

_CLOSE = 30
"""Bits in which a claim with constants to float64 is right at least."""
_KNOWN = 95
"""Bits to which a derivative is known, in two float64 numbers."""

_SPARE = 10
"""Bits by which what a constant moves must stand out."""

_LEAST = mp.ldexp(1, -1074)
"""The smallest float64: what is smaller is the rounding of a 0, as cos(pi*x) at 1/2 with any number of digits."""


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
    >>> bad.refutation.point, bad.refutation.derivative, bad.refutation.claim
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
                finding.refutation is None
                and not finding.to_float64
                and any(o.status == "agree" for o in finding.outcomes)
            ):
                report("looking for a proof")
                how, note = case.proof()
                text = case.written() if how and inquiry.keep else None
                known(i, finding._replace(proof=how, note=note, derivation=text or ""))
    return findings


class _Case:
    """One claim: both sides on symbols, which are others for each value of the index variables, and their numbers."""

    def __init__(self, inquiry: Inquiry, claim: Claim) -> None:
        self.inquiry = inquiry
        self.claim = claim
        self.assumed = Assumed(inquiry)
        self._made: dict[str, Formulas] = {}
        self._neighbours: dict[str, list[Meaning]] = {}
        self.formulas(inquiry.points[0])

    def formulas(self, point: Mapping[str, Any]) -> Formulas:
        """Both sides on symbols as they are at a point; they are the same at all with the same indices."""
        key = repr([point[name] for name in self.inquiry.indices])
        known = self._made.get(key)
        if known is None:
            known = self._made[key] = Formulas(self.inquiry, self.claim, point)
            return known
        return Formulas(self.inquiry, self.claim, point) if known.data_dependent else known

    @property
    def data_dependent(self) -> bool:
        """Whether what either side computes was seen to depend on the point, but for its indices."""
        return any(formulas.data_dependent for formulas in self._made.values())

    def proof(self) -> tuple[str, str]:
        """How the claim is proved, for all that the index variables can be, or why it is not."""
        if self.data_dependent:
            return "", _DATA_DEPENDENT
        if self.inquiry.indices and not self.inquiry.every_index:
            return "", _SOME_INDICES
        first = {repr([point[name] for name in self.inquiry.indices]): point for point in reversed(self.inquiry.points)}
        told = [prove(self._pairs(point), self.assumed.positive()) for point in first.values()]
        return next((found for found in told if not found[0]), told[0])

    def _pairs(self, point: Mapping[str, Any]) -> Iterator[tuple[BoundExpression, BoundExpression]]:
        """Each entry of the derivative with that of the claim, on common keys for the free numbers."""
        forms, formulas = self.assumed.forms(), self.formulas(point)
        meaning, inquiry = formulas.meaning, self.inquiry._replace(points=(dict(point),))
        claimed, _ = interpret_claim(self.claim.text, point, tuple(meaning.symbols), simplify=True)
        for target, entry in zip(formulas.targets, claimed.entries, strict=True):
            yield _bound(meaning, inquiry, forms, target.derivative), _bound(claimed, inquiry, forms, entry)

    def written(self) -> str | None:
        """What SymPy has derived, where the points are on no plane; None where the language does not have it."""
        if self.inquiry.assume or self.inquiry.tolerance:
            return None
        formulas = self.formulas(self.inquiry.points[0])
        derived = [Derived(target.value, target.derivative) for target in formulas.targets]
        return written(formulas.meaning, self.inquiry.points[0], derived)

    def compare(self, known: Callable[[Finding], None]) -> Finding:
        """The outcomes up to the first point at which the claim is wrong, and the simplest such point.

        Args:
            known: is told now and then what is known so far.
        """
        outcomes: list[Outcome] = []
        last = time.monotonic()
        for point in self.inquiry.points:
            compared = self.at(point)
            if compared.outcome.status == "differ" and not self._has_value(point):
                compared = _Compared(Outcome("outside", ()))
            outcomes.append(compared.outcome)
            if compared.outcome.status == "differ" and not self.inquiry.tolerance and self._is_rounded(compared):
                return Finding(tuple(map(self._to_float64, self.inquiry.points)), to_float64=True)
            if compared.outcome.status == "differ":
                first = _refutation(dict(point), compared)
                known(Finding(tuple(outcomes), first, first))
                return Finding(tuple(outcomes), self._simplest(len(outcomes) - 1), first)
            if time.monotonic() > last + _INTERIM:
                last = time.monotonic()
                known(Finding(tuple(outcomes)))
        region = undefined_region(self.inquiry, outcomes, lambda p: self.at(p).outcome.status)
        return Finding(tuple(outcomes), undefined_region=region)

    def _is_rounded(self, compared: _Compared) -> bool:
        """Whether a difference, here and at all other points, is that of the claim's constants to the right ones."""
        slope, value = compared.derivative, compared.claim
        # Where the derivative itself is 0, a constant inside of a function may be all that is off.
        if self.data_dependent or (slope and abs(slope - value) > mp.ldexp(abs(slope), -_CLOSE)):
            return False
        texts = list(neighbours(self.claim.text))
        return bool(texts) and explain(row for point in self.inquiry.points for row in self._rows(point, texts))

    def _moved_claims(self, point: Mapping[str, Any], texts: Sequence[str]) -> list[Meaning]:
        """The claims with a constant moved, on the symbols of a point."""
        key = repr([point[name] for name in self.inquiry.indices])
        if key not in self._neighbours:
            symbols = tuple(self.formulas(point).meaning.symbols)
            self._neighbours[key] = [interpret_claim(text, point, symbols, simplify=False)[0] for text in texts]
        return self._neighbours[key]

    def _rows(self, point: Mapping[str, Any], texts: Sequence[str]) -> Iterator[tuple[Value, list[Value]]]:
        """For each entry how far the claim is off, and how far each of the claims with a constant moved goes."""
        formulas, moved = self.formulas(point), self._moved_claims(point, texts)
        there = self._moved(formulas.meaning, point)
        dependence = Dependence(frozenset(t.symbol for t in formulas.targets), there)
        claims = [(self._moved(meaning, point), meaning.entries) for meaning in (formulas.claimed, *moved)]
        for i, t in enumerate(formulas.targets):
            truth = classify_derivative(there, dependence, t.value, t.derivative, {t.symbol: mp.one}, t.address)
            values = [numbers.number(entries[i]) for numbers, entries in claims]
            if truth.status == "number" and math.isfinite(truth.high) and all(map(is_finite, values)):
                with mp.workprec(256):
                    slope = mp.mpf(truth.high) + mp.mpf(truth.low)
                    off = slope - values[0]
                    least = max(mp.ldexp(abs(slope), -_KNOWN), _LEAST)
                    moves = [value - values[0] for value in values[1:]]
                    # Where neither differs by more than what is known there is nothing to explain.
                    if abs(off) > least or max(map(abs, moves)) > mp.ldexp(least, _SPARE):
                        yield (off if abs(off) > least else mp.zero), moves

    def _to_float64(self, point: Mapping[str, Any]) -> Outcome:
        """The outcome at a point when what differs does so by the claim's constants alone."""
        outcome = self.at(point).outcome
        if outcome.status != "differ":
            return outcome
        return outcome._replace(status="agree" if self._has_value(point) else "outside")

    def _simplest(self, found: int) -> Refutation:
        """The simplest point at which the claim is wrong, given the first one that was found."""
        simple = [i for i in range(1, len(self.inquiry.points), 2) if i != found][:_SIMPLE]
        start = next((i for i in simple if self._fails(self.inquiry.points[i])), found)
        point = shrink(self.inquiry, start, self._fails, self.assumed.settle)
        return _refutation(point, self.at(point))

    def _fails(self, point: Mapping[str, Any]) -> bool:
        return self.at(point).outcome.status == "differ" and self._has_value(point)

    def _has_value(self, point: Mapping[str, Any]) -> bool:
        """Whether the program has a value as it is written: no algebra has made 1 of x/x."""
        written = evaluate(read_program(self.inquiry.source, point), point)
        return all(is_finite(written.point.number(entry)) for entry in written.entries)

    def _moved(self, meaning: Meaning, values: Mapping[str, Any]) -> Point:
        """The symbols of a program at another point, exactly on the set that is assumed."""
        point = moved_to(meaning, values)
        self.assumed.bind(meaning, point, values)
        return point

    def _is_near(self, slope: Value, value: Value, there: Point, derivative: Any) -> bool:
        """Whether a claim is within the tolerance that there is."""
        tolerance = self.inquiry.tolerance
        if not tolerance:
            return False
        with mp.workprec(2 * FIRST):
            off, allowed = abs(slope - value), mp.mpf(tolerance)
            return bool(off <= allowed * abs(slope)) or bool(off <= allowed * largest_term(derivative, there))

    def at(self, point: Mapping[str, Any]) -> _Compared:
        """The claim at one point."""
        formulas = self.formulas(point)
        there = self._moved(formulas.meaning, point)
        claimed = self._moved(formulas.claimed, point)
        dependence = Dependence(frozenset(t.symbol for t in formulas.targets), there)
        statuses, numbers, where = [], [], ""
        for i, (target, entry) in enumerate(zip(formulas.targets, formulas.claimed.entries, strict=True)):
            truth = classify_derivative(
                there, dependence, target.value, target.derivative, {target.symbol: mp.one}, target.address
            )
            if truth.status != "number" or not math.isfinite(truth.high):
                statuses.append("kink" if truth.status == "kink" else "outside")
                numbers.append(math.nan)
                where = where or truth.where
                continue
            numbers.append(truth.high)
            with mp.workprec(2 * FIRST):
                slope = mp.mpf(truth.high) + mp.mpf(truth.low)
                value = claimed.number(entry)
            if not is_finite(value):
                statuses.append("undefined")
                where = where or culprit(claimed, entry)
            elif not same(slope, value) and not self._is_near(slope, value, there, target.derivative):
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


def _bound(meaning: Meaning, inquiry: Inquiry, forms: Mapping[Entry, Form], expression: Any) -> BoundExpression:
    """An expression for the proof: the free have keys, others are forms of them or numbers."""
    symbols = {(name, i): s for name, found in meaning.symbols.items() for i, s in enumerate(found)}
    keys = {s: entry for entry, s in symbols.items() if entry[0] in inquiry.free and entry not in forms}
    bindings = dict(meaning.point.bindings)
    for entry, form in forms.items():
        if entry in symbols:
            bindings[symbols[entry]] = sympy.Add(
                *(_rational(n) * (1 if other is None else symbols[other]) for other, n in form.items())
            )
    for name, found in meaning.symbols.items():
        if name not in inquiry.free:
            numbers = map(shortest_decimal, flat(inquiry.points[0][name]))
            bindings.update({s: _rational(n) for s, n in zip(found, numbers, strict=True)})
    return BoundExpression(expression, bindings, keys)


def _rational(number: Fraction) -> Any:
    return sympy.Rational(*number.as_integer_ratio())


def _refutation(point: dict[str, Any], compared: _Compared) -> Refutation:
    texts = ("", "")
    for digits in _DIGITS:
        texts = _text(compared.derivative, digits), _text(compared.claim, digits)
        if texts[0] != texts[1]:
            break
    return Refutation(point, compared.entry, compared.outcome.derivatives, *texts)


def _text(number: Value, digits: int) -> str:
    """A number as a float64 is written, or with more digits than that."""
    return repr(to_float(number)) if digits == _DIGITS[0] else str(mp.nstr(number, digits))
