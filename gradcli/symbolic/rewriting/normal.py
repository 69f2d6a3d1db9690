"""The normal form of an expression: one fraction in lowest terms, of variables and kernels, no root in its divisor.

What is added, multiplied and divided are the kernels of the proofs (`gradcli.symbolic.proof.kernels`): a root to its
power is what stands under it, the squares of a sine and a cosine add up to 1. So the derivative of an antiderivative
becomes the integrand that it came from, which none of SymPy's own simplifications sees through.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sympy

from gradcli.symbolic.proof.kernels import Kernels
from gradcli.symbolic.proof.prove import BoundExpression, in_kernels
from gradcli.symbolic.proof.rational_functions import RationalFunction, RationalFunctionRing

__all__ = ["normal", "normal_forms"]

_TERMS = 3_000
"""Terms of a polynomial that is gone on with."""

_FUNCTIONS = {
    "erf": sympy.erf, "asin": sympy.asin, "atan": sympy.atan, "asinh": sympy.asinh, "atanh": sympy.atanh,
}  # fmt: skip


def normal_forms(expression: Any) -> Iterator[Any]:
    """Normal forms: by sines, by cosines, and by tangents with nothing known of them but their derivatives.

    >>> x = sympy.Symbol("x", real=True)
    >>> list(normal_forms(sympy.tan(x)**3/(sympy.sec(x)**2 - 1)))
    [sin(x)/cos(x), tan(x)]
    """
    # To the kernels acos(x) is pi/2 - asin(x), which is longer and of the same derivative.
    inverse = {node: sympy.Dummy(real=True) for node in expression.atoms(*_INVERSE)}
    expression = expression.xreplace(inverse)
    for found in _normal_forms(expression):
        yield found.xreplace({symbol: node for node, symbol in inverse.items()})


_INVERSE = (sympy.acos, sympy.acot, sympy.acoth, sympy.acsc, sympy.acsch, sympy.asec, sympy.asech)


def _normal_forms(expression: Any) -> Iterator[Any]:
    found = normal(expression)
    if found is not None:
        yield found
    for forth, back in (_exchanged(expression), _by_cosines(expression), _by_tangents(expression)):
        if forth is not None:
            found = normal(forth)
            if found is not None:
                yield found.xreplace(back)


def _exchanged(expression: Any) -> tuple[Any, dict[Any, Any]]:
    """Sines and cosines exchanged, so that powers of sines are what is written by cosines; None without any."""
    angles = {node.args[0] for node in expression.atoms(sympy.sin, sympy.cos)}
    if not angles or any((a / b).is_Rational for a in angles for b in angles if a != b):
        return None, {}
    others = {angle: sympy.Dummy(real=True) for angle in angles}
    forth: dict[Any, Any] = {}
    back: dict[Any, Any] = {}
    for angle, other in others.items():
        forth |= {sympy.sin(angle): sympy.cos(other), sympy.cos(angle): sympy.sin(other)}
        back |= {sympy.cos(other): sympy.sin(angle), sympy.sin(other): sympy.cos(angle)}
    return expression.xreplace(forth), back


def _by_cosines(expression: Any) -> tuple[Any, dict[Any, Any]]:
    """Cosines as variables, of which roots may tell that they are positive; None without any under a root."""
    angles = {node.args[0] for node in expression.atoms(sympy.cos)}
    rooted = any(p.exp.is_Rational and p.exp.q > 1 and p.has(sympy.cos) for p in expression.atoms(sympy.Pow))
    if len(angles) != 1 or not rooted or any(node.args[0] not in angles for node in expression.atoms(sympy.sin)):
        return None, {}
    angle = angles.pop()
    cosine, side = sympy.Dummy(real=True), sympy.Dummy(real=True)
    root = sympy.sqrt(1 - cosine) * sympy.sqrt(1 + cosine)
    forth = expression.xreplace({sympy.cos(angle): cosine, sympy.sin(angle): sympy.sign(side) * root})
    return forth, {
        sympy.sign(side): sympy.sin(angle) / root.xreplace({cosine: sympy.cos(angle)}),
        cosine: sympy.cos(angle),
    }


def _by_tangents(expression: Any) -> tuple[Any, dict[Any, Any]]:
    """A symbol for each tangent, and the squares of secants by them; None without any."""
    forth: dict[Any, Any] = {}
    back: dict[Any, Any] = {}
    for tangent, secant, sign, constant in _TANGENTS:
        for node in expression.atoms(tangent):
            symbol = sympy.Dummy(real=True)
            forth |= {node: symbol, secant(node.args[0]) ** 2: sign * symbol**2 + constant}
            back[symbol] = node
    if not back:
        return None, {}
    return expression.xreplace(forth), back


_TANGENTS = (
    (sympy.tan, sympy.sec, 1, 1),
    (sympy.cot, sympy.csc, 1, 1),
    (sympy.tanh, sympy.sech, -1, 1),
    (sympy.coth, sympy.csch, 1, -1),
)


def normal(expression: Any) -> Any | None:
    """The normal form; None where there is none, or it is too long.

    >>> x = sympy.Symbol("x", real=True)
    >>> normal(sympy.sqrt(x) + (1 - x) / (1 + sympy.sqrt(x)))
    1
    """
    symbols = sorted(expression.free_symbols, key=str)
    found = in_kernels(BoundExpression(expression, {}, {s: s for s in symbols}))
    if found is None:
        return None
    ring, kernels, value = found
    return _Normal(ring, kernels).form(value)


class _TooLong(Exception):
    """A polynomial with more terms than a reader takes."""


class _Normal:
    def __init__(self, ring: RationalFunctionRing, kernels: Kernels) -> None:
        self.ring = ring
        self.kernels = kernels
        self.made: dict[int, Any] = {}

    def form(self, value: RationalFunction) -> Any | None:
        """A rational function, as an expression."""
        if not value.numerator:
            return sympy.S.Zero
        try:
            numerator, divisor = self._rational(value)
        except _TooLong:
            return None
        numerator, divisor = numerator.cancel(divisor)
        numerator, divisor, kept = self._below(numerator, divisor)
        for factor in dict.fromkeys(factor for factor, _ in value.denominator):
            again = self._with(numerator, divisor, factor)
            while again is not None:
                numerator, divisor = again
                kept = kept * self._sum(factor)
                again = self._with(numerator, divisor, factor)
        return self._product(numerator) / (self._product(divisor) * kept)

    def _below(self, numerator: Any, divisor: Any) -> tuple[Any, Any, Any]:
        """Roots above what stands under them are brought below: sqrt(x)/x is 1/sqrt(x)."""
        ring = self.ring
        kept = sympy.S.One
        for index, (degree, radicand) in ring.relations.items():
            power = min(monomial[index] for monomial in numerator.monoms())
            if not power or radicand.denominator or radicand.numerator.is_ground:
                continue
            quotient, remainder = divisor.div(radicand.numerator)
            if not remainder:
                divisor = quotient
                numerator = numerator.quo(ring.polynomials.gens[index] ** power)
                kept = kept * self._generator(index) ** (degree - power)
        return numerator, divisor, kept

    def _with(self, numerator: Any, divisor: Any, factor: Any) -> tuple[Any, Any] | None:
        """What is divided by a factor with a root in it and is the fraction; None if that is longer."""
        ring = self.ring
        if divisor.is_ground or not any(monomial[i] for monomial, _ in factor.iterterms() for i in ring.relations):
            return None
        product = ring.multiply(RationalFunction(numerator), RationalFunction(factor))
        if product.denominator:
            return None
        above, below = product.numerator.cancel(divisor)
        shorter = len(below) < len(divisor) or (len(below) == len(divisor) and _degree(below) < _degree(divisor))
        return (above, below) if shorter and len(above) <= len(numerator) + 1 else None

    def _rational(self, value: RationalFunction) -> tuple[Any, Any]:
        """A numerator and a divisor without roots, as far as there are conjugates."""
        ring = self.ring
        numerator = RationalFunction(value.numerator)
        divisor = RationalFunction(ring.polynomials.one)
        for factor, power in value.denominator:
            for _ in range(power):
                divisor = self._checked(ring.multiply(divisor, RationalFunction(factor)))
        for _ in range(2 * len(ring.keys)):
            if divisor.denominator:  # a relation had a divisor of its own
                numerator = self._checked(ring.multiply(numerator, _whole(ring, divisor.denominator)))
                divisor = RationalFunction(divisor.numerator)
            if numerator.denominator:
                divisor = self._checked(ring.multiply(divisor, _whole(ring, numerator.denominator)))
                numerator = RationalFunction(numerator.numerator)
            conjugate = self._conjugate(divisor.numerator)
            if conjugate is None and not divisor.denominator and not numerator.denominator:
                break
            if conjugate is not None:
                numerator = self._checked(ring.multiply(numerator, conjugate))
                divisor = self._checked(ring.multiply(divisor, conjugate))
        return numerator.numerator, divisor.numerator

    def _checked(self, value: RationalFunction) -> RationalFunction:
        if len(value.numerator) > _TERMS:
            raise _TooLong
        return value

    def _conjugate(self, divisor: Any) -> RationalFunction | None:
        """What a divisor is multiplied by to lose its youngest root; None without one that can be lost."""
        for index in sorted(self.ring.relations, reverse=True):
            degree, _ = self.ring.relations[index]
            powers = {monomial[index] for monomial, _ in divisor.iterterms()}
            if powers == {0}:
                continue
            if len(powers) == 1:  # a power of the root alone
                missing = degree - powers.pop() % degree
                return RationalFunction(self.ring.polynomials.gens[index] ** missing)
            if degree == 2:
                terms = {m: -c if m[index] % 2 else c for m, c in divisor.iterterms()}
                return RationalFunction(self.ring.polynomials.from_dict(terms))
        return None

    def _product(self, polynomial: Any) -> Any:
        """A polynomial as the product of its factors."""
        number, factors = polynomial.factor_list()
        made = [sympy.Rational(int(number.numerator), int(number.denominator))]
        made += [self._sum(factor) ** power for factor, power in factors]
        return sympy.Mul(*made)

    def _sum(self, polynomial: Any) -> Any:
        return sympy.Add(*[self._term(monomial, c) for monomial, c in polynomial.iterterms()])

    def _term(self, monomial: tuple[int, ...], coefficient: Any) -> Any:
        number = sympy.Rational(int(coefficient.numerator), int(coefficient.denominator))
        return sympy.Mul(number, *[self._generator(i) ** e for i, e in enumerate(monomial) if e])

    def _expression(self, value: RationalFunction) -> Any:
        """A rational function as it stands."""
        below = [self._sum(factor) ** -power for factor, power in value.denominator]
        return sympy.Mul(self._sum(value.numerator), *below)

    def _generator(self, index: int) -> Any:
        """What a generator stands for; those in it are older."""
        if index not in self.made:
            self.made[index] = self._kernel(self.ring.keys[index])
        return self.made[index]

    def _kernel(self, key: Any) -> Any:
        if isinstance(key, sympy.Symbol):
            return key
        name, *arguments = key
        if name == "pi":
            return sympy.pi
        if name == "sign":
            return sympy.sign(self._sum(arguments[0]))
        argument = self._expression(arguments[0])
        if name in ("sin", "cos"):
            argument = argument * _rational(self.kernels.unit("trig", arguments[0]))
            return sympy.sin(argument) if name == "sin" else sympy.cos(argument)
        if name == "exp":
            return _exponential(argument * _rational(self.kernels.unit("exp", arguments[0])))
        if name == "root":
            return argument ** _rational(self.kernels.unit("root", arguments[0]))
        if name == "log":
            return sympy.log(argument)
        others = [argument, *map(self._expression, arguments[1:])]
        function = _FUNCTIONS.get(name) or getattr(sympy, name, None) or sympy.Function(name, real=True)
        return function(*others)


def _exponential(argument: Any) -> Any:
    """exp; of a product with a logarithm the power that it was written for."""
    logarithms = [factor for factor in sympy.Mul.make_args(argument) if isinstance(factor, sympy.log)]
    if len(logarithms) != 1:
        return sympy.exp(argument)
    return logarithms[0].args[0] ** (argument / logarithms[0])


def _rational(number: Any) -> Any:
    return sympy.Rational(int(number.numerator), int(number.denominator))


def _degree(polynomial: Any) -> int:
    return max(map(sum, polynomial.monoms()))


def _whole(ring: RationalFunctionRing, factors: Iterable[tuple[Any, int]]) -> RationalFunction:
    """A product of factors as a polynomial, before any relation is used."""
    product = ring.polynomials.one
    for factor, power in factors:
        product = product * factor**power
    return RationalFunction(product)
