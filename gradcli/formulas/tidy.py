"""Formulas as people write them: products with their numbers in front and one fraction bar, sums without repetitions.

Nothing here changes where a formula has a value: a factor is cancelled against a divisor only if the formula has its
logarithm too, a term against another one only if it is finite everywhere. Intermediate results do change, and so does
the argument beyond which one of them overflows; programs that are to be run take the formulas as they were derived.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from gradcli.formulas.arithmetic import Arithmetic
from gradcli.formulas.array_graph import ArrayGraph
from gradcli.formulas.graph import Constant, Entry, Graph
from gradcli.formulas.nonzero import inside_logarithms
from gradcli.ops import TABLE

__all__ = ["Omission", "length", "tidy"]

_MOST = 24
"""Factors or terms that are put in order; longer products and sums stay as they are."""

_SHARED = 8
"""Nodes of an expression from which on it is not taken apart where it is used more than once."""

_SHORT = 200
"""Nodes of a formula, nothing shared, up to which all of it is taken apart."""

_HUGE = 10**9
"""Where counting ends: what is shared deeply would have numbers of thousands of digits."""

_DENOMINATOR = 1024
"""Of a number that is written as a fraction; 0.1 stays 0.1."""


_ENTRIES = frozenset({"arange", "diag", "eye", "ones", "size"})
"""Operations on arrays that leave their entries as they are, or have none."""


class _Product(NamedTuple):
    """number * the product of base**exponent; exponents of divisors are negative."""

    number: Fraction
    factors: tuple[tuple[int, Fraction], ...]


class Omission(NamedTuple):
    """A guard of the table that a formula is written without: where the condition holds, a term is 0.

    Attributes:
        condition: the node of the condition.
        part: the node of the part of the term that has no value there.
    """

    condition: int
    part: int


def tidy(
    arithmetic: Arithmetic, roots: Sequence[int], omitted: list[Omission] | None = None, program: int = 0
) -> list[int]:
    """Nodes that stand for the same as some others, and read better.

    Args:
        arithmetic: of the graph.
        roots: the nodes.
        omitted: is told the guards that are left out; without it all stay.
        program: how many nodes are the program's own: its sums are not factored.

    >>> from gradcli.formulas.graph import Graph
    >>> graph = Graph()
    >>> arithmetic = Arithmetic(graph)
    >>> x, two = graph.leaf(Entry("x")), graph.leaf(2.0)
    >>> tidy(arithmetic, [graph.call("mul", (graph.call("mul", (x, two)), x))]) == [
    ...     graph.call("mul", (two, graph.call("pow", (x, two))))]
    True
    """
    return _Tidier(arithmetic, roots, omitted, program).nodes(roots)


def length(arithmetic: Arithmetic, roots: Sequence[int]) -> int:
    """How many nodes formulas have when nothing is shared: what a reader reads.

    >>> from gradcli.formulas.graph import Graph
    >>> x = (graph := Graph()).leaf(Entry("x"))
    >>> length(Arithmetic(graph), [graph.call("mul", (x, x))])
    3
    """
    sizes: dict[int, int] = {}
    for node in arithmetic.graph.reachable(roots):
        sizes[node] = min(_HUGE, 1 + sum(sizes[arg] for arg in arithmetic.graph.args[node]))
    return sum(sizes[root] for root in roots)


class _Tidier:
    def __init__(
        self, arithmetic: Arithmetic, roots: Sequence[int], omitted: list[Omission] | None, program: int
    ) -> None:
        self.program = program
        self.arithmetic = arithmetic
        self.omitted = omitted
        self.graph = graph = arithmetic.graph
        self.order = graph.reachable(roots)
        self.uses: dict[int, int] = dict.fromkeys(self.order, 0)
        self.sizes: dict[int, int] = {}
        for node in self.order:
            self.sizes[node] = min(_HUGE, 1 + sum(self.sizes[arg] for arg in graph.args[node]))
            for arg in graph.args[node]:
                self.uses[arg] += 1
        self.long = sum(self.sizes[root] for root in roots) > _SHORT
        self.apart = _apart(graph, roots, self.order)
        self.made: dict[int, int] = {}
        self.products: dict[int, _Product] = {}
        self.sums: dict[int, tuple[tuple[Fraction, int], ...]] = {}

    def nodes(self, roots: Sequence[int]) -> list[int]:
        """The tidy nodes of some nodes."""
        for node in self.order:
            self.made[node] = self._tidy(node)
            if node in self.apart:
                self.apart.add(self.made[node])
            if self.omitted is not None:
                self._omit(node, self.omitted)
        return [self.made[root] for root in roots]

    def _tidy(self, node: int) -> int:
        graph = self.graph
        function = graph.functions[node]
        if not function or graph.constants[node] is not None:
            return node
        args = tuple([self.made[arg] for arg in graph.args[node]])
        if function in ("mul", "div", "neg", "pow"):
            product = self._product(node)
            if product is not None:
                made = self._of_product(product)
                if self._opaque(node) and product.number != 1 and product.factors:  # what is taken out is its number
                    bare = self._of_product(product._replace(number=Fraction(1)))
                    product = product._replace(factors=((bare, Fraction(1)),))
                elif self._opaque(node):
                    return made
                self.products.setdefault(made, product)
                return made
        if function in ("add", "sub"):
            terms = self._terms(node)
            if terms is not None:
                made = self._of_terms(terms)
                if node >= self.program and not self.long:
                    made = self._shortest(made, terms)
                if not self._opaque(node):
                    self.sums.setdefault(made, terms)
                return made
        if function in ("add", "sub", "mul", "div", "neg", "pow", "where", "if"):
            return self.arithmetic.call(function, args)
        return graph.again(node, args)

    def _omit(self, node: int, omitted: list[Omission]) -> None:
        """Leave out the guard that a node is; tell of those that it holds."""
        graph = self.graph
        for arg in graph.args[node]:
            if arg in graph.guards and node not in graph.guards:
                omission = Omission(self.made[graph.args[arg][0]], self.made[node])
                # An exponent or a condition is no term that could be without a value.
                is_term = not graph.finite[omission.part] and not self._is_condition(omission.part)
                if is_term and omission not in omitted:
                    omitted.append(omission)
        if node in graph.guards:
            self.made[node] = self.made[graph.args[node][2]]

    def _is_condition(self, node: int) -> bool:
        function = self.graph.functions[node]
        return bool(function) and function in TABLE and TABLE[function].kind == "predicate"

    def _opaque(self, node: int) -> bool:
        return self.long and self.uses[node] > 1 and self.sizes[node] >= _SHARED

    def _product(self, node: int) -> _Product | None:
        """A product, quotient, negation or power as one product; None where it is better left alone."""
        graph = self.graph
        function = graph.functions[node]
        args = [self.made[arg] for arg in graph.args[node]]
        parts = [self._as_product(arg) for arg in args[: 1 if function == "pow" else 2]]
        if function == "neg":
            return parts[0]._replace(number=-parts[0].number)
        if function == "pow":
            exponent = self._ratio(args[1])
            if exponent is None or graph.constants[args[0]] is not None:
                return None
            if exponent.denominator == 1 and exponent > 0 and len(parts[0].factors) == 1 and parts[0].number == 1:
                base, inner = parts[0].factors[0]
                if inner.denominator == 1:
                    return _Product(Fraction(1), ((base, inner * exponent),))
            return _Product(Fraction(1), ((args[0], exponent),))
        first, second = parts
        if function == "div":
            if not second.number:
                return None
            second = _Product(1 / second.number, tuple((base, -exponent) for base, exponent in second.factors))
        number = first.number * second.number
        if not number or max(abs(number.numerator), number.denominator) > _DENOMINATOR**2:
            return None
        factors = self._with_signs(_merged(first.factors, second.factors, self.apart))
        return None if len(factors) > _MOST else _Product(number, factors)

    def _with_signs(self, factors: tuple[tuple[int, Fraction], ...]) -> tuple[tuple[int, Fraction], ...]:
        """Factors with abs(u) for u*sign(u) and u for abs(u)*sign(u), which are equal at 0 too."""
        graph = self.graph
        for place, (sign, power) in enumerate(factors):
            if graph.functions[sign] != "sign" or power != 1:
                continue
            absolute = graph.call("abs", graph.args[sign])
            for one, other in ((graph.args[sign][0], absolute), (absolute, graph.args[sign][0])):
                for beside, (base, exponent) in enumerate(factors):
                    if base == one and exponent >= 1 and exponent.denominator == 1:
                        left = ((base, exponent - 1),) if exponent > 1 else ()
                        rest = tuple([f for i, f in enumerate(factors) if i not in (place, beside)])
                        return _merged(rest, (*left, (other, Fraction(1))))
        return factors

    def _as_product(self, node: int) -> _Product:
        """A tidy node as a product."""
        found = self.products.get(node)
        if found is not None:
            return found
        ratio = self._ratio(node)
        return _Product(Fraction(1), ((node, Fraction(1)),)) if ratio is None else _Product(ratio, ())

    def _ratio(self, node: int) -> Fraction | None:
        value = self.arithmetic.rational(node)
        if value is not None and value.denominator <= _DENOMINATOR and abs(value.numerator) <= _DENOMINATOR:
            return value
        return None

    def _of_product(self, product: _Product) -> int:
        """The node of a product."""
        above = sorted(
            (factor for factor in product.factors if factor[1] > 0), key=lambda factor: self._rank(factor[0])
        )
        below = [(base, -exponent) for base, exponent in product.factors if exponent < 0]
        number = product.number
        top = self._row(Fraction(number.numerator), above)
        if below or number.denominator != 1:
            return self.graph.call("div", (top, self._row(Fraction(number.denominator), below)))
        return top

    def _row(self, number: Fraction, factors: Sequence[tuple[int, Fraction]]) -> int:
        """A number times factors; a bare sign goes to the first of them."""
        graph = self.graph
        made = None if abs(number) == 1 and factors else self.arithmetic.exact(number)
        for base, exponent in factors:
            power = base if exponent == 1 else graph.call("pow", (base, self._exponent(exponent)))
            if made is None:
                made = graph.call("neg", (power,)) if number < 0 else power
            else:
                made = graph.call("mul", (made, power))
        assert made is not None
        return made

    def _exponent(self, exponent: Fraction) -> int:
        found = self.arithmetic.exact(exponent)
        assert found is not None
        return found

    def _rank(self, node: int) -> tuple[int, int]:
        """Constants, then variables in the order of their first use, sums and functions after them."""
        graph = self.graph
        leaf = graph.leaves[node]
        if isinstance(leaf, float | Constant) or graph.constants[node] is not None:
            return 0, 0
        return (1, node) if isinstance(leaf, Entry) else (2, 0)

    def _terms(self, node: int) -> tuple[tuple[Fraction, int], ...] | None:
        """A sum as its terms, each with a number; None where it is better left alone."""
        graph = self.graph
        first, second = (self._as_sum(self.made[arg]) for arg in graph.args[node])
        if graph.functions[node] == "sub":
            second = tuple((-number, term) for number, term in second)
        found: dict[int, Fraction] = {}
        for number, term in (*first, *second):
            found[term] = found.get(term, Fraction(0)) + number
        if len(found) > _MOST or any(max(abs(n.numerator), n.denominator) > _DENOMINATOR**2 for n in found.values()):
            return None
        if any(number == 0 and not graph.finite[term] for term, number in found.items()):
            return None
        return tuple((number, term) for term, number in found.items() if number != 0)

    def _as_sum(self, node: int) -> tuple[tuple[Fraction, int], ...]:
        found = self.sums.get(node)
        if found is not None:
            return found
        product = self._as_product(node)
        if len(product.factors) == 1 and product.factors[0][1] == 1:
            inner = self.sums.get(product.factors[0][0])
            if inner is not None:
                return tuple((product.number * number, term) for number, term in inner)
        if not product.factors:
            return ((product.number, self.arithmetic.one),)
        if product.number == 1:
            return ((Fraction(1), node),)
        bare = product._replace(number=Fraction(1))
        term = self._of_product(bare)
        self.products.setdefault(term, bare)
        return ((product.number, term),)

    def _of_terms(self, terms: Sequence[tuple[Fraction, int]]) -> int:
        """The node of a sum: the first positive term in front."""
        if not terms:
            return self.arithmetic.zero
        start = next((i for i, (number, _) in enumerate(terms) if number > 0), None)
        if start is None:
            start = 0
        made = None
        for number, term in (terms[start], *terms[:start], *terms[start + 1 :]):
            part = self._scaled(number if made is None else abs(number), term)
            made = part if made is None else self.graph.call("add" if number > 0 else "sub", (made, part))
        assert made is not None
        return made

    def _shortest(self, plain: int, terms: Sequence[tuple[Fraction, int]]) -> int:
        """A sum, or if that is shorter the sum over a common denominator, or its common factors before it."""
        products = [self._as_product(term)._replace(number=number) for number, term in terms]
        if len(products) < 2 or any(self._as_product(term).number != 1 for _, term in terms):
            return plain
        divisors = _common(products, -1)
        candidates = [plain]
        for common in (divisors, {**divisors, **_common(products, 1)}):
            made = self._taken_out(products, common) if common else None
            if made is not None:
                candidates.append(made)
        return min(candidates, key=lambda node: length(self.arithmetic, [node]))

    def _taken_out(self, products: Sequence[_Product], common: Mapping[int, Fraction]) -> int | None:
        """A sum of products with some powers taken out; None if nothing is left."""
        found: dict[tuple[tuple[int, Fraction], ...], Fraction] = {}
        for product in products:
            rest = []
            for base, exponent in product.factors:
                left = exponent - common.get(base, 0) if base in common else exponent
                if left:
                    rest.append((base, left))
            for number, factors in self._distributed(rest):
                key = tuple(sorted(factors))
                found[key] = found.get(key, Fraction(0)) + product.number * number
        if any(not number and not all(map(self._is_finite, key)) for key, number in found.items()):
            return None
        terms = []
        for key, number in found.items():
            if number:
                inner = _Product(Fraction(1), key)
                term = self._of_product(inner) if key else self.arithmetic.one
                self.products.setdefault(term, inner)
                terms.append((number, term))
        if not terms or len(terms) > _MOST:
            return None
        sign = Fraction(-1 if all(number < 0 for number, _ in terms) else 1)
        terms = [(sign * number, term) for number, term in terms]
        numerator = self._of_terms(terms)
        if len(terms) == 1:
            number, term = terms[0]
            whole = _Product(sign * number, _merged(tuple(common.items()), self._as_product(term).factors, self.apart))
        else:
            self.sums.setdefault(numerator, tuple(terms))
            whole = _Product(sign, (*common.items(), (numerator, Fraction(1))))
        made = self._of_product(whole)
        self.products.setdefault(made, whole)
        return made

    def _is_finite(self, factor: tuple[int, Fraction]) -> bool:
        """Whether a power has a value wherever the variables have."""
        base, exponent = factor
        return self.graph.finite[base] and exponent > 0 and exponent.denominator == 1

    def _distributed(
        self, factors: Sequence[tuple[int, Fraction]]
    ) -> list[tuple[Fraction, tuple[tuple[int, Fraction], ...]]]:
        """A product as terms: one sum among its factors is multiplied out."""
        for i, (base, exponent) in enumerate(factors):
            inner = self.sums.get(base) if exponent == 1 else None
            if inner is not None:
                others = (*factors[:i], *factors[i + 1 :])
                parts = [(number, self._as_product(term)) for number, term in inner]
                return [(number * part.number, _merged(others, part.factors, self.apart)) for number, part in parts]
        return [(Fraction(1), tuple(factors))]

    def _scaled(self, number: Fraction, term: int) -> int:
        if term == self.arithmetic.one:
            return self._exponent(number)
        product = self._as_product(term)
        scaled = product._replace(number=product.number * number)
        made = self._of_product(scaled)
        self.products.setdefault(made, scaled)
        return made


def _common(products: Sequence[_Product], sign: int) -> dict[int, Fraction]:
    """The powers that can be taken out of all products: of divisors the highest, of other factors the lowest."""
    found: dict[int, Fraction] = {}
    for base, _ in products[0].factors:
        powers = [[exponent for other, exponent in product.factors if other == base] for product in products]
        exponents = [power[0] for power in powers if len(power) == 1]
        if len(exponents) == len(products) and all(e.denominator == 1 and e * sign > 0 for e in exponents):
            found[base] = min(exponents)
    return found


def _merged(
    first: Sequence[tuple[int, Fraction]], second: Sequence[tuple[int, Fraction]], apart: Collection[int] = ()
) -> tuple[tuple[int, Fraction], ...]:
    """Factors together: powers of one base become one where what is left has the same domain.

    x*x**2 is x**3 and x/x**3 is 1/x**2; x**3/x stays, which has no value at 0, unless x is known to be apart from it.
    """
    factors = list(first)
    for base, exponent in second:
        for i, (other, power) in enumerate(factors):
            if other == base and _joins(power, exponent, base in apart):
                factors[i] = (base, power + exponent)
                break
        else:
            factors.append((base, exponent))
    return tuple([factor for factor in factors if factor[1]])


def _joins(power: Fraction, exponent: Fraction, apart: bool) -> bool:
    """Whether two powers of one base are one, with the same domain."""
    total = power + exponent
    if power.denominator != 1 or exponent.denominator != 1:
        return apart and total.denominator != 1  # of a base below 0 neither they nor it have a value
    return apart or (power > 0) == (exponent > 0) or total < 0


def _apart(graph: Graph, roots: Sequence[int], order: Sequence[int]) -> set[int]:
    """What is not 0 for the sake of logarithms; of arrays only where all is done entry by entry."""
    if isinstance(graph, ArrayGraph) and any(
        graph.is_whole(node) and graph.functions[node] not in _ENTRIES for node in order
    ):
        return set()
    return inside_logarithms(graph, roots)
