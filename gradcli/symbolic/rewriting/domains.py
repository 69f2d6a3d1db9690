"""Where a formula has a value: as conditions on polynomials in the variables and in values of functions.

A condition is brought to a form that depends on what it says and little on how: to the square-free, primitive factors
of what is not to be 0, and of what is to be positive those of odd power. Two conditions that say the same may still
have different forms. So a condition that is not found implied is told, where telling it is right in any case.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import mpmath
import sympy

__all__ = ["Domain"]


_ODD = (sympy.sinh, sympy.tanh, sympy.asinh, sympy.atan, sympy.erf)

_PAIRED = 8
"""Factors with roots that are multiplied by each other."""

_SHORT = 4
"""Terms of such a factor."""

_EXPANDED = 40
"""Terms of a product that is multiplied out."""

_ROOT_DIGITS = 50
_NEAR = sympy.Float(10) ** -40

_ROUNDS = 3
"""How often it is asked what follows from what is known."""


class Domain:
    """The conditions of a formula.

    >>> x, y = sympy.symbols("x y", real=True)
    >>> domain = Domain()
    >>> domain.nonzero(-3 * x * (y**2 + 1))
    >>> domain.told()
    ['x != 0']
    """

    def __init__(self) -> None:
        self._nonzero: dict[Any, None] = {}
        self._positive: dict[Any, None] = {}
        self._nonnegative: dict[Any, None] = {}
        self._others: dict[Any, None] = {}
        self._closure: Domain | None = None

    def nonzero(self, value: Any) -> None:
        """The value must not be 0."""
        stack = [factor for factor, _ in _factors(value)[1]]
        while stack:
            factor = stack.pop()
            if factor.func in _ODD:  # 0 at 0 and nowhere else
                stack += [inner for inner, _ in _factors(factor.args[0])[1]]
            elif not factor.is_nonzero:
                self._nonzero[_signed(factor)[1]] = None

    def positive(self, value: Any) -> None:
        """The value must be positive."""
        self._of_sign(value, self._positive)

    def nonnegative(self, value: Any) -> None:
        """The value must not be negative."""
        self._of_sign(value, self._nonnegative)

    def _of_sign(self, value: Any, found: dict[Any, None]) -> None:
        number, factors = _factors(value)
        strict = found is self._positive
        odd = sympy.Integer(1 if number > 0 else -1) if number else sympy.Integer(0)
        even = []
        for factor, power in factors:
            if factor.is_positive:
                continue
            if factor.is_negative:
                odd = -odd if power % 2 else odd
            elif power % 2 == 0:
                even.append(factor)
            else:
                sign, bare = _signed(factor)
                odd = sign * odd * bare
        if strict:
            for factor in even:
                self.nonzero(factor)
        elif even and not odd.is_number:  # 0 where an even power is 0, whatever the others are
            odd = odd * sympy.Mul(*[factor**2 for factor in even])
        odd = _primitive(odd)
        if not (odd.is_positive or (not strict and odd.is_nonnegative)):
            found[odd] = None

    def power(self, base: Any, exponent: Any) -> None:
        """The value base**exponent of real numbers must exist."""
        if exponent.is_Integer:
            if exponent < 0:
                self.nonzero(base)
        elif exponent.is_Rational:
            (self.nonnegative if exponent > 0 else self.positive)(base)
        elif not base.is_positive:
            self._others["power", sympy.factor(base), exponent] = None

    def apply(self, function: str, args: Sequence[Any]) -> None:
        """The value of a function must exist."""
        rule = _CONDITIONS.get(function)
        if rule is not None:
            rule(self, *args)
        elif function not in _EVERYWHERE:
            self._others[function, *args] = None

    def lacks(self, other: Domain) -> list[Any]:
        """What the other one asks for beyond this one; empty if it has a value wherever this one has."""
        known = self._closed()
        missing: list[Any] = [("!=", f) for f in other._nonzero if not known._has_nonzero(f)]
        missing += [(">", f) for f in other._positive if not known._has_positive(f)]
        missing += [(">=", f) for f in other._nonnegative if not known._has_nonnegative(f)]
        for key in other._others:
            if key not in known._others:
                missing += known._beyond_power(*key[1:]) if key[0] == "power" else [("", key)]
        return missing

    def _closed(self) -> Domain:
        """The domain with what follows from its conditions together: b*x >= 0 and b > 0 make x >= 0."""
        if self._closure is not None:
            return self._closure
        domain = self._closure = self.joined(Domain())
        domain._closure = domain
        for _ in range(_ROUNDS):
            known = len(domain._positive), len(domain._nonnegative), len(domain._nonzero)
            for found, state in ((domain._positive, domain.positive), (domain._nonnegative, domain.nonnegative)):
                for value in list(found):
                    number, factors = _factors(value)
                    left = [f**p for f, p in factors if not domain._has_positive(f)]
                    if 0 < len(left) < len(factors):
                        state(sympy.Mul(number, *left))
                    both = _of_both_signs(value)
                    if both is not None and both[0].is_positive:
                        state(both[1])
            domain._add_up()
            domain._combine()
            for value in list(domain._nonnegative):
                if all(domain._has_nonzero(_signed(factor)[1]) for factor, _ in _factors(value)[1]):
                    domain._positive[value] = None
            if known == (len(domain._positive), len(domain._nonnegative), len(domain._nonzero)):
                break
        return domain

    def _add_up(self) -> None:
        """What is positive because it is the sum of what is: u - a > 0 and a > 0 make u > 0."""
        for value in (*self._positive, *self._nonnegative):
            if not value.is_Add or len(value.args) > _SHORT:
                continue
            for term in value.args:
                if self._has_positive(_of_one_sign(-term)):
                    self.positive(value - term)

    def _combine(self) -> None:
        """What two factors that are not 0 make, where a root drops out: (u - 1)*(u + 1) is x for u**2 = 1 + x."""
        for value in (*self._positive, *self._nonzero):
            for factor, _ in _factors(value)[1]:
                if factor.is_Pow and self._has_nonzero(_signed(factor.exp)[1]):
                    self.nonzero(factor.base)
                elif factor.is_Add and (function := _beside_one(factor)) and self._has_nonzero(_other_side(factor)):
                    self.nonzero(_OTHER[function.func](*function.args))
                elif isinstance(factor, sympy.sin) and _signed(sympy.cos(*factor.args))[1] in self._nonzero:
                    self._nonzero[_signed(sympy.sin(2 * factor.args[0]))[1]] = None
        for factor in [part for v in (*self._positive, *self._nonzero) for part, _ in _factors(v)[1]]:
            both = _of_both_signs(factor)
            if both is not None and (both[0].is_positive or self._has_nonzero(_signed(both[0])[1])):
                self.nonzero(both[1])
        rooted = [f for f in self._nonzero if f.is_Add and len(f.args) <= _SHORT and _roots(f)]
        for i, first in enumerate(rooted[:_PAIRED]):
            for second in rooted[i + 1 : _PAIRED]:
                if _roots(first) & _roots(second):
                    product = sympy.expand(first * second)
                    if len(_roots(product)) < len(_roots(first) | _roots(second)):
                        self.nonzero(product)

    def _beyond_power(self, base: Any, exponent: Any) -> list[Any]:
        """What it takes beyond this domain for a power with a variable exponent.

        A base that is not positive has a power where the exponent is a whole number, and its multiples then are, and
        its sums with whole numbers; at 0 there is one where the exponent is not negative.
        """
        if self._has_positive(_of_one_sign(base)):
            return []
        for key in self._others:
            if key[0] == "power" and key[1] == base:
                times, constant = _multiple(exponent, key[2])
                if times > 0 and constant >= 0:
                    return []
                if times:
                    factors = [_signed(factor)[1] for factor, _ in _factors(base)[1]]
                    return [("!=", factor) for factor in factors if not self._has_nonzero(factor)]
        return [("", ("power", base, exponent))]

    def only(self, conditions: Sequence[Any]) -> Domain:
        """The domain that some conditions of this one make, given as `lacks` gives them."""
        domain = Domain()
        places = {"!=": domain._nonzero, ">": domain._positive, ">=": domain._nonnegative, "": domain._others}
        for relation, condition in conditions:
            places[relation][condition] = None
        return domain

    def told(self, missing: Sequence[Any] | None = None) -> list[str] | None:
        """Conditions in the language, all of them or some; None where one cannot be told."""
        from gradcli.symbolic.rewriting.writing import write

        found = []
        asked = Domain().lacks(self) if missing is None else missing
        positive = {_signed(expression)[1] for relation, expression in asked if relation in (">", ">=")}
        for relation, expression in asked:
            if relation == "!=" and expression in positive:
                continue
            if not relation:
                return None
            strict = relation == ">=" and _signed(expression)[1] in self._nonzero
            found.append(f"{write(expression, {})} {'>' if strict else relation} 0")
        return found

    def joined(self, other: Domain) -> Domain:
        """Where both have a value."""
        both = Domain()
        for domain in (self, other):
            both._nonzero |= domain._nonzero
            both._positive |= domain._positive
            both._nonnegative |= domain._nonnegative
            both._others |= domain._others
        return both

    def _has_nonzero(self, factor: Any) -> bool:
        if factor in self._nonzero:
            return True
        for positive in self._positive:
            if any(_signed(part)[1] == factor for part, _ in _factors(positive)[1]):
                return True
        if self._has_roots_of(factor):
            return True
        both = _of_both_signs(factor)
        if both is not None and all(self._has_nonzero(_signed(part)[1]) for part, _ in _factors(both[1])[1]):
            return True
        if isinstance(factor, sympy.Add) and any(_signed(f)[1] == factor for f in self._complements()):
            return True
        return bool(self._assuming(factor).is_nonzero)

    def _has_roots_of(self, factor: Any) -> bool:
        """Whether the zeros of a polynomial with numbers are among those that must be avoided, to many digits."""
        symbols = factor.free_symbols
        if len(symbols) != 1 or not factor.is_polynomial(*symbols):
            return False
        known = [f for f in self._nonzero if f.free_symbols == symbols and f.is_polynomial(*symbols)]
        wanted = _real_roots(factor, *symbols) if known else None
        avoided = [root for f in known for root in _real_roots(f, *symbols) or ()]
        return wanted is not None and all(
            any(abs(root - other) <= _NEAR * (1 + abs(root)) for other in avoided) for root in wanted
        )

    def _complements(self) -> list[Any]:
        """What is not 0 because the sine or the cosine beside it is not."""
        pairs = {sympy.sin: sympy.cos, sympy.cos: sympy.sin}
        known = [f for f in self._nonzero if f.func in pairs]
        others = [pairs[f.func](*f.args) for f in known]
        # cos(2*a) is 2*cos(a)**2 - 1, and 1 - 2*sin(a)**2.
        halves = [sympy.cos(sympy.expand(2 * f.args[0])) + (1 if f.func is sympy.cos else -1) for f in known]
        return [*halves, *[other + sign for other in others for sign in (1, -1)]]

    def _has_positive(self, value: Any) -> bool:
        if value in self._positive or (value in self._nonnegative and self._has_nonzero(_signed(value)[1])):
            return True
        both = _of_both_signs(value)
        if both is not None and both[0].is_positive and both[1] in self._positive:
            return True
        return bool(self._assuming(value).is_positive)

    def _has_nonnegative(self, value: Any) -> bool:
        if value in self._nonnegative or self._has_positive(value) or _is_beside_one(value):
            return True
        return bool(self._assuming(value).is_nonnegative)

    def _assuming(self, value: Any) -> Any:
        """A value in symbols that know what sign they have."""
        signs = {}
        for symbol in value.free_symbols:
            if symbol in self._positive:
                signs[symbol] = sympy.Dummy(positive=True)
            elif symbol in self._nonnegative:
                signs[symbol] = sympy.Dummy(positive=True) if symbol in self._nonzero else sympy.Dummy(nonnegative=True)
            elif -symbol in self._positive:
                signs[symbol] = sympy.Dummy(negative=True)
            elif symbol in self._nonzero:
                signs[symbol] = sympy.Dummy(real=True, nonzero=True)
        return value.subs(signs) if signs else value


_RATIOS: dict[Any, Callable[[Any], Any]] = {
    sympy.cot: lambda x: sympy.cos(x) / sympy.sin(x),
    sympy.csc: lambda x: 1 / sympy.sin(x),
    sympy.sec: lambda x: 1 / sympy.cos(x),
    sympy.tan: lambda x: sympy.sin(x) / sympy.cos(x),
}
"""Functions by others, so that what they say of where they are not 0 is said of the same ones."""


def _factors(value: Any) -> tuple[Any, list[tuple[Any, int]]]:
    """A number, and the factors of a value and of what it is divided by, with their powers."""
    for function, ratio in _RATIOS.items():
        if value.has(function):
            value = value.replace(function, ratio)
    value = sympy.together(value)
    number: Any = sympy.S.One
    found: dict[Any, int] = {}
    for part, sign in zip(sympy.fraction(value), (1, -1), strict=True):
        content: Any = sympy.S.One
        factors: list[tuple[Any, int]] = []
        for piece in sympy.Mul.make_args(part):  # a product of sums and of roots of them is no polynomial
            try:
                own, found_in = sympy.factor_list(piece)
            except (sympy.PolynomialError, TypeError, NotImplementedError):  # what has no polynomial, or no order
                own, found_in = sympy.S.One, [(piece, 1)]
            content, factors = content * own, [*factors, *found_in]
        number = number * content**sign
        for factor, power in factors:
            base, exponent = factor.as_base_exp()
            if exponent.is_Rational and exponent > 0 and base != sympy.E:
                # A root that has a value is 0 where what is under it is, and positive elsewhere.
                found[base] = found.get(base, 0) + (power * int(exponent) if exponent.is_Integer else 2)
                continue
            found[factor] = found.get(factor, 0) + power
    if not number.is_Rational:
        sign = sympy.sign(number)
        if not sign.is_number:
            found[number] = 1
            number = sympy.S.One
        else:
            number = sign
    return number, list(found.items())


def _multiple(exponent: Any, other: Any) -> tuple[int, int]:
    """Whole numbers k, not 0, and c, so that an exponent is k times another one plus c; (0, 0) if there are none."""
    own, other_own = (e.as_independent(*e.free_symbols, as_Add=True)[1] for e in (exponent, other))
    times = sympy.cancel(own / other_own) if other_own else sympy.S.Zero
    if not times.is_Integer or not times:
        return 0, 0
    constant = sympy.expand(exponent - times * other)
    return (int(times), int(constant)) if constant.is_Integer else (0, 0)


def _of_both_signs(value: Any) -> tuple[Any, Any] | None:
    """A value a*abs(x) + b as a*abs(x) - b, and their product, which has no abs; None for any other."""
    absolutes = value.atoms(sympy.Abs)
    if len(absolutes) != 1:
        return None
    absolute = absolutes.pop()
    other = -value.xreplace({absolute: -absolute})
    product = _primitive(value * other)
    return None if product.has(sympy.Abs) else (other, product)


def _of_one_sign(base: Any) -> Any:
    """A base without its factors of even power and those that are positive, as conditions are written."""
    domain = Domain()
    domain.positive(base)
    found = list(domain._positive)
    return found[0] if found else sympy.S.One


def _roots(value: Any) -> set[Any]:
    return {node for node in value.atoms(sympy.Pow) if node.exp.is_Rational and node.exp.q > 1}


def _primitive(value: Any) -> Any:
    """A value by its factors with whole coefficients, without a number in front."""
    expanded = sympy.expand(value)
    if len(expanded.args) > _EXPANDED:
        return value
    try:
        number, factors = sympy.factor_list(expanded)
    except (sympy.PolynomialError, TypeError, NotImplementedError):
        return value
    sign = sympy.sign(number)
    return sympy.Mul(sign if sign.is_number else number, *[factor**power for factor, power in factors])


def _real_roots(polynomial: Any, symbol: Any) -> list[Any] | None:
    """The real roots to many digits; None where they cannot be found."""
    try:
        found = sympy.Poly(polynomial, symbol).nroots(n=_ROOT_DIGITS, maxsteps=200)
    except (sympy.PolynomialError, mpmath.libmp.NoConvergence):
        return None
    return [root for root in found if root.is_real]


_OTHER = {sympy.cos: sympy.sin, sympy.sin: sympy.cos}


def _beside_one(factor: Any) -> Any | None:
    """The sine or cosine in 1 + sin(x), 1 - sin(x), or their negatives; None in any other factor."""
    number, function = factor.as_coeff_Add()
    bare = _signed(function)[1]
    return bare if abs(number) == 1 and bare.func in _OTHER else None


def _other_side(factor: Any) -> Any:
    """1 - sin(x) for 1 + sin(x)."""
    number, function = factor.as_coeff_Add()
    return _signed(number - function)[1]


def _is_beside_one(value: Any) -> bool:
    """Whether a value is a number and a multiple of a sine or a cosine that is not larger: 1 + cos(x)."""
    number, rest = value.as_coeff_Add()
    multiple, function = rest.as_coeff_Mul()
    return isinstance(function, sympy.sin | sympy.cos) and bool(number.is_Rational and number >= abs(multiple))


def _signed(factor: Any) -> tuple[int, Any]:
    """A factor's sign, and the factor with the one that its negative has too."""
    return (-1, -factor) if factor.could_extract_minus_sign() else (1, factor)


def _poles_of_gamma(domain: Domain, x: Any) -> None:
    if not x.is_positive:
        domain._others["gamma", x] = None


_CONDITIONS: dict[str, Callable[..., None]] = {
    "acos": lambda domain, x: domain.nonnegative(1 - x**2),
    "acosh": lambda domain, x: domain.nonnegative(x - 1),
    "acoth": lambda domain, x: domain.positive(x**2 - 1),
    "acsc": lambda domain, x: domain.nonnegative(x**2 - 1),
    "acsch": Domain.nonzero,
    "asec": lambda domain, x: domain.nonnegative(x**2 - 1),
    "asech": lambda domain, x: (domain.positive(x), domain.nonnegative(1 - x))[0],
    "asin": lambda domain, x: domain.nonnegative(1 - x**2),
    "atanh": lambda domain, x: domain.positive(1 - x**2),
    "cot": lambda domain, x: domain.nonzero(sympy.sin(x)),
    "coth": Domain.nonzero,
    "csc": lambda domain, x: domain.nonzero(sympy.sin(x)),
    "csch": Domain.nonzero,
    "digamma": _poles_of_gamma,
    "erfinv": lambda domain, x: domain.positive(1 - x**2),
    "gamma": _poles_of_gamma,
    "lgamma": _poles_of_gamma,
    "log": Domain.positive,
    "log10": Domain.positive,
    "log1p": lambda domain, x: domain.positive(1 + x),
    "log2": Domain.positive,
    "logit": lambda domain, x: (domain.positive(x), domain.positive(1 - x))[0],
    "sec": lambda domain, x: domain.nonzero(sympy.cos(x)),
    "sqrt": Domain.nonnegative,
    "tan": lambda domain, x: domain.nonzero(sympy.cos(x)),
}

_EVERYWHERE = frozenset({
    "abs", "acot", "asinh", "atan", "cbrt", "cos", "cosh", "deg2rad", "erf", "erfc", "erfcx", "exp", "exp2", "expm1",
    "hypot", "i0", "i1", "j0", "j1", "log_ndtr", "log_sigmoid", "logaddexp", "ndtr", "rad2deg", "sech", "sigmoid",
    "sign", "silu", "sin", "sinc", "sinh", "softplus", "tanh",
})  # fmt: skip
