"""Functions of quotients as quotients in further generators, by identities that hold wherever both sides are real.

| function | generators, and what is known of them |
|---|---|
| sin(k*t), cos(k*t), tan ... | s, c of the common part t, with c**2 = 1 - s**2; multiples by the addition theorem |
| exp(k*t + ...), sinh, cosh ... | w for each term's common part: w**k |
| r**(p/q) | u for each part of r that is known to be positive, and one for the rest, with u**q = r |
| log(r) | one for each such part, as a sum; logs of powers and of exponentials multiply out |
| abs, sign | the sign of each part of r, with sign**2 = 1 |
| others | one for each argument; odd functions by the argument's sign |

Powers with variable exponents are exp(exponent*log(base)).

A part is known to be positive where the domain says so, or where a root or a logarithm of it, taken by itself, occurs
in what is compared: nothing has a real value elsewhere. Multiples need a common part, whose size is known when
all multiples are: `grain` remembers it, and who proves begins again.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from math import lcm
from typing import Any, TypeAlias

from sympy import QQ, factorint

from gradcli.symbolic.proof.rational_functions import Quotient, Tower

__all__ = ["Kernels", "Positive", "Unprovable"]

Positive: TypeAlias = frozenset[tuple[tuple[int, ...], Any]]
"""The terms of a polynomial: powers of the variables, and a coefficient."""

_MULTIPLE = 24
_LARGE = 10**12


class Unprovable(Exception):
    """Something that there is no algebra for here."""


class Kernels:
    """Functions of quotients.

    Args:
        tower: whose generators they are; those that it has are the variables.
        grain: by key, into how many parts the common part of multiples is cut; grows.
        positive: polynomials in the variables that are known to be positive; grows.
        bases: polynomials that have powers with variable exponents, and may be taken apart there; grows.
        learns: whether what occurs under a root counts as known to be positive.

    Attributes:
        stale: whether something was learnt that earlier kernels have not used.
    """

    def __init__(
        self,
        tower: Tower,
        grain: dict[str, int],
        positive: set[Positive],
        bases: set[Positive],
        learns: bool = True,
    ) -> None:
        self.tower = tower
        self._variables = len(tower.keys)
        self.grain = grain
        self.positive = positive
        self.bases = bases
        self._learns = learns
        self._arguments: dict[int, Quotient] = {}
        self.stale = False

    def trigonometric(self, argument: Quotient) -> tuple[Quotient, Quotient]:
        """The sine and the cosine."""
        tower = self.tower
        if not argument.top:
            return tower.constant(0), tower.constant(1)
        multiple, part = self._common(argument)
        times = self._times("trig", part, multiple)
        sine = tower.generator(("sin", part))
        cosine = tower.generator(("cos", part), (2, tower.add(tower.constant(1), self._negative_square(sine))))
        s, c = tower.constant(0), tower.constant(1)
        for _ in range(abs(times)):
            s, c = (
                tower.add(tower.multiply(s, cosine), tower.multiply(c, sine)),
                tower.add(tower.multiply(c, cosine), tower.scale(tower.multiply(s, sine), -1)),
            )
        return (tower.scale(s, -1), c) if times < 0 else (s, c)

    def _negative_square(self, a: Quotient) -> Quotient:
        return self.tower.scale(self.tower.multiply(a, a), -1)

    def exponential(self, argument: Quotient) -> Quotient:
        """exp, term by term."""
        tower = self.tower
        result = tower.constant(1)
        for monomial, coefficient in argument.top.iterterms():
            base = None if argument.bottom else self._base_of_log(monomial)
            if base is not None:
                result = tower.multiply(result, self.root(base, coefficient))
                continue
            term = Quotient(tower.ring.term_new(monomial, tower.ring.domain.one), argument.bottom)
            times = self._times("exp", term, coefficient)
            unit = tower.generator(("exp", term))
            self._arguments[tower.place(("exp", term)) or 0] = tower.scale(term, QQ(1, self._grain("exp", term)))
            result = tower.multiply(result, tower.power(unit, times))
        return result

    def _base_of_log(self, monomial: tuple[int, ...]) -> Quotient | None:
        """Of the generator that is a logarithm, alone, the logarithm's argument."""
        if sum(monomial) != 1:
            return None
        place = monomial.index(1)
        key = self.tower.keys[place]
        return key[1] if place >= self._variables and key[0] == "log" else None

    def root(self, base: Quotient, exponent: Any) -> Quotient:
        """A rational power."""
        exponent = QQ(exponent)
        if exponent.denominator == 1:
            return self.tower.power(base, int(exponent))
        if not base.top:
            raise Unprovable
        number, parts, rest = self._split(base)
        if number < 0:
            number, rest = -number, self.tower.scale(rest, -1)
        result = self._number_root(number, exponent)
        for part, power in parts:
            result = self.tower.multiply(result, self._part_power(part, power * exponent))
        if rest != self.tower.constant(1):
            result = self.tower.multiply(result, self._simple_root(rest, exponent))
        return result

    def _number_root(self, number: Any, exponent: Any) -> Quotient:
        result = self.tower.constant(1)
        if max(abs(number.numerator), number.denominator) > _LARGE:
            return self._simple_root(self.tower.constant(number), exponent)
        for whole, sign in ((number.numerator, 1), (number.denominator, -1)):
            for prime, power in factorint(int(whole)).items():
                part = self._simple_root(self.tower.constant(prime), QQ(sign * power) * exponent)
                result = self.tower.multiply(result, part)
        return result

    def _part_power(self, place: int | Quotient, exponent: Any) -> Quotient:
        """A power of a part that is positive: a generator, or a polynomial."""
        if isinstance(place, Quotient):
            return self._simple_root(place, exponent)
        key = self._key(place)
        if key[0] == "exp":
            return self.exponential(self.tower.scale(self._arguments[place], exponent))
        if key[0] == "root":
            return self._simple_root(key[1], exponent / self._grain("root", key[1]))
        return self._simple_root(Quotient(self.tower.ring.gens[place]), exponent)

    def _simple_root(self, radicand: Quotient, exponent: Any) -> Quotient:
        """A power of something that is not taken apart."""
        if exponent.denominator == 1:
            return self.tower.power(radicand, int(exponent))
        times = self._times("root", radicand, exponent)
        self._learn(radicand, self.positive)
        grain = self._grain("root", radicand)
        unit = self.tower.generator(("root", radicand), (grain, radicand))
        return self.tower.power(unit, times)

    def power(self, base: Quotient, exponent: Quotient) -> Quotient:
        """A power with a variable exponent, as exp(exponent*log(base)).

        Where the base is negative the exponent is a whole number, and the rules of powers hold too; the logarithm
        is then no number, which is why nothing is learnt from it.
        """
        return self.exponential(self.tower.multiply(exponent, self.logarithm(base, formal=True)))

    def logarithm(self, argument: Quotient, formal: bool = False) -> Quotient:
        """log, as a sum over the parts that are positive."""
        tower = self.tower
        if not argument.top:
            raise Unprovable
        number, parts, rest = self._split(argument, self.bases if formal else frozenset())
        if number < 0:
            number, rest = -number, tower.scale(rest, -1)
        terms = [self._number_log(number)]
        for place, power in parts:
            terms.append(tower.scale(self._part_log(place, formal), power))
        if rest != tower.constant(1):
            terms.append(self._simple_log(rest, formal))
        return tower.add(*terms)

    def _number_log(self, number: Any) -> Quotient:
        tower = self.tower
        if max(abs(number.numerator), number.denominator) > _LARGE:
            return self._simple_log(tower.constant(number))
        terms = [tower.constant(0)]
        for whole, sign in ((number.numerator, 1), (number.denominator, -1)):
            for prime, power in factorint(int(whole)).items():
                terms.append(tower.scale(self._simple_log(tower.constant(prime)), sign * power))
        return tower.add(*terms)

    def _part_log(self, place: int | Quotient, formal: bool) -> Quotient:
        if isinstance(place, Quotient):
            return self._simple_log(place, formal)
        key = self._key(place)
        if key[0] == "exp":
            return self._arguments[place]
        if key[0] == "root":
            return self.tower.scale(self._simple_log(key[1]), QQ(1, self._grain("root", key[1])))
        return self._simple_log(Quotient(self.tower.ring.gens[place]), formal)

    def _simple_log(self, argument: Quotient, formal: bool = False) -> Quotient:
        self._learn(argument, self.bases if formal else self.positive)
        return self.tower.generator(("log", argument))

    def sign(self, argument: Quotient) -> Quotient:
        """The sign, which is never 0 here: where it is, nothing is claimed."""
        tower = self.tower
        if not argument.top:
            return tower.constant(0)
        content, exponents, rest = tower.parts(argument.top)
        result = tower.constant(1 if content > 0 else -1)
        signed = [(tower.ring.gens[i], e) for i, e in enumerate(exponents)]
        for factor, power in [*signed, (rest, 1), *argument.bottom]:
            if power % 2 and not factor.is_ground and not self._is_positive(factor):
                unit = tower.generator(("sign", factor), (2, tower.constant(1)))
                result = tower.multiply(result, unit)
        return result

    def odd(self, name: str, argument: Quotient) -> Quotient:
        """A function with f(-x) = -f(x)."""
        if not argument.top:
            return self.tower.constant(0)
        if argument.top.LC < 0:
            return self.tower.scale(self.opaque(name, self.tower.scale(argument, -1)), -1)
        return self.opaque(name, argument)

    def opaque(self, name: str, *arguments: Quotient) -> Quotient:
        """Any other function: a generator for each list of arguments."""
        return self.tower.generator((name, *arguments))

    def _split(
        self, a: Quotient, also: AbstractSet[Positive] = frozenset()
    ) -> tuple[Any, list[tuple[int | Quotient, int]], Quotient]:
        """A number, the parts that are positive with their powers, and the rest."""
        tower = self.tower
        content, exponents, rest = tower.parts(a.top)
        parts: list[tuple[int | Quotient, int]] = []
        kept = tower.constant(1)
        factors = [(tower.ring.gens[i], e) for i, e in enumerate(exponents) if e]
        factors += [(factor, -power) for factor, power in a.bottom]
        for known in sorted(self.positive | also, key=sorted):
            divisor = self._polynomial(known)
            while not rest.is_ground and not divisor.is_generator:
                quotient, remainder = rest.div(divisor)
                if remainder:
                    break
                parts.append((self._part(divisor), 1))
                rest = quotient
        if rest.is_ground:
            content *= rest.LC
        else:
            factors.append((rest, 1))
        for factor, power in factors:
            if self._known(factor) in also or self._is_positive(factor):
                parts.append((self._part(factor), power))
            elif power > 0:
                kept = tower.multiply(kept, tower.power(Quotient(factor), power))
            else:
                kept = tower.multiply(kept, tower.power(tower.invert(Quotient(factor)), -power))
        return content, parts, kept

    def _part(self, factor: Any) -> int | Quotient:
        return self.tower.ring.gens.index(factor) if factor.is_generator else Quotient(factor)

    def _polynomial(self, known: Positive) -> Any:
        missing = (0,) * (self.tower.ring.ngens - self._variables)
        return self.tower.ring.from_dict({(*monomial, *missing): coefficient for monomial, coefficient in known})

    def _known(self, factor: Any) -> Positive | None:
        """A polynomial in the variables alone, in a form that outlives the tower."""
        terms = list(factor.iterterms())
        if any(any(monomial[self._variables :]) for monomial, _ in terms):
            return None
        return frozenset((monomial[: self._variables], coefficient) for monomial, coefficient in terms)

    def _learn(self, radicand: Quotient, known_so_far: set[Positive]) -> None:
        """What stands under a root or in a logarithm by itself is positive."""
        if not self._learns or radicand.bottom or radicand.top.is_ground:
            return
        known = self._known(radicand.top)
        if known is not None and known not in known_so_far:
            known_so_far.add(known)
            self.stale = True

    def _is_positive(self, factor: Any) -> bool:
        if self._known(factor) in self.positive:
            return True
        return all(
            coefficient > 0 and all(self._unit_is_positive(i) for i, e in enumerate(monomial) if e % 2)
            for monomial, coefficient in factor.iterterms()
        )

    def _unit_is_positive(self, place: int) -> bool:
        if place < self._variables:
            return self._known(self.tower.ring.gens[place]) in self.positive
        key = self.tower.keys[place]
        if key[0] == "exp":
            return all(self._is_number(i) for i, e in enumerate(key[1].top.monoms()[0]) if e)
        return key[0] in ("root", "pi")

    def _key(self, place: int) -> tuple[Any, ...]:
        """What a generator stands for; nothing in particular for a variable."""
        key: tuple[Any, ...] = ("variable",) if place < self._variables else self.tower.keys[place]
        return key

    def _is_number(self, place: int) -> bool:
        """Whether a generator is a real number: a logarithm in an exponent may have been written for a power only."""
        if place < self._variables or self.tower.keys[place][0] != "log":
            return True
        return self._is_positive(self.tower.keys[place][1].top)

    def _common(self, argument: Quotient) -> tuple[Any, Quotient]:
        """A rational multiple of something with coprime integers and a positive first term."""
        content, rest = argument.top.primitive()
        if rest.LC < 0:
            content, rest = -content, -rest
        return content, Quotient(rest, argument.bottom)

    def _grain(self, kind: str, part: Quotient) -> int:
        return self.grain.get(f"{kind} {part}", 1)

    def _times(self, kind: str, part: Quotient, multiple: Any) -> int:
        """How many of the common parts make the multiple.

        Raises:
            Unprovable: if they are too many.
        """
        key = f"{kind} {part}"
        grain = lcm(self.grain.get(key, 1), int(multiple.denominator))
        if grain != self.grain.get(key, 1):
            self.grain[key] = grain
            self.stale = True
        times = multiple * self._grain(kind, part)
        if abs(times) > _MULTIPLE:
            raise Unprovable
        return int(times)
