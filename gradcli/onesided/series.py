"""Generalised power series in t > 0: sums of c * t**q * log(t)**k, q rational, up to some order.

With k = 0 these are Puiseux series, power series with rational exponents. The logarithms make room for x*log(x) and its
kin: the pairs (q, k) are an ordered group, t**q*log(t)**k being the larger the smaller q is, and the larger k is among
those with the same q. Series over such a group are Hahn series (H. Hahn, Über die nichtarchimedischen Größensysteme,
1907); here they have finitely many terms, and a remainder that vanishes at least as fast as a known power of t.

A series determines the sign of what it stands for at all small t > 0, by its first term. So every comparison and every
choice of a program has an answer beside the point, and one-sided derivatives are coefficients. Of a series without
terms and with a remainder nobody knows the sign: `MoreTermsNeeded` then asks for a computation that carries more.

What no such series can tell is a failure: "undefined" if there is no real number, as of sqrt(-t), and "unknown" if
there is one but no series here for it, as for sin(1/t), which oscillates, or exp(1/t), which outgrows all powers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import ceil, isfinite, isnan
from typing import Any, TypeAlias

from gradcli.onesided.budget import Budget
from gradcli.onesided.coefficients import Coefficient, as_mpf, bounded, magnitude, plus, power, times

__all__ = [
    "GUARD",
    "ZERO",
    "Context",
    "Exponents",
    "MoreTermsNeeded",
    "OneSidedSeries",
    "compose",
    "powers_needed",
    "worse",
]

Exponents: TypeAlias = tuple[Fraction, int]
"""The powers of t and of log(t)."""

ZERO: Exponents = (Fraction(0), 0)
"""The powers of the constant term."""

GUARD = 64
"""Bits by which a sum may be larger than the rounding of its terms and still counts as zero: so much may rounding have
grown on the way to the terms."""

_BITS = 320
"""Bits of the coefficients whose product is the unit of work: 100 digits."""

_VALUE = 20
"""Work of a function's value: with 320 bits log takes as long as 6 products, exp and sin 10, gamma and erf 35, and
digamma, the slowest that was measured, 115."""

_POWERS = 64
"""Of a series that starts with a small power of t no more powers are taken, unless twice the depth is more; its order
tells where it ends then. cos(t**0.01) would have a thousand."""

_LARGEST_EXPONENT = 2**1024
"""No float64 is so large, and a power by squaring takes a step for each bit."""

_REPEATED = 16
"""The largest whole exponent of a power that is taken by multiplication: as many products as a binomial series of the
usual depths, and exact in each coefficient."""


class MoreTermsNeeded(Exception):
    """More terms are needed to tell a series from zero."""


class Context:
    """What one computation with one-sided series goes by.

    Attributes:
        budget: of the work that it may be.
        prec: bits of the coefficients that are not rational.
        depth: how far beyond its first exponent a series is carried.
        final: whether what cannot be told from zero is zero: there will be no further attempt.
        doubtful: whether anything counted as zero that more bits might tell from it.
        taylor: Taylor coefficients of functions at points, as far as they have been asked for.
        integrals: how many are being taken, one within the other.
    """

    def __init__(self, prec: int, depth: int, final: bool, budget: Budget | None = None) -> None:
        self.budget = Budget() if budget is None else budget
        self.prec = prec
        self.depth = Fraction(depth)
        self.final = final
        self.doubtful = False
        self.taylor: dict[Any, list[Coefficient]] = {}
        self.integrals = 0

    def spend(self, products: int) -> None:
        """Take note of so many products of coefficients.

        Raises:
            TooMuchWork: if there is no room for them.
        """
        self.budget.spend(products * max(1.0, self.prec / _BITS))

    def spend_value(self, times: int = 1) -> None:
        """Take note of a function's value, whose cost grows faster with the bits than that of a product.

        Args:
            times: how often a usual one it takes.

        Raises:
            TooMuchWork: if there is no room for it.
        """
        self.spend(times * _VALUE * max(1, self.prec // _BITS))

    def number(self, value: float | Fraction | int | Coefficient) -> OneSidedSeries:
        """A constant; a NaN is no real number, and of an infinity nothing is known."""
        if isinstance(value, float) and not isfinite(value):
            return OneSidedSeries.failed(self, "undefined" if isnan(value) else "unknown")
        if isinstance(value, float | int):
            value = Fraction(value)
        return OneSidedSeries(self, ((ZERO, value),) if value else (), None)

    def variable(self, value: float, direction: float) -> OneSidedSeries:
        """value + direction*t."""
        return self.number(value) + OneSidedSeries(
            self, (((Fraction(1), 0), Fraction(direction)),) if direction else (), None
        )

    def series(
        self,
        terms: Mapping[Exponents, Coefficient],
        order: Fraction | None,
        sizes: Mapping[Exponents, int] | None = None,
    ) -> OneSidedSeries:
        """A one-sided series of these terms without those that are zero or beyond the order.

        Args:
            terms: coefficients by their powers.
            order: the terms from this exponent on are not known; None if there are no others.
            sizes: of coefficients that are sums the binary exponent of the largest part: a remainder of rounding
                counts as zero.
        """
        kept = []
        for key in sorted(terms, key=_by_size):
            coefficient = terms[key]
            if (order is None or key[0] < order) and coefficient and not self._rounding(key, coefficient, sizes):
                kept.append((key, coefficient))
        # Relative to the first term: of t**100*(1 + t + ...) as many terms are kept as of 1 + t + ...
        if kept and kept[-1][0][0] >= kept[0][0][0] + self.depth:
            end = kept[0][0][0] + self.depth
            kept = [term for term in kept if term[0][0] < end]
            order = end if order is None else min(order, end)
        return OneSidedSeries(self, tuple(kept), order)

    def _rounding(self, key: Exponents, coefficient: Coefficient, sizes: Mapping[Exponents, int] | None) -> bool:
        """Whether a coefficient may be nothing but rounding of the numbers that it is a sum of.

        It is evidence and no proof that it is zero, hence the note that it is doubtful, and another attempt with more
        bits. Rational coefficients are exact, and never doubtful.
        """
        if sizes is None or key not in sizes or isinstance(coefficient, Fraction):
            return False
        if magnitude(coefficient) > sizes[key] - self.prec + GUARD:
            return False
        self.doubtful = True
        return True


class OneSidedSeries:
    """A series, its largest term first, known up to an order; or what has no value, or none that is known.

    Attributes:
        context: what the computation goes by that it is part of.
        terms: (exponents, coefficient), none of them zero.
        order: the exponent from which on nothing is known; None where the terms are everything.
        failure: "" for a series; "undefined" for what is not a real number, as sqrt(-t); "unknown".
    """

    __slots__ = ("context", "failure", "order", "terms")

    def __init__(
        self, context: Context, terms: tuple[tuple[Exponents, Coefficient], ...], order: Fraction | None
    ) -> None:
        self.context = context
        self.terms = terms
        self.order = order
        self.failure = ""

    @classmethod
    def failed(cls, context: Context, failure: str) -> OneSidedSeries:
        """What is no series: "undefined" or "unknown"."""
        series = cls(context, (), None)
        series.failure = failure
        return series

    @property
    def is_constant(self) -> bool:
        """Whether it is the same for all t."""
        return not self.failure and self.order is None and all(key == ZERO for key, _ in self.terms)

    @property
    def constant_term(self) -> Coefficient:
        """The constant term."""
        return self.at(ZERO)

    @property
    def valuation(self) -> Fraction | None:
        """The exponent of t in the largest term, or else that of the remainder; None for zero itself."""
        return self.terms[0][0][0] if self.terms else self.order

    def at(self, exponents: Exponents) -> Coefficient:
        """A coefficient."""
        return dict(self.terms).get(exponents, Fraction(0))

    def sign(self) -> int:
        """The sign for small t > 0.

        Raises:
            MoreTermsNeeded: if more terms are needed to know it.
        """
        if self.terms:
            (_, logs), coefficient = self.terms[0]  # log(t) is negative, and its odd powers with it
            return (1 if coefficient > 0 else -1) * (-1 if logs % 2 else 1)
        if self.order is not None and not self.context.final:
            raise MoreTermsNeeded
        return 0

    def without_constant(self) -> OneSidedSeries:
        """Without the constant term."""
        return OneSidedSeries(self.context, tuple(term for term in self.terms if term[0] != ZERO), self.order)

    def __add__(self, other: Any) -> OneSidedSeries:
        other = self._lift(other)
        if self.failure or other.failure:
            return worse(self, other)
        if not self.terms and self.order is None:
            return OneSidedSeries(self.context, other.terms, other.order)
        if not other.terms and other.order is None:
            return self
        terms: dict[Exponents, Coefficient] = dict(self.terms)
        sizes: dict[Exponents, int] = {}
        for key, coefficient in other.terms:
            if key in terms:
                sizes[key] = max(magnitude(terms[key]), magnitude(coefficient))
                terms[key] = plus(terms[key], coefficient)
            else:
                terms[key] = coefficient
        return self.context.series(terms, _lower(self.order, other.order), sizes)

    __radd__ = __add__

    def __neg__(self) -> OneSidedSeries:
        if self.failure:
            return self
        return OneSidedSeries(self.context, tuple((key, -coefficient) for key, coefficient in self.terms), self.order)

    def __sub__(self, other: Any) -> OneSidedSeries:
        return self + -self._lift(other)

    def __rsub__(self, other: Any) -> OneSidedSeries:
        return self._lift(other) - self

    def __mul__(self, other: Any) -> OneSidedSeries:
        other = self._lift(other)
        if self.failure or other.failure:
            return worse(self, other)
        if (not self.terms and self.order is None) or (not other.terms and other.order is None):
            return OneSidedSeries(self.context, (), None)
        self.context.spend(len(self.terms) * len(other.terms))
        order = _lower(_after(self.order, other.valuation), _after(other.order, self.valuation))
        terms: dict[Exponents, Coefficient] = {}
        sizes: dict[Exponents, int] = {}
        right = _with_reals(other.terms, self.terms)
        for (p, k), a, real_a in _with_reals(self.terms, other.terms):
            for (q, l), b, real_b in right:
                key = (p + q, k + l)
                if order is not None and key[0] >= order:
                    continue
                both = isinstance(a, Fraction) and isinstance(b, Fraction)
                product = bounded(a * b) if both else real_a * real_b
                if key in terms:
                    terms[key] = plus(terms[key], product)
                    sizes[key] = max(sizes[key], magnitude(product))
                else:
                    terms[key] = product
                    sizes[key] = magnitude(product)
        return self.context.series(terms, order, sizes)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> OneSidedSeries:
        other = self._lift(other)
        return worse(self, other) if other.failure else self * other.power(Fraction(-1))

    def __rtruediv__(self, other: Any) -> OneSidedSeries:
        return self._lift(other) / self

    def _lift(self, other: Any) -> OneSidedSeries:
        return other if isinstance(other, OneSidedSeries) else self.context.number(float(other))

    def power(self, exponent: Fraction) -> OneSidedSeries:
        """The series to a rational power, by the binomial series of what follows its first term.

        Raises:
            MoreTermsNeeded: if its first term is not known.
        """
        if self.failure or exponent == 1:
            return self
        if exponent == 0:
            return self.context.number(1)
        if abs(exponent) > _LARGEST_EXPONENT:
            return OneSidedSeries.failed(self.context, "unknown")
        if not self.terms:
            return self._zero_to(exponent)
        if exponent.denominator == 1 and 1 < exponent <= _REPEATED:
            return self._repeated_product(int(exponent))
        # c*t**q*(1 + h) to the power r is c**r * t**(q*r) * (1 + h)**r. With log(t) in the first term, or in one of the
        # same power of t, h would hold 1/log(t), or not go to 0: these series have no such terms.
        (q, logs), first = self.terms[0]
        if logs or any(key[0] == q for key, _ in self.terms[1:]):
            return OneSidedSeries.failed(self.context, "unknown")
        if first < 0 and exponent.denominator != 1:
            return OneSidedSeries.failed(self.context, "undefined")
        shift = {(p - q, k): times(c, 1 / first) for (p, k), c in self.terms[1:]}
        tail = self.context.series(shift, None if self.order is None else self.order - q)

        def binomial(k: int, before: Coefficient) -> Coefficient:
            return before * (exponent - k + 1) / k

        grown = compose(tail, Fraction(1), binomial)
        head = (((q * exponent, 0), power(first, exponent)),)
        return OneSidedSeries(self.context, head, None) * grown

    def _zero_to(self, exponent: Fraction) -> OneSidedSeries:
        """A power of zero, or of a remainder of which nothing else is known."""
        if self.order is None:
            return self if exponent > 0 else OneSidedSeries.failed(self.context, "undefined")
        if exponent > 0:
            return OneSidedSeries(self.context, (), self.order * exponent)
        if not self.context.final:
            raise MoreTermsNeeded
        return OneSidedSeries.failed(self.context, "unknown")

    def _repeated_product(self, exponent: int) -> OneSidedSeries:
        result = self
        for _ in range(exponent - 1):
            result = result * self
        return result


def compose(
    h: OneSidedSeries, first: Coefficient, following: Callable[[int, Coefficient], Coefficient]
) -> OneSidedSeries:
    """The sum of c[k]*h**k for a series h that goes to 0, by Horner's rule.

    Args:
        h: the series.
        first: c[0].
        following: gives c[k], k from 1 on, from k and c[k - 1].
    """
    context = h.context
    if not h.terms and h.order is None:
        return context.number(first)
    valuation = h.valuation
    assert valuation is not None
    if valuation <= 0:
        return OneSidedSeries.failed(context, "unknown")
    count = powers_needed(h)
    coefficients = [first]
    for k in range(1, count + 1):
        coefficients.append(following(k, coefficients[-1]))
    end = valuation * (count + 1)
    if len(h.terms) == 1:
        return _of_a_monomial(h, coefficients, end)
    result = context.number(coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        result = result * h + context.number(coefficient)
    return context.series(dict(result.terms), _lower(result.order, end))


def _of_a_monomial(h: OneSidedSeries, coefficients: list[Coefficient], end: Fraction) -> OneSidedSeries:
    """The same for a single term c*t**q: its powers are terms too."""
    (q, logs), c = h.terms[0]
    terms: dict[Exponents, Coefficient] = {}
    power: Coefficient = Fraction(1)
    for k, coefficient in enumerate(coefficients):
        terms[q * k, logs * k] = times(coefficient, power)
        power = times(power, c)
    return h.context.series(terms, _lower(h.order, end))


def powers_needed(h: OneSidedSeries) -> int:
    """How many powers of a one-sided series that goes to 0 are above the depth, or above its own remainder."""
    valuation = h.valuation
    assert valuation is not None
    limit = h.context.depth if h.order is None else min(h.context.depth, h.order)
    return min(max(0, ceil(limit / valuation) - 1), max(_POWERS, 2 * ceil(h.context.depth)))


def _with_reals(
    terms: tuple[tuple[Exponents, Coefficient], ...], others: tuple[tuple[Exponents, Coefficient], ...]
) -> list[tuple[Exponents, Coefficient, Coefficient]]:
    """(exponents, coefficient, the coefficient as an mpf if it will be multiplied with one): each is converted once."""
    needed = not all(isinstance(c, Fraction) for _, c in others)
    return [(key, c, as_mpf(c) if needed else c) for key, c in terms]


def _by_size(key: Exponents) -> tuple[Fraction, int]:
    """A key to sort by, the largest term for small t first."""
    return key[0], -key[1]


def worse(*series: OneSidedSeries) -> OneSidedSeries:
    """Of several series, one of them a failure, what an operation on them is: of what is unknown all may be."""
    unknown = (s for s in series if s.failure == "unknown")
    return next(unknown, None) or next(s for s in series if s.failure)


def _lower(first: Fraction | None, second: Fraction | None) -> Fraction | None:
    """The lower of two orders, None being above all."""
    return second if first is None else first if second is None else min(first, second)


def _after(order: Fraction | None, valuation: Fraction | None) -> Fraction | None:
    """The order of a remainder times a series; none where one of them is zero."""
    return None if order is None or valuation is None else order + valuation
