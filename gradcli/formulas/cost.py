"""What a formula costs: the operations that computing it takes, shared ones once."""

from __future__ import annotations

from collections.abc import Iterable

from gradcli.formulas.graph import Graph

__all__ = ["FUNCTION", "cost"]

FUNCTION = 4
"""What any function but + - * / and negation counts; x**2 is computed as x*x."""

_CHEAP = frozenset({"add", "div", "mul", "neg", "sub"})
_FREE = frozenset({"", "pos"})


def cost(graph: Graph, roots: Iterable[int]) -> int:
    """The cost of computing some nodes together.

    >>> from gradcli.formulas.graph import Entry
    >>> graph = Graph()
    >>> x = graph.leaf(Entry("x"))
    >>> sine = graph.call("sin", (x,))
    >>> cost(graph, [graph.call("mul", (sine, x)), graph.call("add", (sine, x))])
    6
    """
    return sum(_cost(graph, node) for node in graph.reachable(roots))


def _cost(graph: Graph, node: int) -> int:
    function, args = graph.functions[node], graph.args[node]
    if function in _CHEAP:
        return 0 if graph.constants[node] is not None else 1
    if function in _FREE:
        return 0
    if function == "pow" and graph.number(args[1]) == 2:
        return 1
    if function == "norm":
        return 2 * len(args) - 1 + FUNCTION
    if function in ("max", "min"):
        return FUNCTION * (len(args) - 1)
    if function == "logsumexp":
        return (FUNCTION + 1) * len(args) + FUNCTION
    return FUNCTION
