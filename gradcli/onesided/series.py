"""Generalised power series in t > 0: sums of c * t**q * log(t)**k, q rational, up to some order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import ceil, inf, isfinite
from typing import Any, TypeAlias

from mpmath import mp

__all__ = [
    "ZERO",
    "Budget",
    "BudgetExhausted",
    "Coefficient",
    "Context",
    "Exponents",
    "MoreTermsNeeded",
    "OneSidedSeries",
    "as_fraction",
    "as_mpf",
    "compose",
    "is_extreme",
    "powers_needed",
]  # fmt: skip

Coefficient: TypeAlias = Any
"""A coefficient: a Fraction, or an mpf where no rational number will do."""

Exponents: TypeAlias = tuple[Fraction, int]
"""The powers of t and of log(t)."""

_BITS = 320
_GUARD = 64
_VALUE = 20
_INFINITE = 10**18
_LARGE = 8_000
_POWERS = 64
_LARGEST_POWER = 2**1024  # no float64 is so large, and a power by squaring takes a step for each bit
"""Of a series that starts with a small power of t no more powers are taken; its order tells where it ends then."""

_FAR = 8_192
_LONGEST = 100_000


class MoreTermsNeeded(Exception):
    """More terms are needed to tell a series from zero."""


class BudgetExhausted(Exception):
    """The computation would take longer than anybody waits for it."""


class Budget:
    """How much work computations with one-sided series may be, in products of two coefficients of 320 bits.

    Counted and not timed, so that the same question has the same answer on a slow machine.

    >>> budget = Budget(10)
    >>> budget.spend(10)
    >>> budget.spend(1)
    Traceback (most recent call last):
    ...
    gradcli.onesided.series.BudgetExhausted
    """

    def __init__(self, work: float = inf) -> None:
        self._left = work

    def spend(self, work: float) -> None:
        """Take note of some work.

        Raises:
            BudgetExhausted: if it is more than is left.
        """
        self._left -= work
        if self._left < 0:
            raise BudgetExhausted


class Context:
    """What one computation with one-sided series goes by.

    Attributes:
        budget: of the work that it may be.
        depth: how far beyond its leading exponent a series is carried.
        final: whether what cannot be told from zero is zero: there will be no further attempt.
        doubtful: whether anything counted as zero that more bits might tell from it.
        integrals: how many are being taken, one within the other.
    """

    def __init__(self, prec: int, depth: int, final: bool, budget: Budget | None = None) -> None:
        self.budget = Budget() if budget is None else budget
        self.prec = prec
        self.depth = Fraction(depth)
        self.final = final
        self.doubtful = False
        self.tails: dict[Any, list[Coefficient]] = {}
        self.integrals = 0

    def spend(self, products: int) -> None:
        """Take note of so many products of coefficients.

        Raises:
            BudgetExhausted: if there is no room for them.
        """
        self.budget.spend(products * max(1.0, self.prec / _BITS))

    def spend_value(self) -> None:
        """Take note of a function's value, whose cost grows faster with the bits than that of a product.

        Raises:
            BudgetExhausted: if there is no room for it.
        """
        self.spend(_VALUE * max(1, self.prec // _BITS))

    def number(self, value: float | Fraction | int | Coefficient) -> OneSidedSeries:
        """A constant; of what is no finite number nothing is known."""
        if isinstance(value, float) and not isfinite(value):
            return OneSidedSeries.failed(self, "unknown")
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
        if kept and kept[-1][0][0] >= kept[0][0][0] + self.depth:
            end = kept[0][0][0] + self.depth
            kept = [term for term in kept if term[0][0] < end]
            order = end if order is None else min(order, end)
        return OneSidedSeries(self, tuple(kept), order)

    def _rounding(self, key: Exponents, coefficient: Coefficient, sizes: Mapping[Exponents, int] | None) -> bool:
        if sizes is None or key not in sizes or isinstance(coefficient, Fraction):
            return False
        if _magnitude(coefficient) > sizes[key] - self.prec + _GUARD:
            return False
        self.doubtful = True
        return True


class OneSidedSeries:
    """A series, its first term first, known up to an order; or what has no value, or none that is known.

    Attributes:
        terms: (powers, coefficient), none of them zero.
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
        """Nothing to compute with."""
        found = cls(context, (), None)
        found.failure = failure
        return found

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
        """The exponent below which there is nothing; None for zero itself."""
        return self.terms[0][0][0] if self.terms else self.order

    def at(self, key: Exponents) -> Coefficient:
        """A coefficient."""
        return dict(self.terms).get(key, Fraction(0))

    def sign(self) -> int:
        """The sign for small t > 0.

        Raises:
            MoreTermsNeeded: if more terms are needed to know it.
        """
        if self.terms:
            (_, logs), coefficient = self.terms[0]
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
            return _worse(self, other)
        if not self.terms and self.order is None:
            return OneSidedSeries(self.context, other.terms, other.order)
        if not other.terms and other.order is None:
            return self
        terms: dict[Exponents, Coefficient] = dict(self.terms)
        sizes: dict[Exponents, int] = {}
        for key, coefficient in other.terms:
            if key in terms:
                sizes[key] = max(_magnitude(terms[key]), _magnitude(coefficient))
                terms[key] = _plus(terms[key], coefficient)
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
            return _worse(self, other)
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
                product = _bounded(a * b) if both else real_a * real_b
                if key in terms:
                    terms[key] = _plus(terms[key], product)
                    sizes[key] = max(sizes[key], _magnitude(product))
                else:
                    terms[key] = product
                    sizes[key] = _magnitude(product)
        return self.context.series(terms, order, sizes)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> OneSidedSeries:
        other = self._lift(other)
        return _worse(self, other) if other.failure else self * other.power(Fraction(-1))

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
        if abs(exponent) > _LARGEST_POWER:
            return OneSidedSeries.failed(self.context, "unknown")
        if not self.terms:
            return self._zero_to(exponent)
        if exponent.denominator == 1 and 1 < exponent <= 16:
            return self._whole_power(int(exponent))
        (q, logs), first = self.terms[0]
        if logs or any(key[0] == q for key, _ in self.terms[1:]):
            return OneSidedSeries.failed(self.context, "unknown")
        if first < 0 and exponent.denominator != 1:
            return OneSidedSeries.failed(self.context, "undefined")
        shift = {(p - q, k): _times(c, _inverse(first)) for (p, k), c in self.terms[1:]}
        tail = self.context.series(shift, None if self.order is None else self.order - q)

        def binomial(k: int, before: Coefficient) -> Coefficient:
            return before * (exponent - k + 1) / k

        grown = compose(tail, Fraction(1), binomial)
        head = (((q * exponent, 0), _power(first, exponent)),)
        return OneSidedSeries(self.context, head, None) * grown

    def _zero_to(self, exponent: Fraction) -> OneSidedSeries:
        if self.order is None:
            return self if exponent > 0 else OneSidedSeries.failed(self.context, "undefined")
        if exponent > 0:
            return OneSidedSeries(self.context, (), self.order * exponent)
        if not self.context.final:
            raise MoreTermsNeeded
        return OneSidedSeries.failed(self.context, "unknown")

    def _whole_power(self, exponent: int) -> OneSidedSeries:
        result = self
        for _ in range(exponent - 1):
            result = result * self
        return result


def compose(
    h: OneSidedSeries, first: Coefficient, following: Callable[[int, Coefficient], Coefficient]
) -> OneSidedSeries:
    """The sum of c[k]*h**k, h going to 0, each coefficient made from the one before."""
    context = h.context
    if not h.terms and h.order is None:
        return context.number(first)
    leading = h.valuation
    assert leading is not None
    if leading <= 0:
        return OneSidedSeries.failed(context, "unknown")
    count = powers_needed(h)
    coefficients = [first]
    for k in range(1, count + 1):
        coefficients.append(following(k, coefficients[-1]))
    end = leading * (count + 1)
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
        terms[q * k, logs * k] = _times(coefficient, power)
        power = _times(power, c)
    return h.context.series(terms, _lower(h.order, end))


def powers_needed(h: OneSidedSeries) -> int:
    """How many powers of a one-sided series that goes to 0 matter for what it is part of."""
    leading = h.valuation
    assert leading is not None
    limit = h.context.depth if h.order is None else min(h.context.depth, h.order)
    return min(max(0, ceil(limit / leading) - 1), max(_POWERS, 2 * ceil(h.context.depth)))


ZERO: Exponents = (Fraction(0), 0)


def as_mpf(number: Coefficient) -> Any:
    """A coefficient as an mpf."""
    return mp.mpf(number.numerator) / number.denominator if isinstance(number, Fraction) else number


def _magnitude(number: Coefficient) -> int:
    """About the binary exponent."""
    if isinstance(number, Fraction):
        return number.numerator.bit_length() - number.denominator.bit_length() + 1
    _, mantissa, exponent, bits = number._mpf_
    if mantissa:
        return int(exponent + bits)
    return _INFINITE if exponent else -_INFINITE


def _with_reals(
    terms: tuple[tuple[Exponents, Coefficient], ...], others: tuple[tuple[Exponents, Coefficient], ...]
) -> list[tuple[Exponents, Coefficient, Coefficient]]:
    """(powers, coefficient, the coefficient as an mpf if it will be multiplied with one)."""
    needed = not all(isinstance(c, Fraction) for _, c in others)
    return [(key, c, as_mpf(c) if needed else c) for key, c in terms]


def as_fraction(number: Coefficient) -> Fraction:
    """A coefficient as a Fraction; of an mpf the number that it is.

    Raises:
        BudgetExhausted: if it has too many digits to be written out.
    """
    if isinstance(number, Fraction):
        return number
    sign, mantissa, exponent, _ = number._mpf_
    if abs(exponent) > _LONGEST:
        raise BudgetExhausted
    return Fraction(-int(mantissa) if sign else int(mantissa)) * Fraction(2) ** int(exponent)


def is_extreme(number: Coefficient) -> bool:
    """Whether a number is so large, or so small, that as a Fraction it would fill the memory."""
    return not isinstance(number, Fraction) and abs(mp.mag(number)) > _FAR and number != 0


def _by_size(key: Exponents) -> tuple[Fraction, int]:
    return key[0], -key[1]


def _worse(first: OneSidedSeries, second: OneSidedSeries) -> OneSidedSeries:
    return next((g for g in (first, second) if g.failure == "unknown"), first if first.failure else second)


def _lower(first: Fraction | None, second: Fraction | None) -> Fraction | None:
    return second if first is None else first if second is None else min(first, second)


def _after(order: Fraction | None, leading: Fraction | None) -> Fraction | None:
    return None if order is None or leading is None else order + leading


def _plus(first: Coefficient, second: Coefficient) -> Coefficient:
    if isinstance(first, Fraction) and isinstance(second, Fraction):
        return _bounded(first + second)
    return as_mpf(first) + as_mpf(second)


def _times(first: Coefficient, second: Coefficient) -> Coefficient:
    if isinstance(first, Fraction) and isinstance(second, Fraction):
        return _bounded(first * second)
    return as_mpf(first) * as_mpf(second)


def _inverse(number: Coefficient) -> Coefficient:
    return 1 / number


def _power(number: Coefficient, exponent: Fraction) -> Coefficient:
    if isinstance(number, Fraction):
        if exponent.denominator == 1 and abs(exponent) <= 64:
            return _bounded(number ** int(exponent))
        if number == 1:
            return number
    if exponent.denominator == 2 and isinstance(number, Fraction) and abs(exponent) <= 16:
        root = mp.sqrt(as_mpf(number))
        rational = as_fraction(root)
        whole = rational if rational * rational == number else None
        return _bounded(whole ** int(exponent * 2)) if whole is not None else root ** int(exponent * 2)
    value = as_mpf(number)
    if value < 0:  # a whole exponent
        return (-1 if exponent % 2 else 1) * mp.power(-value, int(exponent))
    return mp.power(value, as_mpf(exponent))


def _bounded(number: Fraction) -> Coefficient:
    """A rational number that has grown too long becomes a rounded one."""
    long = number.numerator.bit_length() > _LARGE or number.denominator.bit_length() > _LARGE
    return as_mpf(number) if long else number
