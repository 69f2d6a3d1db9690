"""Quotients of polynomials in generators, some of which are roots of others: sums, products, and whether one is 0.

A generator stands for a variable or for a function's value, such as log(x). Of a root u = r**(1/q) the power
u**q is r, of a cosine c**2 is 1 - s**2: powers beyond these are replaced, the youngest generator's first,
and what is left of a numerator is 0 only if it is 0 as it stands. A numerator that comes out as 0 proves that the
quotient is 0 wherever it has a value; one that does not proves nothing.

A quotient is never brought to lowest terms, which would take more time than it saves; its denominator is kept as
a product of factors.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sympy import QQ
from sympy.polys.rings import PolyRing

__all__ = ["Full", "Quotient", "Tower"]


class Full(Exception):
    """There are no more generators to be had."""


class Quotient(NamedTuple):
    """A polynomial, and the factors of what it is divided by, each with its power."""

    top: Any
    bottom: tuple[tuple[Any, int], ...] = ()


class Tower:
    """Generators, and what their powers are.

    Args:
        size: how many generators there may be.

    >>> tower = Tower(2)
    >>> x = tower.generator("x")
    >>> root = tower.generator("root", (2, x))
    >>> tower.add(tower.multiply(root, root), tower.scale(x, -1)).top
    0
    """

    def __init__(self, size: int) -> None:
        self.ring: Any = PolyRing([f"g{i}" for i in range(size)], QQ)
        self.keys: list[Any] = []
        self._places: dict[Any, int] = {}
        self._powers: dict[int, tuple[int, Quotient]] = {}

    def constant(self, number: Any) -> Quotient:
        """A rational number."""
        return Quotient(self.ring.ground_new(QQ(number)))

    def generator(self, key: Any, power: tuple[int, Quotient] | None = None) -> Quotient:
        """The generator of this key, made when it is first asked for.

        Args:
            key: what it stands for.
            power: the exponent of it that is something else, and what that is.

        Raises:
            Full: if there cannot be another.
        """
        if key not in self._places:
            place = len(self.keys)
            if place == self.ring.ngens:
                raise Full
            self._places[key] = place
            self.keys.append(key)
            if power is not None:
                self._powers[place] = power
        return Quotient(self.ring.gens[self._places[key]])

    def place(self, key: Any) -> int | None:
        """Which generator stands for a key, if one does."""
        return self._places.get(key)

    def scale(self, a: Quotient, number: Any) -> Quotient:
        """The product with a rational number."""
        return Quotient(a.top.mul_ground(QQ(number)), a.bottom)

    def multiply(self, a: Quotient, b: Quotient) -> Quotient:
        """The product."""
        bottom = dict(a.bottom)
        for factor, power in b.bottom:
            bottom[factor] = bottom.get(factor, 0) + power
        return self._reduced(a.top * b.top, bottom)

    def add(self, *terms: Quotient) -> Quotient:
        """The sum."""
        bottom: dict[Any, int] = {}
        for term in terms:
            for factor, power in term.bottom:
                bottom[factor] = max(bottom.get(factor, 0), power)
        top = self.ring.zero
        for term in terms:
            own = dict(term.bottom)
            part = term.top
            for factor, power in bottom.items():
                if power > own.get(factor, 0):
                    part = part * factor ** (power - own.get(factor, 0))
            top = top + part
        return self._reduced(top, bottom)

    def invert(self, a: Quotient) -> Quotient:
        """One divided by it.

        Raises:
            ZeroDivisionError: if it is 0.
        """
        if not a.top:
            raise ZeroDivisionError
        top = self.ring.one
        for factor, power in a.bottom:
            top = top * factor**power
        content, exponents, rest = self.parts(a.top)
        bottom = {self.ring.gens[i]: e for i, e in enumerate(exponents) if e}
        if not rest.is_ground:
            bottom[rest] = bottom.get(rest, 0) + 1
        return self._reduced(top.mul_ground(1 / content), bottom)

    def power(self, a: Quotient, exponent: int) -> Quotient:
        """An integer power."""
        base = a if exponent >= 0 else self.invert(a)
        result = self.constant(1)
        for bit in f"{abs(exponent):b}":
            result = self.multiply(result, result)
            result = self.multiply(result, base) if bit == "1" else result
        return result

    def parts(self, top: Any) -> tuple[Any, tuple[int, ...], Any]:
        """A polynomial as a number, powers of the generators, and a rest with coprime integers, the first positive."""
        exponents = tuple(map(min, zip(*top.itermonoms(), strict=True)))
        if any(exponents):
            top = top.quo(self.ring.term_new(exponents, self.ring.domain.one))
        content, rest = top.primitive()
        if rest.LC < 0:
            content, rest = -content, -rest
        return content, exponents, rest

    def _reduced(self, top: Any, bottom: Mapping[Any, int]) -> Quotient:
        """With powers that are something else replaced, and single generators cancelled."""
        rest = dict(bottom)
        changed = True
        while changed and top:
            changed = False
            degrees = tuple(map(max, zip(*top.itermonoms(), strict=True)))
            for place in sorted(self._powers, reverse=True):
                power, value = self._powers[place]
                if degrees[place] >= power:
                    top = self._replaced(top, place, power, value, degrees[place] // power, rest)
                    changed = True
                    break
        if not top:
            return Quotient(top)
        return self._cancelled(top, rest)

    def _replaced(self, top: Any, place: int, power: int, value: Quotient, most: int, bottom: dict[Any, int]) -> Any:
        groups: list[dict[Any, Any]] = [{} for _ in range(most + 1)]
        for monomial, coefficient in top.iterterms():
            times, left = divmod(monomial[place], power)
            groups[times][(*monomial[:place], left, *monomial[place + 1 :])] = coefficient
        divisor = self.ring.one
        for factor, exponent in value.bottom:
            divisor = divisor * factor**exponent
            bottom[factor] = bottom.get(factor, 0) + exponent * most
        result = self.ring.zero
        for times, group in enumerate(groups):
            if group:
                result = result + self.ring.from_dict(group) * value.top**times * divisor ** (most - times)
        return result

    def _cancelled(self, top: Any, bottom: dict[Any, int]) -> Quotient:
        singles = {factor: i for i, factor in enumerate(self.ring.gens) if factor in bottom}
        if singles:
            exponents = list(map(min, zip(*top.itermonoms(), strict=True)))
            shared = [0] * len(exponents)
            for factor, i in singles.items():
                shared[i] = min(exponents[i], bottom[factor])
                bottom[factor] -= shared[i]
            if any(shared):
                top = top.quo(self.ring.term_new(tuple(shared), self.ring.domain.one))
        return Quotient(top, tuple(sorted(((f, e) for f, e in bottom.items() if e), key=lambda item: str(item[0]))))
