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

from gradcli.address import EntryAddress
from gradcli.symbolic.derivatives.classify import classify_derivative
from gradcli.symbolic.derivatives.dependence import Dependence
from gradcli.symbolic.derivatives.derive import Derivatives, Derived, Partials
from gradcli.symbolic.derivatives.describe import culprit, describe
from gradcli.symbolic.numbers.adaptive_precision import is_finite
from gradcli.symbolic.numbers.floats import split, to_float
from gradcli.symbolic.program.interpret import Meaning
from gradcli.symbolic.protocol.addresses import addresses as all_addresses
from gradcli.symbolic.protocol.question import Question, Status, Truth

__all__ = ["DirectionalDerivatives", "addresses", "flat", "truths_at"]


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

    def truth(self, address: EntryAddress) -> Truth:
        """One entry."""
        kind = self._question.kind
        symbols = [self._meaning.symbols[name][entry] for name, entry in address.by]
        if kind == "hessian":
            if address.order == 1:
                return self._classify(self._meaning.entries[0], self._gradient(symbols[0]), symbols[0], address)
            slope = self._gradient(symbols[0])
            return self._classify(slope, self._along({symbols[1]: sympy.S.One}).of(slope), symbols[1], address)
        direction = self._direction()
        if kind == "hvp":
            slope = self._gradient(symbols[0])
            return self._classify(slope, self._along(direction).of(slope), None, address)
        if kind == "pushforward":
            value = self._meaning.entries[address.output]
            only = next(iter(direction)) if list(direction.values()) == [sympy.S.One] else None
            return self._classify(value, self._along(direction).of(value), only, address)
        chain = self._orders.setdefault(address.output, [self._meaning.entries[address.output]])
        while len(chain) <= address.order:
            chain.append(self._along({symbols[0]: sympy.S.One}).of(chain[-1]))
        return self._classify(chain[address.order - 1], chain[address.order], symbols[0], address)

    def _gradient(self, symbol: Any) -> Any:
        if not self._gradient_entries:
            by = Derivatives(
                self._meaning.entries[0], self._meaning.subexpressions, self._meaning.point, self._partials
            )
            self._gradient_entries = {s: by.by(s) for _, s in self._inputs}
        return self._gradient_entries[symbol]

    def _direction(self) -> dict[Any, Any]:
        """Each moving symbol's component, as a constant of the computation."""
        found = {}
        for name, nested in (self._question.tangents or {}).items():
            for symbol, component in zip(self._meaning.symbols[name], flat(nested), strict=True):
                if component:
                    found[symbol] = self._meaning.constants.of(component)
        return found

    def _along(self, components: dict[Any, Any]) -> DirectionalDerivatives:
        key = tuple(components.items())
        if key not in self._directions:
            self._directions[key] = DirectionalDerivatives(self._meaning, self._partials, components)
        return self._directions[key]

    def _classify(self, value: Any, derivative: Any, symbol: Any, address: EntryAddress) -> Truth:
        """A truth; its limits from both sides are taken only where one symbol moves alone."""
        self._derived.append(Derived(value, derivative))
        point = self._meaning.point
        if symbol is not None:
            return classify_derivative(point, self._dependence, value, derivative, symbol, address)
        slope, ties = point.evaluate(derivative)
        _, value_ties = point.evaluate(value)
        own = sorted((t for t in ties | value_ties if self._dependence.of(t)), key=lambda t: t.sort_key())
        if own:
            return Truth(address, "kink", math.nan, where=describe(own[0]))
        if is_finite(slope):
            return Truth(address, "number", *split(slope))
        status: Status = "complex" if slope is None else "undefined" if math.isnan(to_float(slope)) else "infinite"
        return Truth(address, status, to_float(slope), where=culprit(point, derivative))


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
