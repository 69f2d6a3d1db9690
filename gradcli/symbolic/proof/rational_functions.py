"""Rational functions of generators, some of which are roots of others: sums, products, and whether one is 0.

A generator stands for a variable or for a function's value, such as log(x): a kernel. Of a root u = r**(1/q) the power
u**q is r, of a cosine c**2 is 1 - s**2: powers beyond these are replaced, the youngest generator's first, which is
division with remainder by the relation. As each relation is monic in its own generator and holds older ones besides,
this ends, and leaves a numerator whose degree in each generator is below that of its relation.

A numerator that comes out as 0 proves that the rational function is 0 wherever it has a value. One that does not
proves nothing: it would be a canonical form, and 0 only as 0, if the generators were otherwise independent of each
other and each relation irreducible over the older generators. Neither is decided here (for elementary functions the
Risch structure theorem does: M. Bronstein, Symbolic Integration I, 2nd edition, 2005, chapter 9), and for expressions
with sines, exponentials and absolute values no algorithm can decide it (D. Richardson, Some undecidable problems
involving elementary functions of a real variable, Journal of Symbolic Logic 33, 1968).

A fraction is never brought to lowest terms, which would take more time than it saves: only its numerator matters in
the end. Its denominator is kept as a product of factors, so that a sum need not multiply by a factor that both have.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sympy import QQ
from sympy.polys.rings import PolyRing

__all__ = ["OutOfGenerators", "RationalFunction", "RationalFunctionRing"]


class OutOfGenerators(Exception):
    """All generators of a ring are in use: its polynomials have a fixed number of them."""


class RationalFunction(NamedTuple):
    """A polynomial over a product of polynomials.

    Attributes:
        numerator: an element of SymPy's `PolyRing`.
        denominator: the factors, elements too, each with its power.
    """

    numerator: Any
    denominator: tuple[tuple[Any, int], ...] = ()


class RationalFunctionRing:
    """The rational functions of some generators, and what powers of the generators are.

    They are a ring and not always a field: with s**2 = 1, as of a sign, (s - 1)*(s + 1) is 0.

    Args:
        size: how many generators there may be.

    Attributes:
        polynomials: SymPy's ring of polynomials in so many generators, with rational coefficients.
        keys: what each generator in use stands for.
        relations: for some generators a power, and what that is in older generators.

    >>> ring = RationalFunctionRing(2)
    >>> x = ring.generator("x")
    >>> root = ring.generator("root", (2, x))
    >>> ring.add(ring.multiply(root, root), ring.scale(x, -1)).numerator
    0
    """

    def __init__(self, size: int) -> None:
        self.polynomials: Any = PolyRing([f"g{i}" for i in range(size)], QQ)
        self.keys: list[Any] = []
        self._indices: dict[Any, int] = {}
        self.relations: dict[int, tuple[int, RationalFunction]] = {}

    def constant(self, number: Any) -> RationalFunction:
        """A rational number."""
        return RationalFunction(self.polynomials.ground_new(QQ(number)))

    def generator(self, key: Any, relation: tuple[int, RationalFunction] | None = None) -> RationalFunction:
        """The generator of this key, made when it is first asked for.

        Args:
            key: what it stands for.
            relation: a power of the generator, and what that is in older generators.

        Raises:
            OutOfGenerators: if there cannot be another.
        """
        if key not in self._indices:
            index = len(self.keys)
            if index == self.polynomials.ngens:
                raise OutOfGenerators
            self._indices[key] = index
            self.keys.append(key)
            if relation is not None:
                self.relations[index] = relation
        return RationalFunction(self.polynomials.gens[self._indices[key]])

    def index(self, key: Any) -> int:
        """Which generator stands for a key that there is one for."""
        return self._indices[key]

    def scale(self, a: RationalFunction, number: Any) -> RationalFunction:
        """The product with a rational number."""
        return RationalFunction(a.numerator.mul_ground(QQ(number)), a.denominator)

    def multiply(self, a: RationalFunction, b: RationalFunction) -> RationalFunction:
        """The product."""
        denominator = dict(a.denominator)
        for factor, power in b.denominator:
            denominator[factor] = denominator.get(factor, 0) + power
        return self._reduced(a.numerator * b.numerator, denominator)

    def add(self, *terms: RationalFunction) -> RationalFunction:
        """The sum."""
        denominator: dict[Any, int] = {}
        for term in terms:
            for factor, power in term.denominator:
                denominator[factor] = max(denominator.get(factor, 0), power)
        numerator = self.polynomials.zero
        for term in terms:
            own = dict(term.denominator)
            expanded = term.numerator
            for factor, power in denominator.items():
                if power > own.get(factor, 0):
                    expanded = expanded * factor ** (power - own.get(factor, 0))
            numerator = numerator + expanded
        return self._reduced(numerator, denominator)

    def invert(self, a: RationalFunction) -> RationalFunction:
        """One divided by it.

        Raises:
            ZeroDivisionError: if it is 0.
        """
        if not a.numerator:
            raise ZeroDivisionError
        numerator = self.polynomials.one
        for factor, power in a.denominator:
            numerator = numerator * factor**power
        content, exponents, rest = self.primitive_part(a.numerator)
        denominator = {self.polynomials.gens[i]: e for i, e in enumerate(exponents) if e}
        if not rest.is_ground:
            denominator[rest] = denominator.get(rest, 0) + 1
        return self._reduced(numerator.mul_ground(1 / content), denominator)

    def power(self, a: RationalFunction, exponent: int) -> RationalFunction:
        """An integer power, by repeated squaring."""
        base = a if exponent >= 0 else self.invert(a)
        result = self.constant(1)
        for bit in f"{abs(exponent):b}":
            result = self.multiply(result, result)
            result = self.multiply(result, base) if bit == "1" else result
        return result

    def primitive_part(self, polynomial: Any) -> tuple[Any, tuple[int, ...], Any]:
        """A polynomial as a number, powers of the generators, and a rest with coprime integers, the first positive."""
        exponents = tuple(map(min, zip(*polynomial.itermonoms(), strict=True)))
        if any(exponents):
            polynomial = polynomial.quo(self.polynomials.term_new(exponents, self.polynomials.domain.one))
        content, rest = polynomial.primitive()
        if rest.LC < 0:
            content, rest = -content, -rest
        return content, exponents, rest

    def _reduced(self, numerator: Any, denominator: Mapping[Any, int]) -> RationalFunction:
        """A fraction by the relations, with single generators cancelled."""
        factors = dict(denominator)
        changed = True
        while changed and numerator:
            changed = False
            degrees = tuple(map(max, zip(*numerator.itermonoms(), strict=True)))
            # The youngest first: what takes its place may hold high powers of older generators, and never of it.
            for index in sorted(self.relations, reverse=True):
                power, _ = self.relations[index]
                if degrees[index] >= power:
                    numerator = self._replaced(numerator, index, degrees[index] // power, factors)
                    changed = True
                    break
        if not numerator:
            return RationalFunction(numerator)
        return self._cancelled(numerator, factors)

    def _replaced(self, numerator: Any, index: int, most: int, denominator: dict[Any, int]) -> Any:
        """The numerator with a generator's powers replaced, all brought to the denominator of the highest.

        Args:
            numerator: to replace them in.
            index: of the generator.
            most: how often the power of the relation is in the highest power of the generator.
            denominator: of the fraction; takes on that of the relation.
        """
        power, value = self.relations[index]
        groups: list[dict[Any, Any]] = [{} for _ in range(most + 1)]
        for monomial, coefficient in numerator.iterterms():
            times, left = divmod(monomial[index], power)
            groups[times][(*monomial[:index], left, *monomial[index + 1 :])] = coefficient
        divisor = self.polynomials.one
        for factor, exponent in value.denominator:
            divisor = divisor * factor**exponent
            denominator[factor] = denominator.get(factor, 0) + exponent * most
        result = self.polynomials.zero
        for times, group in enumerate(groups):
            if group:
                part = self.polynomials.from_dict(group)
                result = result + part * value.numerator**times * divisor ** (most - times)
        return result

    def _cancelled(self, numerator: Any, denominator: dict[Any, int]) -> RationalFunction:
        """The fraction with those powers cancelled that cost nothing to find: of single generators."""
        singles = {factor: i for i, factor in enumerate(self.polynomials.gens) if factor in denominator}
        if singles:
            exponents = list(map(min, zip(*numerator.itermonoms(), strict=True)))
            shared = [0] * len(exponents)
            for factor, i in singles.items():
                shared[i] = min(exponents[i], denominator[factor])
                denominator[factor] -= shared[i]
            if any(shared):
                numerator = numerator.quo(self.polynomials.term_new(tuple(shared), self.polynomials.domain.one))
        # In a fixed order, so that equal fractions are equal tuples, which generators' keys are compared by.
        factors = sorted(((f, e) for f, e in denominator.items() if e), key=lambda item: str(item[0]))
        return RationalFunction(numerator, tuple(factors))
