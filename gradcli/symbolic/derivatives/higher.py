"""Second and higher derivatives, and derivatives along a direction: the chain rule forward, by shared subexpressions.

The directional derivative of an expression is the sum over its symbols of SymPy's partial derivative times the
symbol's own directional derivative. That of an input is the component of the direction, that of a symbol which stands
for a subexpression is the subexpression's. Taken of the value it is a pushforward; taken of a gradient, which
`gradcli.symbolic.derivatives.derive` gives by reverse accumulation, a row of the Hessian or its product with a vector
(forward over reverse: A. Griewank, A. Walther, Evaluating Derivatives, 2nd edition, 2008, chapter 5); taken n times
the n-th derivative.

Each directional derivative of a subexpression is a symbol again, so that what is differentiated once more stays small.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import sympy
from mpmath import mp

from gradcli.address import EntryAddress
from gradcli.symbolic.derivatives.classify import classify_derivative
from gradcli.symbolic.derivatives.dependence import Dependence
from gradcli.symbolic.derivatives.derive import Derivatives, Derived, Partials
from gradcli.symbolic.derivatives.one_sided_limits import Way
from gradcli.symbolic.numbers.adaptive_precision import FIRST, SAME, agree
from gradcli.symbolic.program.interpret import Meaning
from gradcli.symbolic.protocol.addresses import addresses as all_addresses
from gradcli.symbolic.protocol.question import Question, Truth

__all__ = ["DirectionalDerivatives", "addresses", "flat", "truths_at"]

_ONE = sympy.S.One

_ASIDE = 0.618
"""How far beside a way limits are taken: not along a diagonal, on which other numbers are equal."""


class DirectionalDerivatives:
    """Derivatives of expressions along one direction.

    Args:
        meaning: the program on symbols.
        partials: SymPy's derivatives known so far.
        components: for each input's symbol that moves its component, an expression.
    """

    def __init__(self, meaning: Meaning, partials: Partials, components: Mapping[Any, Any]) -> None:
        self._point = meaning.point
        self._partials = partials
        self._known: dict[Any, Any] = dict(components)

    def of(self, expression: Any) -> Any:
        """The derivative, not simplified.

        Raises:
            Inexpressible: if SymPy does not know it.
        """
        # Depth first, with a stack of one's own: subexpressions may be nested deeper than Python's recursion goes.
        stack = [symbol for symbol in self._partials.symbols(expression) if symbol not in self._known]
        while stack:
            symbol = stack[-1]
            bound = self._point.bindings.get(symbol)
            if symbol in self._known:
                stack.pop()
            elif not isinstance(bound, sympy.Basic):
                self._known[stack.pop()] = sympy.S.Zero
            else:
                missing = [s for s in self._partials.symbols(bound) if s not in self._known]
                if missing:
                    stack += missing
                else:
                    self._known[stack.pop()] = self._point.symbol_for(self._chain_rule(bound))
        return self._chain_rule(expression)

    def _chain_rule(self, expression: Any) -> Any:
        """The derivative of an expression, that of each symbol in it being known."""
        terms = []
        for symbol in self._partials.symbols(expression):
            component = self._known[symbol]
            if component != 0:  # for what does not move no partial derivative is needed, which SymPy may not know
                terms.append(component * self._partials.of(expression, symbol))
        return sympy.Add(*terms)


def addresses(meaning: Meaning, question: Question) -> list[EntryAddress]:
    """All the derivative entries that a question is about."""
    return all_addresses(question, len(meaning.entries))


def truths_at(
    meaning: Meaning, question: Question, picked: list[EntryAddress], derived: list[Derived]
) -> Iterator[Truth]:
    """The truths at the addresses, one after the other; what they are the numbers of is added to `derived`."""
    work = _Work(meaning, question, derived)
    for address in picked:
        yield work.truth(address)


class _Work:
    """What the entries of one question share: gradients, directional derivatives, what depends on which input."""

    def __init__(self, meaning: Meaning, question: Question, derived: list[Derived]) -> None:
        self._derived = derived
        self._meaning = meaning
        self._question = question
        self._partials = Partials()
        self._inputs = [(name, symbol) for name in question.wrt for symbol in meaning.symbols[name]]
        self._dependence = Dependence(frozenset(symbol for _, symbol in self._inputs), meaning.point)
        self._gradient_entries: dict[Any, Any] = {}
        self._directions: dict[Any, DirectionalDerivatives] = {}
        self._orders: dict[int, list[Any]] = {}
        self._truths: dict[EntryAddress, Truth] = {}

    def truth(self, address: EntryAddress) -> Truth:
        """One entry."""
        self._derived.append(self._parts(address))
        return self._classified(address)

    def _parts(self, address: EntryAddress) -> Derived:
        """What is differentiated last, and its derivative."""
        symbols = [self._meaning.symbols[name][entry] for name, entry in address.by]
        value = self._meaning.entries[address.output]
        if self._question.kind == "pushforward":
            return Derived(value, self._along(self._direction()).of(value))
        if self._question.kind in ("hessian", "hvp"):
            slope = self._gradient(symbols[0])
            if address.order == 1:
                return Derived(value, slope)
            return Derived(slope, self._along(self._direction() if address.along else {symbols[1]: _ONE}).of(slope))
        chain = self._orders.setdefault(address.output, [value])
        while len(chain) <= address.order:
            chain.append(self._along({symbols[0]: _ONE}).of(chain[-1]))
        return Derived(chain[address.order - 1], chain[address.order])

    def _classified(self, address: EntryAddress) -> Truth:
        """The truth about an entry, which may not be one that was asked for."""
        if address not in self._truths:
            self._truths[address] = self._classify(address)
        return self._truths[address]

    def _classify(self, address: EntryAddress) -> Truth:
        value, derivative = self._parts(address)
        point, way, lower = self._meaning.point, self._way(address), _lower(address)
        if lower is None or not self._is_tied(value, derivative):
            return classify_derivative(point, self._dependence, value, derivative, way, address)
        slope = self._classified(lower)
        if slope.status == "kink" and address.along:  # what does not exist has no derivative along any direction
            return Truth(address, "kink", math.nan, where=slope.where)
        if slope.status != "number":
            return classify_derivative(point, self._dependence, value, derivative, way, address)
        with mp.workprec(FIRST):
            number = mp.mpf(slope.high) + mp.mpf(slope.low)
        beside = self._aside(way, lower)
        if beside == way and agree(point.number(value), number, SAME):
            return classify_derivative(point, self._dependence, value, derivative, way, address)
        return classify_derivative(point, self._dependence, value, derivative, beside, address, number)

    def _is_tied(self, *expressions: Any) -> bool:
        """Whether numbers are equal at the point that are compared in expressions."""
        ties = frozenset[Any]().union(*(self._meaning.point.evaluate(e)[1] for e in expressions))
        return any(self._dependence.of(tie) for tie in ties)

    def _way(self, address: EntryAddress) -> Way:
        """The inputs that move in the last differentiation."""
        if address.along:
            return {symbol: mp.mpf(component) for symbol, component in self._components()}
        name, entry = address.by[-1]
        return {self._meaning.symbols[name][entry]: mp.one}

    def _aside(self, way: Way, lower: EntryAddress) -> Way:
        """Where limits are taken: beside a way, if that leaves tied what the inputs before it break.

        What was differentiated by them has the number of a convention all along such a way: (relu(x) - relu(-x))*y is
        x*y, and its derivative by x at x = 0 is y. Where a second derivative exists on all sides, and is continuous,
        it tends to the same number on each.
        """
        symbols = {self._meaning.symbols[name][entry] for name, entry in lower.by}
        if symbols == set(way):
            return way
        size = max(map(abs, way.values()), default=mp.one)
        return {s: way.get(s, mp.zero) + (_ASIDE * size if s in symbols else 0) for s in symbols.union(way)}

    def _gradient(self, symbol: Any) -> Any:
        if not self._gradient_entries:
            by = Derivatives(
                self._meaning.entries[0], self._meaning.subexpressions, self._meaning.point, self._partials
            )
            self._gradient_entries = {s: by.by(s) for _, s in self._inputs}
        return self._gradient_entries[symbol]

    def _direction(self) -> dict[Any, Any]:
        """Each moving symbol's component, as a constant of the computation."""
        return {symbol: self._meaning.constants.of(component) for symbol, component in self._components()}

    def _components(self) -> Iterator[tuple[Any, float]]:
        """The moving symbols, each with its component."""
        for name, nested in (self._question.tangents or {}).items():
            for symbol, component in zip(self._meaning.symbols[name], flat(nested), strict=True):
                if component:
                    yield symbol, component

    def _along(self, components: dict[Any, Any]) -> DirectionalDerivatives:
        key = tuple(components.items())
        if key not in self._directions:
            self._directions[key] = DirectionalDerivatives(self._meaning, self._partials, components)
        return self._directions[key]


def _lower(address: EntryAddress) -> EntryAddress | None:
    """The address of what is differentiated last, if that is a derivative itself."""
    if address.order < 2:
        return None
    return address._replace(along=False) if address.along else address._replace(by=address.by[:-1])


def flat(nested: Any) -> list[float]:
    """The numbers of a nested list, in order.

    >>> flat([[1.0, 2.0], [3.0]])
    [1.0, 2.0, 3.0]
    """
    found: list[float] = []
    stack = [nested]
    while stack:
        item = stack.pop()
        if isinstance(item, list | tuple):
            stack += reversed(item)
        else:
            found.append(float(item))
    return found
