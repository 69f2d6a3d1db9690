"""Functions of rational functions, as rational functions in further generators: the kernels.

| function | generators, and what is known of them |
|---|---|
| sin(k*t), cos(k*t), tan ... | s, c of the common part t, with c**2 = 1 - s**2; multiples by the addition theorem |
| sin(k*asin(t)), cos(k*atan(t)) ... | none: algebra in t, for whole k, also as terms of a sum |
| exp(k*t + ...), sinh, cosh ... | w for each term's common part: w**k |
| exp(k*asinh(t)), exp(k*acosh(t)) ... | none: (t + sqrt(t**2 + 1))**k, (t + sqrt(t**2 - 1))**k ... |
| r**(p/q) | u for each part of r that is known to be positive, and one for the rest, with u**q = r |
| log(r) | one for each such part, as a sum; logs of powers and of exponentials multiply out |
| abs, sign | the sign of each part of r, with sign**2 = 1; that of exp(a) - exp(b) is that of a - b |
| others | one for each argument; odd functions by the argument's sign |

Powers with variable exponents are exp(exponent*log(base)).

An expression as a rational function over a tower of such kernels is what algorithms for integration work with (M.
Bronstein, Symbolic Integration I, 2nd edition, 2005, chapters 3 and 5). These are the real functions: each identity
here holds for real numbers wherever both of its sides are real, which log(a*b) = log(a) + log(b) does for a positive a.
What is not used is any test of whether the kernels depend on each other in other ways (the structure theorems of
chapter 9 there): identities that the table does not have go unnoticed, and cost a proof but never make a wrong one.

A part is known to be positive where the domain says so, or where a root or a logarithm of it, taken by itself, occurs
in what is compared: nothing has a real value elsewhere. Multiples of one argument, as in sin(t/2) and sin(t/3), are all
written by the kernel of a common part, t/6, which is known only when all have been seen; sin(25*t) alone is a kernel of
its own. What is learnt in either way is kept, and whoever wants a proof begins again with it.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from math import gcd, lcm
from typing import Any, TypeAlias

from sympy import QQ, factorint

from gradcli.symbolic.proof.rational_functions import RationalFunction, RationalFunctionRing

__all__ = ["Kernels", "Polynomial", "Unprovable"]

Polynomial: TypeAlias = frozenset[tuple[tuple[int, ...], Any]]
"""The terms of a polynomial in the variables, powers and a coefficient each: unlike an element of a ring's polynomials
it stays what it is when a proof begins again with another ring."""

Angle: TypeAlias = tuple[RationalFunction, RationalFunction]
"""The sine and the cosine of an angle."""

_MULTIPLE = 32
"""The largest multiple of a common part that is multiplied out: the sine of one is a polynomial of as high a degree.

It takes no time by itself (0.02 s, and 0.2 s for 96); the polynomials that it is multiplied with grow with it.
"""

_MOST_SQUARED = 40
"""The terms of the longest polynomial whose squares are looked for, in a few milliseconds."""

_LARGEST_FACTORED = 10**12
"""The largest numerator and denominator whose primes are told apart, in less than a millisecond."""


class Unprovable(Exception):
    """Something that there is no algebra for here."""


class Kernels:
    """Functions of rational functions.

    Args:
        ring: whose generators they are; those that it has are the variables.
        units: by kind and argument, what the argument's multiples so far are whole multiples of; becomes smaller.
        positive: polynomials in the variables that are known to be positive; grows.
        bases: polynomials that have powers with variable exponents, and may be taken apart there; grows.
        learns: whether what occurs under a root counts as known to be positive.

    Attributes:
        stale: whether something was learnt that kernels made before it have not used.
        mixed: whether a unit has changed after a kernel was made by it: one generator stands for two functions then,
            and nothing that comes out is worth anything.
    """

    def __init__(
        self,
        ring: RationalFunctionRing,
        units: dict[str, Any],
        positive: set[Polynomial],
        bases: set[Polynomial],
        learns: bool = True,
    ) -> None:
        self.ring = ring
        self._variables = len(ring.keys)
        self.units = units
        self.positive = positive
        self.bases = bases
        self._learns = learns
        self._arguments: dict[int, RationalFunction] = {}
        self.stale = False
        self.mixed = False
        self._used: dict[str, Any] = {}

    def trigonometric(self, argument: RationalFunction) -> tuple[RationalFunction, RationalFunction]:
        """The sine and the cosine."""
        ring = self.ring
        argument, known = self._without_inverse_angles(argument)
        if argument.numerator:
            known.append(self._kernel_angle(argument))
        s, c = ring.constant(0), ring.constant(1)
        for sine, cosine in known:
            s, c = self._sum_of_angles((s, c), (sine, cosine))
        return s, c

    def _sum_of_angles(self, first: Angle, second: Angle) -> Angle:
        """The sine and cosine of a sum, by the addition theorem."""
        ring = self.ring
        (s, c), (sine, cosine) = first, second
        return (
            ring.add(ring.multiply(s, cosine), ring.multiply(c, sine)),
            ring.add(ring.multiply(c, cosine), ring.scale(ring.multiply(s, sine), -1)),
        )

    def _multiple_angle(self, angle: Angle, times: int) -> Angle:
        """The sine and cosine of a multiple, one angle at a time."""
        s, c = self.ring.constant(0), self.ring.constant(1)
        for _ in range(abs(times)):
            s, c = self._sum_of_angles((s, c), angle)
        return (self.ring.scale(s, -1), c) if times < 0 else (s, c)

    def _without_inverse_angles(self, argument: RationalFunction) -> tuple[RationalFunction, list[Angle]]:
        """The terms of an argument that are no whole multiples of asin, atan or pi/2, and the angles of those that are.

        Their cosines are not negative: asin and atan are between -pi/2 and pi/2.
        """
        ring, angles = self.ring, list[Angle]()
        if argument.denominator:
            return argument, angles
        kept = argument.numerator
        for monomial, coefficient in argument.numerator.iterterms():
            index = monomial.index(1) if sum(monomial) == 1 else -1
            if index < self._variables:
                continue
            key = self.ring.keys[index]
            times = 2 * coefficient if key[0] == "pi" else coefficient
            if times.denominator != 1 or key[0] not in ("pi", "asin", "atan"):
                continue
            if key[0] == "pi":
                turn = int(times) % 4
                angles.append((ring.constant((0, 1, 0, -1)[turn]), ring.constant((1, 0, -1, 0)[turn])))
            elif abs(times) > _MULTIPLE:
                raise Unprovable
            else:
                angles.append(self._multiple_angle(self._inverse_angle(*key), int(times)))
            kept = kept - ring.polynomials.term_new(monomial, coefficient)
        return RationalFunction(kept), angles

    def _inverse_angle(self, name: str, x: RationalFunction) -> Angle:
        """The sine and cosine of asin(x) or atan(x)."""
        ring = self.ring
        square = ring.multiply(x, x)
        if name == "asin":
            return x, self.root(ring.add(ring.constant(1), ring.scale(square, -1)), QQ(1, 2))
        cosine = self.root(ring.add(ring.constant(1), square), QQ(-1, 2))
        return ring.multiply(x, cosine), cosine

    def _kernel_angle(self, argument: RationalFunction) -> Angle:
        """The sine and cosine of an argument that is not 0, by kernels."""
        ring = self.ring
        multiple, part = self._common(argument)
        times = self._multiple("trig", part, multiple)
        sine = ring.generator(("sin", part))
        cosine = ring.generator(("cos", part), (2, ring.add(ring.constant(1), self._negative_square(sine))))
        return self._multiple_angle((sine, cosine), times)

    def _negative_square(self, a: RationalFunction) -> RationalFunction:
        return self.ring.scale(self.ring.multiply(a, a), -1)

    def exponential(self, argument: RationalFunction) -> RationalFunction:
        """exp, term by term: exp(a + b) = exp(a)*exp(b), and exp(k*log(b)) = b**k."""
        ring = self.ring
        result = ring.constant(1)
        for monomial, coefficient in argument.numerator.iterterms():
            base = None if argument.denominator else self._base_of(monomial)
            if base is not None:
                result = ring.multiply(result, self.root(base, coefficient))
                continue
            one = ring.polynomials.domain.one
            term = RationalFunction(ring.polynomials.term_new(monomial, one), argument.denominator)
            times = self._multiple("exp", term, coefficient)
            kernel = ring.generator(("exp", term))
            self._arguments[ring.index(("exp", term))] = ring.scale(term, self.unit("exp", term))
            result = ring.multiply(result, ring.power(kernel, times))
        return result

    def _base_of(self, monomial: tuple[int, ...]) -> RationalFunction | None:
        """What exp gives of the logarithm, asinh, acosh or atanh that a monomial consists of; None for any other."""
        if sum(monomial) != 1 or (index := monomial.index(1)) < self._variables:
            return None
        name = self.ring.keys[index][0]
        if name not in ("log", "asinh", "acosh", "atanh"):
            return None
        argument: RationalFunction = self.ring.keys[index][1]
        return argument if name == "log" else self._exponential_of_inverse(name, argument)

    def _exponential_of_inverse(self, name: str, x: RationalFunction) -> RationalFunction:
        """Of asinh x + sqrt(x**2 + 1), of acosh x + sqrt(x**2 - 1), of atanh (1 + x)/sqrt(1 - x**2)."""
        ring = self.ring
        one, square = ring.constant(1), ring.multiply(x, x)
        if name == "atanh":
            return ring.multiply(ring.add(one, x), self.root(ring.add(one, ring.scale(square, -1)), QQ(-1, 2)))
        return ring.add(x, self.root(ring.add(square, ring.scale(one, 1 if name == "asinh" else -1)), QQ(1, 2)))

    def root(self, base: RationalFunction, exponent: Any) -> RationalFunction:
        """A rational power, as the product of those of the base's positive parts and of the rest.

        With a positive a the power of a*b is that of a times that of b; what is left over must not be taken apart, as
        sqrt(x*y) is no product of sqrt(x) and sqrt(y) where both are negative.
        """
        exponent = QQ(exponent)
        if exponent.denominator == 1:
            return self.ring.power(base, int(exponent))
        if not base.numerator:
            raise Unprovable
        outside, base = self._without_squares(base, exponent)
        number, parts, rest = self._split(base)
        if number < 0:
            number, rest = -number, self.ring.scale(rest, -1)
        result = self.ring.multiply(outside, self._number_root(number, exponent))
        for part, power in parts:
            result = self.ring.multiply(result, self._part_power(part, power * exponent))
        if rest != self.ring.constant(1):
            result = self.ring.multiply(result, self._simple_root(rest, exponent))
        return result

    def _without_squares(self, base: RationalFunction, exponent: Any) -> tuple[RationalFunction, RationalFunction]:
        """A power of the base's squares, and the base without them: of a**2*b the root is abs(a) times that of b."""
        ring = self.ring
        outside, rest = ring.constant(1), ring.constant(1)
        factors = [(factor, -power) for factor, power in base.denominator]
        if len(base.numerator) <= _MOST_SQUARED:
            cosines, left = self._cosines(base.numerator)
            content, squared = left.sqf_list()
            rest = ring.constant(content)
            factors += [*cosines, *squared]
        else:
            factors.append((base.numerator, 1))
        for factor, power in factors:
            part = RationalFunction(factor)
            even = power - power % 2
            taken = even if (even * exponent).denominator == 1 else 0
            if taken:
                size = ring.multiply(part, self.sign(part)) if (taken * exponent).numerator % 2 else part
                outside = ring.multiply(outside, ring.power(size, int(taken * exponent)))
            rest = ring.multiply(rest, ring.power(part, power - taken))
        return outside, rest

    def _cosines(self, polynomial: Any) -> tuple[list[tuple[Any, int]], Any]:
        """The squares of cosines that a polynomial is a multiple of, which are 1 - s**2 in it, and what is left."""
        ring, cosines = self.ring, []
        for index, key in enumerate(ring.keys):
            if index >= self._variables and key[0] == "cos":
                sine = ring.generator(("sin", key[1])).numerator
                divisor = 1 - sine**2
                while not polynomial.is_ground:
                    quotient, remainder = polynomial.div(divisor)
                    if remainder:
                        break
                    polynomial = quotient
                    cosines.append((ring.polynomials.gens[index], 2))
        return cosines, polynomial

    def _number_root(self, number: Any, exponent: Any) -> RationalFunction:
        """A power of a positive number, prime by prime: sqrt(8) is 2*sqrt(2)."""
        result = self.ring.constant(1)
        if max(abs(number.numerator), number.denominator) > _LARGEST_FACTORED:
            return self._simple_root(self.ring.constant(number), exponent)
        for integer, sign in ((number.numerator, 1), (number.denominator, -1)):
            for prime, power in factorint(int(integer)).items():
                part = self._simple_root(self.ring.constant(prime), QQ(sign * power) * exponent)
                result = self.ring.multiply(result, part)
        return result

    def _part_power(self, index: int | RationalFunction, exponent: Any) -> RationalFunction:
        """A power of a part that is positive: a generator, or a polynomial."""
        if isinstance(index, RationalFunction):
            return self._simple_root(index, exponent)
        key = self._key(index)
        if key[0] == "exp":
            return self.exponential(self.ring.scale(self._arguments[index], exponent))
        if key[0] == "root":
            return self._simple_root(key[1], exponent * self.unit("root", key[1]))
        return self._simple_root(RationalFunction(self.ring.polynomials.gens[index]), exponent)

    def _simple_root(self, radicand: RationalFunction, exponent: Any) -> RationalFunction:
        """A power of something that is not taken apart."""
        if exponent.denominator == 1:
            return self.ring.power(radicand, int(exponent))
        times = self._multiple("root", radicand, exponent)
        self._learn(radicand, self.positive)
        degree = int(1 / self.unit("root", radicand))
        kernel = self.ring.generator(("root", radicand), (degree, radicand))
        return self.ring.power(kernel, times)

    def power(self, base: RationalFunction, exponent: RationalFunction) -> RationalFunction:
        """A power with a variable exponent, as exp(exponent*log(base)).

        Where the base is negative the exponent is a whole number, and the rules of powers hold too; the logarithm
        is then no number, which is why nothing is learnt from it.
        """
        return self.exponential(self.ring.multiply(exponent, self.logarithm(base, formal=True)))

    def logarithm(self, argument: RationalFunction, formal: bool = False) -> RationalFunction:
        """log, as a sum over the parts that are positive.

        Args:
            argument: of the logarithm.
            formal: whether it is part of a power with a variable exponent, and need be no real number.
        """
        ring = self.ring
        if not argument.numerator:
            raise Unprovable
        number, parts, rest = self._split(argument, self.bases if formal else frozenset())
        if number < 0:
            number, rest = -number, ring.scale(rest, -1)
        terms = [self._number_log(number)]
        for index, power in parts:
            terms.append(ring.scale(self._part_log(index, formal), power))
        if rest != ring.constant(1):
            terms.append(self._simple_log(rest, formal))
        return ring.add(*terms)

    def _number_log(self, number: Any) -> RationalFunction:
        """The logarithm of a positive number, prime by prime."""
        ring = self.ring
        if max(abs(number.numerator), number.denominator) > _LARGEST_FACTORED:
            return self._simple_log(ring.constant(number))
        terms = [ring.constant(0)]
        for integer, sign in ((number.numerator, 1), (number.denominator, -1)):
            for prime, power in factorint(int(integer)).items():
                terms.append(ring.scale(self._simple_log(ring.constant(prime)), sign * power))
        return ring.add(*terms)

    def _part_log(self, index: int | RationalFunction, formal: bool) -> RationalFunction:
        """The logarithm of a part that is positive: a generator, or a polynomial."""
        if isinstance(index, RationalFunction):
            return self._simple_log(index, formal)
        key = self._key(index)
        if key[0] == "exp":
            return self._arguments[index]
        if key[0] == "root":
            return self.ring.scale(self._simple_log(key[1]), self.unit("root", key[1]))
        return self._simple_log(RationalFunction(self.ring.polynomials.gens[index]), formal)

    def _simple_log(self, argument: RationalFunction, formal: bool = False) -> RationalFunction:
        """The logarithm of something that is not taken apart."""
        self._learn(argument, self.bases if formal else self.positive)
        return self.ring.generator(("log", argument))

    def sign(self, argument: RationalFunction) -> RationalFunction:
        """The sign, as a product over the parts. It is never 0 here: of places where it is nothing is claimed."""
        ring = self.ring
        if not argument.numerator:
            return ring.constant(0)
        content, exponents, rest = ring.primitive_part(argument.numerator)
        result = ring.constant(1 if content > 0 else -1)
        signed = [(ring.polynomials.gens[i], e) for i, e in enumerate(exponents)]
        for factor, power in [*signed, (rest, 1), *argument.denominator]:
            if power % 2 and not factor.is_ground and not self._is_positive(factor):
                if self._is_negative(factor):
                    result = ring.scale(result, -1)
                    continue
                apart = self._apart(factor)
                if apart is not None:  # its kernels are those that the factor's are made of: that ends
                    result = ring.multiply(result, self.sign(apart))
                    continue
                result = ring.multiply(result, ring.generator(("sign", factor), (2, ring.constant(1))))
        return result

    def _apart(self, factor: Any) -> RationalFunction | None:
        """Of exp(a) - exp(b), or a positive multiple, a - b, which has the same sign; None of any other polynomial."""
        terms = list(factor.iterterms())
        if len(terms) != 2 or terms[0][1] + terms[1][1] != 0:
            return None
        exponents = [self.ring.constant(0)]
        for monomial, coefficient in terms:
            for index, power in enumerate(monomial):
                if power and (self._key(index)[0] != "exp" or not self._generator_is_positive(index)):
                    return None
                if power:
                    exponents.append(self.ring.scale(self._arguments[index], power if coefficient > 0 else -power))
        return self.ring.add(*exponents)

    def odd(self, name: str, argument: RationalFunction) -> RationalFunction:
        """A function with f(-x) = -f(x)."""
        if not argument.numerator:
            return self.ring.constant(0)
        if argument.numerator.LC < 0:
            return self.ring.scale(self.opaque(name, self.ring.scale(argument, -1)), -1)
        return self.opaque(name, argument)

    def opaque(self, name: str, *arguments: RationalFunction) -> RationalFunction:
        """Any other function: a generator for each list of arguments."""
        return self.ring.generator((name, *arguments))

    def _split(
        self, a: RationalFunction, also: AbstractSet[Polynomial] = frozenset()
    ) -> tuple[Any, list[tuple[int | RationalFunction, int]], RationalFunction]:
        """A number, the parts that are positive with their powers, and the rest."""
        ring = self.ring
        content, exponents, rest = ring.primitive_part(a.numerator)
        parts: list[tuple[int | RationalFunction, int]] = []
        kept = ring.constant(1)
        factors = [(ring.polynomials.gens[i], e) for i, e in enumerate(exponents) if e]
        factors += [(factor, -power) for factor, power in a.denominator]
        for known in sorted(self.positive | also, key=sorted):
            divisor = self._element(known)
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
            if self._terms(factor) in also or self._is_positive(factor):
                parts.append((self._part(factor), power))
            elif self._is_negative(factor):
                parts.append((self._part(-factor), power))
                content *= QQ(-1) ** power
            elif power > 0:
                kept = ring.multiply(kept, ring.power(RationalFunction(factor), power))
            else:
                kept = ring.multiply(kept, ring.power(ring.invert(RationalFunction(factor)), -power))
        return content, parts, kept

    def _part(self, factor: Any) -> int | RationalFunction:
        """A factor by the index of its generator, if it is one: what that stands for is known then."""
        return self.ring.polynomials.gens.index(factor) if factor.is_generator else RationalFunction(factor)

    def _element(self, known: Polynomial) -> Any:
        """A polynomial in the variables, as an element of the ring's polynomials."""
        others = (0,) * (self.ring.polynomials.ngens - self._variables)
        return self.ring.polynomials.from_dict({(*monomial, *others): coefficient for monomial, coefficient in known})

    def _terms(self, factor: Any) -> Polynomial | None:
        """A polynomial in a form that outlives the ring; None if it is not one in the variables alone."""
        terms = list(factor.iterterms())
        if any(any(monomial[self._variables :]) for monomial, _ in terms):
            return None
        return frozenset((monomial[: self._variables], coefficient) for monomial, coefficient in terms)

    def _learn(self, radicand: RationalFunction, known_so_far: set[Polynomial]) -> None:
        """Note that something is positive, as it stands under a root or in a logarithm by itself.

        Not where there are branches: a root in the one that is not taken tells nothing.
        """
        if not self._learns or radicand.denominator or radicand.numerator.is_ground:
            return
        known = self._terms(radicand.numerator)
        if known is not None and known not in known_so_far:
            known_so_far.add(known)
            self.stale = True

    def _is_positive(self, factor: Any) -> bool:
        """Whether a polynomial is known to be positive, or each of its terms is: x**2 + 1, or exp(x)*y**2."""
        if self._terms(factor) in self.positive:
            return True
        return all(
            coefficient > 0 and all(self._generator_is_positive(i) for i, e in enumerate(monomial) if e % 2)
            for monomial, coefficient in factor.iterterms()
        )

    def _is_negative(self, factor: Any) -> bool:
        """Whether the opposite of a polynomial is known to be positive."""
        return self._terms(-factor) in self.positive

    def _generator_is_positive(self, index: int) -> bool:
        """Whether a generator is: a variable that is known to be, exp of a real number, a root, pi."""
        if index < self._variables:
            return self._terms(self.ring.polynomials.gens[index]) in self.positive
        key = self.ring.keys[index]
        if key[0] == "exp":
            return all(self._is_number(i) for i, e in enumerate(key[1].numerator.monoms()[0]) if e)
        return key[0] in ("root", "pi")

    def _key(self, index: int) -> tuple[Any, ...]:
        """What a generator stands for; nothing in particular for a variable."""
        key: tuple[Any, ...] = ("variable",) if index < self._variables else self.ring.keys[index]
        return key

    def _is_number(self, index: int) -> bool:
        """Whether a generator is a real number: a logarithm in an exponent may have been written for a power only."""
        if index < self._variables or self.ring.keys[index][0] != "log":
            return True
        return self._is_positive(self.ring.keys[index][1].numerator)

    def _common(self, argument: RationalFunction) -> tuple[Any, RationalFunction]:
        """A number and a common part, whose product is the argument: coprime integers, the first of them positive."""
        content, rest = argument.numerator.primitive()
        if rest.LC < 0:
            content, rest = -content, -rest
        return content, RationalFunction(rest, argument.denominator)

    def unit(self, kind: str, part: RationalFunction) -> Any:
        """Which multiple of a part a kernel's argument is: 1/6 if there are a half and a third of it."""
        return self.units.get(f"{kind} {part}", QQ(1))

    def _multiple(self, kind: str, part: RationalFunction, multiple: Any) -> int:
        """How many times the kernel's argument makes the multiple of a part.

        Raises:
            Unprovable: if it is too many times.
        """
        key = f"{kind} {part}"
        known = self.units.get(key, QQ(1) if kind == "root" else None)
        unit = abs(multiple) if known is None else _common_measure(known, multiple)
        if unit != known:
            self.units[key] = unit
            self.stale |= known is not None
        self.mixed |= self._used.setdefault(key, unit) != unit
        times = multiple / unit
        if kind == "trig" and abs(times) > _MULTIPLE:
            raise Unprovable
        if kind == "root" and abs(multiple) > _MULTIPLE and len(part.numerator) > 1:
            raise Unprovable
        return int(times)


def _common_measure(a: Any, b: Any) -> Any:
    """The largest number of which two rational numbers are multiples."""
    denominator = lcm(int(a.denominator), int(b.denominator))
    return QQ(gcd(int(a * denominator), int(b * denominator)), denominator)
