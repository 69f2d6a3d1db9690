"""What cannot be 0 wherever a value is finite: divisors, and what a logarithm is taken of."""

from __future__ import annotations

from collections.abc import Sequence

from gradcli.formulas.graph import Graph

__all__ = ["inside_logarithms", "nonzero"]

_FINITE_ALONE = frozenset({"abs", "add", "diag", "mul", "neg", "pos", "sqrt", "sub"})
"""Operations whose value is not finite where an argument is not; of a product 0*inf is no number."""

_LOGARITHMS = frozenset({"log", "log10", "log2"})

_MOST = 64
"""Nodes that are looked at in the arguments of logarithms: more than anybody writes by hand."""


def nonzero(graph: Graph, root: int) -> set[int]:
    """The nodes below a value that are neither 0 nor NaN wherever it is finite.

    At x == 0 the program log(x)*x**k has no value, and what its derivative by k is there is nobody's question. Only
    what holds in float64 too is found: of two factors that are not 0 the product may be, by underflow.

    >>> from gradcli.formulas.graph import Entry
    >>> graph = Graph()
    >>> x, k = (graph.leaf(Entry(name)) for name in "xk")
    >>> value = graph.call("mul", (graph.call("log", (x,)), graph.call("pow", (x, k))))
    >>> nonzero(graph, value) == {x}
    True
    """
    order = graph.reachable([root])
    finite, apart = {root}, set[int]()
    for node in reversed(order):
        if node in finite:
            _of_finite(graph, node, finite, apart)
        if node in apart:
            apart.update(_factors(graph, node))
    for node in order:
        function, args = graph.functions[node], graph.args[node]
        enlarged = function == "mul" and abs(graph.constants[args[0]] or 0) >= 1
        if (enlarged or function == "neg") and args[-1] in apart:
            apart.add(node)
    return apart


def inside_logarithms(graph: Graph, roots: Sequence[int]) -> set[int]:
    """The nodes that are neither 0 nor NaN wherever each of some formulas is finite, for the sake of its logarithms.

    They may be cancelled: log(x) + x/x has a value where log(x) + 1 has. In x/x + 1 the quotient alone says x != 0.

    >>> from gradcli.formulas.graph import Entry
    >>> graph = Graph()
    >>> x = graph.leaf(Entry("x"))
    >>> inside_logarithms(graph, [graph.call("add", (graph.call("log", (x,)), graph.call("div", (x, x))))]) == {x}
    True
    """
    found: set[int] | None = None
    for root in roots:
        finite, apart = {root}, set[int]()
        for node in reversed(graph.reachable([root])):
            function, args = graph.functions[node], graph.args[node]
            if node in apart:
                apart.update(_unrelated_factors(graph, node) if len(apart) < _MOST else ())
            elif node in finite and function == "div":
                finite.add(args[0])
            elif node in finite and not (function == "pow" and (graph.number(args[1]) or 0) <= 0):
                _of_finite(graph, node, finite, apart)
        found = apart if found is None else found & apart
    return found or set()


def _unrelated_factors(graph: Graph, node: int) -> tuple[int, ...]:
    """The factors and divisors of a logarithm's argument that nothing in it can be cancelled against.

    A divisor is not 0 either: the argument is finite.
    """
    args = graph.args[node]
    if graph.functions[node] not in ("mul", "div"):
        return _factors(graph, node)
    first, second = ({part for part in graph.reachable([arg]) if not graph.functions[part]} for arg in args)
    return () if first & second else args


def _of_finite(graph: Graph, node: int, finite: set[int], apart: set[int]) -> None:
    """What follows from a node's being finite: which of its arguments are, and which are not 0."""
    function, args = graph.functions[node], graph.args[node]
    if function in _FINITE_ALONE:
        finite.update(args)
    elif function in _LOGARITHMS:
        finite.add(args[0])
        apart.add(args[0])
    elif function == "div":
        finite.add(args[0])
        apart.add(args[1])
    elif function == "pow" and (exponent := graph.number(args[1])):
        (finite if exponent > 0 else apart).add(args[0])


def _factors(graph: Graph, node: int) -> tuple[int, ...]:
    """The arguments that are not 0 if a node is not."""
    function, args = graph.functions[node], graph.args[node]
    if function in ("mul", "neg", "abs", "sqrt"):
        return args
    if function == "div" or (function == "pow" and (graph.number(args[1]) or 0) > 0):
        return args[:1]
    return ()
