"""Both modes of differentiation on a graph: what they give are nodes of the same graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gradcli.formulas.graph import Graph
from gradcli.formulas.rules import Rules, differentiable

__all__ = ["active", "pullback", "pushforward"]


def active(graph: Graph, nodes: Iterable[int], inputs: Iterable[int]) -> set[int]:
    """The nodes whose value depends on some inputs in a way that has a derivative.

    Args:
        graph: the graph.
        nodes: the nodes in question, in ascending order, with all that they are made of.
        inputs: leaves.
    """
    found = set(inputs)
    for node in nodes:
        if _is_zero(graph, node):
            continue
        for position, arg in enumerate(graph.args[node]):
            if arg in found and differentiable(graph.functions[node], position):
                found.add(node)
                break
    return found


def _is_zero(graph: Graph, node: int) -> bool:
    """Whether a node is written with a variable and 0 whatever that is, as 0*x and x - x are."""
    function = graph.functions[node]
    if function == "mul":
        a, b = graph.args[node]
        return (graph.constants[a] == 0 and graph.finite[b]) or (graph.constants[b] == 0 and graph.finite[a])
    return function == "sub" and graph.args[node][0] == graph.args[node][1] and graph.finite[graph.args[node][0]]


def pullback(rules: Rules, seeds: Mapping[int, int], inputs: Iterable[int]) -> dict[int, int]:
    """Reverse mode: the derivatives of a weighted sum of outputs by inputs.

    Args:
        rules: of the graph.
        seeds: for each output its weight, a node.
        inputs: leaves.

    Returns:
        For each input that the sum depends on its derivative.

    >>> from gradcli.formulas.arithmetic import Arithmetic
    >>> from gradcli.formulas.graph import Entry, Graph
    >>> graph = Graph()
    >>> rules = Rules(Arithmetic(graph))
    >>> x = graph.leaf(Entry("x"))
    >>> pullback(rules, {graph.call("sin", (x,)): rules.arithmetic.one}, [x]) == {x: graph.call("cos", (x,))}
    True
    """
    graph, add = rules.graph, rules.arithmetic.add
    wanted = set(inputs)
    order = graph.reachable(seeds)
    moving = active(graph, order, wanted)
    cotangents = {node: seed for node, seed in seeds.items() if node in moving}
    for node in reversed(order):
        cotangent = cotangents.get(node)
        if cotangent is None or node in wanted:
            continue
        del cotangents[node]
        function = graph.functions[node]
        for position, arg in enumerate(graph.args[node]):
            if arg not in moving or not differentiable(function, position):
                continue
            contribution = rules.pull(node, position, cotangent)
            if contribution is not None:
                before = cotangents.get(arg)
                cotangents[arg] = contribution if before is None else add(before, contribution)
    return cotangents


def pushforward(rules: Rules, tangents: Mapping[int, int], outputs: Iterable[int]) -> dict[int, int]:
    """Forward mode: the derivatives of outputs along a direction.

    Args:
        rules: of the graph.
        tangents: for each input that moves its tangent, a node.
        outputs: nodes.

    Returns:
        For each output that depends on the inputs its tangent.

    >>> from gradcli.formulas.arithmetic import Arithmetic
    >>> from gradcli.formulas.graph import Entry, Graph
    >>> graph = Graph()
    >>> rules = Rules(Arithmetic(graph))
    >>> x = graph.leaf(Entry("x"))
    >>> sine = graph.call("sin", (x,))
    >>> pushforward(rules, {x: rules.arithmetic.one}, [sine]) == {sine: graph.call("cos", (x,))}
    True
    """
    graph, add = rules.graph, rules.arithmetic.add
    wanted = list(outputs)
    found = dict(tangents)
    order = graph.reachable(wanted)
    moving = active(graph, order, tangents)
    for node in order:
        if node in found or node not in moving:
            continue
        tangent = None
        function = graph.functions[node]
        for position, arg in enumerate(graph.args[node]):
            if arg in found and differentiable(function, position):
                part = rules.pull(node, position, found[arg])
                if part is not None:
                    tangent = part if tangent is None else add(tangent, part)
        if tangent is not None:
            found[node] = tangent
    return {node: found[node] for node in wanted if node in found}
