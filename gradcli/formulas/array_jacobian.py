"""Jacobians and Hessians as formulas of whole arrays.

What a cotangent w of a vector becomes at a variable is linear in w: it is J.T@w, and J is read off the formula,
operation by operation: of M@w it is M, of c*w, entry by entry, diag(c).
"""

from __future__ import annotations

from dataclasses import replace

from gradcli.formulas.array_meaning import ArrayMeaning, NoArrayFormula
from gradcli.formulas.array_sweep import array_gradient, pulled_back
from gradcli.formulas.tidy import length, tidy

__all__ = ["array_hessian", "array_jacobian"]

_WEIGHTS = "\0w"  # no variable is called so


def array_hessian(meaning: ArrayMeaning, name: str) -> int:
    """The matrix of second derivatives of a single value by a vector.

    Raises:
        NoArrayFormula: for an operation without a rule, or a variable that is no vector.

    >>> from gradcli.formulas.array_meaning import interpret_arrays
    >>> from gradcli.formulas.array_statements import array_statements
    >>> from gradcli.lang import parse
    >>> meaning = interpret_arrays(parse("x@A@x"), {"x": ("n",), "A": ("n", "n")})
    >>> array_statements(meaning, array_hessian(meaning, "x")).source
    'A + A.T'
    """
    arithmetic, size = meaning.arithmetic, meaning.size
    slope = array_gradient(meaning, name)
    # As it reads best it has lost terms that the derivative would keep: of log(z) + z/z the quotient.
    slopes = dict.fromkeys([slope, *tidy(arithmetic, [slope], program=size)])
    found = [array_jacobian(replace(meaning, result=one), name) for one in slopes]
    return min(found, key=lambda node: length(arithmetic, tidy(arithmetic, [node], program=size)))


def array_jacobian(meaning: ArrayMeaning, name: str) -> int:
    """The derivatives of a vector by a number or by a vector: a row for each entry of the value.

    Raises:
        NoArrayFormula: for an operation without a rule, or arrays with more axes.
    """
    graph, arithmetic = meaning.graph, meaning.arithmetic
    value, inputs = graph.shapes[meaning.result], graph.shapes[meaning.inputs[name]]
    if len(value) != 1 or len(inputs) > 1:
        raise NoArrayFormula(
            "the derivative of an array by an array has no formula of arrays, of a vector by one it may"
        )
    weights = graph.variable(_WEIGHTS, value)
    pulled = pulled_back(meaning, name, weights)
    maps = {weights: graph.array("eye", (), value * 2, (("n", value[0]),))}
    for node in graph.reachable([pulled]):
        if node != weights and any(arg in maps for arg in graph.args[node]):
            maps[node] = _Linear(meaning, maps, node).map()
    found = maps.get(pulled)
    if found is None:
        found = arithmetic.full(arithmetic.zero, (*inputs, *value))
    return arithmetic.transpose(found)


class _Linear:
    """What an operation makes of maps from the weights: a vector for a number, a matrix for a vector."""

    def __init__(self, meaning: ArrayMeaning, maps: dict[int, int], node: int) -> None:
        self.graph, self.arithmetic = meaning.graph, meaning.arithmetic
        self.maps, self.node = maps, node
        self.function, self.args = self.graph.functions[node], self.graph.args[node]

    def map(self) -> int:
        """The map to the node's value.

        Raises:
            NoArrayFormula: if it is not known to be one.
        """
        arithmetic, args = self.arithmetic, self.args
        moving = [arg for arg in args if arg in self.maps]
        if len(self.graph.shapes[self.node]) > 1:
            raise self.unknown()
        if self.function in ("add", "sub"):
            return self.sum()
        if self.function in ("where", "if") and args[0] not in moving:
            return self.choice()
        if len(moving) != 1:
            raise self.unknown()
        inner, shape = self.maps[moving[0]], self.graph.shapes[moving[0]]
        if self.function in ("neg", "pos"):
            return arithmetic.neg(inner) if self.function == "neg" else inner
        if self.function == "mul":
            other = args[1] if args[0] == moving[0] else args[0]
            return self.scaled(inner, shape, other)
        if self.function == "div" and args[0] == moving[0]:
            return self.scaled(inner, shape, arithmetic.div(arithmetic.one, args[1]))
        if self.function == "matmul":
            left, right = args
            if moving[0] == right:
                return arithmetic.matmul(left, inner)
            if len(self.graph.shapes[right]) == 1:
                return arithmetic.matmul(arithmetic.transpose(inner), right)
            return arithmetic.matmul(arithmetic.transpose(right), inner)
        if self.function == "sum" and len(shape) == 1:
            return arithmetic.column_sums(inner)
        raise self.unknown()

    def choice(self) -> int:
        """The map of a choice between maps and 0."""
        arithmetic = self.arithmetic
        condition, *branches = self.args
        total = arithmetic.zero
        for place, arg in enumerate(branches):
            if arg not in self.maps and arg != arithmetic.zero:
                raise self.unknown()
            if arg in self.maps:
                chosen = (arithmetic.one, arithmetic.zero) if place == 0 else (arithmetic.zero, arithmetic.one)
                factor = arithmetic.where(condition, *chosen, self.function)
                total = arithmetic.add(total, self.scaled(self.maps[arg], self.graph.shapes[arg], factor))
        return total

    def scaled(self, inner: int, shape: tuple[object, ...], factor: int) -> int:
        """The map times a number or, entry by entry, times a vector."""
        arithmetic, axes = self.arithmetic, self.graph.shapes[factor]
        if not axes:
            return arithmetic.mul(factor, inner)
        if not shape:
            return arithmetic.outer(factor, inner)
        return arithmetic.matmul(arithmetic.diagonal(factor), inner)

    def sum(self) -> int:
        """The sum or difference of two maps; that of a number is the same for each entry of a vector beside it."""
        arithmetic, shape = self.arithmetic, self.graph.shapes[self.node]
        maps = []
        for arg in self.args:
            if arg not in self.maps:
                raise self.unknown()
            inner = self.maps[arg]
            if self.graph.shapes[arg] != shape:
                inner = arithmetic.outer(self.graph.array("ones", (), shape, (("shape", shape),)), inner)
            maps.append(inner)
        return arithmetic.add(*maps) if self.function == "add" else arithmetic.sub(*maps)

    def unknown(self) -> NoArrayFormula:
        """That there is no formula."""
        return NoArrayFormula("this derivative of a vector by a vector has no formula of arrays")
